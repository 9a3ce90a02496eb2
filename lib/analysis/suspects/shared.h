/* shared.h - the place that most of many objects share. */
#ifndef HF_ANALYSIS_SHARED_H
#define HF_ANALYSIS_SHARED_H

#include "analysis/suspects/survey.h"

/*
 * *out becomes the lowest place at or above `end` below which (or at which) at least `share`, 0 to 1, of the nodes are;
 * HF_NO_PLACE: no root's place has so many. Errors: NOMEM. O(hops to all of the nodes), and 16 bytes for each above
 * `end`
 */
HF_MUST_CHECK enum hf_status hf_shared_place(const struct hf_survey *survey, const hf_node_id *nodes, size_t num_nodes,
                                             hf_place_id end, double share, hf_place_id *out, struct hf_error *error);

#endif
