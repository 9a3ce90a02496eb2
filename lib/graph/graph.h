/*
 * graph.h - nodes and edges as the algorithms see them: the CSR columns of a snapshot, borrowed.
 *
 *   row      [0   |2   |2   |5 ...]     num_nodes + 1; the edges of node u are row[u] .. row[u + 1] - 1
 *   target   [7 |9 |4 |4 |1 ...   ]     num_edges
 *   name     [A |D |I |I |K ...   ]     index into names, whose kind tells what an edge is; NULL: edges without names
 */
#ifndef HF_GRAPH_GRAPH_H
#define HF_GRAPH_GRAPH_H

#include "snapshot/snapshot.h"

struct hf_graph {
    uint32_t num_nodes;
    uint32_t num_edges;
    const uint32_t *row;
    const uint32_t *target;
    const uint16_t *name;
    const struct hf_name_record *names;
};

static inline struct hf_graph hf_graph_of(const struct hf_snapshot *snapshot) {
    return (struct hf_graph){
        .num_nodes = snapshot->num_nodes,
        .num_edges = snapshot->num_edges,
        .row = hf_col_row(snapshot),
        .target = hf_col_edge_target(snapshot),
        .name = hf_col_edge_name(snapshot),
        .names = hf_col_names(snapshot),
    };
}

static inline enum hf_name_kind hf_graph_edge_kind(const struct hf_graph *graph, uint32_t edge) {
    return graph->name == NULL ? HF_NAME_NONE : (enum hf_name_kind)graph->names[graph->name[edge]].kind;
}

/* The node that an edge starts at. O(log nodes). */
static inline hf_node_id hf_graph_edge_source(const struct hf_graph *graph, uint32_t edge) {
    uint32_t low = 0, high = graph->num_nodes;   /* row[low] <= edge < row[high] */
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (graph->row[middle] <= edge)
            low = middle;
        else
            high = middle;
    }
    return low;
}

#endif
