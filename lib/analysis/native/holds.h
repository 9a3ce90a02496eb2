/* holds.h - the references that native code has in a snapshot, and why each is there. */
#ifndef HF_ANALYSIS_HOLDS_H
#define HF_ANALYSIS_HOLDS_H

#include <holdfast/native.h>

#include "base/arena.h"
#include "snapshot/snapshot.h"

/* References to one object for one reason. */
struct hf_hold {
    hf_node_id node;
    uint32_t count;
    enum hf_native_reason reason;
    const char *where, *variable;    /* of VARIABLE and INTERPRETER, the first of OBJECT, else "" */
};

/* By node; those of one node follow each other. */
struct hf_holds {
    struct hf_hold *list;
    size_t num_holds;
    struct hf_region region;
};

/* Texts live in the arena. Ends with hf_holds_deinit, also after a failure. Errors: NOMEM. O(roots * log roots) */
HF_MUST_CHECK enum hf_status hf_holds_init(struct hf_holds *holds, const struct hf_snapshot *snapshot,
                                           struct hf_arena *arena, struct hf_error *error);
void hf_holds_deinit(struct hf_holds *holds);

/* The end of the holds on the object whose first one is at `first`. */
size_t hf_holds_end(const struct hf_holds *holds, size_t first);
/* The first hold on a node, or num_holds. O(log holds) */
size_t hf_holds_find(const struct hf_holds *holds, hf_node_id node);

static inline bool hf_native_is_seen(enum hf_native_reason reason) {
    return reason == HF_NATIVE_VARIABLE || reason == HF_NATIVE_INTERPRETER || reason == HF_NATIVE_OBJECT ||
           reason == HF_NATIVE_STACK;
}

#endif
