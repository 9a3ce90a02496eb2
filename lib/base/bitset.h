/* bitset.h - one bit per node. That of five million nodes is 0.6 MB: it stays in the cache where bytes would not. */
#ifndef HF_BASE_BITSET_H
#define HF_BASE_BITSET_H

#include <string.h>

#include "base/memory.h"

/* All zero is a set that holds nothing and has room for nothing. */
struct hf_bitset {
    struct hf_region words;
};

/* Makes an empty set with room for `num_bits`. False: no memory. */
static inline bool hf_bitset_init(struct hf_bitset *set, size_t num_bits) {
    *set = (struct hf_bitset){0};
    return hf_region_reserve(&set->words, (num_bits / 64 + 1) * sizeof(uint64_t));
}

static inline void hf_bitset_deinit(struct hf_bitset *set) {
    hf_region_deinit(&set->words);
}

static inline bool hf_bitset_has(const struct hf_bitset *set, uint32_t bit) {
    const uint64_t *words = (const uint64_t *)(const void *)set->words.data;
    return (words[bit >> 6] >> (bit & 63) & 1) != 0;
}

static inline void hf_bitset_add(struct hf_bitset *set, uint32_t bit) {
    uint64_t *words = (uint64_t *)(void *)set->words.data;
    words[bit >> 6] |= UINT64_C(1) << (bit & 63);
}

static inline void hf_bitset_remove(struct hf_bitset *set, uint32_t bit) {
    uint64_t *words = (uint64_t *)(void *)set->words.data;
    words[bit >> 6] &= ~(UINT64_C(1) << (bit & 63));
}

/* Makes *set, which has the same room, equal to another. */
static inline void hf_bitset_copy(struct hf_bitset *set, const struct hf_bitset *from) {
    memcpy(set->words.data, from->words.data, from->words.capacity_bytes);
}

#endif
