/*
 * growth.c - what grew between snapshots: two tables and a few words.
 *
 *   3 snapshots in 20.0 s: 72 -> 97 objects, 14.1 KiB -> 18.5 KiB
 *
 *     growth  per step  now     size  per step  trend   type
 *   types that grew in every step
 *         +4        +2    8   +608 B    +304 B  steady  shop.cache.Session
 *   ...
 *     growth  per step     size  per step  trend   where
 *   where it grew in every step
 *         +4        +2   +1.2 K    +608 B  steady  shop.cache.Session in shop.cache.Cache._shards[*][*]
 *                                                  2 dicts shop.cache.Cache._shards[*]: 4 -> 8 items
 *
 * Of two snapshots there is one step, and columns and headings that tell steps apart are left out.
 */
#include "cli/growth.h"

#include <holdfast/json.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/answer.h"
#include "cli/cli.h"
#include "cli/output.h"
#include "cli/tables.h"
#include "cli/text.h"

static size_t num_steps(const struct hf_growth *growth) {
    return growth->num_moments - 1;
}

static bool is_series(const struct hf_growth *growth) {
    return num_steps(growth) > 1;
}

/* ---- numbers ---- */

/* "+4  +2", "+608 B  +304 B": the growth, and of a series what it is per step. */
static void put_growth(struct table *table, const struct hf_growth *growth, int64_t count) {
    table_put_change(table, count);
    if (is_series(growth))
        table_put_change_per_step(table, count, (int64_t)num_steps(growth));
}

static void put_size_growth(struct table *table, const struct hf_growth *growth, int64_t bytes) {
    table_put_size_change(table, bytes);
    if (is_series(growth))
        table_put_size_change(table, bytes / (int64_t)num_steps(growth));
}

static void put_trend(struct table *table, const struct hf_growth *growth, enum hf_trend trend) {
    if (is_series(growth))
        table_put_text(table, hf_trend_name(trend));
}

/* ---- types ---- */

static void add_type(struct table *table, const struct hf_growth *growth, const struct hf_growth_type *type) {
    table_start(table, type->trend == HF_TREND_STEADY ? COLOUR_FOCUS : COLOUR_PLAIN);
    put_growth(table, growth, type->count_growth);
    table_put_count(table, type->counts[num_steps(growth)]);
    put_size_growth(table, growth, type->bytes_growth);
    put_trend(table, growth, type->trend);
    table_put_text(table, type->name);
}

/* "  and 3 more types that grew" */
static void add_rest(struct table *table, size_t num_rows, size_t num_all, const char *singular, const char *rest) {
    if (num_rows >= num_all)
        return;
    char number[TEXT_NUMBER_SIZE];
    char *text = text_format("  and %s%s", text_things(num_all - num_rows, singular, number), rest);
    table_add_heading(table, COLOUR_VALUE, text);
    free(text);
}

static void add_types(struct table *table, const struct hf_growth *growth) {
    size_t num_grown = growth->num_grown, i = 0;
    if (is_series(growth) && num_grown > 0 && growth->grown[0].trend == HF_TREND_STEADY)
        table_add_heading(table, COLOUR_HEADING, "types that grew in every step");
    for (; i < num_grown && growth->grown[i].trend == HF_TREND_STEADY; i++)
        add_type(table, growth, &growth->grown[i]);
    if (i < num_grown)
        table_add_heading(table, COLOUR_HEADING, i > 0 ? "other types that grew" : "types that grew");
    for (; i < num_grown; i++)
        add_type(table, growth, &growth->grown[i]);
    add_rest(table, num_grown, growth->num_all_grown, "more type", " that grew");
    if (growth->num_shrunk > 0)
        table_add_heading(table, COLOUR_HEADING, "types that shrank");
    for (i = 0; i < growth->num_shrunk; i++)
        add_type(table, growth, &growth->shrunk[i]);
    add_rest(table, growth->num_shrunk, growth->num_all_shrunk, "more type", " that shrank");
}

static void print_types(const struct hf_growth *growth) {
    static const struct table_column series[] = {
        {"growth", true, TABLE_WHOLE, COLOUR_PLAIN, NULL},
        {"per step", true, TABLE_WHOLE, COLOUR_PLAIN, NULL},
        {"now", true, TABLE_WHOLE, COLOUR_VALUE, NULL},
        {"size", true, TABLE_WHOLE, COLOUR_PLAIN, NULL},
        {"per step", true, TABLE_WHOLE, COLOUR_PLAIN, NULL},
        {"trend", false, TABLE_WHOLE, COLOUR_VALUE, NULL},
        {"type", false, TABLE_CUT_START, COLOUR_TYPE, NULL},
    };
    static const struct table_column pair[] = {
        {"growth", true, TABLE_WHOLE, COLOUR_PLAIN, NULL},
        {"now", true, TABLE_WHOLE, COLOUR_VALUE, NULL},
        {"size", true, TABLE_WHOLE, COLOUR_PLAIN, NULL},
        {"type", false, TABLE_CUT_START, COLOUR_TYPE, NULL},
    };
    struct table table;
    if (growth->num_grown + growth->num_shrunk == 0)
        return;
    putchar('\n');
    table_init(&table, is_series(growth) ? series : pair, is_series(growth) ? 7 : 4, 0);
    add_types(&table, growth);
    table_print(&table);
    table_deinit(&table);
}

static void add_csv(struct table *table, const struct hf_growth *growth, const struct hf_growth_type *type) {
    size_t last = num_steps(growth);
    table_start(table, COLOUR_PLAIN);
    table_put_text(table, type->name);
    table_put_text(table, hf_trend_name(type->trend));
    table_put_change(table, type->count_growth);
    table_put_size_change(table, type->bytes_growth);
    table_put_count(table, type->counts[0]);
    table_put_count(table, type->counts[last]);
    table_put_size(table, type->sizes_bytes[0]);
    table_put_size(table, type->sizes_bytes[last]);
}

static void print_csv(const struct hf_growth *growth) {
    static const struct table_column columns[] = {
        {NULL, false, TABLE_HIDDEN, COLOUR_PLAIN, "type"},
        {NULL, false, TABLE_HIDDEN, COLOUR_PLAIN, "trend"},
        {NULL, false, TABLE_HIDDEN, COLOUR_PLAIN, "count_growth"},
        {NULL, false, TABLE_HIDDEN, COLOUR_PLAIN, "bytes_growth"},
        {NULL, false, TABLE_HIDDEN, COLOUR_PLAIN, "count_then"},
        {NULL, false, TABLE_HIDDEN, COLOUR_PLAIN, "count_now"},
        {NULL, false, TABLE_HIDDEN, COLOUR_PLAIN, "size_then_bytes"},
        {NULL, false, TABLE_HIDDEN, COLOUR_PLAIN, "size_now_bytes"},
    };
    struct table table;
    table_init(&table, columns, 8, 0);
    for (size_t i = 0; i < growth->num_grown; i++)
        add_csv(&table, growth, &growth->grown[i]);
    for (size_t i = 0; i < growth->num_shrunk; i++)
        add_csv(&table, growth, &growth->shrunk[i]);
    table_print(&table);
    table_deinit(&table);
    if (growth->num_grown < growth->num_all_grown || growth->num_shrunk < growth->num_all_shrunk)
        complain(CLI_OK, "more types changed: --limit 0 prints all");
}

/* ---- places ---- */

/* A further line of the last column. */
static void add_line(struct table *table, enum colour colour, const char *text) {
    table_start_sum(table, colour);
    for (size_t i = 0; i + 1 < table->num_columns; i++)
        table_put_text(table, "");
    table_put_text(table, text);
}

/* "2 dicts shop.cache.Cache._shards[*]: 4 -> 8 items" */
static void add_container(struct table *table, const struct hf_growth_place *place) {
    char numbers[3][TEXT_NUMBER_SIZE];
    if (!*place->container || place->length_then == place->length_now)
        return;
    char *count = place->num_containers == 1
                      ? text_format("%s", place->container_type)
                      : text_format("%s %ss", text_count(place->num_containers, numbers[0]), place->container_type);
    char *line = text_format("  %s %s: %s → %s items", count, place->container,
                             text_count(place->length_then, numbers[1]), text_count(place->length_now, numbers[2]));
    add_line(table, COLOUR_PLAIN, line);
    free(line);
    free(count);
}

static void add_place(struct table *table, const struct hf_growth *growth, const struct hf_growth_place *place) {
    char number[TEXT_NUMBER_SIZE];
    char *types = place->num_types > 1 ? text_format("%s and %s", place->type,
                                                     text_things(place->num_types - 1, "other type", number))
                                       : text_format("%s", place->type);
    char *where = text_format("%s in %s", types, place->owner);
    table_start(table, place->trend == HF_TREND_STEADY ? COLOUR_FOCUS : COLOUR_PLAIN);
    put_growth(table, growth, place->count_growth);
    put_size_growth(table, growth, place->bytes_growth);
    put_trend(table, growth, place->trend);
    table_put_text(table, where);
    if (strcmp(place->pattern, place->owner) != 0) {
        char *path = text_format("  %s", place->pattern);
        add_line(table, COLOUR_VALUE, path);
        free(path);
    }
    add_container(table, place);
    free(where);
    free(types);
}

static void add_places(struct table *table, const struct hf_growth *growth) {
    size_t num_places = growth->num_places, i = 0;
    if (is_series(growth) && growth->num_steady > 0)
        table_add_heading(table, COLOUR_HEADING, "where it grew in every step");
    for (; i < num_places && growth->places[i].trend == HF_TREND_STEADY; i++)
        add_place(table, growth, &growth->places[i]);
    if (i < num_places)
        table_add_heading(table, COLOUR_HEADING, i > 0 ? "where else it grew" : "where it grew");
    for (; i < num_places; i++)
        add_place(table, growth, &growth->places[i]);
    add_rest(table, num_places, growth->num_all_places, "more place", "");
}

static void print_places(const struct hf_growth *growth) {
    static const struct table_column series[] = {
        {"growth", true, TABLE_WHOLE, COLOUR_PLAIN, NULL},
        {"per step", true, TABLE_IF_FITS, COLOUR_PLAIN, NULL},
        {"size", true, TABLE_WHOLE, COLOUR_PLAIN, NULL},
        {"per step", true, TABLE_IF_FITS, COLOUR_PLAIN, NULL},
        {"trend", false, TABLE_WHOLE, COLOUR_VALUE, NULL},
        {"where", false, TABLE_CUT_END, COLOUR_REFERENCE, NULL, 50},
    };
    static const struct table_column pair[] = {
        {"growth", true, TABLE_WHOLE, COLOUR_PLAIN, NULL},
        {"size", true, TABLE_WHOLE, COLOUR_PLAIN, NULL},
        {"where", false, TABLE_CUT_END, COLOUR_REFERENCE, NULL},
    };
    struct table table;
    if (growth->num_places == 0)
        return;
    putchar('\n');
    table_init(&table, is_series(growth) ? series : pair, is_series(growth) ? 6 : 3, 0);
    add_places(&table, growth);
    table_print(&table);
    table_deinit(&table);
}

/* ---- the whole ---- */

/* "3 snapshots in 20.0 s: 72 -> 97 objects, 14.1 KiB -> 18.5 KiB" */
static void print_title(const struct hf_growth *growth) {
    const struct hf_growth_moment *first = &growth->moments[0], *last = &growth->moments[num_steps(growth)];
    char numbers[5][TEXT_NUMBER_SIZE];
    bool exact = output_has_exact_sizes();
    printf("%s snapshots", text_count(growth->num_moments, numbers[0]));
    if (first->taken_at_ns != 0 && last->taken_at_ns > first->taken_at_ns)
        printf(" in %.1f s", (double)(last->taken_at_ns - first->taken_at_ns) / 1e9);
    printf(": %s → %s objects, %s → %s\n", text_count(first->count, numbers[1]), text_count(last->count, numbers[2]),
           text_size(first->size_bytes, exact, numbers[3]), text_size(last->size_bytes, exact, numbers[4]));
    if (first->garbage_count + last->garbage_count > 0)
        printf("left out is garbage that waits for the collector: %s → %s objects\n",
               text_count(first->garbage_count, numbers[1]), text_count(last->garbage_count, numbers[2]));
}

static void print_identity(const struct hf_growth_identity *identity) {
    char numbers[4][TEXT_NUMBER_SIZE];
    if (!identity->by_address) {
        printf("the snapshots are of different processes: counted by type and place, not object by object\n");
        return;
    }
    printf("%s new and %s gone, told by address, type and content\n",
           text_things(identity->num_new, "object", numbers[0]), text_count(identity->num_gone, numbers[1]));
    if (identity->num_doubtful > 0)
        printf("of %s that stayed, but have no content to tell by, about %s may be new as well\n",
               text_count(identity->num_assumed, numbers[2]), text_count(identity->num_doubtful, numbers[3]));
}

static void print_growth(const struct hf_growth *growth) {
    print_title(growth);
    print_types(growth);
    print_places(growth);
    putchar('\n');
    print_identity(&growth->identity);
    if (growth->num_places > 0 && !is_series(growth))
        printf("one step does not tell a leak from a cache that fills: a third snapshot does\n");
    else if (growth->num_places > 0 && growth->num_steady == 0)
        printf("nothing grew in every step by more than what came and went\n");
}

static int print_json(const struct hf_growth *growth) {
    struct hf_error error;
    char *text = NULL;
    enum hf_status status = hf_json_growth(growth, &text, &error);
    return answer_print_json(status, text, &error);
}

static void report_exceeded(const struct hf_growth_check *check) {
    char number[TEXT_NUMBER_SIZE];
    bool of_bytes = strstr(check->condition, ":bytes>") != NULL;
    uint64_t growth = (uint64_t)check->growth;
    complain(CLI_NOTHING, "limit '%s' is exceeded: it grew by %s", check->condition,
             of_bytes ? text_size(growth, output_has_exact_sizes(), number) : text_things(growth, "object", number));
}

/* A limit on types that nobody has is not exceeded, but may have been misspelt. */
static void report_idle(const struct hf_growth_check *check) {
    bool of_types = strncmp(check->condition, "total:", 6) != 0 && strncmp(check->condition, "steady:", 7) != 0;
    if (of_types && check->num_types == 0)
        complain(CLI_OK, "limit '%s': no object has or had such a type", check->condition);
}

static int report_checks(const struct hf_growth *growth) {
    for (size_t i = 0; i < growth->num_checks; i++) {
        if (growth->checks[i].is_exceeded)
            report_exceeded(&growth->checks[i]);
        else
            report_idle(&growth->checks[i]);
    }
    return growth->is_exceeded ? CLI_NOTHING : CLI_OK;
}

static void warn_of_order(const struct hf_growth *growth) {
    for (size_t i = 0; i < num_steps(growth); i++)
        if (growth->moments[i + 1].taken_at_ns < growth->moments[i].taken_at_ns && growth->moments[i + 1].taken_at_ns)
            complain(CLI_OK, "snapshot %zu was taken before snapshot %zu: the oldest comes first", i + 2, i + 1);
}

int growth_answer(const struct hf_growth *growth, bool as_json) {
    int code = CLI_OK;
    warn_of_order(growth);
    if (as_json)
        code = print_json(growth);
    else if (output_is_csv())
        print_csv(growth);
    else
        print_growth(growth);
    return code == CLI_OK ? report_checks(growth) : code;
}
