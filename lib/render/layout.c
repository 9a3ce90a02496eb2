/*
 * layout.c - tries layouts from the best to the cheapest until one works.
 *
 *   attempt   engine   time of what is left   changes to the text
 *   0         dot      half, at most 8 s      none
 *   1         dot      half                   fewer iterations, straight lines
 *   2         sfdp     all                    straight lines
 *
 * The cost of dot follows the edges per node, not the size: 150 nodes with 250 edges take 0.2 s, with 300 edges between
 * random nodes 5 s, and with three edges per node more than a minute, of which attempt 1 saves nine tenths. sfdp takes
 * about a second on any graph of that size, and does not show the levels. So dot is given its time and then stopped;
 * which attempt made the picture, and why not an earlier one, is written into the legend.
 *
 * The text is changed by insertion, so that the library and the program get the same one:
 *
 *   digraph holdfast { ... label="...HERE: note\l"; // end of the legend
 *   HERE: attributes }                              a later attribute of the root graph replaces an earlier one
 */
#include "render/layout.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/options.h"
#include "base/text.h"
#include "render/child.h"
#include "render/dot.h"

#define DEFAULT_SECONDS 30u
#define MAX_SECONDS 86400u
#define DEFAULT_MEMORY_BYTES (UINT64_C(1) << 30)
#define FIRST_ATTEMPT_MS 8000u
#define SHORTEST_MS 200u

static const struct attempt {
    const char *engine;
    const char *attributes;
    const char *name;
} attempts[] = {
    {"dot", "", "dot"},
    {"dot", "nslimit=1; nslimit1=1; mclimit=0.3; splines=line;", "dot in haste"},
    {"sfdp", "overlap=prism; splines=line; K=1.2; repulsiveforce=1.5; sep=\"+10\";", "sfdp"},
};
#define NUM_ATTEMPTS (sizeof attempts / sizeof attempts[0])

struct layout {
    const struct hf_graphviz_names *names;
    const char *dot;
    enum hf_picture_format format;
    struct hf_render_limits limits;
    char reason[256];            /* why the attempt before failed; "" before the first */
};

static const char *format_name(enum hf_picture_format format) {
    switch (format) {
    case HF_PICTURE_SVG: return "svg";
    case HF_PICTURE_PNG: return "png";
    case HF_PICTURE_PDF: return "pdf";
    case HF_PICTURE_DOT: break;
    }
    return "dot";
}

static const char *find_last(const char *text, const char *part) {
    const char *found = NULL;
    for (const char *at = text; (at = strstr(at, part)) != NULL; at++)
        found = at;
    return found;
}

/* In a text of other origin, which has no legend, the note is a node. */
static void add_note(struct hf_text *text, const struct layout *layout, const struct attempt *attempt, bool in_legend) {
    if (layout->reason[0] == '\0')
        return;
    hf_text_add(text, in_legend ? "\\l" : "  \"layout note\" [shape=plaintext, label=\"");
    hf_text_addf(text, "Laid out by %s, because ", attempt->name);
    hf_dot_add_escaped(text, layout->reason, strlen(layout->reason), HF_DOT_LABEL);
    if (!in_legend)
        hf_text_add(text, "\"];\n");
}

/* The text of an attempt, NULL without memory. */
static char *adapt(const struct layout *layout, const struct attempt *attempt) {
    struct hf_text text = HF_TEXT_INIT;
    const char *legend = find_last(layout->dot, HF_DOT_LEGEND_END);
    const char *end = strrchr(layout->dot, '}');
    const char *rest = layout->dot;
    if (legend != NULL && end > legend) {
        hf_text_add_bytes(&text, rest, (size_t)(legend - rest));
        add_note(&text, layout, attempt, true);
        rest = legend;
    }
    if (end != NULL) {
        hf_text_add_bytes(&text, rest, (size_t)(end - rest));
        if (rest != legend)
            add_note(&text, layout, attempt, false);
        hf_text_addf(&text, "  %s%s\n", attempt->attributes, layout->format == HF_PICTURE_PNG ? " dpi=144;" : "");
        rest = end;
    }
    hf_text_add(&text, rest);
    return hf_text_take(&text);
}

/* The line of Graphviz's messages that says most: the first with "rror", else the last one. */
static void find_message(const struct hf_text *messages, char *out, size_t size) {
    const char *line = messages->length > 0 ? messages->data : "";
    const char *best = line;
    size_t best_length = 0;
    while (*line != '\0') {
        size_t length = strcspn(line, "\n");
        if (length > 0) {
            best = line;
            best_length = length;
        }
        if (memmem(line, length, "rror", 4) != NULL)
            break;
        line += length + (line[length] == '\n');
    }
    if (best_length > 150)
        best_length = 150;
    snprintf(out, size, "%.*s", (int)best_length, best);
}

static enum hf_status fail_nomem_limit(struct layout *layout, struct hf_error *error) {
    snprintf(layout->reason, sizeof layout->reason, "it needed more memory than its limit of %llu MiB",
             (unsigned long long)(layout->limits.memory_bytes >> 20));
    return hf_fail(error, HF_ERR_LIMIT, "Graphviz needs more memory than its limit of %llu MiB: draw fewer objects",
                   (unsigned long long)(layout->limits.memory_bytes >> 20));
}

static enum hf_status fail_time_limit(struct layout *layout, unsigned wall_ms, struct hf_error *error) {
    snprintf(layout->reason, sizeof layout->reason, "the usual layout did not finish in %.3g seconds",
             wall_ms / 1000.0);
    return hf_fail(error, HF_ERR_LIMIT, "Graphviz did not finish in %u seconds: draw fewer objects, or allow more time",
                   layout->limits.seconds);
}

static enum hf_status fail_render(struct layout *layout, const char *message, struct hf_error *error) {
    snprintf(layout->reason, sizeof layout->reason, "the usual layout failed: %.200s", message);
    return hf_fail(error, HF_ERR_RENDER, "Graphviz failed: %s", message);
}

static enum hf_status judge_exit(struct layout *layout, const struct hf_child_result *result, struct hf_error *error) {
    char message[256];
    find_message(&result->messages, message, sizeof message);
    if (result->code == HF_GRAPHVIZ_OK && result->bytes.length > 0)
        return HF_OK;
    if (result->code == HF_GRAPHVIZ_MISSING)
        return hf_fail(error, HF_ERR_UNSUPPORTED,
                       "pictures need Graphviz: install it with 'apt install graphviz', or write a .dot file instead");
    if (result->code == HF_CHILD_NOMEM || strstr(message, "ut of memory") != NULL)
        return fail_nomem_limit(layout, error);
    if (message[0] == '\0')
        snprintf(message, sizeof message, "it ended with code %d and without a message", result->code);
    return fail_render(layout, message, error);
}

static enum hf_status judge_signal(struct layout *layout, int number, struct hf_error *error) {
    char message[64];
    if (number == SIGINT || number == SIGTERM || number == SIGHUP || number == SIGQUIT)
        return hf_fail(error, HF_ERR_CANCELLED, "interrupted while drawing");
    snprintf(message, sizeof message, "it was killed by signal %d (%s)", number, strsignal(number));
    return fail_render(layout, message, error);
}

/* HF_OK when there is a picture; else why not, in *error and as the reason for the next attempt. */
static enum hf_status judge(struct layout *layout, const struct hf_child_result *result, unsigned wall_ms,
                            struct hf_error *error) {
    switch (result->end) {
    case HF_CHILD_END_EXIT:
        return judge_exit(layout, result, error);
    case HF_CHILD_END_WALL:
    case HF_CHILD_END_CPU:
        return fail_time_limit(layout, wall_ms, error);
    case HF_CHILD_END_SIZE:
        return hf_fail(error, HF_ERR_LIMIT, "the picture has more than %zu MiB: draw fewer objects",
                       HF_CHILD_MAX_RESULT >> 20);
    case HF_CHILD_END_SIGNAL:
        return judge_signal(layout, result->code, error);
    }
    return HF_ERR_INTERNAL;
}

static enum hf_status try_attempt(struct layout *layout, const struct attempt *attempt, unsigned wall_ms,
                                  struct hf_text *bytes, struct hf_error *error) {
    char *dot = adapt(layout, attempt);
    if (dot == NULL)
        return hf_fail_nomem(error);
    struct hf_graphviz_job job = {layout->names, dot, attempt->engine, format_name(layout->format)};
    struct hf_child_limits limits = {wall_ms, (wall_ms + 999) / 1000, layout->limits.memory_bytes};
    struct hf_child_result result;
    enum hf_status status = hf_child_run(hf_graphviz_child, &job, dot, strlen(dot), &limits, &result, error);
    hf_free(dot);
    if (status != HF_OK)
        return status;
    status = judge(layout, &result, wall_ms, error);
    if (status == HF_OK) {
        *bytes = result.bytes;
        result.bytes = (struct hf_text)HF_TEXT_INIT;
    }
    hf_child_result_deinit(&result);
    return status;
}

static unsigned share_of_time(size_t attempt, unsigned left_ms) {
    unsigned share = attempt + 1 == NUM_ATTEMPTS ? left_ms : left_ms / 2;
    if (attempt == 0 && share > FIRST_ATTEMPT_MS)
        share = FIRST_ATTEMPT_MS;
    return share > SHORTEST_MS ? share : SHORTEST_MS;
}

static enum hf_status try_all(struct layout *layout, struct hf_text *bytes, struct hf_error *error) {
    enum hf_status status = HF_ERR_INTERNAL;
    unsigned left_ms = layout->limits.seconds * 1000;
    for (size_t i = 0; i < NUM_ATTEMPTS; i++) {
        unsigned wall_ms = share_of_time(i, left_ms);
        status = try_attempt(layout, &attempts[i], wall_ms, bytes, error);
        if (status != HF_ERR_LIMIT && status != HF_ERR_RENDER)
            break;
        left_ms -= wall_ms < left_ms ? wall_ms : left_ms;
    }
    return status;
}

static enum hf_status copy_dot(const char *dot, uint8_t **bytes, size_t *num_bytes, struct hf_error *error) {
    char *copy = hf_strdup(dot);
    if (copy == NULL)
        return hf_fail_nomem(error);
    *num_bytes = strlen(copy);
    *bytes = (uint8_t *)copy;
    return HF_OK;
}

enum hf_status hf_layout_render(const struct hf_graphviz_names *names, const char *dot, enum hf_picture_format format,
                                const struct hf_render_limits *limits, uint8_t **bytes, size_t *num_bytes,
                                struct hf_error *error) {
    struct layout layout = {.names = names, .dot = dot, .format = format};
    if (!hf_options_copy(&layout.limits, sizeof layout.limits, limits))
        return hf_fail(error, HF_ERR_ARGUMENT, "struct_size of the limits is not set");
    if (format == HF_PICTURE_DOT)
        return copy_dot(dot, bytes, num_bytes, error);
    if (layout.limits.seconds == 0)
        layout.limits.seconds = DEFAULT_SECONDS;
    if (layout.limits.seconds > MAX_SECONDS)
        layout.limits.seconds = MAX_SECONDS;
    if (layout.limits.memory_bytes == 0)
        layout.limits.memory_bytes = DEFAULT_MEMORY_BYTES;
    struct hf_text text = HF_TEXT_INIT;
    enum hf_status status = try_all(&layout, &text, error);
    if (status != HF_OK)
        return status;
    *num_bytes = text.length;
    *bytes = (uint8_t *)text.data;
    return HF_OK;
}

enum hf_status hf_picture_render(const char *dot, enum hf_picture_format format, const struct hf_render_limits *limits,
                                 uint8_t **bytes, size_t *num_bytes, struct hf_error *error) {
    return hf_layout_render(&hf_graphviz_default, dot, format, limits, bytes, num_bytes, error);
}
