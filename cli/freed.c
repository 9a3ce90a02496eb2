/*
 * freed.c - what a cut frees and what stays.
 *
 *   1 object of type shop.cache.Cache
 *
 *     selected   1 object      48 B
 *     freed     27 objects  5.8 KiB  if that went away
 *     kept       2 objects    181 B  reached from there, and held by others as well
 *
 *   objects     size  freed type
 *   ...
 *     1 of 2  through shop.LAST
 */
#include "cli/freed.h"

#include <holdfast/json.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/answer.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/tables.h"
#include "cli/text.h"

static void add_sum(struct table *table, const char *label, struct hf_retained sum, const char *words,
                    enum colour colour) {
    char number[TEXT_NUMBER_SIZE];
    table_start(table, colour);
    table_put_text(table, label);
    table_put_text(table, text_things(sum.count, "object", number));
    table_put_size(table, sum.size_bytes);
    table_put_text(table, words);
}

static void print_sums(const struct hf_freed *freed) {
    static const struct table_column columns[] = {
        {NULL, false, TABLE_WHOLE, COLOUR_REFERENCE},
        {NULL, true, TABLE_WHOLE, COLOUR_PLAIN},
        {NULL, true, TABLE_WHOLE, COLOUR_PLAIN},
        {NULL, false, TABLE_CUT_END, COLOUR_VALUE},
    };
    struct table table;
    table_init(&table, columns, 4, 2);
    if (freed->cut.count > 0)
        add_sum(&table, "selected", freed->cut, "", COLOUR_PLAIN);
    add_sum(&table, "freed", freed->freed, "if that went away", COLOUR_FOCUS);
    if (freed->kept.count > 0)
        add_sum(&table, "kept", freed->kept, "reached from there, and held by others as well", COLOUR_PLAIN);
    if (freed->garbage.count > 0)
        add_sum(&table, "garbage", freed->garbage, "no root reaches it even now: it waits for the collector",
                COLOUR_PLAIN);
    table_print(&table);
    table_deinit(&table);
}

static void put_type(struct table *table, struct hf_retained sum, const char *name) {
    table_put_count(table, sum.count);
    table_put_size(table, sum.size_bytes);
    table_put_text(table, name);
}

static void add_more_types(struct table *table, const struct hf_freed *freed) {
    char number[TEXT_NUMBER_SIZE];
    struct hf_retained rest = freed->freed;
    for (size_t i = 0; i < freed->num_types; i++) {
        rest.count -= freed->types[i].freed.count;
        rest.size_bytes -= freed->types[i].freed.size_bytes;
    }
    char *name = text_format("%s", text_things(freed->num_all_types - freed->num_types, "more type", number));
    table_start_sum(table, COLOUR_VALUE);
    put_type(table, rest, name);
    free(name);
}

/* What is freed by type; in CSV this is all. */
static void print_types(const struct hf_freed *freed) {
    static const struct table_column columns[] = {
        {"objects", true, TABLE_WHOLE, COLOUR_PLAIN, "count"},
        {"size", true, TABLE_WHOLE, COLOUR_PLAIN, "size_bytes"},
        {"freed type", false, TABLE_CUT_START, COLOUR_TYPE, "type"},
    };
    struct table table;
    table_init(&table, columns, 3, output_is_csv() ? 0 : 2);
    for (size_t i = 0; i < freed->num_types; i++) {
        table_start(&table, COLOUR_PLAIN);
        put_type(&table, freed->types[i].freed, freed->types[i].name);
    }
    if (freed->num_types < freed->num_all_types)
        add_more_types(&table, freed);
    if (!output_is_csv())
        putchar('\n');
    table_print(&table);
    table_deinit(&table);
}

static void add_group(struct table *table, const struct hf_freed *freed, const struct hf_path_group *group) {
    char numbers[2][TEXT_NUMBER_SIZE];
    char *part = text_format("%s of %s", text_count(group->count, numbers[0]),
                             text_count(freed->num_borders, numbers[1]));
    char *owner = text_format("through %s", group->owner);
    table_start(table, COLOUR_PLAIN);
    table_put_text(table, part);
    table_put_size(table, group->size_bytes);
    table_put_text(table, owner);
    table_put_text(table, strcmp(group->pattern, group->owner) != 0 ? group->pattern : "");
    free(owner);
    free(part);
}

/* Who holds what stays, where it is referred to from what goes. */
static void print_groups(const struct hf_freed *freed) {
    static const struct table_column columns[] = {
        {NULL, true, TABLE_WHOLE, COLOUR_PLAIN},
        {NULL, true, TABLE_WHOLE, COLOUR_PLAIN},
        {NULL, false, TABLE_CUT_END, COLOUR_REFERENCE},
        {NULL, false, TABLE_CUT_FIRST, COLOUR_VALUE},
    };
    char number[TEXT_NUMBER_SIZE];
    struct table table;
    table_init(&table, columns, 4, 2);
    for (size_t i = 0; i < freed->num_groups; i++)
        add_group(&table, freed, &freed->groups[i]);
    printf("\n%swhat is kept at the border is held%s\n", colour_on(COLOUR_HEADING), colour_off(COLOUR_HEADING));
    table_print(&table);
    table_deinit(&table);
    if (freed->num_all_groups > freed->num_groups)
        printf("  and in %s\n", text_things(freed->num_all_groups - freed->num_groups, "other way", number));
}

/* "2 of 3 objects that the references lead to are held by others". */
static void print_targets(const struct hf_freed *freed) {
    char numbers[2][TEXT_NUMBER_SIZE];
    if (freed->num_targets_kept > 0)
        printf("\n  %s of %s that the cut references lead to %s held by others\n",
               text_count(freed->num_targets_kept, numbers[0]), text_things(freed->num_targets, "object", numbers[1]),
               freed->num_targets == 1 ? "is" : "are");
}

static void print_freed(const struct hf_freed *freed, enum hf_cut_way way) {
    char *description = text_clean(freed->description);
    printf("%s%s%s%s\n\n", colour_on(COLOUR_HEADING), way == HF_CUT_REFERENCES ? "without " : "", description,
           colour_off(COLOUR_HEADING));
    free(description);
    print_sums(freed);
    print_targets(freed);
    if (freed->num_types > 0)
        print_types(freed);
    if (freed->num_groups > 0)
        print_groups(freed);
}

static int print_answer(const struct freed_settings *settings, const struct hf_freed *freed, enum hf_cut_way way) {
    int code = freed->freed.count > 0 ? CLI_OK : CLI_NOTHING;
    struct hf_error error;
    char *text = NULL;
    if (settings->answer.json) {
        enum hf_status status = hf_json_freed(freed, &text, &error);
        int printed = answer_print_json(status, text, &error);
        return printed != CLI_OK ? printed : code;
    }
    if (settings->answer.csv)
        print_types(freed);
    else
        print_freed(freed, way);
    return code;
}

static int answer(const struct freed_settings *settings, const struct hf_snapshot *snapshot,
                  const struct hf_cut *cut, enum hf_cut_way way) {
    const struct hf_freed_options options = {
        .struct_size = sizeof options,
        .max_types = settings->limit,
        .max_groups = settings->limit,
        .progress = progress_get(),
    };
    struct hf_error error;
    struct hf_freed *freed;
    if (hf_freed_create(snapshot, cut, &options, &freed, &error) != HF_OK)
        return complain_error(&error);
    progress_clear();
    int code = print_answer(settings, freed, way);
    hf_freed_destroy(freed);
    return code;
}

int freed_answer(const struct freed_settings *settings, const char *path, const char *const *words, size_t num_words,
                 enum hf_cut_way way) {
    struct hf_snapshot *snapshot;
    struct hf_cut *cut = NULL;
    struct hf_error error;
    int code = answer_open(path, &snapshot);
    if (code != CLI_OK)
        return code;
    enum hf_status status = hf_cut_create(snapshot, &cut, &error);
    for (size_t i = 0; i < num_words && status == HF_OK; i++)
        status = hf_cut_add(cut, words[i], way, &error);
    code = status == HF_OK ? answer(settings, snapshot, cut, way) : complain_error(&error);
    hf_cut_destroy(cut);
    hf_snapshot_destroy(snapshot);
    return code;
}
