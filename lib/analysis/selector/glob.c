/*
 * glob.c - matches a pattern with one text.
 *
 *   pattern   shop.*Cache?        text   shop.cache.BigCache2
 *                  ^star                      ^resume: where the text goes on if the star takes one more character
 *
 * Only the last star can need to take more: what lies before it fits already, and an earlier star that takes more only
 * moves the same choice to the right. So one place to go back to is enough, and the work is at most pattern times text.
 * fnmatch(3) goes back to every star, which a hostile pattern turns into exponential time, and depends on the locale.
 */
#include "analysis/selector/glob.h"

#include <string.h>

#include "base/utf8.h"

/* A character of the text; a byte that is not UTF-8 counts as one. */
static inline size_t next_char(const char *text, size_t length, uint32_t *out) {
    if ((uint8_t)*text < 0x80) {
        *out = (uint8_t)*text;
        return 1;
    }
    size_t width = hf_utf8_decode(text, length, out);
    if (width == 0) {
        *out = (uint8_t)*text;
        return 1;
    }
    return width;
}

static const char *skip_char(const char *pattern, uint32_t *out) {
    return pattern + next_char(pattern, strnlen(pattern, HF_UTF8_MAX_BYTES), out);
}

/* The end of the set that starts behind '[', or NULL if none does: then '[' stands for itself. */
static const char *match_set(const char *pattern, uint32_t c, bool *matches) {
    bool negated = *pattern == '!' || *pattern == '^';
    const char *at = negated ? pattern + 1 : pattern;
    const char *first = at;
    bool found = false;
    while (*at != '\0' && (*at != ']' || at == first)) {
        uint32_t low, high;
        at = skip_char(at, &low);
        high = low;
        if (at[0] == '-' && at[1] != ']' && at[1] != '\0')
            at = skip_char(at + 1, &high);
        found = found || (c >= low && c <= high);
    }
    *matches = found != negated;
    return *at == ']' ? at + 1 : NULL;
}

/* Matches one element of the pattern, which is no star, with c. The rest of the pattern, or NULL if it does not fit. */
static const char *match_one(const char *pattern, uint32_t c) {
    uint32_t wanted;
    bool matches;
    if (*pattern == '\0')
        return NULL;
    if (*pattern == '?')
        return pattern + 1;
    if (*pattern == '[') {
        const char *end = match_set(pattern + 1, c, &matches);
        if (end != NULL)
            return matches ? end : NULL;
    }
    if (*pattern == '\\' && pattern[1] != '\0')
        pattern++;
    const char *rest = skip_char(pattern, &wanted);
    return wanted == c ? rest : NULL;
}

bool hf_glob_match(const char *pattern, const char *text, size_t length) {
    const char *star = NULL, *resume = NULL, *end = text + length;
    while (text < end) {
        if (*pattern == '*') {
            star = ++pattern;
            resume = text;
            continue;
        }
        uint32_t c;
        size_t width = next_char(text, (size_t)(end - text), &c);
        const char *rest = match_one(pattern, c);
        if (rest != NULL) {
            pattern = rest;
            text += width;
        } else if (star != NULL) {
            pattern = star;
            text = resume += next_char(resume, (size_t)(end - resume), &c);
        } else {
            return false;
        }
    }
    while (*pattern == '*')
        pattern++;
    return *pattern == '\0';
}

bool hf_glob_is_pattern(const char *text) {
    return strpbrk(text, "*?[") != NULL;
}
