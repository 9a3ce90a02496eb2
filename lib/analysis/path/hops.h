/* hops.h - a route as the caller of the library sees it: as hops, and from a root as a struct hf_path. */
#ifndef HF_ANALYSIS_HOPS_H
#define HF_ANALYSIS_HOPS_H

#include <holdfast/path.h>

#include "analysis/path/route.h"
#include "base/arena.h"

/*
 * Gives the route's num_steps + 1 hops, which live in the arena. `first` is how the first one is reached, borrowed.
 * Without `dominators` (NULL) the hops do not say what they retain.
 * Errors: NOMEM. Cost: O(sum of the edges of the nodes on the path).
 */
HF_MUST_CHECK enum hf_status hf_hops_build(const struct hf_snapshot *snapshot, const struct hf_route *route,
                                           const char *first, const struct hf_dominators *dominators,
                                           struct hf_arena *arena, const struct hf_path_hop **out,
                                           struct hf_error *error);

/* Fills *out for a route that has a root; all of it lives in the arena. As hf_hops_build. */
HF_MUST_CHECK enum hf_status hf_path_build(const struct hf_snapshot *snapshot, const struct hf_route *route,
                                           const struct hf_dominators *dominators, struct hf_arena *arena,
                                           struct hf_path *out, struct hf_error *error);

#endif
