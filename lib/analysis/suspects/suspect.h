/* suspect.h - one suspect among those of a snapshot. */
#ifndef HF_ANALYSIS_SUSPECT_H
#define HF_ANALYSIS_SUSPECT_H

#include "analysis/suspects/expected.h"
#include "analysis/suspects/patterns.h"
#include "analysis/suspects/points.h"
#include "base/arena.h"

/* What all suspects of a snapshot are examined with. */
struct hf_inquiry {
    const struct hf_snapshot *snapshot;
    struct hf_suspects_options options;
    struct hf_survey survey;
    struct hf_expected expected;
    struct hf_points points;
    struct hf_patterns patterns;
    struct hf_suspects *suspects;    /* the answer */
    struct hf_arena *arena;          /* in which its texts lie */
    struct hf_error *error;
};

/*
 * Fills in all that is known of a suspect but its relations to others. Errors: NOMEM, CANCELLED.
 * Cost: O(nodes + edges) at worst, mostly O(objects at the point).
 */
HF_MUST_CHECK enum hf_status hf_suspect_examine(struct hf_inquiry *inquiry, const struct hf_point *point,
                                                struct hf_suspect *suspect);

#endif
