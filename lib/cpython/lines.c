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

/* Goes over an entry, whose line it leaves in *line. Gives its form. */
static unsigned next_location(const uint8_t *table, size_t size, size_t *at, int64_t *line) {
    unsigned form = table[*at] >> 3 & 15;
    if (form == FORM_NO_COLUMNS || form == FORM_LONG)
        *line += read_signed(table, size, *at + 1);
    else if (form >= FORM_ONE_LINE_0 && form <= FORM_ONE_LINE_2)
        *line += form - FORM_ONE_LINE_0;
    do
        ++*at;
    while (*at < size && !(table[*at] & 128));
    return form;
}

static int64_t line_of_locations(const uint8_t *table, size_t size, int64_t line, int64_t offset) {
    int64_t end = 0;
    if (offset < 0)
        return line;
    for (size_t at = 0; at < size;) {
        end += ((table[at] & 7) + 1) * CODE_UNIT_BYTES;
        unsigned form = next_location(table, size, &at, &line);
        if (offset < end)
            return form != FORM_NO_LINE ? line : 0;
    }
    return 0;
}

/* ---- the table of a code object ---- */

struct table {
    const uint8_t *bytes;
    size_t size;
    int64_t first;           /* line */
};

static bool read_table(struct hf_decoder *decoder, uint64_t code, struct table *out) {
    const struct hf_layout *layout = decoder->layout;
    uint64_t bytes = hf_memory_word(decoder->memory, code + layout->code.line_table);
    uint64_t size = bytes != 0 ? hf_memory_word(decoder->memory, bytes + layout->object.var_size) : 0;
    out->first = (int32_t)hf_memory_word(decoder->memory, code + layout->code.first_line);
    out->size = (size_t)size;
    out->bytes =
        size <= MAX_TABLE_BYTES ? hf_memory_view(decoder->memory, bytes + layout->bytes.items, (size_t)size) : NULL;
    return out->bytes != NULL;
}

uint32_t hf_code_line(struct hf_decoder *decoder, uint64_t code, uint64_t instruction) {
    const struct hf_layout *layout = decoder->layout;
    int64_t offset = (int64_t)instruction, line = 0;
    struct table table;
    if (layout->code.instructions != HF_ABSENT) {
        uint64_t num_units = hf_memory_word(decoder->memory, code + layout->object.var_size);
        offset = (int64_t)(instruction - (code + layout->code.instructions));
        if (offset >= 0 && (uint64_t)offset >= num_units * CODE_UNIT_BYTES)
            return 0;
    }
    if (!read_table(decoder, code, &table))
        return 0;
    switch (layout->code.lines) {
    case HF_LINES_LNOTAB:
        line = line_of_increments(table.bytes, table.size, table.first, offset);
        break;
    case HF_LINES_DELTAS:
        line = line_of_ranges(table.bytes, table.size, table.first, offset);
        break;
    case HF_LINES_LOCATIONS:
        line = line_of_locations(table.bytes, table.size, table.first, offset);
        break;
    }
    return line > 0 && line <= INT32_MAX ? (uint32_t)line : 0;
}

/* ---- all lines of a code object ---- */

struct each_line {
    void (*visit)(void *context, uint32_t line);
    void *context;
    int64_t last;
};

static void visit_line(struct each_line *each, int64_t line) {
    if (line != each->last && line > 0 && line <= INT32_MAX)
        each->visit(each->context, (uint32_t)line);
    each->last = line;
}

/* An increment of no bytes is a part of the next one. */
static void each_of_increments(const struct table *table, struct each_line *each) {
    int64_t line = table->first;
    for (size_t i = 0; i + 1 < table->size; i += 2) {
        if (table->bytes[i] != 0)
            visit_line(each, line);
        line += (int8_t)table->bytes[i + 1];
    }
    visit_line(each, line);
}

static void each_of_ranges(const struct table *table, struct each_line *each) {
    int64_t line = table->first;
    for (size_t i = 0; i + 1 < table->size; i += 2) {
        int8_t added = (int8_t)table->bytes[i + 1];
        if (added == -128)
            continue;
        line += added;
        if (table->bytes[i] != 0)
            visit_line(each, line);
    }
}

static void each_of_locations(const struct table *table, struct each_line *each) {
    int64_t line = table->first;
    for (size_t at = 0; at < table->size;) {
        unsigned form = next_location(table->bytes, table->size, &at, &line);
        if (form != FORM_NO_LINE)
            visit_line(each, line);
    }
}

bool hf_code_each_line(struct hf_decoder *decoder, uint64_t code, void (*visit)(void *context, uint32_t line),
                       void *context) {
    struct each_line each = {visit, context, 0};
    struct table table;
    if (!read_table(decoder, code, &table))
        return false;
    switch (decoder->layout->code.lines) {
    case HF_LINES_LNOTAB: each_of_increments(&table, &each); break;
    case HF_LINES_DELTAS: each_of_ranges(&table, &each); break;
    case HF_LINES_LOCATIONS: each_of_locations(&table, &each); break;
    }
    return true;
}
