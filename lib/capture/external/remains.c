/*
 * remains.c - objects of a core file that was cut off.
 *
 *   list   head <-> [A] <-> [B] <-> xxx <-> xxx <-> [E] <-> [F] <-> xxx ...      x: not in the file
 *
 * The collector's lists go to and fro through memory and break off soon. But each of their nodes can be told by its
 * neighbours, as long as one of them is there and points back: all memory is looked through for such nodes. Other
 * doubly linked lists look the same, and their nodes are no objects, which the walk finds out when it visits them.
 */
#include "capture/external/remains.h"

#define PAGE_BYTES 4096u
#define NODE_BYTES 16u
#define FLAG_BITS UINT64_C(3)
#define MAX_VOTES 256
#define MAX_PAGES ((UINT64_C(64) << 30) / PAGE_BYTES)    /* as much as a snapshot can address */

struct vote {
    uint64_t traverse;
    uint32_t count;
};

struct votes {
    struct vote list[MAX_VOTES];
    uint32_t num;
};

typedef void visit_object(struct hf_walker *walker, uint64_t addr, void *context);

static bool points_back(struct hf_memory *memory, uint64_t node, uint64_t next, uint64_t previous) {
    return (next != 0 && (hf_memory_word(memory, next + 8) & ~FLAG_BITS) == node) ||
           (previous != 0 && (hf_memory_word(memory, previous) & ~FLAG_BITS) == node);
}

/* False: it is not there. */
static bool visit_page(struct hf_walker *walker, uint64_t page, visit_object *visit, void *context) {
    uint64_t words[PAGE_BYTES / 8];
    const void *view = hf_memory_view(walker->memory, page, PAGE_BYTES);
    if (view == NULL)
        return false;
    memcpy(words, view, sizeof words);           /* looking at neighbours ends the view */
    for (uint32_t at = 0; at < PAGE_BYTES; at += NODE_BYTES) {
        uint64_t next = words[at / 8] & ~FLAG_BITS, previous = words[at / 8 + 1] & ~FLAG_BITS;
        if (((next | previous) & 7) == 0 && points_back(walker->memory, page + at, next, previous))
            visit(walker, page + at + NODE_BYTES, context);
    }
    return true;
}

/* Of a range that was cut off the beginning is there. */
static void visit_all(struct hf_walker *walker, const struct hf_maps *maps, visit_object *visit, void *context) {
    uint64_t pages_left = MAX_PAGES;
    for (size_t i = 0; i < maps->count; i++) {
        const struct hf_map *map = &maps->list[i];
        if ((map->permissions & (HF_MAP_READ | HF_MAP_WRITE)) != (HF_MAP_READ | HF_MAP_WRITE))
            continue;
        uint64_t page = map->start;
        while (page < map->end && pages_left > 0 && visit_page(walker, page, visit, context)) {
            page += PAGE_BYTES;
            pages_left--;
        }
    }
}

static uint64_t word(struct hf_walker *walker, uint64_t addr) {
    return hf_memory_word(walker->memory, addr);
}

static bool is_class(struct hf_walker *walker, uint64_t addr) {
    const struct hf_layout *layout = walker->decoder.layout;
    uint64_t type = word(walker, addr + layout->object.type);
    return hf_type_plans_find_kind(&walker->decoder.plans, type) == HF_KIND_TYPE &&
           (word(walker, addr + layout->type.flags) & HF_TPFLAGS_HEAPTYPE);
}

static void vote_for_traverse_of(struct hf_walker *walker, uint64_t class, struct votes *votes) {
    uint64_t traverse = word(walker, class + walker->decoder.layout->type.traverse);
    uint32_t i = 0;
    while (i < votes->num && votes->list[i].traverse != traverse)
        i++;
    if (traverse == 0 || i == MAX_VOTES)
        return;
    votes->list[i].traverse = traverse;
    votes->list[i].count++;
    votes->num += i == votes->num;
}

static void vote_by_class(struct hf_walker *walker, uint64_t addr, void *context) {
    if (is_class(walker, addr))
        vote_for_traverse_of(walker, addr, context);
}

/* Types in C may be made at run time as well, but have no keys that their instances share. */
static void vote_by_instance(struct hf_walker *walker, uint64_t addr, void *context) {
    const struct hf_layout *layout = walker->decoder.layout;
    uint64_t class = word(walker, addr + layout->object.type);
    if (is_class(walker, class) && word(walker, class + layout->type.ht_cached_keys) != 0)
        vote_for_traverse_of(walker, class, context);
}

static uint64_t winner(struct hf_walker *walker, const struct hf_maps *maps, visit_object *vote) {
    struct votes votes = {0};
    struct vote most = {0};
    visit_all(walker, maps, vote, &votes);
    for (uint32_t i = 0; i < votes.num; i++)
        if (votes.list[i].count > most.count)
            most = votes.list[i];
    return most.traverse;
}

/* Classes were made early, and their neighbours may be gone. */
uint64_t hf_remains_python_traverse(struct hf_walker *walker, const struct hf_maps *maps) {
    uint64_t traverse = winner(walker, maps, vote_by_class);
    return traverse != 0 ? traverse : winner(walker, maps, vote_by_instance);
}

static void mark(struct hf_walker *walker, uint64_t addr, void *context) {
    (void)context;
    hf_walker_start_from(walker, addr);
}

void hf_remains_mark(struct hf_walker *walker, const struct hf_maps *maps) {
    visit_all(walker, maps, mark, NULL);
}
