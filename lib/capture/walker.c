/*
 * walker.c - the sweep.
 *
 *   mark the collector's objects       bitmap of each chunk:  0100 1101 0000 0010 ...
 *   sweep the bitmaps in address order        visited ------->|cursor
 *     visit: type, size, count, references;   a target ahead of the cursor is met by the sweep itself,
 *            every target is marked           a new one behind it goes to `pending`
 *   visit `pending` in batches, each sorted, until it is empty
 *
 * Invariant: an object whose bit is set has been visited, or is ahead of the cursor, or is in `pending`, exactly one.
 * Each object is visited once and each batch is as long as the work in it, so a chain of a million untracked tuples
 * costs a million visits and not a million sweeps. Visiting in address order is what makes the walk fast, with headers
 * fetched a little ahead. Prefetching what they point to as well was tried and gained nothing.
 */
#include "capture/walker.h"

#include <stdlib.h>
#include <string.h>

#include "cpython/size.h"
#include "cpython/type_name.h"
#include "cpython/value.h"

#define PREVIEW_CHARS 64
#define WORDS_AHEAD 2       /* headers are fetched so far ahead: in the sweep */
#define OBJECTS_AHEAD 16    /* and in a batch */
#define HF_GC_HEAD_BYTES 16

bool hf_walker_grow(struct hf_walker *walker, struct hf_region *region, size_t size) {
    if (hf_region_reserve(region, region->used_bytes + size))
        return true;
    if (walker->failure == HF_OK)
        walker->failure = HF_ERR_NOMEM;
    return false;
}

bool hf_walker_append(struct hf_walker *walker, struct hf_region *region, const void *bytes, size_t size) {
    if (!hf_walker_make_room(walker, region, size))
        return false;
    memcpy(region->data + region->used_bytes, bytes, size);
    region->used_bytes += size;
    return true;
}

/* ---- marking ---- */

static void fail_map(struct hf_walker *walker) {
    if (walker->failure == HF_OK)
        walker->failure = walker->map.out_of_memory   ? HF_ERR_NOMEM
                          : walker->map.out_of_chunks ? HF_ERR_LIMIT
                                                      : HF_ERR_INTERNAL;
}

static inline struct hf_chunk *chunk_of(struct hf_walker *walker, uint64_t addr) {
    struct hf_chunk *chunk = hf_heap_map_chunk(&walker->map, addr);
    if (__builtin_expect(chunk == NULL, 0))
        fail_map(walker);
    return chunk;
}

static inline void add_mark(struct hf_walker *walker, struct hf_chunk *chunk, enum hf_mark mark, uint32_t granule) {
    if (chunk->marks[mark] != NULL)
        chunk->marks[mark][granule >> 6] |= UINT64_C(1) << (granule & 63);
    else if (!hf_chunk_add(chunk, mark, granule) && walker->failure == HF_OK)
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
    struct hf_chunk *chunk = chunk_of(walker, addr);
    if (chunk != NULL)
        hf_chunk_mark(chunk, hf_heap_map_granule(addr));
}

void hf_walker_start_from_frozen(struct hf_walker *walker, uint64_t addr) {
    hf_walker_start_from(walker, addr);
    struct hf_chunk *chunk = chunk_of(walker, addr);
    if (chunk != NULL)
        add_mark(walker, chunk, HF_MARK_FROZEN, hf_heap_map_granule(addr));
    walker->has_frozen = true;
}

void hf_walker_hide(struct hf_walker *walker, uint64_t addr) {
    struct hf_chunk *chunk = chunk_of(walker, addr);
    if (chunk == NULL)
        return;
    /* Seen already, so that it is never met; the sweep passes it over. */
    hf_chunk_mark(chunk, hf_heap_map_granule(addr));
    add_mark(walker, chunk, HF_MARK_HIDDEN, hf_heap_map_granule(addr));
}

void hf_walker_add_root(struct hf_walker *walker, uint64_t addr, struct hf_root_record record, bool is_reference) {
    struct hf_chunk *chunk = addr != 0 ? chunk_of(walker, addr) : NULL;
    if (chunk == NULL || hf_chunk_has(chunk, HF_MARK_HIDDEN, hf_heap_map_granule(addr)))
        return;
    struct hf_found_root root = {addr, record, is_reference};
    hf_chunk_mark(chunk, hf_heap_map_granule(addr));
    hf_walker_append(walker, &walker->roots, &root, sizeof root);
}

/* ---- references of one object ---- */

static struct hf_walker *owner_of(struct hf_references *references, size_t offset) {
    return (struct hf_walker *)(void *)((char *)references - offset);
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
 * Empties the buffer of references into the edge columns. It holds those of many objects: between the two passes over
 * it the words of the bitmaps come into the cache.
 */
static void flush_references(struct hf_references *references) {
    struct hf_walker *walker = owner_of(references, offsetof(struct hf_walker, references));
    size_t count = references->count;
    references->count = 0;
    if (!make_room_for_edges(walker, count))
        return;
    uint32_t *keys = (uint32_t *)(void *)(walker->edge_key.data + walker->edge_key.used_bytes);
    uint64_t *words[HF_REFERENCES_CAPACITY];
    for (size_t i = 0; i < count; i++) {
        struct hf_chunk *chunk = chunk_of(walker, references->target[i]);
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

static void flush_decoded(struct hf_references *references) {
    struct hf_walker *walker = owner_of(references, offsetof(struct hf_walker, decoded));
    for (size_t i = 0; i < references->count; i++) {
        struct hf_candidate candidate = {references->target[i], references->name[i], false};
        hf_walker_append(walker, &walker->candidates, &candidate, sizeof candidate);
    }
    references->count = 0;
}

void hf_walker_add_traversed(struct hf_walker *walker, uint64_t target) {
    hf_walker_append(walker, &walker->traversed, &target, sizeof target);
}

/*
 * Finds the candidate for a traversed target, near where the last one was found: decoders and tp_traverse agree on the
 * order almost always, and a limited look keeps large containers linear.
 */
static bool confirm(struct hf_candidate *candidates, size_t count, size_t *cursor, uint64_t target) {
    size_t window = count < 64 ? count : 64;
    for (size_t i = 0, at = *cursor; i < window; i++, at = at + 1 < count ? at + 1 : 0) {
        struct hf_candidate *candidate = &candidates[at];
        if (candidate->target != target || candidate->confirmed || hf_name_is_extra(candidate->name))
            continue;
        candidate->confirmed = true;
        *cursor = at + 1 < count ? at + 1 : 0;
        return true;
    }
    return false;
}

/* The links of an lru_cache come as key, value, type of the link; what is not a link comes last. */
static uint16_t cache_name(size_t index, size_t count) {
    static const uint16_t link[] = {HF_N_CACHE_KEY, HF_N_CACHE_VALUE, HF_N_CACHE_LINK_TYPE};
    static const uint16_t last[] = {HF_N_CACHE_DICT, HF_N_CACHE_FUNC, HF_N_PARTIAL_KWMARK, HF_N_CACHE_LINK_TYPE,
                                    HF_N_CACHE_INFO_TYPE};
    size_t num_last = sizeof last / sizeof *last;
    if (count < num_last)
        return HF_N_UNNAMED;
    return index < count - num_last ? link[index % 3] : last[index - (count - num_last)];
}

/* Candidates that are real, in their own order, so that a dict's key stays before its value. */
static void add_confirmed(struct hf_walker *walker, const struct hf_candidate *candidates, size_t count) {
    bool after_key = false;
    for (size_t i = 0; i < count; i++) {
        const struct hf_candidate *candidate = &candidates[i];
        if (!candidate->confirmed && !hf_name_is_extra(candidate->name))
            continue;
        bool orphan = candidate->name == HF_N_VALUE && !after_key;
        hf_references_add(&walker->references, candidate->target, orphan ? HF_N_UNNAMED : candidate->name);
        after_key = candidate->name == HF_N_KEY || candidate->name == HF_N_KEY_EXTRA;
    }
}

/* Fills `candidates`, and leaves in `traversed` what tp_traverse reports beyond them. */
static void collect_references(struct hf_walker *walker, struct hf_type_plan *plan, uint64_t addr) {
    walker->candidates.used_bytes = 0;
    walker->traversed.used_bytes = 0;
    hf_decode(&walker->decoder, plan, addr, &walker->decoded);
    flush_decoded(&walker->decoded);
    walker->host->traverse(walker, plan, addr);

    struct hf_candidate *candidates = (struct hf_candidate *)(void *)walker->candidates.data;
    size_t num_candidates = walker->candidates.used_bytes / sizeof *candidates;
    uint64_t *targets = (uint64_t *)(void *)walker->traversed.data;
    size_t num_targets = walker->traversed.used_bytes / sizeof *targets;
    size_t cursor = 0, num_rest = 0;
    for (size_t i = 0; i < num_targets; i++)
        if (!confirm(candidates, num_candidates, &cursor, targets[i]))
            targets[num_rest++] = targets[i];
    walker->traversed.used_bytes = num_rest * sizeof *targets;
}

/*
 * The references of an object whose tp_traverse has the last word: the decoder's candidates that it confirms, those
 * that it is known to leave out, and what it reports beyond them under the name that the type gives to the rest.
 */
static void add_traversed(struct hf_walker *walker, struct hf_type_plan *plan, uint64_t addr) {
    collect_references(walker, plan, addr);
    add_confirmed(walker, (const struct hf_candidate *)(const void *)walker->candidates.data,
                  walker->candidates.used_bytes / sizeof(struct hf_candidate));
    const uint64_t *targets = (const uint64_t *)(const void *)walker->traversed.data;
    size_t num_rest = walker->traversed.used_bytes / sizeof *targets;
    for (size_t i = 0; i < num_rest; i++)
        hf_references_add(&walker->references, targets[i],
                          plan->rest_name == HF_N_CACHE_VALUE ? cache_name(i, num_rest) : plan->rest_name);
}

/* ---- one object ---- */

/* Types are collected only when they were made at run time; every other type has one answer for all instances. */
static bool is_collected(struct hf_walker *walker, const struct hf_type_plan *plan, uint64_t addr) {
    if (!plan->collected || plan->kind != HF_KIND_TYPE)
        return plan->collected;
    uint32_t flags = hf_view_u32((const void *)(uintptr_t)addr, walker->decoder.layout->type.flags);
    return flags & HF_TPFLAGS_HEAPTYPE;
}

/* The flags that all instances of a type share. */
static uint16_t type_node_flags(const struct hf_type_plan *plan) {
    uint32_t flags = plan->flags & HF_TYPE_FINALIZER ? HF_NODE_FINALIZER : 0;
    if (plan->flags & HF_TYPE_TYPE)
        flags |= HF_NODE_TYPE;
    if (plan->size_rule == HF_SIZE_PYTHON)
        flags |= HF_NODE_SIZE_BASIC;
    return (uint16_t)flags;
}

static uint16_t node_flags(struct hf_walker *walker, const struct hf_type_plan *plan, uint64_t addr, uint64_t refcount,
                           uint32_t key, bool collected) {
    uint32_t flags = plan->node_flags;
    if (collected)
        flags |= HF_NODE_GC | (hf_memory_word(&walker->memory, addr - HF_GC_HEAD_BYTES) != 0 ? HF_NODE_TRACKED : 0);
    if (refcount >= walker->decoder.layout->immortal_refcount)
        flags |= HF_NODE_IMMORTAL;
    if (walker->has_frozen && hf_heap_map_has(&walker->map, HF_MARK_FROZEN, key))
        flags |= HF_NODE_FROZEN;
    return (uint16_t)flags;
}

/* A type is an object as well, and nothing else may lead to a static one. */
static void meet_type(void *context, struct hf_type_plan *plan) {
    struct hf_walker *walker = context;
    struct hf_chunk *chunk = chunk_of(walker, plan->addr);
    uint32_t granule = hf_heap_map_granule(plan->addr);
    if (chunk != NULL && hf_walker_make_room(walker, &walker->pending, sizeof(uint32_t)) &&
        hf_chunk_mark(chunk, granule))
        meet(walker, chunk, granule);
    plan->is_hidden = chunk != NULL && hf_chunk_has(chunk, HF_MARK_HIDDEN, granule);
    walker->host->find_sizeof(&walker->decoder, plan);
    plan->node_flags = type_node_flags(plan);
    if (plan->size_rule == HF_SIZE_BASIC && plan->itemsize == 0)
        plan->fixed_size = (uint32_t)hf_size_of(&walker->decoder, plan, 0);
}

static uint32_t keep_big_size(struct hf_walker *walker, uint32_t key, uint64_t size_bytes) {
    struct hf_big_size big = {.node = key, .size_bytes = size_bytes};
    hf_walker_append(walker, &walker->big_sizes, &big, sizeof big);
    return HF_SIZE_BIG;
}

static inline uint32_t node_size(struct hf_walker *walker, const struct hf_type_plan *plan, uint64_t addr,
                                 uint32_t key) {
    if (plan->fixed_size != 0)
        return plan->fixed_size;
    uint64_t size;
    if (plan->size_rule != HF_SIZE_CALL || !walker->host->call_sizeof(plan, addr, &size))
        size = hf_size_of(&walker->decoder, plan, addr);
    return size < HF_SIZE_BIG ? (uint32_t)size : keep_big_size(walker, key, size);
}

static void add_preview(struct hf_walker *walker, const struct hf_type_plan *plan, uint64_t addr, uint32_t key,
                        size_t max_chars) {
    struct hf_region *previews = &walker->previews;
    size_t room = 4 * max_chars + HF_VALUE_OVERHEAD;
    if (previews->used_bytes > UINT32_MAX - room) {
        walker->failure = HF_ERR_LIMIT;
        return;
    }
    if (previews->capacity_bytes - previews->used_bytes < room &&
        !hf_region_reserve(previews, previews->used_bytes + room)) {
        walker->failure = HF_ERR_NOMEM;
        return;
    }
    bool is_cut;
    size_t length = hf_value_preview(&walker->decoder, plan->kind, addr, max_chars,
                                     previews->data + previews->used_bytes, room, &is_cut);
    if (length == 0)
        return;
    struct hf_preview_record record = {key, (uint32_t)previews->used_bytes};
    previews->used_bytes += length;
    hf_walker_append(walker, &walker->preview_index, &record, sizeof record);
    if (is_cut)
        hf_walker_append(walker, &walker->cut_strings, &key, sizeof key);
}

void hf_walker_list_references(struct hf_walker *walker, struct hf_type_plan *plan, uint64_t addr) {
    if (is_collected(walker, plan, addr) && !plan->exact) {
        collect_references(walker, plan, addr);
        struct hf_candidate *candidates = (struct hf_candidate *)(void *)walker->candidates.data;
        size_t count = walker->candidates.used_bytes / sizeof *candidates, num_kept = 0;
        for (size_t i = 0; i < count; i++)
            if (candidates[i].confirmed || hf_name_is_extra(candidates[i].name))
                candidates[num_kept++] = candidates[i];
        walker->candidates.used_bytes = num_kept * sizeof *candidates;
        const uint64_t *rest = (const uint64_t *)(const void *)walker->traversed.data;
        for (size_t i = 0; i < walker->traversed.used_bytes / sizeof *rest; i++) {
            struct hf_candidate candidate = {rest[i], plan->rest_name, true};
            hf_walker_append(walker, &walker->candidates, &candidate, sizeof candidate);
        }
        return;
    }
    walker->candidates.used_bytes = 0;
    hf_decode(&walker->decoder, plan, addr, &walker->decoded);
    flush_decoded(&walker->decoded);
}

static bool make_room_for_nodes(struct hf_walker *walker) {
    struct hf_region *columns[] = {&walker->node_key,      &walker->node_type,   &walker->node_size,
                                   &walker->node_refcount, &walker->node_degree, &walker->node_flags};
    uint32_t capacity = walker->node_capacity + walker->node_capacity / 4 + 16384;
    if (capacity < walker->node_capacity)
        capacity = HF_MAX_NODES;
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        if (!hf_region_reserve(columns[i], capacity * (i < 5 ? sizeof(uint32_t) : sizeof(uint16_t)))) {
            walker->failure = HF_ERR_NOMEM;
            return false;
        }
    walker->node_capacity = capacity;
    return true;
}

static inline uint32_t *visited_u32(const struct hf_region *region) {
    return (uint32_t *)(void *)region->data;
}

/* The plan of an object's type; NULL (and failure NOMEM) when it cannot be made. */
static struct hf_type_plan *plan_of(struct hf_walker *walker, uint64_t addr) {
    uint64_t type = hf_memory_word(&walker->memory, addr + walker->decoder.layout->object.type);
    struct hf_type_plan *plan = hf_type_plans_get(&walker->decoder.plans, type);
    if (plan == NULL)
        walker->failure = HF_ERR_NOMEM;
    return plan;
}

static void visit(struct hf_walker *walker, uint32_t key, uint64_t addr) {
    uint32_t node = walker->num_nodes;
    struct hf_type_plan *plan = plan_of(walker, addr);
    if (plan == NULL || (node == walker->node_capacity && !make_room_for_nodes(walker)))
        return;
    /* An instance of one of the tool's own classes, which the program keeps in a variable of its own. */
    if (plan->is_hidden) {
        hf_walker_hide(walker, addr);
        return;
    }
    const struct hf_layout *layout = walker->decoder.layout;
    uint64_t refcount = hf_memory_word(&walker->memory, addr + layout->object.refcnt) & layout->refcount_mask;
    bool collected = is_collected(walker, plan, addr);
    uint64_t first_edge = walker->num_edges + walker->references.count;
    if (collected && !plan->exact)
        add_traversed(walker, plan, addr);
    else if (!plan->is_leaf)
        hf_decode(&walker->decoder, plan, addr, &walker->references);
    if (hf_value_has_preview(plan->kind))
        add_preview(walker, plan, addr, key, PREVIEW_CHARS);
    visited_u32(&walker->node_key)[node] = key;
    visited_u32(&walker->node_type)[node] = plan->index;
    visited_u32(&walker->node_size)[node] = node_size(walker, plan, addr, key);
    visited_u32(&walker->node_refcount)[node] = refcount < UINT32_MAX ? (uint32_t)refcount : UINT32_MAX;
    visited_u32(&walker->node_degree)[node] = (uint32_t)(walker->num_edges + walker->references.count - first_edge);
    ((uint16_t *)(void *)walker->node_flags.data)[node] = node_flags(walker, plan, addr, refcount, key, collected);
    walker->num_nodes++;
}

/* ---- the sweep ---- */

/* Fetches the headers of the objects of a word that is swept soon. */
static void prefetch_headers(const struct hf_chunk *chunk, uint32_t word) {
    uint64_t base = chunk->base + word * 64ul * HF_GRANULE_BYTES;
    for (uint64_t left = chunk->seen[word]; left != 0; left &= left - 1)
        __builtin_prefetch((const void *)(uintptr_t)(base + (uint64_t)__builtin_ctzll(left) * HF_GRANULE_BYTES));
}

/* The objects of one word of a bitmap that are not hidden. */
static uint64_t word_bits(const struct hf_walker *walker, uint32_t ordinal, uint32_t word) {
    const struct hf_chunk *chunk = walker->map.chunks[ordinal];
    const uint64_t *hidden = chunk->marks[HF_MARK_HIDDEN];
    return chunk->seen[word] & ~(hidden != NULL ? hidden[word] : 0);
}

/* Visits the objects of a word from the lowest up; the word is read anew each time, for those that appear meanwhile. */
static void sweep_word(struct hf_walker *walker, uint32_t ordinal, uint32_t word) {
    uint64_t base = walker->map.chunks[ordinal]->base + word * 64ul * HF_GRANULE_BYTES;
    uint64_t bits = word_bits(walker, ordinal, word);
    while (bits != 0 && walker->failure == HF_OK) {
        uint32_t bit = (uint32_t)__builtin_ctzll(bits), granule = word * 64 + bit;
        walker->cursor_granule = granule + 1;
        visit(walker, ordinal << HF_KEY_GRANULE_BITS | granule, base + bit * HF_GRANULE_BYTES);
        bits = bit < 63 ? word_bits(walker, ordinal, word) & (UINT64_MAX << (bit + 1)) : 0;
    }
}

static void sweep(struct hf_walker *walker) {
    uint32_t num_chunks = walker->map.num_chunks;
    uint32_t *order = hf_alloc(num_chunks + 1, sizeof *order);
    if (order == NULL) {
        walker->failure = HF_ERR_NOMEM;
        return;
    }
    hf_heap_map_sort(&walker->map, order);
    for (uint32_t i = 0; i < num_chunks; i++)
        walker->map.chunks[order[i]]->order = i + 1;
    for (uint32_t i = 0; i < num_chunks && walker->failure == HF_OK; i++) {
        walker->cursor_order = i + 1;
        for (uint32_t word = 0; word < HF_MAP_WORDS; word++) {
            if (word + WORDS_AHEAD < HF_MAP_WORDS)
                prefetch_headers(walker->map.chunks[order[i]], word + WORDS_AHEAD);
            if (walker->map.chunks[order[i]]->seen[word] != 0)
                sweep_word(walker, order[i], word);
        }
    }
    /* From here on nothing is ahead. */
    walker->cursor_order = UINT32_MAX;
    flush_references(&walker->references);
    hf_free(order);
}

/*
 * The keys of a batch by chunk, which is what caches and page tables care for, or as they are when they are few. One
 * pass of counting: within a chunk they keep the order in which they were met.
 */
static const uint32_t *batch_in_order(struct hf_walker *walker, size_t count) {
    const uint32_t *keys = (const uint32_t *)(const void *)walker->batch.data;
    uint32_t num_chunks = walker->map.num_chunks;
    walker->sorted.used_bytes = 0;
    if (count < num_chunks || !hf_walker_make_room(walker, &walker->sorted, (count + num_chunks) * sizeof *keys))
        return keys;
    uint32_t *sorted = (uint32_t *)(void *)walker->sorted.data, *starts = sorted + count, sum = 0;
    memset(starts, 0, num_chunks * sizeof *starts);
    for (size_t i = 0; i < count; i++)
        starts[keys[i] >> HF_KEY_GRANULE_BITS]++;
    for (uint32_t chunk = 0; chunk < num_chunks; chunk++) {
        uint32_t number = starts[chunk];
        starts[chunk] = sum;
        sum += number;
    }
    for (size_t i = 0; i < count; i++)
        sorted[starts[keys[i] >> HF_KEY_GRANULE_BITS]++] = keys[i];
    return sorted;
}

/* Visits what the sweep left behind it, and what that leads to. */
static void visit_pending(struct hf_walker *walker) {
    while (walker->pending.used_bytes != 0 && walker->failure == HF_OK) {
        struct hf_region batch = walker->pending;
        walker->pending = walker->batch;
        walker->batch = batch;
        walker->pending.used_bytes = 0;
        size_t count = batch.used_bytes / sizeof(uint32_t);
        const uint32_t *keys = batch_in_order(walker, count);
        for (size_t i = 0; i < count && walker->failure == HF_OK; i++) {
            if (i + OBJECTS_AHEAD < count)
                __builtin_prefetch((const void *)(uintptr_t)hf_heap_map_addr(&walker->map, keys[i + OBJECTS_AHEAD]));
            visit(walker, keys[i], hf_heap_map_addr(&walker->map, keys[i]));
        }
        flush_references(&walker->references);
    }
}

/* Types that were met before it was known what is hidden. */
static void note_hidden_types(struct hf_walker *walker) {
    for (uint32_t i = 0; i < walker->decoder.plans.num_plans; i++) {
        struct hf_type_plan *plan = walker->decoder.plans.in_order[i];
        const struct hf_chunk *chunk = chunk_of(walker, plan->addr);
        plan->is_hidden = chunk != NULL && hf_chunk_has(chunk, HF_MARK_HIDDEN, hf_heap_map_granule(plan->addr));
    }
}

enum hf_status hf_walker_run(struct hf_walker *walker) {
    note_hidden_types(walker);
    sweep(walker);
    visit_pending(walker);
    return walker->failure;
}

/* ---- keys of dicts are kept whole ---- */

static void keep_whole_keys(struct hf_walker *walker) {
    const uint32_t *keys = (const uint32_t *)(const void *)walker->cut_strings.data;
    size_t count = walker->cut_strings.used_bytes / sizeof *keys;
    walker->cut_strings.used_bytes = 0;
    for (size_t i = 0; i < count && walker->failure == HF_OK; i++) {
        if (!hf_heap_map_has(&walker->map, HF_MARK_DICT_KEY, keys[i]))
            continue;
        uint64_t addr = hf_heap_map_addr(&walker->map, keys[i]);
        uint64_t type = hf_memory_word(&walker->memory, addr + walker->decoder.layout->object.type);
        struct hf_type_plan *plan = hf_type_plans_get(&walker->decoder.plans, type);
        if (plan != NULL)
            add_preview(walker, plan, addr, keys[i], HF_MAX_KEY_CHARS);
    }
}

static void add_type(struct hf_walker *walker, const struct hf_type_plan *plan) {
    char name[HF_TYPE_NAME_BYTES], module[HF_TYPE_NAME_BYTES];
    hf_type_name(&walker->decoder, plan, name, module);
    struct hf_type_record record = {.node = HF_NO_NODE, .flags = plan->flags};
    if (!hf_snapshot_add_text(walker->snapshot, name, strlen(name), &record.name) ||
        !hf_snapshot_add_text(walker->snapshot, module, strlen(module), &record.module))
        walker->failure = HF_ERR_NOMEM;
    hf_walker_append(walker, &walker->snapshot->columns[HF_COLUMN_types].region, &record, sizeof record);
}

enum hf_status hf_walker_describe(struct hf_walker *walker) {
    for (uint32_t i = 0; i < walker->decoder.plans.num_plans && walker->failure == HF_OK; i++)
        add_type(walker, walker->decoder.plans.in_order[i]);
    keep_whole_keys(walker);
    return walker->failure;
}

/* ---- begin and end ---- */

void hf_walker_expect(struct hf_walker *walker, uint64_t num_blocks) {
    /* Shares of what real heaps need: enough to matter, too little to be wasted. */
    uint64_t num_nodes = num_blocks / 8 * 5;
    if (num_nodes > HF_MAX_NODES / 8)
        return;
    walker->node_capacity = (uint32_t)num_nodes;
    if (!make_room_for_nodes(walker))
        walker->failure = HF_OK;
    const struct {
        struct hf_region *region;
        size_t bytes;
    } others[] = {{&walker->edge_key, num_nodes * 2 * sizeof(uint32_t)},
                  {&walker->edge_name, num_nodes * 2 * sizeof(uint16_t)},
                  {&walker->previews, num_nodes * 6},
                  {&walker->preview_index, num_nodes * 2}};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        (void)hf_region_reserve(others[i].region, others[i].bytes);
    struct hf_region *filled[] = {&walker->node_key,      &walker->node_type,   &walker->node_size,
                                  &walker->node_refcount, &walker->node_degree, &walker->node_flags,
                                  &walker->edge_key,      &walker->edge_name,   &walker->previews,
                                  &walker->preview_index};
    for (size_t i = 0; i < sizeof filled / sizeof *filled; i++)
        hf_region_populate(filled[i]);
}

enum hf_status hf_walker_init(struct hf_walker *walker, const struct hf_layout *layout, uint64_t python_traverse,
                              const struct hf_walker_host *host) {
    *walker = (struct hf_walker){.host = host, .keep_values = true};
    walker->references.flush = flush_references;
    walker->decoded.flush = flush_decoded;
    walker->snapshot = hf_snapshot_create();
    if (walker->snapshot != NULL && hf_heap_map_init(&walker->map) &&
        hf_decoder_init(&walker->decoder, &walker->memory, layout, python_traverse)) {
        walker->decoder.plans.on_new = meet_type;
        walker->decoder.plans.on_new_context = walker;
        return HF_OK;
    }
    hf_walker_deinit(walker);
    return HF_ERR_NOMEM;
}

void hf_walker_deinit(struct hf_walker *walker) {
    struct hf_region *regions[] = {
        &walker->node_key,   &walker->node_type,     &walker->node_size, &walker->node_refcount, &walker->node_degree,
        &walker->node_flags, &walker->edge_key,      &walker->edge_name, &walker->pending,       &walker->batch,
        &walker->big_sizes,  &walker->preview_index, &walker->previews,  &walker->cut_strings,   &walker->roots,
        &walker->traversed,  &walker->candidates,    &walker->sorted};
    for (size_t i = 0; i < sizeof regions / sizeof *regions; i++)
        hf_region_deinit(regions[i]);
    hf_decoder_deinit(&walker->decoder);
    hf_heap_map_deinit(&walker->map);
    hf_snapshot_destroy(walker->snapshot);
    walker->snapshot = NULL;
}
