/* masked.h - the references of a path as they read in every process: without indexes, keys and addresses. */
#ifndef HF_ANALYSIS_MASKED_H
#define HF_ANALYSIS_MASKED_H

#include <holdfast/suspects.h>

#include "analysis/path/route.h"
#include "base/arena.h"

#define HF_FINGERPRINT_SIZE 17

/*
 * For each of the route's num_steps + 1 hops the reference that leads to it, behind the name of who has it:
 * "shop.cache.Cache._shards", "list[*]"; for the first one the root. The last `num_masked` read "shop.Settings.*",
 * because they are not the same for all that the path stands for. Texts are in the arena. Errors: NOMEM.
 */
HF_MUST_CHECK enum hf_status hf_masked_references(const struct hf_snapshot *snapshot, const struct hf_route *route,
                                                  size_t num_masked, struct hf_arena *arena, const char *const **out,
                                                  struct hf_error *error);

/*
 * Gives the whole path and the last name on it, as hf_group_describe does, but ending in ".*" in place of the last
 * `num_masked` references. Errors: NOMEM.
 */
HF_MUST_CHECK enum hf_status hf_masked_path(const struct hf_snapshot *snapshot, const struct hf_route *route,
                                            size_t num_masked, struct hf_arena *arena, const char **pattern,
                                            const char **reference, struct hf_error *error);

/*
 * The hash of the underlined references, of all where none is underlined, in hexadecimal digits. A reference that
 * repeats the one before it counts once, so that the length of a linked list does not matter.
 */
void hf_masked_fingerprint(const char *const *references, const struct hf_suspect_hop *hops, size_t num_hops,
                           char out[HF_FINGERPRINT_SIZE]);

#endif
