/* within.h - what of the application hangs below objects that are not the application's. */
#ifndef HF_ANALYSIS_WITHIN_H
#define HF_ANALYSIS_WITHIN_H

#include "analysis/suspects/owner.h"

struct hf_within {
    const char *what;            /* "the coroutine", "an object of type"; NULL: there is nothing that most of them have */
    struct hf_app_owner owner;   /* its class, or its function */
    size_t num_units;            /* that have one below them */
};

/*
 * Looks for what 0.8 of the units keep alive: best the code that waits in each of them, else an object of one of the
 * application's classes, else a function of its. Of several at hand the nearest to the first unit is taken. Nothing is
 * looked for when the units are the application's themselves. Errors: NOMEM. O(objects that the units retain)
 */
HF_MUST_CHECK enum hf_status hf_within_find(const struct hf_survey *survey, const hf_node_id *units, size_t num_units,
                                            struct hf_arena *arena, struct hf_within *out, struct hf_error *error);

#endif
