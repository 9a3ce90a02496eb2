/* holders.h - what each module, package, thread or kind of root alone holds. */
#ifndef HF_ANALYSIS_HOLDERS_H
#define HF_ANALYSIS_HOLDERS_H

#include <holdfast/dominated.h>

#include "analysis/retained/dominators.h"
#include "base/arena.h"

#define HF_HOLDER_SHARED UINT32_MAX    /* several hold it */

struct hf_holders {
    const char **names;          /* in the arena */
    uint32_t num_holders;
    uint32_t *of_node;           /* per node: of a top of the tree, its holder + 1 or HF_HOLDER_SHARED; 0: no top */
    struct hf_region region;
};

/*
 * Finds the holder of each top that a root reaches. Ends with hf_holders_deinit, also after a failure. Errors: NOMEM.
 * Cost: O(nodes + edges), 4 bytes per node.
 */
HF_MUST_CHECK enum hf_status hf_holders_init(struct hf_holders *holders, const struct hf_dominators *dominators,
                                             enum hf_dominated_by by, struct hf_arena *arena, struct hf_error *error);
void hf_holders_deinit(struct hf_holders *holders);

#endif
