/* text.h - texts for people: columns on a terminal, escaped controls, sizes and counts. */
#ifndef CLI_TEXT_H
#define CLI_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TEXT_NUMBER_SIZE 32

/* The columns that a cleaned text takes: wide characters two, combining ones none. */
size_t text_width(const char *text);

/* A copy in which controls and bytes that are no UTF-8 stand as \xNN; the caller frees it. */
char *text_clean(const char *text);

/* A copy in which only bytes that are no UTF-8 stand as \xNN; the caller frees it. */
char *text_valid(const char *text);

/* A copy of at most `width` columns; "…" at its end, or at its start, stands for what is gone. The caller frees it. */
char *text_cut(const char *text, size_t width, bool at_start);

/* Prints a paragraph on stdout, cleaned: lines of at most `width` columns that start with `indent` blanks. */
void text_print_wrapped(const char *text, size_t indent, size_t width);

/* "1.4 MiB", or "1,468,006 B" when exact. Gives `buffer` back; the same for counts: "1,210". */
const char *text_size(uint64_t bytes, bool exact, char buffer[TEXT_NUMBER_SIZE]);
const char *text_count(uint64_t count, char buffer[TEXT_NUMBER_SIZE]);

/* The same with a sign: "+1.4 MiB", "-3"; "0" has none. */
const char *text_size_change(int64_t bytes, bool exact, char buffer[TEXT_NUMBER_SIZE]);
const char *text_change(int64_t count, char buffer[TEXT_NUMBER_SIZE]);

/* A count in short: "950", "12.3 k", "1.2 M". */
const char *text_about(uint64_t count, char buffer[TEXT_NUMBER_SIZE]);

/* "1 object", "1,210 objects". */
const char *text_things(uint64_t count, const char *singular, char buffer[TEXT_NUMBER_SIZE]);

/* "99.6 %"; 100 and 0 only where that is exact, "<0.1 %" for less. "-" of nothing. */
const char *text_share(uint64_t part, uint64_t whole, char buffer[TEXT_NUMBER_SIZE]);

/* As asprintf, or malloc's result; ends the program when memory cannot be had. */
__attribute__((format(printf, 1, 2))) char *text_format(const char *format, ...);
void *text_must(void *memory);

#endif
