/*
 * survey.h - what all rules about suspects look at: dominators, shortest paths with their places, modules, and how much
 * each object weighs.
 */
#ifndef HF_ANALYSIS_SURVEY_H
#define HF_ANALYSIS_SURVEY_H

#include "analysis/modules.h"
#include "analysis/path/tree.h"
#include "analysis/retained/dominators.h"
#include "graph/dicts.h"

struct hf_survey {
    const struct hf_snapshot *snapshot;
    const struct hf_snapshot *old;        /* what it is compared with; NULL: nothing */
    struct hf_graph graph;
    const struct hf_dominators *dominators;
    const struct hf_tree *tree;           /* shortest paths */
    struct hf_dicts dicts;
    struct hf_places places;
    struct hf_placing placing;            /* keys of dicts are at the places of their values */
    struct hf_modules modules;
    const uint64_t *sum;                  /* weight before each position of the dominator tree, and one more */
    struct hf_region sum_region;
    struct hf_bitset is_old;              /* compared: nodes that the old snapshot has too */
    uint64_t new_count;                   /* compared: all other nodes */
    uint64_t total_bytes;                 /* of the whole heap */
    uint64_t threshold_bytes;             /* what weighs less is no suspect */
};

/*
 * Looks at a snapshot, or at what it has more than an old one. Must not be moved. Ends with hf_survey_deinit, also
 * after a failure. Errors: NOMEM, CANCELLED. O(nodes + edges)
 */
HF_MUST_CHECK enum hf_status hf_survey_init(struct hf_survey *survey, const struct hf_snapshot *snapshot,
                                            const struct hf_snapshot *old, double threshold,
                                            const struct hf_progress *progress, struct hf_error *error);
void hf_survey_deinit(struct hf_survey *survey);

static inline uint32_t hf_survey_position(const struct hf_survey *survey, hf_node_id node) {
    return survey->dominators->tree.position[node];
}

/* Nodes that it retains, itself included: they are tree.order[position] .. [position + span - 1]. */
static inline uint32_t hf_survey_span(const struct hf_survey *survey, hf_node_id node) {
    return survey->dominators->tree.count[hf_survey_position(survey, node)];
}

/* The bytes that a node retains; when two snapshots are compared, those among them that are new. O(1) */
static inline uint64_t hf_survey_weight(const struct hf_survey *survey, hf_node_id node) {
    uint32_t position = hf_survey_position(survey, node);
    return survey->sum[position + survey->dominators->tree.count[position]] - survey->sum[position];
}

/* The weight of the node alone. O(1) */
static inline uint64_t hf_survey_own_weight(const struct hf_survey *survey, hf_node_id node) {
    uint32_t position = hf_survey_position(survey, node);
    return survey->sum[position + 1] - survey->sum[position];
}

/* True for objects that count: all, or the new ones. O(1) */
static inline bool hf_survey_counts(const struct hf_survey *survey, hf_node_id node) {
    return survey->old == NULL || !hf_bitset_has(&survey->is_old, node);
}

/* True for a place below another one, or that one itself; all are below HF_NO_PLACE. O(hops between them) */
static inline bool hf_survey_is_below(const struct hf_survey *survey, hf_place_id place, hf_place_id above) {
    while (place > above)
        place = survey->places.list[place].parent;
    return place == above;
}

/* Whose code the type of a node is. O(log modules) */
enum hf_module_origin hf_survey_type_origin(const struct hf_survey *survey, hf_node_id node);

#endif
