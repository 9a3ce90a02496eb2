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
 * The way from the root to where the search is holds the nodes that have edges left to follow: one whose last edge has
 * been taken leaves it, so that a linked list of three million nodes is a way of one. When a node is entered its first
 * targets are asked for at once, because nearly every one of them is a miss in the cache.
 */
#include "graph/dominators/parts.h"

#include "base/error.h"

#define AHEAD 8

struct step {
    uint32_t number;
    uint32_t left;
    const uint32_t *target;    /* the first of those left */
};

struct numbering {
    struct hf_dominating *work;
    struct step *way;
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

static inline void add_link(struct numbering *numbering, uint32_t source, struct hf_vertex *target) {
    struct hf_dominating *work = numbering->work;
    if (work->num_links == numbering->max_links && !grow_links(numbering))
        return;
    numbering->links[work->num_links] = (struct hf_back_link){source, target->link};
    target->link = ++work->num_links;
}

/* Gives a vertex the next number, and puts it at the end of the way, which is returned. */
static inline struct step *enter(struct numbering *numbering, struct step *end, uint32_t place, uint32_t parent) {
    struct hf_dominating *work = numbering->work;
    struct hf_vertex *vertex = hf_dominators_vertex(work, place);
    uint32_t number = numbering->next++, degree = vertex->degree;
    for (uint32_t i = 0; i < degree && i < AHEAD; i++)
        __builtin_prefetch(hf_dominators_vertex(work, vertex->target[i]), 1);
    vertex->number = number;
    vertex->low = parent;
    work->place_at[number] = place;
    work->parent[number] = parent;
    if (number % HF_DOMINATORS_REPORT_EVERY == 0 && !hf_dominators_go_on(work, number, work->num_numbers))
        numbering->failure = HF_ERR_CANCELLED;
    if (degree > 0)
        *end++ = (struct step){number, degree, vertex->target};
    return end;
}

/* Follows the edges of the last node on the way until one leads to a node without a number. The new end of the way. */
static inline struct step *follow(struct numbering *numbering, struct step *end) {
    const struct hf_dominating *work = numbering->work;
    struct step at = *--end;
    while (at.left-- > 0) {
        if (at.left >= AHEAD)
            __builtin_prefetch(hf_dominators_vertex(work, at.target[AHEAD]), 1);
        uint32_t place = *at.target++;
        struct hf_vertex *target = hf_dominators_vertex(work, place);
        if (target->number == 0) {
            if (at.left > 0)
                *end++ = at;
            return enter(numbering, end, place, at.number);
        }
        if (target->number > at.number)
            target->low = at.number < target->low ? at.number : target->low;
        else if (target->number < at.number && target->number >= numbering->floor)
            add_link(numbering, at.number, target);
    }
    return end;
}

static void search(struct numbering *numbering, hf_node_id root) {
    uint32_t place = numbering->work->place[root];
    if (hf_dominators_vertex(numbering->work, place)->number != 0)
        return;
    struct step *end = enter(numbering, numbering->way, place, 0);
    while (end != numbering->way && numbering->failure == HF_OK)
        end = follow(numbering, end);
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

static bool make_room(struct numbering *numbering) {
    struct hf_dominating *work = numbering->work;
    size_t count = (size_t)work->num_numbers + 1;
    work->place_at = hf_dominators_reserve(&work->node_region, count, sizeof *work->place_at);
    work->parent = hf_dominators_reserve(&work->parent_region, count, sizeof *work->parent);
    numbering->way = hf_dominators_reserve(&work->slot_region, count, sizeof *numbering->way);
    return work->place_at != NULL && work->parent != NULL && numbering->way != NULL;
}

static void search_all(struct numbering *numbering, const hf_node_id *roots, uint32_t num_roots) {
    for (uint32_t i = 0; i < num_roots && numbering->failure == HF_OK; i++)
        search(numbering, roots[i]);
    numbering->work->first_garbage = numbering->next;
    if (numbering->failure == HF_OK)
        search_garbage(numbering);
}

enum hf_status hf_dominators_number(struct hf_dominating *work, const hf_node_id *roots, uint32_t num_roots) {
    struct numbering numbering = {.work = work, .next = 1, .floor = 1, .failure = HF_ERR_NOMEM};
    if (make_room(&numbering)) {
        numbering.failure = HF_OK;
        search_all(&numbering, roots, num_roots);
    }
    if (numbering.failure == HF_ERR_CANCELLED)
        return hf_fail(work->error, HF_ERR_CANCELLED, "cancelled while looking for dominators");
    return numbering.failure == HF_OK ? HF_OK : hf_fail_nomem(work->error);
}
