/*
 * codec.c - turns columns into streams of small numbers, which zstd then makes smaller.
 *
 * Objects of a type are alike: they have the same size and flags, their references have the same names in the same
 * order, and as they were made one after the other, what they refer to was too. So a number is written as the
 * difference to what is expected from the last object of the same type:
 *
 *   edges of        Session 7: .user -> 120   .cart -> 340        Session 8: .user -> 121   .cart -> 344
 *   written                                                                    +1             +4
 *   last            [hash(Session, .user)] = 120 ...
 *
 * "Last" is kept in a table without collision handling: two keys in one slot cost a few bytes and never correctness,
 * because both sides do the same. Each encoder stands next to its decoder.
 */
#include "snapshot/codec.h"

#include <string.h>

#include "snapshot/columns.h"

#define ROW_START 0x10000u   /* stands for "no name before this one" */

static uint32_t slot_of(uint32_t type, uint32_t name) {
    return (type * 0x9E3779B1u ^ name * 0x85EBCA77u) >> 16;
}

static uint64_t load(const struct hf_column *column, size_t element_bytes, size_t i) {
    switch (element_bytes) {
    case 2: return ((const uint16_t *)column->data)[i];
    case 4: return ((const uint32_t *)column->data)[i];
    default: return ((const uint64_t *)column->data)[i];
    }
}

/* Stores a number; false if it does not fit into the element. */
static bool store(struct hf_column *column, size_t element_bytes, size_t i, uint64_t value) {
    switch (element_bytes) {
    case 2: ((uint16_t *)column->region.data)[i] = (uint16_t)value; return value <= UINT16_MAX;
    case 4: ((uint32_t *)column->region.data)[i] = (uint32_t)value; return value <= UINT32_MAX;
    default: ((uint64_t *)column->region.data)[i] = value; return true;
    }
}

static void encode_differences(const struct hf_column *column, size_t element_bytes, struct hf_pack *pack) {
    uint64_t last = 0;
    for (size_t i = 0; i < column->count; i++) {
        uint64_t value = load(column, element_bytes, i);
        hf_pack_put(pack, value - last);
        last = value;
    }
}

static bool decode_differences(struct hf_column *column, size_t element_bytes, struct hf_unpack *unpack) {
    uint64_t value = 0;
    for (size_t i = 0; i < column->count; i++) {
        value += hf_unpack_get(unpack);
        if (!store(column, element_bytes, i, value) || unpack->failed)
            return false;
    }
    return true;
}

static void encode_lengths(const struct hf_snapshot *snapshot, struct hf_pack *pack) {
    const uint32_t *row = hf_col_row(snapshot);
    for (size_t i = 0; i + 1 < hf_num_row(snapshot); i++)
        hf_pack_put(pack, row[i + 1] - row[i]);
}

static bool decode_lengths(struct hf_column *column, struct hf_unpack *unpack) {
    uint32_t *row = (uint32_t *)column->region.data;
    uint64_t end = 0;
    row[0] = 0;
    for (size_t i = 1; i < column->count; i++) {
        uint64_t length = hf_unpack_get(unpack);
        end += length;
        if (length > UINT32_MAX || end > UINT32_MAX || unpack->failed)
            return false;
        row[i] = (uint32_t)end;
    }
    return true;
}

static void encode_varints(const struct hf_column *column, size_t element_bytes, struct hf_pack *pack) {
    for (size_t i = 0; i < column->count; i++)
        hf_pack_put(pack, load(column, element_bytes, i));
}

static bool decode_varints(struct hf_column *column, size_t element_bytes, struct hf_unpack *unpack) {
    for (size_t i = 0; i < column->count; i++)
        if (!store(column, element_bytes, i, hf_unpack_get(unpack)) || unpack->failed)
            return false;
    return true;
}

static void encode_last(struct hf_codec *codec, const uint32_t *type, const struct hf_column *column,
                        size_t element_bytes, struct hf_pack *pack) {
    for (size_t i = 0; i < column->count; i++) {
        uint32_t *last = &codec->last[type[i] & 0xFFFF];
        uint32_t value = (uint32_t)load(column, element_bytes, i);
        hf_pack_put(pack, hf_zigzag_encode((int64_t)value - *last));
        *last = value;
    }
}

static bool decode_last(struct hf_codec *codec, const uint32_t *type, struct hf_column *column, size_t element_bytes,
                        struct hf_unpack *unpack) {
    for (size_t i = 0; i < column->count; i++) {
        uint32_t *last = &codec->last[type[i] & 0xFFFF];
        uint64_t value = *last + (uint64_t)hf_zigzag_decode(hf_unpack_get(unpack));
        if (!store(column, element_bytes, i, value) || unpack->failed)
            return false;
        *last = (uint32_t)value;
    }
    return true;
}

static void encode_names(struct hf_codec *codec, const struct hf_snapshot *snapshot, struct hf_pack *pack) {
    const uint32_t *row = hf_col_row(snapshot), *type = hf_col_node_type(snapshot);
    const uint16_t *name = hf_col_edge_name(snapshot);
    for (size_t node = 0; node < snapshot->num_nodes; node++) {
        uint32_t before = ROW_START;
        for (uint32_t i = row[node]; i < row[node + 1]; i++) {
            uint16_t *follower = &codec->follower[slot_of(type[node], before)];
            hf_pack_put(pack, *follower == name[i] ? 0 : name[i] + 1u);
            *follower = name[i];
            before = name[i];
        }
    }
}

static bool decode_names(struct hf_codec *codec, struct hf_snapshot *snapshot, struct hf_unpack *unpack) {
    const uint32_t *row = hf_col_row(snapshot), *type = hf_col_node_type(snapshot);
    uint16_t *name = (uint16_t *)snapshot->columns[HF_COLUMN_edge_name].region.data;
    for (size_t node = 0; node + 1 < hf_num_row(snapshot); node++) {
        uint32_t before = ROW_START;
        for (uint32_t i = row[node]; i < row[node + 1]; i++) {
            uint16_t *follower = &codec->follower[slot_of(type[node], before)];
            uint64_t written = hf_unpack_get(unpack);
            if (written > 0x10000 || unpack->failed)
                return false;
            if (written > 0)
                *follower = (uint16_t)(written - 1);
            name[i] = *follower;
            before = *follower;
        }
    }
    return true;
}

static void encode_targets(struct hf_codec *codec, const struct hf_snapshot *snapshot, struct hf_pack *pack) {
    const uint32_t *row = hf_col_row(snapshot), *type = hf_col_node_type(snapshot);
    const uint32_t *target = hf_col_edge_target(snapshot);
    const uint16_t *name = hf_col_edge_name(snapshot);
    for (size_t node = 0; node < snapshot->num_nodes; node++)
        for (uint32_t i = row[node]; i < row[node + 1]; i++) {
            uint32_t *last = &codec->last[slot_of(type[node], name[i])];
            hf_pack_put(pack, hf_zigzag_encode((int64_t)target[i] - *last));
            *last = target[i];
        }
}

static bool decode_targets(struct hf_codec *codec, struct hf_snapshot *snapshot, struct hf_unpack *unpack) {
    const uint32_t *row = hf_col_row(snapshot), *type = hf_col_node_type(snapshot);
    const uint16_t *name = hf_col_edge_name(snapshot);
    uint32_t *target = (uint32_t *)snapshot->columns[HF_COLUMN_edge_target].region.data;
    for (size_t node = 0; node + 1 < hf_num_row(snapshot); node++)
        for (uint32_t i = row[node]; i < row[node + 1]; i++) {
            uint32_t *last = &codec->last[slot_of(type[node], name[i])];
            uint64_t value = *last + (uint64_t)hf_zigzag_decode(hf_unpack_get(unpack));
            if (value > UINT32_MAX || unpack->failed)
                return false;
            target[i] = *last = (uint32_t)value;
        }
    return true;
}

_Static_assert(sizeof(struct hf_preview_record) == 8 && sizeof(struct hf_content_record) == 8,
               "what has an index is a node and a number");

static void encode_index(const struct hf_column *column, struct hf_pack *pack) {
    const struct hf_preview_record *index = column->data;
    uint32_t node = 0, at = 0;
    for (size_t i = 0; i < column->count; node = index[i++].node)
        hf_pack_put(pack, index[i].node - node);
    for (size_t i = 0; i < column->count; at = index[i++].at)
        hf_pack_put(pack, hf_zigzag_encode((int64_t)index[i].at - at));
}

static bool decode_index(struct hf_column *column, struct hf_unpack *unpack) {
    struct hf_preview_record *index = (struct hf_preview_record *)column->region.data;
    uint64_t node = 0, at = 0;
    for (size_t i = 0; i < column->count; i++) {
        node += hf_unpack_get(unpack);
        if (node > UINT32_MAX || unpack->failed)
            return false;
        index[i].node = (uint32_t)node;
    }
    for (size_t i = 0; i < column->count; i++) {
        at += (uint64_t)hf_zigzag_decode(hf_unpack_get(unpack));
        if (at > UINT32_MAX || unpack->failed)
            return false;
        index[i].at = (uint32_t)at;
    }
    return true;
}

void hf_codec_encode(struct hf_codec *codec, const struct hf_snapshot *snapshot, enum hf_column_id id,
                     enum hf_encoding encoding, struct hf_pack *pack) {
    const struct hf_column *column = &snapshot->columns[id];
    size_t element_bytes = hf_column_element_bytes[id];
    memset(codec, 0, sizeof *codec);
    switch (encoding) {
    case HF_ENCODING_PLAIN: /* does not come here: it is no stream */
    case HF_ENCODING_BYTES: hf_pack_put_bytes(pack, column->data, column->count * element_bytes); break;
    case HF_ENCODING_DIFFERENCES: encode_differences(column, element_bytes, pack); break;
    case HF_ENCODING_LENGTHS: encode_lengths(snapshot, pack); break;
    case HF_ENCODING_VARINTS: encode_varints(column, element_bytes, pack); break;
    case HF_ENCODING_LAST: encode_last(codec, hf_col_node_type(snapshot), column, element_bytes, pack); break;
    case HF_ENCODING_NAMES: encode_names(codec, snapshot, pack); break;
    case HF_ENCODING_TARGETS: encode_targets(codec, snapshot, pack); break;
    case HF_ENCODING_INDEX: encode_index(column, pack); break;
    }
}

/* Only the number columns have elements that `load` and `store` know. */
static bool has_numbers(enum hf_column_id id) {
    switch (id) {
    case HF_COLUMN_chunk_base:
    case HF_COLUMN_node_key:
    case HF_COLUMN_node_type:
    case HF_COLUMN_node_size:
    case HF_COLUMN_node_refcount:
    case HF_COLUMN_node_flags:
    case HF_COLUMN_row:
    case HF_COLUMN_edge_target:
    case HF_COLUMN_edge_name:
    case HF_COLUMN_node_site: return true;
    default: return false;
    }
}

/* The columns with one 32 or 16 bit number for each node, whose type is known before them. */
static bool has_number_per_node(enum hf_column_id id) {
    return id == HF_COLUMN_node_size || id == HF_COLUMN_node_refcount || id == HF_COLUMN_node_flags ||
           id == HF_COLUMN_node_site;
}

static bool can_stand_for(enum hf_encoding encoding, enum hf_column_id id) {
    switch (encoding) {
    case HF_ENCODING_PLAIN: return false;
    case HF_ENCODING_BYTES: return true;
    case HF_ENCODING_DIFFERENCES:
    case HF_ENCODING_VARINTS: return has_numbers(id);
    case HF_ENCODING_LAST: return has_number_per_node(id);
    case HF_ENCODING_LENGTHS: return id == HF_COLUMN_row;
    case HF_ENCODING_NAMES: return id == HF_COLUMN_edge_name;
    case HF_ENCODING_TARGETS: return id == HF_COLUMN_edge_target;
    case HF_ENCODING_INDEX: return id == HF_COLUMN_preview_index || id == HF_COLUMN_contents;
    }
    return false;
}

static bool decode(struct hf_codec *codec, struct hf_snapshot *snapshot, enum hf_column_id id,
                   enum hf_encoding encoding, struct hf_unpack *unpack) {
    struct hf_column *column = &snapshot->columns[id];
    size_t element_bytes = hf_column_element_bytes[id];
    switch (encoding) {
    case HF_ENCODING_PLAIN: return false;
    case HF_ENCODING_BYTES:
        hf_unpack_get_bytes(unpack, column->region.data, column->count * element_bytes);
        return !unpack->failed;
    case HF_ENCODING_DIFFERENCES: return decode_differences(column, element_bytes, unpack);
    case HF_ENCODING_LENGTHS: return decode_lengths(column, unpack);
    case HF_ENCODING_VARINTS: return decode_varints(column, element_bytes, unpack);
    case HF_ENCODING_LAST: return decode_last(codec, hf_col_node_type(snapshot), column, element_bytes, unpack);
    case HF_ENCODING_NAMES: return decode_names(codec, snapshot, unpack);
    case HF_ENCODING_TARGETS: return decode_targets(codec, snapshot, unpack);
    case HF_ENCODING_INDEX: return decode_index(column, unpack);
    }
    return false;
}

bool hf_codec_decode(struct hf_codec *codec, struct hf_snapshot *snapshot, enum hf_column_id id,
                     enum hf_encoding encoding, struct hf_unpack *unpack) {
    memset(codec, 0, sizeof *codec);
    return can_stand_for(encoding, id) && decode(codec, snapshot, id, encoding, unpack) &&
           hf_unpack_is_complete(unpack);
}
