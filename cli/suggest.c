/*
 * suggest.c - near misses by optimal string alignment: the least number of letters to change, insert, drop or swap.
 *
 * Rows of the classic table, three at a time, because a swap looks two rows back. Words of a command line are short,
 * so longer ones are simply never near.
 */
#include "cli/suggest.h"

#include <string.h>

#define MAX_WORD 32

static unsigned min3(unsigned a, unsigned b, unsigned c) {
    unsigned least = a < b ? a : b;
    return least < c ? least : c;
}

static unsigned distance(const char *a, size_t a_length, const char *b, size_t b_length) {
    unsigned rows[3][MAX_WORD + 1];
    unsigned *before = rows[0], *above = rows[1], *row = rows[2];
    for (size_t j = 0; j <= b_length; j++)
        above[j] = (unsigned)j;
    for (size_t i = 1; i <= a_length; i++) {
        row[0] = (unsigned)i;
        for (size_t j = 1; j <= b_length; j++) {
            row[j] = min3(above[j] + 1, row[j - 1] + 1, above[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] && before[j - 2] + 1 < row[j])
                row[j] = before[j - 2] + 1;
        }
        unsigned *oldest = before;
        before = above;
        above = row;
        row = oldest;
    }
    return above[b_length];
}

const char *suggest_nearest(const char *word, const char *const *candidates, size_t num_candidates) {
    size_t length = strlen(word);
    const char *nearest = NULL;
    unsigned least = (unsigned)(length / 3) + 1;
    for (size_t i = 0; i < num_candidates; i++) {
        size_t candidate_length = strlen(candidates[i]);
        if (length > MAX_WORD || candidate_length > MAX_WORD)
            continue;
        unsigned d = distance(word, length, candidates[i], candidate_length);
        if (d < least || (d == least && !nearest)) {
            least = d;
            nearest = candidates[i];
        }
    }
    return nearest;
}
