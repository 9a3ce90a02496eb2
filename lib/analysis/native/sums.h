/* sums.h - holds summed up: one sum for all objects of a type that are held for one reason. */
#ifndef HF_ANALYSIS_NATIVE_SUMS_H
#define HF_ANALYSIS_NATIVE_SUMS_H

#include "analysis/native/holds.h"
#include "base/numbering.h"

/* What native code held of one object before, and what it holds now. */
struct hf_native_change {
    hf_node_id node;                 /* in the newer snapshot */
    uint64_t then, now;
    bool is_class;
};

struct hf_native_sum {
    const char *type, *where;
    enum hf_native_reason reason;
    uint64_t num_objects, num_references;      /* now */
    struct hf_hold largest;                    /* of these */
    int64_t references_growth, objects_growth; /* since the older snapshot */
    uint64_t num_new, num_gone, num_raised;
    struct hf_native_change most;              /* whose count rose most; node is HF_NO_NODE if there is none */
};

/* All zero is the empty set. */
struct hf_sums {
    struct hf_numbering keys;
    struct hf_region region;
};

static inline struct hf_native_sum *hf_sums_list(const struct hf_sums *sums) {
    return (struct hf_native_sum *)(void *)sums->region.data;
}

static inline size_t hf_sums_count(const struct hf_sums *sums) {
    return sums->keys.count;
}

/*
 * The sum of a type, by name, and a reason; made if it is new, its texts borrowed. NULL: no memory. Valid until the
 * next call. O(length of the name)
 */
struct hf_native_sum *hf_sums_get(struct hf_sums *sums, const char *type, enum hf_native_reason reason,
                                const char *where);

/* Adds what is held now. Errors: NOMEM. O(holds) */
HF_MUST_CHECK enum hf_status hf_sums_add(struct hf_sums *sums, const struct hf_snapshot *snapshot,
                                            const struct hf_holds *holds, struct hf_error *error);
void hf_sums_deinit(struct hf_sums *sums);

#endif
