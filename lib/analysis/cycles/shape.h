/*
 * shape.h - how the objects of a component lead back to where they start: the cycle that stands for it.
 *
 * A component may have any number of cycles. The one that is shown is a shortest one through its entry; its references
 * with indexes and keys masked are the shape of the component.
 */
#ifndef HF_ANALYSIS_SHAPE_H
#define HF_ANALYSIS_SHAPE_H

#include "analysis/naming/labels.h"
#include "analysis/path/route.h"
#include "graph/components.h"

/* Finds cycle after cycle. */
struct hf_shaper {
    const struct hf_snapshot *snapshot;
    const struct hf_components *components;
    const struct hf_dicts *dicts;
    struct hf_search search;
    struct hf_bitset goal;
    struct hf_labels *labels;
    struct hf_route route;       /* the last cycle: from the entry back to it */
};

/* The components and dicts are borrowed. Ends with hf_shaper_deinit, also after a failure. Errors: NOMEM. */
HF_MUST_CHECK enum hf_status hf_shaper_init(struct hf_shaper *shaper, const struct hf_snapshot *snapshot,
                                            const struct hf_components *components, const struct hf_dicts *dicts,
                                            struct hf_error *error);
void hf_shaper_deinit(struct hf_shaper *shaper);

/*
 * Sets shaper->route to a shortest cycle through `entry`, a node of the component. An entry that is an attribute dict
 * reads as its owner. Errors: NOMEM. Cost: O(nodes + edges of the component).
 */
HF_MUST_CHECK enum hf_status hf_shaper_find(struct hf_shaper *shaper, uint32_t part, hf_node_id entry,
                                            struct hf_error *error);

/*
 * A number for the shape of shaper->route: the type at the entry, and the references with repetitions merged. Two
 * shapes have the same one with a probability of 3e-8 among a million. 0 with *error set: no memory.
 */
uint64_t hf_shaper_hash(struct hf_shaper *shaper, struct hf_error *error);

#endif
