/*
 * references.h - what a decoder gives: the references that one object holds, in order, each with its name.
 *
 * The buffer is small and stays in the cache. When it is full, `flush` takes what is in it, so that a list of five
 * million elements needs no more room than a pair.
 */
#ifndef HF_CPYTHON_REFERENCES_H
#define HF_CPYTHON_REFERENCES_H

#include <stddef.h>
#include <stdint.h>

#define HF_REFERENCES_CAPACITY 1024
#define HF_REFERENCES_BATCH 64      /* for which loops make room at once */

struct hf_references {
    size_t count;
    void (*flush)(struct hf_references *references);   /* leaves count 0 */
    uint64_t target[HF_REFERENCES_CAPACITY];           /* addresses; never 0 */
    uint16_t name[HF_REFERENCES_CAPACITY];             /* index into the snapshot's names */
};

/* Adds a reference; a NULL pointer in the target is none. */
static inline void hf_references_add(struct hf_references *references, uint64_t target, uint16_t name) {
    if (target == 0)
        return;
    if (__builtin_expect(references->count == HF_REFERENCES_CAPACITY, 0))
        references->flush(references);
    references->target[references->count] = target;
    references->name[references->count++] = name;
}

/* Makes room for `count` references, at most the capacity, so that hf_references_put may follow that many times. */
static inline void hf_references_reserve(struct hf_references *references, size_t count) {
    if (__builtin_expect(HF_REFERENCES_CAPACITY - references->count < count, 0))
        references->flush(references);
}

/* Adds a reference where there is room; without a branch, for loops over fields and items. */
static inline void hf_references_put(struct hf_references *references, uint64_t target, uint16_t name) {
    references->target[references->count] = target;
    references->name[references->count] = name;
    references->count += target != 0;
}

#endif
