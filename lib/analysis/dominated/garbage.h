/* garbage.h - what waits for the cycle collector, by groups of objects that keep each other alive. */
#ifndef HF_ANALYSIS_GARBAGE_H
#define HF_ANALYSIS_GARBAGE_H

#include "analysis/retained/dominators.h"

struct hf_garbage_group {
    size_t first_member, num_members;   /* objects of the cycle; one object that nothing refers to is a group too */
    struct hf_retained retained;        /* these, and what they alone hold */
};

struct hf_garbage {
    struct hf_garbage_group *groups;    /* the biggest first; what several groups hold is a group without a cycle */
    size_t num_groups;
    hf_node_id *members;
    struct hf_region group_region, member_region;
};

/*
 * Ends with hf_garbage_deinit, also after a failure. Errors: NOMEM, CANCELLED.
 * Cost: O(garbage and its references), and a sort of the groups.
 */
HF_MUST_CHECK enum hf_status hf_garbage_init(struct hf_garbage *garbage, const struct hf_dominators *dominators,
                                             const struct hf_progress *progress, struct hf_error *error);
void hf_garbage_deinit(struct hf_garbage *garbage);

#endif
