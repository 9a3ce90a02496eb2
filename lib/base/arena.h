/*
 * arena.h - many small things that end together: the texts and rows of one answer. Errors stick, as in text.h: after a
 * failed allocation every request gives NULL, and `failed` says so once at the end of the work.
 */
#ifndef HF_BASE_ARENA_H
#define HF_BASE_ARENA_H

#include <holdfast/holdfast.h>

#include "base/memory.h"

struct hf_arena_block;

/* All zero is the empty arena. */
struct hf_arena {
    struct hf_arena_block *newest;
    struct hf_region *room;  /* the caller's: blocks are cut from it and never given back to it; NULL: from hf_alloc */
    bool failed;
};

/* Zeroed memory, aligned for any type; NULL on failure or when count * size overflows. */
void *hf_arena_alloc(struct hf_arena *arena, size_t count, size_t size);
/* A copy of length bytes with a NUL behind; "" on failure, so that the caller need not look at once. */
const char *hf_arena_copy(struct hf_arena *arena, const char *bytes, size_t length);
void hf_arena_deinit(struct hf_arena *arena);

#endif
