/* content.h - what accumulates at a point, and what all of it is made of. */
#ifndef HF_ANALYSIS_CONTENT_H
#define HF_ANALYSIS_CONTENT_H

#include <holdfast/suspects.h>

#include "analysis/suspects/points.h"

struct hf_content {
    uint64_t count, size_bytes;          /* of everything at the point */
    const struct hf_suspect_part *parts; /* by type, largest first; in the arena */
    size_t num_parts, num_all_parts;
    hf_node_id *units;                   /* what accumulates: objects of one kind; none for SINGLE and FEW */
    size_t num_units;
    uint64_t unit_bytes;                 /* what they retain */
    struct hf_region unit_region;
};

/* Ends with hf_content_deinit, also after a failure. Errors: NOMEM. O(objects at the point) */
HF_MUST_CHECK enum hf_status hf_content_init(struct hf_content *content, const struct hf_survey *survey,
                                             const struct hf_points *points, const struct hf_point *point,
                                             size_t max_parts, struct hf_arena *arena, struct hf_error *error);
void hf_content_deinit(struct hf_content *content);

#endif
