/*
 * pack.c - packs what the search walks over: the state of a node and its edges in one place.
 *
 *   place    0                       4                   7                 (units of 8 bytes)
 *            [number|low|link|node|4 7 9 ][number|low|link|node|7 ][ ...
 *            '------ a vertex ---' targets
 *
 * A search that comes to five million nodes in no order waits for memory and for little else. It waits once for each
 * node here, where number, row and targets in columns of their own would be three waits. Edges to what is set aside
 * are left out, and so are trimmed leaves.
 *
 * Behind the search the state goes back to columns by number, where the next stages go up and down.
 */
#include "graph/dominators/parts.h"

#include "base/error.h"

#define AHEAD 24

static inline uint64_t count_units(uint32_t num_targets) {
    return 2 + ((uint64_t)num_targets + 1) / 2;
}

/* False: more units than a place can number, which takes a billion nodes. */
static bool choose_places(struct hf_dominating *work, uint64_t *num_units) {
    const struct hf_graph *graph = work->graph;
    uint64_t next = 0;
    for (hf_node_id node = 0; node < graph->num_nodes; node++) {
        if (hf_bitset_has(&work->trimmed, node))
            continue;
        work->place[node] = (uint32_t)next;
        next += count_units(graph->row[node + 1] - graph->row[node]);
    }
    *num_units = next;
    return next <= UINT32_MAX;
}

static void fill(const struct hf_dominating *work) {
    const struct hf_graph *graph = work->graph;
    for (hf_node_id node = 0; node < graph->num_nodes; node++) {
        if (hf_bitset_has(&work->trimmed, node))
            continue;
        struct hf_vertex *vertex = hf_dominators_vertex(work, work->place[node]);
        vertex->node = node;
        for (uint32_t edge = graph->row[node]; edge < graph->row[node + 1]; edge++) {
            if (edge + AHEAD < graph->num_edges)
                __builtin_prefetch(&work->place[graph->target[edge + AHEAD]]);
            if (!hf_bitset_has(&work->aside, graph->target[edge]))
                vertex->target[vertex->degree++] = work->place[graph->target[edge]];
        }
    }
}

enum hf_status hf_dominators_pack(struct hf_dominating *work) {
    uint64_t num_units;
    work->num_numbers = work->graph->num_nodes - work->num_trimmed + 1;
    if (!choose_places(work, &num_units))
        return hf_fail_nomem(work->error);
    work->vertices = hf_dominators_reserve(&work->vertex_region, num_units + 1, sizeof *work->vertices);
    if (work->vertices == NULL)
        return hf_fail_nomem(work->error);
    fill(work);
    return HF_OK;
}

enum hf_status hf_dominators_unpack(struct hf_dominating *work) {
    size_t count = (size_t)work->num_numbers + 1;
    work->semi = hf_dominators_reserve(&work->semi_region, count, sizeof *work->semi);
    work->slots = hf_dominators_reserve(&work->slot_region, count, sizeof *work->slots);
    if (work->semi == NULL || work->slots == NULL)
        return hf_fail_nomem(work->error);
    for (uint32_t number = 1; number < work->num_numbers; number++) {
        if (number + AHEAD < work->num_numbers)
            __builtin_prefetch(hf_dominators_vertex(work, work->place_at[number + AHEAD]));
        const struct hf_vertex *vertex = hf_dominators_vertex(work, work->place_at[number]);
        work->node[number] = vertex->node;
        work->semi[number] = vertex->link;
        work->slots[number] = (struct hf_slot){{work->parent[number]}, {vertex->low}};
    }
    for (hf_node_id node = 0; node < work->graph->num_nodes; node++)
        if (!hf_bitset_has(&work->trimmed, node))
            work->number[node] = hf_dominators_vertex(work, work->place[node])->number;
    return HF_OK;
}
