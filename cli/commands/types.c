/* types.c - `holdfast types`: what is in the heap, by type. */
#include <holdfast/json.h>
#include <holdfast/selector.h>
#include <holdfast/types.h>

#include <stdlib.h>

#include "cli/answer.h"
#include "cli/cli.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/sites.h"
#include "cli/tables.h"
#include "cli/text.h"

struct settings {
    struct answer_settings answer;
    unsigned limit;
    unsigned sort;           /* enum hf_types_sort: the words stand in its order */
    const char *module;
    bool shallow;
    unsigned by;             /* enum by */
};

enum by { BY_TYPE, BY_SITE };

static const struct option options[] = {
    {"limit", 'n', OPTION_NUMBER, "N", "show the first N types; 0: all (default 20)", offsetof(struct settings, limit)},
    {"by", 'b', OPTION_CHOICE, "type|site", "a line for each type, or for each line of the program that\nmade objects",
     offsetof(struct settings, by)},
    {"sort", 's', OPTION_CHOICE, "bytes|count|name|retained", "order of the types (default bytes)",
     offsetof(struct settings, sort)},
    {"module", 'm', OPTION_TEXT, "M", "only types of this module or package", offsetof(struct settings, module)},
    {"shallow", 0, OPTION_FLAG, NULL, "leave out what the objects retain: quicker on a large heap",
     offsetof(struct settings, shallow)},
    {NULL},
};

/* NULL for `retained`: not known. */
static void put_row(struct table *table, const struct hf_types *types, uint64_t count, uint64_t size_bytes,
                    const struct hf_retained *retained, const char *name) {
    table_put_count(table, count);
    table_put_size(table, size_bytes);
    table_put_share(table, size_bytes, types->total_bytes);
    if (types->has_retained && retained)
        table_put_size(table, retained->size_bytes);
    else if (types->has_retained)
        table_put_text(table, "");
    table_put_text(table, name);
}

static void add_sum(struct table *table, enum colour colour, const struct hf_types *types, uint64_t count,
                    uint64_t size_bytes, const struct hf_retained *retained, const char *name) {
    table_start_sum(table, colour);
    put_row(table, types, count, size_bytes, retained, name);
}

/* What the limit leaves out. CSV has no place for it. */
static void add_rest(struct table *table, const struct hf_types *types) {
    uint64_t count = types->matching_count, size_bytes = types->matching_bytes;
    for (size_t i = 0; i < types->num_rows; i++) {
        count -= types->rows[i].count;
        size_bytes -= types->rows[i].size_bytes;
    }
    char number[TEXT_NUMBER_SIZE];
    char *name = text_format("%s", text_things(types->num_matching - types->num_rows, "more type", number));
    add_sum(table, COLOUR_VALUE, types, count, size_bytes, NULL, name);
    if (output_is_csv())
        complain(CLI_OK, "%s: --limit 0 prints all", name);
    free(name);
}

static void print_types(const struct hf_types *types) {
#define FIRST_COLUMNS                                              \
    {"objects", true, TABLE_WHOLE, COLOUR_PLAIN, "count"},         \
    {"size", true, TABLE_WHOLE, COLOUR_PLAIN, "size_bytes"},       \
    {"share", true, TABLE_WHOLE, COLOUR_VALUE}
#define TYPE_COLUMN {"type", false, TABLE_CUT_START, COLOUR_TYPE, "type"}
    static const struct table_column shallow[] = {FIRST_COLUMNS, TYPE_COLUMN};
    static const struct table_column retained[] = {
        FIRST_COLUMNS, {"retained", true, TABLE_WHOLE, COLOUR_PLAIN, "retained_bytes"}, TYPE_COLUMN};
    const struct hf_retained all = {types->total_count, types->total_bytes};
    struct table table;
    table_init(&table, types->has_retained ? retained : shallow, types->has_retained ? 5 : 4, 0);
    for (size_t i = 0; i < types->num_rows; i++) {
        table_start(&table, COLOUR_PLAIN);
        put_row(&table, types, types->rows[i].count, types->rows[i].size_bytes, &types->rows[i].retained,
                types->rows[i].name);
    }
    if (types->num_rows < types->num_matching)
        add_rest(&table, types);
    if (types->matching_count != types->total_count)
        add_sum(&table, COLOUR_HEADING, types, types->matching_count, types->matching_bytes,
                &types->matching_retained, "matching");
    add_sum(&table, COLOUR_HEADING, types, types->total_count, types->total_bytes, &all, "in all");
    table_print(&table);
    table_deinit(&table);
}

/* A selector that names the same types finds as little, and knows what is near. */
static int complain_nothing(const struct hf_snapshot *snapshot, const struct hf_types_options *query) {
    struct hf_selection *selection = NULL;
    struct hf_error error;
    if (query->module)
        return complain(CLI_NOTHING, "no object has a type of module '%s'%s%s", query->module,
                        query->pattern ? " that matches " : "", query->pattern ? query->pattern : "");
    if (query->pattern && hf_selection_create(snapshot, query->pattern, NULL, &selection, &error) == HF_NOT_FOUND)
        return complain_error(&error);
    hf_selection_destroy(selection);
    return complain(CLI_NOTHING, "no object has a type that matches '%s'", query->pattern ? query->pattern : "*");
}

static int answer(const struct hf_snapshot *snapshot, const struct settings *settings,
                  const struct hf_types_options *query, const struct hf_types *types) {
    if (settings->answer.json) {
        struct hf_error error;
        char *text = NULL;
        enum hf_status status = hf_json_types(types, &text, &error);
        int code = answer_print_json(status, text, &error);
        return code == CLI_OK && types->num_matching == 0 ? CLI_NOTHING : code;
    }
    if (types->num_matching == 0)
        return complain_nothing(snapshot, query);
    print_types(types);
    return CLI_OK;
}

static int run(const void *settings_, int num_operands, char **operands) {
    const struct settings *settings = settings_;
    struct hf_snapshot *snapshot;
    int code = answer_open(operands[0], &snapshot);
    if (code != CLI_OK)
        return code;
    struct hf_types_options query = {
        .struct_size = sizeof query,
        .sort = (enum hf_types_sort)settings->sort,
        .pattern = num_operands > 1 ? operands[1] : NULL,
        .module = settings->module,
        .limit = settings->limit,
        .retained = !settings->shallow,
        .progress = progress_get(),
    };
    if (settings->by == BY_SITE) {
        code = sites_answer(snapshot, &query, &settings->answer);
        hf_snapshot_destroy(snapshot);
        return code;
    }
    struct hf_error error;
    struct hf_types *types;
    if (hf_types_create(snapshot, &query, &types, &error) == HF_OK) {
        code = answer(snapshot, settings, &query, types);
        hf_types_destroy(types);
    } else {
        code = complain_error(&error);
    }
    hf_snapshot_destroy(snapshot);
    return code;
}

static const struct settings defaults = {.limit = 20};

const struct command command_types = {
    .name = "types",
    .synopsis = "FILE [PATTERN] [options]",
    .summary = "what is in the heap: objects and bytes per type",
    .description = "Lists the types of the objects in a snapshot with their number, their shallow sizes, and what they\n"
                   "retain: the size of all that would be freed if an object went away, counted once where objects of\n"
                   "the type lie below each other.\n"
                   "PATTERN is the name of a type, its last part, or a glob on full names, such as 'shop.*'.\n"
                   "\n"
                   "--by site says at which lines of the program the objects were made, and in which functions. Python's\n"
                   "tracemalloc has to be on for that, before they are made: see 'holdfast run --tracemalloc'.",
    .example = "$ holdfast types shop.hfs --limit 3\n"
               "objects      size   share  retained  type\n"
               "      3   4.7 KiB  45.9 %   6.5 KiB  dict\n"
               "      3   3.1 KiB  30.7 %   3.1 KiB  type\n"
               "      6     912 B   8.8 %   1.4 KiB  shop.cache.Session\n"
               "     32   1.5 KiB  14.6 %            7 more types\n"
               "     44  10.2 KiB   100 %  10.2 KiB  in all\n",
    .options = options,
    .defaults = &defaults,
    .settings_size = sizeof(struct settings),
    .min_operands = 1,
    .max_operands = 2,
    .has_answer = true,
    .has_csv = true,
    .may_be_long = true,
    .run = run,
};
