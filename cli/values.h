/* values.h - the values of options: numbers, sizes, times, signals, choices. False: the word is none. */
#ifndef CLI_VALUES_H
#define CLI_VALUES_H

#include <stdbool.h>
#include <stdint.h>

bool value_read_number(const char *word, unsigned *out);
bool value_read_size(const char *word, uint64_t *out);
bool value_read_seconds(const char *word, double *out);
/* "2", "0.5" or "0.5%", above 0 and below 100. The result is the share, 0.005. */
bool value_read_percent(const char *word, double *out);
bool value_read_signal(const char *word, int *out);
/* Which of "a|b|c" the word is. */
bool value_read_choice(const char *word, const char *choices, unsigned *out);

#endif
