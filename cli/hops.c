/* hops.c - hops as rows of a table. */
#include "cli/hops.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/text.h"

/* Which columns the hops of a path have, as bits: an index into the tables of columns. */
enum { HAS_RETAINED = 1, HAS_SITE = 2 };

static unsigned columns_of(const struct hf_path_hop *hops, size_t num_hops) {
    unsigned columns = hops[0].retained.count > 0 ? HAS_RETAINED : 0;
    for (size_t i = 0; i < num_hops; i++)
        if (*hops[i].allocated_at)
            return columns | HAS_SITE;
    return columns;
}

void hops_init(struct table *table, const struct hf_path_hop *hops, size_t num_hops) {
#define REFERENCE {"reference", false, TABLE_CUT_END, COLOUR_REFERENCE}
#define TYPE      {"type", false, TABLE_CUT_START, COLOUR_TYPE}
#define SIZE      {"size", true, TABLE_WHOLE, COLOUR_PLAIN}
#define RETAINED  {"retained", true, TABLE_WHOLE, COLOUR_PLAIN}
#define VALUE     {"value", false, TABLE_CUT_FIRST, COLOUR_VALUE}
#define SITE      {"allocated at", false, TABLE_CUT_START, COLOUR_VALUE}
    static const struct table_column columns[][6] = {
        [0] = {REFERENCE, TYPE, SIZE, VALUE},
        [HAS_RETAINED] = {REFERENCE, TYPE, SIZE, RETAINED, VALUE},
        [HAS_SITE] = {REFERENCE, TYPE, SIZE, VALUE, SITE},
        [HAS_RETAINED | HAS_SITE] = {REFERENCE, TYPE, SIZE, RETAINED, VALUE, SITE},
    };
    unsigned which = columns_of(hops, num_hops);
    table_init(table, columns[which], 4 + (which & HAS_RETAINED) + (which & HAS_SITE) / HAS_SITE, 2);
}

void hops_add(struct table *table, const struct hf_path_hop *hop, const char *reference, enum colour colour) {
    table_start(table, colour);
    table_put_text(table, reference);
    table_put_text(table, hop->type);
    table_put_size(table, hop->size_bytes);
    if (hop->retained.count > 0)
        table_put_size(table, hop->retained.size_bytes);
    table_put_text(table, hop->value);
    if (table->num_cells < table->num_columns)
        table_put_text(table, hop->allocated_at);
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
