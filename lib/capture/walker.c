/*
 * walker.c - a walker's begin and end, and what it writes down last while the process stands still: names of types, and
 * keys of dicts that are longer than a preview, which are kept whole.
 */
#include "capture/walker.h"

#include <string.h>

#include "capture/walker_parts.h"
#include "cpython/type_name.h"

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

static void keep_whole_keys(struct hf_walker *walker) {
    const uint32_t *keys = (const uint32_t *)(const void *)walker->cut_strings.data;
    size_t count = walker->cut_strings.used_bytes / sizeof *keys;
    walker->cut_strings.used_bytes = 0;
    for (size_t i = 0; i < count && walker->failure == HF_OK; i++) {
        if (!hf_heap_map_has(&walker->map, HF_MARK_DICT_KEY, keys[i]))
            continue;
        uint64_t addr = hf_heap_map_addr(&walker->map, keys[i]);
        uint64_t type = hf_memory_word(walker->memory, addr + walker->decoder.layout->object.type);
        struct hf_type_plan *plan = hf_type_plans_get(&walker->decoder.plans, type);
        if (plan != NULL)
            hf_walker_add_preview(walker, plan, addr, keys[i], HF_MAX_KEY_CHARS);
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

void hf_walker_expect(struct hf_walker *walker, uint64_t num_blocks) {
    /* Shares of what real heaps need: enough to matter, too little to be wasted. */
    uint64_t num_nodes = num_blocks / 8 * 5;
    if (num_nodes > HF_MAX_NODES / 8)
        return;
    walker->node_capacity = (uint32_t)num_nodes;
    if (!hf_walker_make_room_for_nodes(walker))
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

enum hf_status hf_walker_init(struct hf_walker *walker, struct hf_memory *memory, const struct hf_layout *layout,
                              uint64_t python_traverse, const struct hf_walker_host *host) {
    *walker = (struct hf_walker){.memory = memory, .host = host, .keep_values = true};
    walker->references.flush = hf_walker_flush_references;
    walker->decoded.flush = hf_walker_flush_decoded;
    walker->snapshot = hf_snapshot_create();
    if (walker->snapshot != NULL && hf_heap_map_init(&walker->map) &&
        hf_decoder_init(&walker->decoder, memory, layout, python_traverse)) {
        walker->decoder.plans.on_new = hf_walker_prepare_plan;
        walker->decoder.plans.on_new_context = walker;
        if (host->is_heap != NULL)
            hf_walker_hide(walker, HF_NOWHERE);
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
        &walker->traversed,  &walker->candidates,    &walker->sorted,    &walker->own_references};
    for (size_t i = 0; i < sizeof regions / sizeof *regions; i++)
        hf_region_deinit(regions[i]);
    hf_decoder_deinit(&walker->decoder);
    hf_heap_map_deinit(&walker->map);
    hf_snapshot_destroy(walker->snapshot);
    walker->snapshot = NULL;
}
