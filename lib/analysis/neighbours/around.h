/*
 * around.h - the tree of rows around the selected objects, and what the files of this folder share for it.
 *
 *   rows      [selected | .user str | .number int | ... ]      row 0 is what was selected, each other one a branch of
 *              ^level 0   ^level 1 ...                          its parent
 *   members   [#3 #8 #9 | #4 #7     | #5 #6       | ... ]      the objects that are followed in a row, row by row
 *   placed    per node: the row that follows it + 1; an object and its attribute dict are in one row
 *
 * A level is made in two steps: meet.c meets the neighbours of the level before, which level.c groups into branches;
 * rows.c makes rows of the branches, and places their objects.
 */
#ifndef HF_ANALYSIS_AROUND_H
#define HF_ANALYSIS_AROUND_H

#include <holdfast/neighbours.h>

#include "analysis/neighbours/level.h"
#include "base/arena.h"

struct hf_neighbours_answer {
    struct hf_neighbours public;   /* first, so that the one is the other */
    struct hf_arena arena;
};

struct hf_around_row {
    struct hf_neighbour public;    /* texts are set at the end */
    struct hf_step step;           /* of the first reference; of a root `edge` is its index */
    size_t first_member;
    uint32_t num_members;
    uint32_t num_told;             /* members, once for each reference, that are to be placed */
    uint32_t place;                /* where it stands in the order of reading */
    uint32_t first_child, last_child, next;    /* HF_NO_ROW: none */
};

struct hf_around {
    const struct hf_snapshot *snapshot;
    struct hf_neighbours_options options;
    struct hf_graph graph;
    struct hf_dicts dicts;
    struct hf_bitset ends;         /* objects that are never followed, unless they are selected */
    struct hf_bitset alone;        /* attribute dicts that are selected without their owner */
    struct hf_bitset here;         /* scratch: what a row has already */
    struct hf_labels *labels;
    struct hf_region placed;
    struct hf_region row_region, member_region;
    uint32_t num_rows;
    uint32_t begin, end;           /* the level: rows */
    bool is_last;                  /* it is counted only */
    struct hf_level level;
    struct hf_neighbours_answer *answer;
    struct hf_error *error;
};

static inline struct hf_around_row *hf_around_rows(const struct hf_around *around) {
    return (struct hf_around_row *)(void *)around->row_region.data;
}

static inline uint32_t *hf_around_placed(const struct hf_around *around) {
    return (uint32_t *)(void *)around->placed.data;
}

static inline hf_node_id *hf_around_members(const struct hf_around *around) {
    return (hf_node_id *)(void *)around->member_region.data;
}

/* ---- an object and its dict are one, but for a dict that is selected without its owner ---- */

static inline hf_node_id hf_around_unit(const struct hf_around *around, hf_node_id node) {
    return hf_bitset_has(&around->alone, node) ? node : hf_dicts_owner(&around->dicts, node);
}

/* The dict that is one with a node, or HF_NO_NODE. */
static inline hf_node_id hf_around_dict(const struct hf_around *around, hf_node_id node) {
    hf_node_id dict = hf_dicts_find(&around->dicts, node);
    return dict != HF_NO_NODE && !hf_bitset_has(&around->alone, dict) ? dict : HF_NO_NODE;
}

/* ---- meet.c: what the rows of a level refer to, and what refers to them, goes into the level ---- */

void hf_around_meet_targets(struct hf_around *around);
void hf_around_meet_roots(struct hf_around *around);
/* Errors: NOMEM, CANCELLED. O(edges) */
HF_MUST_CHECK enum hf_status hf_around_meet_sources(struct hf_around *around);

/* The words for a root in a row: all frames of a function, and all native code, are alike. */
void hf_around_print_root(const struct hf_around *around, uint32_t index, struct hf_text *text);

/* ---- rows.c ---- */

/* Adds a row without members, or NULL. */
struct hf_around_row *hf_around_add_row(struct hf_around *around, uint32_t parent);
/* Puts an object, told in one reference or more, into the last row. False: no memory. */
HF_MUST_CHECK bool hf_around_place(struct hf_around *around, struct hf_around_row *row, hf_node_id node);
/* Makes rows of the branches of the level, as far as there is room, and places their objects in them. Errors: NOMEM. */
HF_MUST_CHECK enum hf_status hf_around_make_rows(struct hf_around *around);

/* ---- hand_out.c: gives the rows their texts, and the caller the rows in the order of reading. Errors: NOMEM. ---- */

HF_MUST_CHECK enum hf_status hf_around_hand_out(struct hf_around *around);

#endif
