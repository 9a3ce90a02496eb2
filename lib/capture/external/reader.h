/*
 * reader.h - what the files of the external reader share: how a walker reads a target.
 *
 * A host for the walker (walker.h): where in-process tp_traverse has the last word on what an object holds, here the
 * decoders have it, and the words of objects that no decoder knows are looked through (scan.c); where __sizeof__ in C
 * is called, here formulas stand for it (sizes.c).
 */
#ifndef HF_CAPTURE_EXTERNAL_READER_H
#define HF_CAPTURE_EXTERNAL_READER_H

#include "capture/walker.h"
#include "memory/target.h"

/* How the references of a type's instances are found beyond hf_decode. */
enum hf_rest {
    HF_REST_NONE,        /* the decoder knows all */
    HF_REST_SCANNED,     /* words of the object */
    HF_REST_DEQUE,
    HF_REST_ORDERED_DICT,
    HF_REST_TEE,
    HF_REST_MODULE,
    HF_REST_HIDDEN_ITEMS,   /* a struct sequence: items behind those that a tuple shows */
    HF_REST_ELEMENT,
    HF_REST_RING,
};

/* What the reader knows of a type: plan->host. */
struct hf_reader_type {
    enum hf_rest rest;
    uint32_t first_word, end_word;   /* of the fixed part that is scanned */
    uint32_t num_items;          /* of a struct sequence, hidden ones included */
    uint32_t num_words_per_item; /* of a variable part behind it; 0: there is none */
    uint64_t *known;             /* bitmap: words of the fixed part that are no references, or are found otherwise */
};

/* The walker's host_context. */
struct hf_reader {
    struct hf_target *target;
    struct hf_walker *walker;
};

/* scan.c */
void hf_reader_add_references(struct hf_walker *walker, struct hf_type_plan *plan, uint64_t addr,
                              struct hf_references *references);
/* Sets plan->host; without memory it stays NULL, and walker->failure tells. */
void hf_reader_prepare_scan(struct hf_walker *walker, struct hf_type_plan *plan);
bool hf_reader_is_refcount(const struct hf_walker *walker, uint64_t word);

/* sizes.c */
/* Sets size_rule of a plan, and size_function to a formula of sizes.c. */
void hf_reader_find_size(struct hf_walker *walker, struct hf_type_plan *plan);
bool hf_reader_call_size(struct hf_decoder *decoder, const struct hf_type_plan *plan, uint64_t addr,
                         uint64_t *size_bytes);

#endif
