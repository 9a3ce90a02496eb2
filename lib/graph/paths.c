/*
 * paths.c - shortest paths from the roots, breadth first, level by level.
 *
 *   order    [ roots, their dicts | level 1, its dicts | level 2 ... ]      one array is queue and result at once
 *              ^begin              ^end
 *   parent   [ 0: not reached | edge + 1 | HF_PATHS_ROOT ]                  zero pages need no filling
 *   seen     a bit per reached node: the test that is made for every edge stays in the cache
 *
 * A level is first closed: the attribute dict of each owner in it joins it, at no cost. Then the edges of the level are
 * followed, and what is new makes the next level. When a level is followed all dicts at its distance are seen already,
 * so the loop over the edges need not look at their names. Invariant: `order` ascends in (tier, distance), and a
 * node's parent stands before it.
 *
 * A tier is worked off to its end before the roots of the next are put in the queue.
 *
 * Closing levels costs a look at each node's bit in `owners`; a 0-1 breadth first search with a deque needs the kind of
 * every edge and places nodes twice. The time goes into cache misses, so the rows and targets of nodes that are due
 * soon are prefetched (tests/bench/bench_graph.c).
 */
#include "graph/paths.h"

#include <string.h>

#include "base/error.h"
#include "base/prefetch.h"

#define ROW_AHEAD 24
#define TARGET_AHEAD 12
#define REPORT_EVERY (1u << 20)

struct search {
    struct hf_paths *paths;
    const struct hf_bitset *avoid;
    uint32_t end;                 /* of the queue */
};

static uint32_t *reserve_per_node(struct hf_region *region, uint32_t num_nodes) {
    if (!hf_region_reserve(region, ((size_t)num_nodes + 1) * sizeof(uint32_t)))
        return NULL;
    return (uint32_t *)(void *)region->data;
}

static void find_owners(struct hf_paths *paths) {
    const struct hf_graph *graph = paths->graph;
    if (graph->name == NULL)
        return;
    for (uint32_t node = 0; node < graph->num_nodes; node++)
        for (uint32_t edge = graph->row[node]; edge < graph->row[node + 1]; edge++)
            if (graph->names[graph->name[edge]].kind == HF_NAME_DICT)
                hf_bitset_add(&paths->owners, node);
}

enum hf_status hf_paths_init(struct hf_paths *paths, const struct hf_graph *graph, struct hf_error *error) {
    *paths = (struct hf_paths){.graph = graph};
    paths->parent = reserve_per_node(&paths->parent_region, graph->num_nodes);
    paths->order = reserve_per_node(&paths->order_region, graph->num_nodes);
    if (paths->parent == NULL || paths->order == NULL || !hf_bitset_init(&paths->seen, graph->num_nodes) ||
        !hf_bitset_init(&paths->owners, graph->num_nodes))
        return hf_fail_nomem(error);
    find_owners(paths);
    return HF_OK;
}

void hf_paths_deinit(struct hf_paths *paths) {
    hf_region_deinit(&paths->parent_region);
    hf_region_deinit(&paths->order_region);
    hf_bitset_deinit(&paths->seen);
    hf_bitset_deinit(&paths->owners);
    *paths = (struct hf_paths){0};
}

static void clear(struct hf_paths *paths) {
    if (paths->num_reached > 0) {
        memset(paths->parent, 0, (size_t)paths->graph->num_nodes * sizeof(uint32_t));
        memset(paths->seen.words.data, 0, paths->seen.words.capacity_bytes);
    }
    paths->num_ordered = paths->num_reached = 0;
    memset(paths->tier_start, 0, sizeof paths->tier_start);
}

static inline void reach(struct search *search, hf_node_id node, uint32_t parent) {
    struct hf_paths *paths = search->paths;
    if (hf_bitset_has(&paths->seen, node))
        return;
    hf_bitset_add(&paths->seen, node);
    paths->parent[node] = parent;
    paths->num_reached++;
    if (search->avoid == NULL || !hf_bitset_has(search->avoid, node))
        paths->order[search->end++] = node;
}

static inline void follow(struct search *search, uint32_t edge) {
    const struct hf_bitset *avoid = search->paths->avoid_edges;
    if (avoid == NULL || !hf_bitset_has(avoid, edge))
        reach(search, search->paths->graph->target[edge], edge + 1);
}

/* Lets the attribute dicts of order[begin ..] join, and the dicts that those may have. */
static void close_level(struct search *search, uint32_t begin) {
    struct hf_paths *paths = search->paths;
    const struct hf_graph *graph = paths->graph;
    for (uint32_t i = begin; i < search->end; i++) {
        hf_node_id node = paths->order[i];
        if (!hf_bitset_has(&paths->owners, node))
            continue;
        for (uint32_t edge = graph->row[node]; edge < graph->row[node + 1]; edge++)
            if (hf_graph_edge_kind(graph, edge) == HF_NAME_DICT)
                follow(search, edge);
    }
}

HF_PREFETCHING prefetch(const struct hf_paths *paths, uint32_t at, uint32_t end) {
    const struct hf_graph *graph = paths->graph;
    if (at + ROW_AHEAD < end)
        __builtin_prefetch(&graph->row[paths->order[at + ROW_AHEAD]]);
    if (at + TARGET_AHEAD < end)
        __builtin_prefetch(&graph->target[graph->row[paths->order[at + TARGET_AHEAD]]]);
}

/* Follows the edges of order[begin .. end - 1]. False: cancelled. */
static bool follow_level(struct search *search, uint32_t begin, uint32_t end, const struct hf_progress *progress) {
    struct hf_paths *paths = search->paths;
    const struct hf_graph *graph = paths->graph;
    for (uint32_t i = begin; i < end; i++) {
        prefetch(paths, i, end);
        hf_node_id node = paths->order[i];
        for (uint32_t edge = graph->row[node]; edge < graph->row[node + 1]; edge++)
            follow(search, edge);
        if (i % REPORT_EVERY == REPORT_EVERY - 1 && progress != NULL &&
            !progress->report(progress->context, "paths", i, graph->num_nodes))
            return false;
    }
    return true;
}

static bool finish_tier(struct search *search, uint32_t begin, const struct hf_progress *progress) {
    while (begin < search->end) {
        uint32_t end = search->end;
        if (!follow_level(search, begin, end, progress))
            return false;
        begin = end;
        close_level(search, begin);
    }
    return true;
}

/* Puts the roots of a group into the first level of their tier. */
static void start_group(struct search *search, const struct hf_paths_roots *roots, uint32_t group) {
    uint32_t begin = search->end;
    for (uint32_t i = group == 0 ? 0 : roots->group_end[group - 1]; i < roots->group_end[group]; i++)
        reach(search, roots->nodes[i], HF_PATHS_ROOT);
    close_level(search, begin);
}

enum hf_status hf_paths_compute(struct hf_paths *paths, const struct hf_paths_roots *roots,
                                const struct hf_bitset *avoid, const struct hf_progress *progress,
                                struct hf_error *error) {
    clear(paths);
    struct search search = {.paths = paths, .avoid = avoid};
    uint32_t group = 0;
    for (unsigned tier = 0; tier < HF_PATHS_MAX_TIERS; tier++) {
        uint32_t begin = search.end;
        paths->tier_start[tier] = begin;
        for (; group < roots->num_groups && roots->group_tier[group] == tier; group++)
            start_group(&search, roots, group);
        if (!finish_tier(&search, begin, progress))
            return hf_fail(error, HF_ERR_CANCELLED, "cancelled while looking for paths");
    }
    paths->tier_start[HF_PATHS_MAX_TIERS] = paths->num_ordered = search.end;
    return HF_OK;
}
