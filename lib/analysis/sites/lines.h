/*
 * lines.h - lines of a program at which objects are made, the same in several snapshots.
 *
 *   site of a snapshot   0 main.py:1    1 shop.py:31 ◀ main.py:1    2 shop.py:31 ◀ jobs.py:7
 *   line                 1              2                           2                           0 stands for none
 *
 * Lines are told apart by file, number and function; who called is left aside.
 */
#ifndef HF_ANALYSIS_SITES_LINES_H
#define HF_ANALYSIS_SITES_LINES_H

#include <holdfast/sites.h>

#include "base/arena.h"
#include "base/numbering.h"
#include "snapshot/snapshot.h"

struct hf_line {
    uint32_t site;           /* an example, of the snapshot that had it first */
    uint32_t number;
    const char *file, *function;     /* in the arena */
};

/* All zero is empty. */
struct hf_lines {
    struct hf_numbering numbers;
    struct hf_region lines;  /* struct hf_line, the first one is line 1 */
    struct hf_arena arena;
};

/*
 * Gives the line of each site of a snapshot in an array that the caller frees with hf_free; new lines are added.
 * Errors: NOMEM. O(sites + bytes of the names of their files and functions): each text is read and kept once.
 */
HF_MUST_CHECK enum hf_status hf_lines_of(struct hf_lines *lines, const struct hf_snapshot *snapshot, uint32_t **out,
                                         struct hf_error *error);
void hf_lines_deinit(struct hf_lines *lines);

static inline const struct hf_line *hf_lines_get(const struct hf_lines *lines, uint32_t line) {
    return (const struct hf_line *)(const void *)lines->lines.data + (line - 1);
}

/* Where an object was made; 0: not known. */
static inline uint32_t hf_line_of_node(const struct hf_snapshot *snapshot, const uint32_t *line_of, hf_node_id node) {
    uint32_t site = hf_col_node_site(snapshot)[node];
    return site != 0 ? line_of[site - 1] : 0;
}

/* ---- the types of the objects of each line ---- */

/* Objects of one type at one line. */
struct hf_line_type {
    uint32_t line, type;
    uint64_t count;
};

/* All zero is empty. */
struct hf_line_types {
    struct hf_numbering numbers;
    struct hf_region pairs;  /* struct hf_line_type; after hf_line_types_sort by line, most objects first */
};

/* Counts an object. False: no memory. O(1) */
bool hf_line_types_add(struct hf_line_types *types, uint32_t line, uint32_t type);
void hf_line_types_sort(struct hf_line_types *types);
/* The first HF_SITE_TYPES types of a line, and how many there are. After hf_line_types_sort. O(log pairs) */
size_t hf_line_types_get(const struct hf_line_types *types, const struct hf_snapshot *snapshot, uint32_t line,
                         struct hf_site_type *out);
void hf_line_types_deinit(struct hf_line_types *types);

#endif
