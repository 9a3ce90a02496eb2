/*
 * layout.c - from dominators of numbers to positions in the tree.
 *
 *   count   from the last number up: each adds its count to that of its dominator, whose number is smaller
 *   place   from the first number down: a node takes the next free place below its dominator, and as many behind it as
 *           it dominates; its own children start right behind it
 *   leaves  the trimmed ones take what is left below their referrers
 *
 * Roots come first among the numbers, and what they do not reach last; so it is with the positions. When a node is
 * placed its number is done with, and `number` becomes `position`.
 */
#include "graph/dominators/parts.h"

#include "base/error.h"

#define AHEAD 16

/* The vertices are done with, and there is room for the tree where they were. */
static bool make_room(struct hf_dominating *work, struct hf_dominator_tree *tree) {
    struct hf_region *room = &tree->regions[0];
    size_t count = (size_t)work->graph->num_nodes + 1;
    *room = work->vertex_region;
    work->vertex_region = (struct hf_region){0};
    tree->order = hf_dominators_reserve(room, 3 * count, sizeof *tree->order);
    if (tree->order == NULL)
        return false;
    hf_region_drop(room, 3 * count * sizeof *tree->order, room->capacity_bytes);
    tree->count = tree->order + count;
    tree->parent = tree->count + count;
    return true;
}

static void count_leaves(const struct hf_dominating *work) {
    for (hf_node_id node = 0; node < work->graph->num_nodes; node++)
        if (hf_bitset_has(&work->trimmed, node))
            work->slots[work->number[work->referrer[node] - 1]].count++;
}

static void count_nodes(const struct hf_dominating *work) {
    for (uint32_t number = 1; number < work->num_numbers; number++)
        work->slots[number].count = 1;
    count_leaves(work);
    for (uint32_t number = work->num_numbers - 1; number > 0; number--)
        if (work->slots[number].dominator != 0)
            work->slots[work->slots[number].dominator].count += work->slots[number].count;
}

static void put(struct hf_dominator_tree *tree, uint32_t position, hf_node_id node, uint32_t count, uint32_t parent) {
    tree->order[position] = node;
    tree->count[position] = count;
    tree->parent[position] = parent;
}

static void place_nodes(const struct hf_dominating *work, struct hf_dominator_tree *tree) {
    uint32_t *position = work->semi, *next = work->parent;
    next[0] = 0;
    for (uint32_t number = 1; number < work->num_numbers; number++) {
        if (number == work->first_garbage)
            tree->num_reached = next[0];
        struct hf_slot slot = work->slots[number];
        uint32_t at = next[slot.dominator];
        position[number] = at;
        next[slot.dominator] += slot.count;
        next[number] = at + 1;
        put(tree, at, work->node[number], slot.count, slot.dominator == 0 ? HF_TREE_TOP : position[slot.dominator]);
    }
    if (work->first_garbage == work->num_numbers)
        tree->num_reached = next[0];
}

static void place_leaves(const struct hf_dominating *work, struct hf_dominator_tree *tree) {
    const uint32_t *position = work->semi;
    uint32_t *next = work->parent;
    for (hf_node_id node = 0; node < work->graph->num_nodes; node++) {
        if (!hf_bitset_has(&work->trimmed, node))
            continue;
        uint32_t referrer = work->number[work->referrer[node] - 1], at = next[referrer]++;
        put(tree, at, node, 1, position[referrer]);
        work->number[node] = at;
    }
}

static void turn_numbers(const struct hf_dominating *work) {
    for (uint32_t number = 1; number < work->num_numbers; number++)
        work->number[work->node[number]] = work->semi[number];
}

enum hf_status hf_dominators_layout(struct hf_dominating *work, struct hf_dominator_tree *tree) {
    if (!make_room(work, tree))
        return hf_fail_nomem(work->error);
    count_nodes(work);
    place_nodes(work, tree);
    place_leaves(work, tree);
    turn_numbers(work);
    tree->position = work->number;
    tree->regions[1] = work->number_region;
    work->number_region = (struct hf_region){0};
    return HF_OK;
}
