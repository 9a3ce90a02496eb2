/*
 * text.c - a growing text, and Python's repr of a string.
 *
 *   data   [ h | e | l | l | o | \0 |   |   ]
 *            length = 5 ------^       capacity = 8
 *
 * Capacity doubles, so n appends cost O(n). `failed` sticks: long chains of appends need no checks.
 */
#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/utf8.h"

static bool make_room(struct hf_text *text, size_t more) {
    size_t wanted;
    if (text->failed || __builtin_add_overflow(text->length, more, &wanted) ||
        __builtin_add_overflow(wanted, 1, &wanted)) {
        text->failed = true;
        return false;
    }
    if (wanted <= text->capacity)
        return true;
    size_t capacity = text->capacity == 0 ? 64 : text->capacity;
    while (capacity < wanted)
        capacity = capacity > SIZE_MAX / 2 ? wanted : capacity * 2;
    char *data = hf_realloc(text->data, capacity, 1);
    if (data == NULL) {
        text->failed = true;
        return false;
    }
    text->data = data;
    text->capacity = capacity;
    return true;
}

void hf_text_add_bytes(struct hf_text *text, const char *bytes, size_t length) {
    if (!make_room(text, length))
        return;
    if (length > 0)
        memcpy(text->data + text->length, bytes, length);
    text->length += length;
    text->data[text->length] = '\0';
}

void hf_text_add(struct hf_text *text, const char *s) {
    hf_text_add_bytes(text, s, strlen(s));
}

void hf_text_add_char(struct hf_text *text, char c) {
    hf_text_add_bytes(text, &c, 1);
}

void hf_text_addf(struct hf_text *text, const char *format, ...) {
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (length < 0) {
        text->failed = true;
    } else if (make_room(text, (size_t)length)) {
        vsnprintf(text->data + text->length, (size_t)length + 1, format, again);
        text->length += (size_t)length;
    }
    va_end(again);
}

/* Writes the digits of a number, with a comma before each three if wanted, from `end` to the left. Gives the first. */
static char *put_digits(char *end, uint64_t number, bool commas) {
    int count = 0;
    do {
        if (commas && count > 0 && count % 3 == 0)
            *--end = ',';
        *--end = (char)('0' + number % 10);
        count++;
    } while ((number /= 10) > 0);
    return end;
}

void hf_text_add_count(struct hf_text *text, uint64_t count) {
    char digits[32];
    char *end = digits + sizeof digits, *start = put_digits(end, count, true);
    hf_text_add_bytes(text, start, (size_t)(end - start));
}

void hf_text_add_int(struct hf_text *text, int64_t number) {
    char digits[32];
    uint64_t absolute = number < 0 ? -(uint64_t)number : (uint64_t)number;
    char *end = digits + sizeof digits, *start = put_digits(end, absolute, false);
    if (number < 0)
        *--start = '-';
    hf_text_add_bytes(text, start, (size_t)(end - start));
}

void hf_text_add_size(struct hf_text *text, uint64_t bytes) {
    static const char *const units[] = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    if (bytes < 1024) {
        hf_text_add_count(text, bytes);
        hf_text_add(text, " B");
        return;
    }
    double value = (double)bytes / 1024;
    size_t unit = 0;
    for (; value >= 1023.95; unit++)
        value /= 1024;
    hf_text_addf(text, "%.1f %s", value, units[unit]);
}

void hf_text_add_share(struct hf_text *text, uint64_t part, uint64_t whole) {
    double percent = whole > 0 ? 100.0 * (double)part / (double)whole : 0;
    if (whole == 0)
        hf_text_add_char(text, '-');
    else if (part > 0 && percent < 0.05)
        hf_text_add(text, "<0.1 %");
    else
        hf_text_addf(text, "%.*f %%", part == whole || part == 0 ? 0 : percent >= 99.95 ? 3 : 1, percent);
}

/* As repr chooses: single quotes, unless the text has such and no double ones. */
static char choose_quote(const char *bytes, size_t length) {
    bool has_single = memchr(bytes, '\'', length) != NULL;
    return has_single && memchr(bytes, '"', length) == NULL ? '"' : '\'';
}

static void add_escaped(struct hf_text *text, uint32_t c) {
    switch (c) {
    case '\t': hf_text_add(text, "\\t"); return;
    case '\n': hf_text_add(text, "\\n"); return;
    case '\r': hf_text_add(text, "\\r"); return;
    default: break;
    }
    if (c < 0x100)
        hf_text_addf(text, "\\x%02x", c);
    else if (c < 0x10000)
        hf_text_addf(text, "\\u%04x", c);
    else
        hf_text_addf(text, "\\U%08x", c);
}

void hf_text_add_repr(struct hf_text *text, const char *utf8, size_t length) {
    char quote = length == 0 ? '\'' : choose_quote(utf8, length);
    hf_text_add_char(text, quote);
    for (size_t at = 0; at < length;) {
        uint32_t c;
        size_t width = hf_utf8_decode(utf8 + at, length - at, &c);
        if (width == 0) { /* not UTF-8: only a damaged file gets here */
            add_escaped(text, (uint8_t)utf8[at]);
            width = 1;
        } else if (c == (uint32_t)quote || c == '\\') {
            hf_text_add_char(text, '\\');
            hf_text_add_char(text, (char)c);
        } else if (hf_utf8_is_printable(c)) {
            hf_text_add_bytes(text, utf8 + at, width);
        } else {
            add_escaped(text, c);
        }
        at += width;
    }
    hf_text_add_char(text, quote);
}

void hf_text_cut(struct hf_text *text, size_t length) {
    if (length >= text->length)
        return;
    text->length = length;
    text->data[length] = '\0';
}

char *hf_text_take(struct hf_text *text) {
    if (text->data == NULL)
        hf_text_add_bytes(text, "", 0);
    char *data = text->failed ? NULL : text->data;
    if (data == NULL)
        hf_free(text->data);
    *text = (struct hf_text)HF_TEXT_INIT;
    return data;
}

void hf_text_deinit(struct hf_text *text) {
    hf_free(text->data);
    *text = (struct hf_text)HF_TEXT_INIT;
}

size_t hf_print_copy(char *buffer, size_t size, const char *text, size_t length) {
    if (size > 0) {
        size_t kept = length < size ? length : size - 1;
        if (kept > 0)
            memcpy(buffer, text, kept);
        buffer[kept] = '\0';
    }
    return length;
}
