/*
 * derived.h - what questions compute from a snapshot and leave with it for the next question.
 *
 * A snapshot never changes, so whatever is computed from it alone stays right as long as it lives. Each kind has a
 * slot: it is empty until somebody has made it. Two threads that ask at once may both make it; the first to be ready is
 * kept, and nobody ever waits for another.
 */
#ifndef HF_SNAPSHOT_DERIVED_H
#define HF_SNAPSHOT_DERIVED_H

#include <stdatomic.h>

struct hf_snapshot;

enum hf_derived_kind {
    HF_DERIVED_TREE,         /* analysis/path/tree.h */
    HF_DERIVED_PLACING,      /* the same */
    HF_DERIVED_DOMINATORS,   /* analysis/retained/dominators.h */
    HF_NUM_DERIVED,
};

/* What is in a slot: the first member of whatever it is. */
struct hf_derived {
    void (*destroy)(struct hf_derived *derived);
};

typedef struct hf_derived *_Atomic hf_derived_slot;

/* What is there, or NULL. O(1) */
struct hf_derived *hf_derived_find(const struct hf_snapshot *snapshot, enum hf_derived_kind kind);

/* Gives `made` to the snapshot, or destroys it where another one is there by now. Gives what is there. O(1) */
struct hf_derived *hf_derived_keep(const struct hf_snapshot *snapshot, enum hf_derived_kind kind,
                                   struct hf_derived *made);

/* Ends all of them. */
void hf_derived_deinit(struct hf_snapshot *snapshot);

#endif
