/*
 * dominate.c - semi-NCA on depth-first numbers.
 *
 *   1. From the last number to the first: the semidominator of a node is the smallest number from which a path leads to
 *      it over greater numbers alone. `low` has the smallest that refers to it from above; for each back link the nodes
 *      above its source, as far as they are greater, are asked for theirs.
 *   2. From the first number to the last: the dominator of a node is the nearest dominator of its parent that is not
 *      greater than its semidominator.
 *
 * Both climb. The first halves the path as it goes, so that it needs no stack and is O(log) each; it keeps
 * semidominators themselves in `low`, not the node that has the smallest, which saves a miss. The second climbs by
 * jumps: walking there from dominator to dominator, as it is usually done, is quadratic where a list of objects goes
 * along a linked list of their owners.
 */
#include "graph/dominators/parts.h"

#include "base/error.h"
#include "base/prefetch.h"

#define AHEAD 8

/* The smallest `low` from `number` up to, and without, the first node that is not above `limit`. */
static inline uint32_t climb(struct hf_slot *slots, uint32_t number, uint32_t limit) {
    uint32_t low = slots[number].low;
    while (slots[number].ancestor > limit) {
        struct hf_slot above = slots[slots[number].ancestor];
        if (above.low < slots[number].low)
            slots[number].low = above.low;
        if (slots[number].low < low)
            low = slots[number].low;
        if (above.ancestor <= limit)
            break;
        slots[number].ancestor = above.ancestor;
        number = above.ancestor;
        if (slots[number].low < low)
            low = slots[number].low;
    }
    return low;
}

/* The first two links of the numbers to come, and where they start to climb, in three steps. */
HF_PREFETCHING expect_links(const struct hf_dominating *work, const struct hf_back_link *links, uint32_t number) {
    const struct hf_slot *slots = work->slots;
    if (number <= 3 * AHEAD)
        return;
    uint32_t far = work->semi[number - 3 * AHEAD], next = work->semi[number - 2 * AHEAD],
             near = work->semi[number - AHEAD];
    if (far != 0)
        __builtin_prefetch(&links[far - 1]);
    if (next != 0) {
        __builtin_prefetch(&slots[links[next - 1].source]);
        if (links[next - 1].next != 0)
            __builtin_prefetch(&links[links[next - 1].next - 1]);
    }
    if (near != 0) {
        __builtin_prefetch(&slots[slots[links[near - 1].source].ancestor]);
        if (links[near - 1].next != 0)
            __builtin_prefetch(&slots[links[links[near - 1].next - 1].source]);
    }
}

/* False: cancelled. */
static bool find_semidominators(struct hf_dominating *work) {
    struct hf_slot *slots = work->slots;
    const struct hf_back_link *links = (const struct hf_back_link *)(const void *)work->link_region.data;
    for (uint32_t number = work->num_numbers - 1; number > 0; number--) {
        expect_links(work, links, number);
        uint32_t low = slots[number].low;
        for (uint32_t link = work->semi[number]; link != 0; link = links[link - 1].next) {
            uint32_t found = climb(slots, links[link - 1].source, number);
            low = found < low ? found : low;
        }
        slots[number].low = work->semi[number] = low;
        if (number % HF_DOMINATORS_REPORT_EVERY == 0 && !hf_dominators_go_on(work, number, work->num_numbers))
            return false;
    }
    return true;
}

/* Sets the jump of `number`, a child of `dominator`, so that any ancestor is O(log depth) jumps away. */
static inline void set_jump(const struct hf_dominating *work, uint32_t number, uint32_t dominator) {
    struct hf_slot *slots = work->slots;
    const uint32_t *depth = work->semi;
    uint32_t near = slots[dominator].jump, far = slots[near].jump;
    bool is_even = depth[dominator] - depth[near] == depth[near] - depth[far];
    slots[number].jump = is_even ? far : dominator;
}

static void find_dominators(struct hf_dominating *work) {
    struct hf_slot *slots = work->slots;
    uint32_t *depth = work->semi;
    slots[0] = (struct hf_slot){{0}, {0}};
    depth[0] = 0;
    for (uint32_t number = 1; number < work->num_numbers; number++) {
        uint32_t at = work->parent[number], semi = work->semi[number];
        while (at > semi)
            at = slots[at].jump > semi ? slots[at].jump : slots[at].dominator;
        slots[number].dominator = at;
        depth[number] = depth[at] + 1;
        set_jump(work, number, at);
    }
}

enum hf_status hf_dominators_dominate(struct hf_dominating *work) {
    if (!find_semidominators(work))
        return hf_fail(work->error, HF_ERR_CANCELLED, "cancelled while looking for dominators");
    hf_region_deinit(&work->link_region);
    find_dominators(work);
    return HF_OK;
}
