/* kids.h - the children of a node in the dominator tree as rows that can be sorted into groups. */
#ifndef HF_ANALYSIS_KIDS_H
#define HF_ANALYSIS_KIDS_H

#include "analysis/suspects/expected.h"

struct hf_kid {
    hf_node_id node;
    hf_place_id place;
    uint64_t kind;           /* hf_expected_kind_of */
    uint64_t weight_bytes;
};

/* All zero is the empty set, which may be filled again and again. */
struct hf_kids {
    struct hf_region region;
    struct hf_kid *list;
    size_t num_kids;
};

/*
 * Adds the children of a node that weigh anything. Those of its attribute dict are its own. False: no memory.
 * O(children)
 */
bool hf_kids_add(struct hf_kids *kids, const struct hf_survey *survey, hf_node_id node);
bool hf_kids_add_node(struct hf_kids *kids, const struct hf_survey *survey, hf_node_id node);
void hf_kids_clear(struct hf_kids *kids);
void hf_kids_deinit(struct hf_kids *kids);

/* By place, then by kind, then heaviest first; and by kind alone. */
void hf_kids_sort_by_place(struct hf_kid *list, size_t count);
void hf_kids_sort_by_kind(struct hf_kid *list, size_t count);

#endif
