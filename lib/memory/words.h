/*
 * words.h - the words of a range of memory, a page at a time. A page that cannot be read is passed over.
 *
 *     struct hf_words words = hf_words_in(memory, start, end);
 *     while (hf_words_next(&words))
 *         for (size_t i = 0; i < words.count; i++)
 *             ... hf_words_get(&words, i), which lies at words.addr + i * 8
 */
#ifndef HF_MEMORY_WORDS_H
#define HF_MEMORY_WORDS_H

#include <stdbool.h>

#include "memory/memory.h"

#define HF_WORDS_PAGE_BYTES UINT64_C(4096)

struct hf_words {
    struct hf_memory *memory;
    uint64_t next, end;          /* what is still to be read */
    uint64_t addr;               /* of the first word in view */
    size_t count;
    const void *view;            /* valid as other views of the memory are */
};

/* Words lie at multiples of 8: what is left over at both ends of the range is none. */
static inline struct hf_words hf_words_in(struct hf_memory *memory, uint64_t start, uint64_t end) {
    uint64_t first = (start + 7) & ~UINT64_C(7);
    return (struct hf_words){.memory = memory, .next = first < start ? end : first, .end = end & ~UINT64_C(7)};
}

static inline bool hf_words_next(struct hf_words *words) {
    words->view = NULL;
    while (words->view == NULL && words->next < words->end) {
        uint64_t left = words->end - words->next;
        uint64_t to_page_end = HF_WORDS_PAGE_BYTES - (words->next & (HF_WORDS_PAGE_BYTES - 1));
        size_t size_bytes = (size_t)(left < to_page_end ? left : to_page_end);
        words->addr = words->next;
        words->count = size_bytes / 8;
        words->view = hf_memory_view(words->memory, words->addr, size_bytes);
        words->next += size_bytes;
    }
    return words->view != NULL;
}

static inline uint64_t hf_words_get(const struct hf_words *words, size_t index) {
    return hf_view_u64(words->view, index * 8);
}

#endif
