/*
 * points.h - where memory accumulates: the objects, and the merged paths, below which too much of the heap hangs.
 *
 * The rules are those of Eclipse MAT's leak suspects: an object that retains more than the threshold is followed down
 * the dominator tree while one child keeps at least 0.7 of its parent; objects of one kind that together are more than
 * the threshold, and that no single object holds, are followed down the merged path that at least 0.8 of them share.
 */
#ifndef HF_ANALYSIS_POINTS_H
#define HF_ANALYSIS_POINTS_H

#include <holdfast/suspects.h>

#include "analysis/suspects/expected.h"

struct hf_point {
    enum hf_suspect_kind kind;
    hf_node_id node;                 /* HF_NO_NODE: SHARED, GARBAGE */
    hf_place_id place;               /* of the node, or the merged path that is shared */
    hf_node_id child;                /* CHAIN: a link of it, FEW: the heaviest child */
    uint64_t weight_bytes;
    size_t first_member, num_members;   /* SHARED: which of hf_points_members */
};

struct hf_points {
    const struct hf_point *list;     /* heaviest first */
    size_t num_points;
    struct hf_region region, member_region;
};

/* Ends with hf_points_deinit, also after a failure. Errors: NOMEM. O(nodes * log nodes) at worst */
HF_MUST_CHECK enum hf_status hf_points_find(struct hf_points *points, const struct hf_survey *survey,
                                            const struct hf_expected *expected, struct hf_error *error);
void hf_points_deinit(struct hf_points *points);

/* The objects of a SHARED point, lightest ones last. */
static inline const hf_node_id *hf_points_members(const struct hf_points *points, const struct hf_point *point) {
    return (const hf_node_id *)(const void *)points->member_region.data + point->first_member;
}

#endif
