/*
 * reach.c - a search that only asks whether, not how far: a queue of the nodes whose edges are due, a bit for each that
 * is reached. The order does not matter, and first in first out lets the rows of what is due soon be prefetched.
 */
#include "graph/reach.h"

#include "base/error.h"
#include "base/prefetch.h"

#define ROW_AHEAD 24
#define TARGET_AHEAD 12
#define REPORT_EVERY (1u << 20)

struct search {
    const struct hf_graph *graph;
    const struct hf_bitset *without_nodes, *without_edges;
    struct hf_bitset *reached;
    hf_node_id *queue;
    size_t begin, end;
};

static inline void reach(struct search *search, hf_node_id node) {
    if (hf_bitset_has(search->reached, node) ||
        (search->without_nodes != NULL && hf_bitset_has(search->without_nodes, node)))
        return;
    hf_bitset_add(search->reached, node);
    search->queue[search->end++] = node;
}

HF_PREFETCHING prefetch(const struct search *search) {
    const struct hf_graph *graph = search->graph;
    if (search->begin + ROW_AHEAD < search->end)
        __builtin_prefetch(&graph->row[search->queue[search->begin + ROW_AHEAD]]);
    if (search->begin + TARGET_AHEAD < search->end)
        __builtin_prefetch(&graph->target[graph->row[search->queue[search->begin + TARGET_AHEAD]]]);
}

static inline void follow(struct search *search, hf_node_id node) {
    const struct hf_graph *graph = search->graph;
    for (uint32_t edge = graph->row[node]; edge < graph->row[node + 1]; edge++)
        if (search->without_edges == NULL || !hf_bitset_has(search->without_edges, edge))
            reach(search, graph->target[edge]);
}

/* False: cancelled. */
static bool run(struct search *search, const struct hf_progress *progress) {
    for (; search->begin < search->end; search->begin++) {
        prefetch(search);
        follow(search, search->queue[search->begin]);
        if (search->begin % REPORT_EVERY == REPORT_EVERY - 1 && progress != NULL &&
            !progress->report(progress->context, "reachable objects", search->begin, search->graph->num_nodes))
            return false;
    }
    return true;
}

enum hf_status hf_reach(const struct hf_graph *graph, const hf_node_id *starts, size_t num_starts,
                        const struct hf_reach_limits *limits, struct hf_bitset *reached,
                        const struct hf_progress *progress, struct hf_error *error) {
    struct hf_region queue = {0};
    if (!hf_region_reserve(&queue, ((size_t)graph->num_nodes + 1) * sizeof(hf_node_id)))
        return hf_fail_nomem(error);
    struct search search = {
        .graph = graph,
        .without_nodes = limits != NULL ? limits->nodes : NULL,
        .without_edges = limits != NULL ? limits->edges : NULL,
        .reached = reached,
        .queue = (hf_node_id *)(void *)queue.data,
    };
    for (size_t i = 0; i < num_starts; i++)
        reach(&search, starts[i]);
    bool finished = run(&search, progress);
    hf_region_deinit(&queue);
    return finished ? HF_OK : hf_fail(error, HF_ERR_CANCELLED, "cancelled while looking for what is reached");
}
