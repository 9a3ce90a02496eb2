/* test_picture.c - DOT text of whole pictures: chains, roots, legend, what is left out; options and files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <dirent.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <holdfast/picture.h>

#include "heap.h"
#include "patience.h"
#include "render/shade.h"

#define CHAIN_LENGTH 200000

static struct hf_picture *draw(const struct hf_snapshot *snapshot, const hf_node_id *focus, size_t num_focus,
                               const struct hf_picture_options *options) {
    struct hf_selection selection = {focus, num_focus, "the \"selected\" objects"};
    struct hf_picture *picture = NULL;
    struct hf_error error = {0};
    assert_int_equal(hf_picture_create(snapshot, &selection, options, &picture, &error), HF_OK);
    return picture;
}

static void check_has(const struct hf_picture *picture, const char *text) {
    if (strstr(picture->dot, text) == NULL)
        fail_msg("'%s' is not in:\n%s", text, picture->dot);
}

static void check_lacks(const struct hf_picture *picture, const char *text) {
    if (strstr(picture->dot, text) != NULL)
        fail_msg("'%s' is in:\n%s", text, picture->dot);
}

/* The shop: module -> cache (with __del__) -> list -> session, which a thread and native code hold, too. */
struct shop {
    struct hf_snapshot *snapshot;
    hf_node_id module, cache, list, session, garbage;
};

static struct shop make_shop(void) {
    struct heap heap;
    struct shop shop;
    heap_init(&heap);
    shop.module = heap_add(&heap, HEAP_MODULE);
    hf_node_id globals = heap_add_dict(&heap, shop.module);
    shop.cache = heap_add_flagged(&heap, HEAP_SESSION, HF_NODE_GC | HF_NODE_FINALIZER);
    hf_node_id attributes = heap_add_dict(&heap, shop.cache);
    shop.list = heap_add(&heap, HEAP_LIST);
    shop.session = heap_add(&heap, HEAP_SESSION);
    shop.garbage = heap_add(&heap, HEAP_SESSION);
    heap_set_item(&heap, globals, "CACHE", shop.cache);
    heap_set_item(&heap, attributes, "_shards", shop.list);
    heap_append(&heap, shop.list, shop.session);
    hf_builder_add_edge(heap.builder, shop.session, shop.cache, HF_NAME_ATTRIBUTE, "cache");
    uint32_t thread = hf_builder_add_thread(heap.builder, 77, "Main\\Thread", false);
    uint32_t frame = hf_builder_add_frame(heap.builder, thread, 0, "handle", "/srv/shop.py", 31);
    hf_builder_add_root(heap.builder, shop.module, HF_ROOT_MODULE, "shop", HF_NO_FRAME);
    hf_builder_add_root(heap.builder, shop.list, HF_ROOT_FRAME, "request", frame);
    hf_builder_add_root(heap.builder, shop.session, HF_ROOT_OUTSIDE, "", HF_NO_FRAME);
    shop.snapshot = heap_finish(&heap);
    assert_non_null(shop.snapshot);
    return shop;
}

static void test_referrers(void **state) {
    const struct shop *shop = *state;
    struct hf_picture *picture = draw(shop->snapshot, &shop->session, 1, NULL);
    assert_int_equal(picture->num_nodes, 4);
    assert_int_equal(picture->num_edges, 6);
    assert_int_equal(picture->num_omitted, 0);
    check_has(picture, "box0 [label=\"shop.cache.Session\\nat 0x7f0000000140\", fillcolor=\"#dc2626\"");
    check_has(picture, "label=\" ._shards \"");
    check_has(picture, "label=\" [0] \"");
    check_has(picture, "label=\" .CACHE \"");
    check_has(picture, "label=\" .cache \"");
    check_has(picture, "label=\"thread Main\\\\Thread\\nhandle() at shop.py:31\"");
    check_has(picture, "label=\" local 'request' \"");
    check_has(picture, "held from outside");
    check_has(picture, "\\n__del__\"");
    check_has(picture, "peripheries=2");
    check_has(picture, "[label=\"module\\nshop\", fillcolor=\"#bbf7d0\"");
    check_has(picture, "What refers to the \\\"selected\\\" objects, up to 4 references away");
    check_has(picture, "Drawn: 4 objects, 6 arrows\\l");
    check_lacks(picture, "more reference");
    check_lacks(picture, "[3]");
    hf_picture_destroy(picture);
}

static void test_tooltips(void **state) {
    const struct shop *shop = *state;
    struct hf_picture *picture = draw(shop->snapshot, &shop->session, 1, NULL);
    check_has(picture, "shop.cache.Session at 0x7f0000000140 (#5)");
    check_has(picture, "path: shop.CACHE");
    check_has(picture, "local 'request'[0]");
    check_has(picture, "112 bytes with its attribute dict, reference count 3");
    hf_picture_destroy(picture);
    picture = draw(shop->snapshot, &shop->garbage, 1, NULL);
    check_has(picture, "not reached from any root");
    hf_picture_destroy(picture);
}

static void test_counts_on_demand(void **state) {
    const struct shop *shop = *state;
    struct hf_picture_options options = {.struct_size = sizeof options, .refcounts = true, .sizes = true};
    struct hf_picture *picture = draw(shop->snapshot, &shop->session, 1, &options);
    check_has(picture, "shop.cache.Session [3]  112 B\\n");
    hf_picture_destroy(picture);
}

/* The lightness of a colour "#rrggbb" as WCAG 2 defines it. */
static double luminance(const char *colour) {
    unsigned channels[3];
    double sum = 0;
    static const double weights[] = {0.2126, 0.7152, 0.0722};
    assert_int_equal(sscanf(colour, "#%2x%2x%2x", &channels[0], &channels[1], &channels[2]), 3);
    for (int i = 0; i < 3; i++) {
        double value = channels[i] / 255.0;
        sum += weights[i] * (value <= 0.03928 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4));
    }
    return sum;
}

static double contrast_of(double one, double other) {
    return one > other ? (one + 0.05) / (other + 0.05) : (other + 0.05) / (one + 0.05);
}

/* Red and green of the same lightness look the same to one man in twelve. */
static void test_selected_is_told_by_lightness(void **state) {
    const struct shop *shop = *state;
    struct hf_picture *picture = draw(shop->snapshot, &shop->session, 1, NULL);
    unsigned num_others = 0;
    for (const char *at = picture->dot; (at = strstr(at, "fillcolor=\"")) != NULL;) {
        char colour[8] = "";
        memcpy(colour, at += strlen("fillcolor=\""), 7);
        if (strcmp(colour, "#dc2626") == 0)
            continue;
        assert_true(contrast_of(luminance(colour), luminance("#dc2626")) >= 2);
        num_others++;
    }
    assert_true(num_others >= 3);
    hf_picture_destroy(picture);
}

static void test_shades(void **state) {
    (void)state;
    static const uint64_t bytes[] = {1024, 512, 511, 128, 127, 32, 31, 8, 7, 1, 0};
    static const unsigned sizes[] = {17, 17, 15, 15, 13, 13, 12, 12, 11, 11, 10};
    for (size_t i = 0; i < sizeof bytes / sizeof *bytes; i++) {
        struct hf_box box = {.retained.size_bytes = bytes[i]};
        const struct hf_shade *shade = hf_shade_of(&box, 1024);
        assert_int_equal(shade->font_size, sizes[i]);
        assert_true(contrast_of(luminance(shade->fill), luminance(shade->text)) >= 4.5);
    }
}

static void test_retained(void **state) {
    const struct shop *shop = *state;
    struct hf_picture_options options = {.struct_size = sizeof options, .retained = true};
    struct hf_picture *picture = draw(shop->snapshot, &shop->session, 1, &options);
    check_has(picture, "\\nretains ");
    check_has(picture, "retains 1 object with ");
    check_has(picture, "Red border: selected.");
    check_has(picture, "Darker and larger: retains more; darkest from ");
    check_has(picture, "fontsize=17");
    check_lacks(picture, "Darker: farther away");
    hf_picture_destroy(picture);
    picture = draw(shop->snapshot, &shop->session, 1, NULL);
    check_lacks(picture, "retains");
    hf_picture_destroy(picture);
}

static void test_chain(void **state) {
    const struct shop *shop = *state;
    struct hf_picture_options options = {.struct_size = sizeof options, .direction = HF_PICTURE_CHAIN};
    struct hf_picture *picture = draw(shop->snapshot, &shop->cache, 1, &options);
    assert_int_equal(picture->num_nodes, 2);
    assert_int_equal(picture->num_edges, 1);
    check_has(picture, "label=\" .CACHE \"");
    hf_picture_destroy(picture);
    hf_node_id both[] = {shop->list, shop->session, shop->garbage};
    picture = draw(shop->snapshot, both, 3, &options);
    assert_int_equal(picture->num_nodes, 3);
    assert_int_equal(picture->num_edges, 2);
    check_has(picture, "label=\" local 'request' \"");
    check_has(picture, "The shortest chain of references");
    hf_picture_destroy(picture);
}

static void test_depth_cuts_and_says_so(void **state) {
    const struct shop *shop = *state;
    struct hf_picture_options options = {.struct_size = sizeof options, .depth = 1};
    struct hf_picture *picture = draw(shop->snapshot, &shop->session, 1, &options);
    assert_int_equal(picture->num_nodes, 2);
    assert_int_equal(picture->num_omitted, 1);
    check_has(picture, "Not drawn: 1 reference of objects with a dashed border");
    check_has(picture, "up to 1 reference away");
    check_has(picture, "style=\"filled,rounded,dashed\"");
    hf_picture_destroy(picture);
}

/* Lists in one another: each box is darker than the one that is nearer to the selected one. */
static void test_darker_with_depth(void **state) {
    (void)state;
    enum { DEPTH = 6 };
    struct heap heap;
    hf_node_id lists[DEPTH + 1];
    heap_init(&heap);
    for (unsigned i = 0; i <= DEPTH; i++)
        lists[i] = heap_add(&heap, HEAP_LIST);
    for (unsigned i = 0; i < DEPTH; i++)
        heap_append(&heap, lists[i], lists[i + 1]);
    struct hf_snapshot *snapshot = heap_finish(&heap);
    struct hf_picture_options options = {.struct_size = sizeof options, .depth = DEPTH};
    struct hf_picture *picture = draw(snapshot, &lists[DEPTH], 1, &options);
    double nearer = 2;
    const char *at = strstr(picture->dot, "box1 [");
    for (unsigned i = 0; i < DEPTH; i++) {
        char colour[8] = "";
        assert_non_null(at = strstr(at, "fillcolor=\""));
        memcpy(colour, at += strlen("fillcolor=\""), 7);
        assert_true(luminance(colour) < nearer);
        assert_true(contrast_of(luminance(colour), luminance("#dc2626")) >= 2);
        nearer = luminance(colour);
    }
    hf_picture_destroy(picture);
    hf_snapshot_destroy(snapshot);
}

static struct hf_snapshot *make_star(hf_node_id *centre, hf_node_id *sessions) {
    struct heap heap;
    heap_init(&heap);
    *centre = heap_add(&heap, HEAP_LIST);
    for (unsigned i = 0; i < 1234; i++) {
        sessions[i] = heap_add(&heap, HEAP_SESSION);
        heap_append(&heap, sessions[i], *centre);
    }
    return heap_finish(&heap);
}

static void test_neighbours_cut_and_says_so(void **state) {
    (void)state;
    hf_node_id centre, sessions[1234];
    struct hf_snapshot *snapshot = make_star(&centre, sessions);
    struct hf_picture *picture = draw(snapshot, &centre, 1, NULL);
    assert_int_equal(picture->num_omitted, 1224);
    check_has(picture, "label=\"1,224 more references\"");
    check_has(picture, "Not drawn: 1,224 references, in the small red boxes");
    check_has(picture, "rankdir=LR");
    hf_picture_destroy(picture);
    picture = draw(snapshot, sessions, 1234, NULL);
    check_has(picture, "Drawn: 10 objects, 0 arrows\\lNot drawn: 1,224 selected objects\\l");
    hf_picture_destroy(picture);
    hf_snapshot_destroy(snapshot);
}

/* root -> list -> list -> ...: bounded work and a bounded picture, whatever its length. */
static void test_very_long_chain(void **state) {
    (void)state;
    struct heap heap;
    heap_init(&heap);
    hf_node_id last = heap_add(&heap, HEAP_MODULE);
    for (unsigned i = 0; i < CHAIN_LENGTH; i++) {
        hf_node_id next = heap_add(&heap, HEAP_LIST);
        heap_append(&heap, last, next);
        last = next;
    }
    hf_builder_add_root(heap.builder, 0, HF_ROOT_MODULE, "m", HF_NO_FRAME);
    struct hf_snapshot *snapshot = heap_finish(&heap);
    struct hf_picture_options options = {.struct_size = sizeof options, .direction = HF_PICTURE_CHAIN};
    struct hf_picture *picture = draw(snapshot, &last, 1, &options);
    assert_int_equal(picture->num_nodes, 60);
    assert_int_equal(picture->num_edges, 59);
    check_has(picture, "199,941 objects not drawn");
    check_has(picture, "label=\"module\\nm\"");
    check_has(picture, "path: \xE2\x80\xA6[0][0]");
    check_has(picture, "path: m[0][0]");
    hf_picture_destroy(picture);
    hf_snapshot_destroy(snapshot);
}

/* An external capture found this reference by scanning words: the picture says that it may be none. */
static void test_scanned_references_are_marked(void **state) {
    (void)state;
    struct heap heap;
    heap_init(&heap);
    hf_node_id focus = heap_add(&heap, HEAP_LIST), native = heap_add_flagged(&heap, HEAP_SESSION, HF_NODE_SCANNED);
    hf_builder_add_edge(heap.builder, native, focus, HF_NAME_NONE, "");
    struct hf_snapshot *snapshot = heap_finish(&heap);
    struct hf_picture *picture = draw(snapshot, &focus, 1, NULL);
    check_has(picture, "style=dashed];");
    check_has(picture, "Dashed arrow: found by scanning memory, may be wrong.");
    hf_picture_destroy(picture);
    hf_snapshot_destroy(snapshot);
}

/* Root arrows of every kind that has one; several roots of one object; static types get a border only. */
static void test_roots(void **state) {
    (void)state;
    struct heap heap;
    heap_init(&heap);
    hf_node_id list = heap_add(&heap, HEAP_LIST), class = heap_add(&heap, HEAP_CLASS);
    hf_builder_add_edge(heap.builder, class, list, HF_NAME_ATTRIBUTE, "registry");
    hf_builder_add_root(heap.builder, list, HF_ROOT_MODULE, "odd.module", HF_NO_FRAME);
    hf_builder_add_root(heap.builder, list, HF_ROOT_INTERPRETER, "codec_search_path", HF_NO_FRAME);
    hf_builder_add_root(heap.builder, list, HF_ROOT_FRAME, "x", HF_NO_FRAME);
    hf_builder_add_root(heap.builder, list, HF_ROOT_OUTSIDE, "", HF_NO_FRAME);
    hf_builder_add_root(heap.builder, class, HF_ROOT_STATIC_TYPE, "", HF_NO_FRAME);
    struct hf_snapshot *snapshot = heap_finish(&heap);
    struct hf_picture *picture = draw(snapshot, &list, 1, NULL);
    assert_int_equal(picture->num_edges, 4);
    assert_int_equal(picture->num_omitted, 1); /* the fourth root of one object */
    check_has(picture, "label=\"sys.modules\"");
    check_has(picture, "label=\" ['odd.module'] \"");
    check_has(picture, "label=\" codec_search_path \"");
    check_has(picture, "label=\" local 'x' \"");
    check_lacks(picture, "held from outside");
    check_lacks(picture, "label=\"static type\"");
    check_has(picture, "more0 -> box0");
    hf_picture_destroy(picture);
    hf_snapshot_destroy(snapshot);
}

static void test_options_of_other_sizes(void **state) {
    const struct shop *shop = *state;
    struct hf_selection selection = {&shop->session, 1, ""};
    struct hf_picture *picture = NULL;
    struct hf_error error = {0};
    struct hf_picture_options options = {.struct_size = 0};
    assert_int_equal(hf_picture_create(shop->snapshot, &selection, &options, &picture, &error), HF_ERR_ARGUMENT);
    assert_string_equal(error.message, "struct_size of the picture's options is not set");
    options = (struct hf_picture_options){.struct_size = sizeof options, .direction = 3};
    assert_int_equal(hf_picture_create(shop->snapshot, &selection, &options, &picture, &error), HF_ERR_ARGUMENT);
    options = (struct hf_picture_options){.struct_size = offsetof(struct hf_picture_options, max_nodes), .depth = 1,
                                          .max_nodes = 1};
    assert_int_equal(hf_picture_create(shop->snapshot, &selection, &options, &picture, &error), HF_OK);
    assert_int_equal(picture->num_nodes, 2); /* the limit of one object is behind the end of the caller's struct */
    hf_picture_destroy(picture);
    options = (struct hf_picture_options){.struct_size = sizeof options, .depth = UINT_MAX, .max_nodes = UINT_MAX,
                                          .max_neighbours = UINT_MAX};
    picture = draw(shop->snapshot, &shop->session, 1, &options);
    assert_int_equal(picture->num_nodes, 4);
    hf_picture_destroy(picture);
}

static void test_failing_allocations(void **state) {
    const struct shop *shop = *state;
    for (unsigned direction = 0; direction <= HF_PICTURE_CHAIN; direction++) {
        struct hf_picture_options options = {.struct_size = sizeof options, .direction = direction, .retained = true};
        struct hf_selection selection = {&shop->session, 1, ""};
        struct hf_picture *picture = NULL;
        enum hf_status status = HF_ERR_NOMEM;
        unsigned long n = 0;
        while (status != HF_OK) {
            hf_memory_fail_after(++n);
            status = hf_picture_create(shop->snapshot, &selection, &options, &picture, NULL);
            hf_memory_fail_after(0);
            if (status != HF_OK) {
                assert_int_equal(status, HF_ERR_NOMEM);
                assert_null(picture);
            }
            assert_true(n < 10000);
        }
        assert_true(n > 10);
        hf_picture_destroy(picture);
    }
}

static void test_cancelling(void **state) {
    const struct shop *shop = *state;
    int calls = 0;
    const struct hf_progress progress = {refuse, &calls};
    struct hf_picture_options options = {.struct_size = sizeof options, .progress = &progress};
    struct hf_selection selection = {&shop->session, 1, ""};
    struct hf_picture *picture = NULL;
    assert_int_equal(hf_picture_create(shop->snapshot, &selection, &options, &picture, NULL), HF_ERR_CANCELLED);
    assert_null(picture);
    assert_int_equal(calls, 1);
}

static void test_formats(void **state) {
    (void)state;
    enum hf_picture_format format;
    struct hf_error error = {0};
    const struct {
        const char *path;
        enum hf_picture_format format;
    } good[] = {{"leak.svg", HF_PICTURE_SVG},  {"a.b/leak.PNG", HF_PICTURE_PNG}, {".pdf", HF_PICTURE_PDF},
                {"x.svg.dot", HF_PICTURE_DOT}, {"graph.gv", HF_PICTURE_DOT}};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        assert_int_equal(hf_picture_format_of(good[i].path, &format, &error), HF_OK);
        assert_int_equal(format, good[i].format);
    }
    const char *const bad[] = {"leak", "leak.jpg", "leak.svg/x", "", "leak.", "leaksvg"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(hf_picture_format_of(bad[i], &format, &error), HF_ERR_ARGUMENT);
    assert_int_equal(hf_picture_format_of("leak.jpg", &format, &error), HF_ERR_ARGUMENT);
    assert_string_equal(error.message,
                        "cannot tell the format of 'leak.jpg': end its name in .svg, .png, .pdf or .dot");
}

static unsigned count_files(const char *folder) {
    DIR *entries = opendir(folder);
    assert_non_null(entries);
    unsigned count = 0;
    while (readdir(entries) != NULL)
        count++;
    closedir(entries);
    return count - 2;
}

static void check_file_starts(const char *path, const char *start, size_t length) {
    char buffer[16] = "";
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(fread(buffer, 1, length, file), length);
    fclose(file);
    assert_memory_equal(buffer, start, length);
    assert_int_equal(unlink(path), 0);
}

static void test_saving(void **state) {
    const struct shop *shop = *state;
    const struct {
        const char *name, *start;
    } formats[] = {{"x.svg", "<?xml"}, {"x.png", "\x89PNG\r\n\x1a\n"}, {"x.pdf", "%PDF"},
                   {"x.dot", "digraph holdfast"}};
    struct hf_picture *picture = draw(shop->snapshot, &shop->session, 1, NULL);
    struct hf_error error = {0};
    char folder[] = "/tmp/holdfast-picture-XXXXXX", path[64];
    assert_non_null(mkdtemp(folder));
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, formats[i].name);
        assert_int_equal(hf_picture_save(picture, path, NULL, &error), HF_OK);
        assert_int_equal(count_files(folder), 1);
        check_file_starts(path, formats[i].start, strlen(formats[i].start));
    }
    snprintf(path, sizeof path, "%s/missing/x.svg", folder);
    assert_int_equal(hf_picture_save(picture, path, NULL, &error), HF_ERR_IO);
    snprintf(path, sizeof path, "%s/folder.svg", folder);
    assert_int_equal(mkdir(path, 0700), 0);
    assert_int_equal(hf_picture_save(picture, path, NULL, &error), HF_ERR_ARGUMENT);
    assert_int_equal(rmdir(path), 0);
    snprintf(path, sizeof path, "%s/x.svg", folder);
    const struct hf_render_limits little = {sizeof little, 0, 1};
    assert_int_equal(hf_picture_save(picture, path, &little, &error), HF_ERR_LIMIT);
    assert_int_equal(count_files(folder), 0);
    assert_int_equal(rmdir(folder), 0);
    hf_picture_destroy(picture);
}

static struct shop the_shop;

static int setup(void **state) {
    the_shop = make_shop();
    *state = &the_shop;
    return 0;
}

static int teardown(void **state) {
    (void)state;
    hf_snapshot_destroy(the_shop.snapshot);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_referrers),
        cmocka_unit_test(test_tooltips),
        cmocka_unit_test(test_counts_on_demand),
        cmocka_unit_test(test_selected_is_told_by_lightness),
        cmocka_unit_test(test_shades),
        cmocka_unit_test(test_retained),
        cmocka_unit_test(test_chain),
        cmocka_unit_test(test_depth_cuts_and_says_so),
        cmocka_unit_test(test_darker_with_depth),
        cmocka_unit_test(test_neighbours_cut_and_says_so),
        cmocka_unit_test(test_very_long_chain),
        cmocka_unit_test(test_scanned_references_are_marked),
        cmocka_unit_test(test_roots),
        cmocka_unit_test(test_options_of_other_sizes),
        cmocka_unit_test(test_failing_allocations),
        cmocka_unit_test(test_cancelling),
        cmocka_unit_test(test_formats),
        cmocka_unit_test(test_saving),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
