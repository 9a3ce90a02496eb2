/* since.h - what is new in a snapshot since an older one of the same process. */
#ifndef HF_ANALYSIS_SINCE_H
#define HF_ANALYSIS_SINCE_H

#include "analysis/suspects/survey.h"

/*
 * Sets the survey's is_old, sum and new_count: a new object weighs its size, an old one what it has grown.
 * Errors: ARGUMENT (of two processes), NOMEM, CANCELLED. Cost: that of two snapshots in a series of growth, and
 * O(nodes * log nodes of the old snapshot)
 */
HF_MUST_CHECK enum hf_status hf_since_weigh(struct hf_survey *survey, const struct hf_progress *progress,
                                            struct hf_error *error);

/* The same object in the old snapshot, or HF_NO_NODE. O(log nodes) */
hf_node_id hf_since_find(const struct hf_survey *survey, hf_node_id node);

/* The items of a container; 0 for all else. O(edges of the node) */
uint64_t hf_since_count_items(const struct hf_snapshot *snapshot, hf_node_id node);

#endif
