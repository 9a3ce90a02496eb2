/*
 * reference.h - finds the references that a text names, the way the answers of holdfast write them.
 *
 *   shop.cache.CACHE._shards[7]        from a module, by attributes and items
 *   sys.modules['shop'].CACHE          the same, as `why` prints expressions
 *   shop.cache.CACHE._shards[*][*]     every item, as in a merged path
 *   #1234.x   0x7f3a5c0de010['k']      from an object
 *
 * The text before the last step names objects, and the last step the references of these. Without a step it is the
 * entry of a module in sys.modules, or an object.
 */
#ifndef HF_ANALYSIS_REFERENCE_H
#define HF_ANALYSIS_REFERENCE_H

#include "snapshot/snapshot.h"

struct hf_reference {
    struct hf_region edges;    /* uint32_t: the references of the last step; none without a step */
    struct hf_region nodes;    /* hf_node_id: what they lead to, each once; without a step what the text names */
    struct hf_region roots;    /* uint32_t: without a step, the entries in sys.modules */
};

static inline size_t hf_reference_count(const struct hf_region *region) {
    return region->used_bytes / sizeof(uint32_t);
}

static inline const uint32_t *hf_reference_get(const struct hf_region *region) {
    return (const uint32_t *)(const void *)region->data;
}

/* True when a text can be meant as a reference: it starts with a module of the process, a number or an address. */
bool hf_reference_is_one(const struct hf_snapshot *snapshot, const char *text);

/*
 * Ends with hf_reference_deinit, also after a failure.
 * Errors: ARGUMENT (not the form above), NOT_FOUND (no such module, object, attribute or item, with near misses),
 * NOMEM. Cost: O(edges of the objects on the way, log previews for each item of a dict).
 */
HF_MUST_CHECK enum hf_status hf_reference_find(struct hf_reference *reference, const struct hf_snapshot *snapshot,
                                               const char *text, struct hf_error *error);
void hf_reference_deinit(struct hf_reference *reference);

#endif
