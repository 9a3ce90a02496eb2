/* owners.h - the different ways in which an object is held at the last hop. */
#ifndef HF_ANALYSIS_OWNERS_H
#define HF_ANALYSIS_OWNERS_H

#include "analysis/roots.h"

/* The object is held by `edge` of `source`; or, when source is HF_NO_NODE, by being a root itself. */
struct hf_owner {
    hf_node_id source;
    uint32_t edge;
};

/*
 * Finds up to `max` owners of an object, those with the shortest paths first, in a tree that was computed with the
 * object among the nodes to avoid. An instance and its attribute dict are one owner. Appends struct hf_owner to *out (a
 * region that the caller ends) and counts all of them in *num_all. Errors: NOMEM. Cost: O(nodes + edges).
 */
HF_MUST_CHECK enum hf_status hf_owners_find(const struct hf_paths *paths, const struct hf_root_order *order,
                                            const struct hf_bitset *avoid, hf_node_id object, size_t max,
                                            struct hf_region *out, size_t *num_all, struct hf_error *error);

#endif
