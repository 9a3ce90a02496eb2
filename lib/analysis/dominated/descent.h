/*
 * descent.h - a walk down the dominator tree that writes rows, and what the files of this folder share for it.
 *
 *   entries   [node, dict, retained] [node, -, retained] ...      what stands below one row        entries.c
 *   rows      a sorted level's first entries, as long as they are big enough                       rows.c
 *   levels    written row by row, each row's own level before the next row                         by_*.c
 *
 * Nothing here fails by itself: without memory `failed` is set, no more is written, and dominated.c says so.
 */
#ifndef HF_ANALYSIS_DESCENT_H
#define HF_ANALYSIS_DESCENT_H

#include <holdfast/dominated.h>

#include "analysis/path/tree.h"
#include "analysis/retained/dominators.h"
#include "base/arena.h"
#include "base/bitset.h"

struct hf_dominated_answer {
    struct hf_dominated public;      /* first, so that the one is the other */
    struct hf_arena arena;
    struct hf_region rows;           /* struct hf_dominated_row */
};

struct hf_descent {
    const struct hf_snapshot *snapshot;
    const struct hf_dominators *dominators;
    const struct hf_tree *paths;
    struct hf_dominated_options options;
    struct hf_dominated_answer *answer;
    struct hf_bitset listed;         /* entries.c: the entries at hand that count by themselves; empty in between */
    struct hf_error *error;
    bool failed;                     /* no memory */
};

/* Room at the end of a region; NULL: no memory, now or before. */
static inline void *hf_descent_append(struct hf_descent *descent, struct hf_region *region, size_t size_bytes) {
    void *room = descent->failed ? NULL : hf_region_add(region, size_bytes);
    descent->failed = room == NULL;
    return room;
}

static inline void hf_retained_add(struct hf_retained *sum, struct hf_retained part) {
    sum->count += part.count;
    sum->size_bytes += part.size_bytes;
}

/* ---- entries.c ---- */

struct hf_entry {
    hf_node_id node;
    hf_node_id dict;                 /* its attribute dict where that counts with it, or HF_NO_NODE */
    struct hf_retained retained;
};

/* All zero is the empty list; hf_region_deinit ends it. */
struct hf_entries {
    struct hf_region region;         /* struct hf_entry */
};

static inline size_t hf_entries_count(const struct hf_entries *entries) {
    return entries->region.used_bytes / sizeof(struct hf_entry);
}

static inline struct hf_entry *hf_entries_list(const struct hf_entries *entries) {
    return (struct hf_entry *)(void *)entries->region.data;
}

void hf_entries_add(struct hf_descent *descent, struct hf_entries *entries, hf_node_id node);

/* Adds what a node (HF_NO_NODE: none) dominates at once, but for one child; what an object and its dict do. */
void hf_entries_add_children(struct hf_descent *descent, struct hf_entries *out, hf_node_id node, hf_node_id without);
void hf_entries_add_below(struct hf_descent *descent, struct hf_entries *out, const struct hf_entry *entry);

/* Lets each dict that hangs from its owner, or is an entry beside it, count with the owner. O(entries) */
void hf_entries_fold_dicts(struct hf_descent *descent, struct hf_entries *entries);

/* Sorts those that are large enough to be shown, and leaves the others behind them as they come. */
void hf_entries_sort(struct hf_entries *entries, uint64_t min_bytes);
/* For qsort: the largest first. */
int hf_entry_by_retained(const void *left, const void *right);

/* ---- rows.c ---- */

/* Adds a row that says nothing of an object yet, or NULL. It is valid until the next one is added. */
struct hf_dominated_row *hf_descent_add_row(struct hf_descent *descent, unsigned depth, enum hf_dominated_kind kind,
                                            uint64_t num_objects, struct hf_retained retained);
/* Says in a row what the object is: its address, type and value. */
void hf_descent_describe(struct hf_descent *descent, struct hf_dominated_row *row, hf_node_id node);

/* How an object is referred to: from an entry that dominates it; as a top of the tree. In the answer's arena. */
const char *hf_descent_reference_below(struct hf_descent *descent, const struct hf_entry *parent, hf_node_id node);
const char *hf_descent_reference_at_top(struct hf_descent *descent, hf_node_id node);

/* ---- by_*.c: write the entries of one level, and what is below them ---- */

/* parent NULL: they are tops. */
void hf_descent_by_object(struct hf_descent *descent, struct hf_entries *entries, unsigned depth,
                          const struct hf_entry *parent);
void hf_descent_by_type(struct hf_descent *descent, struct hf_entries *entries, unsigned depth);

/* The tops of the whole heap, by what holds them. Errors: NOMEM. */
HF_MUST_CHECK enum hf_status hf_descent_by_holder(struct hf_descent *descent);
/* What no root reaches; always shown if there is any: a collection would free it now. Errors: NOMEM, CANCELLED. */
HF_MUST_CHECK enum hf_status hf_descent_by_cycle(struct hf_descent *descent);

#endif
