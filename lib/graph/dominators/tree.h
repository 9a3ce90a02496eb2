/*
 * tree.h - the dominator tree: which node alone keeps each node alive.
 *
 * A node dominates another when every path from every root to it passes through the first. The nodes stand in the order
 * in which a walk down the tree meets them, so that whatever a node dominates is one run of the order:
 *
 *   tree        (roots)          position   0    1    2    3    4    5   | 6    7
 *               /     \          order      a    c    e    d    b    f   | g    h
 *              a       b         count      4    2    1    1    2    1   | 2    1
 *            /   \     |         parent     top  0    1    0    top  4   | top  6
 *           c     d    f                                                   ^num_reached
 *           |
 *           e                    a dominates the positions 0 .. 0 + 4 - 1
 *
 * Behind what the roots reach stands what no root reaches: objects that wait for the cycle collector. One node of each
 * group of objects that keep each other alive, and that nothing else keeps, is a top there. References from there into
 * what the roots reach hold nothing for long, and are not looked at.
 */
#ifndef HF_GRAPH_DOMINATORS_TREE_H
#define HF_GRAPH_DOMINATORS_TREE_H

#include "graph/graph.h"

#define HF_TREE_TOP UINT32_MAX

struct hf_dominator_tree {
    uint32_t num_nodes;
    uint32_t num_reached;       /* positions below it are what the roots reach */
    hf_node_id *order;          /* per position: the node */
    uint32_t *position;         /* per node */
    uint32_t *count;            /* per position: nodes that it dominates, itself included */
    uint32_t *parent;           /* per position: that of its immediate dominator, or HF_TREE_TOP */
    struct hf_region regions[2]; /* the arrays that belong to the tree */
};

/*
 * Computes the tree of a graph whose nodes in `roots` (repetitions allowed) are held by themselves. Ends with
 * hf_dominator_tree_deinit, also after a failure. Errors: NOMEM, CANCELLED.
 *
 * Cost: O((nodes + edges) log nodes) at worst, linear in practice; 16 bytes per node, and meanwhile up to 48 more
 * per node and 12 per edge, which is 40 per node for the heaps of programs.
 * Semi-NCA: Georgiadis, Tarjan, Werneck, Finding dominators in practice, J. Graph Algorithms Appl. 10 (2006),
 * doi 10.7155/jgaa.00119; its walks up the tree by the jump pointers of Myers, An applicative random-access stack, Inf.
 * Process. Lett. 17 (1983).
 */
HF_MUST_CHECK enum hf_status hf_dominator_tree_init(struct hf_dominator_tree *tree, const struct hf_graph *graph,
                                                    const hf_node_id *roots, uint32_t num_roots,
                                                    const struct hf_progress *progress, struct hf_error *error);
void hf_dominator_tree_deinit(struct hf_dominator_tree *tree);

/*
 * Makes a tree from the arrays `order` and `count` of an earlier one, which the caller keeps as long as the tree is used.
 * Ends with hf_dominator_tree_deinit, also after a failure. Errors: FORMAT (they are those of no tree of so many nodes),
 * NOMEM. Cost: O(nodes), 8 bytes per node.
 */
HF_MUST_CHECK enum hf_status hf_dominator_tree_restore(struct hf_dominator_tree *tree, uint32_t num_nodes,
                                                       uint32_t num_reached, const hf_node_id *order,
                                                       const uint32_t *count, struct hf_error *error);

/* The immediate dominator of a node, or HF_NO_NODE for one at the top. */
static inline hf_node_id hf_dominator_tree_parent(const struct hf_dominator_tree *tree, hf_node_id node) {
    uint32_t parent = tree->parent[tree->position[node]];
    return parent == HF_TREE_TOP ? HF_NO_NODE : tree->order[parent];
}

/* True when every path to `below` passes through `above`; a node dominates itself. */
static inline bool hf_dominator_tree_has(const struct hf_dominator_tree *tree, hf_node_id above, hf_node_id below) {
    return tree->position[below] - tree->position[above] < tree->count[tree->position[above]];
}

#endif
