/* placing.h - the place of each object that the tree of shortest paths reaches. */
#ifndef HF_ANALYSIS_PLACING_H
#define HF_ANALYSIS_PLACING_H

#include "analysis/path/places.h"
#include "analysis/roots.h"

struct hf_labels;

/*
 * A hop that repeats the one before it (same label, same type of object: .next.next.next) stays at its place, so that a
 * linked list is one place and not a million: "(.next)+".
 */
struct hf_placing {
    const struct hf_snapshot *snapshot;
    const struct hf_paths *paths;
    struct hf_places *places;
    struct hf_labels *labels;
    hf_place_id *of_node;          /* HF_NO_PLACE: not reached, or see hf_placing_get */
    uint32_t *parent_at;           /* per position in paths->order: that of the parent; its own for a root */
    struct hf_bitset repeats;      /* nodes whose path repeats a hop */
    struct hf_bitset aside;        /* nodes that count with another: attribute dicts, and keys if asked for */
    bool keys_aside;
    struct hf_region of_node_region, parent_region;
};

/*
 * Places the nodes of a tree. An object and its attribute dict are at one place; with `keys_aside`, a key of a dict is
 * at the place of its value. Ends with hf_placing_deinit, also after a failure. Errors: NOMEM, CANCELLED.
 * Cost: O(nodes + roots), whatever the length of the paths. Memory: 8 bytes per node and two bits, and 16 bytes more
 * per node while it works.
 */
HF_MUST_CHECK enum hf_status hf_placing_init(struct hf_placing *placing, struct hf_places *places,
                                             const struct hf_snapshot *snapshot, const struct hf_paths *paths,
                                             const struct hf_root_order *order, bool keys_aside,
                                             const struct hf_progress *progress, struct hf_error *error);
void hf_placing_deinit(struct hf_placing *placing);

/*
 * The place of a reached node, also of one where the tree ends because it was to be avoided. HF_NO_PLACE without
 * memory. O(1), for those O(log nodes)
 */
hf_place_id hf_placing_get(struct hf_placing *placing, hf_node_id node);

#endif
