/*
 * tree.h - the tree of shortest paths from all roots of a snapshot, which nearly every question begins with. It is kept
 * with the snapshot (snapshot/derived.h), and in its cache (snapshot/cache.h).
 */
#ifndef HF_ANALYSIS_PATH_TREE_H
#define HF_ANALYSIS_PATH_TREE_H

#include "analysis/path/placing.h"
#include "graph/paths.h"
#include "snapshot/derived.h"

struct hf_tree {
    struct hf_derived derived;       /* first, so that the one is the other */
    struct hf_graph graph;
    struct hf_root_order order;
    struct hf_paths paths;           /* read only: its arrays may lie in a file */
    struct hf_tree_counts {
        uint32_t num_ordered, num_reached;
        uint32_t tier_start[HF_PATHS_MAX_TIERS + 1];
    } counts;                        /* as in paths, for the cache */
};

/*
 * The tree of `snapshot`, which lives as long as that. Errors: NOMEM, CANCELLED.
 * Cost: O(nodes + edges) the first time, 8 bytes per node; O(1) later; from a cache, one look at each of its bytes.
 */
HF_MUST_CHECK enum hf_status hf_tree_get(const struct hf_snapshot *snapshot, const struct hf_progress *progress,
                                         const struct hf_tree **out, struct hf_error *error);

/*
 * Which places its nodes have, also kept: read only, with a place for each reached node. An object and its attribute dict
 * are at one place, keys are by themselves. Errors: NOMEM, CANCELLED. Cost: as that of the tree, 4 bytes per node.
 */
HF_MUST_CHECK enum hf_status hf_tree_get_placing(const struct hf_snapshot *snapshot, const struct hf_tree *tree,
                                                 const struct hf_progress *progress, struct hf_placing **out,
                                                 struct hf_error *error);

/* Puts the nodes that the tree reaches through `node` into `below`, which is empty. O(nodes + edges of these nodes) */
void hf_tree_mark_below(const struct hf_tree *tree, hf_node_id node, struct hf_bitset *below);

#endif
