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
 * costs a million visits and not a million sweeps. Visiting in address order is what makes the walk fast: headers come
 * from memory in order, and what they point to is prefetched one word of the bitmap ahead.
 */
#include "capture/walker.h"

#include <stdlib.h>
#include <string.h>

#include "cpython/size.h"
#include "cpython/type_name.h"
#include "cpython/value.h"

#define PREVIEW_CHARS 64
#define SORT_FROM 256
#define PREFETCH_AHEAD 8

bool hf_walker_append(struct hf_walker *walker, struct hf_region *region, const void *bytes, size_t size) {
    if (region->capacity_bytes - region->used_bytes < size &&
        !hf_region_reserve(region, region->used_bytes + size)) {
        if (walker->failure == HF_OK)
            walker->failure = HF_ERR_NOMEM;
        return false;
    }
    memcpy(region->data + region->used_bytes, bytes, size);
    region->used_bytes += size;
    return true;
}

/* ---- marking ---- */

static struct hf_chunk *chunk_of(struct hf_walker *walker, uint64_t addr) {
    struct hf_chunk *chunk = hf_heap_map_chunk(&walker->map, addr);
    if (chunk == NULL && walker->failure == HF_OK)
        walker->failure = walker->map.out_of_memory   ? HF_ERR_NOMEM
                          : walker->map.out_of_chunks ? HF_ERR_LIMIT
                                                      : HF_ERR_INTERNAL;
    return chunk;
}

static void add_mark(struct hf_walker *walker, struct hf_chunk *chunk, enum hf_mark mark, uint64_t addr) {
    if (chunk != NULL && !hf_chunk_add(chunk, mark, hf_heap_map_granule(addr)) && walker->failure == HF_OK)
        walker->failure = HF_ERR_NOMEM;
}

static bool is_ahead(const struct hf_walker *walker, const struct hf_chunk *chunk, uint32_t granule) {
    return chunk->order > walker->cursor_order ||
           (chunk->order == walker->cursor_order && granule > walker->cursor_granule);
}

/* Marks a target and gives its key; HF_NO_KEY for a hidden one and after a failure. */
static inline uint32_t mark_target(struct hf_walker *walker, uint64_t addr, bool is_dict_key) {
    struct hf_chunk *chunk = chunk_of(walker, addr);
    uint32_t granule = hf_heap_map_granule(addr);
    if (chunk == NULL || hf_chunk_has(chunk, HF_MARK_HIDDEN, granule))
        return HF_NO_KEY;
    if (is_dict_key)
        add_mark(walker, chunk, HF_MARK_DICT_KEY, addr);
    uint32_t key = hf_heap_map_key(&walker->map, chunk, granule);
    if (hf_chunk_mark(chunk, granule) && !is_ahead(walker, chunk, granule))
        hf_walker_append(walker, &walker->pending, &key, sizeof key);
    return key;
}

void hf_walker_start_from(struct hf_walker *walker, uint64_t addr) {
    struct hf_chunk *chunk = chunk_of(walker, addr);
    if (chunk != NULL)
        hf_chunk_mark(chunk, hf_heap_map_granule(addr));
}

void hf_walker_start_from_frozen(struct hf_walker *walker, uint64_t addr) {
    hf_walker_start_from(walker, addr);
    add_mark(walker, chunk_of(walker, addr), HF_MARK_FROZEN, addr);
}

void hf_walker_hide(struct hf_walker *walker, uint64_t addr) {
    add_mark(walker, chunk_of(walker, addr), HF_MARK_HIDDEN, addr);
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

/* Empties the buffer of references into the edge columns. */
static void flush_references(struct hf_references *references) {
    struct hf_walker *walker = owner_of(references, offsetof(struct hf_walker, references));
    uint32_t keys[HF_REFERENCES_CAPACITY];
    size_t count = 0;
    for (size_t i = 0; i < references->count; i++) {
        uint16_t name = references->name[i];
        uint32_t key = mark_target(walker, references->target[i], name == HF_N_KEY_EXTRA || name == HF_N_KEY);
        keys[count] = key;
        references->name[count] = name;
        count += key != HF_NO_KEY;
    }
    references->count = 0;
    if (walker->num_edges > HF_MAX_EDGES - count)
        walker->failure = HF_ERR_LIMIT;
    else if (hf_walker_append(walker, &walker->edge_key, keys, count * sizeof *keys) &&
             hf_walker_append(walker, &walker->edge_name, references->name, count * sizeof *references->name))
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

/* A type is an object as well, and nothing else may lead to a static one. */
static void meet_type(void *context, struct hf_type_plan *plan) {
    struct hf_walker *walker = context;
    mark_target(walker, plan->addr, false);
    walker->host->find_sizeof(&walker->decoder, plan);
}

/* Types are collected only when they were made at run time; every other type has one answer for all instances. */
static bool is_collected(struct hf_walker *walker, const struct hf_type_plan *plan, uint64_t addr) {
    if (!plan->collected || plan->kind != HF_KIND_TYPE)
        return plan->collected;
    uint32_t flags = hf_view_u32((const void *)(uintptr_t)addr, walker->decoder.layout->type.flags);
    return flags & HF_TPFLAGS_HEAPTYPE;
}

static uint16_t node_flags(struct hf_walker *walker, const struct hf_type_plan *plan, uint64_t addr, uint64_t refcount,
                           uint32_t key, bool collected) {
    uint32_t flags = 0;
    if (collected)
        flags |= HF_NODE_GC | (hf_memory_word(&walker->memory, addr - 16) != 0 ? HF_NODE_TRACKED : 0);
    if (refcount >= walker->decoder.layout->immortal_refcount)
        flags |= HF_NODE_IMMORTAL;
    if (hf_heap_map_has(&walker->map, HF_MARK_FROZEN, key))
        flags |= HF_NODE_FROZEN;
    if (plan->flags & HF_TYPE_FINALIZER)
        flags |= HF_NODE_FINALIZER;
    if (plan->flags & HF_TYPE_TYPE)
        flags |= HF_NODE_TYPE;
    if (plan->size_rule == HF_SIZE_PYTHON)
        flags |= HF_NODE_SIZE_BASIC;
    return (uint16_t)flags;
}

static uint32_t node_size(struct hf_walker *walker, const struct hf_type_plan *plan, uint64_t addr, uint32_t key) {
    uint64_t size;
    if (plan->size_rule != HF_SIZE_CALL || !walker->host->call_sizeof(plan, addr, &size))
        size = hf_size_of(&walker->decoder, plan, addr);
    if (size < HF_SIZE_BIG)
        return (uint32_t)size;
    struct hf_big_size big = {.node = key, .size_bytes = size};
    hf_walker_append(walker, &walker->big_sizes, &big, sizeof big);
    return HF_SIZE_BIG;
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

/* An instance of one of the tool's own classes, which the program keeps in a variable of its own. */
static bool hide_instance(struct hf_walker *walker, const struct hf_type_plan *plan, uint64_t addr) {
    const struct hf_chunk *chunk = chunk_of(walker, plan->addr);
    if (chunk == NULL || !hf_chunk_has(chunk, HF_MARK_HIDDEN, hf_heap_map_granule(plan->addr)))
        return false;
    hf_walker_hide(walker, addr);
    walker->num_hidden++;
    return true;
}

static void visit(struct hf_walker *walker, uint32_t key, uint64_t addr) {
    const struct hf_layout *layout = walker->decoder.layout;
    uint64_t type = hf_memory_word(&walker->memory, addr + layout->object.type);
    struct hf_type_plan *plan = hf_type_plans_get(&walker->decoder.plans, type);
    if (plan == NULL) {
        walker->failure = HF_ERR_NOMEM;
        return;
    }
    if (hide_instance(walker, plan, addr))
        return;
    uint64_t refcount = hf_memory_word(&walker->memory, addr + layout->object.refcnt) & layout->refcount_mask;
    bool collected = is_collected(walker, plan, addr);
    uint32_t first_edge = walker->num_edges;
    if (collected && !plan->exact)
        add_traversed(walker, plan, addr);
    else
        hf_decode(&walker->decoder, plan, addr, &walker->references);
    flush_references(&walker->references);
    if (hf_value_has_preview(plan->kind))
        add_preview(walker, plan, addr, key, PREVIEW_CHARS);

    uint32_t degree = walker->num_edges - first_edge, size = node_size(walker, plan, addr, key);
    uint16_t flags = node_flags(walker, plan, addr, refcount, key, collected);
    uint32_t count = refcount < UINT32_MAX ? (uint32_t)refcount : UINT32_MAX;
    hf_walker_append(walker, &walker->node_key, &key, sizeof key);
    hf_walker_append(walker, &walker->node_type, &plan->index, sizeof plan->index);
    hf_walker_append(walker, &walker->node_size, &size, sizeof size);
    hf_walker_append(walker, &walker->node_refcount, &count, sizeof count);
    hf_walker_append(walker, &walker->node_degree, &degree, sizeof degree);
    hf_walker_append(walker, &walker->node_flags, &flags, sizeof flags);
    walker->num_nodes++;
}

/* ---- the sweep ---- */

/* Where the second look at an object goes: its items, keys or values, whose place its header tells. */
static void prefetch_parts(struct hf_walker *walker, uint64_t addr) {
    const struct hf_layout *layout = walker->decoder.layout;
    const char *object = (const char *)(uintptr_t)addr;
    struct hf_type_plan *plan = hf_type_plans_get(&walker->decoder.plans, hf_view_u64(object, layout->object.type));
    if (plan == NULL)
        return;
    if (plan->kind == HF_KIND_DICT) {
        const char *keys = (const char *)(uintptr_t)hf_view_u64(object, layout->dict.keys);
        __builtin_prefetch(keys);
        __builtin_prefetch(keys + 64);
    } else if (plan->kind == HF_KIND_LIST) {
        __builtin_prefetch((const void *)(uintptr_t)hf_view_u64(object, layout->list.items));
    } else if (plan->has_managed_dict && layout->managed.style == HF_MANAGED_TWO_WORDS) {
        __builtin_prefetch((const void *)(uintptr_t)hf_view_u64(object - 4 * 8, 0));
    }
}

/* Visits the objects of one word of a bitmap, those that appear in it meanwhile included. */
static void sweep_word(struct hf_walker *walker, uint32_t ordinal, uint32_t word) {
    uint64_t done = 0;
    for (;;) {
        const struct hf_chunk *chunk = &walker->map.chunks[ordinal];
        const uint64_t *hidden = chunk->marks[HF_MARK_HIDDEN];
        uint64_t bits = chunk->seen[word] & ~done;
        if (hidden != NULL)
            bits &= ~hidden[word];
        if (bits == 0)
            return;
        uint64_t base = chunk->base + word * 64ul * HF_GRANULE_BYTES;
        for (uint64_t left = bits; left != 0; left &= left - 1)
            prefetch_parts(walker, base + (uint64_t)__builtin_ctzll(left) * HF_GRANULE_BYTES);
        for (uint64_t left = bits; left != 0; left &= left - 1) {
            uint32_t bit = (uint32_t)__builtin_ctzll(left), granule = word * 64 + bit;
            walker->cursor_granule = granule;
            visit(walker, ordinal << HF_KEY_GRANULE_BITS | granule, base + bit * HF_GRANULE_BYTES);
        }
        /* Up to the cursor everything is done; new bits below it went to `pending`. */
        done = UINT64_MAX >> (63 - (walker->cursor_granule & 63));
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
        walker->map.chunks[order[i]].order = i + 1;
    for (uint32_t i = 0; i < num_chunks && walker->failure == HF_OK; i++) {
        walker->cursor_order = i + 1;
        for (uint32_t word = 0; word < HF_MAP_WORDS; word++) {
            walker->cursor_granule = word * 64;
            if (walker->map.chunks[order[i]].seen[word] != 0)
                sweep_word(walker, order[i], word);
        }
    }
    /* From here on nothing is ahead. */
    walker->cursor_order = UINT32_MAX;
    hf_free(order);
}

static int compare_keys(const void *a, const void *b) {
    uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
    return left < right ? -1 : left > right;
}

/* Visits what the sweep left behind it, and what that leads to. */
static void visit_pending(struct hf_walker *walker) {
    while (walker->pending.used_bytes != 0 && walker->failure == HF_OK) {
        struct hf_region batch = walker->pending;
        walker->pending = walker->batch;
        walker->batch = batch;
        walker->pending.used_bytes = 0;
        uint32_t *keys = (uint32_t *)(void *)batch.data;
        size_t count = batch.used_bytes / sizeof *keys;
        if (count >= SORT_FROM)
            qsort(keys, count, sizeof *keys, compare_keys);
        for (size_t i = 0; i < count && walker->failure == HF_OK; i++) {
            if (i + PREFETCH_AHEAD < count)
                __builtin_prefetch((const void *)(uintptr_t)hf_heap_map_addr(&walker->map, keys[i + PREFETCH_AHEAD]));
            visit(walker, keys[i], hf_heap_map_addr(&walker->map, keys[i]));
        }
    }
}

enum hf_status hf_walker_run(struct hf_walker *walker) {
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
        &walker->traversed,  &walker->candidates};
    for (size_t i = 0; i < sizeof regions / sizeof *regions; i++)
        hf_region_deinit(regions[i]);
    hf_decoder_deinit(&walker->decoder);
    hf_heap_map_deinit(&walker->map);
    hf_snapshot_destroy(walker->snapshot);
    walker->snapshot = NULL;
}
