/*
 * walker.c - a walker's begin and end, and what it writes down last while the process stands still: names of types,
 * which strings are equal, keys of dicts that are longer than a preview, which are kept whole, and allocation sites.
 */
#include "capture/walker.h"

#include <string.h>

#include "capture/sites.h"
#include "capture/walker_parts.h"
#include "cpython/extent.h"
#include "cpython/type_name.h"

#define MIN_ROOM_BYTES (UINT64_C(64) << 20)

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

static void add_room(struct hf_walker *walker, const struct hf_type_plan *plan) {
    struct hf_attribute_room room;
    if (!hf_attribute_room_find(&walker->decoder, plan, &room))
        return;
    struct hf_room_record record = {.type = plan->index, .head_bytes = room.head_bytes,
                                    .values_bytes = room.values_bytes, .is_inside = room.is_inside};
    hf_walker_append(walker, &walker->snapshot->columns[HF_COLUMN_rooms].region, &record, sizeof record);
}

enum hf_status hf_walker_describe(struct hf_walker *walker) {
    for (uint32_t i = 0; i < walker->decoder.plans.num_plans && walker->failure == HF_OK; i++)
        add_type(walker, walker->decoder.plans.in_order[i]);
    for (uint32_t i = 0; i < walker->decoder.plans.num_plans && walker->failure == HF_OK; i++)
        add_room(walker, walker->decoder.plans.in_order[i]);
    if (walker->keep_values && walker->failure == HF_OK)
        hf_walker_compare_contents(walker);
    keep_whole_keys(walker);
    if (walker->site_table != 0 && walker->failure == HF_OK)
        hf_walker_add_sites(walker);
    return walker->failure;
}

void hf_walker_expect(struct hf_walker *walker, uint64_t num_tracked) {
    /* Shares of what real heaps need: enough to matter, too little to be wasted. */
    uint64_t num_nodes = num_tracked / 2 * 3;
    if (num_nodes > HF_MAX_NODES / 8)
        return;
    walker->node_capacity = (uint32_t)num_nodes;
    if (!hf_walker_make_room_for_nodes(walker))
        walker->failure = HF_OK;
    const struct {
        struct hf_region *region;
        size_t bytes;
    } expected[] = {
        {&walker->node_key, num_nodes * sizeof(uint32_t)},      {&walker->node_type, num_nodes * sizeof(uint32_t)},
        {&walker->node_size, num_nodes * sizeof(uint32_t)},     {&walker->node_refcount, num_nodes * sizeof(uint32_t)},
        {&walker->node_degree, num_nodes * sizeof(uint32_t)},   {&walker->node_flags, num_nodes * sizeof(uint16_t)},
        {&walker->edge_key, num_nodes * 2 * sizeof(uint32_t)},  {&walker->edge_name, num_nodes * 2 * sizeof(uint16_t)},
        {&walker->previews, num_nodes * 6},                     {&walker->preview_index, num_nodes * 2},
    };
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        (void)hf_region_reserve(expected[i].region, expected[i].bytes);
        hf_region_populate(expected[i].region, expected[i].bytes);
    }
}

#define NUM_REGIONS 28

/* What a walk fills: the walker's own arrays, and the columns of the snapshot that it writes to. */
static void list_regions(struct hf_walker *walker, struct hf_region *regions[NUM_REGIONS]) {
    struct hf_column *columns = walker->snapshot->columns;
    struct hf_region *const all[NUM_REGIONS] = {
        &walker->node_key,   &walker->node_type,     &walker->node_size, &walker->node_refcount, &walker->node_degree,
        &walker->node_flags, &walker->edge_key,      &walker->edge_name, &walker->pending,       &walker->batch,
        &walker->big_sizes,  &walker->preview_index, &walker->previews,  &walker->cut_strings,   &walker->roots,
        &walker->traversed,  &walker->candidates,    &walker->sorted,    &walker->own_references,
        &walker->contents,   &walker->views,         &columns[HF_COLUMN_rooms].region,
        &columns[HF_COLUMN_strings].region, &columns[HF_COLUMN_types].region,
        &columns[HF_COLUMN_threads].region,          &columns[HF_COLUMN_frames].region,
        &columns[HF_COLUMN_sites].region,            &walker->node_site,
    };
    memcpy(regions, all, sizeof all);
}

/* No heap has more references than words, and no array of the walk takes more than 16 bytes for each. */
static bool share_regions(struct hf_walker *walker, uint64_t shared_bytes) {
    struct hf_region *regions[NUM_REGIONS];
    list_regions(walker, regions);
    for (size_t i = 0; i < NUM_REGIONS; i++)
        if (!hf_region_init_shared(regions[i], 2 * shared_bytes))
            return false;
    return true;
}

static struct hf_walker *create_shared(uint64_t shared_bytes) {
    struct hf_region room = {0};
    if (!hf_region_init_shared(&room, shared_bytes))
        return NULL;
    struct hf_walker *walker = (struct hf_walker *)(void *)room.data;
    room.used_bytes = (sizeof *walker + 63) & ~(size_t)63;
    walker->room = room;
    walker->arena.room = &walker->room;
    return walker;
}

struct hf_walker *hf_walker_create(struct hf_memory *memory, const struct hf_layout *layout, uint64_t python_traverse,
                                   const struct hf_walker_host *host, uint64_t shared_bytes) {
    /* Types, names and bitmaps of a small heap have their size as well. */
    uint64_t room_bytes = shared_bytes != 0 ? shared_bytes + MIN_ROOM_BYTES : 0;
    struct hf_walker *walker = room_bytes != 0 ? create_shared(room_bytes) : hf_alloc(1, sizeof *walker);
    if (walker == NULL)
        return NULL;
    walker->memory = memory;
    walker->host = host;
    walker->most_bytes = UINT64_MAX;
    walker->keep_values = true;
    walker->references.flush = hf_walker_flush_references;
    walker->decoded.flush = hf_walker_flush_decoded;
    walker->snapshot = hf_arena_alloc(&walker->arena, 1, sizeof *walker->snapshot);
    if (walker->snapshot != NULL && (room_bytes == 0 || share_regions(walker, room_bytes)) &&
        hf_snapshot_init(walker->snapshot) && hf_heap_map_init(&walker->map, &walker->arena) &&
        hf_decoder_init(&walker->decoder, &walker->arena, memory, layout, python_traverse)) {
        walker->decoder.plans.on_new = hf_walker_prepare_plan;
        walker->decoder.plans.on_new_context = walker;
        if (host->is_heap != NULL)
            hf_walker_hide(walker, HF_NOWHERE);
        return walker;
    }
    hf_walker_destroy(walker);
    return NULL;
}

void hf_walker_destroy(struct hf_walker *walker) {
    if (walker == NULL)
        return;
    if (walker->snapshot != NULL) {
        struct hf_region *regions[NUM_REGIONS];
        list_regions(walker, regions);
        for (size_t i = 0; i < NUM_REGIONS; i++)
            hf_region_deinit(regions[i]);
        hf_snapshot_deinit(walker->snapshot);
    }
    if (walker->room.is_shared) {
        struct hf_region room = walker->room;
        hf_region_deinit(&room);
        return;
    }
    hf_arena_deinit(&walker->arena);
    hf_free(walker);
}
