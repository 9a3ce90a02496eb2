/*
 * types.c - counts objects by type.
 *
 *   per type   [count, bytes]   one pass over the nodes; then the types that pass the filters are sorted
 *              [retained]       on demand, one pass over the dominator tree
 *
 * Types of one name are several rows when the class was made several times: each has a type object of its own.
 */
#include <holdfast/types.h>

#include <stdlib.h>
#include <string.h>

#include "analysis/type_filter.h"
#include "base/error.h"
#include "base/options.h"
#include "snapshot/snapshot.h"

struct answer {
    struct hf_types public;          /* first, so that the one is the other */
    struct hf_types_row *rows;
};

static void count_nodes(const struct hf_snapshot *snapshot, struct hf_types_row *rows) {
    const uint32_t *type = hf_col_node_type(snapshot), *size = hf_col_node_size(snapshot);
    for (uint32_t node = 0; node < snapshot->num_nodes; node++) {
        rows[type[node]].count++;
        rows[type[node]].size_bytes += size[node] == HF_SIZE_BIG ? 0 : size[node];
    }
    for (size_t i = 0; i < hf_num_big_sizes(snapshot); i++) {
        const struct hf_big_size *big = &hf_col_big_sizes(snapshot)[i];
        rows[type[big->node]].size_bytes += big->size_bytes;
    }
}

/* Moves the rows that pass to the front, and sums up. */
static void keep_passing(const struct hf_snapshot *snapshot, const struct hf_type_filter *filter,
                         struct answer *answer) {
    struct hf_types *types = &answer->public;
    for (uint32_t i = 0; i < hf_snapshot_num_types(snapshot); i++) {
        struct hf_types_row row = answer->rows[i];
        struct hf_type type = hf_snapshot_get_type(snapshot, i);
        types->total_count += row.count;
        types->total_bytes += row.size_bytes;
        if (row.count == 0 || !hf_type_filter_passes(filter, &type))
            continue;
        types->matching_count += row.count;
        types->matching_bytes += row.size_bytes;
        row.type = i;
        row.name = type.name;
        answer->rows[types->num_matching++] = row;
    }
}

static int descending(uint64_t a, uint64_t b) {
    return a > b ? -1 : a < b;
}

static int by_name(const void *left, const void *right) {
    const struct hf_types_row *a = left, *b = right;
    int order = strcmp(a->name, b->name);
    return order != 0 ? order : (a->type > b->type) - (a->type < b->type);
}

static int by_bytes(const void *left, const void *right) {
    const struct hf_types_row *a = left, *b = right;
    int order = descending(a->size_bytes, b->size_bytes);
    return order != 0 ? order : by_name(left, right);
}

static int by_retained(const void *left, const void *right) {
    const struct hf_types_row *a = left, *b = right;
    int order = descending(a->retained.size_bytes, b->retained.size_bytes);
    return order != 0 ? order : by_bytes(left, right);
}

static int by_count(const void *left, const void *right) {
    const struct hf_types_row *a = left, *b = right;
    int order = descending(a->count, b->count);
    return order != 0 ? order : by_bytes(left, right);
}

static void sort_rows(struct answer *answer, enum hf_types_sort sort) {
    int (*compare)(const void *, const void *) = sort == HF_TYPES_BY_NAME       ? by_name
                                                 : sort == HF_TYPES_BY_COUNT    ? by_count
                                                 : sort == HF_TYPES_BY_RETAINED ? by_retained
                                                                                : by_bytes;
    if (answer->public.num_matching > 0)
        qsort(answer->rows, answer->public.num_matching, sizeof *answer->rows, compare);
}

/* ---- what they retain ---- */

static enum hf_status sum_wanted(const struct hf_snapshot *snapshot, const struct hf_dominators *dominators,
                                 const struct hf_type_filter *filter, struct answer *answer,
                                 struct hf_error *error) {
    uint32_t num_types = hf_snapshot_num_types(snapshot);
    bool *is_wanted = hf_alloc((size_t)num_types + 1, sizeof *is_wanted);
    if (is_wanted == NULL)
        return hf_fail_nomem(error);
    for (uint32_t i = 0; i < num_types; i++) {
        struct hf_type type = hf_snapshot_get_type(snapshot, i);
        is_wanted[i] = hf_type_filter_passes(filter, &type);
    }
    answer->public.matching_retained = hf_dominators_sum_wanted(dominators, is_wanted);
    hf_free(is_wanted);
    return HF_OK;
}

static enum hf_status sum_retained(const struct hf_snapshot *snapshot, const struct hf_progress *progress,
                                   const struct hf_type_filter *filter, struct answer *answer, struct hf_error *error) {
    const struct hf_dominators *dominators;
    uint32_t num_types = hf_snapshot_num_types(snapshot);
    enum hf_status status = hf_dominators_get(snapshot, progress, &dominators, error);
    if (status != HF_OK)
        return status;
    struct hf_retained *retained = hf_alloc((size_t)num_types + 1, sizeof *retained);
    if (retained == NULL)
        return hf_fail_nomem(error);
    status = hf_dominators_sum_types(dominators, retained, error);
    for (uint32_t i = 0; i < num_types; i++)
        answer->rows[i].retained = retained[i];
    hf_free(retained);
    answer->public.has_retained = true;
    return status == HF_OK ? sum_wanted(snapshot, dominators, filter, answer, error) : status;
}

/* ---- the whole ---- */

static enum hf_status fill(const struct hf_snapshot *snapshot, const struct hf_types_options *options,
                           struct answer *answer, struct hf_error *error) {
    struct hf_types *types = &answer->public;
    struct hf_type_filter filter = hf_type_filter_make(snapshot, options->pattern, options->module);
    count_nodes(snapshot, answer->rows);
    if (options->retained || options->sort == HF_TYPES_BY_RETAINED) {
        enum hf_status status = sum_retained(snapshot, options->progress, &filter, answer, error);
        if (status != HF_OK)
            return status;
    }
    keep_passing(snapshot, &filter, answer);
    sort_rows(answer, options->sort);
    types->rows = answer->rows;
    types->num_rows = options->limit > 0 && options->limit < types->num_matching ? options->limit
                                                                                 : types->num_matching;
    return HF_OK;
}

enum hf_status hf_types_create(const struct hf_snapshot *snapshot, const struct hf_types_options *given,
                               struct hf_types **out, struct hf_error *error) {
    struct hf_types_options options = {0};
    if (!hf_options_copy(&options, sizeof options, given))
        return hf_fail(error, HF_ERR_ARGUMENT, "struct_size of the options is not set");
    struct answer *answer = hf_alloc(1, sizeof *answer);
    if (answer != NULL)
        answer->rows = hf_alloc((size_t)hf_snapshot_num_types(snapshot) + 1, sizeof *answer->rows);
    if (answer == NULL || answer->rows == NULL) {
        hf_free(answer);
        return hf_fail_nomem(error);
    }
    enum hf_status status = fill(snapshot, &options, answer, error);
    if (status == HF_OK)
        *out = &answer->public;
    else
        hf_types_destroy(&answer->public);
    return status;
}

void hf_types_destroy(struct hf_types *types) {
    struct answer *answer = (struct answer *)types;
    if (answer == NULL)
        return;
    hf_free(answer->rows);
    hf_free(answer);
}
