/*
 * output.h - where an answer goes and in which form: text or CSV, in colours or not, cut to the width of a terminal or
 * whole, through a pager or not. main.c decides it once, before the command runs.
 */
#ifndef CLI_OUTPUT_H
#define CLI_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>

struct answer_settings;

/* Chooses form and colours. With `may_be_long`, what goes to a terminal is held back until output_end. */
void output_begin(const struct answer_settings *settings, bool may_be_long);

/* Shows what was held back: by a pager if it is longer than the terminal. */
void output_end(void);

bool output_is_csv(void);
bool output_has_exact_sizes(void);

/* The columns of the terminal behind stdout, 0 if there is none: nothing is cut then. */
size_t output_width(void);

#endif
