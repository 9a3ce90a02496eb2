/*
 * trim.c - sets aside what needs no search: roots, and leaves that one node refers to.
 *
 *   referrer   per node   [0 |3 + 1 |MANY |0 ...]      kept for leaves: the one node that refers to them
 *
 * Nothing but the roots dominates a root, so edges to roots say nothing. A leaf (a string, a number) refers to nothing,
 * so that it is nobody's dominator; where one node alone refers to it, that is its own. These are about half of a heap,
 * and the search for dominators is the dearest step: here a leaf costs one access that can be seen coming.
 */
#include "graph/dominators/parts.h"

#include "base/error.h"

#define AHEAD 24
#define MANY UINT32_MAX

void *hf_dominators_reserve(struct hf_region *region, size_t count, size_t size) {
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes) || !hf_region_reserve(region, bytes))
        return NULL;
    return region->data;
}

static void mark_leaves(const struct hf_graph *graph, struct hf_bitset *leaves) {
    for (hf_node_id node = 0; node < graph->num_nodes; node++)
        if (graph->row[node] == graph->row[node + 1])
            hf_bitset_add(leaves, node);
}

static inline void note_referrer(struct hf_dominating *work, hf_node_id source, hf_node_id leaf) {
    uint32_t known = work->referrer[leaf];
    if (known == 0)
        work->referrer[leaf] = source + 1;
    else if (known != source + 1)
        work->referrer[leaf] = MANY;
}

/* False: cancelled. */
static bool find_referrers(struct hf_dominating *work, const struct hf_bitset *leaves) {
    const struct hf_graph *graph = work->graph;
    for (hf_node_id node = 0; node < graph->num_nodes; node++) {
        for (uint32_t edge = graph->row[node]; edge < graph->row[node + 1]; edge++) {
            if (edge + AHEAD < graph->num_edges)
                __builtin_prefetch(&work->referrer[graph->target[edge + AHEAD]], 1);
            if (hf_bitset_has(leaves, graph->target[edge]))
                note_referrer(work, node, graph->target[edge]);
        }
        if (node % HF_DOMINATORS_REPORT_EVERY == HF_DOMINATORS_REPORT_EVERY - 1 &&
            !hf_dominators_go_on(work, node, graph->num_nodes))
            return false;
    }
    return true;
}

static void set_aside(struct hf_dominating *work, const hf_node_id *roots, uint32_t num_roots) {
    for (uint32_t i = 0; i < num_roots; i++)
        hf_bitset_add(&work->aside, roots[i]);
    for (hf_node_id node = 0; node < work->graph->num_nodes; node++) {
        if (work->referrer[node] == 0 || work->referrer[node] == MANY || hf_bitset_has(&work->aside, node))
            continue;
        hf_bitset_add(&work->trimmed, node);
        hf_bitset_add(&work->aside, node);
        work->num_trimmed++;
    }
}

enum hf_status hf_dominators_trim(struct hf_dominating *work, const hf_node_id *roots, uint32_t num_roots) {
    uint32_t num_nodes = work->graph->num_nodes;
    struct hf_bitset leaves;
    work->referrer = hf_dominators_reserve(&work->number_region, (size_t)num_nodes + 1, sizeof *work->referrer);
    bool ok = hf_bitset_init(&leaves, num_nodes) && work->referrer != NULL &&
              hf_bitset_init(&work->aside, num_nodes) && hf_bitset_init(&work->trimmed, num_nodes);
    bool go_on = true;
    if (ok) {
        mark_leaves(work->graph, &leaves);
        go_on = find_referrers(work, &leaves);
        set_aside(work, roots, num_roots);
    }
    hf_bitset_deinit(&leaves);
    if (!go_on)
        return hf_fail(work->error, HF_ERR_CANCELLED, "cancelled while looking for dominators");
    return ok ? HF_OK : hf_fail_nomem(work->error);
}
