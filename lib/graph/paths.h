/* paths.h - the tree of shortest paths from the roots, and which nodes no root reaches. */
#ifndef HF_GRAPH_PATHS_H
#define HF_GRAPH_PATHS_H

#include "base/bitset.h"
#include "base/prefetch.h"
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
    const struct hf_bitset *avoid_edges;  /* edges that are not followed: set by the caller before computing, or NULL */
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

/*
 * A walk down the tree, nearest nodes first, each with the node and the edge by which it is reached.
 *
 *     struct hf_paths_walk walk = hf_paths_walk_begin(paths);
 *     while (hf_paths_walk_next(&walk))
 *         ... walk.node, walk.parent by walk.edge; walk.edge is HF_PATHS_ROOT for a root ...
 *
 * The search follows nodes in the order in which it reached them, so the parents of successive nodes stand in that
 * order too: the owners of attribute dicts, which join when their level is closed, and the parents of all others, each
 * for themselves. Two places in `order` that only move on find them, and the whole walk is O(nodes).
 */
struct hf_paths_walk {
    const struct hf_paths *paths;
    uint32_t at;             /* of the node in paths->order */
    uint32_t parent_at;      /* of its parent there */
    hf_node_id node, parent;
    uint32_t edge;
    uint32_t places[2];      /* of parents by edges of other kinds, and by those of kind HF_NAME_DICT */
};

static inline struct hf_paths_walk hf_paths_walk_begin(const struct hf_paths *paths) {
    return (struct hf_paths_walk){.paths = paths, .at = UINT32_MAX};
}

/* Asks the memory for what the next steps read: the time goes into waiting for it. */
HF_PREFETCHING hf_paths_walk_prefetch(const struct hf_paths_walk *walk) {
    const struct hf_paths *paths = walk->paths;
    uint32_t at = walk->at, parent_at = walk->places[0];
    if (at + 24 >= paths->num_ordered)
        return;
    __builtin_prefetch(&paths->parent[paths->order[at + 24]]);
    __builtin_prefetch(&paths->graph->row[paths->order[parent_at + 12]]);
    uint32_t parent = paths->parent[paths->order[at + 12]];
    if (parent != HF_PATHS_ROOT && paths->graph->name != NULL)
        __builtin_prefetch(&paths->graph->name[parent - 1]);
}

static inline bool hf_paths_walk_next(struct hf_paths_walk *walk) {
    const struct hf_paths *paths = walk->paths;
    const struct hf_graph *graph = paths->graph;
    if (++walk->at >= paths->num_ordered)
        return false;
    hf_paths_walk_prefetch(walk);
    walk->node = paths->order[walk->at];
    walk->edge = hf_paths_parent_edge(paths, walk->node);
    if (walk->edge == HF_PATHS_ROOT)
        return true;
    uint32_t *place = &walk->places[hf_graph_edge_kind(graph, walk->edge) == HF_NAME_DICT];
    for (;; ++*place) {
        walk->parent = paths->order[*place];
        if (walk->edge >= graph->row[walk->parent] && walk->edge < graph->row[walk->parent + 1])
            break;
    }
    walk->parent_at = *place;
    return true;
}

#endif
