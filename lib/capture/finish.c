/*
 * finish.c - from the order of visits to the order of addresses, while the process runs again.
 *
 *   visited:  key[0] key[1] ...  with degree[i] edges each, targets as keys        ids are ranks of bits:
 *   wanted:   node 0, node 1 ... in address order, targets as ids                  no sort, no hash
 *
 * Each column is moved alone and its old form is given back at once, so that both forms of the whole never exist
 * together. The sweep visited mostly in address order: reads and writes of a move run side by side.
 *
 * When all objects are in order, finish_roots.c adds the roots.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "capture/finish_parts.h"

#define DROP_BYTES ((size_t)1 << 20)

static uint64_t bytes_of_map(const struct hf_heap_map *map) {
    uint64_t num_bitmaps = map->num_chunks;
    for (uint32_t i = 0; i < map->num_chunks; i++)
        for (int mark = 0; mark < HF_NUM_MARKS; mark++)
            num_bitmaps += map->chunks[i]->marks[mark] != NULL;
    return num_bitmaps * HF_MAP_WORDS * sizeof(uint64_t) + map->num_chunks * HF_MAP_WORDS * sizeof(uint16_t);
}

/* Counts what is held now, when a column has its new form and not yet lost its old one: the peak is among these. */
static void note_memory(struct hf_finish *finish) {
    const struct hf_walker *walker = finish->walker;
    const struct hf_region *visited[] = {
        &walker->node_key,   &walker->node_type, &walker->node_size,   &walker->node_refcount, &walker->node_degree,
        &walker->node_flags, &walker->edge_key,  &walker->edge_name,   &walker->big_sizes,     &walker->cut_strings,
        &walker->preview_index, &walker->previews, &walker->roots, &walker->node_site,
        &walker->contents, &walker->views};
    struct hf_snapshot *snapshot = finish->snapshot;
    uint64_t bytes = finish->map_bytes + (uint64_t)finish->num_nodes * sizeof *finish->in_degree;
    for (size_t i = 0; i < sizeof visited / sizeof *visited; i++)
        bytes += hf_region_held_bytes(visited[i]);
    for (int id = 0; id < HF_NUM_COLUMNS; id++)
        bytes += hf_region_held_bytes(&snapshot->columns[id].region);
    if (bytes > snapshot->origin.capture_bytes)
        snapshot->origin.capture_bytes = bytes;
}

/* Gives back what only the walk needed, and the room for more that the columns had: the peak of memory is ahead. */
static void give_back_room(struct hf_walker *walker) {
    struct hf_region *scratch[] = {&walker->pending, &walker->batch, &walker->sorted, &walker->traversed,
                                   &walker->candidates};
    struct hf_region *columns[] = {&walker->node_key,      &walker->node_type,   &walker->node_size,
                                   &walker->node_refcount, &walker->node_degree, &walker->node_flags};
    struct hf_region *others[] = {&walker->edge_key, &walker->edge_name, &walker->preview_index, &walker->previews};
    for (size_t i = 0; i < sizeof scratch / sizeof *scratch; i++)
        hf_region_deinit(scratch[i]);
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
        columns[i]->used_bytes = walker->num_nodes * (i < 5 ? sizeof(uint32_t) : sizeof(uint16_t));
        hf_region_trim(columns[i]);
    }
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        hf_region_trim(others[i]);
}

/* Room for `count` elements, all of them in use. NULL: no memory. */
static void *make_column(struct hf_finish *finish, enum hf_column_id id, size_t count, size_t element_bytes) {
    struct hf_region *region = hf_finish_column(finish, id);
    if (!hf_region_reserve(region, count * element_bytes + 1))
        return NULL;
    hf_region_populate(region, count * element_bytes);
    note_memory(finish);
    region->used_bytes = count * element_bytes;
    return region->data;
}

static const uint32_t *visited_keys(const struct hf_finish *finish) {
    return (const uint32_t *)(const void *)finish->walker->node_key.data;
}

static bool move_u32(struct hf_finish *finish, struct hf_region *visited, enum hf_column_id id) {
    uint32_t *out = make_column(finish, id, finish->num_nodes, sizeof *out);
    if (out == NULL)
        return false;
    const uint32_t *in = (const uint32_t *)(const void *)visited->data, *keys = visited_keys(finish);
    for (uint32_t i = 0; i < finish->num_nodes; i++)
        out[hf_finish_rank(finish, keys[i])] = in[i];
    hf_region_deinit(visited);
    return true;
}

static bool move_flags(struct hf_finish *finish) {
    uint16_t *out = make_column(finish, HF_COLUMN_node_flags, finish->num_nodes, sizeof *out);
    if (out == NULL)
        return false;
    const uint16_t *in = (const uint16_t *)(const void *)finish->walker->node_flags.data;
    const uint32_t *keys = visited_keys(finish);
    for (uint32_t i = 0; i < finish->num_nodes; i++)
        out[hf_finish_rank(finish, keys[i])] = in[i];
    hf_region_deinit(&finish->walker->node_flags);
    return true;
}

static bool move_sites(struct hf_finish *finish) {
    struct hf_region *sites = &finish->walker->node_site;
    return sites->used_bytes == 0 || move_u32(finish, sites, HF_COLUMN_node_site);
}

static bool make_keys(struct hf_finish *finish) {
    const struct hf_heap_map *map = &finish->walker->map;
    uint32_t *out = make_column(finish, HF_COLUMN_node_key, finish->num_nodes, sizeof *out);
    uint64_t *bases = make_column(finish, HF_COLUMN_chunk_base, map->num_chunks, sizeof *bases);
    if (out == NULL || bases == NULL)
        return false;
    for (uint32_t i = 0; i < map->num_chunks; i++)
        bases[map->chunks[i]->final_ordinal] = map->chunks[i]->base;
    const uint32_t *keys = visited_keys(finish);
    for (uint32_t i = 0; i < finish->num_nodes; i++)
        out[hf_finish_rank(finish, keys[i])] =
            map->chunks[keys[i] >> HF_KEY_GRANULE_BITS]->final_ordinal << HF_KEY_GRANULE_BITS | (keys[i] & 0xFFFF);
    return true;
}

/* row[i + 1] = edges of node i, then the running sum. */
static bool make_rows(struct hf_finish *finish) {
    uint32_t *row = make_column(finish, HF_COLUMN_row, (size_t)finish->num_nodes + 1, sizeof *row);
    if (row == NULL)
        return false;
    const uint32_t *degree = (const uint32_t *)(const void *)finish->walker->node_degree.data;
    const uint32_t *keys = visited_keys(finish);
    for (uint32_t i = 0; i < finish->num_nodes; i++)
        row[hf_finish_rank(finish, keys[i]) + 1] = degree[i];
    row[0] = 0;
    for (uint32_t i = 0; i < finish->num_nodes; i++)
        row[i + 1] += row[i];
    return true;
}

/*
 * A column of edges, row by row. Both forms together would be the peak of all memory: the old one is given back while
 * it is read, as fast as pages of the new one are touched.
 */
static bool move_edges(struct hf_finish *finish, struct hf_region *visited, enum hf_column_id id,
                       size_t element_bytes) {
    size_t num_bytes = finish->walker->num_edges * element_bytes, at = 0, dropped = 0;
    struct hf_region *out = hf_finish_column(finish, id);
    if (!hf_region_reserve(out, num_bytes + 1))
        return false;
    out->used_bytes = num_bytes;
    const uint32_t *row = (const uint32_t *)(const void *)hf_finish_column(finish, HF_COLUMN_row)->data;
    const uint32_t *degree = (const uint32_t *)(const void *)finish->walker->node_degree.data;
    const uint32_t *keys = visited_keys(finish);
    for (uint32_t i = 0; i < finish->num_nodes; i++) {
        size_t row_bytes = degree[i] * element_bytes;
        if (row_bytes != 0)
            memcpy(out->data + row[hf_finish_rank(finish, keys[i])] * element_bytes, visited->data + at, row_bytes);
        at += row_bytes;
        if (at - dropped >= DROP_BYTES) {
            hf_region_drop(visited, dropped, at);
            dropped = at;
        }
    }
    hf_region_deinit(visited);
    note_memory(finish);
    return true;
}

static bool add_name_table(struct hf_finish *finish) {
    const struct hf_name_table *table = &finish->walker->decoder.names;
    struct hf_name_record *out = make_column(finish, HF_COLUMN_names, table->num_entries, sizeof *out);
    if (out == NULL)
        return false;
    for (uint32_t i = 0; i < table->num_entries; i++) {
        const struct hf_name_text *name = hf_name_table_get(table, i);
        out[i] = (struct hf_name_record){.kind = name->kind, .flags = name->flags};
        if (!hf_snapshot_add_text(finish->snapshot, name->text, name->length, &out[i].text))
            return false;
    }
    return true;
}

static void number_types(struct hf_finish *finish) {
    const struct hf_type_plans *plans = &finish->walker->decoder.plans;
    struct hf_type_record *types = (struct hf_type_record *)(void *)hf_finish_column(finish, HF_COLUMN_types)->data;
    for (uint32_t i = 0; i < plans->num_plans; i++) {
        struct hf_chunk *chunk = hf_heap_map_chunk(&finish->walker->map, plans->in_order[i]->addr);
        uint32_t granule = hf_heap_map_granule(plans->in_order[i]->addr);
        types[i].node = hf_finish_rank(finish, chunk->first_key | granule);
    }
}

static int compare_big(const void *a, const void *b) {
    const struct hf_big_size *left = a, *right = b;
    return left->node < right->node ? -1 : left->node > right->node;
}

static bool move_big_sizes(struct hf_finish *finish) {
    struct hf_region *in = &finish->walker->big_sizes;
    size_t count = in->used_bytes / sizeof(struct hf_big_size);
    struct hf_big_size *out = make_column(finish, HF_COLUMN_big_sizes, count, sizeof *out);
    if (out == NULL)
        return false;
    for (size_t i = 0; i < count; i++) {
        out[i] = ((struct hf_big_size *)(void *)in->data)[i];
        out[i].node = hf_finish_rank(finish, out[i].node);
    }
    qsort(out, count, sizeof *out, compare_big);
    return true;
}

/* Previews by node; of two of one node the later one is the whole value. Without values only keys of dicts remain. */
static bool move_previews(struct hf_finish *finish) {
    struct hf_walker *walker = finish->walker;
    const struct hf_preview_record *in = (const struct hf_preview_record *)(const void *)walker->preview_index.data;
    size_t count = walker->preview_index.used_bytes / sizeof *in, num_kept = 0;
    struct hf_region at_of_node = {0};
    if (!hf_region_reserve(&at_of_node, (size_t)finish->num_nodes * sizeof(uint32_t) + 1))
        return false;
    uint32_t *at = (uint32_t *)(void *)at_of_node.data;
    for (size_t i = 0; i < count; i++) {
        if (!walker->keep_values && !hf_heap_map_has(&walker->map, HF_MARK_DICT_KEY, in[i].node))
            continue;
        uint32_t node = hf_finish_rank(finish, in[i].node);
        num_kept += at[node] == 0;
        at[node] = in[i].at + 1;
    }
    struct hf_preview_record *out = make_column(finish, HF_COLUMN_preview_index, num_kept, sizeof *out);
    for (uint32_t node = 0; out != NULL && node < finish->num_nodes; node++)
        if (at[node] != 0)
            *out++ = (struct hf_preview_record){node, at[node] - 1};
    hf_region_deinit(&at_of_node);
    hf_region_deinit(&walker->preview_index);
    *hf_finish_column(finish, HF_COLUMN_previews) = walker->previews;
    walker->previews = (struct hf_region){0};
    return out != NULL;
}

static int compare_views(const void *a, const void *b) {
    const struct hf_view_record *left = a, *right = b;
    return (left->node > right->node) - (left->node < right->node);
}

static bool move_views(struct hf_finish *finish) {
    struct hf_region *in = &finish->walker->views;
    const struct hf_view_record *found = (const struct hf_view_record *)(const void *)in->data;
    size_t count = in->used_bytes / sizeof *found;
    struct hf_view_record *out = make_column(finish, HF_COLUMN_views, count, sizeof *out);
    if (out == NULL)
        return false;
    size_t num_out = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t node = hf_finish_rank(finish, found[i].node);
        out[num_out] = (struct hf_view_record){.node = node, .num_bytes = found[i].num_bytes};
        num_out += node != HF_NO_NODE;
    }
    if (num_out > 0)
        qsort(out, num_out, sizeof *out, compare_views);
    hf_finish_column(finish, HF_COLUMN_views)->used_bytes = num_out * sizeof *out;
    hf_region_deinit(in);
    return true;
}

static int compare_hashes(const void *a, const void *b) {
    const struct hf_found_content *left = a, *right = b;
    if (left->hash != right->hash)
        return left->hash < right->hash ? -1 : 1;
    return (left->key > right->key) - (left->key < right->key);
}

static int compare_contents(const void *a, const void *b) {
    const struct hf_content_record *left = a, *right = b;
    return (left->node > right->node) - (left->node < right->node);
}

/* Strings that are equal get one number, and those without an equal none. */
static bool move_contents(struct hf_finish *finish) {
    struct hf_region *in = &finish->walker->contents;
    struct hf_found_content *found = (struct hf_found_content *)(void *)in->data;
    size_t count = in->used_bytes / sizeof *found, num_found = 0, num_out = 0;
    for (size_t i = 0; i < count; i++) {
        found[num_found].hash = found[i].hash;
        found[num_found].key = hf_finish_rank(finish, found[i].key);
        num_found += found[num_found].key != HF_NO_NODE;
    }
    struct hf_content_record *out = make_column(finish, HF_COLUMN_contents, num_found, sizeof *out);
    if (out == NULL)
        return false;
    if (num_found > 0)
        qsort(found, num_found, sizeof *found, compare_hashes);
    for (size_t i = 0, end; i < num_found; i = end) {
        for (end = i + 1; end < num_found && found[end].hash == found[i].hash; end++) {}
        for (size_t j = i; j < end && end - i > 1; j++)
            out[num_out++] = (struct hf_content_record){found[j].key, found[i].key};
    }
    if (num_out > 0)
        qsort(out, num_out, sizeof *out, compare_contents);
    hf_finish_column(finish, HF_COLUMN_contents)->used_bytes = num_out * sizeof *out;
    hf_region_deinit(in);
    return true;
}

/* `[i]` for an item whose index its place in the row no longer tells. */
static uint16_t item_name(struct hf_finish *finish, uint32_t index) {
    char text[16];
    int length = snprintf(text, sizeof text, "@[%u]", index);
    return hf_name_table_intern(&finish->walker->decoder.names, HF_NAME_TEMPLATE, text, (size_t)length);
}

/* Names while a row is read and edges to hidden objects are taken out of it. */
struct row_names {
    uint32_t num_items;      /* items before this edge, hidden ones included */
    bool lost_item, lost_key;
};

static uint16_t name_in_row(struct hf_finish *finish, struct row_names *row, uint16_t name, bool is_lost) {
    bool is_item = name == HF_N_ITEM || name == HF_N_ITEM_EXTRA, was_key_lost = row->lost_key;
    uint32_t index = row->num_items;
    row->num_items += is_item;
    row->lost_key = is_lost && (name == HF_N_KEY || name == HF_N_KEY_EXTRA);
    if (is_item && row->lost_item)
        name = item_name(finish, index);
    row->lost_item |= is_item && is_lost;
    return name == HF_N_VALUE && was_key_lost ? (uint16_t)HF_N_UNNAMED : name;
}

/* Turns targets from keys into numbers, counts who is referred to how often, and takes out edges to hidden objects. */
static void resolve_targets(struct hf_finish *finish) {
    struct hf_walker *walker = finish->walker;
    uint32_t *degree = (uint32_t *)(void *)walker->node_degree.data;
    uint32_t *targets = (uint32_t *)(void *)walker->edge_key.data;
    uint16_t *names = (uint16_t *)(void *)walker->edge_name.data;
    uint32_t from = 0, to = 0;
    for (uint32_t i = 0; i < finish->num_nodes; i++) {
        uint32_t first = to, end = from + degree[i];
        struct row_names row = {0};
        for (; from < end; from++) {
            uint32_t target = hf_finish_rank(finish, targets[from]);
            uint16_t name = name_in_row(finish, &row, names[from], target == HF_NO_NODE);
            if (target == HF_NO_NODE)
                continue;
            finish->in_degree[target]++;
            targets[to] = target;
            names[to++] = name;
        }
        degree[i] = to - first;
    }
    walker->num_edges = to;
}

static bool move_all_edges(struct hf_finish *finish) {
    struct hf_walker *walker = finish->walker;
    bool ok = make_rows(finish) && move_edges(finish, &walker->edge_name, HF_COLUMN_edge_name, sizeof(uint16_t)) &&
              move_edges(finish, &walker->edge_key, HF_COLUMN_edge_target, sizeof(uint32_t));
    hf_region_deinit(&walker->node_degree);
    return ok;
}

static bool move_columns(struct hf_finish *finish) {
    struct hf_walker *walker = finish->walker;
    return move_u32(finish, &walker->node_type, HF_COLUMN_node_type) &&
           move_u32(finish, &walker->node_size, HF_COLUMN_node_size) &&
           move_u32(finish, &walker->node_refcount, HF_COLUMN_node_refcount) && move_sites(finish) &&
           move_flags(finish) && move_all_edges(finish) && make_keys(finish) && move_big_sizes(finish) &&
           move_previews(finish) && move_contents(finish) && move_views(finish) && add_name_table(finish);
}

enum hf_status hf_walker_finish(struct hf_walker *walker, struct hf_snapshot **out, struct hf_error *error) {
    struct hf_finish finish = {.walker = walker, .snapshot = walker->snapshot};
    uint64_t num_objects;
    if (!hf_heap_map_number(&walker->map, &num_objects))
        return hf_fail_nomem(error);
    if (num_objects != walker->num_nodes)
        return hf_fail(error, HF_ERR_INTERNAL, "the walk visited %u of %llu objects", walker->num_nodes,
                       (unsigned long long)num_objects);
    give_back_room(walker);
    finish.num_nodes = walker->num_nodes;
    finish.map_bytes = bytes_of_map(&walker->map);
    struct hf_region in_degree = {0};
    if (!hf_region_reserve(&in_degree, (size_t)finish.num_nodes * sizeof(uint32_t) + 1))
        return hf_fail_nomem(error);
    hf_region_populate(&in_degree, in_degree.capacity_bytes);
    finish.in_degree = (uint32_t *)(void *)in_degree.data;
    resolve_targets(&finish);
    bool ok = move_columns(&finish);
    if (ok)
        number_types(&finish);
    ok = ok && hf_finish_add_roots(&finish);
    hf_region_deinit(&in_degree);
    if (!ok)
        return hf_fail_nomem(error);
    finish.snapshot->origin.has_previews = walker->keep_values;
    finish.snapshot->origin.has_contents = walker->keep_values;
    finish.snapshot->origin.has_extents = true;
    struct hf_snapshot *snapshot = hf_snapshot_create_from(finish.snapshot);
    if (snapshot == NULL)
        return hf_fail_nomem(error);
    *out = snapshot;
    return HF_OK;
}
