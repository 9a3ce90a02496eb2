/*
 * visit.c - one object: its columns, its references, a preview of its value.
 *
 * What all instances of a type share (flags, a fixed size, the way to its size) is worked out with the plan of the
 * type.
 */

#include "capture/walker_parts.h"
#include "cpython/extent.h"
#include "cpython/size.h"
#include "cpython/value.h"

#define PREVIEW_CHARS 64
#define GC_HEAD_BYTES 16

/* Types are collected only when they were made at run time; every other type has one answer for all instances. */
bool hf_walker_is_collected(const struct hf_walker *walker, const struct hf_type_plan *plan, uint64_t addr) {
    if (!plan->collected || plan->kind != HF_KIND_TYPE)
        return plan->collected;
    return hf_memory_word(walker->memory, addr + walker->decoder.layout->type.flags) & HF_TPFLAGS_HEAPTYPE;
}

/* The flags that all instances of a type share. */
static uint16_t type_node_flags(const struct hf_type_plan *plan) {
    uint32_t flags = plan->flags & HF_TYPE_FINALIZER ? HF_NODE_FINALIZER : 0;
    if (plan->flags & HF_TYPE_TYPE)
        flags |= HF_NODE_TYPE;
    if (plan->size_rule == HF_SIZE_PYTHON)
        flags |= HF_NODE_SIZE_BASIC;
    if (plan->is_scanned)
        flags |= HF_NODE_SCANNED;
    return (uint16_t)flags;
}

void hf_walker_prepare_plan(void *context, struct hf_type_plan *plan) {
    struct hf_walker *walker = context;
    /* A type is an object as well, and nothing else may lead to a static one. */
    hf_walker_meet_type(walker, plan);
    walker->host->find_sizeof(walker, plan);
    plan->node_flags = type_node_flags(plan);
    plan->has_views = hf_type_has_views(&walker->decoder, plan);
    if (plan->size_rule == HF_SIZE_BASIC && plan->itemsize == 0)
        plan->fixed_size = (uint32_t)hf_size_of(&walker->decoder, plan, 0);
}

static uint16_t node_flags(struct hf_walker *walker, const struct hf_type_plan *plan, uint64_t addr, uint64_t refcount,
                           uint32_t key, bool collected) {
    uint32_t flags = plan->node_flags;
    if (collected)
        flags |= HF_NODE_GC | (hf_memory_word(walker->memory, addr - GC_HEAD_BYTES) != 0 ? HF_NODE_TRACKED : 0);
    if (refcount >= walker->decoder.layout->immortal_refcount)
        flags |= HF_NODE_IMMORTAL;
    if (walker->has_frozen && hf_heap_map_has(&walker->map, HF_MARK_FROZEN, key))
        flags |= HF_NODE_FROZEN;
    return (uint16_t)flags;
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
    if (plan->size_rule != HF_SIZE_CALL || !walker->host->call_sizeof(&walker->decoder, plan, addr, &size))
        size = hf_size_of(&walker->decoder, plan, addr);
    if (size > walker->most_bytes)
        size = plan->basicsize;
    return size < HF_SIZE_BIG ? (uint32_t)size : keep_big_size(walker, key, size);
}

void hf_walker_add_preview(struct hf_walker *walker, const struct hf_type_plan *plan, uint64_t addr, uint32_t key,
                           size_t max_chars) {
    struct hf_region *previews = &walker->previews;
    size_t room = 4 * max_chars + HF_VALUE_OVERHEAD;
    if (previews->used_bytes > UINT32_MAX - room) {
        walker->failure = HF_ERR_LIMIT;
        return;
    }
    if (!hf_walker_make_room(walker, previews, room))
        return;
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

static void add_view(struct hf_walker *walker, const struct hf_type_plan *plan, uint64_t addr, uint32_t key) {
    struct hf_view_record view = {.node = key};
    if (hf_view_bytes(&walker->decoder, plan, addr, &view.num_bytes))
        hf_walker_append(walker, &walker->views, &view, sizeof view);
}

bool hf_walker_make_room_for_nodes(struct hf_walker *walker) {
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

void hf_walker_visit(struct hf_walker *walker, uint32_t key, uint64_t addr) {
    uint32_t node = walker->num_nodes;
    struct hf_type_plan *plan = hf_walker_plan(walker, addr);
    if (walker->failure != HF_OK || (node == walker->node_capacity && !hf_walker_make_room_for_nodes(walker)))
        return;
    const struct hf_layout *layout = walker->decoder.layout;
    uint64_t refcount = hf_memory_word(walker->memory, addr + layout->object.refcnt);
    /* No object, or an instance of one of the tool's own classes, which the program keeps in a variable of its own. */
    if (plan == NULL || plan->is_hidden ||
        (walker->host->is_heap != NULL && !walker->host->is_refcount(walker, refcount))) {
        hf_walker_hide(walker, addr);
        return;
    }
    refcount &= layout->refcount_mask;
    bool collected = hf_walker_is_collected(walker, plan, addr);
    uint64_t first_edge = walker->num_edges + walker->references.count;
    if (collected && !plan->exact && walker->host->traverse == NULL)
        walker->host->add_references(walker, plan, addr, &walker->references);
    else if (collected && !plan->exact)
        hf_walker_add_object_references(walker, plan, addr);
    else if (!plan->is_leaf)
        hf_decode(&walker->decoder, plan, addr, &walker->references);
    if (hf_value_has_preview(plan->kind))
        hf_walker_add_preview(walker, plan, addr, key, PREVIEW_CHARS);
    if (plan->has_views)
        add_view(walker, plan, addr, key);
    visited_u32(&walker->node_key)[node] = key;
    visited_u32(&walker->node_type)[node] = plan->index;
    visited_u32(&walker->node_size)[node] = node_size(walker, plan, addr, key);
    visited_u32(&walker->node_refcount)[node] = refcount < UINT32_MAX ? (uint32_t)refcount : UINT32_MAX;
    visited_u32(&walker->node_degree)[node] = (uint32_t)(walker->num_edges + walker->references.count - first_edge);
    ((uint16_t *)(void *)walker->node_flags.data)[node] = node_flags(walker, plan, addr, refcount, key, collected);
    walker->num_nodes++;
}
