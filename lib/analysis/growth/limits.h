/* limits.h - "shop.*:count>100": conditions on growth, as growth.h writes them. */
#ifndef HF_ANALYSIS_LIMITS_H
#define HF_ANALYSIS_LIMITS_H

#include <holdfast/growth.h>

#include "analysis/growth/census.h"

enum hf_limit_subject { HF_LIMIT_TOTAL, HF_LIMIT_STEADY, HF_LIMIT_TYPES };

struct hf_limit {
    enum hf_limit_subject subject;
    const char *condition;         /* borrowed; the pattern of TYPES is its first pattern_length bytes */
    size_t pattern_length;
    bool of_bytes;
    uint64_t number;
};

/* Reads a condition. Errors: ARGUMENT. */
HF_MUST_CHECK enum hf_status hf_limit_read(const char *condition, struct hf_limit *out, struct hf_error *error);

/* What grew, for the subjects that are no types. */
struct hf_limit_growth {
    int64_t count, bytes;
};

/* Looks whether a limit is exceeded. Errors: NOMEM. O(types) */
HF_MUST_CHECK enum hf_status hf_limit_check(const struct hf_limit *limit, const struct hf_census *census,
                                            struct hf_limit_growth total, struct hf_limit_growth steady,
                                            struct hf_growth_check *out, struct hf_error *error);

#endif
