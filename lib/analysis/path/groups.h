/* groups.h - the shortest paths of many objects, merged where they differ in indexes and keys only. */
#ifndef HF_ANALYSIS_GROUPS_H
#define HF_ANALYSIS_GROUPS_H

#include <holdfast/path.h>

#include "analysis/roots.h"
#include "base/arena.h"

struct hf_groups {
    struct hf_path_group *groups;   /* most objects first, in the arena; pattern and owner are not set yet */
    hf_node_id *longest;            /* of each group a member whose path repeats a hop, if one does; else the example */
    size_t num_groups;              /* at most max_groups */
    size_t num_all;
    uint64_t num_unreachable;
};

/*
 * Merges the paths that the tree has to the selected objects. Errors: NOMEM, CANCELLED.
 * Cost: O(nodes + edges) whatever the length of the paths; memory 20 bytes per node and 64 per merged path.
 */
HF_MUST_CHECK enum hf_status hf_groups_find(const struct hf_snapshot *snapshot, const struct hf_paths *paths,
                                            const struct hf_root_order *order, const struct hf_selection *selection,
                                            size_t max_groups, const struct hf_progress *progress,
                                            struct hf_arena *arena, struct hf_groups *out, struct hf_error *error);

#endif
