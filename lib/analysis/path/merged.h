/* merged.h - the texts of a path with its indexes and keys masked. */
#ifndef HF_ANALYSIS_MERGED_H
#define HF_ANALYSIS_MERGED_H

#include <holdfast/path.h>

#include "analysis/naming/labels.h"
#include "analysis/path/route.h"
#include "base/arena.h"

/* What the source of a step is for the name of its edge. O(1) */
enum hf_namespace hf_route_namespace(const struct hf_snapshot *snapshot, const struct hf_route *route, size_t step);

/* Appends who has a reference: classes, modules and functions by their own name, others by that of their type. */
void hf_owner_print(struct hf_text *text, const struct hf_snapshot *snapshot, hf_node_id node);

/* Gives the path as text, in the arena; one without a root begins with the type of its first object. Errors: NOMEM. */
HF_MUST_CHECK enum hf_status hf_pattern_describe(const struct hf_snapshot *snapshot, const struct hf_route *route,
                                                 struct hf_arena *arena, const char **out, struct hf_error *error);

/* Sets group->pattern and group->owner from the path of one member. Errors: NOMEM. O(hops) */
HF_MUST_CHECK enum hf_status hf_group_describe(const struct hf_snapshot *snapshot, const struct hf_route *route,
                                               struct hf_arena *arena, struct hf_path_group *group,
                                               struct hf_error *error);

#endif
