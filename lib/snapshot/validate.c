/*
 * validate.c - checks every invariant of snapshot.h, so that nobody after it needs to doubt an index.
 *
 * Opening a plain file costs this and the checksums, and five million objects have a hundred megabytes of columns.
 * So the loops over nodes and edges have no branches: they fold a whole column into one value (a maximum, an "or" of
 * what is wrong between neighbours), which clang turns into vector instructions at -O2, gcc from -O3 on. A message
 * names the column and the value, not the element: who damaged a file past its checksums knows where.
 */
#include "base/bitset.h"
#include "base/error.h"
#include "snapshot/columns.h"

#define DAMAGED "damaged snapshot: "

static uint32_t largest_u32(const uint32_t *values, size_t count) {
    uint32_t largest = 0;
    for (size_t i = 0; i < count; i++)
        largest = values[i] > largest ? values[i] : largest;
    return largest;
}

static uint16_t largest_u16(const uint16_t *values, size_t count) {
    uint16_t largest = 0;
    for (size_t i = 0; i < count; i++)
        largest = values[i] > largest ? values[i] : largest;
    return largest;
}

/* Whether each value exceeds the one before by at least `step`. */
static bool ascends(const uint32_t *values, size_t count, uint32_t step) {
    uint32_t bad = 0;
    for (size_t i = 1; i < count; i++)
        bad |= (uint32_t)(values[i] < values[i - 1]) | (uint32_t)(values[i] - values[i - 1] < step);
    return bad == 0;
}

enum hf_status hf_snapshot_check_lengths(const struct hf_snapshot *s, struct hf_error *error) {
    const enum hf_column_id per_node[] = {HF_COLUMN_node_type, HF_COLUMN_node_size, HF_COLUMN_node_refcount,
                                          HF_COLUMN_node_flags};
    size_t num_nodes = hf_num_node_key(s);
    if (num_nodes > HF_MAX_NODES || hf_num_edge_target(s) > HF_MAX_EDGES)
        return hf_fail(error, HF_ERR_FORMAT, DAMAGED "too many objects or references");
    for (size_t i = 0; i < sizeof per_node / sizeof per_node[0]; i++)
        if (s->columns[per_node[i]].count != num_nodes)
            return hf_fail(error, HF_ERR_FORMAT, DAMAGED "column %s has %zu entries for %zu objects",
                           hf_column_names[per_node[i]], s->columns[per_node[i]].count, num_nodes);
    if (hf_num_node_site(s) != (hf_num_sites(s) > 0 ? num_nodes : 0))
        return hf_fail(error, HF_ERR_FORMAT, DAMAGED "column node_site has %zu entries for %zu objects and %zu sites",
                       hf_num_node_site(s), num_nodes, hf_num_sites(s));
    if (hf_num_row(s) != num_nodes + 1)
        return hf_fail(error, HF_ERR_FORMAT, DAMAGED "column row has %zu entries for %zu objects", hf_num_row(s),
                       num_nodes);
    if (hf_num_edge_name(s) != hf_num_edge_target(s))
        return hf_fail(error, HF_ERR_FORMAT, DAMAGED "%zu references have %zu names", hf_num_edge_target(s),
                       hf_num_edge_name(s));
    for (int i = 0; i < HF_NUM_COLUMNS; i++)
        if (s->columns[i].count > UINT32_MAX)
            return hf_fail(error, HF_ERR_FORMAT, DAMAGED "column %s is too long", hf_column_names[i]);
    return HF_OK;
}

static enum hf_status check_chunks(const struct hf_snapshot *s, struct hf_error *error) {
    const uint64_t *bases = hf_col_chunk_base(s);
    size_t count = hf_num_chunk_base(s);
    if (count > HF_MAX_CHUNKS)
        return hf_fail(error, HF_ERR_FORMAT, DAMAGED "%zu chunks of addresses", count);
    for (size_t i = 0; i < count; i++)
        if (hf_chunk_base_of(bases[i]) != bases[i] || (i > 0 && bases[i] <= bases[i - 1]))
            return hf_fail(error, HF_ERR_FORMAT, DAMAGED "chunk %zu has the base 0x%llx", i,
                           (unsigned long long)bases[i]);
    return HF_OK;
}

static enum hf_status check_keys(const struct hf_snapshot *s, struct hf_error *error) {
    const uint32_t *keys = hf_col_node_key(s);
    size_t count = hf_num_node_key(s);
    if (count == 0)
        return HF_OK;
    if (keys[count - 1] >> HF_KEY_GRANULE_BITS >= hf_num_chunk_base(s))
        return hf_fail(error, HF_ERR_FORMAT, DAMAGED "the last object lies in no chunk");
    if (!ascends(keys, count, 1))
        return hf_fail(error, HF_ERR_FORMAT, DAMAGED "objects are not in the order of their addresses");
    return HF_OK;
}

enum hf_status hf_snapshot_check_rows(const struct hf_snapshot *s, struct hf_error *error) {
    const uint32_t *row = hf_col_row(s);
    size_t count = hf_num_row(s);
    if (row[0] != 0 || row[count - 1] != hf_num_edge_target(s) || !ascends(row, count, 0))
        return hf_fail(error, HF_ERR_FORMAT, DAMAGED "the rows of references do not fit together");
    return HF_OK;
}

/* Every entry of a column is below `bound`. */
static enum hf_status check_below(const struct hf_snapshot *s, enum hf_column_id id, size_t bound,
                                  struct hf_error *error) {
    const struct hf_column *column = &s->columns[id];
    if (column->count == 0)
        return HF_OK;
    uint32_t largest = hf_column_element_bytes[id] == 2 ? largest_u16(column->data, column->count)
                                                        : largest_u32(column->data, column->count);
    if (largest >= bound)
        return hf_fail(error, HF_ERR_FORMAT, DAMAGED "column %s has the value %u, but only %zu exist",
                       hf_column_names[id], largest, bound);
    return HF_OK;
}

static enum hf_status check_big_sizes(const struct hf_snapshot *s, struct hf_error *error) {
    const struct hf_big_size *big = hf_col_big_sizes(s);
    const uint32_t *sizes = hf_col_node_size(s);
    size_t marked = 0;
    for (size_t i = 0; i < hf_num_node_size(s); i++)
        marked += sizes[i] == HF_SIZE_BIG;
    bool fits = marked == hf_num_big_sizes(s);
    for (size_t i = 0; fits && i < hf_num_big_sizes(s); i++)
        fits = big[i].node < s->num_nodes && sizes[big[i].node] == HF_SIZE_BIG &&
               (i == 0 || big[i].node > big[i - 1].node);
    return fits ? HF_OK : hf_fail(error, HF_ERR_FORMAT, DAMAGED "the table of large sizes does not fit the objects");
}

static enum hf_status check_types(const struct hf_snapshot *s, struct hf_error *error) {
    const struct hf_type_record *types = hf_col_types(s);
    for (size_t i = 0; i < hf_num_types(s); i++)
        if ((types[i].node >= s->num_nodes && types[i].node != HF_NO_NODE) || !hf_snapshot_has_text(s, types[i].name) ||
            !hf_snapshot_has_text(s, types[i].module))
            return hf_fail(error, HF_ERR_FORMAT, DAMAGED "type %zu has no such node or name", i);
    return HF_OK;
}

static enum hf_status check_names(const struct hf_snapshot *s, struct hf_error *error) {
    const struct hf_name_record *names = hf_col_names(s);
    for (size_t i = 0; i < hf_num_names(s); i++)
        if (names[i].kind >= HF_NAME_NUM_KINDS || !hf_snapshot_has_text(s, names[i].text))
            return hf_fail(error, HF_ERR_FORMAT, DAMAGED "name %zu has an unknown kind or no text", i);
    return HF_OK;
}

static enum hf_status check_roots(const struct hf_snapshot *s, struct hf_error *error) {
    const struct hf_root_record *roots = hf_col_roots(s);
    for (size_t i = 0; i < hf_num_roots(s); i++)
        if (roots[i].node >= s->num_nodes || roots[i].kind >= HF_ROOT_NUM_KINDS ||
            roots[i].name_kind >= HF_NAME_NUM_KINDS || !hf_snapshot_has_text(s, roots[i].name) ||
            (roots[i].frame != HF_NO_FRAME && roots[i].frame >= hf_num_frames(s)))
            return hf_fail(error, HF_ERR_FORMAT, DAMAGED "root %zu has an unknown kind, node, frame or name", i);
    return HF_OK;
}

static enum hf_status check_threads(const struct hf_snapshot *s, struct hf_error *error) {
    const struct hf_thread_record *threads = hf_col_threads(s);
    const struct hf_frame_record *frames = hf_col_frames(s);
    for (size_t i = 0; i < hf_num_threads(s); i++)
        if (!hf_snapshot_has_text(s, threads[i].name))
            return hf_fail(error, HF_ERR_FORMAT, DAMAGED "thread %zu has no name", i);
    for (size_t i = 0; i < hf_num_frames(s); i++)
        if (frames[i].thread >= hf_num_threads(s) || !hf_snapshot_has_text(s, frames[i].function) ||
            !hf_snapshot_has_text(s, frames[i].file))
            return hf_fail(error, HF_ERR_FORMAT, DAMAGED "frame %zu has no such thread, function or file", i);
    return HF_OK;
}

static enum hf_status check_previews(const struct hf_snapshot *s, struct hf_error *error) {
    const struct hf_preview_record *index = hf_col_preview_index(s);
    size_t count = hf_num_preview_index(s);
    uint32_t largest_at = 0, bad = 0;
    for (size_t i = 0; i < count; i++)
        largest_at = index[i].at > largest_at ? index[i].at : largest_at;
    for (size_t i = 1; i < count; i++)
        bad |= index[i].node <= index[i - 1].node;
    if (count > 0 && (bad != 0 || index[count - 1].node >= s->num_nodes || largest_at >= hf_num_previews(s)))
        return hf_fail(error, HF_ERR_FORMAT, DAMAGED "the index of values does not fit the objects");
    return HF_OK;
}

/* The bytes of a text that was not counted yet. */
static uint64_t count_text(const struct hf_snapshot *s, struct hf_bitset *counted, hf_text_id text) {
    size_t length;
    if (hf_bitset_has(counted, text))
        return 0;
    hf_bitset_add(counted, text);
    hf_snapshot_get_text(s, text, &length);
    return length + 1;
}

/* Whole texts are read for each file and function: where they overlap, little file would be much work. */
static enum hf_status check_site_texts(const struct hf_snapshot *s, struct hf_error *error) {
    const struct hf_site_record *sites = hf_col_sites(s);
    struct hf_bitset counted;
    uint64_t num_bytes = 0;
    if (!hf_bitset_init(&counted, hf_num_strings(s)))
        return hf_fail_nomem(error);
    for (size_t i = 0; i < hf_num_sites(s); i++)
        num_bytes += count_text(s, &counted, sites[i].file) + count_text(s, &counted, sites[i].function);
    hf_bitset_deinit(&counted);
    return num_bytes <= hf_num_strings(s)
               ? HF_OK
               : hf_fail(error, HF_ERR_FORMAT, DAMAGED "files and functions of allocation sites overlap");
}

/* Callers stand before what they call, so that following them ends. */
static enum hf_status check_sites(const struct hf_snapshot *s, struct hf_error *error) {
    const struct hf_site_record *sites = hf_col_sites(s);
    size_t count = hf_num_sites(s);
    for (size_t i = 0; i < count; i++)
        if ((sites[i].caller >= i && sites[i].caller < HF_SITE_CUT) || !hf_snapshot_has_text(s, sites[i].file) ||
            !hf_snapshot_has_text(s, sites[i].function))
            return hf_fail(error, HF_ERR_FORMAT, DAMAGED "allocation site %zu has no such caller, file or function", i);
    return count > 0 ? check_site_texts(s, error) : HF_OK;
}

static enum hf_status check_contents(const struct hf_snapshot *s, struct hf_error *error) {
    const struct hf_content_record *contents = hf_col_contents(s);
    size_t count = hf_num_contents(s);
    uint32_t bad = 0;
    for (size_t i = 0; i < count; i++)
        bad |= (uint32_t)(contents[i].node >= s->num_nodes) | (uint32_t)(contents[i].content > contents[i].node) |
               (uint32_t)(i > 0 && contents[i].node <= contents[i - 1].node);
    if (bad != 0)
        return hf_fail(error, HF_ERR_FORMAT, DAMAGED "the list of equal strings does not fit the objects");
    return HF_OK;
}

static enum hf_status check_extents(const struct hf_snapshot *s, struct hf_error *error) {
    const struct hf_view_record *views = hf_col_views(s);
    const struct hf_room_record *rooms = hf_col_rooms(s);
    uint32_t bad = 0;
    for (size_t i = 0; i < hf_num_views(s); i++)
        bad |= (uint32_t)(views[i].node >= s->num_nodes) | (uint32_t)(i > 0 && views[i].node <= views[i - 1].node);
    for (size_t i = 0; i < hf_num_rooms(s); i++)
        bad |= (uint32_t)(rooms[i].type >= hf_num_types(s)) | (uint32_t)(i > 0 && rooms[i].type <= rooms[i - 1].type);
    return bad == 0 ? HF_OK : hf_fail(error, HF_ERR_FORMAT, DAMAGED "the sizes of views or of attributes fit nothing");
}

static enum hf_status check_origin(const struct hf_snapshot *s, struct hf_error *error) {
    if (!hf_snapshot_has_text(s, s->origin_python) || !hf_snapshot_has_text(s, s->origin_method) ||
        !hf_snapshot_has_text(s, s->origin_program) || !hf_snapshot_has_text(s, s->origin_platform))
        return hf_fail(error, HF_ERR_FORMAT, DAMAGED "the description of the process has no texts");
    return HF_OK;
}

/* A VALUE that follows no KEY: `is_key` and `is_value` hold one byte for each code. */
static bool has_lone_value(const struct hf_snapshot *s, const uint8_t *is_key, const uint8_t *is_value) {
    const uint16_t *code = hf_col_edge_name(s);
    const uint32_t *row = hf_col_row(s);
    size_t num_edges = hf_num_edge_name(s);
    uint8_t bad = 0;
    for (size_t i = 1; i < num_edges; i++)
        bad |= is_value[code[i]] & (uint8_t)~is_key[code[i - 1]];
    for (size_t i = 0; i < s->num_nodes; i++)
        if (row[i] < row[i + 1])
            bad |= is_value[code[row[i]]];
    return bad != 0;
}

static enum hf_status check_values(const struct hf_snapshot *s, struct hf_error *error) {
    size_t num_codes = hf_num_names(s);
    uint8_t *is_key = hf_alloc(num_codes, 2);
    if (is_key == NULL)
        return hf_fail_nomem(error);
    uint8_t *is_value = is_key + num_codes;
    for (size_t i = 0; i < num_codes; i++) {
        is_key[i] = hf_col_names(s)[i].kind == HF_NAME_KEY;
        is_value[i] = hf_col_names(s)[i].kind == HF_NAME_VALUE;
    }
    bool lone = has_lone_value(s, is_key, is_value);
    hf_free(is_key);
    return lone ? hf_fail(error, HF_ERR_FORMAT, DAMAGED "a value of a dict does not follow its key") : HF_OK;
}

enum hf_status hf_snapshot_validate(const struct hf_snapshot *s, struct hf_error *error) {
    enum hf_status status = hf_snapshot_check_lengths(s, error);
    enum hf_status (*const checks[])(const struct hf_snapshot *, struct hf_error *) = {
        check_chunks, check_keys, hf_snapshot_check_rows, check_big_sizes, check_types, check_names,
        check_roots, check_threads, check_previews, check_sites, check_contents, check_extents, check_origin,
    };
    for (size_t i = 0; status == HF_OK && i < sizeof checks / sizeof checks[0]; i++)
        status = checks[i](s, error);
    if (status == HF_OK)
        status = check_below(s, HF_COLUMN_node_type, hf_num_types(s), error);
    if (status == HF_OK)
        status = check_below(s, HF_COLUMN_edge_target, s->num_nodes, error);
    if (status == HF_OK)
        status = check_below(s, HF_COLUMN_edge_name, hf_num_names(s), error);
    if (status == HF_OK)
        status = check_below(s, HF_COLUMN_node_site, hf_num_sites(s) + 1, error);
    if (status == HF_OK)
        status = check_values(s, error);
    return status;
}
