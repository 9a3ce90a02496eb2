/*
 * expected.h - what every program has: modules, classes, functions and code that roots hold through nothing but their
 * like. It never is a suspect; what hangs right below it may be.
 */
#ifndef HF_ANALYSIS_EXPECTED_H
#define HF_ANALYSIS_EXPECTED_H

#include "analysis/suspects/survey.h"

struct hf_expected {
    struct hf_bitset nodes;
    struct hf_region below_region;
    const hf_node_id *below;       /* children of these in the dominator tree, and of no node, that are none of these */
    size_t num_below;
    struct hf_region twin_region;  /* uint32_t per node: functions that run this code, classes that have this name */
};

/* Ends with hf_expected_deinit, also after a failure. Errors: NOMEM. O(nodes + edges of functions and classes) */
HF_MUST_CHECK enum hf_status hf_expected_init(struct hf_expected *expected, const struct hf_survey *survey,
                                              struct hf_error *error);
void hf_expected_deinit(struct hf_expected *expected);

/*
 * Objects that come from one place in the program have one kind: functions of one def, classes of one name, and all
 * others by their type. O(edges of the node)
 */
uint64_t hf_expected_kind_of(const struct hf_survey *survey, hf_node_id node);

#endif
