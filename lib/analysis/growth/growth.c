/*
 * growth.c - a series of snapshots, one after the other, and its answer.
 *
 *   snapshot 0 --> moment 0 \
 *                            match --> ledger      what came and went, by place
 *   snapshot 1 --> moment 1 /   \----> census      objects by type, new and gone
 *                            match ...
 *   snapshot 2 --> moment 2 /
 *
 * Two moments are alive at a time. What is kept of a step is a record for each place that changed and a tally for each
 * type; texts are made at the end, for the rows that are listed, from the last snapshot.
 */
#include <holdfast/growth.h>

#include <stdlib.h>
#include <string.h>

#include "analysis/growth/describe.h"
#include "analysis/growth/limits.h"
#include "analysis/growth/trend.h"
#include "base/error.h"
#include "base/options.h"

struct hf_growth_series {
    struct hf_growth_options options;
    struct hf_limit *limits;
    struct hf_places places;
    struct hf_census census;
    struct hf_ledger ledger;
    struct hf_moment *last;
    struct hf_match match;             /* of the last step */
    struct hf_region lengths_then;
    struct hf_growth_identity identity;
};

struct answer {
    struct hf_growth public;           /* first, so that the one is the other */
    struct hf_arena arena;
};

/* ---- taking in ---- */

static enum hf_status read_limits(struct hf_growth_series *series, struct hf_error *error) {
    const struct hf_growth_options *options = &series->options;
    series->limits = hf_alloc(options->num_fail_if + 1, sizeof *series->limits);
    if (series->limits == NULL)
        return hf_fail_nomem(error);
    enum hf_status status = HF_OK;
    for (size_t i = 0; i < options->num_fail_if && status == HF_OK; i++)
        status = hf_limit_read(options->fail_if[i], &series->limits[i], error);
    return status;
}

enum hf_status hf_growth_series_create(const struct hf_growth_options *options, struct hf_growth_series **out,
                                       struct hf_error *error) {
    struct hf_growth_series *series = hf_alloc(1, sizeof *series);
    if (series == NULL)
        return hf_fail_nomem(error);
    enum hf_status status = hf_options_copy(&series->options, sizeof series->options, options)
                                ? read_limits(series, error)
                                : hf_fail(error, HF_ERR_ARGUMENT, "hf_growth_options has no struct_size");
    if (status == HF_OK)
        *out = series;
    else
        hf_growth_series_destroy(series);
    return status;
}

void hf_growth_series_destroy(struct hf_growth_series *series) {
    if (series == NULL)
        return;
    hf_free(series->limits);
    hf_moment_destroy(series->last);
    hf_match_deinit(&series->match);
    hf_region_deinit(&series->lengths_then);
    hf_ledger_deinit(&series->ledger);
    hf_census_deinit(&series->census);
    hf_places_deinit(&series->places);
    hf_free(series);
}

static void add_identity(struct hf_growth_identity *sum, const struct hf_growth_identity *step, bool is_first) {
    sum->by_address = step->by_address && (is_first || sum->by_address);
    sum->num_new += step->num_new;
    sum->num_gone += step->num_gone;
    sum->num_same += step->num_same;
    sum->num_replaced += step->num_replaced;
    sum->num_assumed += step->num_assumed;
    sum->num_doubtful += step->num_doubtful;
}

static enum hf_status add_step(struct hf_growth_series *series, const struct hf_moment *now, struct hf_error *error) {
    hf_match_deinit(&series->match);
    enum hf_status status = hf_match_init(&series->match, series->last, now, &series->census, error);
    if (status != HF_OK)
        return status;
    add_identity(&series->identity, &series->match.identity, series->ledger.num_steps == 0);
    return hf_ledger_add(&series->ledger, series->last, now, &series->match, error);
}

enum hf_status hf_growth_series_add(struct hf_growth_series *series, const struct hf_snapshot *snapshot,
                                    struct hf_error *error) {
    struct hf_moment *now;
    enum hf_status status = hf_moment_create(snapshot, &series->places, &series->census, series->options.progress, &now,
                                             error);
    if (status != HF_OK)
        return status;
    status = series->last != NULL ? add_step(series, now, error) : hf_moment_lengths(now, &series->lengths_then, error);
    hf_moment_destroy(series->last);
    series->last = now;
    return status;
}

/* ---- types ---- */

struct type_row {
    hf_census_id type;
    int64_t count, bytes;
    enum hf_trend trend;
};

/* How a type went; `steps` has room for one number a step. */
static struct type_row judge_type(const struct hf_census *census, hf_census_id type, int64_t *steps) {
    size_t num_steps = hf_census_num_rolls(census) - 1;
    struct hf_tally first = hf_census_tally(census, 0, type), last = hf_census_tally(census, num_steps, type);
    struct type_row row = {type, (int64_t)(last.count - first.count), (int64_t)(last.size_bytes - first.size_bytes),
                           HF_TREND_LEVEL};
    for (size_t i = 0; i < num_steps; i++) {
        struct hf_tally before = hf_census_tally(census, i, type), now = hf_census_tally(census, i + 1, type);
        steps[i] = (int64_t)(row.count != 0 ? now.count - before.count : now.size_bytes - before.size_bytes);
    }
    uint64_t num_exchanged = row.count != 0 ? hf_census_types(census)[type].num_exchanged : 0;
    row.trend = hf_trend_of(steps, num_steps, hf_exchange_of(num_exchanged, 1, 1));
    return row;
}

static bool has_grown(const struct type_row *row) {
    return row->trend == HF_TREND_STEADY || row->bytes > 0 || (row->bytes == 0 && row->count > 0);
}

/* Steady growth first, then by bytes; what shrank most comes last. */
static int compare_types(const void *left, const void *right) {
    const struct type_row *a = left, *b = right;
    bool a_steady = a->trend == HF_TREND_STEADY, b_steady = b->trend == HF_TREND_STEADY;
    if (a_steady != b_steady)
        return a_steady ? -1 : 1;
    if (a->bytes != b->bytes)
        return a->bytes > b->bytes ? -1 : 1;
    if (a->count != b->count)
        return a->count > b->count ? -1 : 1;
    return (a->type > b->type) - (a->type < b->type);
}

static bool make_type(const struct hf_census *census, const struct type_row *row, struct hf_arena *arena,
                      struct hf_growth_type *out) {
    size_t num_rolls = hf_census_num_rolls(census);
    const struct hf_census_type *type = &hf_census_types(census)[row->type];
    uint64_t *counts = hf_arena_alloc(arena, 2 * num_rolls, sizeof *counts);
    if (counts == NULL)
        return false;
    for (size_t i = 0; i < num_rolls; i++) {
        struct hf_tally tally = hf_census_tally(census, i, row->type);
        counts[i] = tally.count;
        counts[num_rolls + i] = tally.size_bytes;
    }
    *out = (struct hf_growth_type){
        .name = hf_arena_copy(arena, type->name, strlen(type->name)),
        .counts = counts,
        .sizes_bytes = counts + num_rolls,
        .count_growth = row->count,
        .bytes_growth = row->bytes,
        .num_new = type->num_new,
        .num_gone = type->num_gone,
        .trend = row->trend,
    };
    return !arena->failed;
}

static size_t limited(const struct hf_growth_series *series, size_t count) {
    return series->options.limit > 0 && series->options.limit < count ? series->options.limit : count;
}

/* Rows for rows[0], rows[step], rows[2 * step], ...; step is -1 to begin with the last. */
static bool make_types(const struct hf_growth_series *series, const struct type_row *rows, ptrdiff_t step,
                       size_t num_all, struct hf_arena *arena, const struct hf_growth_type **out, size_t *num_out) {
    *num_out = limited(series, num_all);
    struct hf_growth_type *types = hf_arena_alloc(arena, *num_out + 1, sizeof *types);
    *out = types;
    for (size_t i = 0; types != NULL && i < *num_out; i++)
        if (!make_type(&series->census, &rows[(ptrdiff_t)i * step], arena, &types[i]))
            return false;
    return types != NULL;
}

static bool list_types(const struct hf_growth_series *series, struct type_row *rows, int64_t *steps,
                       struct answer *answer) {
    struct hf_growth *growth = &answer->public;
    size_t num_rows = 0;
    for (hf_census_id type = 1; type <= series->census.names.count; type++) {
        rows[num_rows] = judge_type(&series->census, type, steps);
        num_rows += rows[num_rows].count != 0 || rows[num_rows].bytes != 0;
    }
    if (num_rows > 0)
        qsort(rows, num_rows, sizeof *rows, compare_types);
    while (growth->num_all_grown < num_rows && has_grown(&rows[growth->num_all_grown]))
        growth->num_all_grown++;
    growth->num_all_shrunk = num_rows - growth->num_all_grown;
    return make_types(series, rows, 1, growth->num_all_grown, &answer->arena, &growth->grown, &growth->num_grown) &&
           make_types(series, rows + num_rows - (num_rows > 0), -1, growth->num_all_shrunk, &answer->arena,
                      &growth->shrunk, &growth->num_shrunk);
}

static enum hf_status answer_types(const struct hf_growth_series *series, struct answer *answer,
                                   struct hf_error *error) {
    struct type_row *rows = hf_alloc((size_t)series->census.names.count + 1, sizeof *rows);
    int64_t *steps = hf_alloc(hf_census_num_rolls(&series->census), sizeof *steps);
    bool ok = rows != NULL && steps != NULL && list_types(series, rows, steps, answer);
    hf_free(rows);
    hf_free(steps);
    return ok ? HF_OK : hf_fail_nomem(error);
}

/* ---- places and limits ---- */

static struct hf_limit_growth total_growth(const struct hf_growth *growth) {
    const struct hf_growth_moment *first = &growth->moments[0], *last = &growth->moments[growth->num_moments - 1];
    return (struct hf_limit_growth){(int64_t)(last->count - first->count),
                                    (int64_t)(last->size_bytes - first->size_bytes)};
}

static enum hf_status check_limits(const struct hf_growth_series *series, const struct hf_grown *grown,
                                   struct answer *answer, struct hf_error *error) {
    struct hf_growth *growth = &answer->public;
    struct hf_limit_growth steady = {(int64_t)grown->steady_count, (int64_t)grown->steady_bytes};
    struct hf_growth_check *checks = hf_arena_alloc(&answer->arena, series->options.num_fail_if + 1, sizeof *checks);
    if (checks == NULL)
        return hf_fail_nomem(error);
    growth->checks = checks;
    growth->num_checks = series->options.num_fail_if;
    for (size_t i = 0; i < growth->num_checks; i++) {
        enum hf_status status = hf_limit_check(&series->limits[i], &series->census, total_growth(growth), steady,
                                               &checks[i], error);
        if (status != HF_OK)
            return status;
        checks[i].condition = hf_arena_copy(&answer->arena, checks[i].condition, strlen(checks[i].condition));
        growth->is_exceeded = growth->is_exceeded || checks[i].is_exceeded;
    }
    return answer->arena.failed ? hf_fail_nomem(error) : HF_OK;
}

static enum hf_status answer_places(const struct hf_growth_series *series, struct answer *answer,
                                    struct hf_error *error) {
    struct hf_growth *growth = &answer->public;
    struct hf_grown grown;
    enum hf_status status = hf_grown_init(&grown, &series->ledger, series->last, error);
    growth->num_all_places = grown.num_places;
    growth->num_places = limited(series, grown.num_places);
    growth->num_steady = grown.num_steady;
    struct hf_growth_place *rows = NULL;
    if (status == HF_OK) {
        rows = hf_arena_alloc(&answer->arena, growth->num_places + 1, sizeof *rows);
        status = rows == NULL ? hf_fail_nomem(error)
                              : hf_describe_places(&grown, growth->num_places, series->ledger.num_steps, series->last,
                                                   &series->match, &series->lengths_then, &answer->arena, rows, error);
    }
    growth->places = rows;
    if (status == HF_OK)
        status = check_limits(series, &grown, answer, error);
    hf_grown_deinit(&grown);
    return status;
}

/* ---- the answer ---- */

static enum hf_status answer_moments(const struct hf_growth_series *series, struct answer *answer,
                                     struct hf_error *error) {
    size_t count = hf_census_num_rolls(&series->census);
    struct hf_growth_moment *moments = hf_arena_alloc(&answer->arena, count, sizeof *moments);
    if (moments == NULL)
        return hf_fail_nomem(error);
    for (size_t i = 0; i < count; i++) {
        const struct hf_roll *roll = &hf_census_rolls(&series->census)[i];
        moments[i] = (struct hf_growth_moment){
            .taken_at_ns = roll->taken_at_ns,
            .pid = roll->pid,
            .count = roll->total.count,
            .size_bytes = roll->total.size_bytes,
            .garbage_count = roll->garbage.count,
            .garbage_bytes = roll->garbage.size_bytes,
        };
    }
    answer->public.moments = moments;
    answer->public.num_moments = count;
    return HF_OK;
}

enum hf_status hf_growth_series_finish(struct hf_growth_series *series, struct hf_growth **out,
                                       struct hf_error *error) {
    if (hf_census_num_rolls(&series->census) < 2)
        return hf_fail(error, HF_ERR_ARGUMENT, "growth needs two snapshots at least, an older one and a newer one");
    struct answer *answer = hf_alloc(1, sizeof *answer);
    if (answer == NULL)
        return hf_fail_nomem(error);
    answer->public.identity = series->identity;
    enum hf_status status = answer_moments(series, answer, error);
    if (status == HF_OK)
        status = answer_types(series, answer, error);
    if (status == HF_OK)
        status = answer_places(series, answer, error);
    if (status == HF_OK)
        *out = &answer->public;
    else
        hf_growth_destroy(&answer->public);
    return status;
}

void hf_growth_destroy(struct hf_growth *growth) {
    struct answer *answer = (struct answer *)growth;
    if (answer == NULL)
        return;
    hf_arena_deinit(&answer->arena);
    hf_free(answer);
}

enum hf_status hf_growth_create(const struct hf_snapshot *const *snapshots, size_t num_snapshots,
                                const struct hf_growth_options *options, struct hf_growth **out,
                                struct hf_error *error) {
    struct hf_growth_series *series = NULL;
    enum hf_status status = hf_growth_series_create(options, &series, error);
    for (size_t i = 0; i < num_snapshots && status == HF_OK; i++)
        status = hf_growth_series_add(series, snapshots[i], error);
    if (status == HF_OK)
        status = hf_growth_series_finish(series, out, error);
    hf_growth_series_destroy(series);
    return status;
}
