/*
 * test_layout.c - Graphviz in its child: hostile texts come out as they are, every limit is hit, fallbacks are told.
 *
 * A machine without Graphviz is played by names of libraries and programs that do not exist; a layout that is slow,
 * fails or crashes by a script in place of the program `dot`, so that no test depends on the speed of the machine.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"
#include "heap.h"
#include "render/layout.h"

#define MAX_DEPTH 64

static const char *const no_libraries[] = {"libholdfast-no-such-library.so", NULL};

/* A little reader of XML: enough to tell that a text is well-formed, and to decode it. */

static void decode_entity(const char **at, struct hf_text *out) {
    static const char *const names[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&apos;"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strncmp(*at, names[i], strlen(names[i])) == 0) {
            hf_text_add_char(out, "&<>\"'"[i]);
            *at += strlen(names[i]);
            return;
        }
    char *end = NULL;
    long c = strncmp(*at, "&#", 2) == 0 ? strtol(*at + 2, &end, 10) : 0;
    if (c <= 0 || c > 255 || *end != ';')
        fail_msg("a bare ampersand: %.40s", *at);
    hf_text_add_char(out, c == 160 ? ' ' : (char)c); /* Graphviz keeps runs of blanks apart with &#160; */
    *at = end + 1;
}

static void decode_until(const char **at, char stop, struct hf_text *out) {
    while (**at != stop && **at != '\0') {
        if (**at == '&') {
            decode_entity(at, out);
            continue;
        }
        if (**at == '<' || ((unsigned char)**at < 0x20 && strchr("\n\t", **at) == NULL))
            fail_msg("a character that has no place here: %.40s", *at);
        hf_text_add_char(out, *(*at)++);
    }
    hf_text_add_char(out, '\n');
}

static const char *skip_past(const char *at, const char *end) {
    const char *found = strstr(at, end);
    if (found == NULL)
        fail_msg("'%s' is missing", end);
    return found + strlen(end);
}

/* Reads a tag from its name on: its attributes' values into `out`. True if it stays open. */
static bool read_tag(const char **at, struct hf_text *out) {
    while (**at != '>' && strncmp(*at, "/>", 2) != 0) {
        assert_true(**at != '\0');
        if (*(*at)++ != '"')
            continue;
        decode_until(at, '"', out);
        assert_int_equal(*(*at)++, '"');
    }
    bool is_open = **at == '>';
    *at += is_open ? 1 : 2;
    return is_open;
}

/* All texts and values of attributes of an XML document, one a line. Fails the test if it is not well-formed. */
static char *decode_xml(const char *at) {
    struct hf_text out = HF_TEXT_INIT;
    char open[MAX_DEPTH][32];
    unsigned depth = 0;
    while (*at != '\0') {
        if (*at != '<') {
            decode_until(&at, '<', &out);
        } else if (strncmp(at, "<!--", 4) == 0) {
            const char *end = skip_past(at, "-->");
            assert_ptr_equal(strstr(at + 4, "--") + 3, end); /* no double hyphen inside */
            at = end;
        } else if (at[1] == '?' || at[1] == '!') {
            at = skip_past(at, ">");
        } else if (at[1] == '/') {
            assert_true(depth > 0);
            depth--;
            assert_int_equal(strncmp(at + 2, open[depth], strlen(open[depth])), 0);
            at = skip_past(at, ">");
        } else {
            assert_true(depth < MAX_DEPTH);
            snprintf(open[depth], sizeof open[0], "%.*s", (int)strcspn(at + 1, " />\n"), at + 1);
            depth += read_tag(&at, &out);
        }
    }
    assert_int_equal(depth, 0);
    char *text = hf_text_take(&out);
    assert_non_null(text);
    return text;
}

/* Rendering. */

static enum hf_status render(const struct hf_graphviz_names *names, const char *dot, unsigned seconds, char **out,
                             struct hf_error *error) {
    const struct hf_render_limits limits = {sizeof limits, seconds, 0};
    uint8_t *bytes = NULL;
    size_t num_bytes = 0;
    enum hf_status status = hf_layout_render(names, dot, HF_PICTURE_SVG, &limits, &bytes, &num_bytes, error);
    if (status == HF_OK)
        assert_int_equal(strlen((char *)bytes), num_bytes);
    *out = (char *)bytes;
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
    return status;
}

static const char *const hostile[] = {
    "plain",
    "\"double\" and 'single' and `back`",
    "\\N \\G \\E \\T \\H \\L \\l \\r \\n \\\\ \\",
    "<b>&amp;</b> & &lt; &#65; &nosuch; &",
    "line\nbreak\r\ttab",
    "emoji \xF0\x9F\x98\x80 caf\xC3\xA9 \xE4\xB8\xAD\xE6\x96\x87",
    "100% %s %n {a|b} <port> [x] --> ]]>",
    "\"]; evil [label=\"x\"]; } digraph { \"",
    "\x01\x1b[31m\x7f",
    "lone \xED\xA0\x80 surrogate, \xEF\xBF\xBE nonchar, \xE2\x80\xAE bidi",
    "\\l\"; // end of the legend\n",
    "/* comment */ // # \\\"",
    "-->--><!-- ",
    "",
};
#define NUM_HOSTILE (sizeof hostile / sizeof hostile[0])

/* As the picture shows a text that no repr was made of: controls, formats and surrogates as numbers. */
static char *show(const char *text) {
    struct hf_text out = HF_TEXT_INIT, repr = HF_TEXT_INIT;
    for (size_t i = 0, length = strlen(text); i < length;) {
        size_t width = 1;
        while (i + width < length && ((unsigned char)text[i + width] & 0xC0) == 0x80)
            width++;
        hf_text_cut(&repr, 0);
        hf_text_add_repr(&repr, text + i, width);
        if (width == 1 && strchr("'\"\\", text[i]) != NULL)
            hf_text_add_char(&out, text[i]);
        else if (width == 3 && memcmp(text + i, "\xEF\xBF\xBE", 3) == 0)
            hf_text_add(&out, "\\ufffe");
        else
            hf_text_add_bytes(&out, repr.data + 1, repr.length - 2);
        i += width;
    }
    hf_text_deinit(&repr);
    return hf_text_take(&out);
}

static void check_line(const char *decoded, const char *before, const char *text, const char *after) {
    struct hf_text expected = HF_TEXT_INIT;
    char *shown = show(text);
    hf_text_addf(&expected, "%s%s%s", before, shown, after);
    if (strstr(decoded, expected.data) == NULL)
        fail_msg("'%s' is not in:\n%s", expected.data, decoded);
    hf_text_deinit(&expected);
    hf_free(shown);
}

/* Session .text-> str text; list [0]-> session; a thread named text holds the list in function text, local text. */
static struct hf_snapshot *make_hostile(const char *text, hf_node_id *focus) {
    struct heap heap;
    heap_init(&heap);
    uint32_t type = hf_builder_add_type(heap.builder, text, "shop", HF_TYPE_HEAP);
    *focus = heap_add_str(&heap, text);
    hf_node_id session = heap_add(&heap, type), list = heap_add(&heap, HEAP_LIST);
    hf_builder_add_edge(heap.builder, session, *focus, HF_NAME_FIELD, text);
    heap_append(&heap, list, session);
    uint32_t thread = hf_builder_add_thread(heap.builder, 77, text, false);
    uint32_t frame = hf_builder_add_frame(heap.builder, thread, 0, text, text, 31);
    hf_builder_add_root(heap.builder, list, HF_ROOT_FRAME, text, frame);
    return heap_finish(&heap);
}

static void check_hostile(const char *text) {
    hf_node_id focus;
    struct hf_snapshot *snapshot = make_hostile(text, &focus);
    assert_non_null(snapshot);
    struct hf_selection selection = {&focus, 1, text};
    struct hf_picture *picture;
    struct hf_error error = {0};
    assert_int_equal(hf_picture_create(snapshot, &selection, NULL, &picture, &error), HF_OK);
    char *svg;
    if (render(&hf_graphviz_default, picture->dot, 0, &svg, &error) != HF_OK)
        fail_msg("%s\n%s", error.message, picture->dot);
    char *decoded = decode_xml(svg), value[400];
    hf_snapshot_print_value(snapshot, focus, 300, value, sizeof value);
    check_line(decoded, "str\n", "", "");
    check_line(decoded, "\n", value, "\npath: "); /* in the tooltip, whole */
    if (strlen(value) < 40)
        check_line(decoded, "\n", value, "\n");
    check_line(decoded, "What refers to ", text, ", up to 4 references away");
    check_line(decoded, text[0] != '\0' ? "thread " : "thread 77", text, "\n");
    check_line(decoded, "local '", text, "'");
    hf_free(decoded);
    hf_free(svg);
    hf_picture_destroy(picture);
    hf_snapshot_destroy(snapshot);
}

static void test_hostile_texts_come_out_as_they_are(void **state) {
    (void)state;
    for (size_t i = 0; i < NUM_HOSTILE; i++)
        check_hostile(hostile[i]);
}

/* Failures. */

static void test_no_graphviz(void **state) {
    (void)state;
    const struct hf_graphviz_names nothing = {no_libraries, "holdfast-no-such-program"};
    struct hf_error error = {0};
    char *svg;
    assert_int_equal(render(&nothing, "digraph {}", 0, &svg, &error), HF_ERR_UNSUPPORTED);
    assert_null(svg);
    assert_string_equal(error.message, "pictures need Graphviz: install it with 'apt install graphviz', or write a "
                                       ".dot file instead");
}

static void test_program_in_place_of_library(void **state) {
    (void)state;
    const struct hf_graphviz_names program = {no_libraries, "dot"};
    struct hf_error error = {0};
    char *svg;
    assert_int_equal(render(&program, "digraph { a -> b }", 0, &svg, &error), HF_OK);
    assert_non_null(strstr(svg, "</svg>"));
    hf_free(svg);
    assert_int_equal(render(&program, "digraph { a -> ", 0, &svg, &error), HF_ERR_RENDER);
    assert_non_null(strstr(error.message, "syntax error"));
}

static void test_text_that_is_not_dot(void **state) {
    (void)state;
    struct hf_error error = {0};
    char *svg;
    const char *const bad[] = {"", "hello", "digraph { a -> ", "digraph { \"a }"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(render(&hf_graphviz_default, bad[i], 0, &svg, &error), HF_ERR_RENDER);
        assert_int_equal(strncmp(error.message, "Graphviz failed: ", 17), 0);
    }
}

static void test_dot_is_copied(void **state) {
    (void)state;
    uint8_t *bytes;
    size_t num_bytes;
    const struct hf_graphviz_names nothing = {no_libraries, "holdfast-no-such-program"};
    assert_int_equal(hf_layout_render(&nothing, "digraph {}", HF_PICTURE_DOT, NULL, &bytes, &num_bytes, NULL), HF_OK);
    assert_int_equal(num_bytes, 10);
    assert_memory_equal(bytes, "digraph {}", 10);
    hf_free(bytes);
}

static char *make_tangle(unsigned num_nodes, unsigned num_edges) {
    struct hf_text text = HF_TEXT_INIT;
    hf_text_add(&text, "digraph {\n");
    srand(1);
    for (unsigned i = 0; i < num_edges; i++)
        hf_text_addf(&text, "n%u -> n%u [label=\"x\"];\n", (unsigned)rand() % num_nodes, (unsigned)rand() % num_nodes);
    hf_text_add(&text, "}\n");
    return hf_text_take(&text);
}

static void test_tangled_graph_hits_the_time_limit(void **state) {
    (void)state;
    struct hf_error error = {0};
    char *svg, *dot = make_tangle(3000, 40000);
    struct timespec begin, end;
    clock_gettime(CLOCK_MONOTONIC, &begin);
    assert_int_equal(render(&hf_graphviz_default, dot, 1, &svg, &error), HF_ERR_LIMIT);
    clock_gettime(CLOCK_MONOTONIC, &end);
    assert_string_equal(error.message, "Graphviz did not finish in 1 seconds: draw fewer objects, or allow more time");
    assert_true(end.tv_sec - begin.tv_sec < 10);
    hf_free(dot);
}

static void test_memory_limit(void **state) {
    (void)state;
    const struct hf_render_limits limits = {sizeof limits, 0, (uint64_t)1 << 20};
    struct hf_error error = {0};
    uint8_t *bytes = NULL;
    size_t num_bytes;
    assert_int_equal(hf_picture_render("digraph { a -> b }", HF_PICTURE_PNG, &limits, &bytes, &num_bytes, &error),
                     HF_ERR_LIMIT);
    assert_null(bytes);
    assert_string_equal(error.message, "Graphviz needs more memory than its limit of 1 MiB: draw fewer objects");
}

/* Attempts: a script in place of dot decides what becomes of each. */

static char script_path[] = "/tmp/holdfast-layout-XXXXXX";

static struct hf_graphviz_names make_script(const char *lines) {
    FILE *file = fopen(script_path, "w");
    assert_non_null(file);
    fprintf(file, "#!/bin/sh\n%s\n", lines);
    fclose(file);
    assert_int_equal(chmod(script_path, 0700), 0);
    return (struct hf_graphviz_names){no_libraries, script_path};
}

static char *make_picture_text(void) {
    struct heap heap;
    heap_init(&heap);
    hf_node_id focus = heap_add_str(&heap, "x");
    struct hf_snapshot *snapshot = heap_finish(&heap);
    struct hf_selection selection = {&focus, 1, "a text"};
    struct hf_picture *picture;
    assert_int_equal(hf_picture_create(snapshot, &selection, NULL, &picture, NULL), HF_OK);
    char *dot = hf_strdup(picture->dot);
    hf_picture_destroy(picture);
    hf_snapshot_destroy(snapshot);
    return dot;
}

static void check_note(const char *script, const char *dot, unsigned seconds, const char *note) {
    struct hf_graphviz_names names = make_script(script);
    struct hf_error error = {0};
    char *svg;
    if (render(&names, dot, seconds, &svg, &error) != HF_OK)
        fail_msg("%s", error.message);
    char *decoded = decode_xml(svg);
    if (strstr(decoded, note) == NULL)
        fail_msg("'%s' is not in:\n%s", note, decoded);
    hf_free(decoded);
    hf_free(svg);
}

static void test_fallbacks_are_told(void **state) {
    (void)state;
    char *dot = make_picture_text();
    check_note("[ $1 = -Ksfdp ] && exec dot \"$@\"; echo 'Error: \"lost\" <edge>' >&2; exit 1", dot, 0,
               "Laid out by sfdp, because the usual layout failed: Error: \"lost\" <edge>\n");
    check_note("[ $1 = -Ksfdp ] && exec dot \"$@\"; kill -SEGV $$", dot, 0,
               "Laid out by sfdp, because the usual layout failed: it was killed by signal 11");
    check_note("[ $1 = -Ksfdp ] && exec dot \"$@\"; echo 'out of memory' >&2; exit 1", dot, 0,
               "Laid out by sfdp, because it needed more memory than its limit of 1024 MiB\n");
    check_note("grep -q nslimit=1 && exec echo '<svg>in haste</svg>'; exec sleep 60", dot, 2, "in haste");
    check_note("[ $1 = -Ksfdp ] && exec dot \"$@\"; exit 3", "digraph { a }", 0,
               "Laid out by sfdp, because the usual layout failed: it ended with code 3 and without a message\n");
    hf_free(dot);
}

static void test_slow_program(void **state) {
    (void)state;
    struct hf_graphviz_names names = make_script("exec sleep 60");
    struct hf_error error = {0};
    char *svg;
    assert_int_equal(render(&names, "digraph {}", 1, &svg, &error), HF_ERR_LIMIT);
    assert_non_null(strstr(error.message, "did not finish in 1 seconds"));
}

static void test_interrupt_ends_all_attempts(void **state) {
    (void)state;
    struct hf_graphviz_names names = make_script("kill -INT $$; exec dot \"$@\"");
    struct hf_error error = {0};
    char *svg;
    assert_int_equal(render(&names, "digraph {}", 0, &svg, &error), HF_ERR_CANCELLED);
    assert_string_equal(error.message, "interrupted while drawing");
}

/* Any thread may draw, several at a time. */

static void *render_in_thread(void *argument) {
    uint8_t *bytes = NULL;
    size_t num_bytes = 0;
    enum hf_status status =
        hf_picture_render("digraph { a -> b -> c }", HF_PICTURE_SVG, NULL, &bytes, &num_bytes, NULL);
    *(bool *)argument = status == HF_OK && num_bytes > 100;
    hf_free(bytes);
    return NULL;
}

static void test_threads(void **state) {
    (void)state;
    pthread_t threads[4];
    bool fine[4] = {false};
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, render_in_thread, &fine[i]), 0);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_true(fine[i]);
    }
}

static void test_failing_allocations(void **state) {
    (void)state;
    enum hf_status status = HF_ERR_NOMEM;
    uint8_t *bytes = NULL;
    for (unsigned long n = 1; status != HF_OK; n++) {
        size_t num_bytes;
        hf_memory_fail_after(n);
        status = hf_picture_render("digraph { a -> b }", HF_PICTURE_SVG, NULL, &bytes, &num_bytes, NULL);
        hf_memory_fail_after(0);
        if (status != HF_OK)
            assert_int_equal(status, HF_ERR_NOMEM);
        assert_true(n < 100);
    }
    hf_free(bytes);
}

static int setup(void **state) {
    (void)state;
    int fd = mkstemp(script_path);
    return fd < 0 || close(fd) != 0;
}

static int teardown(void **state) {
    (void)state;
    return unlink(script_path);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hostile_texts_come_out_as_they_are),
        cmocka_unit_test(test_no_graphviz),
        cmocka_unit_test(test_program_in_place_of_library),
        cmocka_unit_test(test_text_that_is_not_dot),
        cmocka_unit_test(test_dot_is_copied),
        cmocka_unit_test(test_tangled_graph_hits_the_time_limit),
        cmocka_unit_test(test_memory_limit),
        cmocka_unit_test(test_fallbacks_are_told),
        cmocka_unit_test(test_slow_program),
        cmocka_unit_test(test_interrupt_ends_all_attempts),
        cmocka_unit_test(test_threads),
        cmocka_unit_test(test_failing_allocations),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
