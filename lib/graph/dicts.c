/*
 * dicts.c - attribute dicts and their owners, found in one pass over the edges.
 *
 *   owner   per node   [0 |0 |5 + 1 |ALONE |0 ...]      the object whose attribute dict it is, + 1
 *
 * Invariant after the second pass, over the nodes: the owner of a dict has no owner, and no other dict.
 *
 * The column is sparse, and pages that are never written take no memory: an array is cheaper here than a hash table.
 */
#include "graph/dicts.h"

#include "base/error.h"

#define ALONE UINT32_MAX

static uint32_t *owner_column(const struct hf_dicts *dicts) {
    return (uint32_t *)(void *)dicts->owner_region.data;
}

hf_node_id hf_dicts_owner(const struct hf_dicts *dicts, hf_node_id node) {
    uint32_t owner = owner_column(dicts)[node];
    return owner == 0 || owner == ALONE ? node : owner - 1;
}

static void add_dict(struct hf_dicts *dicts, hf_node_id source, hf_node_id dict) {
    uint32_t *owner = &owner_column(dicts)[dict];
    bool is_first = *owner == 0 && dict != source && !hf_bitset_has(&dicts->owners, source);
    hf_bitset_add(&dicts->owners, source);
    *owner = is_first ? source + 1 : ALONE;
}

static bool has_owner(const struct hf_dicts *dicts, hf_node_id node) {
    return hf_dicts_owner(dicts, node) != node;
}

/* Parts the dicts whose owner is a dict of another object itself. */
static void part_chains(struct hf_dicts *dicts) {
    for (hf_node_id node = 0; node < dicts->graph->num_nodes; node++)
        if (has_owner(dicts, node) && has_owner(dicts, hf_dicts_owner(dicts, node)))
            owner_column(dicts)[node] = ALONE;
}

enum hf_status hf_dicts_init(struct hf_dicts *dicts, const struct hf_graph *graph, struct hf_error *error) {
    *dicts = (struct hf_dicts){.graph = graph};
    if (!hf_region_reserve(&dicts->owner_region, ((size_t)graph->num_nodes + 1) * sizeof(uint32_t)) ||
        !hf_bitset_init(&dicts->owners, graph->num_nodes))
        return hf_fail_nomem(error);
    for (hf_node_id node = 0; node < graph->num_nodes && graph->name != NULL; node++)
        for (uint32_t edge = graph->row[node]; edge < graph->row[node + 1]; edge++)
            if (hf_graph_edge_kind(graph, edge) == HF_NAME_DICT)
                add_dict(dicts, node, graph->target[edge]);
    part_chains(dicts);
    return HF_OK;
}

void hf_dicts_deinit(struct hf_dicts *dicts) {
    hf_region_deinit(&dicts->owner_region);
    hf_bitset_deinit(&dicts->owners);
    *dicts = (struct hf_dicts){0};
}

bool hf_dicts_is_inside(const struct hf_dicts *dicts, hf_node_id source, uint32_t edge) {
    return hf_graph_edge_kind(dicts->graph, edge) == HF_NAME_DICT &&
           owner_column(dicts)[dicts->graph->target[edge]] == source + 1;
}

hf_node_id hf_dicts_find(const struct hf_dicts *dicts, hf_node_id owner) {
    const struct hf_graph *graph = dicts->graph;
    if (!hf_bitset_has(&dicts->owners, owner))
        return HF_NO_NODE;
    for (uint32_t edge = graph->row[owner]; edge < graph->row[owner + 1]; edge++)
        if (hf_dicts_is_inside(dicts, owner, edge))
            return graph->target[edge];
    return HF_NO_NODE;
}
