/*
 * garbage.c - finds where to enter what no root reaches.
 *
 *   a <--> b --> c <--> d      e <--> f          tops: one of a, b and one of e, f
 *
 * A search from each node in turn, over what has not been met, notes where it had to start: at least once in each group
 * of nodes that reach each other and that nothing else reaches. A second search from these starts, the last one first,
 * starts anew only at those that no other start reaches: exactly one for each such group. For were a start s of the
 * second search reached by another start t, then t before s in the first search would have met s there, and t behind s
 * met it in the second.
 *
 * Where the top is the attribute dict of an object, the object is put in its place: it is in the same group, because
 * nothing outside refers to the group.
 */
#include "graph/dominators/parts.h"

#include "base/error.h"

struct walk {
    const struct hf_dominating *work;
    struct hf_bitset met;
    struct hf_region stack;
    bool failed;
};

static bool push(struct hf_region *region, hf_node_id node) {
    if (!hf_region_reserve(region, region->used_bytes + sizeof node))
        return false;
    *(hf_node_id *)(void *)(region->data + region->used_bytes) = node;
    region->used_bytes += sizeof node;
    return true;
}

static hf_node_id pop(struct hf_region *region) {
    region->used_bytes -= sizeof(hf_node_id);
    return *(hf_node_id *)(void *)(region->data + region->used_bytes);
}

static bool is_garbage(const struct hf_dominating *work, hf_node_id node) {
    return !hf_bitset_has(&work->aside, node) && hf_dominators_vertex(work, work->place[node])->number == 0;
}

static void meet(struct walk *walk, hf_node_id node) {
    if (!is_garbage(walk->work, node) || hf_bitset_has(&walk->met, node))
        return;
    hf_bitset_add(&walk->met, node);
    walk->failed |= !push(&walk->stack, node);
}

static void meet_all_from(struct walk *walk, hf_node_id start) {
    const struct hf_graph *graph = walk->work->graph;
    meet(walk, start);
    while (walk->stack.used_bytes > 0 && !walk->failed) {
        hf_node_id node = pop(&walk->stack);
        for (uint32_t edge = graph->row[node]; edge < graph->row[node + 1]; edge++)
            meet(walk, graph->target[edge]);
    }
}

static void find_starts(struct walk *walk, struct hf_region *starts) {
    for (hf_node_id node = 0; node < walk->work->graph->num_nodes && !walk->failed; node++) {
        if (!is_garbage(walk->work, node) || hf_bitset_has(&walk->met, node))
            continue;
        walk->failed |= !push(starts, node);
        meet_all_from(walk, node);
    }
}

/* Marks those of the starts that no other one reaches. */
static void find_unreached(struct walk *walk, const struct hf_region *starts, struct hf_bitset *tops) {
    const hf_node_id *nodes = (const hf_node_id *)(const void *)starts->data;
    for (size_t i = starts->used_bytes / sizeof *nodes; i-- > 0 && !walk->failed;) {
        if (hf_bitset_has(&walk->met, nodes[i]))
            continue;
        meet_all_from(walk, nodes[i]);
        hf_bitset_add(tops, nodes[i]);
    }
}

static void prefer_owner(const struct hf_graph *graph, hf_node_id owner, struct hf_bitset *tops) {
    for (uint32_t edge = graph->row[owner]; edge < graph->row[owner + 1]; edge++) {
        hf_node_id dict = graph->target[edge];
        if (hf_graph_edge_kind(graph, edge) != HF_NAME_DICT || !hf_bitset_has(tops, dict))
            continue;
        hf_bitset_remove(tops, dict);
        hf_bitset_add(tops, owner);
    }
}

static bool list_tops(const struct hf_dominating *work, const struct hf_bitset *tops, struct hf_region *out) {
    for (hf_node_id node = 0; node < work->graph->num_nodes; node++)
        if (hf_bitset_has(tops, node) && !push(out, node))
            return false;
    return true;
}

enum hf_status hf_dominators_find_tops(const struct hf_dominating *work, struct hf_region *out) {
    uint32_t num_nodes = work->graph->num_nodes;
    struct walk first = {.work = work}, second = {.work = work};
    struct hf_bitset tops = {0};
    struct hf_region starts = {0};
    bool ok = hf_bitset_init(&first.met, num_nodes) && hf_bitset_init(&second.met, num_nodes) &&
              hf_bitset_init(&tops, num_nodes);
    if (ok) {
        find_starts(&first, &starts);
        find_unreached(&second, &starts, &tops);
        for (hf_node_id node = 0; node < num_nodes; node++)
            if (is_garbage(work, node))
                prefer_owner(work->graph, node, &tops);
        ok = !first.failed && !second.failed && list_tops(work, &tops, out);
    }
    hf_bitset_deinit(&first.met);
    hf_bitset_deinit(&second.met);
    hf_bitset_deinit(&tops);
    hf_region_deinit(&first.stack);
    hf_region_deinit(&second.stack);
    hf_region_deinit(&starts);
    return ok ? HF_OK : hf_fail_nomem(work->error);
}
