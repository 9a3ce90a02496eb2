/*
 * preview.c - finds and decodes the value of a small object.
 *
 *   preview_index   [ node 3, at 0 | node 9, at 14 | ... ]      ascending nodes
 *                               |             \____________
 *   previews        [ 'S' 12 12 h e l l o   w o r l d | 'I' 84 | ... ]
 *
 * Validation looks at the index and not at the bytes, of which there are many and few are ever read: every read is
 * bounded by the end of the section, and damaged bytes are "no value".
 */
#include "snapshot/preview.h"

#include <string.h>

#include "base/sorted.h"
#include "base/varint.h"

const uint8_t *hf_snapshot_find_preview(const struct hf_snapshot *snapshot, hf_node_id node, const uint8_t **end) {
    const struct hf_preview_record *index = hf_col_preview_index(snapshot);
    size_t count = hf_num_preview_index(snapshot), at = hf_sorted_find_u32(index, count, sizeof *index, node);
    if (at == count || index[at].node != node)
        return NULL;
    *end = hf_col_previews(snapshot) + hf_num_previews(snapshot);
    return hf_col_previews(snapshot) + index[at].at;
}

static const uint8_t *decode_string(const uint8_t *at, const uint8_t *end, struct hf_preview *out) {
    uint64_t kept;
    at = hf_varint_get(at, end, &out->length);
    if (at != NULL)
        at = hf_varint_get(at, end, &kept);
    if (at == NULL || kept > (uint64_t)(end - at))
        return NULL;
    out->bytes = (const char *)at;
    out->num_bytes = (size_t)kept;
    return at + kept;
}

static const uint8_t *decode_big_int(const uint8_t *at, const uint8_t *end, struct hf_preview *out) {
    at = hf_varint_get(at, end, &out->num_bits);
    if (at == NULL || at == end)
        return NULL;
    out->is_negative = *at == '-';
    return at + 1;
}

static double little_endian_double(const uint8_t *at) {
    uint64_t bits = 0;
    for (int i = 7; i >= 0; i--)
        bits = bits << 8 | at[i];
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static const uint8_t *decode_fields(const uint8_t *at, const uint8_t *end, struct hf_preview *out) {
    *out = (struct hf_preview){.is_whole = true};
    if (at >= end)
        return NULL;
    out->tag = *at++;
    switch (out->tag) {
    case HF_PREVIEW_STR:
    case HF_PREVIEW_BYTES:
    case HF_PREVIEW_BYTEARRAY:
        return decode_string(at, end, out);
    case HF_PREVIEW_INT: {
        uint64_t zigzag = 0;
        at = hf_varint_get(at, end, &zigzag);
        out->integer = hf_zigzag_decode(zigzag);
        return at;
    }
    case HF_PREVIEW_BIG_INT:
        return decode_big_int(at, end, out);
    case HF_PREVIEW_FLOAT:
        if (end - at < 8)
            return NULL;
        out->real = little_endian_double(at);
        return at + 8;
    case HF_PREVIEW_COMPLEX:
        if (end - at < 16)
            return NULL;
        out->real = little_endian_double(at);
        out->imaginary = little_endian_double(at + 8);
        return at + 16;
    case HF_PREVIEW_TRUE:
    case HF_PREVIEW_FALSE:
        return at;
    }
    return NULL;
}

static uint64_t count_characters(const char *bytes, size_t num_bytes) {
    uint64_t count = 0;
    for (size_t i = 0; i < num_bytes; i++)
        count += ((uint8_t)bytes[i] & 0xC0) != 0x80;
    return count;
}

bool hf_preview_decode(const uint8_t *at, const uint8_t *end, struct hf_preview *out) {
    if (decode_fields(at, end, out) == NULL)
        return false;
    if (out->tag == HF_PREVIEW_STR)
        out->is_whole = out->num_bytes >= out->length && count_characters(out->bytes, out->num_bytes) == out->length;
    else if (out->tag == HF_PREVIEW_BYTES || out->tag == HF_PREVIEW_BYTEARRAY)
        out->is_whole = out->num_bytes == out->length;
    return true;
}

const uint8_t *hf_preview_skip(const uint8_t *at, const uint8_t *end) {
    struct hf_preview ignored;
    return decode_fields(at, end, &ignored);
}

bool hf_snapshot_read_preview(const struct hf_snapshot *snapshot, hf_node_id node, struct hf_preview *out) {
    const uint8_t *end;
    const uint8_t *at = hf_snapshot_find_preview(snapshot, node, &end);
    return at != NULL && hf_preview_decode(at, end, out);
}

bool hf_snapshot_find_str(const struct hf_snapshot *snapshot, hf_node_id node, const char **utf8, size_t *length) {
    struct hf_preview preview;
    if (!hf_snapshot_read_preview(snapshot, node, &preview) || preview.tag != HF_PREVIEW_STR || !preview.is_whole)
        return false;
    *utf8 = preview.bytes;
    *length = preview.num_bytes;
    return true;
}
