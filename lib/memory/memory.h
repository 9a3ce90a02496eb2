/*
 * memory.h - bytes of a process, without meaning.
 *
 * A decoder asks for a view of [addr, addr + size) in the target and gets a pointer that is valid until the next view
 * of the same memory, or NULL when the range cannot be read: an expected result that costs no message. In our own
 * process a view is the address itself. (The targets of target.h are kinder: their last four views are valid.)
 */
#ifndef HF_MEMORY_MEMORY_H
#define HF_MEMORY_MEMORY_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct hf_memory {
    /* NULL: our own process. Else gives a view, or NULL. */
    const void *(*view)(struct hf_memory *memory, uint64_t addr, size_t size);
};

static inline const void *hf_memory_view(struct hf_memory *memory, uint64_t addr, size_t size) {
    if (__builtin_expect(memory->view == NULL, 1))
        return (const void *)(uintptr_t)addr;
    return memory->view(memory, addr, size);
}

/* A field at `offset` of a view. */
static inline uint64_t hf_view_u64(const void *view, size_t offset) {
    uint64_t value;
    memcpy(&value, (const char *)view + offset, sizeof value);
    return value;
}

static inline int64_t hf_view_i64(const void *view, size_t offset) {
    return (int64_t)hf_view_u64(view, offset);
}

static inline uint32_t hf_view_u32(const void *view, size_t offset) {
    uint32_t value;
    memcpy(&value, (const char *)view + offset, sizeof value);
    return value;
}

static inline int32_t hf_view_i32(const void *view, size_t offset) {
    return (int32_t)hf_view_u32(view, offset);
}

static inline uint8_t hf_view_u8(const void *view, size_t offset) {
    return ((const uint8_t *)view)[offset];
}

/* The word at an address, or 0 when it cannot be read. */
static inline uint64_t hf_memory_word(struct hf_memory *memory, uint64_t addr) {
    const void *view = hf_memory_view(memory, addr, sizeof(uint64_t));
    return view != NULL ? hf_view_u64(view, 0) : 0;
}

/*
 * Copies a text that ends with NUL, wherever that may be, cut to size - 1 bytes. Gives its length; what cannot be read
 * ends it.
 */
size_t hf_memory_text(struct hf_memory *memory, uint64_t addr, char *buffer, size_t size);

#endif
