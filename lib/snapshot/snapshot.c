/*
 * snapshot.c - the life of a snapshot, and access to its elements.
 *
 * A column's bytes are in one of two places:
 *
 *   captured or decoded   column.region -> own mapping, column.data points to it
 *   opened plainly        column.region is empty,       column.data -> [ header | table | section | section ... ]
 *                                                       snapshot.mapping ^
 *
 * snapshot.h draws the columns and has the invariants. Whoever makes a snapshot fills the regions, seals it, and lets
 * hf_snapshot_validate look at it unless it made every index itself; the functions here rely on it.
 */
#include "snapshot/snapshot.h"

#include <assert.h>
#include <string.h>
#include <sys/mman.h>

#include "base/sorted.h"
#include "base/varint.h"
#include "snapshot/cache.h"
#include "snapshot/columns.h"

const size_t hf_column_element_bytes[HF_NUM_COLUMNS] = {
#define X(field, type) sizeof(type),
    HF_SNAPSHOT_COLUMNS(X)
#undef X
};

const char *const hf_column_names[HF_NUM_COLUMNS] = {
#define X(field, type) #field,
    HF_SNAPSHOT_COLUMNS(X)
#undef X
};

bool hf_snapshot_init(struct hf_snapshot *snapshot) {
    hf_text_id empty;
    return hf_snapshot_add_text(snapshot, "", 0, &empty);
}

void hf_snapshot_deinit(struct hf_snapshot *snapshot) {
    hf_derived_deinit(snapshot);
    hf_cache_destroy(snapshot->cache);
    for (int i = 0; i < HF_NUM_COLUMNS; i++)
        hf_region_deinit(&snapshot->columns[i].region);
    if (snapshot->mapping != NULL)
        munmap(snapshot->mapping, snapshot->mapping_bytes);
}

struct hf_snapshot *hf_snapshot_create(void) {
    struct hf_snapshot *snapshot = hf_alloc(1, sizeof *snapshot);
    if (snapshot == NULL || hf_snapshot_init(snapshot))
        return snapshot;
    hf_snapshot_destroy(snapshot);
    return NULL;
}

struct hf_snapshot *hf_snapshot_create_from(struct hf_snapshot *filled) {
    struct hf_snapshot *snapshot = hf_alloc(1, sizeof *snapshot);
    if (snapshot == NULL)
        return NULL;
    for (int i = 0; i < HF_NUM_COLUMNS; i++)
        hf_region_trim(&filled->columns[i].region);
    *snapshot = *filled;
    *filled = (struct hf_snapshot){0};
    hf_snapshot_seal(snapshot);
    return snapshot;
}

void hf_snapshot_destroy(struct hf_snapshot *snapshot) {
    if (snapshot == NULL)
        return;
    hf_snapshot_deinit(snapshot);
    hf_free(snapshot);
}

void hf_snapshot_seal(struct hf_snapshot *snapshot) {
    for (int i = 0; i < HF_NUM_COLUMNS; i++) {
        struct hf_column *column = &snapshot->columns[i];
        column->data = column->region.data;
        column->count = column->region.used_bytes / hf_column_element_bytes[i];
    }
    hf_snapshot_settle(snapshot);
}

void hf_snapshot_settle(struct hf_snapshot *snapshot) {
    snapshot->num_nodes = (uint32_t)hf_num_node_key(snapshot);
    snapshot->num_edges = (uint32_t)hf_num_edge_target(snapshot);
    snapshot->origin.python = hf_snapshot_get_text(snapshot, snapshot->origin_python, NULL);
    snapshot->origin.method = hf_snapshot_get_text(snapshot, snapshot->origin_method, NULL);
    snapshot->origin.program = hf_snapshot_get_text(snapshot, snapshot->origin_program, NULL);
    snapshot->origin.platform = hf_snapshot_get_text(snapshot, snapshot->origin_platform, NULL);
}

bool hf_snapshot_add_text(struct hf_snapshot *snapshot, const char *utf8, size_t length, hf_text_id *out) {
    struct hf_region *strings = &snapshot->columns[HF_COLUMN_strings].region;
    size_t start = strings->used_bytes, end;
    if (__builtin_add_overflow(start, length, &end) || end > UINT32_MAX - HF_VARINT_MAX_BYTES - 1 ||
        !hf_region_reserve(strings, end + HF_VARINT_MAX_BYTES + 1))
        return false;
    uint8_t *at = hf_varint_put(strings->data + start, length);
    if (length > 0)
        memcpy(at, utf8, length);
    at[length] = '\0';
    strings->used_bytes = (size_t)(at + length + 1 - strings->data);
    *out = (hf_text_id)start;
    return true;
}

bool hf_snapshot_has_text(const struct hf_snapshot *snapshot, hf_text_id text) {
    const uint8_t *strings = hf_col_strings(snapshot);
    size_t count = hf_num_strings(snapshot);
    if (text >= count)
        return false;
    uint64_t length;
    const uint8_t *at = hf_varint_get(strings + text, strings + count, &length);
    return at != NULL && length < (size_t)(strings + count - at) && at[length] == '\0';
}

const char *hf_snapshot_get_text(const struct hf_snapshot *snapshot, hf_text_id text, size_t *length) {
    const uint8_t *strings = hf_col_strings(snapshot);
    uint64_t found = 0;
    const uint8_t *at = text < hf_num_strings(snapshot)
                            ? hf_varint_get(strings + text, strings + hf_num_strings(snapshot), &found)
                            : NULL;
    if (length != NULL)
        *length = at != NULL ? (size_t)found : 0;
    return at != NULL ? (const char *)at : "";
}

uint32_t hf_snapshot_num_nodes(const struct hf_snapshot *snapshot) {
    return snapshot->num_nodes;
}

uint32_t hf_snapshot_num_edges(const struct hf_snapshot *snapshot) {
    return snapshot->num_edges;
}

uint32_t hf_snapshot_num_types(const struct hf_snapshot *snapshot) {
    return (uint32_t)hf_num_types(snapshot);
}

uint32_t hf_snapshot_num_roots(const struct hf_snapshot *snapshot) {
    return (uint32_t)hf_num_roots(snapshot);
}

uint32_t hf_snapshot_num_threads(const struct hf_snapshot *snapshot) {
    return (uint32_t)hf_num_threads(snapshot);
}

uint32_t hf_snapshot_num_frames(const struct hf_snapshot *snapshot) {
    return (uint32_t)hf_num_frames(snapshot);
}

const struct hf_origin *hf_snapshot_get_origin(const struct hf_snapshot *snapshot) {
    return &snapshot->origin;
}

static uint64_t find_big_size(const struct hf_snapshot *snapshot, hf_node_id node) {
    const struct hf_big_size *sizes = hf_col_big_sizes(snapshot);
    size_t count = hf_num_big_sizes(snapshot), at = hf_sorted_find_u32(sizes, count, sizeof *sizes, node);
    return at < count && sizes[at].node == node ? sizes[at].size_bytes : HF_SIZE_BIG;
}

struct hf_node hf_snapshot_get_node(const struct hf_snapshot *snapshot, hf_node_id node) {
    assert(node < snapshot->num_nodes);
    const uint32_t *row = hf_col_row(snapshot);
    uint32_t size = hf_col_node_size(snapshot)[node];
    return (struct hf_node){
        .addr = hf_snapshot_get_addr(snapshot, node),
        .size_bytes = size == HF_SIZE_BIG ? find_big_size(snapshot, node) : size,
        .type = hf_col_node_type(snapshot)[node],
        .refcount = hf_col_node_refcount(snapshot)[node],
        .flags = hf_col_node_flags(snapshot)[node],
        .num_edges = row[node + 1] - row[node],
        .first_edge = row[node],
    };
}

struct hf_edge hf_snapshot_get_edge(const struct hf_snapshot *snapshot, uint32_t edge) {
    assert(edge < snapshot->num_edges);
    const struct hf_name_record *name = &hf_col_names(snapshot)[hf_col_edge_name(snapshot)[edge]];
    struct hf_edge out = {
        .target = hf_col_edge_target(snapshot)[edge],
        .kind = name->kind,
        .name_flags = name->flags,
    };
    out.text = hf_snapshot_get_text(snapshot, name->text, &out.text_length);
    return out;
}

struct hf_type hf_snapshot_get_type(const struct hf_snapshot *snapshot, uint32_t type) {
    assert(type < hf_num_types(snapshot));
    const struct hf_type_record *record = &hf_col_types(snapshot)[type];
    return (struct hf_type){
        .node = record->node,
        .flags = record->flags,
        .name = hf_snapshot_get_text(snapshot, record->name, NULL),
        .module = hf_snapshot_get_text(snapshot, record->module, NULL),
    };
}

struct hf_root hf_snapshot_get_root(const struct hf_snapshot *snapshot, uint32_t root) {
    assert(root < hf_num_roots(snapshot));
    const struct hf_root_record *record = &hf_col_roots(snapshot)[root];
    return (struct hf_root){
        .node = record->node,
        .kind = record->kind,
        .count = record->count,
        .frame = record->frame,
        .name_kind = record->name_kind,
        .name = hf_snapshot_get_text(snapshot, record->name, NULL),
    };
}

struct hf_thread hf_snapshot_get_thread(const struct hf_snapshot *snapshot, uint32_t thread) {
    assert(thread < hf_num_threads(snapshot));
    const struct hf_thread_record *record = &hf_col_threads(snapshot)[thread];
    return (struct hf_thread){
        .ident = record->ident,
        .native_id = record->native_id,
        .name = hf_snapshot_get_text(snapshot, record->name, NULL),
        .is_asker = record->is_asker != 0,
    };
}

struct hf_frame hf_snapshot_get_frame(const struct hf_snapshot *snapshot, uint32_t frame) {
    assert(frame < hf_num_frames(snapshot));
    const struct hf_frame_record *record = &hf_col_frames(snapshot)[frame];
    return (struct hf_frame){
        .thread = record->thread,
        .depth = record->depth,
        .line = record->line,
        .function = hf_snapshot_get_text(snapshot, record->function, NULL),
        .file = hf_snapshot_get_text(snapshot, record->file, NULL),
    };
}

static bool find_chunk(const struct hf_snapshot *snapshot, uint64_t base, uint32_t *out) {
    const uint64_t *bases = hf_col_chunk_base(snapshot);
    size_t count = hf_num_chunk_base(snapshot), at = hf_sorted_find_u64(bases, count, sizeof *bases, base);
    *out = (uint32_t)at;
    return at < count && bases[at] == base;
}

hf_node_id hf_snapshot_find_addr(const struct hf_snapshot *snapshot, uint64_t addr) {
    uint64_t base = hf_chunk_base_of(addr);
    uint32_t chunk;
    if ((addr - base) % HF_GRANULE_BYTES != 0 || !find_chunk(snapshot, base, &chunk))
        return HF_NO_NODE;
    uint32_t key = chunk << HF_KEY_GRANULE_BITS | (uint32_t)((addr - base) / HF_GRANULE_BYTES);
    const uint32_t *keys = hf_col_node_key(snapshot);
    size_t at = hf_sorted_find_u32(keys, snapshot->num_nodes, sizeof *keys, key);
    return at < snapshot->num_nodes && keys[at] == key ? (hf_node_id)at : HF_NO_NODE;
}
