/*
 * tree.h - the tree of shortest paths from all roots of a snapshot, which nearly every question begins with, and the
 * places of its nodes. Both are kept with the snapshot (snapshot/derived.h), the places in its cache
 * (snapshot/cache.h).
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
    struct hf_paths paths;
};

/*
 * The tree of `snapshot`, which lives as long as that. Errors: NOMEM, CANCELLED.
 * Cost: O(nodes + edges) and 8 bytes per node the first time, O(1) later.
 */
HF_MUST_CHECK enum hf_status hf_tree_get(const struct hf_snapshot *snapshot, const struct hf_progress *progress,
                                         const struct hf_tree **out, struct hf_error *error);

/*
 * The places of its nodes: one for each that is reached, so that hf_placing_get changes nothing and may be called from
 * any thread. An object and its attribute dict are at one place, keys are by themselves. Errors: NOMEM, CANCELLED.
 * Cost: O(nodes + roots) and 4 bytes per node the first time, a look at each byte if they are in the cache.
 */
HF_MUST_CHECK enum hf_status hf_tree_get_placing(const struct hf_snapshot *snapshot, const struct hf_tree *tree,
                                                 const struct hf_progress *progress, struct hf_placing **out,
                                                 struct hf_error *error);

/* Puts the nodes that the tree reaches through `node` into `below`, which is empty. O(nodes + edges of these nodes) */
void hf_tree_mark_below(const struct hf_tree *tree, hf_node_id node, struct hf_bitset *below);

#endif
