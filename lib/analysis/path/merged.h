/* merged.h - the texts of a merged path. */
#ifndef HF_ANALYSIS_MERGED_H
#define HF_ANALYSIS_MERGED_H

#include <holdfast/path.h>

#include "analysis/path/route.h"
#include "base/arena.h"

/* Sets group->pattern and group->owner from the path of one member. Errors: NOMEM. O(hops) */
HF_MUST_CHECK enum hf_status hf_group_describe(const struct hf_snapshot *snapshot, const struct hf_route *route,
                                               struct hf_arena *arena, struct hf_path_group *group,
                                               struct hf_error *error);

#endif
