/*
 * unicode.c - reading PyUnicodeObject.
 *
 *   state: interned:2 (3.12+: more) kind:3 compact:1 ascii:1 ready:1 (to 3.11)
 *   compact and ascii   data follow PyASCIIObject
 *   compact             data follow PyCompactUnicodeObject
 *   neither             (subclasses of str, legacy) data are where `data` points to
 */
#include "cpython/unicode.h"

bool hf_str_read(struct hf_memory *memory, const struct hf_layout *layout, uint64_t addr, struct hf_str *out) {
    const void *view = hf_memory_view(memory, addr, layout->str.compact_ascii_bytes);
    if (view == NULL)
        return false;
    uint32_t state = hf_view_u32(view, layout->str.state) >> layout->str.kind_shift;
    uint32_t kind = state & 7;
    out->compact = state & 8;
    out->length = hf_view_u64(view, layout->str.length);
    out->kind = (uint8_t)kind;
    out->ascii = state & 16;
    if ((kind != 1 && kind != 2 && kind != 4) || out->length > UINT64_MAX / 8)
        return false;
    if (out->compact)
        out->data = addr + (out->ascii ? layout->str.compact_ascii_bytes : layout->str.compact_bytes);
    else
        out->data = hf_memory_word(memory, addr + layout->str.data);
    return out->data != 0;
}

static uint32_t char_at(const uint8_t *data, uint8_t kind, uint64_t index) {
    if (kind == 1)
        return data[index];
    if (kind == 2) {
        uint16_t c;
        memcpy(&c, data + index * 2, sizeof c);
        return c;
    }
    uint32_t c;
    memcpy(&c, data + index * 4, sizeof c);
    return c;
}

static size_t encode(uint32_t c, char out[4]) {
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (char)(0xC0 | c >> 6);
        out[1] = (char)(0x80 | (c & 0x3F));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (char)(0xE0 | c >> 12);
        out[1] = (char)(0x80 | (c >> 6 & 0x3F));
        out[2] = (char)(0x80 | (c & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | (c >> 18 & 7));
    out[1] = (char)(0x80 | (c >> 12 & 0x3F));
    out[2] = (char)(0x80 | (c >> 6 & 0x3F));
    out[3] = (char)(0x80 | (c & 0x3F));
    return 4;
}

size_t hf_str_to_utf8(struct hf_memory *memory, const struct hf_str *str, uint64_t max_chars, char *buffer,
                      size_t size, uint64_t *num_chars) {
    uint64_t wanted = str->length < max_chars ? str->length : max_chars;
    if (wanted > size)
        wanted = size;
    const uint8_t *data = hf_memory_view(memory, str->data, (size_t)wanted * str->kind);
    *num_chars = 0;
    if (data == NULL)
        return 0;
    if (str->ascii) {
        memcpy(buffer, data, (size_t)wanted);
        *num_chars = wanted;
        return (size_t)wanted;
    }
    size_t length = 0;
    for (uint64_t i = 0; i < wanted; i++) {
        char bytes[4];
        size_t n = encode(char_at(data, str->kind, i), bytes);
        if (n > size - length)
            break;
        memcpy(buffer + length, bytes, n);
        length += n;
        (*num_chars)++;
    }
    return length;
}
