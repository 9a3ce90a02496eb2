/*
 * labels.h - the names of references with indexes and keys masked, as small numbers.
 *
 * Two references have the same label exactly when they read the same in a merged path: ".x" whether it is kept inline
 * or in an attribute dict, "[*]" for whatever item.
 */
#ifndef HF_ANALYSIS_LABELS_H
#define HF_ANALYSIS_LABELS_H

#include "base/numbering.h"
#include "base/text.h"
#include "graph/graph.h"

/* What a source is for the names of its edges. */
enum hf_namespace {
    HF_NAMESPACE_NONE = 0,
    HF_NAMESPACE_ATTRIBUTES,  /* the attribute dict of the node before */
    HF_NAMESPACE_GLOBALS,     /* the dict of a function's global variables */
};

#define HF_LABEL_KEY_SLOTS 4096

struct hf_labels {
    const struct hf_snapshot *snapshot;
    uint32_t *of_name;         /* per name, as an edge of no namespace; label + 1, 0: not asked yet */
    uint32_t *of_attribute;    /* per name, as an edge of a dict that is a namespace */
    struct hf_region name_regions[2];
    struct hf_numbering texts; /* by hash; the number of a text is its label + 1 */
    struct hf_region hashes;   /* uint64_t per label */
    struct { hf_node_id key; uint32_t label; } keys[2][HF_LABEL_KEY_SLOTS];  /* last str keys seen; label 0: empty */
    bool failed;               /* no memory: labels are not to be used any more */
};

/* Ends with hf_labels_deinit, also after a failure. Errors: NOMEM. */
HF_MUST_CHECK enum hf_status hf_labels_init(struct hf_labels *labels, const struct hf_snapshot *snapshot,
                                            struct hf_error *error);
void hf_labels_deinit(struct hf_labels *labels);

/* What a node is that is reached by `edge`. O(1) */
enum hf_namespace hf_namespace_of(const struct hf_snapshot *snapshot, uint32_t edge);

/* The label of an edge of `source`, from 0 on. Sets `failed` for want of memory. O(1), O(log previews) for new keys. */
uint32_t hf_labels_get(struct hf_labels *labels, hf_node_id source, uint32_t edge, enum hf_namespace space);

/* The hash of a label's text, which is the same in all snapshots; never 0. O(1) */
static inline uint64_t hf_labels_hash(const struct hf_labels *labels, uint32_t label) {
    return labels->failed ? 1 : ((const uint64_t *)(const void *)labels->hashes.data)[label];
}

/* That of a text as hf_label_print writes it; and of "[*]", by which a container has its items. */
uint64_t hf_label_hash(const char *text, size_t length);
uint64_t hf_label_hash_of_items(void);

/* Appends how the label of an edge reads. *is_name: it is a name that a program gave, not a mask. */
void hf_label_print(struct hf_text *text, const struct hf_snapshot *snapshot, hf_node_id source, uint32_t edge,
                    enum hf_namespace space, bool *is_name);

#endif
