/* groups.h - the shortest paths of many objects, merged where they differ in indexes and keys only. */
#ifndef HF_ANALYSIS_GROUPS_H
#define HF_ANALYSIS_GROUPS_H

#include <holdfast/path.h>

#include "analysis/path/placing.h"
#include "base/arena.h"

struct hf_groups {
    struct hf_path_group *groups;   /* most objects first, in the arena; pattern and owner are not set yet */
    hf_node_id *longest;            /* of each group a member whose path repeats a hop, if one does; else the example */
    size_t num_groups;              /* at most max_groups */
    size_t num_all;
    uint64_t num_unreachable;
};

/*
 * Merges the paths to the selected objects by their places. Errors: NOMEM.
 * Cost: O(selected objects), memory 64 bytes per place.
 */
HF_MUST_CHECK enum hf_status hf_groups_find(const struct hf_snapshot *snapshot, struct hf_placing *placing,
                                            const struct hf_selection *selection, size_t max_groups,
                                            struct hf_arena *arena, struct hf_groups *out, struct hf_error *error);

#endif
