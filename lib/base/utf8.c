/*
 * utf8.c - decodes characters, and knows which of them Python's repr escapes.
 *
 * The table holds the general categories Cc, Cf, Cs, Co, Zl, Zp and Zs (without the blank) as ascending, disjoint
 * ranges. Unassigned code points count as printable: which ones are assigned differs between Python releases.
 */
#include "base/utf8.h"

static const struct {
    uint32_t first, last;
} unprintable[] = {
    {0x0000, 0x001F}, {0x007F, 0x00A0}, {0x00AD, 0x00AD}, {0x0600, 0x0605}, {0x061C, 0x061C}, {0x06DD, 0x06DD},
    {0x070F, 0x070F}, {0x0890, 0x0891}, {0x08E2, 0x08E2}, {0x1680, 0x1680}, {0x180E, 0x180E}, {0x2000, 0x200F},
    {0x2028, 0x202F}, {0x205F, 0x2064}, {0x2066, 0x206F}, {0x3000, 0x3000}, {0xD800, 0xF8FF}, {0xFEFF, 0xFEFF},
    {0xFFF9, 0xFFFB}, {0x110BD, 0x110BD}, {0x110CD, 0x110CD}, {0x13430, 0x13438}, {0x1BCA0, 0x1BCA3},
    {0x1D173, 0x1D17A}, {0xE0001, 0xE0001}, {0xE0020, 0xE007F}, {0xF0000, 0xFFFFD}, {0x100000, 0x10FFFD},
};

static size_t sequence_length(uint8_t lead) {
    if (lead < 0x80)
        return 1;
    if (lead >= 0xC2 && lead < 0xE0)
        return 2;
    if (lead >= 0xE0 && lead < 0xF0)
        return 3;
    if (lead >= 0xF0 && lead < 0xF5)
        return 4;
    return 0;
}

size_t hf_utf8_decode(const char *bytes, size_t length, uint32_t *out) {
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    const uint8_t *at = (const uint8_t *)bytes;
    if (length == 0)
        return 0;
    size_t width = sequence_length(at[0]);
    if (width == 0 || width > length)
        return 0;
    uint32_t c = width == 1 ? at[0] : at[0] & (0x7Fu >> width);
    for (size_t i = 1; i < width; i++) {
        if ((at[i] & 0xC0) != 0x80)
            return 0;
        c = c << 6 | (at[i] & 0x3Fu);
    }
    if (c < smallest[width] || c > 0x10FFFF)
        return 0;
    *out = c;
    return width;
}

bool hf_utf8_is_printable(uint32_t c) {
    if (c >= 0x20 && c < 0x7F)
        return true;
    size_t low = 0, high = sizeof unprintable / sizeof unprintable[0];
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (c > unprintable[middle].last)
            low = middle + 1;
        else if (c < unprintable[middle].first)
            high = middle;
        else
            return false;
    }
    return true;
}

size_t hf_utf8_prefix(const char *bytes, size_t length, size_t max_chars) {
    if (length <= max_chars)
        return length;
    size_t at = 0;
    for (size_t chars = 0; at < length && chars < max_chars; chars++) {
        uint32_t c;
        size_t width = hf_utf8_decode(bytes + at, length - at, &c);
        at += width > 0 ? width : 1;
    }
    return at;
}
