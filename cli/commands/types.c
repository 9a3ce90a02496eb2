/* types.c - `holdfast types`: what is in the heap, by type. */
#include <holdfast/json.h>
#include <holdfast/types.h>

#include <stdlib.h>

#include "cli/answer.h"
#include "cli/cli.h"
#include "cli/tables.h"
#include "cli/text.h"

struct settings {
    struct answer_settings answer;
    unsigned limit;
    unsigned sort;           /* enum hf_types_sort: the words stand in its order */
    const char *module;
};

static const struct option options[] = {
    {"limit", 'n', OPTION_NUMBER, "N", "show the first N types; 0: all (default 20)", offsetof(struct settings, limit)},
    {"sort", 's', OPTION_CHOICE, "bytes|count|name", "order of the types (default bytes)",
     offsetof(struct settings, sort)},
    {"module", 'm', OPTION_TEXT, "M", "only types of this module or package", offsetof(struct settings, module)},
    {NULL, 0, OPTION_FLAG, NULL, NULL, 0},
};

static void add_row(struct table *table, const struct settings *settings, const struct hf_types *types,
                    const char *name, uint64_t count, uint64_t size_bytes, enum colour colour) {
    char numbers[4][TEXT_NUMBER_SIZE];
    const char *cells[] = {
        text_count(count, numbers[0]),
        text_size(size_bytes, settings->answer.exact_bytes, numbers[1]),
        text_share(size_bytes, types->total_bytes, numbers[2]),
        name,
    };
    table_add(table, colour, cells);
}

static void add_rest(struct table *table, const struct settings *settings, const struct hf_types *types) {
    uint64_t count = types->matching_count, size_bytes = types->matching_bytes;
    for (size_t i = 0; i < types->num_rows; i++) {
        count -= types->rows[i].count;
        size_bytes -= types->rows[i].size_bytes;
    }
    char number[TEXT_NUMBER_SIZE];
    char *name = text_format("%s more types", text_count(types->num_matching - types->num_rows, number));
    add_row(table, settings, types, name, count, size_bytes, COLOUR_VALUE);
    free(name);
}

static void print_types(const struct settings *settings, const struct hf_types *types) {
    static const struct table_column columns[] = {
        {"objects", true, TABLE_WHOLE, COLOUR_PLAIN},
        {"size", true, TABLE_WHOLE, COLOUR_PLAIN},
        {"share", true, TABLE_WHOLE, COLOUR_VALUE},
        {"type", false, TABLE_CUT_START, COLOUR_TYPE},
    };
    struct table table;
    table_init(&table, columns, 4, 0);
    for (size_t i = 0; i < types->num_rows; i++) {
        const struct hf_types_row *row = &types->rows[i];
        add_row(&table, settings, types, row->name, row->count, row->size_bytes, COLOUR_PLAIN);
    }
    if (types->num_rows < types->num_matching)
        add_rest(&table, settings, types);
    bool is_all = types->matching_count == types->total_count;
    if (!is_all)
        add_row(&table, settings, types, "matching", types->matching_count, types->matching_bytes, COLOUR_HEADING);
    add_row(&table, settings, types, "in all", types->total_count, types->total_bytes, COLOUR_HEADING);
    table_print(&table);
    table_deinit(&table);
}

static int complain_nothing(const struct hf_types_options *query) {
    if (query->module)
        return complain(CLI_NOTHING, "no object has a type of module '%s'%s%s", query->module,
                        query->pattern ? " that matches " : "", query->pattern ? query->pattern : "");
    return complain(CLI_NOTHING, "no object has a type that matches '%s'; the pattern must match the whole name",
                    query->pattern ? query->pattern : "*");
}

static int answer(const struct settings *settings, const struct hf_types_options *query,
                  const struct hf_types *types) {
    if (settings->answer.json) {
        struct hf_error error;
        char *text = NULL;
        enum hf_status status = hf_json_types(types, &text, &error);
        int code = answer_print_json(status, text, &error);
        return code == CLI_OK && types->num_matching == 0 ? CLI_NOTHING : code;
    }
    if (types->num_matching == 0)
        return complain_nothing(query);
    print_types(settings, types);
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
    };
    struct hf_error error;
    struct hf_types *types;
    if (hf_types_create(snapshot, &query, &types, &error) == HF_OK) {
        code = answer(settings, &query, types);
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
    .description = "Lists the types of the objects in a snapshot with their number and their shallow sizes.\n"
                   "PATTERN is a glob on the full name, such as 'shop.*' or '*Session'.",
    .options = options,
    .defaults = &defaults,
    .settings_size = sizeof(struct settings),
    .min_operands = 1,
    .max_operands = 2,
    .has_answer = true,
    .run = run,
};
