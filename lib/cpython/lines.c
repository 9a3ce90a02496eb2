/*
 * lines.c - reading the tables that give instructions their lines.
 *
 *   3.9     (bytes of code, lines to add) ...         a line holds from where it is reached
 *   3.10    (bytes of code, lines to add) ...         a line holds for these bytes; -128: no line
 *   3.11+   1 form:4 length:3, details ...            an entry for `length` units of code; the details of the forms
 *                                                     13 and 14 begin with the lines to add, 10 to 12 add 0 to 2
 */
#include "cpython/lines.h"

#define MAX_TABLE_BYTES (1u << 26)
#define CODE_UNIT_BYTES 2

enum { FORM_ONE_LINE_0 = 10, FORM_ONE_LINE_2 = 12, FORM_NO_COLUMNS = 13, FORM_LONG = 14, FORM_NO_LINE = 15 };

static int64_t line_of_increments(const uint8_t *table, size_t size, int64_t line, int64_t offset) {
    int64_t at = 0;
    for (size_t i = 0; i + 1 < size; i += 2) {
        at += table[i];
        if (at > offset)
            break;
        line += (int8_t)table[i + 1];
    }
    return line;
}

static int64_t line_of_ranges(const uint8_t *table, size_t size, int64_t line, int64_t offset) {
    int64_t end = 0;
    if (offset < 0)
        return line;
    for (size_t i = 0; i + 1 < size; i += 2) {
        int8_t added = (int8_t)table[i + 1];
        bool has_line = added != -128;
        end += table[i];
        line += has_line ? added : 0;
        if (offset < end)
            return has_line ? line : 0;
    }
    return 0;
}

/* A signed number: six bits a byte, lowest first, the lowest of all is the sign. */
static int64_t read_signed(const uint8_t *table, size_t size, size_t at) {
    uint64_t value = 0;
    for (unsigned shift = 0; at < size && shift < 60; shift += 6) {
        value |= (uint64_t)(table[at] & 63) << shift;
        if (!(table[at++] & 64))
            break;
    }
    int64_t magnitude = (int64_t)(value >> 1);
    return value & 1 ? -magnitude : magnitude;
}

static int64_t line_of_locations(const uint8_t *table, size_t size, int64_t line, int64_t offset) {
    int64_t end = 0;
    if (offset < 0)
        return line;
    for (size_t at = 0; at < size;) {
        unsigned form = table[at] >> 3 & 15;
        end += ((table[at] & 7) + 1) * CODE_UNIT_BYTES;
        if (form == FORM_NO_COLUMNS || form == FORM_LONG)
            line += read_signed(table, size, at + 1);
        else if (form >= FORM_ONE_LINE_0 && form <= FORM_ONE_LINE_2)
            line += form - FORM_ONE_LINE_0;
        if (offset < end)
            return form != FORM_NO_LINE ? line : 0;
        do
            at++;
        while (at < size && !(table[at] & 128));
    }
    return 0;
}

uint32_t hf_code_line(struct hf_decoder *decoder, uint64_t code, uint64_t instruction) {
    const struct hf_layout *layout = decoder->layout;
    uint64_t bytes = hf_memory_word(decoder->memory, code + layout->code.line_table);
    uint64_t size = bytes != 0 ? hf_memory_word(decoder->memory, bytes + layout->object.var_size) : 0;
    int64_t first = (int32_t)hf_memory_word(decoder->memory, code + layout->code.first_line);
    int64_t offset = (int64_t)instruction, line = 0;
    if (layout->code.instructions != HF_ABSENT) {
        uint64_t num_units = hf_memory_word(decoder->memory, code + layout->object.var_size);
        offset = (int64_t)(instruction - (code + layout->code.instructions));
        if (offset >= 0 && (uint64_t)offset >= num_units * CODE_UNIT_BYTES)
            return 0;
    }
    const uint8_t *table =
        size <= MAX_TABLE_BYTES ? hf_memory_view(decoder->memory, bytes + layout->bytes.items, (size_t)size) : NULL;
    if (table == NULL)
        return 0;
    switch (layout->code.lines) {
    case HF_LINES_LNOTAB:
        line = line_of_increments(table, (size_t)size, first, offset);
        break;
    case HF_LINES_DELTAS:
        line = line_of_ranges(table, (size_t)size, first, offset);
        break;
    case HF_LINES_LOCATIONS:
        line = line_of_locations(table, (size_t)size, first, offset);
        break;
    }
    return line > 0 && line <= INT32_MAX ? (uint32_t)line : 0;
}
