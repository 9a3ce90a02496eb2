/* filter.h - a snapshot without the values that are private. */
#ifndef HF_SNAPSHOT_FILTER_H
#define HF_SNAPSHOT_FILTER_H

#include "snapshot/snapshot.h"

/*
 * Fills `index` and `previews` with the values of those nodes that are keys of dicts: without them a path could not
 * name its references. Errors: NOMEM; the columns may then hold regions, which the caller ends in any case.
 * O(edges + values)
 */
HF_MUST_CHECK enum hf_status hf_filter_previews(const struct hf_snapshot *snapshot, struct hf_column *index,
                                                struct hf_column *previews, struct hf_error *error);

#endif
