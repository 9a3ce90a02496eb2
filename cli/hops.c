/* hops.c - hops as rows of a table. */
#include "cli/hops.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/text.h"

void hops_init(struct table *table, const struct hf_path_hop *first) {
#define REFERENCE {"reference", false, TABLE_CUT_END, COLOUR_REFERENCE}
#define TYPE      {"type", false, TABLE_CUT_START, COLOUR_TYPE}
#define SIZE      {"size", true, TABLE_WHOLE, COLOUR_PLAIN}
#define RETAINED  {"retained", true, TABLE_WHOLE, COLOUR_PLAIN}
#define VALUE     {"value", false, TABLE_CUT_END, COLOUR_VALUE}
    static const struct table_column shallow[] = {REFERENCE, TYPE, SIZE, VALUE};
    static const struct table_column retained[] = {REFERENCE, TYPE, SIZE, RETAINED, VALUE};
    bool has_retained = first->retained.count > 0;
    table_init(table, has_retained ? retained : shallow, has_retained ? 5 : 4, 2);
}

void hops_add(struct table *table, const struct hf_path_hop *hop, const char *reference, enum colour colour) {
    table_start(table, colour);
    table_put_text(table, reference);
    table_put_text(table, hop->type);
    table_put_size(table, hop->size_bytes);
    if (hop->retained.count > 0)
        table_put_size(table, hop->retained.size_bytes);
    table_put_text(table, hop->value);
}

static bool is_frame(const struct hf_root *root) {
    return root->kind == HF_ROOT_FRAME && root->frame != HF_NO_FRAME;
}

bool hops_add_frame(struct table *table, const struct hf_snapshot *snapshot, const struct hf_root *root) {
    if (!is_frame(root))
        return false;
    struct hf_frame frame = hf_snapshot_get_frame(snapshot, root->frame);
    struct hf_thread thread = hf_snapshot_get_thread(snapshot, frame.thread);
    char *name = *thread.name ? text_format("%s", thread.name) : text_format("%" PRIu64, thread.ident);
    char *line = text_format("thread %s, %s() at %s:%u", name, frame.function, frame.file, frame.line);
    table_add_heading(table, COLOUR_ROOT, line);
    free(line);
    free(name);
    return true;
}

/* Temporaries have no name. */
char *hops_format_root(const struct hf_path *path) {
    const char *name = path->root.name;
    if (!is_frame(&path->root))
        return text_format("%s", path->root_text);
    if (path->root.name_kind == HF_NAME_LOCAL)
        return text_format("  %s", name);
    return text_format("  <%s>", *name ? name : "temporary");
}

void hops_add_rest(struct table *table, const struct hf_path_hop *hops, size_t num_hops) {
    for (size_t i = 1; i < num_hops; i++) {
        char *reference = text_format("  %s", hops[i].reference);
        hops_add(table, &hops[i], reference, i + 1 == num_hops ? COLOUR_FOCUS : COLOUR_PLAIN);
        free(reference);
    }
}

void hops_print_expression(const char *expression, const char *gap) {
    char *text = text_clean(*expression ? expression : gap);
    if (*expression)
        printf("  = %s%s%s\n", colour_on(COLOUR_HEADING), text, colour_off(COLOUR_HEADING));
    else
        printf("  no Python expression: %s\n", text);
    free(text);
}

void hops_put_csv(struct table *table, const struct hf_path_hop *hop) {
    table_put_text(table, hop->reference);
    table_put_text(table, hop->type);
    table_put_size(table, hop->size_bytes);
    table_put_addr(table, hop->addr);
    table_put_count(table, hop->node);
    table_put_text(table, hop->value);
}
