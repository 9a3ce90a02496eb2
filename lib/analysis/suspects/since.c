/*
 * since.c - compares two snapshots object by object.
 *
 *   old     0x7f10  dict 232     0x7f20  shop.Session 48
 *   new     0x7f10  dict 648     0x7f20  shop.Basket 64       0x7f30  shop.Session 48
 *   weight          416                  64                           48
 *
 * One object has one address and one type, by name. The same address with another type is a new object that came where
 * an old one went.
 */
#include "analysis/suspects/since.h"

#include <string.h>

#include "analysis/lookup.h"
#include "base/error.h"

static uint64_t size_of(const struct hf_snapshot *snapshot, hf_node_id node) {
    uint32_t size = hf_col_node_size(snapshot)[node];
    return size != HF_SIZE_BIG ? size : hf_snapshot_get_node(snapshot, node).size_bytes;
}

hf_node_id hf_since_find(const struct hf_survey *survey, hf_node_id node) {
    hf_node_id old = hf_snapshot_find_addr(survey->old, hf_snapshot_get_addr(survey->snapshot, node));
    bool is_same = old != HF_NO_NODE && strcmp(hf_lookup_type_name(survey->old, old),
                                               hf_lookup_type_name(survey->snapshot, node)) == 0;
    return is_same ? old : HF_NO_NODE;
}

static uint64_t weigh(struct hf_survey *survey, hf_node_id node) {
    hf_node_id old = hf_since_find(survey, node);
    uint64_t size = size_of(survey->snapshot, node);
    if (old == HF_NO_NODE) {
        survey->new_count++;
        return size;
    }
    hf_bitset_add(&survey->is_old, node);
    uint64_t before = size_of(survey->old, old);
    return size > before ? size - before : 0;
}

enum hf_status hf_since_weigh(struct hf_survey *survey, struct hf_error *error) {
    const struct hf_dominator_tree *tree = &survey->dominators->tree;
    if (!hf_bitset_init(&survey->is_old, survey->graph.num_nodes) ||
        !hf_region_reserve(&survey->sum_region, ((size_t)tree->num_nodes + 1) * sizeof *survey->sum))
        return hf_fail_nomem(error);
    uint64_t *sum = (uint64_t *)(void *)survey->sum_region.data;
    for (uint32_t at = 0; at < tree->num_nodes; at++)
        sum[at + 1] = sum[at] + weigh(survey, tree->order[at]);
    survey->sum = sum;
    return HF_OK;
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
