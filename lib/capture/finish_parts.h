/* finish_parts.h - what finish.c, which puts objects in order, and finish_roots.c, which adds the roots, share. */
#ifndef HF_CAPTURE_FINISH_PARTS_H
#define HF_CAPTURE_FINISH_PARTS_H

#include "capture/walker.h"

struct hf_finish {
    struct hf_walker *walker;
    struct hf_snapshot *snapshot;
    uint32_t num_nodes;
    uint32_t *in_degree;         /* per node: references that were found; of finish_roots.c: that were not */
    uint64_t map_bytes;
};

static inline struct hf_region *hf_finish_column(struct hf_finish *finish, enum hf_column_id id) {
    return &finish->snapshot->columns[id].region;
}

/* The number of the object of a key, HF_NO_NODE of one that is not in the snapshot. */
static inline uint32_t hf_finish_rank(const struct hf_finish *finish, uint32_t key) {
    return hf_heap_map_rank(&finish->walker->map, key);
}

/*
 * finish_roots.c: adds all roots, and to the origin how many reference counts are exact. in_degree has the edges to
 * each node. False: no memory. O(nodes + roots), and that of hf_statics_add_roots
 */
HF_MUST_CHECK bool hf_finish_add_roots(struct hf_finish *finish);

#endif
