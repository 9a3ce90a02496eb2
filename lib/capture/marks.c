/*
 * marks.c - which objects are known, and edges on their way into the columns.
 *
 *   references of some objects, as addresses        one flush: look up the chunks,  then mark and write keys
 *   [0x7f..50 |0x7f..a0 |0x55..e8 ...]      ->      [k7 |k9 |k2 ...] behind edge_key
 *
 * An object that is marked for the first time is either ahead of the sweep, which will meet it, or goes to `pending`.
 */
#include <string.h>

#include "capture/walker_parts.h"

void hf_walker_fail_map(struct hf_walker *walker) {
    if (walker->failure == HF_OK)
        walker->failure = walker->map.out_of_memory   ? HF_ERR_NOMEM
                          : walker->map.out_of_chunks ? HF_ERR_LIMIT
                                                      : HF_ERR_INTERNAL;
}

static inline void add_mark(struct hf_walker *walker, struct hf_chunk *chunk, enum hf_mark mark, uint32_t granule) {
    if (chunk->marks[mark] != NULL)
        chunk->marks[mark][granule >> 6] |= UINT64_C(1) << (granule & 63);
    else if (!hf_heap_map_add_mark(&walker->map, chunk, mark, granule) && walker->failure == HF_OK)
        walker->failure = HF_ERR_NOMEM;
}

static bool is_ahead(const struct hf_walker *walker, const struct hf_chunk *chunk, uint32_t granule) {
    return chunk->order > walker->cursor_order ||
           (chunk->order == walker->cursor_order && granule >= walker->cursor_granule);
}

/* An object that is seen for the first time: the sweep will meet it, or it waits in `pending`, which has room. */
static inline void meet(struct hf_walker *walker, const struct hf_chunk *chunk, uint32_t granule) {
    if (is_ahead(walker, chunk, granule))
        return;
    uint32_t key = chunk->first_key | granule;
    memcpy(walker->pending.data + walker->pending.used_bytes, &key, sizeof key);
    walker->pending.used_bytes += sizeof key;
}

void hf_walker_start_from(struct hf_walker *walker, uint64_t addr) {
    struct hf_chunk *chunk = hf_walker_admits(walker, addr) ? hf_walker_chunk(walker, addr) : NULL;
    if (chunk != NULL)
        hf_chunk_mark(chunk, hf_heap_map_granule(addr));
}

void hf_walker_start_from_frozen(struct hf_walker *walker, uint64_t addr) {
    hf_walker_start_from(walker, addr);
    struct hf_chunk *chunk = hf_walker_admits(walker, addr) ? hf_walker_chunk(walker, addr) : NULL;
    if (chunk != NULL)
        add_mark(walker, chunk, HF_MARK_FROZEN, hf_heap_map_granule(addr));
    walker->has_frozen = true;
}

void hf_walker_hide(struct hf_walker *walker, uint64_t addr) {
    struct hf_chunk *chunk = hf_walker_chunk(walker, addr);
    if (chunk == NULL)
        return;
    /* Seen already, so that it is never met; the sweep passes it over. */
    hf_chunk_mark(chunk, hf_heap_map_granule(addr));
    add_mark(walker, chunk, HF_MARK_HIDDEN, hf_heap_map_granule(addr));
}

void hf_walker_add_root(struct hf_walker *walker, uint64_t addr, struct hf_root_record record, bool is_reference) {
    struct hf_chunk *chunk = addr != 0 && hf_walker_admits(walker, addr) ? hf_walker_chunk(walker, addr) : NULL;
    if (chunk == NULL || hf_chunk_has(chunk, HF_MARK_HIDDEN, hf_heap_map_granule(addr)))
        return;
    struct hf_found_root root = {addr, record, is_reference};
    hf_chunk_mark(chunk, hf_heap_map_granule(addr));
    hf_walker_append(walker, &walker->roots, &root, sizeof root);
}

void hf_walker_add_own_references(struct hf_walker *walker, uint64_t addr, uint64_t count) {
    struct hf_own_references own = {addr, count};
    if (hf_walker_admits(walker, addr) && hf_walker_chunk(walker, addr) != NULL)
        hf_walker_append(walker, &walker->own_references, &own, sizeof own);
}

static void note_hidden_type(struct hf_walker *walker, struct hf_type_plan *plan) {
    const struct hf_chunk *chunk = hf_walker_chunk(walker, plan->addr);
    plan->is_hidden = chunk != NULL && hf_chunk_has(chunk, HF_MARK_HIDDEN, hf_heap_map_granule(plan->addr));
}

void hf_walker_note_hidden_types(struct hf_walker *walker) {
    for (uint32_t i = 0; i < walker->decoder.plans.num_plans; i++)
        note_hidden_type(walker, walker->decoder.plans.in_order[i]);
}

void hf_walker_meet_type(struct hf_walker *walker, struct hf_type_plan *plan) {
    struct hf_chunk *chunk = hf_walker_chunk(walker, plan->addr);
    uint32_t granule = hf_heap_map_granule(plan->addr);
    if (chunk != NULL && hf_walker_make_room(walker, &walker->pending, sizeof(uint32_t)) &&
        hf_chunk_mark(chunk, granule))
        meet(walker, chunk, granule);
    note_hidden_type(walker, plan);
}

static bool make_room_for_edges(struct hf_walker *walker, size_t count) {
    if (walker->num_edges > HF_MAX_EDGES - count) {
        walker->failure = HF_ERR_LIMIT;
        return false;
    }
    return hf_walker_make_room(walker, &walker->edge_key, count * sizeof(uint32_t)) &&
           hf_walker_make_room(walker, &walker->edge_name, count * sizeof(uint16_t)) &&
           hf_walker_make_room(walker, &walker->pending, count * sizeof(uint32_t));
}

/*
 * References that lead to no object, of which only an address without memory is known, lead to a hidden one instead:
 * the number of an object's edges is counted already, and edges to hidden objects go in the end.
 */
static void divert_references(struct hf_walker *walker, uint64_t *targets, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (!hf_walker_admits(walker, targets[i]))
            targets[i] = HF_NOWHERE;
}

/*
 * Empties the buffer of references into the edge columns. It holds those of many objects: between the two passes over
 * it the words of the bitmaps come into the cache.
 */
void hf_walker_flush_references(struct hf_references *references) {
    struct hf_walker *walker =
        (struct hf_walker *)(void *)((char *)references - offsetof(struct hf_walker, references));
    size_t count = references->count;
    references->count = 0;
    if (count == 0 || !make_room_for_edges(walker, count))
        return;
    if (walker->host->is_heap != NULL)
        divert_references(walker, references->target, count);
    uint32_t *keys = (uint32_t *)(void *)(walker->edge_key.data + walker->edge_key.used_bytes);
    uint64_t *words[HF_REFERENCES_CAPACITY];
    for (size_t i = 0; i < count; i++) {
        struct hf_chunk *chunk = hf_walker_chunk(walker, references->target[i]);
        if (chunk == NULL)
            return;
        uint32_t granule = hf_heap_map_granule(references->target[i]);
        keys[i] = chunk->first_key | granule;
        words[i] = &chunk->seen[granule >> 6];
        __builtin_prefetch(words[i], 1);
    }
    for (size_t i = 0; i < count; i++) {
        uint64_t bit = UINT64_C(1) << (keys[i] & 63);
        if (!(*words[i] & bit)) {
            *words[i] |= bit;
            meet(walker, walker->map.chunks[keys[i] >> HF_KEY_GRANULE_BITS], keys[i] & 0xFFFF);
        }
        if (references->name[i] == HF_N_KEY_EXTRA || references->name[i] == HF_N_KEY)
            add_mark(walker, walker->map.chunks[keys[i] >> HF_KEY_GRANULE_BITS], HF_MARK_DICT_KEY, keys[i] & 0xFFFF);
    }
    memcpy(walker->edge_name.data + walker->edge_name.used_bytes, references->name, count * sizeof(uint16_t));
    walker->edge_key.used_bytes += count * sizeof(uint32_t);
    walker->edge_name.used_bytes += count * sizeof(uint16_t);
    walker->num_edges += (uint32_t)count;
}
