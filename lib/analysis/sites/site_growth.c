/*
 * site_growth.c - what grew by the line that made it, over a series of snapshots.
 *
 *              snapshot 0          snapshot 1          snapshot 2
 *   line 0     [count, bytes]      [count, bytes]      [count, bytes]     made where nobody knows
 *   line 1     [count, bytes]      ...                                    tallies of all moments, one after the other,
 *   line 2     -                   [count, bytes]      ...                each as long as there were lines by then
 *
 * One snapshot is needed at a time.
 */
#include <holdfast/sites.h>

#include <stdlib.h>
#include <string.h>

#include "analysis/growth/files.h"
#include "analysis/growth/trend.h"
#include "analysis/sites/lines.h"
#include "base/error.h"
#include "base/options.h"
#include "graph/reach.h"

struct tally {
    uint64_t count, size_bytes;
};

struct moment {
    struct hf_growth_moment public;
    struct tally *tallies;           /* by line */
    uint32_t num_lines;              /* line 0 included */
};

struct answer {
    struct hf_site_growth public;    /* first, so that the one is the other */
    struct hf_arena arena;
    struct hf_lines lines;
};

struct series {
    struct hf_growth_options options;
    struct answer *answer;
    struct hf_region moments;        /* struct moment */
    struct hf_line_types types;      /* of the last moment */
    struct hf_error *error;
};

static struct moment *moments_of(const struct series *series) {
    return (struct moment *)(void *)series->moments.data;
}

static size_t num_moments(const struct series *series) {
    return series->moments.used_bytes / sizeof(struct moment);
}

/* ---- taking in ---- */

static enum hf_status find_reached(const struct series *series, const struct hf_snapshot *snapshot,
                                   struct hf_bitset *reached) {
    struct hf_graph graph = hf_graph_of(snapshot);
    size_t num_roots = hf_num_roots(snapshot);
    hf_node_id *starts = hf_alloc(num_roots + 1, sizeof *starts);
    if (starts == NULL || !hf_bitset_init(reached, snapshot->num_nodes)) {
        hf_free(starts);
        return hf_fail_nomem(series->error);
    }
    for (size_t i = 0; i < num_roots; i++)
        starts[i] = hf_col_roots(snapshot)[i].node;
    enum hf_status status = hf_reach(&graph, starts, num_roots, NULL, reached, series->options.progress, series->error);
    hf_free(starts);
    return status;
}

static enum hf_status count_node(struct series *series, struct moment *moment, const struct hf_snapshot *snapshot,
                                 hf_node_id node, uint32_t line) {
    uint64_t size_bytes = hf_snapshot_get_size(snapshot, node);
    moment->public.count++;
    moment->public.size_bytes += size_bytes;
    moment->tallies[line].count++;
    moment->tallies[line].size_bytes += size_bytes;
    bool ok = line == 0 || hf_line_types_add(&series->types, line, hf_col_node_type(snapshot)[node]);
    return ok ? HF_OK : hf_fail_nomem(series->error);
}

static enum hf_status count_reached(struct series *series, struct moment *moment, const struct hf_snapshot *snapshot,
                                    const uint32_t *line_of_site) {
    struct hf_bitset reached = {0};
    enum hf_status status = find_reached(series, snapshot, &reached);
    for (hf_node_id node = 0; status == HF_OK && node < snapshot->num_nodes; node++)
        if (hf_bitset_has(&reached, node))
            status = count_node(series, moment, snapshot, node, hf_line_of_node(snapshot, line_of_site, node));
    hf_bitset_deinit(&reached);
    return status;
}

static enum hf_status take_in(struct series *series, const struct hf_snapshot *snapshot) {
    uint32_t *line_of_site = NULL;
    enum hf_status status = hf_snapshot_check_sites(snapshot, series->error);
    if (status == HF_OK)
        status = hf_lines_of(&series->answer->lines, snapshot, &line_of_site, series->error);
    if (status != HF_OK)
        return status;
    size_t used = series->moments.used_bytes;
    struct moment moment = {.num_lines = series->answer->lines.numbers.count + 1};
    moment.public.taken_at_ns = snapshot->origin.taken_at_ns;
    moment.public.pid = snapshot->origin.pid;
    moment.tallies = hf_alloc(moment.num_lines, sizeof *moment.tallies);
    if (moment.tallies == NULL || !hf_region_reserve(&series->moments, used + sizeof moment)) {
        hf_free(moment.tallies);
        hf_free(line_of_site);
        return hf_fail_nomem(series->error);
    }
    hf_line_types_deinit(&series->types);
    status = count_reached(series, &moment, snapshot, line_of_site);
    hf_line_types_sort(&series->types);
    hf_free(line_of_site);
    memcpy(series->moments.data + used, &moment, sizeof moment);
    series->moments.used_bytes = used + sizeof moment;
    return status;
}

/* ---- the answer ---- */

static struct tally tally_at(const struct series *series, size_t moment, uint32_t line) {
    const struct moment *found = &moments_of(series)[moment];
    return line < found->num_lines ? found->tallies[line] : (struct tally){0, 0};
}

/* How a line went; `steps` has room for one number a step. */
static enum hf_trend judge(const struct series *series, uint32_t line, bool by_count, int64_t *steps) {
    for (size_t i = 0; i + 1 < num_moments(series); i++) {
        struct tally before = tally_at(series, i, line), now = tally_at(series, i + 1, line);
        steps[i] = (int64_t)(by_count ? now.count - before.count : now.size_bytes - before.size_bytes);
    }
    return hf_trend_of(steps, num_moments(series) - 1, (struct hf_exchange){0, 0});
}

static bool fill_row(struct series *series, uint32_t line, int64_t *steps, struct hf_site_growth_row *row) {
    size_t count = num_moments(series);
    const struct hf_line *place = hf_lines_get(&series->answer->lines, line);
    struct tally first = tally_at(series, 0, line), last = tally_at(series, count - 1, line);
    *row = (struct hf_site_growth_row){
        .line = place->number,
        .file = place->file,
        .function = place->function,
        .count_growth = (int64_t)(last.count - first.count),
        .bytes_growth = (int64_t)(last.size_bytes - first.size_bytes),
    };
    row->trend = judge(series, line, row->count_growth != 0, steps);
    return row->count_growth > 0 || (row->count_growth == 0 && row->bytes_growth > 0);
}

/* What a listed row has beyond what rows are sorted by. `line` was kept where its types will be. */
static enum hf_status complete_row(struct series *series, const struct hf_snapshot *last, uint32_t line,
                                   struct hf_site_growth_row *row) {
    size_t count = num_moments(series);
    struct hf_arena *arena = &series->answer->arena;
    uint64_t *counts = hf_arena_alloc(arena, count, sizeof *counts);
    uint64_t *sizes = hf_arena_alloc(arena, count, sizeof *sizes);
    if (counts == NULL || sizes == NULL)
        return hf_fail_nomem(series->error);
    for (size_t i = 0; i < count; i++) {
        counts[i] = tally_at(series, i, line).count;
        sizes[i] = tally_at(series, i, line).size_bytes;
    }
    row->counts = counts;
    row->sizes_bytes = sizes;
    row->num_types = hf_line_types_get(&series->types, last, line, row->types);
    for (size_t i = 0; i < HF_SITE_TYPES && i < row->num_types; i++)
        row->types[i].name = hf_arena_copy(arena, row->types[i].name, strlen(row->types[i].name));
    return arena->failed ? hf_fail_nomem(series->error) : HF_OK;
}

static int compare_rows(const void *left, const void *right) {
    const struct hf_site_growth_row *a = left, *b = right;
    bool is_a_steady = a->trend == HF_TREND_STEADY, is_b_steady = b->trend == HF_TREND_STEADY;
    if (is_a_steady != is_b_steady)
        return is_a_steady ? -1 : 1;
    if (a->bytes_growth != b->bytes_growth)
        return a->bytes_growth > b->bytes_growth ? -1 : 1;
    int order = a->file == b->file ? 0 : strcmp(a->file, b->file);
    return order != 0 ? order : (a->line > b->line) - (a->line < b->line);
}

static enum hf_status list_rows(struct series *series, const struct hf_snapshot *last) {
    struct hf_site_growth *growth = &series->answer->public;
    uint32_t num_lines = series->answer->lines.numbers.count;
    struct hf_site_growth_row *rows = hf_arena_alloc(&series->answer->arena, (size_t)num_lines + 1, sizeof *rows);
    int64_t *steps = hf_alloc(num_moments(series), sizeof *steps);
    if (rows == NULL || steps == NULL) {
        hf_free(steps);
        return hf_fail_nomem(series->error);
    }
    for (uint32_t line = 1; line <= num_lines; line++)
        if (fill_row(series, line, steps, &rows[growth->num_all_rows])) {
            rows[growth->num_all_rows].num_types = line;
            growth->num_all_rows++;
        }
    hf_free(steps);
    qsort(rows, growth->num_all_rows, sizeof *rows, compare_rows);
    size_t limit = series->options.limit;
    growth->rows = rows;
    growth->num_rows = limit > 0 && limit < growth->num_all_rows ? limit : growth->num_all_rows;
    enum hf_status status = HF_OK;
    for (size_t i = 0; i < growth->num_rows && status == HF_OK; i++)
        status = complete_row(series, last, (uint32_t)rows[i].num_types, &rows[i]);
    return status;
}

static enum hf_status list_moments(struct series *series) {
    struct hf_site_growth *growth = &series->answer->public;
    size_t count = num_moments(series);
    struct hf_growth_moment *moments = hf_arena_alloc(&series->answer->arena, count, sizeof *moments);
    uint64_t *unknown = hf_arena_alloc(&series->answer->arena, count, sizeof *unknown);
    if (moments == NULL || unknown == NULL)
        return hf_fail_nomem(series->error);
    for (size_t i = 0; i < count; i++) {
        moments[i] = moments_of(series)[i].public;
        unknown[i] = tally_at(series, i, 0).count;
    }
    growth->moments = moments;
    growth->num_moments = count;
    growth->unknown_counts = unknown;
    return HF_OK;
}

/* ---- the whole ---- */

static enum hf_status start(struct series *series, const struct hf_growth_options *options, struct hf_error *error) {
    *series = (struct series){.error = error};
    if (!hf_options_copy(&series->options, sizeof series->options, options))
        return hf_fail(error, HF_ERR_ARGUMENT, "hf_growth_options has no struct_size");
    series->answer = hf_alloc(1, sizeof *series->answer);
    return series->answer != NULL ? HF_OK : hf_fail_nomem(error);
}

/* The last snapshot must still be alive. */
static enum hf_status finish(struct series *series, enum hf_status status, const struct hf_snapshot *last,
                             struct hf_site_growth **out) {
    if (status == HF_OK && num_moments(series) < 2)
        status = hf_fail(series->error, HF_ERR_ARGUMENT,
                         "growth needs two snapshots at least, an older one and a newer one");
    if (status == HF_OK)
        status = list_moments(series);
    if (status == HF_OK)
        status = list_rows(series, last);
    for (size_t i = 0; i < num_moments(series); i++)
        hf_free(moments_of(series)[i].tallies);
    hf_region_deinit(&series->moments);
    hf_line_types_deinit(&series->types);
    if (status == HF_OK)
        *out = &series->answer->public;
    else if (series->answer != NULL)
        hf_site_growth_destroy(&series->answer->public);
    return status;
}

enum hf_status hf_site_growth_create(const struct hf_snapshot *const *snapshots, size_t num_snapshots,
                                     const struct hf_growth_options *options, struct hf_site_growth **out,
                                     struct hf_error *error) {
    struct series series;
    enum hf_status status = start(&series, options, error);
    for (size_t i = 0; status == HF_OK && i < num_snapshots; i++)
        status = take_in(&series, snapshots[i]);
    return finish(&series, status, num_snapshots > 0 ? snapshots[num_snapshots - 1] : NULL, out);
}

static enum hf_status open_files(struct series *series, const char *const *paths, size_t num_paths,
                                 struct hf_snapshot **last) {
    const struct hf_open_options options = {.struct_size = sizeof options, .progress = series->options.progress};
    enum hf_status status = HF_OK;
    for (size_t i = 0; status == HF_OK && i < num_paths; i++) {
        hf_snapshot_destroy(*last);
        *last = NULL;
        status = hf_snapshot_open(paths[i], &options, last, series->error);
        if (status == HF_OK)
            status = take_in(series, *last);
    }
    return status;
}

enum hf_status hf_site_growth_open(const char *const *paths, size_t num_paths, const struct hf_growth_options *options,
                                   struct hf_site_growth **out, struct hf_error *error) {
    struct series series;
    struct hf_arena arena = {0};
    struct hf_series_files files = {.count = num_paths};
    struct hf_snapshot *last = NULL;
    enum hf_status status = start(&series, options, error);
    if (status == HF_OK && num_paths == 1)
        status = hf_series_files_open_folder(paths[0], &arena, &files, error);
    if (status == HF_OK)
        status = open_files(&series, num_paths == 1 ? files.paths : paths, files.count, &last);
    status = finish(&series, status, last, out);
    hf_snapshot_destroy(last);
    hf_arena_deinit(&arena);
    return status;
}

void hf_site_growth_destroy(struct hf_site_growth *growth) {
    struct answer *answer = (struct answer *)growth;
    if (answer == NULL)
        return;
    hf_arena_deinit(&answer->arena);
    hf_lines_deinit(&answer->lines);
    hf_free(answer);
}
