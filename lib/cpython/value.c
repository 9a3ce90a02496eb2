/* value.c - reading the values of atoms; see value.h. */
#include "cpython/value.h"

#include "base/varint.h"
#include "cpython/unicode.h"

static size_t str_preview(struct hf_decoder *decoder, uint64_t addr, size_t max_chars, uint8_t *out, size_t size,
                          bool *is_cut) {
    struct hf_str str;
    if (!hf_str_read(decoder->memory, decoder->layout, addr, &str))
        return 0;
    uint8_t *end = out;
    *end++ = 'S';
    end = hf_varint_put(end, str.length);
    uint64_t num_chars = str.length < max_chars ? str.length : max_chars;
    *is_cut = num_chars < str.length;
    if (str.ascii) {
        const void *text = hf_memory_view(decoder->memory, str.data, (size_t)num_chars);
        if (text == NULL)
            return 0;
        end = hf_varint_put(end, num_chars);
        memcpy(end, text, (size_t)num_chars);
        return (size_t)(end - out) + (size_t)num_chars;
    }
    /* The byte count comes before the bytes: leave it room, then close the gap. */
    char *text = (char *)end + HF_VARINT_MAX_BYTES;
    size_t room = size - (size_t)((uint8_t *)text - out);
    size_t length = hf_str_to_utf8(decoder->memory, &str, max_chars, text, room, &num_chars);
    end = hf_varint_put(end, length);
    memmove(end, text, length);
    return (size_t)(end - out) + length;
}

static size_t bytes_preview(uint8_t tag, uint64_t total, const void *data, size_t max_chars, uint8_t *out,
                            bool *is_cut) {
    size_t kept = total < max_chars ? (size_t)total : max_chars;
    uint8_t *end = out;
    *end++ = tag;
    end = hf_varint_put(end, total);
    end = hf_varint_put(end, data != NULL ? kept : 0);
    if (data != NULL)
        memcpy(end, data, kept);
    *is_cut = kept < total;
    return (size_t)(end - out) + (data != NULL ? kept : 0);
}

static size_t preview_of_bytes(struct hf_decoder *decoder, uint64_t addr, size_t max_chars, uint8_t *out,
                               bool *is_cut) {
    uint64_t length = hf_memory_word(decoder->memory, addr + decoder->layout->object.var_size);
    size_t kept = length < max_chars ? (size_t)length : max_chars;
    return bytes_preview('B', length, hf_memory_view(decoder->memory, addr + decoder->layout->bytes.items, kept),
                         max_chars, out, is_cut);
}

static size_t preview_of_bytearray(struct hf_decoder *decoder, uint64_t addr, size_t max_chars, uint8_t *out,
                                   bool *is_cut) {
    uint64_t length = hf_memory_word(decoder->memory, addr + decoder->layout->object.var_size);
    uint64_t start = hf_memory_word(decoder->memory, addr + decoder->layout->bytearray.start);
    size_t kept = length < max_chars ? (size_t)length : max_chars;
    return bytes_preview('Y', length, start != 0 ? hf_memory_view(decoder->memory, start, kept) : NULL, max_chars, out,
                         is_cut);
}

/* Digits have 30 bits; three of them may still fit in 63. */
static size_t int_preview(struct hf_decoder *decoder, uint64_t addr, uint8_t *out) {
    const struct hf_layout *layout = decoder->layout;
    uint64_t tag = hf_memory_word(decoder->memory, addr + layout->integer.tag);
    bool negative = layout->integer.tagged ? (tag & 3) == 2 : (int64_t)tag < 0;
    uint64_t digits = layout->integer.tagged ? tag >> 3 : (uint64_t)((int64_t)tag < 0 ? -(int64_t)tag : (int64_t)tag);
    if (layout->integer.tagged && (tag & 3) == 1)
        digits = 0;
    if (digits > UINT64_C(1) << 40)
        return 0;
    uint64_t first = addr + layout->integer.digits;
    const void *view = digits != 0 ? hf_memory_view(decoder->memory, first, (size_t)digits * 4) : NULL;
    if (digits != 0 && view == NULL)
        return 0;
    uint32_t top = digits != 0 ? hf_view_u32(view, (size_t)(digits - 1) * 4) : 0;
    uint64_t bits = digits != 0 && top != 0 ? (digits - 1) * 30 + (uint64_t)(32 - __builtin_clz(top)) : 0;
    if (bits > 63) {
        *out = 'L';
        uint8_t *end = hf_varint_put(out + 1, bits);
        *end = negative ? '-' : '+';
        return (size_t)(end - out) + 1;
    }
    uint64_t value = 0;
    for (uint64_t i = digits; i-- > 0;)
        value = value << 30 | hf_view_u32(view, (size_t)i * 4);
    *out = 'I';
    uint64_t zigzag = negative ? value * 2 - 1 : value * 2;
    return (size_t)(hf_varint_put(out + 1, zigzag) - out);
}

bool hf_int_read(struct hf_decoder *decoder, uint64_t addr, uint64_t *value) {
    uint8_t preview[HF_VALUE_OVERHEAD];
    size_t length = int_preview(decoder, addr, preview);
    uint64_t zigzag;
    if (length == 0 || preview[0] != 'I' || hf_varint_get(preview + 1, preview + length, &zigzag) == NULL)
        return false;
    *value = zigzag >> 1 ^ (0 - (zigzag & 1));
    return true;
}

static size_t copy_words(struct hf_decoder *decoder, uint64_t addr, uint8_t tag, size_t length, uint8_t *out) {
    const void *view = hf_memory_view(decoder->memory, addr + decoder->layout->floating.value, length);
    if (view == NULL)
        return 0;
    *out = tag;
    memcpy(out + 1, view, length);
    return length + 1;
}

static size_t bool_preview(struct hf_decoder *decoder, uint64_t addr, uint8_t *out) {
    uint64_t digit = hf_memory_word(decoder->memory, addr + decoder->layout->integer.digits) & 0xFFFFFFFF;
    *out = digit != 0 ? 'T' : 'f';
    return 1;
}

size_t hf_value_preview(struct hf_decoder *decoder, enum hf_kind kind, uint64_t addr, size_t max_chars, uint8_t *out,
                        size_t size, bool *is_cut) {
    *is_cut = false;
    switch (kind) {
    case HF_KIND_STR:
        return str_preview(decoder, addr, max_chars, out, size, is_cut);
    case HF_KIND_BYTES:
        return preview_of_bytes(decoder, addr, max_chars, out, is_cut);
    case HF_KIND_BYTEARRAY:
        return preview_of_bytearray(decoder, addr, max_chars, out, is_cut);
    case HF_KIND_INT:
        return int_preview(decoder, addr, out);
    case HF_KIND_BOOL:
        return bool_preview(decoder, addr, out);
    case HF_KIND_FLOAT:
        return copy_words(decoder, addr, 'F', 8, out);
    case HF_KIND_COMPLEX:
        return copy_words(decoder, addr, 'C', 16, out);
    default:
        return 0;
    }
}
