/* describe.h - the words for places that grew. */
#ifndef HF_ANALYSIS_DESCRIBE_H
#define HF_ANALYSIS_DESCRIBE_H

#include "analysis/growth/grown.h"

/*
 * Fills rows[] for the first num_rows places of `grown`; all texts and series live in the arena. `lengths_then` is what
 * hf_moment_lengths gave for the first moment, `match` the last comparison.
 * Errors: NOMEM. Cost: O(nodes of the last snapshot), and what the texts of the paths take
 */
HF_MUST_CHECK enum hf_status hf_describe_places(const struct hf_grown *grown, size_t num_rows, size_t num_steps,
                                                const struct hf_moment *last, const struct hf_match *match,
                                                const struct hf_region *lengths_then, struct hf_arena *arena,
                                                struct hf_growth_place *rows, struct hf_error *error);

#endif
