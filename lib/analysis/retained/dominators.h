/* dominators.h - what the questions about retained sizes share beyond the public header. */
#ifndef HF_ANALYSIS_DOMINATORS_H
#define HF_ANALYSIS_DOMINATORS_H

#include <holdfast/dominators.h>

#include "graph/dominators/tree.h"
#include "snapshot/derived.h"

struct hf_dominators {
    struct hf_derived derived;       /* first, so that the one is the other */
    const struct hf_snapshot *snapshot;
    struct hf_dominator_tree tree;
    uint64_t *sum;                   /* per position, and one more: bytes before it */
    struct hf_region sum_region;
};

/*
 * What an object and its attribute dict (HF_NO_NODE: it has none) retain together: the dict may be held by others too,
 * as that of a module is by its functions, or hold the object itself. O(1)
 */
struct hf_retained hf_dominators_get_with_dict(const struct hf_dominators *dominators, hf_node_id node,
                                               hf_node_id dict);

/*
 * What the objects of each group retain: hf_dominators_sum_types for any grouping. group_of[node] is below num_groups,
 * and retained[num_groups] is the caller's. Errors: NOMEM. O(nodes)
 */
HF_MUST_CHECK enum hf_status hf_dominators_sum_groups(const struct hf_dominators *dominators,
                                                      const uint32_t *group_of, size_t num_groups,
                                                      struct hf_retained *retained, struct hf_error *error);

#endif
