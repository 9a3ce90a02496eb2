/*
 * builder.c - makes a snapshot a node and an edge at a time.
 *
 * Nodes, types, roots and texts go straight into the columns. Edges come in any order of sources, so they wait in a
 * list and are put into rows at the end by a counting sort, which keeps the order inside a row:
 *
 *   pending  [2->0 A] [0->1 K] [2->1 B]        row     [0 | 1 | 1 | 3]
 *                                              target  [1 | 0 | 1]
 *
 * Names are told apart by a hash table of codes with linear probing (0 is an empty slot, so it stores code + 1).
 * The first failure sticks in `status`; hf_builder_finish reports it.
 */
#include "snapshot/builder.h"

#include <stdlib.h>
#include <string.h>

#include <xxhash.h>

#include "base/error.h"
#include "base/varint.h"
#include "snapshot/columns.h"

#define MAX_NAMES 65536u
#define NAME_SLOTS (MAX_NAMES * 2)

struct pending_edge {
    uint32_t source, target;
    uint16_t name;
};

struct hf_builder {
    struct hf_snapshot *snapshot;
    struct hf_region edges;          /* struct pending_edge */
    struct hf_region name_slots;     /* uint32_t[NAME_SLOTS] */
    struct hf_error error;
};

static void set_failed(struct hf_builder *builder, enum hf_status status, const char *message) {
    if (builder->error.status == HF_OK)
        (void)hf_fail(&builder->error, status, "%s", message);
}

static void set_nomem(struct hf_builder *builder) {
    set_failed(builder, HF_ERR_NOMEM, "out of memory");
}

/* Room for one more element at the end of a region, or NULL. */
static void *append(struct hf_builder *builder, struct hf_region *region, size_t size) {
    if (builder->error.status != HF_OK)
        return NULL;
    void *at = hf_region_add(region, size);
    if (at == NULL)
        set_nomem(builder);
    return at;
}

static void *append_row(struct hf_builder *builder, enum hf_column_id id) {
    return append(builder, &builder->snapshot->columns[id].region, hf_column_element_bytes[id]);
}

static uint32_t count_of(const struct hf_builder *builder, enum hf_column_id id) {
    return (uint32_t)(builder->snapshot->columns[id].region.used_bytes / hf_column_element_bytes[id]);
}

static hf_text_id add_text(struct hf_builder *builder, const char *text) {
    hf_text_id id = 0;
    if (builder->error.status == HF_OK && text != NULL && *text != '\0' &&
        !hf_snapshot_add_text(builder->snapshot, text, strlen(text), &id))
        set_nomem(builder);
    return id;
}

static bool start(struct hf_builder *builder) {
    builder->snapshot = hf_snapshot_create();
    if (builder->snapshot == NULL || !hf_region_reserve(&builder->name_slots, NAME_SLOTS * sizeof(uint32_t)))
        return false;
    struct hf_snapshot *snapshot = builder->snapshot;
    return hf_snapshot_add_text(snapshot, "builder", 7, &snapshot->origin_method);
}

struct hf_builder *hf_builder_create(void) {
    struct hf_builder *builder = hf_alloc(1, sizeof *builder);
    if (builder != NULL && !start(builder)) {
        hf_builder_destroy(builder);
        return NULL;
    }
    return builder;
}

void hf_builder_destroy(struct hf_builder *builder) {
    if (builder == NULL)
        return;
    hf_snapshot_destroy(builder->snapshot);
    hf_region_deinit(&builder->edges);
    hf_region_deinit(&builder->name_slots);
    hf_free(builder);
}

uint32_t hf_builder_add_type(struct hf_builder *builder, const char *name, const char *module, uint32_t flags) {
    uint32_t type = count_of(builder, HF_COLUMN_types);
    hf_text_id name_text = add_text(builder, name);
    hf_text_id module_text = add_text(builder, module);
    struct hf_type_record *record = append_row(builder, HF_COLUMN_types);
    if (record != NULL)
        *record = (struct hf_type_record){HF_NO_NODE, flags, name_text, module_text};
    return type;
}

void hf_builder_set_type_node(struct hf_builder *builder, uint32_t type, hf_node_id node) {
    struct hf_type_record *types = (struct hf_type_record *)builder->snapshot->columns[HF_COLUMN_types].region.data;
    if (type >= count_of(builder, HF_COLUMN_types))
        set_failed(builder, HF_ERR_FORMAT, "a type object is given for a type that does not exist");
    else
        types[type].node = node;
}

/* The key of an address in the last chunk, which is added if the address lies in a new one. */
static uint32_t make_key(struct hf_builder *builder, uint64_t addr) {
    const struct hf_region *chunks = &builder->snapshot->columns[HF_COLUMN_chunk_base].region;
    uint32_t num_chunks = count_of(builder, HF_COLUMN_chunk_base);
    uint64_t base = hf_chunk_base_of(addr);
    if (num_chunks == 0 || ((const uint64_t *)chunks->data)[num_chunks - 1] != base) {
        uint64_t *chunk = append_row(builder, HF_COLUMN_chunk_base);
        if (chunk != NULL)
            *chunk = base;
        num_chunks++;
    }
    return (num_chunks - 1) << HF_KEY_GRANULE_BITS | (uint32_t)((addr - base) / HF_GRANULE_BYTES);
}

static uint32_t make_size(struct hf_builder *builder, hf_node_id node, uint64_t size_bytes) {
    if (size_bytes < HF_SIZE_BIG)
        return (uint32_t)size_bytes;
    struct hf_big_size *big = append_row(builder, HF_COLUMN_big_sizes);
    if (big != NULL)
        *big = (struct hf_big_size){node, 0, size_bytes};
    return HF_SIZE_BIG;
}

hf_node_id hf_builder_add_node(struct hf_builder *builder, uint64_t addr, uint32_t type, uint64_t size_bytes,
                               uint32_t refcount, uint32_t flags) {
    hf_node_id node = count_of(builder, HF_COLUMN_node_key);
    if (addr % 8 != 0)
        set_failed(builder, HF_ERR_FORMAT, "the address of an object is not a multiple of 8");
    uint32_t new_key = make_key(builder, addr);
    uint32_t new_size = make_size(builder, node, size_bytes);
    uint32_t *key = append_row(builder, HF_COLUMN_node_key);
    uint32_t *type_at = append_row(builder, HF_COLUMN_node_type);
    uint32_t *size = append_row(builder, HF_COLUMN_node_size);
    uint32_t *count = append_row(builder, HF_COLUMN_node_refcount);
    uint16_t *flags_at = append_row(builder, HF_COLUMN_node_flags);
    if (flags_at != NULL) { /* failures stick, so the last one tells of all */
        *key = new_key;
        *type_at = type;
        *size = new_size;
        *count = refcount;
        *flags_at = (uint16_t)flags;
    }
    return node;
}

static bool is_name(const struct hf_builder *builder, uint32_t code, enum hf_name_kind kind, const char *text,
                    size_t length) {
    const struct hf_snapshot *snapshot = builder->snapshot;
    const struct hf_name_record *record =
        (const struct hf_name_record *)snapshot->columns[HF_COLUMN_names].region.data + code;
    if (record->kind != kind)
        return false;
    const struct hf_region *strings = &snapshot->columns[HF_COLUMN_strings].region;
    uint64_t found = 0;
    const uint8_t *at = hf_varint_get(strings->data + record->text, strings->data + strings->used_bytes, &found);
    return found == length && memcmp(at, text, length) == 0;
}

static uint16_t find_name(struct hf_builder *builder, enum hf_name_kind kind, const char *text) {
    uint32_t *slots = (uint32_t *)builder->name_slots.data;
    size_t length = strlen(text);
    size_t slot = XXH3_64bits_withSeed(text, length, kind) % NAME_SLOTS;
    for (; slots[slot] != 0; slot = (slot + 1) % NAME_SLOTS)
        if (is_name(builder, slots[slot] - 1, kind, text, length))
            return (uint16_t)(slots[slot] - 1);
    uint32_t code = count_of(builder, HF_COLUMN_names);
    if (code == MAX_NAMES) {
        set_failed(builder, HF_ERR_LIMIT, "more than 65,536 different names of references");
        return 0;
    }
    hf_text_id text_id = add_text(builder, text);
    struct hf_name_record *record = append_row(builder, HF_COLUMN_names);
    if (record == NULL)
        return 0;
    *record = (struct hf_name_record){text_id, (uint8_t)kind, 0, 0};
    slots[slot] = code + 1;
    return (uint16_t)code;
}

void hf_builder_add_edge(struct hf_builder *builder, hf_node_id source, hf_node_id target, enum hf_name_kind kind,
                         const char *text) {
    uint16_t name = find_name(builder, kind, text != NULL ? text : "");
    struct pending_edge *edge = append(builder, &builder->edges, sizeof *edge);
    if (edge != NULL)
        *edge = (struct pending_edge){source, target, name};
}

static void add_preview(struct hf_builder *builder, hf_node_id node, const uint8_t *head, size_t head_length,
                        const char *bytes, size_t length) {
    struct hf_region *previews = &builder->snapshot->columns[HF_COLUMN_previews].region;
    struct hf_preview_record *record = append_row(builder, HF_COLUMN_preview_index);
    if (record != NULL)
        *record = (struct hf_preview_record){node, (uint32_t)previews->used_bytes};
    uint8_t *at = append(builder, previews, head_length + length);
    if (at != NULL) {
        memcpy(at, head, head_length);
        memcpy(at + head_length, bytes, length);
    }
}

void hf_builder_add_str(struct hf_builder *builder, hf_node_id node, const char *utf8) {
    uint8_t head[1 + 2 * HF_VARINT_MAX_BYTES] = {'S'};
    size_t length = strlen(utf8);
    uint64_t characters = 0;
    for (size_t i = 0; i < length; i++)
        characters += ((uint8_t)utf8[i] & 0xC0) != 0x80;
    uint8_t *end = hf_varint_put(hf_varint_put(head + 1, characters), length);
    add_preview(builder, node, head, (size_t)(end - head), utf8, length);
}

void hf_builder_add_int(struct hf_builder *builder, hf_node_id node, int64_t value) {
    uint8_t bytes[1 + HF_VARINT_MAX_BYTES] = {'I'};
    uint8_t *end = hf_varint_put(bytes + 1, hf_zigzag_encode(value));
    add_preview(builder, node, bytes, (size_t)(end - bytes), "", 0);
}

void hf_builder_add_content(struct hf_builder *builder, hf_node_id node, hf_node_id content) {
    struct hf_content_record *record = append_row(builder, HF_COLUMN_contents);
    if (record != NULL)
        *record = (struct hf_content_record){node, content};
}

void hf_builder_add_view(struct hf_builder *builder, hf_node_id node, uint64_t num_bytes) {
    struct hf_view_record *record = append_row(builder, HF_COLUMN_views);
    if (record != NULL)
        *record = (struct hf_view_record){.node = node, .num_bytes = num_bytes};
}

void hf_builder_add_room(struct hf_builder *builder, struct hf_room_record room) {
    struct hf_room_record *record = append_row(builder, HF_COLUMN_rooms);
    if (record != NULL)
        *record = room;
}

void hf_builder_add_root(struct hf_builder *builder, hf_node_id node, enum hf_root_kind kind, const char *name,
                         uint32_t frame) {
    hf_text_id text = add_text(builder, name);
    struct hf_root_record *record = append_row(builder, HF_COLUMN_roots);
    if (record != NULL)
        *record = (struct hf_root_record){.node = node, .count = 1, .frame = frame, .name = text, .kind = (uint8_t)kind,
                                          .name_kind = kind == HF_ROOT_FRAME ? HF_NAME_LOCAL : HF_NAME_NONE};
}

void hf_builder_add_outside(struct hf_builder *builder, hf_node_id node, uint32_t count, enum hf_name_kind name_kind,
                            const char *name) {
    hf_text_id text = add_text(builder, name);
    struct hf_root_record *record = append_row(builder, HF_COLUMN_roots);
    if (record != NULL)
        *record = (struct hf_root_record){.node = node, .count = count, .frame = HF_NO_FRAME, .name = text,
                                          .kind = HF_ROOT_OUTSIDE, .name_kind = (uint8_t)name_kind};
}

uint32_t hf_builder_add_thread(struct hf_builder *builder, uint64_t ident, const char *name, bool is_asker) {
    uint32_t thread = count_of(builder, HF_COLUMN_threads);
    hf_text_id text = add_text(builder, name);
    struct hf_thread_record *record = append_row(builder, HF_COLUMN_threads);
    if (record != NULL)
        *record = (struct hf_thread_record){.ident = ident, .name = text, .is_asker = is_asker};
    return thread;
}

uint32_t hf_builder_add_frame(struct hf_builder *builder, uint32_t thread, uint32_t depth, const char *function,
                              const char *file, uint32_t line) {
    uint32_t frame = count_of(builder, HF_COLUMN_frames);
    hf_text_id function_text = add_text(builder, function);
    hf_text_id file_text = add_text(builder, file);
    struct hf_frame_record *record = append_row(builder, HF_COLUMN_frames);
    if (record != NULL)
        *record = (struct hf_frame_record){thread, depth, line, function_text, file_text};
    return frame;
}

uint32_t hf_builder_add_site(struct hf_builder *builder, uint32_t caller, const char *file, uint32_t line,
                             const char *function) {
    uint32_t site = count_of(builder, HF_COLUMN_sites);
    hf_text_id file_text = add_text(builder, file);
    hf_text_id function_text = add_text(builder, function);
    struct hf_site_record *record = append_row(builder, HF_COLUMN_sites);
    if (record != NULL)
        *record = (struct hf_site_record){caller, line, file_text, function_text};
    return site;
}

void hf_builder_set_site(struct hf_builder *builder, hf_node_id node, uint32_t site) {
    struct hf_region *sites = &builder->snapshot->columns[HF_COLUMN_node_site].region;
    while (sites->used_bytes < (node + (size_t)1) * sizeof(uint32_t))
        if (append(builder, sites, sizeof(uint32_t)) == NULL)
            return;
    ((uint32_t *)(void *)sites->data)[node] = site + 1;
}

/* The last nodes may have been made nowhere. */
static void complete_sites(struct hf_builder *builder) {
    struct hf_region *sites = &builder->snapshot->columns[HF_COLUMN_node_site].region;
    size_t num_bytes = count_of(builder, HF_COLUMN_node_key) * sizeof(uint32_t);
    while (count_of(builder, HF_COLUMN_sites) > 0 && sites->used_bytes < num_bytes)
        if (append(builder, sites, sizeof(uint32_t)) == NULL)
            return;
}

/* row[i + 1] = number of edges of i, then the running sum: where each row starts. */
static enum hf_status count_rows(struct hf_builder *builder, struct hf_error *error) {
    const struct pending_edge *edges = (const struct pending_edge *)builder->edges.data;
    size_t num_edges = builder->edges.used_bytes / sizeof *edges;
    uint32_t num_nodes = count_of(builder, HF_COLUMN_node_key);
    struct hf_region *rows = &builder->snapshot->columns[HF_COLUMN_row].region;
    rows->used_bytes = ((size_t)num_nodes + 1) * sizeof(uint32_t);
    if (!hf_region_reserve(rows, rows->used_bytes))
        return hf_fail_nomem(error);
    uint32_t *row = (uint32_t *)rows->data;
    for (size_t i = 0; i < num_edges; i++) {
        if (edges[i].source >= num_nodes)
            return hf_fail(error, HF_ERR_FORMAT, "a reference starts at object %u of %u", edges[i].source, num_nodes);
        row[edges[i].source + 1]++;
    }
    for (uint32_t i = 0; i < num_nodes; i++)
        row[i + 1] += row[i];
    return HF_OK;
}

static enum hf_status place_edges(struct hf_builder *builder, struct hf_error *error) {
    enum hf_status status = count_rows(builder, error);
    if (status != HF_OK)
        return status;
    const struct pending_edge *edges = (const struct pending_edge *)builder->edges.data;
    size_t num_edges = builder->edges.used_bytes / sizeof *edges;
    uint32_t num_nodes = count_of(builder, HF_COLUMN_node_key);
    struct hf_region *targets = &builder->snapshot->columns[HF_COLUMN_edge_target].region;
    struct hf_region *names = &builder->snapshot->columns[HF_COLUMN_edge_name].region;
    uint32_t *next = hf_alloc(num_nodes, sizeof *next);
    if (next == NULL || !hf_region_reserve(targets, num_edges * sizeof(uint32_t)) ||
        !hf_region_reserve(names, num_edges * sizeof(uint16_t))) {
        hf_free(next);
        return hf_fail_nomem(error);
    }
    memcpy(next, builder->snapshot->columns[HF_COLUMN_row].region.data, num_nodes * sizeof *next);
    for (size_t i = 0; i < num_edges; i++) {
        uint32_t at = next[edges[i].source]++;
        ((uint32_t *)targets->data)[at] = edges[i].target;
        ((uint16_t *)names->data)[at] = edges[i].name;
    }
    targets->used_bytes = num_edges * sizeof(uint32_t);
    names->used_bytes = num_edges * sizeof(uint16_t);
    hf_free(next);
    return HF_OK;
}

/* Records of 8 bytes that begin with a node. */
static int compare_nodes(const void *left, const void *right) {
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    return (a > b) - (a < b);
}

static void sort_by_node(struct hf_region *records) {
    _Static_assert(sizeof(struct hf_preview_record) == 8 && sizeof(struct hf_content_record) == 8, "see above");
    if (records->used_bytes > 0)
        qsort(records->data, records->used_bytes / 8, 8, compare_nodes);
}

/* The builder keeps strings whole: which are equal is known. */
static void sort_values(struct hf_snapshot *snapshot) {
    struct hf_region *index = &snapshot->columns[HF_COLUMN_preview_index].region;
    sort_by_node(index);
    sort_by_node(&snapshot->columns[HF_COLUMN_contents].region);
    snapshot->origin.has_previews = snapshot->origin.has_contents = index->used_bytes > 0;
    snapshot->origin.has_extents = true;
}

static enum hf_status finish(struct hf_builder *builder, struct hf_error *error) {
    complete_sites(builder);
    if (builder->error.status != HF_OK)
        return hf_fail(error, builder->error.status, "%s", builder->error.message);
    enum hf_status status = place_edges(builder, error);
    if (status != HF_OK)
        return status;
    sort_values(builder->snapshot);
    hf_snapshot_seal(builder->snapshot);
    return hf_snapshot_validate(builder->snapshot, error);
}

enum hf_status hf_builder_finish(struct hf_builder *builder, struct hf_snapshot **out, struct hf_error *error) {
    enum hf_status status = finish(builder, error);
    struct hf_snapshot *made = builder->snapshot;
    builder->snapshot = NULL;
    if (status == HF_OK)
        *out = made;
    else
        hf_snapshot_destroy(made);
    return status;
}
