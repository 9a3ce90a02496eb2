/* components.h - strongly connected components: which nodes lie on cycles together. */
#ifndef HF_GRAPH_COMPONENTS_H
#define HF_GRAPH_COMPONENTS_H

#include "base/bitset.h"
#include "graph/graph.h"

/*
 * The components that have a cycle: two nodes or more, or one that refers to itself. They are numbered from 0 on, in the
 * order of their first nodes.
 */
struct hf_components {
    uint32_t num_parts;
    const uint32_t *part;         /* per node: its component + 1, 0 for a node that is on no cycle */
    const uint32_t *start;        /* num_parts + 1: the nodes of component p are members[start[p]] .. */
    const hf_node_id *members;    /* ascending within a component */
    struct hf_region regions[3];
};

/*
 * Fills *out, which the caller ends with hf_components_deinit (also after a failure). Errors: NOMEM, CANCELLED.
 * Cost: O(nodes + edges); memory 4 bytes per node, 4 per node on a cycle, and while it works up to 16 for each node on
 * the deepest way.
 * Pearce, A space-efficient algorithm for finding strongly connected components, Information Processing Letters 116
 * (2016), doi:10.1016/j.ipl.2015.08.010; after Tarjan 1972.
 */
HF_MUST_CHECK enum hf_status hf_components_init(struct hf_components *out, const struct hf_graph *graph,
                                                const struct hf_progress *progress, struct hf_error *error);
void hf_components_deinit(struct hf_components *components);

static inline uint32_t hf_components_size(const struct hf_components *components, uint32_t part) {
    return components->start[part + 1] - components->start[part];
}

#endif
