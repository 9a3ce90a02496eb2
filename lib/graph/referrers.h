/* referrers.h - who refers to a node. */
#ifndef HF_GRAPH_REFERRERS_H
#define HF_GRAPH_REFERRERS_H

#include "base/bitset.h"
#include "graph/graph.h"

/*
 * Calls meet(context, source, edge) for each edge that leads to a node of `targets`, in ascending order.
 * Errors: CANCELLED. Cost: one pass over all edges, a few milliseconds per million; no memory.
 */
HF_MUST_CHECK enum hf_status hf_referrers_scan(const struct hf_graph *graph, const struct hf_bitset *targets,
                                               void (*meet)(void *context, hf_node_id source, uint32_t edge),
                                               void *context, const struct hf_progress *progress,
                                               struct hf_error *error);

#endif
