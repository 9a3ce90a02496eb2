/* preview.h - the values of small objects: how they are stored (snapshot.h has the bytes) and read back. */
#ifndef HF_SNAPSHOT_PREVIEW_H
#define HF_SNAPSHOT_PREVIEW_H

#include "snapshot/snapshot.h"

enum hf_preview_tag {
    HF_PREVIEW_STR = 'S',
    HF_PREVIEW_BYTES = 'B',
    HF_PREVIEW_BYTEARRAY = 'Y',
    HF_PREVIEW_INT = 'I',
    HF_PREVIEW_BIG_INT = 'L',
    HF_PREVIEW_FLOAT = 'F',
    HF_PREVIEW_COMPLEX = 'C',
    HF_PREVIEW_TRUE = 'T',
    HF_PREVIEW_FALSE = 'f',
};

struct hf_preview {
    enum hf_preview_tag tag;
    const char *bytes;       /* STR (WTF-8), BYTES, BYTEARRAY: the kept ones, borrowed */
    size_t num_bytes;
    uint64_t length;         /* STR: characters, BYTES: bytes of the whole value */
    bool is_whole;           /* nothing was cut off */
    int64_t integer;         /* INT */
    uint64_t num_bits;       /* BIG_INT */
    bool is_negative;        /* BIG_INT */
    double real, imaginary;  /* FLOAT, COMPLEX */
};

/* Decodes the preview that starts at `at` and lies before `end`. False if the bytes are damaged. O(kept bytes) */
bool hf_preview_decode(const uint8_t *at, const uint8_t *end, struct hf_preview *out);

/* The end of the preview's bytes, or NULL if they are damaged. O(1) */
const uint8_t *hf_preview_skip(const uint8_t *at, const uint8_t *end);

/* Finds and decodes in one. False if the node has none. O(log previews) */
bool hf_snapshot_read_preview(const struct hf_snapshot *snapshot, hf_node_id node, struct hf_preview *out);

#endif
