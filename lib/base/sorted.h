/*
 * sorted.h - finds a place in items that ascend by the number that each begins with: ids, addresses, or records of them.
 *
 *   items    [3 ..] [7 ..] [7 ..] [9 ..]      from 7 or 4: 1       from 10: 4, which is the count
 */
#ifndef HF_BASE_SORTED_H
#define HF_BASE_SORTED_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* The first item whose number is `from` or more; `count` if there is none. O(log count) */
static inline size_t hf_sorted_find_u32(const void *items, size_t count, size_t item_bytes, uint32_t from) {
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        uint32_t number;
        memcpy(&number, (const char *)items + middle * item_bytes, sizeof number);
        if (number < from)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static inline size_t hf_sorted_find_u64(const void *items, size_t count, size_t item_bytes, uint64_t from) {
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        uint64_t number;
        memcpy(&number, (const char *)items + middle * item_bytes, sizeof number);
        if (number < from)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

#endif
