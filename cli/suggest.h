/* suggest.h - which word was perhaps meant. */
#ifndef CLI_SUGGEST_H
#define CLI_SUGGEST_H

#include <stddef.h>

/* The candidate nearest to `word`, or NULL when none is near. */
const char *suggest_nearest(const char *word, const char *const *candidates, size_t num_candidates);

#endif
