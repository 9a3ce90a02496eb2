/* values.h - which objects have equal values, as numbers of 64 bits. */
#ifndef HF_ANALYSIS_VALUES_H
#define HF_ANALYSIS_VALUES_H

#include "base/memory.h"
#include "snapshot/snapshot.h"

struct hf_values {
    const uint64_t *of_node;     /* a hash; 0: the object is equal to itself alone */
    struct hf_region region;
};

/*
 * Hashes what never changes: str, bytes and numbers by type and value, tuples by type and items; those of a subclass
 * only if they have no attributes. `edge_kind` is the kind by code of a name. Ends with hf_values_deinit, also after a
 * failure. Errors: NOMEM.
 * Cost: O(nodes + previews + edges of tuples), memory 8 bytes per node, and 12 for each level of nested tuples.
 */
HF_MUST_CHECK enum hf_status hf_values_init(struct hf_values *values, const struct hf_snapshot *snapshot,
                                            const uint8_t *edge_kind, struct hf_error *error);
void hf_values_deinit(struct hf_values *values);

#endif
