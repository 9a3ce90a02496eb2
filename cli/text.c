/*
 * text.c - texts for people.
 *
 * Width is counted by mbrtowc and wcwidth in a UTF-8 locale, which main.c has chosen. Names in a snapshot come from a
 * stranger's process: a control character in one must not reach the terminal.
 */
#include "cli/text.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "cli/cli.h"

/*
 * Decodes one character: its length in bytes, and its columns in *width: -1 for a control, INVALID for a byte that is
 * no UTF-8.
 */
#define INVALID (-2)
static size_t decode(const char *text, int *width) {
    if (*text >= ' ' && *text <= '~') {
        *width = 1;
        return 1;
    }
    wchar_t c;
    mbstate_t state = {0};
    size_t length = mbrtowc(&c, text, MB_LEN_MAX, &state);
    if (length == (size_t)-1 || length == (size_t)-2 || length == 0) {
        *width = INVALID;
        return 1;
    }
    int columns = wcwidth(c);
    *width = columns < 0 ? -1 : columns;
    return length;
}

size_t text_width(const char *text) {
    size_t columns = 0;
    while (*text) {
        int width;
        text += decode(text, &width);
        columns += width < 0 ? 1 : (size_t)width;
    }
    return columns;
}

/* A copy in which what decodes to `least` or less stands as \xNN. */
static char *escape(const char *text, int least) {
    char *clean = text_must(malloc(4 * strlen(text) + 1));
    char *out = clean;
    while (*text) {
        int width;
        size_t length = decode(text, &width);
        for (size_t i = 0; i < length; i++) {
            if (width <= least)
                out += sprintf(out, "\\x%02x", (unsigned char)text[i]);
            else
                *out++ = text[i];
        }
        text += length;
    }
    *out = '\0';
    return clean;
}

char *text_clean(const char *text) {
    return escape(text, -1);
}

char *text_valid(const char *text) {
    return escape(text, INVALID);
}

/* The end of the longest start of `text` that fits into `width` columns. */
static const char *fit(const char *text, size_t width) {
    size_t columns = 0;
    while (*text) {
        int step;
        size_t length = decode(text, &step);
        columns += step < 0 ? 1 : (size_t)step;
        if (columns > width)
            break;
        text += length;
    }
    return text;
}

char *text_cut(const char *text, size_t width, bool at_start) {
    size_t columns = text_width(text);
    if (columns <= width || width == 0)
        return text_format("%s", columns <= width ? text : "");
    if (!at_start)
        return text_format("%.*s…", (int)(fit(text, width - 1) - text), text);
    const char *rest = text;
    for (; columns > width - 1; columns = text_width(rest)) {
        int step;
        rest += decode(rest, &step);
    }
    return text_format("…%s", rest);
}

/* A word that is wider than a line has a line of its own. */
void text_print_wrapped(const char *text, size_t indent, size_t width) {
    char *clean = text_clean(text);
    size_t column = 0;
    for (const char *at = clean; *(at += strspn(at, " ")) != '\0';) {
        char *word = text_format("%.*s", (int)strcspn(at, " "), at);
        size_t columns = text_width(word);
        bool fits = column > 0 && column + 1 + columns <= width;
        if (!fits)
            printf("%s%*s", column > 0 ? "\n" : "", (int)indent, "");
        printf("%s%s", fits ? " " : "", word);
        column = (fits ? column + 1 : indent) + columns;
        at += strlen(word);
        free(word);
    }
    if (column > 0)
        putchar('\n');
    free(clean);
}

const char *text_count(uint64_t count, char buffer[TEXT_NUMBER_SIZE]) {
    char digits[24];
    int length = snprintf(digits, sizeof digits, "%llu", (unsigned long long)count);
    char *out = buffer;
    for (int i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0)
            *out++ = ',';
        *out++ = digits[i];
    }
    *out = '\0';
    return buffer;
}

const char *text_about(uint64_t count, char buffer[TEXT_NUMBER_SIZE]) {
    static const char *const units[] = {"", " k", " M", " G", " T"};
    double value = (double)count;
    size_t unit = 0;
    for (; value >= 999.5 && unit + 1 < sizeof units / sizeof *units; unit++)
        value /= 1000;
    snprintf(buffer, TEXT_NUMBER_SIZE, "%.*f%s", unit > 0 && value < 99.95 ? 1 : 0, value, units[unit]);
    return buffer;
}

static const char *put_sign(int64_t change, char buffer[TEXT_NUMBER_SIZE]) {
    if (change != 0) {
        memmove(buffer + 1, buffer, strlen(buffer) + 1);
        buffer[0] = change < 0 ? '-' : '+';
    }
    return buffer;
}

static uint64_t magnitude(int64_t change) {
    return change < 0 ? -(uint64_t)change : (uint64_t)change;
}

const char *text_change(int64_t count, char buffer[TEXT_NUMBER_SIZE]) {
    text_count(magnitude(count), buffer);
    return put_sign(count, buffer);
}

const char *text_size_change(int64_t bytes, bool exact, char buffer[TEXT_NUMBER_SIZE]) {
    text_size(magnitude(bytes), exact, buffer);
    return put_sign(bytes, buffer);
}

const char *text_things(uint64_t count, const char *singular, char buffer[TEXT_NUMBER_SIZE]) {
    size_t length = strlen(text_count(count, buffer));
    snprintf(buffer + length, TEXT_NUMBER_SIZE - length, " %s%s", singular, count == 1 ? "" : "s");
    return buffer;
}

const char *text_size(uint64_t bytes, bool exact, char buffer[TEXT_NUMBER_SIZE]) {
    static const char *const units[] = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    if (exact || bytes < 1024) {
        size_t length = strlen(text_count(bytes, buffer));
        memcpy(buffer + length, " B", sizeof " B");
        return buffer;
    }
    double value = (double)bytes / 1024;
    size_t unit = 0;
    for (; value >= 1023.95; unit++)
        value /= 1024;
    snprintf(buffer, TEXT_NUMBER_SIZE, "%.1f %s", value, units[unit]);
    return buffer;
}

const char *text_share(uint64_t part, uint64_t whole, char buffer[TEXT_NUMBER_SIZE]) {
    if (whole == 0)
        return strcpy(buffer, "-");
    double percent = 100.0 * (double)part / (double)whole;
    if (part > 0 && percent < 0.05)
        return strcpy(buffer, "<0.1 %");
    int digits = part == whole || part == 0 ? 0 : percent >= 99.95 ? 3 : 1;
    snprintf(buffer, TEXT_NUMBER_SIZE, "%.*f %%", digits, percent);
    return buffer;
}

void *text_must(void *memory) {
    if (!memory) {
        fputs("holdfast: out of memory\n", stderr);
        exit(CLI_INTERNAL);
    }
    return memory;
}

char *text_format(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    char *text = NULL;
    int length = vasprintf(&text, format, arguments);
    va_end(arguments);
    return text_must(length < 0 ? NULL : text);
}
