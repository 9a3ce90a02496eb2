/*
 * dominators.c - `holdfast dominators`: the dominator tree, the biggest first.
 *
 *   retained   share  objects  object                    type               value
 *    6.5 KiB  64.3 %       34  module shop               module             <module 'shop'>
 *    5.8 KiB  57.0 %       29    .CACHE                  shop.cache.Cache
 *    ...
 *      181 B   1.7 %        3    2 more
 */
#include <holdfast/dominated.h>
#include <holdfast/json.h>

#include <stdlib.h>

#include "cli/answer.h"
#include "cli/cli.h"
#include "cli/progress.h"
#include "cli/tables.h"
#include "cli/text.h"

struct settings {
    struct answer_settings answer;
    unsigned by;             /* enum hf_dominated_by: the words stand in its order */
    uint64_t min_bytes;
    unsigned depth;
    unsigned limit;
    const char *value;
};

static const struct option options[] = {
    {"by", 'b', OPTION_CHOICE, "object|type|module|package|thread|root",
     "a row for each object, or for each type below a row;\nor first what each module (package, thread, kind of root) "
     "alone holds",
     offsetof(struct settings, by)},
    {"min", 0, OPTION_SIZE, "SIZE", "leave out what retains less, such as 1M (default 0.5 % of what is shown)",
     offsetof(struct settings, min_bytes)},
    {"depth", 'd', OPTION_NUMBER, "N", "levels of the tree (default 4)", offsetof(struct settings, depth)},
    {"limit", 'n', OPTION_NUMBER, "N", "rows below a row (default 10)", offsetof(struct settings, limit)},
    {"value", 'v', OPTION_TEXT, "PATTERN", "only objects whose value matches this glob",
     offsetof(struct settings, value)},
    {NULL},
};

static char *name_row(const struct hf_dominated_row *row) {
    char number[TEXT_NUMBER_SIZE];
    switch (row->kind) {
    case HF_DOMINATED_OBJECT:
    case HF_DOMINATED_HOLDER: return text_format("%s", row->reference);
    case HF_DOMINATED_TYPE: return text_format("%s", text_things(row->num_objects, "object", number));
    case HF_DOMINATED_GARBAGE: return text_format("garbage, which waits for the collector");
    case HF_DOMINATED_CYCLE:
        return row->num_objects > 1 ? text_format("cycle of %s", text_things(row->num_objects, "object", number))
                                    : text_format("one object");
    case HF_DOMINATED_MEMBER: return text_format("#%u", row->node);
    case HF_DOMINATED_REST:
        return row->num_objects > 0 ? text_format("%s more", text_count(row->num_objects, number))
                                    : text_format("what these hold");
    }
    return text_format("%s", "");
}

static enum colour colour_of(enum hf_dominated_kind kind) {
    return kind == HF_DOMINATED_HOLDER || kind == HF_DOMINATED_GARBAGE ? COLOUR_ROOT
           : kind == HF_DOMINATED_REST                                 ? COLOUR_VALUE
                                                                       : COLOUR_PLAIN;
}

static void add_row(struct table *table, const struct hf_dominated *dominated, const struct hf_dominated_row *row) {
    static const char *const kinds[] = {"object", "type", "holder", "garbage", "cycle", "member", "rest"};
    char *name = name_row(row);
    char *indented = text_format("%*s%s", 2 * (int)row->depth, "", name);
    table_start(table, colour_of(row->kind));
    table_put_size(table, row->retained.size_bytes);
    table_put_share(table, row->retained.size_bytes, dominated->total.size_bytes);
    table_put_count(table, row->retained.count);
    table_put_text(table, indented);
    table_put_text(table, row->type);
    bool has_value = row->kind == HF_DOMINATED_OBJECT || row->kind == HF_DOMINATED_MEMBER ||
                     (row->kind == HF_DOMINATED_CYCLE && row->num_objects == 1);
    table_put_text(table, has_value ? row->value : "");
    table_put_count(table, row->depth);
    table_put_text(table, kinds[row->kind]);
    table_put_text(table, name);
    if (row->node == HF_NO_NODE)
        table_put_text(table, "");
    else
        table_put_count(table, row->node);
    free(indented);
    free(name);
}

static void print_rows(const struct hf_dominated *dominated) {
    static const struct table_column columns[] = {
        {"retained", true, TABLE_WHOLE, COLOUR_PLAIN, "retained_bytes"},
        {"share", true, TABLE_WHOLE, COLOUR_VALUE},
        {"objects", true, TABLE_WHOLE, COLOUR_PLAIN, "retained_count"},
        {"object", false, TABLE_CUT_END, COLOUR_REFERENCE},
        {"type", false, TABLE_CUT_START, COLOUR_TYPE, "type"},
        {"value", false, TABLE_CUT_FIRST, COLOUR_VALUE, "value"},
        {NULL, false, TABLE_HIDDEN, COLOUR_PLAIN, "depth"},
        {NULL, false, TABLE_HIDDEN, COLOUR_PLAIN, "kind"},
        {NULL, false, TABLE_HIDDEN, COLOUR_PLAIN, "reference"},
        {NULL, false, TABLE_HIDDEN, COLOUR_PLAIN, "node"},
    };
    struct table table;
    table_init(&table, columns, sizeof columns / sizeof *columns, 0);
    for (size_t i = 0; i < dominated->num_rows; i++)
        add_row(&table, dominated, &dominated->rows[i]);
    table_print(&table);
    table_deinit(&table);
}

static int answer(const struct settings *settings, const struct hf_snapshot *snapshot,
                  const struct hf_selection *selection) {
    const struct hf_dominated_options query = {
        .struct_size = sizeof query,
        .by = (enum hf_dominated_by)settings->by,
        .selection = selection,
        .min_bytes = settings->min_bytes,
        .max_depth = settings->depth,
        .max_children = settings->limit,
        .progress = progress_get(),
    };
    struct hf_error error;
    struct hf_dominated *dominated;
    char *text = NULL;
    if (hf_dominated_create(snapshot, &query, &dominated, &error) != HF_OK)
        return complain_error(&error);
    progress_clear();
    int code = CLI_OK;
    if (settings->answer.json) {
        enum hf_status status = hf_json_dominated(dominated, &text, &error);
        code = answer_print_json(status, text, &error);
    } else {
        print_rows(dominated);
    }
    hf_dominated_destroy(dominated);
    return code;
}

static int run(const void *settings_, int num_operands, char **operands) {
    const struct settings *settings = settings_;
    struct answer_subject subject = {0};
    bool is_whole = num_operands == 1 && !settings->value;
    int code = is_whole ? answer_open(operands[0], &subject.snapshot)
                        : answer_open_subject(num_operands, operands, settings->value, &subject);
    if (code != CLI_OK)
        return code;
    code = answer(settings, subject.snapshot, subject.selection);
    answer_close_subject(&subject);
    return code;
}

const struct command command_dominators = {
    .name = "dominators",
    .synopsis = "FILE [SELECTOR] [options]",
    .summary = "who alone keeps what alive: the dominator tree, the biggest first",
    .description = "Prints the dominator tree: below each object stands what it alone keeps alive, all of which would\n"
                   "be freed with it. \"...\" before a reference means that the way to the object is longer; what\n"
                   "several roots hold stands at the left with the shortest way to it.\n"
                   "\n"
                   "By module the first rows are what would be freed if the module with its variables went away.\n"
                   "Garbage, which waits for the collector, is listed by itself, with the objects of each cycle.",
    .example = "$ holdfast dominators shop.hfs Cache --depth 3\n"
               "retained   share  objects  object      type              value\n"
               " 5.8 KiB   100 %       25  shop.CACHE  shop.cache.Cache\n"
               " 5.7 KiB  99.2 %       24    ._shards  list              list of 2 items\n"
               " 3.0 KiB  51.0 %       13      [0]     dict              dict of 2 items\n"
               " 2.7 KiB  47.0 %       10      [1]     dict              dict of 2 items\n",
    .options = options,
    .settings_size = sizeof(struct settings),
    .min_operands = 1,
    .max_operands = 2,
    .has_selector = true,
    .has_answer = true,
    .has_csv = true,
    .may_be_long = true,
    .run = run,
};
