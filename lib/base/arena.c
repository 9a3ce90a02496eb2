/*
 * arena.c - many small things that end together.
 *
 *   newest -> [ next | used | size | a b c ......free ] -> [ an older, full block ] -> NULL
 *
 * A request that does not fit opens a new block of 64 KiB, or of its own size when it is larger. What is left of the
 * older block is given up: at most a quarter of it, because larger requests get a block of their own behind the newest.
 */
#include "base/arena.h"

#include <string.h>

#define BLOCK_BYTES ((size_t)65536)
#define ALIGNMENT ((size_t)16)

struct hf_arena_block {
    struct hf_arena_block *next;
    size_t used;
    size_t size;
    _Alignas(16) uint8_t data[];
};

/* Sizes are multiples of ALIGNMENT, so that blocks cut one behind the other are aligned. */
static struct hf_arena_block *open_block(struct hf_arena *arena, size_t size) {
    size_t bytes;
    if (__builtin_add_overflow(size, sizeof(struct hf_arena_block), &bytes))
        return NULL;
    struct hf_arena_block *block = arena->room != NULL ? hf_region_add(arena->room, bytes) : hf_alloc(bytes, 1);
    if (block != NULL)
        block->size = size;
    return block;
}

static void *alloc_large(struct hf_arena *arena, size_t bytes) {
    struct hf_arena_block *block = open_block(arena, bytes);
    if (block == NULL)
        return NULL;
    block->used = bytes;
    if (arena->newest == NULL) {
        arena->newest = block;
    } else {
        block->next = arena->newest->next;
        arena->newest->next = block;
    }
    return block->data;
}

static void *alloc_small(struct hf_arena *arena, size_t bytes) {
    struct hf_arena_block *block = arena->newest;
    if (block == NULL || block->size - block->used < bytes) {
        block = open_block(arena, BLOCK_BYTES);
        if (block == NULL)
            return NULL;
        block->next = arena->newest;
        arena->newest = block;
    }
    void *memory = block->data + block->used;
    block->used += bytes;
    return memory;
}

void *hf_arena_alloc(struct hf_arena *arena, size_t count, size_t size) {
    size_t bytes;
    void *memory = NULL;
    if (!arena->failed && !__builtin_mul_overflow(count, size, &bytes) &&
        !__builtin_add_overflow(bytes, ALIGNMENT - 1, &bytes)) {
        bytes &= ~(ALIGNMENT - 1);
        memory = bytes > BLOCK_BYTES / 4 ? alloc_large(arena, bytes) : alloc_small(arena, bytes);
    }
    if (memory == NULL)
        arena->failed = true;
    return memory;
}

const char *hf_arena_copy(struct hf_arena *arena, const char *bytes, size_t length) {
    char *copy = length == SIZE_MAX ? NULL : hf_arena_alloc(arena, length + 1, 1);
    if (copy == NULL)
        return "";
    if (length > 0)
        memcpy(copy, bytes, length);
    return copy;
}

void hf_arena_deinit(struct hf_arena *arena) {
    for (struct hf_arena_block *block = arena->newest, *next; block != NULL && arena->room == NULL; block = next) {
        next = block->next;
        hf_free(block);
    }
    *arena = (struct hf_arena){0};
}
