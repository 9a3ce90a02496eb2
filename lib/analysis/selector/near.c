/*
 * near.c - the names nearest to a wanted one by edit distance (Levenshtein, Binary codes capable of correcting
 * deletions, insertions, and reversals, 1966), letters compared without case. One row of the table is enough:
 *
 *         s  e  s  i  o  n
 *      0  1  2  3  4  5  6      row[j]: edits between the first i letters of one name and the first j of the other
 *   S  1  0  1  2  3  4  5
 *
 * A name counts as near when at most a third of it differs. Names longer than a hundred letters are not compared.
 */
#include "analysis/selector/near.h"

#include <ctype.h>
#include <string.h>

#define MAX_LENGTH 100

static size_t least(size_t a, size_t b, size_t c) {
    size_t ab = a < b ? a : b;
    return ab < c ? ab : c;
}

static size_t edit_distance(const char *a, size_t a_length, const char *b, size_t b_length) {
    size_t row[MAX_LENGTH + 1];
    for (size_t j = 0; j <= b_length; j++)
        row[j] = j;
    for (size_t i = 1; i <= a_length; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b_length; j++) {
            bool differs = tolower((unsigned char)a[i - 1]) != tolower((unsigned char)b[j - 1]);
            size_t replaced = diagonal + differs;
            diagonal = row[j];
            row[j] = least(row[j] + 1, row[j - 1] + 1, replaced);
        }
    }
    return row[b_length];
}

static const char *last_part(const char *name) {
    const char *dot = strrchr(name, '.');
    return dot != NULL ? dot + 1 : name;
}

/* SIZE_MAX when the two are not near each other. */
static size_t near_distance(const char *wanted, const char *name) {
    size_t wanted_length = strlen(wanted), name_length = strlen(name);
    if (wanted_length > MAX_LENGTH || name_length > MAX_LENGTH)
        return SIZE_MAX;
    size_t distance = edit_distance(wanted, wanted_length, name, name_length);
    size_t longer = wanted_length > name_length ? wanted_length : name_length;
    return distance * 3 <= longer ? distance : SIZE_MAX;
}

static bool has_name(const struct hf_near *near, const char *name) {
    for (size_t i = 0; i < near->num_names; i++)
        if (strcmp(near->names[i], name) == 0)
            return true;
    return false;
}

void hf_near_offer(struct hf_near *near, const char *name) {
    size_t distance = near_distance(near->wanted, name);
    size_t by_part = near_distance(last_part(near->wanted), last_part(name));
    if (by_part != SIZE_MAX && by_part + 1 < distance)
        distance = by_part + 1;     /* a whole name that is as near comes first */
    if (distance == SIZE_MAX || has_name(near, name))
        return;
    size_t at = near->num_names < HF_NEAR_MAX ? near->num_names++ : HF_NEAR_MAX;
    for (; at > 0 && near->distances[at - 1] > distance; at--) {
        if (at < HF_NEAR_MAX) {
            near->names[at] = near->names[at - 1];
            near->distances[at] = near->distances[at - 1];
        }
    }
    if (at < HF_NEAR_MAX) {
        near->names[at] = name;
        near->distances[at] = distance;
    }
}

void hf_near_print(const struct hf_near *near, struct hf_text *text) {
    for (size_t i = 0; i < near->num_names; i++) {
        hf_text_add(text, i == 0 ? "; did you mean " : i + 1 < near->num_names ? ", " : " or ");
        hf_text_addf(text, "'%s'", near->names[i]);
    }
    if (near->num_names > 0)
        hf_text_add_char(text, '?');
}
