/*
 * since.c - compares two snapshots object by object.
 *
 *   old     0x7f10  dict 232     0x7f20  'abc' 52
 *   new     0x7f10  dict 648     0x7f20  'xyz' 52       0x7f30  shop.Session 48
 *   weight          416                  52                     48
 *
 * Which objects are the same is growth/match.c's answer: by address and type, and by content where there is any, since
 * an address is used again. It says nothing of garbage, in which an object is the same that has its address and type.
 */
#include "analysis/suspects/since.h"

#include "analysis/growth/match.h"
#include "base/error.h"

/* The two moments, and what is the same in both. */
struct comparison {
    struct hf_places places;
    struct hf_census census;
    struct hf_moment *before, *now;
    struct hf_match match;
};

static enum hf_status compare(struct comparison *comparison, const struct hf_survey *survey,
                              const struct hf_progress *progress, struct hf_error *error) {
    enum hf_status status = hf_moment_create(survey->old, &comparison->places, &comparison->census, progress,
                                             &comparison->before, error);
    if (status == HF_OK)
        status = hf_moment_create(survey->snapshot, &comparison->places, &comparison->census, progress,
                                  &comparison->now, error);
    if (status == HF_OK)
        status = hf_match_init(&comparison->match, comparison->before, comparison->now, &comparison->census, error);
    if (status == HF_OK && !comparison->match.identity.by_address)
        status = hf_fail(error, HF_ERR_ARGUMENT,
                         "the snapshots are of two processes, %u and %u: what is new is told by addresses, which say "
                         "nothing then", survey->old->origin.pid, survey->snapshot->origin.pid);
    return status;
}

static void end_comparison(struct comparison *comparison) {
    hf_match_deinit(&comparison->match);
    hf_moment_destroy(comparison->now);
    hf_moment_destroy(comparison->before);
    hf_census_deinit(&comparison->census);
    hf_places_deinit(&comparison->places);
}

/* An object that no root reaches, and neither did so before. */
static bool is_old_garbage(const struct comparison *comparison, hf_node_id node, hf_node_id old) {
    const struct hf_moment *before = comparison->before, *now = comparison->now;
    return hf_moment_place(before, old) == HF_NO_PLACE && hf_moment_place(now, node) == HF_NO_PLACE &&
           hf_moment_type(before, old) == hf_moment_type(now, node);
}

static hf_node_id find_twin(const struct hf_survey *survey, hf_node_id node) {
    return hf_snapshot_find_addr(survey->old, hf_snapshot_get_addr(survey->snapshot, node));
}

static uint64_t weigh(struct hf_survey *survey, const struct comparison *comparison, hf_node_id node) {
    hf_node_id old = find_twin(survey, node);
    uint64_t size = hf_snapshot_get_size(survey->snapshot, node);
    bool is_old = hf_bitset_has(&comparison->match.now.same, node) ||
                  (old != HF_NO_NODE && is_old_garbage(comparison, node, old));
    if (!is_old) {
        survey->new_count++;
        return size;
    }
    hf_bitset_add(&survey->is_old, node);
    uint64_t before = hf_snapshot_get_size(survey->old, old);
    return size > before ? size - before : 0;
}

enum hf_status hf_since_weigh(struct hf_survey *survey, const struct hf_progress *progress, struct hf_error *error) {
    const struct hf_dominator_tree *tree = &survey->dominators->tree;
    struct comparison comparison = {0};
    enum hf_status status = compare(&comparison, survey, progress, error);
    if (status == HF_OK && (!hf_bitset_init(&survey->is_old, survey->graph.num_nodes) ||
                            !hf_region_reserve(&survey->sum_region,
                                               ((size_t)tree->num_nodes + 1) * sizeof *survey->sum)))
        status = hf_fail_nomem(error);
    uint64_t *sum = (uint64_t *)(void *)survey->sum_region.data;
    for (uint32_t at = 0; status == HF_OK && at < tree->num_nodes; at++)
        sum[at + 1] = sum[at] + weigh(survey, &comparison, tree->order[at]);
    survey->sum = sum;
    end_comparison(&comparison);
    return status;
}

hf_node_id hf_since_find(const struct hf_survey *survey, hf_node_id node) {
    return hf_bitset_has(&survey->is_old, node) ? find_twin(survey, node) : HF_NO_NODE;
}

uint64_t hf_since_count_items(const struct hf_snapshot *snapshot, hf_node_id node) {
    const uint32_t *row = hf_col_row(snapshot);
    uint64_t count = 0;
    for (uint32_t edge = row[node]; edge < row[node + 1]; edge++) {
        enum hf_name_kind kind = (enum hf_name_kind)hf_col_names(snapshot)[hf_col_edge_name(snapshot)[edge]].kind;
        count += kind == HF_NAME_ITEM || kind == HF_NAME_VALUE || kind == HF_NAME_MEMBER;
    }
    return count;
}
