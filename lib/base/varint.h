/*
 * varint.h - integers in as few bytes as they need: seven bits a byte, least significant first, the high bit set on
 * all bytes but the last. Zigzag puts small negative numbers among the small ones: 0, -1, 1, -2, ... -> 0, 1, 2, 3.
 */
#ifndef HF_BASE_VARINT_H
#define HF_BASE_VARINT_H

#include <holdfast/holdfast.h>

#define HF_VARINT_MAX_BYTES 10

/* Writes `value` at `out`, which has room for HF_VARINT_MAX_BYTES, and gives the end. */
static inline uint8_t *hf_varint_put(uint8_t *out, uint64_t value) {
    while (value >= 0x80) {
        *out++ = (uint8_t)(value | 0x80);
        value >>= 7;
    }
    *out++ = (uint8_t)value;
    return out;
}

/* Reads a varint from [at, end) and gives its end, or NULL if it does not end in time or exceeds 64 bits. */
static inline const uint8_t *hf_varint_get(const uint8_t *at, const uint8_t *end, uint64_t *out) {
    uint64_t value = 0;
    for (unsigned shift = 0; at < end && shift < 64; shift += 7) {
        uint8_t byte = *at++;
        if (shift == 63 && byte > 1)
            return NULL;
        value |= (uint64_t)(byte & 0x7F) << shift;
        if (byte < 0x80) {
            *out = value;
            return at;
        }
    }
    return NULL;
}

static inline uint64_t hf_zigzag_encode(int64_t value) {
    return (uint64_t)value << 1 ^ (uint64_t)(value >> 63);
}

static inline int64_t hf_zigzag_decode(uint64_t value) {
    return (int64_t)(value >> 1 ^ (0 - (value & 1)));
}

#endif
