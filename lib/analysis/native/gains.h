/* gains.h - what native code holds that it did not hold before. */
#ifndef HF_ANALYSIS_GAINS_H
#define HF_ANALYSIS_GAINS_H

#include "analysis/native/sums.h"

/* The newer and the older snapshot, and what native code holds in each. */
struct hf_gains {
    const struct hf_snapshot *now, *before;
    const struct hf_holds *holds_now, *holds_before;
    const struct hf_progress *progress;
};

/*
 * Adds the growth to the sums; *by_address tells whether objects could be told. Errors: NOMEM, CANCELLED.
 * Cost: that of two snapshots in a series of growth, with O(holds * log nodes) more.
 */
HF_MUST_CHECK enum hf_status hf_gains_add(const struct hf_gains *gains, struct hf_sums *sums, bool *by_address,
                                          struct hf_error *error);

/* A sentence on a sum that grew; "" without memory, which sticks in the arena. */
const char *hf_gain_print(const struct hf_native_sum *sum, uint64_t num_calls, struct hf_arena *arena);

#endif
