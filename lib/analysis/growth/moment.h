/* moment.h - one snapshot of a series: its tree of paths, the place of each object, and who is alone at a place. */
#ifndef HF_ANALYSIS_MOMENT_H
#define HF_ANALYSIS_MOMENT_H

#include "analysis/growth/census.h"
#include "analysis/path/placing.h"

/* The objects at a place itself, not those below. */
struct hf_occupants {
    uint32_t count;                    /* without attribute dicts and keys */
    uint32_t num_aside;                /* these */
    hf_node_id last;                   /* of the former */
};

struct hf_moment {
    const struct hf_snapshot *snapshot;
    struct hf_graph graph;
    struct hf_root_order order;
    struct hf_paths paths;
    struct hf_placing placing;
    struct hf_region ids;              /* hf_census_id per type of the snapshot */
    struct hf_region occupants;        /* struct hf_occupants per place that there was */
    uint32_t num_places;
};

/*
 * Looks at a snapshot, which must outlive the moment. *out is ended with hf_moment_destroy.
 * Errors: NOMEM, CANCELLED. Cost: O(nodes + edges)
 */
HF_MUST_CHECK enum hf_status hf_moment_create(const struct hf_snapshot *snapshot, struct hf_places *places,
                                              struct hf_census *census, const struct hf_progress *progress,
                                              struct hf_moment **out, struct hf_error *error);
void hf_moment_destroy(struct hf_moment *moment);

/* The place of a node, HF_NO_PLACE if no root reaches it. */
static inline hf_place_id hf_moment_place(const struct hf_moment *moment, hf_node_id node) {
    return moment->placing.of_node[node];
}

/* The type of a node as the census counts it. */
static inline hf_census_id hf_moment_type(const struct hf_moment *moment, hf_node_id node) {
    const hf_census_id *ids = (const hf_census_id *)(const void *)moment->ids.data;
    return ids[hf_col_node_type(moment->snapshot)[node]];
}

/* Places that came later have no occupants. */
static inline struct hf_occupants hf_moment_occupants(const struct hf_moment *moment, hf_place_id place) {
    const struct hf_occupants *occupants = (const struct hf_occupants *)(const void *)moment->occupants.data;
    return place <= moment->num_places ? occupants[place] : (struct hf_occupants){.last = HF_NO_NODE};
}

/*
 * The items of a list, dict, set, or of whatever else has some; not the attributes of an object. O(edges of the node)
 */
uint64_t hf_moment_length(const struct hf_moment *moment, hf_node_id node);

/*
 * Adds up the items of all objects at each place: a uint64_t per place, of num_places + 1. Ended by the caller.
 * Errors: NOMEM. Cost: O(nodes + edges)
 */
HF_MUST_CHECK enum hf_status hf_moment_lengths(const struct hf_moment *moment, struct hf_region *lengths,
                                               struct hf_error *error);

#endif
