/* reach.h - what can be reached when some things are taken away. */
#ifndef HF_GRAPH_REACH_H
#define HF_GRAPH_REACH_H

#include "base/bitset.h"
#include "graph/graph.h"

/* What no path passes: nodes, which are not reached either, and edges. NULL: none. */
struct hf_reach_limits {
    const struct hf_bitset *nodes;
    const struct hf_bitset *edges;
};

/*
 * Adds to *reached (room for all nodes) what the starts reach, themselves included. What is in it already is not
 * entered again: that way several calls make one search. limits may be NULL.
 * Errors: NOMEM, CANCELLED. Cost: O(nodes + edges); 4 bytes for each node that is reached while it works.
 */
HF_MUST_CHECK enum hf_status hf_reach(const struct hf_graph *graph, const hf_node_id *starts, size_t num_starts,
                                      const struct hf_reach_limits *limits, struct hf_bitset *reached,
                                      const struct hf_progress *progress, struct hf_error *error);

#endif
