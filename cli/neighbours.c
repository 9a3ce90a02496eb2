/*
 * neighbours.c - the tree of rows that `holdfast refs` and `holdfast referrers` print.
 *
 *   6 objects of type shop.cache.Session are held by 7 references
 *
 *     held by              type              references  objects     size  further  example
 *     [*]                  dict                       4        2  4.4 KiB           #10
 *       [*]                list                       2        1     72 B           #9 list of 2 items
 *         ._shards         shop.cache.Cache           1        1     48 B        1  #7
 *     handle() local ...                              1                             thread worker-1, handle() ...
 *       ... 2 more rows                               5
 */
#include "cli/neighbours.h"

#include <holdfast/json.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/answer.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/text.h"

const struct option neighbours_options[] = {
    {"depth", 'd', OPTION_NUMBER, "N", "references from the objects outwards (default 3)",
     offsetof(struct neighbours_settings, depth)},
    {"limit", 'n', OPTION_NUMBER, "N", "rows at most; 0: all (default 40)",
     offsetof(struct neighbours_settings, limit)},
    {"branches", 'b', OPTION_NUMBER, "N", "rows directly below one row at most; 0: all (default 10)",
     offsetof(struct neighbours_settings, branches)},
    {"value", 'v', OPTION_TEXT, "PATTERN", "only objects whose value matches this glob",
     offsetof(struct neighbours_settings, value)},
    {NULL},
};

const struct neighbours_settings neighbours_defaults = {.depth = 3, .limit = 40, .branches = 10};

/* ---- rows ---- */

/*
 * The first object, its value if it is the only one, and whether they are followed in another row; of a root its place.
 */
static char *format_example(const struct hf_neighbour *row) {
    char number[TEXT_NUMBER_SIZE];
    if (row->node == HF_NO_NODE)
        return text_format("%s", row->value);
    const char *gap = *row->value ? " " : "";
    if (row->num_repeated == 0)
        return text_format("#%" PRIu32 "%s%s", row->node, gap, row->value);
    if (row->num_repeated == row->num_objects)
        return text_format("#%" PRIu32 "%s%s, in another row", row->node, gap, row->value);
    return text_format("#%" PRIu32 ", %s in another row", row->node, text_count(row->num_repeated, number));
}

/* ".x" below its parent; what reads as a word has a blank before it, as behind its owner. */
static char *format_reference(const struct hf_neighbour *row) {
    const char *reference = row->reference[0] == ' ' ? row->reference + 1 : row->reference;
    if (output_is_csv())
        return text_format("%s", reference);
    return text_format("%*s%s", 2 * (int)(row->depth - 1), "", reference);
}

static void put_if_any(struct table *table, uint64_t count) {
    if (count > 0 || output_is_csv())
        table_put_count(table, count);
    else
        table_put_text(table, "");
}

static void add_row(struct table *table, const struct hf_neighbour *row, size_t number) {
    char *reference = format_reference(row), *example = format_example(row);
    bool is_root = row->node == HF_NO_NODE;
    table_start(table, is_root ? COLOUR_ROOT : COLOUR_PLAIN);
    table_put_count(table, number);
    if (row->parent == HF_NO_ROW)
        table_put_text(table, "");
    else
        table_put_count(table, row->parent);
    table_put_count(table, row->depth);
    table_put_text(table, reference);
    table_put_text(table, row->type);
    table_put_count(table, row->num_references);
    put_if_any(table, row->num_objects);
    if (is_root)
        table_put_text(table, "");
    else
        table_put_size(table, row->size_bytes);
    put_if_any(table, row->num_further);
    if (is_root)
        table_put_text(table, "");
    else
        table_put_count(table, row->node);
    table_put_text(table, example);
    free(example);
    free(reference);
}

/* What there was no room for below a row, indented as its rows are. */
static void add_hidden(struct table *table, uint32_t depth, uint64_t num_rows, uint64_t num_references) {
    char number[TEXT_NUMBER_SIZE];
    char *text = text_format("%*s... %s", 2 * (int)depth, "", text_things(num_rows, "more row", number));
    table_start_sum(table, COLOUR_VALUE);
    for (int i = 0; i < 3; i++)
        table_put_text(table, "");
    table_put_text(table, text);
    table_put_text(table, "");
    table_put_count(table, num_references);
    for (int i = 0; i < 5; i++)
        table_put_text(table, "");
    free(text);
}

/*
 * What a row hides stands behind the last row below it: so that of all rows that end with rows[last] is due, from the
 * deepest one up to those at `next_depth`.
 */
static void close_rows(struct table *table, const struct hf_neighbours *neighbours, size_t last, uint32_t next_depth) {
    for (uint32_t at = (uint32_t)last; at != HF_NO_ROW && neighbours->rows[at].depth >= next_depth;
         at = neighbours->rows[at].parent) {
        const struct hf_neighbour *row = &neighbours->rows[at];
        if (row->num_hidden_rows > 0)
            add_hidden(table, row->depth, row->num_hidden_rows, row->num_hidden_references);
    }
}

void neighbours_print_rows(const struct hf_neighbours *neighbours, const char *title) {
    const struct table_column columns[] = {
        {NULL, true, TABLE_HIDDEN, COLOUR_PLAIN, "row"},
        {NULL, true, TABLE_HIDDEN, COLOUR_PLAIN, "parent"},
        {NULL, true, TABLE_HIDDEN, COLOUR_PLAIN, "depth"},
        {title, false, TABLE_CUT_END, COLOUR_REFERENCE, "reference"},
        {"type", false, TABLE_CUT_START, COLOUR_TYPE, "type"},
        {"references", true, TABLE_WHOLE, COLOUR_PLAIN, "num_references"},
        {"objects", true, TABLE_IF_FITS, COLOUR_PLAIN, "num_objects"},
        {"size", true, TABLE_IF_FITS, COLOUR_PLAIN, "size_bytes"},
        {"further", true, TABLE_IF_FITS, COLOUR_VALUE, "num_further"},
        {NULL, true, TABLE_HIDDEN, COLOUR_VALUE, "node"},
        {"example", false, TABLE_CUT_FIRST, COLOUR_VALUE, "example"},
    };
    struct table table;
    table_init(&table, columns, sizeof columns / sizeof *columns, 2);
    for (size_t i = 0; i < neighbours->num_rows; i++) {
        add_row(&table, &neighbours->rows[i], i);
        close_rows(&table, neighbours, i, i + 1 < neighbours->num_rows ? neighbours->rows[i + 1].depth : 1);
    }
    if (neighbours->num_hidden_rows > 0)
        add_hidden(&table, 0, neighbours->num_hidden_rows, neighbours->num_hidden_references);
    table_print(&table);
    table_deinit(&table);
}

/* ---- the answer ---- */

static int print_answer(enum hf_neighbours_direction direction, const struct hf_selection *selection,
                        const struct hf_neighbours *neighbours) {
    bool is_one = neighbours->num_selected == 1, outwards = direction == HF_NEIGHBOURS_REFERENCES;
    const char *verb = outwards ? (is_one ? "has" : "have") : is_one ? "is held by" : "are held by";
    char *description = text_clean(selection->description), number[TEXT_NUMBER_SIZE];
    printf("%s%s%s %s %s\n", colour_on(COLOUR_HEADING), description, colour_off(COLOUR_HEADING), verb,
           text_things(neighbours->num_references, "reference", number));
    free(description);
    if (neighbours->num_rows == 0)
        return CLI_NOTHING;
    putchar('\n');
    neighbours_print_rows(neighbours, outwards ? "reference" : "held by");
    return CLI_OK;
}

static int print_json(const struct hf_neighbours *neighbours) {
    struct hf_error error;
    char *text = NULL;
    enum hf_status status = hf_json_neighbours(neighbours, &text, &error);
    int code = answer_print_json(status, text, &error);
    return code == CLI_OK && neighbours->num_rows == 0 ? CLI_NOTHING : code;
}

static int print_csv(const struct hf_neighbours *neighbours) {
    uint64_t num_hidden = neighbours->num_hidden_rows;
    char number[TEXT_NUMBER_SIZE];
    for (size_t i = 0; i < neighbours->num_rows; i++)
        num_hidden += neighbours->rows[i].num_hidden_rows;
    neighbours_print_rows(neighbours, "");
    if (num_hidden > 0)
        complain(CLI_OK, "%s: give a higher --limit or --branches", text_things(num_hidden, "more row", number));
    return neighbours->num_rows > 0 ? CLI_OK : CLI_NOTHING;
}

static int answer(enum hf_neighbours_direction direction, const struct neighbours_settings *settings,
                  const struct answer_subject *subject) {
    struct hf_neighbours_options query = {
        .struct_size = sizeof query,
        .direction = direction,
        .depth = settings->depth,
        .max_rows = settings->limit > 0 ? settings->limit : UINT32_MAX,
        .max_branches = settings->branches > 0 ? settings->branches : UINT32_MAX,
        .progress = progress_get(),
    };
    struct hf_error error;
    struct hf_neighbours *neighbours;
    if (hf_neighbours_create(subject->snapshot, subject->selection, &query, &neighbours, &error) != HF_OK)
        return complain_error(&error);
    int code = settings->answer.json  ? print_json(neighbours)
               : settings->answer.csv ? print_csv(neighbours)
                                      : print_answer(direction, subject->selection, neighbours);
    hf_neighbours_destroy(neighbours);
    return code;
}

int neighbours_run(enum hf_neighbours_direction direction, const struct neighbours_settings *settings,
                   int num_operands, char **operands) {
    struct answer_subject subject;
    int code = answer_open_subject(num_operands, operands, settings->value, &subject);
    if (code != CLI_OK)
        return code;
    code = answer(direction, settings, &subject);
    answer_close_subject(&subject);
    return code;
}
