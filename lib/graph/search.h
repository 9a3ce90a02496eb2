/* search.h - the shortest chain of edges from some nodes to some nodes. */
#ifndef HF_GRAPH_SEARCH_H
#define HF_GRAPH_SEARCH_H

#include "graph/dicts.h"

/*
 * What a search has reached. As in paths.h an edge of kind HF_NAME_DICT costs nothing, so that an object and its
 * attribute dict are equally far. Memory: 12 bytes for each node of the graph, pages that no search touches excepted.
 */
struct hf_search {
    const struct hf_dicts *dicts;   /* the caller's, must outlive the search */
    const struct hf_graph *graph;
    uint32_t *parent;               /* per node: 0 not reached, HF_SEARCH_START, else edge + 1 */
    hf_node_id *source;             /* per node that was reached by an edge: where that starts */
    hf_node_id *order;              /* the nodes reached, nearest first */
    uint32_t num_reached;
    struct hf_bitset seen;          /* these nodes */
    struct hf_region regions[3];
};

#define HF_SEARCH_START UINT32_MAX

/* From where to where. */
struct hf_search_task {
    const hf_node_id *starts;
    size_t num_starts;
    const struct hf_bitset *goal;
    const struct hf_bitset *avoid;  /* nodes that the chain may not pass, though it may start and end there; or NULL */
    const uint32_t *part;           /* per node; the chain stays among those that have `only_part`. NULL: everywhere */
    uint32_t only_part;
};

/* Makes room. Ends with hf_search_deinit, also after a failure. Errors: NOMEM. O(1) */
HF_MUST_CHECK enum hf_status hf_search_init(struct hf_search *search, const struct hf_dicts *dicts,
                                            struct hf_error *error);
void hf_search_deinit(struct hf_search *search);

/*
 * Finds a shortest chain and gives its last edge; the edges before it are found by `parent` and `source`. A chain has
 * at least one edge, so that one from a node to itself is a shortest cycle; the edge from a start to its attribute dict
 * is none when the dict is a start as well: the two are one object then.
 * May be called again: that costs what the search before has reached.
 * Errors: NOT_FOUND (without a message: there is no chain), CANCELLED.
 * Cost: O(nodes + edges) that are nearer than the goal. Breadth first by levels: Moore, The shortest path through a
 * maze, 1959.
 */
HF_MUST_CHECK enum hf_status hf_search_run(struct hf_search *search, const struct hf_search_task *task,
                                           const struct hf_progress *progress, uint32_t *last_edge,
                                           struct hf_error *error);

#endif
