/* roots.h - in which order roots are preferred, and how one is written. */
#ifndef HF_ANALYSIS_ROOTS_H
#define HF_ANALYSIS_ROOTS_H

#include "base/text.h"
#include "graph/paths.h"

#define HF_ROOT_NUM_RANKS 12

enum hf_root_preference {
    HF_ROOTS_READABLE = 0,         /* the tiers of path.h: what a reader recognises comes first */
    HF_ROOTS_STABLE,               /* what stays comes first: modules, the interpreter, then variables of functions */
};

/* The roots of a snapshot by preference: tiers, and inside them the groups of roots.c. */
struct hf_root_order {
    uint32_t *indexes;             /* of roots in the snapshot */
    hf_node_id *nodes;             /* the same roots' nodes */
    uint32_t num_roots;
    uint32_t group_end[HF_ROOT_NUM_RANKS];
    uint8_t group_tier[HF_ROOT_NUM_RANKS];
    struct hf_paths_roots roots;   /* all of this, for hf_paths_compute; points into the order itself */
    struct hf_region regions[2];
};

/* Ends with hf_root_order_deinit, also after a failure; must not be moved. Errors: NOMEM. O(roots) */
HF_MUST_CHECK enum hf_status hf_root_order_init(struct hf_root_order *order, const struct hf_snapshot *snapshot,
                                                struct hf_error *error);
/* The same by another preference than HF_ROOTS_READABLE. */
HF_MUST_CHECK enum hf_status hf_root_order_init_by(struct hf_root_order *order, const struct hf_snapshot *snapshot,
                                                   enum hf_root_preference preference, struct hf_error *error);
void hf_root_order_deinit(struct hf_root_order *order);

/* Takes out the roots whose indexes are in a set. O(roots) */
void hf_root_order_remove(struct hf_root_order *order, const struct hf_bitset *roots);

/* The index of the most preferred root of a node, or UINT32_MAX; *tier (NULL allowed) is its tier. O(roots) */
uint32_t hf_root_order_find(const struct hf_root_order *order, hf_node_id node, unsigned *tier);

/* Appends a root as path.h writes it: "module shop.cache". */
void hf_root_print(struct hf_text *text, const struct hf_snapshot *snapshot, uint32_t root);

/* Appends a frame: "thread worker-1, handle() at shop.py:31". */
void hf_root_print_frame(struct hf_text *text, const struct hf_snapshot *snapshot, uint32_t frame);

/* A root without what differs between threads and calls: "handle() local 'request'". */
void hf_root_print_masked(struct hf_text *text, const struct hf_snapshot *snapshot, uint32_t root);

#endif
