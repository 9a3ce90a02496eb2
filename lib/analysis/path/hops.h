/* hops.h - a route as the struct hf_path that the caller of the library sees. */
#ifndef HF_ANALYSIS_HOPS_H
#define HF_ANALYSIS_HOPS_H

#include <holdfast/path.h>

#include "analysis/path/route.h"
#include "base/arena.h"

/* Fills *out; all of it lives in the arena. Errors: NOMEM. Cost: O(sum of the edges of the nodes on the path). */
HF_MUST_CHECK enum hf_status hf_path_build(const struct hf_snapshot *snapshot, const struct hf_route *route,
                                           struct hf_arena *arena, struct hf_path *out, struct hf_error *error);

#endif
