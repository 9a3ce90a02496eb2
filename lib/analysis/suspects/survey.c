/*
 * survey.c - prepares what the rules look at.
 *
 *   position    0    1    2    3          order of the dominator tree
 *   weight      48   48   56   0          bytes of the node; 0 for one that the old snapshot has too
 *   sum         0    48   96   152  152   so that the weight of a subtree is a difference
 */
#include "analysis/suspects/survey.h"

#include "analysis/lookup.h"
#include "analysis/suspects/since.h"

static enum hf_status look_at_graph(struct hf_survey *survey, const struct hf_progress *progress,
                                    struct hf_error *error) {
    enum hf_status status = hf_dominators_get(survey->snapshot, progress, &survey->dominators, error);
    if (status == HF_OK)
        status = hf_tree_get(survey->snapshot, progress, &survey->tree, error);
    if (status == HF_OK)
        status = hf_dicts_init(&survey->dicts, &survey->graph, error);
    return status;
}

static enum hf_status name_places(struct hf_survey *survey, const struct hf_progress *progress,
                                  struct hf_error *error) {
    enum hf_status status = hf_placing_init(&survey->placing, &survey->places, survey->snapshot, &survey->tree->paths,
                                            &survey->tree->order, true, progress, error);
    return status == HF_OK ? hf_modules_init(&survey->modules, survey->snapshot, error) : status;
}

enum hf_status hf_survey_init(struct hf_survey *survey, const struct hf_snapshot *snapshot,
                              const struct hf_snapshot *old, double threshold, const struct hf_progress *progress,
                              struct hf_error *error) {
    *survey = (struct hf_survey){.snapshot = snapshot, .old = old, .graph = hf_graph_of(snapshot)};
    enum hf_status status = look_at_graph(survey, progress, error);
    if (status == HF_OK)
        status = name_places(survey, progress, error);
    if (status != HF_OK)
        return status;
    survey->sum = survey->dominators->sum;
    survey->total_bytes = hf_dominators_get_retained(survey->dominators, HF_NO_NODE).size_bytes +
                          hf_dominators_get_garbage(survey->dominators).size_bytes;
    if (old != NULL)
        status = hf_since_weigh(survey, progress, error);
    survey->threshold_bytes = (uint64_t)((double)survey->total_bytes * threshold);
    return status;
}

void hf_survey_deinit(struct hf_survey *survey) {
    hf_modules_deinit(&survey->modules);
    hf_placing_deinit(&survey->placing);
    hf_places_deinit(&survey->places);
    hf_dicts_deinit(&survey->dicts);
    hf_region_deinit(&survey->sum_region);
    hf_bitset_deinit(&survey->is_old);
}

enum hf_module_origin hf_survey_type_origin(const struct hf_survey *survey, hf_node_id node) {
    const struct hf_type_record *type = hf_lookup_type(survey->snapshot, node);
    if ((type->flags & HF_TYPE_HEAP) == 0)
        return HF_MODULE_PYTHON;
    return hf_modules_origin(&survey->modules, hf_snapshot_get_text(survey->snapshot, type->module, NULL));
}
