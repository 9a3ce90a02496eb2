/*
 * cycles.c - `holdfast cycles`: which objects keep each other alive.
 *
 *   1 cycle of 2 objects, 200 B; garbage: 1 cycle of 2 objects, 200 B
 *
 *     state    cycles  objects   size  referrers  example  cycle
 *     garbage       1        2  200 B          0  #27      shop.cache.Session.node.session
 *
 *   the first one, of 2 objects:
 *
 *     reference   type                 size  value
 *     start       shop.cache.Session  152 B
 *       .node     shop.tree.Node       48 B
 *       .session  shop.cache.Session  152 B
 *     = start.node.session
 */
#include <holdfast/cycles.h>
#include <holdfast/json.h>

#include <stdio.h>
#include <stdlib.h>

#include "cli/answer.h"
#include "cli/cli.h"
#include "cli/hops.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/text.h"

#define MAX_HOPS 16          /* of the cycle that is shown: more are cut in the middle */

struct settings {
    struct answer_settings answer;
    unsigned limit;
};

static const struct option options[] = {
    {"limit", 'n', OPTION_NUMBER, "N", "show the first N kinds of cycles; 0: all (default 20)",
     offsetof(struct settings, limit)},
    {NULL},
};

/* "3 cycles of 12 objects, 1.5 KiB". */
static char *format_amount(uint64_t num_cycles, uint64_t num_objects, uint64_t size_bytes, bool exact) {
    char numbers[3][TEXT_NUMBER_SIZE];
    return text_format("%s of %s, %s", text_things(num_cycles, "cycle", numbers[0]),
                       text_things(num_objects, "object", numbers[1]), text_size(size_bytes, exact, numbers[2]));
}

static void print_title(const struct hf_cycles *cycles, bool exact) {
    char *all = format_amount(cycles->num_components, cycles->num_objects, cycles->size_bytes, exact);
    char *garbage = format_amount(cycles->num_garbage_components, cycles->num_garbage_objects, cycles->garbage_bytes,
                                  exact);
    printf("%s%s%s; ", colour_on(COLOUR_HEADING), all, colour_off(COLOUR_HEADING));
    if (cycles->num_garbage_components > 0)
        printf("garbage, which no root reaches: %s\n", garbage);
    else
        printf("none of them is garbage\n");
    free(garbage);
    free(all);
}

static void add_group(struct table *table, const struct hf_cycle_group *group) {
    char *example = text_format("#%u", group->hops[0].node);
    table_start(table, COLOUR_PLAIN);
    table_put_text(table, group->is_garbage ? "garbage" : "held");
    table_put_count(table, group->num_components);
    table_put_count(table, group->num_objects);
    table_put_size(table, group->size_bytes);
    table_put_count(table, group->num_references);
    table_put_count(table, group->num_outside_references);
    table_put_text(table, example);
    table_put_count(table, group->hops[0].node);
    table_put_text(table, group->pattern);
    free(example);
}

/* What the limit leaves out. CSV has no place for it. */
static void print_rest(size_t num_groups) {
    char number[TEXT_NUMBER_SIZE];
    const char *amount = text_things(num_groups, "more kind", number);
    if (output_is_csv())
        complain(CLI_OK, "%s of cycles: --limit 0 prints all", amount);
    else
        printf("  and %s of cycles\n", amount);
}

static void print_groups(const struct hf_cycles *cycles) {
    static const struct table_column columns[] = {
        {"state", false, TABLE_WHOLE, COLOUR_PLAIN, "state"},
        {"cycles", true, TABLE_WHOLE, COLOUR_PLAIN, "num_components"},
        {"objects", true, TABLE_WHOLE, COLOUR_PLAIN, "num_objects"},
        {"size", true, TABLE_WHOLE, COLOUR_PLAIN, "size_bytes"},
        {"inside", true, TABLE_HIDDEN, COLOUR_PLAIN, "num_references"},
        {"referrers", true, TABLE_WHOLE, COLOUR_PLAIN, "num_outside_references"},
        {"example", false, TABLE_WHOLE, COLOUR_VALUE},
        {"node", false, TABLE_HIDDEN, COLOUR_VALUE, "node"},
        {"cycle", false, TABLE_CUT_END, COLOUR_REFERENCE, "pattern"},
    };
    struct table table;
    table_init(&table, columns, sizeof columns / sizeof *columns, 2);
    for (size_t i = 0; i < cycles->num_groups; i++)
        add_group(&table, &cycles->groups[i]);
    table_print(&table);
    table_deinit(&table);
    if (cycles->num_all_groups > cycles->num_groups)
        print_rest(cycles->num_all_groups - cycles->num_groups);
}

/* The hops of one cycle. */
static void print_cycle(const struct hf_cycle_group *group) {
    char number[TEXT_NUMBER_SIZE];
    size_t count = group->num_hops > MAX_HOPS ? MAX_HOPS : group->num_hops;
    struct table table;
    printf("\n%s%s of %s:%s\n\n", colour_on(COLOUR_HEADING),
           group->num_components > 1 ? "a largest one of the first kind," : "the first one,",
           text_things(group->largest_objects, "object", number), colour_off(COLOUR_HEADING));
    hops_init(&table, group->hops, group->num_hops);
    hops_add(&table, &group->hops[0], group->hops[0].reference, COLOUR_ROOT);
    hops_add_rest(&table, group->hops, count);
    table_print(&table);
    table_deinit(&table);
    if (count <= group->length)
        printf("    and %s more back to the start: holdfast chain FILE %u %u\n",
               text_things(group->length + 1 - count, "reference", number), group->hops[0].node, group->hops[0].node);
    else
        hops_print_expression(group->expression, group->expression_gap);
}

static int print_cycles(const struct settings *settings, const struct hf_selection *selection,
                        const struct hf_cycles *cycles) {
    if (cycles->num_components == 0)
        return complain(CLI_NOTHING, "no %sobject is on a cycle", selection ? "such " : "");
    print_title(cycles, settings->answer.exact_bytes);
    putchar('\n');
    print_groups(cycles);
    print_cycle(&cycles->groups[0]);
    return CLI_OK;
}

static int print_json(const struct hf_cycles *cycles) {
    struct hf_error error;
    char *text = NULL;
    enum hf_status status = hf_json_cycles(cycles, &text, &error);
    int code = answer_print_json(status, text, &error);
    return code == CLI_OK && cycles->num_components == 0 ? CLI_NOTHING : code;
}

static int answer(const struct settings *settings, const struct hf_snapshot *snapshot,
                  const struct hf_selection *selection) {
    struct hf_cycles_options query = {
        .struct_size = sizeof query,
        .selection = selection,
        .max_groups = settings->limit > 0 ? settings->limit : SIZE_MAX,
        .progress = progress_get(),
    };
    struct hf_error error;
    struct hf_cycles *cycles;
    if (hf_cycles_create(snapshot, &query, &cycles, &error) != HF_OK)
        return complain_error(&error);
    int code;
    if (settings->answer.json) {
        code = print_json(cycles);
    } else if (settings->answer.csv) {
        print_groups(cycles);
        code = cycles->num_components > 0 ? CLI_OK : CLI_NOTHING;
    } else {
        code = print_cycles(settings, selection, cycles);
    }
    hf_cycles_destroy(cycles);
    return code;
}

static int run(const void *settings, int num_operands, char **operands) {
    struct hf_snapshot *snapshot;
    struct hf_selection *selection = NULL;
    struct hf_error error;
    int code = answer_open(operands[0], &snapshot);
    if (code != CLI_OK)
        return code;
    if (num_operands > 1 && hf_selection_create(snapshot, operands[1], NULL, &selection, &error) != HF_OK)
        code = complain_error(&error);
    else
        code = answer(settings, snapshot, selection);
    hf_selection_destroy(selection);
    hf_snapshot_destroy(snapshot);
    return code;
}

static const struct settings defaults = {.limit = 20};

const struct command command_cycles = {
    .name = "cycles",
    .synopsis = "FILE [SELECTOR] [options]",
    .summary = "which objects keep each other alive, and which of them are garbage",
    .description = "Lists the cycles of references: objects of which each leads to each other. First those that no root\n"
                   "reaches, which wait for the garbage collector, then by size. Cycles that read alike are told\n"
                   "together. `referrers` counts the references to them from other objects. With SELECTOR only cycles\n"
                   "that have such an object.",
    .example = "$ holdfast cycles shop.hfs\n"
               "1 cycle of 2 objects, 200 B; garbage, which no root reaches: 1 cycle of 2 objects, 200 B\n"
               "\n"
               "  state    cycles  objects   size  referrers  example  cycle\n"
               "  garbage       1        2  200 B          0  #27      shop.cache.Session.node.session\n"
               "\n"
               "the first one, of 2 objects:\n"
               "\n"
               "  reference   type                 size  value\n"
               "  start       shop.cache.Session  152 B\n"
               "    .node     shop.tree.Node       48 B\n"
               "    .session  shop.cache.Session  152 B\n"
               "  = start.node.session\n",
    .options = options,
    .defaults = &defaults,
    .settings_size = sizeof(struct settings),
    .min_operands = 1,
    .max_operands = 2,
    .has_selector = true,
    .has_answer = true,
    .has_csv = true,
    .may_be_long = true,
    .run = run,
};
