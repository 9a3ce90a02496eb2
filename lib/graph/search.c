/*
 * search.c - breadth first from the starts, a level at a time, until an edge leads to the goal.
 *
 *   order    [ starts, their dicts | level 1, its dicts | level 2 ... ]     queue and list of what is reached
 *   seen     {   |   *   |    *     | ... }                                 in the cache, where `parent` is not
 *   parent   [ 0 | START | edge + 1 | ... ]                                 cleared by way of `order`, as is `seen`
 *   source   [ ? | none  | node     | ... ]                                 a chain of millions is followed back by it
 *
 * This is the search of paths.c with an end: a level is closed (the attribute dicts of its owners join it) before its
 * edges are followed, so that the first edge to the goal ends a shortest chain. From both ends at once would visit less,
 * and needs all edges turned round first, which takes as long as a whole search from one end.
 */
#include "graph/search.h"

#include "base/error.h"
#include "base/prefetch.h"

#define ROW_AHEAD 24
#define TARGET_AHEAD 12
#define REPORT_EVERY (1u << 20)
#define NO_EDGE UINT32_MAX

enum hf_status hf_search_init(struct hf_search *search, const struct hf_dicts *dicts, struct hf_error *error) {
    *search = (struct hf_search){.dicts = dicts, .graph = dicts->graph};
    size_t bytes = ((size_t)search->graph->num_nodes + 1) * sizeof(uint32_t);
    for (size_t i = 0; i < sizeof search->regions / sizeof search->regions[0]; i++)
        if (!hf_region_reserve(&search->regions[i], bytes))
            return hf_fail_nomem(error);
    if (!hf_bitset_init(&search->seen, search->graph->num_nodes))
        return hf_fail_nomem(error);
    search->parent = (uint32_t *)(void *)search->regions[0].data;
    search->source = (hf_node_id *)(void *)search->regions[1].data;
    search->order = (hf_node_id *)(void *)search->regions[2].data;
    return HF_OK;
}

void hf_search_deinit(struct hf_search *search) {
    for (size_t i = 0; i < sizeof search->regions / sizeof search->regions[0]; i++)
        hf_region_deinit(&search->regions[i]);
    hf_bitset_deinit(&search->seen);
    *search = (struct hf_search){0};
}

static void clear(struct hf_search *search) {
    for (uint32_t i = 0; i < search->num_reached; i++) {
        search->parent[search->order[i]] = 0;
        hf_bitset_remove(&search->seen, search->order[i]);
    }
    search->num_reached = 0;
}

static void reach(struct hf_search *search, hf_node_id node, hf_node_id source, uint32_t parent) {
    hf_bitset_add(&search->seen, node);
    search->parent[node] = parent;
    search->source[node] = source;
    search->order[search->num_reached++] = node;
}

/* From a start to its attribute dict, which is a start as well. */
static bool is_inside_start(const struct hf_search *search, hf_node_id source, uint32_t edge) {
    hf_node_id dict = search->graph->target[edge];
    return hf_graph_edge_kind(search->graph, edge) == HF_NAME_DICT && source != dict &&
           search->parent[source] == HF_SEARCH_START && search->parent[dict] == HF_SEARCH_START;
}

/* Follows an edge. True when it leads to the goal. */
static inline bool follow(struct hf_search *search, const struct hf_search_task *task, hf_node_id source,
                          uint32_t edge) {
    hf_node_id target = search->graph->target[edge];
    if (task->part != NULL && task->part[target] != task->only_part)
        return false;
    if (hf_bitset_has(task->goal, target) && !is_inside_start(search, source, edge))
        return true;
    if (!hf_bitset_has(&search->seen, target) && (task->avoid == NULL || !hf_bitset_has(task->avoid, target)))
        reach(search, target, source, edge + 1);
    return false;
}

/* Lets the attribute dicts of order[begin ..] join. The edge to the goal, or NO_EDGE. */
static uint32_t close_level(struct hf_search *search, const struct hf_search_task *task, uint32_t begin) {
    const struct hf_graph *graph = search->graph;
    for (uint32_t i = begin; i < search->num_reached; i++) {
        hf_node_id node = search->order[i];
        if (!hf_bitset_has(&search->dicts->owners, node))
            continue;
        for (uint32_t edge = graph->row[node]; edge < graph->row[node + 1]; edge++)
            if (hf_graph_edge_kind(graph, edge) == HF_NAME_DICT && follow(search, task, node, edge))
                return edge;
    }
    return NO_EDGE;
}

HF_PREFETCHING prefetch(const struct hf_search *search, uint32_t at, uint32_t end) {
    const struct hf_graph *graph = search->graph;
    if (at + ROW_AHEAD < end)
        __builtin_prefetch(&graph->row[search->order[at + ROW_AHEAD]]);
    if (at + TARGET_AHEAD < end)
        __builtin_prefetch(&graph->target[graph->row[search->order[at + TARGET_AHEAD]]]);
}

/* Follows the edges of order[begin .. end - 1]. *cancelled is set when it was asked to stop. */
static uint32_t follow_level(struct hf_search *search, const struct hf_search_task *task, uint32_t begin, uint32_t end,
                             const struct hf_progress *progress, bool *cancelled) {
    const struct hf_graph *graph = search->graph;
    for (uint32_t i = begin; i < end && !*cancelled; i++) {
        prefetch(search, i, end);
        hf_node_id node = search->order[i];
        for (uint32_t edge = graph->row[node]; edge < graph->row[node + 1]; edge++)
            if (follow(search, task, node, edge))
                return edge;
        if (i % REPORT_EVERY == REPORT_EVERY - 1 && progress != NULL)
            *cancelled = !progress->report(progress->context, "chain", i, graph->num_nodes);
    }
    return NO_EDGE;
}

enum hf_status hf_search_run(struct hf_search *search, const struct hf_search_task *task,
                             const struct hf_progress *progress, uint32_t *last_edge, struct hf_error *error) {
    clear(search);
    for (size_t i = 0; i < task->num_starts; i++)
        if (!hf_bitset_has(&search->seen, task->starts[i]))
            reach(search, task->starts[i], HF_NO_NODE, HF_SEARCH_START);
    bool cancelled = false;
    uint32_t begin = 0, found = close_level(search, task, 0);
    while (found == NO_EDGE && begin < search->num_reached && !cancelled) {
        uint32_t end = search->num_reached;
        found = follow_level(search, task, begin, end, progress, &cancelled);
        begin = end;
        if (found == NO_EDGE)
            found = close_level(search, task, begin);
    }
    if (cancelled)
        return hf_fail(error, HF_ERR_CANCELLED, "cancelled while looking for a chain");
    if (found == NO_EDGE)
        return HF_NOT_FOUND;
    *last_edge = found;
    return HF_OK;
}
