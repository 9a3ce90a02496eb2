/*
 * tables.c - rows in aligned columns.
 *
 *   indent | column 0      gap | column 1         gap | ...
 *          |  reference        |  type                |
 *          | shop              | module               |
 *          |   .CACHE          | shop.cache.Cache     |
 *
 * Rows are collected first, because a width is known only at the end. The last column is never padded.
 */
#include "cli/tables.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

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

void table_add(struct table *table, enum colour colour, const char *const *cells) {
    struct table_row *row = add_row(table);
    row->colour = colour;
    for (size_t i = 0; i < table->num_columns; i++) {
        row->cells[i] = text_clean(cells[i] ? cells[i] : "");
        row->widths[i] = text_width(row->cells[i]);
    }
}

void table_add_heading(struct table *table, enum colour colour, const char *text) {
    struct table_row *row = add_row(table);
    row->colour = colour;
    row->is_heading = true;
    row->cells[0] = text_clean(text);
    row->widths[0] = text_width(row->cells[0]);
}

size_t table_terminal_width(void) {
    struct winsize size;
    if (!isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0)
        return 0;
    return size.ws_col;
}

static void measure(const struct table *table, size_t widths[TABLE_MAX_COLUMNS]) {
    for (size_t j = 0; j < table->num_columns; j++) {
        widths[j] = table->columns[j].title ? text_width(table->columns[j].title) : 0;
        for (size_t i = 0; i < table->num_rows; i++) {
            if (!table->rows[i].is_heading && table->rows[i].widths[j] > widths[j])
                widths[j] = table->rows[i].widths[j];
        }
    }
}

/* The widest column that can still give way, or SIZE_MAX. */
static size_t widest_flexible(const struct table *table, const size_t widths[TABLE_MAX_COLUMNS]) {
    size_t widest = SIZE_MAX;
    for (size_t j = 0; j < table->num_columns; j++) {
        bool can = table->columns[j].fit != TABLE_WHOLE && widths[j] > LEAST_WIDTH;
        if (can && (widest == SIZE_MAX || widths[j] >= widths[widest]))
            widest = j;
    }
    return widest;
}

static void shrink(const struct table *table, size_t widths[TABLE_MAX_COLUMNS]) {
    size_t available = table_terminal_width();
    size_t total = table->indent + GAP * (table->num_columns - 1);
    for (size_t j = 0; j < table->num_columns; j++)
        total += widths[j];
    while (available && total > available) {
        size_t column = widest_flexible(table, widths);
        if (column == SIZE_MAX)
            break;
        widths[column]--;
        total--;
    }
}

static void print_blanks(size_t count) {
    printf("%*s", (int)count, "");
}

static void print_cell(const char *text, size_t width, const struct table_column *column, enum colour colour,
                       bool is_last) {
    char *cut = text_cut(text, width, column->fit == TABLE_CUT_START);
    size_t padding = width - text_width(cut);
    if (column->to_the_right)
        print_blanks(padding);
    printf("%s%s%s", colour_on(colour), cut, colour_off(colour));
    if (!is_last)
        print_blanks((column->to_the_right ? 0 : padding) + GAP);
    free(cut);
}

/* The cells up to the last one that is not empty, so that no line ends in blanks. */
static void print_row(const struct table *table, const struct table_row *row, const size_t widths[TABLE_MAX_COLUMNS]) {
    size_t count = table->num_columns;
    while (count > 1 && !*row->cells[count - 1])
        count--;
    print_blanks(table->indent);
    for (size_t j = 0; j < count; j++) {
        const struct table_column *column = &table->columns[j];
        enum colour colour = row->colour == COLOUR_PLAIN ? column->colour : row->colour;
        print_cell(row->cells[j], widths[j], column, colour, j + 1 == count);
    }
    putchar('\n');
}

static void print_heading(const struct table *table, const struct table_row *row) {
    print_blanks(table->indent);
    printf("%s%s%s\n", colour_on(row->colour), row->cells[0], colour_off(row->colour));
}

static void print_titles(const struct table *table, const size_t widths[TABLE_MAX_COLUMNS]) {
    struct table_row titles = {.colour = COLOUR_VALUE};
    bool any = false;
    for (size_t j = 0; j < table->num_columns; j++) {
        const char *title = table->columns[j].title;
        titles.cells[j] = (char *)(uintptr_t)(title ? title : "");
        any = any || title;
    }
    if (any)
        print_row(table, &titles, widths);
}

void table_print(const struct table *table) {
    size_t widths[TABLE_MAX_COLUMNS];
    measure(table, widths);
    shrink(table, widths);
    print_titles(table, widths);
    for (size_t i = 0; i < table->num_rows; i++) {
        if (table->rows[i].is_heading)
            print_heading(table, &table->rows[i]);
        else
            print_row(table, &table->rows[i], widths);
    }
}
