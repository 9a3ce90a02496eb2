/*
 * escape.c - what Graphviz does to a string on its way into a picture, undone beforehand.
 *
 *   DOT string -> quotes off -> [tooltips: entities, then escapes] -> \N \G \E ... -> [labels: entities, \n \l \r]
 *
 * So an ampersand must always be an entity, and a backslash must be doubled once for labels and twice for tooltips,
 * whose backslashes are read in two places. Nothing else is special inside quotes. No HTML-like labels: they leak, and
 * they have a syntax of their own.
 */
#include "render/escape.h"

#include "base/utf8.h"

#define ELLIPSIS "\xE2\x80\xA6"

static void add_backslash(struct hf_text *text, enum hf_dot_use use) {
    hf_text_add(text, use == HF_DOT_TOOLTIP ? "\\\\\\\\" : "\\\\");
}

static void add_number(struct hf_text *text, uint32_t c, enum hf_dot_use use) {
    add_backslash(text, use);
    if (c < 0x100)
        hf_text_addf(text, "x%02x", c);
    else if (c < 0x10000)
        hf_text_addf(text, "u%04x", c);
    else
        hf_text_addf(text, "U%08x", c);
}

/* False for characters that are neither special nor invisible. */
static bool add_special(struct hf_text *text, uint32_t c, enum hf_dot_use use) {
    const char *letter = c == '\n' ? "n" : c == '\r' ? "r" : c == '\t' ? "t" : NULL;
    if (letter != NULL) {
        add_backslash(text, use);
        hf_text_add(text, letter);
    } else if (c == '\\') {
        add_backslash(text, use);
    } else if (c == '"') {
        hf_text_add(text, "\\\"");
    } else if (c == '&') {
        hf_text_add(text, "&amp;");
    } else if (!hf_utf8_is_printable(c) || (c & 0xFFFE) == 0xFFFE) { /* U+FFFE and its like are no XML */
        add_number(text, c, use);
    } else {
        return false;
    }
    return true;
}

void hf_dot_add_escaped(struct hf_text *text, const char *bytes, size_t length, enum hf_dot_use use) {
    for (size_t at = 0; at < length;) {
        uint32_t c;
        size_t width = hf_utf8_decode(bytes + at, length - at, &c);
        if (width == 0) {
            add_number(text, (uint8_t)bytes[at], use);
            width = 1;
        } else if (!add_special(text, c, use)) {
            hf_text_add_bytes(text, bytes + at, width);
        }
        at += width;
    }
}

void hf_dot_add_cut(struct hf_text *text, const char *bytes, size_t length, size_t max_chars, enum hf_dot_use use) {
    bool fits = hf_utf8_prefix(bytes, length, max_chars) == length;
    size_t kept = fits || max_chars == 0 ? length : hf_utf8_prefix(bytes, length, max_chars - 1);
    hf_dot_add_escaped(text, bytes, kept, use);
    if (!fits)
        hf_text_add(text, ELLIPSIS);
}
