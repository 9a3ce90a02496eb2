/*
 * why.c - `holdfast why`: the chains of references that keep objects alive.
 *
 *   1,210 objects of type shop.cache.Session; #48213 at 0x7f3a5c0de010 is shown
 *
 *     reference                 type                     size  value
 *     module shop               module                   72 B  <module 'shop'>
 *       .CACHE                  shop.cache.Cache        152 B
 *       ._shards                list                    184 B  list of 16 items
 *       ...
 *     = sys.modules['shop'].CACHE._shards[7][('session', 7)]
 *
 * A frame as root takes a line of its own, and its variable is the first reference.
 */
#include <holdfast/json.h>
#include <holdfast/path.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/answer.h"
#include "cli/cli.h"
#include "cli/hops.h"
#include "cli/progress.h"
#include "cli/tables.h"
#include "cli/text.h"

struct settings {
    struct answer_settings answer;
    unsigned paths;
    struct option_list avoid;
    const char *value;
    bool shallow;
};

static const struct option options[] = {
    {"paths", 'p', OPTION_NUMBER, "N", "show N paths, each with another last owner; 0: all (default 1)",
     offsetof(struct settings, paths)},
    {"avoid", 'a', OPTION_LIST, "WORD",
     "leave out what passes through WORD: a type or pattern,\nmodule:NAME, 0xADDRESS or NUMBER; again for more",
     offsetof(struct settings, avoid)},
    {"value", 'v', OPTION_TEXT, "PATTERN", "only objects whose value matches this glob",
     offsetof(struct settings, value)},
    {"shallow", 0, OPTION_FLAG, NULL, "leave out what each object retains: quicker on a large heap",
     offsetof(struct settings, shallow)},
    {NULL},
};

static void add_root(struct table *table, const struct hf_snapshot *snapshot, const struct hf_path *path) {
    bool is_frame = hops_add_frame(table, snapshot, &path->root);
    enum colour colour = path->num_hops == 1 ? COLOUR_FOCUS : is_frame ? COLOUR_PLAIN : COLOUR_ROOT;
    char *reference = hops_format_root(path);
    hops_add(table, &path->hops[0], reference, colour);
    free(reference);
}

static void print_path(const struct hf_snapshot *snapshot, const struct hf_path *path) {
    struct table table;
    hops_init(&table, path->hops, path->num_hops);
    add_root(&table, snapshot, path);
    hops_add_rest(&table, path->hops, path->num_hops);
    table_print(&table);
    table_deinit(&table);
    hops_print_expression(path->expression, path->expression_gap);
}

/* Which object is shown: its number and address, for the next question. */
static void print_shown(const struct hf_selection *selection, const struct hf_path *path) {
    const struct hf_path_hop *shown = &path->hops[path->num_hops - 1];
    char *address = text_format("0x%" PRIx64, shown->addr);
    printf("%s #%" PRIu32, selection->num_nodes > 1 ? "; shown is" : ":", shown->node);
    if (!strstr(selection->description, address))
        printf(" at %s", address);
    free(address);
}

static void print_title(const struct hf_selection *selection, const struct hf_why *why) {
    char *description = text_clean(selection->description);
    printf("%s%s%s", colour_on(COLOUR_HEADING), description, colour_off(COLOUR_HEADING));
    free(description);
    if (why->num_paths > 0)
        print_shown(selection, &why->paths[0]);
    putchar('\n');
}

static void print_paths(const struct hf_snapshot *snapshot, const struct hf_why *why) {
    for (size_t i = 0; i < why->num_paths; i++) {
        putchar('\n');
        if (why->num_paths > 1)
            printf("%spath %zu of %zu%s\n", colour_on(COLOUR_HEADING), i + 1, why->num_paths,
                   colour_off(COLOUR_HEADING));
        print_path(snapshot, &why->paths[i]);
    }
    if (why->num_owners > why->num_paths && why->num_paths > 0) {
        char number[TEXT_NUMBER_SIZE];
        size_t others = why->num_owners - why->num_paths;
        printf("\n%s other owner%s it too: see --paths %zu\n", text_count(others, number),
               others == 1 ? " holds" : "s hold", why->num_owners);
    }
}

/* "1,204 of 1,210". */
static void put_part(struct table *table, uint64_t part, uint64_t whole) {
    char numbers[2][TEXT_NUMBER_SIZE];
    char *text = text_format("%s of %s", text_count(part, numbers[0]), text_count(whole, numbers[1]));
    table_put_text(table, text);
    free(text);
}

static void add_group(struct table *table, const struct hf_why *why, const struct hf_path_group *group) {
    char *owner = text_format("through %s", group->owner);
    table_start(table, COLOUR_PLAIN);
    put_part(table, group->count, why->num_selected);
    table_put_size(table, group->size_bytes);
    table_put_text(table, owner);
    table_put_text(table, strcmp(group->pattern, group->owner) != 0 ? group->pattern : "");
    free(owner);
}

static void add_unreachable(struct table *table, const struct settings *settings, const struct hf_why *why) {
    table_start(table, COLOUR_VALUE);
    put_part(table, why->num_unreachable, why->num_selected);
    table_put_text(table, "");
    table_put_text(table, settings->avoid.count ? "reached by no other way" : "reached by no root: garbage");
    table_put_text(table, "");
}

/* Where the selected objects are held: one line for each way that many share. */
static void print_groups(const struct settings *settings, const struct hf_why *why) {
    static const struct table_column columns[] = {
        {NULL, true, TABLE_WHOLE, COLOUR_PLAIN},
        {NULL, true, TABLE_WHOLE, COLOUR_PLAIN},
        {NULL, false, TABLE_CUT_END, COLOUR_REFERENCE},
        {NULL, false, TABLE_CUT_FIRST, COLOUR_VALUE},
    };
    struct table table;
    table_init(&table, columns, 4, 2);
    for (size_t i = 0; i < why->num_groups; i++)
        add_group(&table, why, &why->groups[i]);
    if (why->num_unreachable)
        add_unreachable(&table, settings, why);
    putchar('\n');
    table_print(&table);
    table_deinit(&table);
    if (why->num_all_groups > why->num_groups) {
        char number[TEXT_NUMBER_SIZE];
        printf("  and %s\n", text_things(why->num_all_groups - why->num_groups, "other way", number));
    }
}

static int print_nothing(const struct settings *settings) {
    if (settings->avoid.count)
        printf("\n  nothing else holds it: every path passes through what is avoided\n");
    else
        printf("\n  nothing holds it: no root reaches it, it waits for the garbage collector\n");
    return CLI_NOTHING;
}

static int print_why(const struct settings *settings, const struct answer_subject *subject,
                     const struct hf_why *why) {
    print_title(subject->selection, why);
    if (why->num_paths == 0)
        return print_nothing(settings);
    print_paths(subject->snapshot, why);
    if (why->num_selected > 1)
        print_groups(settings, why);
    return CLI_OK;
}

static void put_csv_hop(struct table *table, size_t path, const struct hf_path_hop *hop) {
    table_start(table, COLOUR_PLAIN);
    table_put_count(table, path);
    hops_put_csv(table, hop);
    if (hop->retained.count > 0)
        table_put_size(table, hop->retained.size_bytes);
    else
        table_put_text(table, "");
}

/* The hops of all paths, one a record. */
static int print_csv(const struct hf_why *why) {
    static const struct table_column columns[] = {{.key = "path"}, HOPS_CSV_COLUMNS, {.key = "retained_bytes"}};
    struct table table;
    table_init(&table, columns, sizeof columns / sizeof *columns, 0);
    for (size_t i = 0; i < why->num_paths; i++)
        for (size_t j = 0; j < why->paths[i].num_hops; j++)
            put_csv_hop(&table, i + 1, &why->paths[i].hops[j]);
    table_print(&table);
    table_deinit(&table);
    return why->num_paths ? CLI_OK : CLI_NOTHING;
}

static int print_json(const struct hf_why *why) {
    struct hf_error error;
    char *text = NULL;
    enum hf_status status = hf_json_why(why, &text, &error);
    int code = answer_print_json(status, text, &error);
    return code == CLI_OK && why->num_paths == 0 ? CLI_NOTHING : code;
}

static int answer(const struct settings *settings, const struct answer_subject *subject) {
    struct hf_why_options query = {
        .struct_size = sizeof query,
        .max_paths = settings->paths ? settings->paths : SIZE_MAX,
        .avoid = settings->avoid.words,
        .num_avoid = settings->avoid.count,
        .progress = progress_get(),
        .retained = !settings->shallow,
    };
    struct hf_error error;
    struct hf_why *why;
    if (hf_why_create(subject->snapshot, subject->selection, &query, &why, &error) != HF_OK)
        return complain_error(&error);
    int code = settings->answer.json  ? print_json(why)
               : settings->answer.csv ? print_csv(why)
                                      : print_why(settings, subject, why);
    hf_why_destroy(why);
    return code;
}

static int run(const void *settings_, int num_operands, char **operands) {
    const struct settings *settings = settings_;
    struct answer_subject subject;
    int code = answer_open_subject(num_operands, operands, settings->value, &subject);
    if (code != CLI_OK)
        return code;
    code = answer(settings, &subject);
    answer_close_subject(&subject);
    return code;
}

static const struct settings defaults = {.paths = 1};

const struct command command_why = {
    .name = "why",
    .synopsis = "FILE SELECTOR [options]",
    .summary = "what keeps these objects alive: the shortest paths from a root",
    .description = "Prints the shortest chain of references from a root to an object, root first, one a line,\n"
                   "and the whole chain as a Python expression. Paths of many objects are merged and counted.",
    .example = "$ holdfast why shop.hfs Session\n"
               "6 objects of type shop.cache.Session; shown is #12 at 0x7f00000020d0\n"
               "\n"
               "  reference           type                   size  retained  value\n"
               "  module shop         module                304 B   6.5 KiB  <module 'shop'>\n"
               "    .CACHE            shop.cache.Cache       48 B   5.8 KiB\n"
               "    ._shards          list                   72 B   5.7 KiB  list of 2 items\n"
               "    [0]               dict                2.2 KiB   3.0 KiB  dict of 2 items\n"
               "    [('session', 0)]  shop.cache.Session    152 B     235 B\n"
               "  = sys.modules['shop'].CACHE._shards[0][('session', 0)]\n"
               "\n"
               "  3 of 6  456 B  through shop.cache.Cache._shards[*][*]  shop.CACHE._shards[*][*]\n"
               "  1 of 6  152 B  through shop.LAST\n"
               "  1 of 6  152 B  through handle() local 'session'\n"
               "  1 of 6         reached by no root: garbage\n",
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
