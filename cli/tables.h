/*
 * tables.h - rows in aligned columns, or as CSV. A row may have a colour of its own, or be a heading across all
 * columns.
 *
 *   table_init(&table, columns, 3, 0);
 *   table_start(&table, COLOUR_PLAIN);            a row, cell by cell from the left
 *   table_put_count(&table, row->count);          2,000      in CSV 2000
 *   table_put_size(&table, row->size_bytes);      3.9 MiB    with --bytes 4,089,446 B, in CSV 4089446
 *   table_put_text(&table, row->name);
 *   table_print(&table);
 *
 * On a terminal a table fits its width: columns that only explain give way first, then the other flexible ones, the
 * widest first, and where that is not enough the columns that may be missing, which a line below the table names. In a
 * pipe or file nothing is cut.
 * With --csv (which the commands that have has_csv understand) the columns that have a key are printed as RFC 4180 has
 * it, below one line of keys; headings and sums are left out. A command prints one table then and nothing else.
 */
#ifndef CLI_TABLES_H
#define CLI_TABLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/colour.h"

#define TABLE_MAX_COLUMNS 12

enum table_fit {
    TABLE_WHOLE,
    TABLE_CUT_END,
    TABLE_CUT_START,
    TABLE_CUT_FIRST,         /* at its end, before another column loses a character: a value, an example */
    TABLE_IF_FITS,           /* whole, or not at all on a narrow terminal: the one furthest to the right goes first */
    TABLE_HIDDEN,            /* in CSV only */
};

struct table_column {
    const char *title;
    bool to_the_right;
    enum table_fit fit;
    enum colour colour;
    const char *key;         /* its name in CSV, with the unit; NULL: not there */
    size_t room;             /* of a flexible column: what may be missing goes before it has less, and down to it
                                CUT_FIRST is cut first; 0: the least */
};

struct table_row {
    char *cells[TABLE_MAX_COLUMNS];
    size_t widths[TABLE_MAX_COLUMNS];
    enum colour colour;      /* PLAIN: each column has its own */
    bool is_heading;         /* only the first cell */
    bool is_sum;
};

struct table {
    const struct table_column *columns;
    size_t num_columns;
    size_t indent;
    struct table_row *rows;
    size_t num_rows, capacity;
    size_t num_cells;        /* of the last row, so far */
};

void table_init(struct table *table, const struct table_column *columns, size_t num_columns, size_t indent);
void table_deinit(struct table *table);

/* Starts a row, or one that sums up others ("121 more types", "in all"), which CSV leaves out. */
void table_start(struct table *table, enum colour colour);
void table_start_sum(struct table *table, enum colour colour);

/* The next cell of the row. Texts are copied; NULL is an empty one. Changes have a sign. */
void table_put_text(struct table *table, const char *text);
void table_put_count(struct table *table, uint64_t count);
void table_put_size(struct table *table, uint64_t bytes);
void table_put_share(struct table *table, uint64_t part, uint64_t whole);
void table_put_change(struct table *table, int64_t count);
/* Per step, with one decimal where it is no whole number: "+8,856.5". */
void table_put_change_per_step(struct table *table, int64_t change, int64_t num_steps);
void table_put_size_change(struct table *table, int64_t bytes);
void table_put_addr(struct table *table, uint64_t addr);

/* A row of texts in one call: cells[num_columns]. */
void table_add(struct table *table, enum colour colour, const char *const *cells);
void table_add_heading(struct table *table, enum colour colour, const char *text);

/* Prints on stdout, with the titles first unless no column has one. */
void table_print(const struct table *table);

#endif
