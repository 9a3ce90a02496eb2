/*
 * sites.c - tables of the lines at which objects are made.
 *
 *   objects      size   share  retained  types                     allocated at
 *     1,210  183.9 KiB  62.0 %   1.1 MiB  Session, dict and 2 more  shop/cache.py:31 in Cache.add
 *
 *   growth  per step   now       size  per step  trend   allocated at
 */
#include "cli/sites.h"

#include <holdfast/json.h>

#include <stdio.h>
#include <stdlib.h>

#include "cli/answer.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/tables.h"
#include "cli/text.h"

/* "shop/cache.py:31 in Cache.add" */
static void put_line(struct table *table, const char *file, uint32_t line, const char *function) {
    char *text = *function ? text_format("%s:%u in %s", file, line, function) : text_format("%s:%u", file, line);
    table_put_text(table, text);
    free(text);
}

/* "shop.Session", "shop.Session, dict", "shop.Session, dict and 3 more" */
static void put_types(struct table *table, const struct hf_site_type *types, size_t num_types) {
    char number[TEXT_NUMBER_SIZE];
    char *text = num_types > 2    ? text_format("%s, %s and %s more", types[0].name, types[1].name,
                                                text_count(num_types - 2, number))
                 : num_types == 2 ? text_format("%s, %s", types[0].name, types[1].name)
                                  : text_format("%s", num_types > 0 ? types[0].name : "");
    table_put_text(table, text);
    free(text);
}

/* Its parts are columns of their own in CSV. */
static void put_csv_line(struct table *table, const char *file, uint32_t line, const char *function) {
    table_put_text(table, file);
    table_put_count(table, line);
    table_put_text(table, function);
}

#define LINE_CSV_COLUMNS                                            \
    {NULL, false, TABLE_HIDDEN, COLOUR_PLAIN, "file"},              \
    {NULL, false, TABLE_HIDDEN, COLOUR_PLAIN, "line"},              \
    {NULL, false, TABLE_HIDDEN, COLOUR_PLAIN, "function"}

/* ---- what is there ---- */

static void start_row(struct table *table, const struct hf_sites *sites, uint64_t count, uint64_t size_bytes,
                      const struct hf_retained *retained) {
    table_put_count(table, count);
    table_put_size(table, size_bytes);
    table_put_share(table, size_bytes, sites->total_bytes);
    if (sites->has_retained && retained)
        table_put_size(table, retained->size_bytes);
    else if (sites->has_retained)
        table_put_text(table, "");
}

static void add_row(struct table *table, const struct hf_sites *sites, const struct hf_sites_row *row) {
    table_start(table, COLOUR_PLAIN);
    start_row(table, sites, row->count, row->size_bytes, &row->retained);
    put_types(table, row->types, row->num_types);
    put_line(table, row->file, row->line, row->function);
    put_csv_line(table, row->file, row->line, row->function);
}

static void add_sum(struct table *table, enum colour colour, const struct hf_sites *sites, uint64_t count,
                    uint64_t size_bytes, const char *name) {
    table_start_sum(table, colour);
    start_row(table, sites, count, size_bytes, NULL);
    table_put_text(table, "");
    table_put_text(table, name);
    for (int i = 0; i < 3; i++)
        table_put_text(table, "");
}

/* What the limit leaves out. CSV has no place for it. */
static void add_rest(struct table *table, const struct hf_sites *sites) {
    uint64_t count = sites->matching_count - sites->unknown_count;
    uint64_t size_bytes = sites->matching_bytes - sites->unknown_bytes;
    for (size_t i = 0; i < sites->num_rows; i++) {
        count -= sites->rows[i].count;
        size_bytes -= sites->rows[i].size_bytes;
    }
    char number[TEXT_NUMBER_SIZE];
    char *name = text_format("%s", text_things(sites->num_matching - sites->num_rows, "more line", number));
    add_sum(table, COLOUR_VALUE, sites, count, size_bytes, name);
    if (output_is_csv())
        complain(CLI_OK, "%s: --limit 0 prints all", name);
    free(name);
}

static void print_sites(const struct hf_sites *sites) {
#define FIRST_COLUMNS                                              \
    {"objects", true, TABLE_WHOLE, COLOUR_PLAIN, "count"},         \
    {"size", true, TABLE_WHOLE, COLOUR_PLAIN, "size_bytes"},       \
    {"share", true, TABLE_WHOLE, COLOUR_VALUE}
#define LAST_COLUMNS                                               \
    {"types", false, TABLE_CUT_END, COLOUR_TYPE, "types"},         \
    {"allocated at", false, TABLE_CUT_START, COLOUR_REFERENCE},    \
    LINE_CSV_COLUMNS
    static const struct table_column shallow[] = {FIRST_COLUMNS, LAST_COLUMNS};
    static const struct table_column retained[] = {
        FIRST_COLUMNS, {"retained", true, TABLE_WHOLE, COLOUR_PLAIN, "retained_bytes"}, LAST_COLUMNS};
    struct table table;
    table_init(&table, sites->has_retained ? retained : shallow, sites->has_retained ? 9 : 8, 0);
    for (size_t i = 0; i < sites->num_rows; i++)
        add_row(&table, sites, &sites->rows[i]);
    if (sites->num_rows < sites->num_matching)
        add_rest(&table, sites);
    if (sites->unknown_count > 0)
        add_sum(&table, COLOUR_VALUE, sites, sites->unknown_count, sites->unknown_bytes,
                "not known: made before tracemalloc began, or by no Python code");
    if (sites->matching_count != sites->total_count)
        add_sum(&table, COLOUR_HEADING, sites, sites->matching_count, sites->matching_bytes, "matching");
    add_sum(&table, COLOUR_HEADING, sites, sites->total_count, sites->total_bytes, "in all");
    table_print(&table);
    table_deinit(&table);
}

static int print_json(const struct hf_sites *sites) {
    struct hf_error error;
    char *text = NULL;
    enum hf_status status = hf_json_sites(sites, &text, &error);
    return answer_print_json(status, text, &error);
}

int sites_answer(const struct hf_snapshot *snapshot, const struct hf_types_options *query,
                 const struct answer_settings *settings) {
    struct hf_error error;
    struct hf_sites *sites;
    if (hf_sites_create(snapshot, query, &sites, &error) != HF_OK)
        return complain_error(&error);
    progress_clear();
    int code = sites->matching_count > 0 ? CLI_OK : CLI_NOTHING;
    if (settings->json && print_json(sites) != CLI_OK)
        code = CLI_INTERNAL;
    else if (!settings->json && code == CLI_OK)
        print_sites(sites);
    else if (!settings->json)
        complain(CLI_NOTHING, "no object has a type that matches");
    hf_sites_destroy(sites);
    return code;
}

/* ---- what grew ---- */

static size_t num_steps(const struct hf_site_growth *growth) {
    return growth->num_moments - 1;
}

static void put_growth(struct table *table, const struct hf_site_growth *growth,
                       const struct hf_site_growth_row *row) {
    int64_t steps = (int64_t)num_steps(growth);
    table_put_change(table, row->count_growth);
    if (steps > 1) {
        char *text = text_format("%+.1f", (double)row->count_growth / (double)steps);
        if (row->count_growth % steps == 0)
            table_put_change(table, row->count_growth / steps);
        else
            table_put_text(table, text);
        free(text);
    }
    table_put_count(table, row->counts[steps]);
    table_put_size_change(table, row->bytes_growth);
    if (steps > 1) {
        table_put_size_change(table, row->bytes_growth / steps);
        table_put_text(table, hf_trend_name(row->trend));
    }
}

static void print_rows(const struct hf_site_growth *growth) {
#define SITE_COLUMNS                                               \
    {"types", false, TABLE_CUT_END, COLOUR_TYPE, NULL},            \
    {"allocated at", false, TABLE_CUT_START, COLOUR_REFERENCE, NULL}
    static const struct table_column series[] = {
        {"growth", true, TABLE_WHOLE, COLOUR_PLAIN, NULL}, {"per step", true, TABLE_WHOLE, COLOUR_PLAIN, NULL},
        {"now", true, TABLE_WHOLE, COLOUR_VALUE, NULL},    {"size", true, TABLE_WHOLE, COLOUR_PLAIN, NULL},
        {"per step", true, TABLE_WHOLE, COLOUR_PLAIN, NULL}, {"trend", false, TABLE_WHOLE, COLOUR_VALUE, NULL},
        SITE_COLUMNS};
    static const struct table_column pair[] = {{"growth", true, TABLE_WHOLE, COLOUR_PLAIN, NULL},
                                               {"now", true, TABLE_WHOLE, COLOUR_VALUE, NULL},
                                               {"size", true, TABLE_WHOLE, COLOUR_PLAIN, NULL},
                                               SITE_COLUMNS};
    struct table table;
    table_init(&table, num_steps(growth) > 1 ? series : pair, num_steps(growth) > 1 ? 8 : 5, 0);
    for (size_t i = 0; i < growth->num_rows; i++) {
        const struct hf_site_growth_row *row = &growth->rows[i];
        table_start(&table, row->trend == HF_TREND_STEADY ? COLOUR_FOCUS : COLOUR_PLAIN);
        put_growth(&table, growth, row);
        put_types(&table, row->types, row->num_types);
        put_line(&table, row->file, row->line, row->function);
    }
    table_print(&table);
    table_deinit(&table);
}

static void print_csv(const struct hf_site_growth *growth) {
    static const struct table_column columns[] = {
        LINE_CSV_COLUMNS,
        {NULL, false, TABLE_HIDDEN, COLOUR_PLAIN, "trend"},
        {NULL, false, TABLE_HIDDEN, COLOUR_PLAIN, "count_growth"},
        {NULL, false, TABLE_HIDDEN, COLOUR_PLAIN, "bytes_growth"},
        {NULL, false, TABLE_HIDDEN, COLOUR_PLAIN, "count_now"},
        {NULL, false, TABLE_HIDDEN, COLOUR_PLAIN, "size_now_bytes"},
    };
    struct table table;
    table_init(&table, columns, 8, 0);
    for (size_t i = 0; i < growth->num_rows; i++) {
        const struct hf_site_growth_row *row = &growth->rows[i];
        table_start(&table, COLOUR_PLAIN);
        put_csv_line(&table, row->file, row->line, row->function);
        table_put_text(&table, hf_trend_name(row->trend));
        table_put_change(&table, row->count_growth);
        table_put_size_change(&table, row->bytes_growth);
        table_put_count(&table, row->counts[num_steps(growth)]);
        table_put_size(&table, row->sizes_bytes[num_steps(growth)]);
    }
    table_print(&table);
    table_deinit(&table);
    if (growth->num_rows < growth->num_all_rows)
        complain(CLI_OK, "more lines grew: --limit 0 prints all");
}

/* "3 snapshots: 72 -> 97 objects, 12 of them made where nobody knows" */
static void print_growth(const struct hf_site_growth *growth) {
    char numbers[4][TEXT_NUMBER_SIZE];
    const struct hf_growth_moment *first = &growth->moments[0], *last = &growth->moments[num_steps(growth)];
    printf("%s snapshots: %s → %s objects; of %s it is not known where they were made\n",
           text_count(growth->num_moments, numbers[0]), text_count(first->count, numbers[1]),
           text_count(last->count, numbers[2]), text_count(growth->unknown_counts[num_steps(growth)], numbers[3]));
    if (growth->num_rows == 0) {
        printf("at no line were more objects made than went\n");
        return;
    }
    putchar('\n');
    print_rows(growth);
    if (growth->num_rows < growth->num_all_rows)
        printf("  and %s\n", text_things(growth->num_all_rows - growth->num_rows, "more line", numbers[0]));
}

static int print_growth_json(const struct hf_site_growth *growth) {
    struct hf_error error;
    char *text = NULL;
    enum hf_status status = hf_json_site_growth(growth, &text, &error);
    return answer_print_json(status, text, &error);
}

int site_growth_answer(const char *const *paths, size_t num_paths, const struct hf_growth_options *query,
                       const struct answer_settings *settings) {
    struct hf_error error;
    struct hf_site_growth *growth;
    if (hf_site_growth_open(paths, num_paths, query, &growth, &error) != HF_OK)
        return complain_error(&error);
    progress_clear();
    int code = CLI_OK;
    if (settings->json)
        code = print_growth_json(growth);
    else if (output_is_csv())
        print_csv(growth);
    else
        print_growth(growth);
    hf_site_growth_destroy(growth);
    return code;
}
