/*
 * number.c - numbers the nodes in the order of a depth-first search from the roots.
 *
 *   number   1     2     3     4     5            parent   [0 |0 |1 |2 |1]
 *            r --> a --> b     c <-- r            low      the smallest number that refers to a node and is above it
 *            ^-----------'     |                  links    of b -> a (back) and c -> a (across): both go to a smaller
 *                  a <---------'                           number, and semi-NCA has to look at them again
 *
 * An edge to a greater number comes from above in the tree of the search, and all that matters of it is the smallest
 * such number: it is kept in `low`, and the edge is done with. What remains for later are the edges to smaller numbers.
 * They are chained by target as they are met, so that no second pass sorts them.
 *
 * The search keeps no stack: the way back is `parent`, and the place to go on is `cursor`. When a node is entered the
 * numbers of its first targets are asked for at once, because nearly every one of them is a miss in the cache.
 */
#include "graph/dominators/parts.h"

#include "base/error.h"

#define AHEAD 8

struct numbering {
    struct hf_dominating *work;
    uint32_t next;             /* the next free number */
    uint32_t floor;            /* smaller numbers are of another world: edges to them are not noted */
    struct hf_back_link *links;
    size_t max_links;
    enum hf_status failure;
};

static bool grow_links(struct numbering *numbering) {
    struct hf_region *region = &numbering->work->link_region;
    if (!hf_region_reserve(region, region->capacity_bytes + sizeof(struct hf_back_link))) {
        numbering->failure = HF_ERR_NOMEM;
        return false;
    }
    numbering->links = (struct hf_back_link *)(void *)region->data;
    numbering->max_links = region->capacity_bytes / sizeof(struct hf_back_link);
    return true;
}

static inline void add_link(struct numbering *numbering, uint32_t source, uint32_t target) {
    struct hf_dominating *work = numbering->work;
    if (work->num_links == numbering->max_links && !grow_links(numbering))
        return;
    numbering->links[work->num_links] = (struct hf_back_link){source, work->semi[target]};
    work->semi[target] = ++work->num_links;
}

static inline uint32_t enter(struct numbering *numbering, hf_node_id node, uint32_t parent) {
    struct hf_dominating *work = numbering->work;
    uint32_t number = numbering->next++, first = work->graph->row[node], end = work->graph->row[node + 1];
    work->number[node] = number;
    work->node[number] = node;
    work->parent[number] = parent;
    work->slots[number] = (struct hf_slot){{first}, {parent}};
    for (uint32_t edge = first; edge < end && edge < first + AHEAD; edge++) {
        __builtin_prefetch(&work->number[work->graph->target[edge]]);
        __builtin_prefetch(&work->graph->row[work->graph->target[edge]]);
    }
    if (number % HF_DOMINATORS_REPORT_EVERY == 0 && !hf_dominators_go_on(work, number, work->num_numbers))
        numbering->failure = HF_ERR_CANCELLED;
    return number;
}

/* Follows the edges of a node until one leads to a node without a number: that node, or HF_NO_NODE at the end. */
static inline hf_node_id follow(struct numbering *numbering, uint32_t at) {
    const struct hf_dominating *work = numbering->work;
    const struct hf_graph *graph = work->graph;
    uint32_t edge = work->slots[at].cursor, end = graph->row[work->node[at] + 1];
    for (; edge < end; edge++) {
        hf_node_id target = graph->target[edge];
        if (edge + AHEAD < end) {
            __builtin_prefetch(&work->number[graph->target[edge + AHEAD]]);
            __builtin_prefetch(&graph->row[graph->target[edge + AHEAD]]);
        }
        if (hf_bitset_has(&work->aside, target))
            continue;
        uint32_t number = work->number[target];
        if (number == 0) {
            work->slots[at].cursor = edge + 1;
            return target;
        }
        if (number > at)
            work->slots[number].low = at < work->slots[number].low ? at : work->slots[number].low;
        else if (number < at && number >= numbering->floor)
            add_link(numbering, at, number);
    }
    work->slots[at].cursor = end;
    return HF_NO_NODE;
}

static void search(struct numbering *numbering, hf_node_id root) {
    if (numbering->work->number[root] != 0)
        return;
    uint32_t at = enter(numbering, root, 0);
    while (at != 0 && numbering->failure == HF_OK) {
        hf_node_id target = follow(numbering, at);
        at = target != HF_NO_NODE ? enter(numbering, target, at) : numbering->work->parent[at];
    }
}

/* What the roots do not reach. */
static void search_garbage(struct numbering *numbering) {
    struct hf_dominating *work = numbering->work;
    struct hf_region tops = {0};
    numbering->floor = work->first_garbage;
    if (numbering->next < work->num_numbers)
        numbering->failure = hf_dominators_find_tops(work, &tops);
    const hf_node_id *nodes = (const hf_node_id *)(const void *)tops.data;
    for (size_t i = 0; i < tops.used_bytes / sizeof *nodes && numbering->failure == HF_OK; i++)
        search(numbering, nodes[i]);
    hf_region_deinit(&tops);
}

static bool make_room(struct hf_dominating *work) {
    work->num_numbers = work->graph->num_nodes - work->num_trimmed + 1;
    size_t count = (size_t)work->num_numbers + 1;
    work->number = hf_dominators_reserve(&work->number_region, (size_t)work->graph->num_nodes + 1,
                                         sizeof *work->number);
    work->node = hf_dominators_reserve(&work->node_region, count, sizeof *work->node);
    work->parent = hf_dominators_reserve(&work->parent_region, count, sizeof *work->parent);
    work->semi = hf_dominators_reserve(&work->semi_region, count, sizeof *work->semi);
    work->slots = hf_dominators_reserve(&work->slot_region, count, sizeof *work->slots);
    return work->number != NULL && work->node != NULL && work->parent != NULL && work->semi != NULL &&
           work->slots != NULL;
}

enum hf_status hf_dominators_number(struct hf_dominating *work, const hf_node_id *roots, uint32_t num_roots) {
    if (!make_room(work))
        return hf_fail_nomem(work->error);
    struct numbering numbering = {.work = work, .next = 1, .floor = 1, .failure = HF_OK};
    for (uint32_t i = 0; i < num_roots && numbering.failure == HF_OK; i++)
        search(&numbering, roots[i]);
    work->first_garbage = numbering.next;
    if (numbering.failure == HF_OK)
        search_garbage(&numbering);
    if (numbering.failure == HF_ERR_CANCELLED)
        return hf_fail(work->error, HF_ERR_CANCELLED, "cancelled while looking for dominators");
    return numbering.failure == HF_OK ? HF_OK : hf_fail_nomem(work->error);
}
