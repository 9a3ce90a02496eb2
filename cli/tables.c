/*
 * tables.c - rows in aligned columns, or as CSV.
 *
 *   indent | column 0      gap | column 1         gap | ...
 *          |  reference        |  type                |
 *          | shop              | module               |
 *          |   .CACHE          | shop.cache.Cache     |
 *
 * Rows are collected first, because a width is known only at the end. The last column is never padded. In CSV a cell
 * keeps every character of its text, line breaks and controls as well; only what is no UTF-8 is escaped.
 */
#include "cli/tables.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/output.h"
#include "cli/progress.h"
#include "cli/text.h"

#define GAP 2
#define LEAST_WIDTH 12       /* of a flexible column that gave way */

void table_init(struct table *table, const struct table_column *columns, size_t num_columns, size_t indent) {
    *table = (struct table){.columns = columns, .num_columns = num_columns, .indent = indent};
}

void table_deinit(struct table *table) {
    for (size_t i = 0; i < table->num_rows; i++) {
        for (size_t j = 0; j < table->num_columns; j++)
            free(table->rows[i].cells[j]);
    }
    free(table->rows);
}

static struct table_row *add_row(struct table *table) {
    if (table->num_rows == table->capacity) {
        size_t capacity = table->capacity ? 2 * table->capacity : 32;
        table->rows = text_must(reallocarray(table->rows, capacity, sizeof *table->rows));
        table->capacity = capacity;
    }
    struct table_row *row = &table->rows[table->num_rows++];
    memset(row, 0, sizeof *row);
    return row;
}

static void start(struct table *table, enum colour colour) {
    assert(table->num_rows == 0 || table->rows[table->num_rows - 1].is_heading ||
           table->num_cells == table->num_columns);
    add_row(table)->colour = colour;
    table->num_cells = 0;
}

void table_start(struct table *table, enum colour colour) {
    start(table, colour);
}

void table_start_sum(struct table *table, enum colour colour) {
    start(table, colour);
    table->rows[table->num_rows - 1].is_sum = true;
}

void table_put_text(struct table *table, const char *text) {
    assert(table->num_cells < table->num_columns);
    struct table_row *row = &table->rows[table->num_rows - 1];
    char *cell = output_is_csv() ? text_valid(text ? text : "") : text_clean(text ? text : "");
    row->cells[table->num_cells] = cell;
    row->widths[table->num_cells++] = text_width(cell);
}

/* A number as people read it, and as programs do. */
static void put(struct table *table, const char *for_people, char *exact) {
    table_put_text(table, output_is_csv() ? exact : for_people);
    free(exact);
}

void table_put_count(struct table *table, uint64_t count) {
    char number[TEXT_NUMBER_SIZE];
    put(table, text_count(count, number), text_format("%" PRIu64, count));
}

void table_put_size(struct table *table, uint64_t bytes) {
    char number[TEXT_NUMBER_SIZE];
    put(table, text_size(bytes, output_has_exact_sizes(), number), text_format("%" PRIu64, bytes));
}

void table_put_share(struct table *table, uint64_t part, uint64_t whole) {
    char number[TEXT_NUMBER_SIZE];
    put(table, text_share(part, whole, number), text_format("%.9g", whole ? (double)part / (double)whole : 0.0));
}

void table_put_change(struct table *table, int64_t count) {
    char number[TEXT_NUMBER_SIZE];
    put(table, text_change(count, number), text_format("%" PRId64, count));
}

void table_put_change_per_step(struct table *table, int64_t change, int64_t num_steps) {
    char digits[TEXT_NUMBER_SIZE], whole[TEXT_NUMBER_SIZE];
    if (change % num_steps == 0) {
        table_put_change(table, change / num_steps);
        return;
    }
    snprintf(digits, sizeof digits, "%.1f", fabs((double)change / (double)num_steps));
    char *text = text_format("%c%s%s", change < 0 ? '-' : '+', text_count(strtoull(digits, NULL, 10), whole),
                             strchr(digits, '.'));
    put(table, text, text_format("%.1f", (double)change / (double)num_steps));
    free(text);
}

void table_put_size_change(struct table *table, int64_t bytes) {
    char number[TEXT_NUMBER_SIZE];
    put(table, text_size_change(bytes, output_has_exact_sizes(), number), text_format("%" PRId64, bytes));
}

void table_put_addr(struct table *table, uint64_t addr) {
    char text[TEXT_NUMBER_SIZE];
    snprintf(text, sizeof text, "0x%" PRIx64, addr);
    table_put_text(table, text);
}

void table_add(struct table *table, enum colour colour, const char *const *cells) {
    table_start(table, colour);
    for (size_t i = 0; i < table->num_columns; i++)
        table_put_text(table, cells[i]);
}

void table_add_heading(struct table *table, enum colour colour, const char *text) {
    struct table_row *row = add_row(table);
    row->colour = colour;
    row->is_heading = true;
    row->cells[0] = text_clean(text);
    row->widths[0] = text_width(row->cells[0]);
}

/* ---- text ---- */

/* Which columns are shown, and how wide. */
struct layout {
    size_t widths[TABLE_MAX_COLUMNS];
    bool is_shown[TABLE_MAX_COLUMNS];
};

static void measure(const struct table *table, struct layout *layout) {
    for (size_t j = 0; j < table->num_columns; j++) {
        size_t width = table->columns[j].title ? text_width(table->columns[j].title) : 0;
        for (size_t i = 0; i < table->num_rows; i++) {
            if (!table->rows[i].is_heading && table->rows[i].widths[j] > width)
                width = table->rows[i].widths[j];
        }
        layout->widths[j] = width;
        layout->is_shown[j] = table->columns[j].fit != TABLE_HIDDEN;
    }
}

static bool is_flexible(const struct table *table, size_t column) {
    enum table_fit fit = table->columns[column].fit;
    return fit == TABLE_CUT_END || fit == TABLE_CUT_START || fit == TABLE_CUT_FIRST;
}

static size_t room_of(const struct table *table, size_t column) {
    return table->columns[column].room ? table->columns[column].room : LEAST_WIDTH;
}

/* The columns of the terminal that the table takes; `least`: when flexible columns have no more than their room. */
static size_t sum_widths(const struct table *table, const struct layout *layout, bool least) {
    size_t total = table->indent;
    for (size_t j = 0; j < table->num_columns; j++) {
        size_t room = room_of(table, j);
        bool is_cut = least && is_flexible(table, j) && layout->widths[j] > room;
        if (layout->is_shown[j])
            total += (is_cut ? room : layout->widths[j]) + GAP;
    }
    return total;
}

static void leave_out(const struct table *table, struct layout *layout) {
    size_t available = output_width();
    for (size_t j = table->num_columns; j-- > 0;)
        if (table->columns[j].fit == TABLE_IF_FITS && available &&
            sum_widths(table, layout, true) > available + GAP)
            layout->is_shown[j] = false;
}

static bool is_first(const struct table *table, const struct layout *layout, size_t column) {
    return table->columns[column].fit == TABLE_CUT_FIRST && layout->widths[column] > room_of(table, column);
}

/* Whether the column at `one` gives way before the one at `other`: it explains only, or it is as wide. */
static bool gives_way_before(const struct table *table, const struct layout *layout, size_t one, size_t other) {
    bool one_first = is_first(table, layout, one);
    return one_first != is_first(table, layout, other) ? one_first : layout->widths[one] >= layout->widths[other];
}

/* The column that gives way next, or SIZE_MAX. */
static size_t next_flexible(const struct table *table, const struct layout *layout) {
    size_t next = SIZE_MAX;
    for (size_t j = 0; j < table->num_columns; j++)
        if (is_flexible(table, j) && layout->widths[j] > LEAST_WIDTH &&
            (next == SIZE_MAX || gives_way_before(table, layout, j, next)))
            next = j;
    return next;
}

static void shrink(const struct table *table, struct layout *layout) {
    size_t available = output_width(), total = sum_widths(table, layout, false);
    while (available && total > available + GAP) {
        size_t column = next_flexible(table, layout);
        if (column == SIZE_MAX)
            break;
        layout->widths[column]--;
        total--;
    }
}

static void print_blanks(size_t count) {
    printf("%*s", (int)count, "");
}

static void print_cell(const struct table_row *row, size_t at, size_t width, const struct table_column *column,
                       bool is_last) {
    enum colour colour = row->colour == COLOUR_PLAIN ? column->colour : row->colour;
    char *cut = row->widths[at] > width ? text_cut(row->cells[at], width, column->fit == TABLE_CUT_START) : NULL;
    size_t padding = width - (cut ? text_width(cut) : row->widths[at]);
    if (column->to_the_right)
        print_blanks(padding);
    printf("%s%s%s", colour_on(colour), cut ? cut : row->cells[at], colour_off(colour));
    if (!is_last)
        print_blanks((column->to_the_right ? 0 : padding) + GAP);
    free(cut);
}

/* The cells up to the last one that is not empty, so that no line ends in blanks. */
static void print_row(const struct table *table, const struct table_row *row, const struct layout *layout) {
    size_t count = table->num_columns;
    while (count > 1 && (!layout->is_shown[count - 1] || !*row->cells[count - 1]))
        count--;
    print_blanks(table->indent);
    for (size_t j = 0; j < count; j++)
        if (layout->is_shown[j])
            print_cell(row, j, layout->widths[j], &table->columns[j], j + 1 == count);
    putchar('\n');
}

static void print_heading(const struct table *table, const struct table_row *row) {
    print_blanks(table->indent);
    printf("%s%s%s\n", colour_on(row->colour), row->cells[0], colour_off(row->colour));
}

static void print_titles(const struct table *table, const struct layout *layout) {
    struct table_row titles = {.colour = COLOUR_VALUE};
    bool any = false;
    for (size_t j = 0; j < table->num_columns; j++) {
        const char *title = table->columns[j].title;
        titles.cells[j] = (char *)(uintptr_t)(title ? title : "");
        titles.widths[j] = text_width(titles.cells[j]);
        any = any || title;
    }
    if (any)
        print_row(table, &titles, layout);
}

/* Whether the column's title is that of one that was named before it. */
static bool is_named(const struct table *table, const struct layout *layout, size_t column) {
    for (size_t j = 0; j < column; j++)
        if (!layout->is_shown[j] && table->columns[j].fit == TABLE_IF_FITS &&
            strcmp(table->columns[j].title, table->columns[column].title) == 0)
            return true;
    return false;
}

/* What a narrow terminal has no room for. */
static void print_left_out(const struct table *table, const struct layout *layout) {
    const char *before = "no room here for: ";
    bool any = false;
    for (size_t j = 0; j < table->num_columns; j++) {
        if (layout->is_shown[j] || table->columns[j].fit == TABLE_HIDDEN || is_named(table, layout, j))
            continue;
        if (!any)
            print_blanks(table->indent);
        printf("%s%s", any ? ", " : before, table->columns[j].title);
        any = true;
    }
    if (any)
        putchar('\n');
}

static void print_text(const struct table *table) {
    struct layout layout;
    measure(table, &layout);
    leave_out(table, &layout);
    shrink(table, &layout);
    print_titles(table, &layout);
    for (size_t i = 0; i < table->num_rows; i++) {
        if (table->rows[i].is_heading)
            print_heading(table, &table->rows[i]);
        else
            print_row(table, &table->rows[i], &layout);
    }
    print_left_out(table, &layout);
}

/* ---- CSV ---- */

/* In quotes where a reader could take a part of it for something else. */
static void print_field(const char *text) {
    if (!text[strcspn(text, ",\"\r\n")] && *text != ' ' && !(*text && text[strlen(text) - 1] == ' ')) {
        fputs(text, stdout);
        return;
    }
    putchar('"');
    for (; *text; text++) {
        if (*text == '"')
            putchar('"');
        putchar(*text);
    }
    putchar('"');
}

/* The cells of the columns that have a key; NULL: the keys themselves. */
static void print_record(const struct table *table, const struct table_row *row) {
    const char *comma = "";
    for (size_t j = 0; j < table->num_columns; j++) {
        if (!table->columns[j].key)
            continue;
        fputs(comma, stdout);
        print_field(row ? row->cells[j] : table->columns[j].key);
        comma = ",";
    }
    fputs("\r\n", stdout);
}

static void print_csv(const struct table *table) {
    print_record(table, NULL);
    for (size_t i = 0; i < table->num_rows; i++) {
        if (!table->rows[i].is_heading && !table->rows[i].is_sum)
            print_record(table, &table->rows[i]);
    }
}

void table_print(const struct table *table) {
    progress_clear();
    if (output_is_csv())
        print_csv(table);
    else
        print_text(table);
}
