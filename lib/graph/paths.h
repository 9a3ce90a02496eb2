/* paths.h - the tree of shortest paths from the roots, and which nodes no root reaches. */
#ifndef HF_GRAPH_PATHS_H
#define HF_GRAPH_PATHS_H

#include "base/bitset.h"
#include "graph/graph.h"

#define HF_PATHS_MAX_TIERS 8

/*
 * The roots in the order in which they are preferred, cut into groups. Groups of one tier start together: among paths
 * of equal length that from the earlier group wins. A path from an earlier tier wins however long it is.
 */
struct hf_paths_roots {
    const hf_node_id *nodes;
    const uint32_t *group_end;      /* the roots of group g are nodes[group_end[g - 1]] .. nodes[group_end[g] - 1] */
    const uint8_t *group_tier;      /* ascending, below HF_PATHS_MAX_TIERS */
    uint32_t num_groups;
};

/*
 * A tree that has each reached node once. Edges of kind HF_NAME_DICT cost nothing, all others one hop, so that an owner
 * and its attribute dict are equally far. Memory: 8 bytes per node and two bits.
 */
struct hf_paths {
    const struct hf_graph *graph;   /* the caller's, must outlive the tree */
    uint32_t *parent;               /* per node: see hf_paths_parent_edge */
    hf_node_id *order;              /* the nodes whose edges were followed, nearest first */
    uint32_t num_ordered;
    uint32_t num_reached;
    uint32_t tier_start[HF_PATHS_MAX_TIERS + 1];  /* the nodes of tier t are order[tier_start[t]] .. */
    struct hf_region parent_region, order_region;
    struct hf_bitset seen, owners;  /* owners: nodes that have an edge of kind HF_NAME_DICT */
};

#define HF_PATHS_ROOT UINT32_MAX

/* Makes room. Ends with hf_paths_deinit, also after a failure. Errors: NOMEM. O(nodes + edges) */
HF_MUST_CHECK enum hf_status hf_paths_init(struct hf_paths *paths, const struct hf_graph *graph,
                                           struct hf_error *error);
void hf_paths_deinit(struct hf_paths *paths);

/*
 * Computes the tree; may be called again with other roots or nodes to avoid. No path goes through a node of `avoid`
 * (NULL: none), though it may end there: such nodes are reached and not in `order`.
 * Errors: CANCELLED. Cost: O(nodes + edges).
 * Breadth first by levels: Moore, The shortest path through a maze, 1959.
 */
HF_MUST_CHECK enum hf_status hf_paths_compute(struct hf_paths *paths, const struct hf_paths_roots *roots,
                                              const struct hf_bitset *avoid, const struct hf_progress *progress,
                                              struct hf_error *error);

static inline bool hf_paths_is_reached(const struct hf_paths *paths, hf_node_id node) {
    return paths->parent[node] != 0;
}

/* The edge by which the tree reaches a reached node, or HF_PATHS_ROOT. */
static inline uint32_t hf_paths_parent_edge(const struct hf_paths *paths, hf_node_id node) {
    uint32_t parent = paths->parent[node];
    return parent == HF_PATHS_ROOT ? HF_PATHS_ROOT : parent - 1;
}

/* True when the tree reaches `node` as the attribute dict of the node before it. */
static inline bool hf_paths_is_attribute_dict(const struct hf_paths *paths, hf_node_id node) {
    uint32_t parent = paths->parent[node];
    return parent != 0 && parent != HF_PATHS_ROOT && hf_graph_edge_kind(paths->graph, parent - 1) == HF_NAME_DICT;
}

#endif
