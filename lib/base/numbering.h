/*
 * numbering.h - numbers for texts and other things that are known by a hash: 1, 2, 3, in the order of appearance.
 *
 * Two things share a hash of 64 bits with a probability of 3e-8 among a million: then they share a number.
 */
#ifndef HF_BASE_NUMBERING_H
#define HF_BASE_NUMBERING_H

#include "base/memory.h"

/* All zero is the empty numbering. */
struct hf_numbering {
    struct hf_region slots;
    uint32_t num_slots;
    uint32_t count;          /* the highest number */
};

/* The number of a hash, a new one for a new hash; 0 without memory. O(1) */
uint32_t hf_number_of(struct hf_numbering *numbering, uint64_t hash);
/* The number of a hash that has one; 0: it has none. O(1) */
uint32_t hf_number_find(const struct hf_numbering *numbering, uint64_t hash);
void hf_numbering_deinit(struct hf_numbering *numbering);

#endif
