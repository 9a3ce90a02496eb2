/* reverse.h - who refers to a node. */
#ifndef HF_GRAPH_REVERSE_H
#define HF_GRAPH_REVERSE_H

#include "base/bitset.h"
#include "graph/graph.h"

/* The edges turned round: those that lead to node v are at row[v] .. row[v + 1] - 1, in ascending order of edges. */
struct hf_reverse {
    const uint32_t *row;      /* num_nodes + 1 */
    const uint32_t *source;   /* the node that refers */
    const uint32_t *edge;     /* the edge by which it does */
    struct hf_region regions[3];
};

/*
 * Fills *out, which the caller ends with hf_reverse_deinit (also after a failure). Errors: NOMEM.
 * Cost: O(nodes + edges) by counting sort; memory 4 bytes per node and 8 per edge. For the referrers of some nodes
 * hf_referrers_scan is cheaper.
 */
HF_MUST_CHECK enum hf_status hf_reverse_init(struct hf_reverse *out, const struct hf_graph *graph,
                                             struct hf_error *error);
void hf_reverse_deinit(struct hf_reverse *reverse);

/*
 * Calls meet(context, source, edge) for each edge that leads to a node of `targets`, in ascending order.
 * Errors: CANCELLED. Cost: one pass over all edges, a few milliseconds per million; no memory.
 */
HF_MUST_CHECK enum hf_status hf_referrers_scan(const struct hf_graph *graph, const struct hf_bitset *targets,
                                               void (*meet)(void *context, hf_node_id source, uint32_t edge),
                                               void *context, const struct hf_progress *progress,
                                               struct hf_error *error);

#endif
