/*
 * memory.h - where all memory of the library comes from.
 *
 * Small things: hf_alloc/hf_free (malloc underneath). Big arrays: struct hf_region, an anonymous mapping that grows in
 * place or moves by mremap, so that growing never copies and freed memory goes back to the system. A test can make the
 * n-th allocation of either kind fail.
 */
#ifndef HF_BASE_MEMORY_H
#define HF_BASE_MEMORY_H

#include <string.h>

#include <holdfast/holdfast.h>

/* NULL on failure or when count * size overflows. The memory is zeroed. hf_free (holdfast.h) frees it. */
void *hf_alloc(size_t count, size_t size) __attribute__((malloc));
void *hf_realloc(void *old, size_t count, size_t size);
char *hf_strdup(const char *text);

/* A growable array of bytes in its own mapping. All zero is the empty region. New memory is zero. */
struct hf_region {
    uint8_t *data;
    size_t used_bytes;       /* the caller's */
    size_t capacity_bytes;
    bool is_shared;          /* made by hf_region_init_shared */
};

/*
 * Makes an empty region whose bytes this process and children that it has later see alike, at the same address. It
 * never grows: the capacity is address space alone, a page costs memory when it is first touched. False: no room.
 */
bool hf_region_init_shared(struct hf_region *region, size_t capacity_bytes);

/* Makes room for at least `capacity_bytes` in all; grows by a quarter at least. False when memory cannot be had. */
bool hf_region_reserve(struct hf_region *region, size_t capacity_bytes);
/* So many bytes more, at least one, behind those that are used; they are used from now on. NULL: no memory. */
static inline void *hf_region_add(struct hf_region *region, size_t size_bytes) {
    size_t at = region->used_bytes;
    if (size_bytes > region->capacity_bytes - at && !hf_region_reserve(region, at + size_bytes))
        return NULL;
    region->used_bytes = at + size_bytes;
    return region->data + at;
}

/* Copies a value behind what is used. False: no memory. */
static inline bool hf_region_push(struct hf_region *region, const void *value, size_t size_bytes) {
    void *place = hf_region_add(region, size_bytes);
    if (place == NULL)
        return false;
    memcpy(place, value, size_bytes);
    return true;
}

/* Asks for the pages of its first bytes now, because they will be filled. Only a hint. */
void hf_region_populate(struct hf_region *region, size_t num_bytes);
/* The memory that it takes. */
static inline size_t hf_region_held_bytes(const struct hf_region *region) {
    return region->is_shared ? region->used_bytes : region->capacity_bytes;
}
/* Gives back the pages of bytes that are not needed any more, as far as they are whole ones; they read as zero. */
void hf_region_drop(struct hf_region *region, size_t from_byte, size_t to_byte);
/* Gives back the pages behind used_bytes. */
void hf_region_trim(struct hf_region *region);
void hf_region_deinit(struct hf_region *region);

/* For tests: the n-th allocation from now fails (1: the next), and all later ones; 0 switches this off. */
void hf_memory_fail_after(unsigned long n);

#endif
