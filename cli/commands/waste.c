/*
 * waste.c - `holdfast waste`: memory that is spent and need not be, one table for each kind.
 *
 *   36,204 objects, 7.6 MiB
 *
 *   duplicates, 1.2 MiB, 15.8 % of the heap
 *     equal str, bytes and tuples: what is saved with one copy of each
 *
 *      saves  objects  type  what                             held by
 *    1.1 MiB   20,000  str   12 values, most often 'GET' ...  shop.Session.method
 *   90.1 KiB    1,112        31 more
 */
#include <holdfast/json.h>
#include <holdfast/waste.h>

#include <stdio.h>
#include <stdlib.h>

#include "cli/answer.h"
#include "cli/cli.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/tables.h"
#include "cli/text.h"

struct settings {
    struct answer_settings answer;
    unsigned kind;           /* 0: all; else enum hf_waste_kind + 1: the words stand in its order */
    unsigned limit;
    uint64_t min_bytes;
};

static const struct option options[] = {
    {"kind", 'k', OPTION_CHOICE, "all|duplicates|empty|single|spare|slots|views|arenas",
     "look for this kind of waste alone", offsetof(struct settings, kind)},
    {"limit", 'n', OPTION_NUMBER, "N", "show the first N rows of each kind; 0: all (default 10)",
     offsetof(struct settings, limit)},
    {"min", 0, OPTION_SIZE, "SIZE", "leave out rows that would save less, such as 10K",
     offsetof(struct settings, min_bytes)},
    {NULL},
};

/* "shop.cache.CACHE[*]", of a class perhaps "shop.cache.CACHE[*] (90 of 100)". */
static char *name_holder(const struct hf_waste_row *row) {
    char held[TEXT_NUMBER_SIZE], all[TEXT_NUMBER_SIZE];
    const char *owner = row->pattern[0] != '\0' ? row->owner : "garbage";
    if (row->num_held == row->count)
        return text_format("%s", owner);
    return text_format("%s (%s of %s)", owner, text_count(row->num_held, held), text_count(row->count, all));
}

static void add_row(struct table *table, enum hf_waste_kind kind, const struct hf_waste_row *row) {
    char *holder = name_holder(row);
    table_start(table, COLOUR_PLAIN);
    table_put_text(table, hf_waste_kind_name(kind));
    table_put_size(table, row->saving_bytes);
    table_put_count(table, row->count);
    table_put_size(table, row->size_bytes);
    table_put_text(table, row->type);
    table_put_text(table, row->what);
    table_put_text(table, holder);
    table_put_text(table, row->pattern);
    table_put_count(table, row->example);
    free(holder);
}

static void add_rest(struct table *table, const struct hf_waste_section *section) {
    char number[TEXT_NUMBER_SIZE];
    char *rest = text_format("%s more", text_count(section->num_all_rows - section->num_rows, number));
    uint64_t count = section->count;
    for (size_t i = 0; i < section->num_rows; i++)
        count -= section->rows[i].count;
    table_start_sum(table, COLOUR_VALUE);
    table_put_text(table, "");
    table_put_size(table, section->saving_bytes - section->listed_bytes);
    table_put_count(table, count);
    table_put_text(table, "");
    table_put_text(table, "");
    table_put_text(table, rest);
    for (int i = 0; i < 3; i++)
        table_put_text(table, "");
    free(rest);
}

static const struct table_column columns[] = {
    {NULL, false, TABLE_HIDDEN, COLOUR_PLAIN, "kind"},
    {"saves", true, TABLE_WHOLE, COLOUR_PLAIN, "saving_bytes"},
    {"objects", true, TABLE_WHOLE, COLOUR_PLAIN, "count"},
    {NULL, true, TABLE_HIDDEN, COLOUR_PLAIN, "size_bytes"},
    {"type", false, TABLE_CUT_START, COLOUR_TYPE, "type"},
    {"what", false, TABLE_CUT_FIRST, COLOUR_VALUE, "what", .room = 24},
    {"held by", false, TABLE_CUT_END, COLOUR_REFERENCE, "owner"},
    {NULL, false, TABLE_HIDDEN, COLOUR_PLAIN, "pattern"},
    {NULL, false, TABLE_HIDDEN, COLOUR_PLAIN, "example"},
};

static void start_table(struct table *table) {
    table_init(table, columns, sizeof columns / sizeof *columns, 2);
}

/* All kinds in one table. What has no place in it goes to stderr. */
static void print_csv(const struct hf_waste *waste) {
    struct table table;
    start_table(&table);
    for (size_t i = 0; i < waste->num_sections; i++) {
        const struct hf_waste_section *section = &waste->sections[i];
        if (section->problem[0] != '\0')
            complain(CLI_OK, "%s: %s", hf_waste_kind_name(section->kind), section->problem);
        for (size_t j = 0; j < section->num_rows; j++)
            add_row(&table, section->kind, &section->rows[j]);
    }
    table_print(&table);
    table_deinit(&table);
}

static void print_title(const struct hf_waste *waste, const struct hf_waste_section *section, bool exact) {
    char size[TEXT_NUMBER_SIZE], share[TEXT_NUMBER_SIZE];
    printf("\n%s%s", colour_on(COLOUR_HEADING), hf_waste_kind_name(section->kind));
    if (section->is_answered)
        printf(", %s, %s of the heap", text_size(section->saving_bytes, exact, size),
               text_share(section->saving_bytes, waste->total_bytes, share));
    printf("%s\n  %s\n", colour_off(COLOUR_HEADING), section->title);
    if (section->problem[0] != '\0')
        text_print_wrapped(section->problem, 2, 100);
}

static void print_section(const struct hf_waste *waste, const struct hf_waste_section *section, bool exact) {
    struct table table;
    print_title(waste, section, exact);
    if (section->num_all_rows == 0)
        return;
    putchar('\n');
    start_table(&table);
    for (size_t i = 0; i < section->num_rows; i++)
        add_row(&table, section->kind, &section->rows[i]);
    if (section->num_all_rows > section->num_rows)
        add_rest(&table, section);
    table_print(&table);
    table_deinit(&table);
}

static void print_waste(const struct hf_waste *waste, bool exact) {
    char numbers[2][TEXT_NUMBER_SIZE];
    printf("%s, %s\n", text_things(waste->total_count, "object", numbers[0]),
           text_size(waste->total_bytes, exact, numbers[1]));
    for (size_t i = 0; i < waste->num_sections; i++)
        print_section(waste, &waste->sections[i], exact);
}

static bool has_rows(const struct hf_waste *waste) {
    for (size_t i = 0; i < waste->num_sections; i++)
        if (waste->sections[i].num_all_rows > 0)
            return true;
    return false;
}

static int answer(const struct settings *settings, const struct hf_snapshot *snapshot) {
    const struct hf_waste_options query = {
        .struct_size = sizeof query,
        .kinds = settings->kind > 0 ? UINT32_C(1) << (settings->kind - 1) : 0,
        .limit = settings->limit > 0 ? settings->limit : SIZE_MAX,
        .min_bytes = settings->min_bytes,
        .progress = progress_get(),
    };
    struct hf_error error;
    struct hf_waste *waste;
    if (hf_waste_create(snapshot, &query, &waste, &error) != HF_OK)
        return complain_error(&error);
    progress_clear();
    int code = has_rows(waste) ? CLI_OK : CLI_NOTHING;
    if (settings->answer.json) {
        char *text = NULL;
        enum hf_status status = hf_json_waste(waste, &text, &error);
        int printed = answer_print_json(status, text, &error);
        code = printed != CLI_OK ? printed : code;
    } else if (settings->answer.csv) {
        print_csv(waste);
    } else {
        print_waste(waste, settings->answer.exact_bytes);
    }
    hf_waste_destroy(waste);
    return code;
}

static int run(const void *settings, int num_operands, char **operands) {
    struct hf_snapshot *snapshot;
    (void)num_operands;
    int code = answer_open(operands[0], &snapshot);
    if (code != CLI_OK)
        return code;
    code = answer(settings, snapshot);
    hf_snapshot_destroy(snapshot);
    return code;
}

static const struct settings defaults = {.limit = 10};

const struct command command_waste = {
    .name = "waste",
    .synopsis = "FILE [options]",
    .summary = "memory that need not be spent: equal values, empty containers, unused slots, ...",
    .description = "Lists memory that the program spends and need not, by kind; for each, by type and by who\n"
                   "holds the objects, what would be saved: exact sizes as Python asks for them. The kinds overlap,\n"
                   "and their savings do not add up; whether a program can do without is for its author to say.\n"
                   "Every Python process has some of each.\n"
                   "\n"
                   "duplicates: equal str, bytes and tuples. Tuples are equal when their items are, other objects\n"
                   "when they are the same.\n"
                   "\n"
                   "empty, single, spare: dict, list and set themselves, no subclasses and no attribute dicts.\n"
                   "\n"
                   "slots: classes written in Python, with all their bases; with a slot for each attribute that any\n"
                   "instance has, and without weak references to instances.\n"
                   "\n"
                   "views: buffers ten times as large as what memoryviews and arrays show of them, and that nothing\n"
                   "else refers to.\n"
                   "\n"
                   "arenas: blocks from which Python allocates small objects, and who has most of the bytes in those\n"
                   "that are less than a quarter full: approximate, and how full all are.",
    .example = "$ holdfast waste leak.hfs --kind duplicates\n"
               "641 objects, 260.5 KiB\n"
               "\n"
               "duplicates, 429 B, 0.2 % of the heap\n"
               "  equal str, bytes and tuples: what is saved with one copy of each\n"
               "\n"
               "  saves  objects  type   what                          held by\n"
               "  210 B        3  str    '/srv/shop/registry.py'       code.co_filename\n"
               "  114 B        2  str    2 values, such as '__name__'  shop.jobs.__dict__ key [*]\n"
               "   57 B        1  str    'sessions'                    code.co_names[*]\n"
               "   48 B        1  tuple  ('sessions',)                 code.co_names\n",
    .options = options,
    .defaults = &defaults,
    .settings_size = sizeof(struct settings),
    .min_operands = 1,
    .max_operands = 1,
    .has_answer = true,
    .has_csv = true,
    .may_be_long = true,
    .run = run,
};
