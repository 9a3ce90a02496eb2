/* danger.h - objects that count fewer references than were found: somebody gave back what was not theirs. */
#ifndef HF_ANALYSIS_DANGER_H
#define HF_ANALYSIS_DANGER_H

#include <holdfast/native.h>

#include "base/arena.h"
#include "snapshot/snapshot.h"

/*
 * Gives the dangers in *out, `limit` at most (0: all), and how many there are in all; rows and texts live in the arena.
 * Errors: NOMEM. O(nodes + edges), memory 8 bytes per node while it works.
 */
HF_MUST_CHECK enum hf_status hf_danger_find(const struct hf_snapshot *snapshot, size_t limit, struct hf_arena *arena,
                                            const struct hf_native_danger **out, size_t *num_out, size_t *num_all,
                                            struct hf_error *error);

#endif
