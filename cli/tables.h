/*
 * tables.h - rows in aligned columns. A row may have a colour of its own, or be a heading across all columns.
 *
 * On a terminal a table fits its width: flexible columns give way, the widest first. In a pipe or file nothing is cut.
 */
#ifndef CLI_TABLES_H
#define CLI_TABLES_H

#include <stdbool.h>
#include <stddef.h>

#include "cli/colour.h"

#define TABLE_MAX_COLUMNS 6

enum table_fit { TABLE_WHOLE, TABLE_CUT_END, TABLE_CUT_START };

struct table_column {
    const char *title;
    bool to_the_right;
    enum table_fit fit;
    enum colour colour;
};

struct table_row {
    char *cells[TABLE_MAX_COLUMNS];
    size_t widths[TABLE_MAX_COLUMNS];
    enum colour colour;      /* PLAIN: each column has its own */
    bool is_heading;         /* only the first cell */
};

struct table {
    const struct table_column *columns;
    size_t num_columns;
    size_t indent;
    struct table_row *rows;
    size_t num_rows, capacity;
};

void table_init(struct table *table, const struct table_column *columns, size_t num_columns, size_t indent);
void table_deinit(struct table *table);

/* Adds a row; cells[num_columns] are copied, and NULL is an empty one. */
void table_add(struct table *table, enum colour colour, const char *const *cells);
void table_add_heading(struct table *table, enum colour colour, const char *text);

/* Prints on stdout, with the titles first unless no column has one. */
void table_print(const struct table *table);

/* The columns of the terminal behind stdout, 0 if there is none. */
size_t table_terminal_width(void);

#endif
