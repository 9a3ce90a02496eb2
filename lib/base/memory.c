/*
 * memory.c - small allocations, and regions: big arrays in mappings of their own.
 *
 *   region   data -> [ used_bytes ......| zero pages, not yet resident ]
 *                     <------------- capacity_bytes ------------------>
 *
 * A region grows by mremap, which moves page tables and not bytes: an array of a gigabyte grows without a second
 * gigabyte and without a copy. capacity_bytes is always a whole number of pages, the length of the mapping.
 *
 * A shared region is a mapping that a child inherits as it is, so it keeps its address and its length: it is made as
 * long as it can ever be, without a claim to memory.
 *
 * realloc does the same inside glibc for very large blocks, but it does not promise zeroed memory, nor to give pages
 * back, nor does it do so under other C libraries or the sanitizers.
 */
#include "base/memory.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define PAGE_BYTES ((size_t)4096)   /* a multiple of it is what we ask for; the kernel rounds up to its own */
#define FIRST_BYTES ((size_t)65536)
#define HUGE_FROM_BYTES ((size_t)8 << 20)
#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23      /* Linux 5.14 */
#endif

/* The only global of the library: set by tests, 0 otherwise. Allocations until the one that fails. */
static atomic_ulong fail_countdown;

void hf_memory_fail_after(unsigned long n) {
    atomic_store_explicit(&fail_countdown, n, memory_order_relaxed);
}

static bool must_fail(void) {
    unsigned long left = atomic_load_explicit(&fail_countdown, memory_order_relaxed);
    if (left == 0)
        return false;
    if (left == 1)
        return true;
    atomic_store_explicit(&fail_countdown, left - 1, memory_order_relaxed);
    return false;
}

void *hf_alloc(size_t count, size_t size) {
    size_t bytes;
    if (must_fail() || __builtin_mul_overflow(count, size, &bytes))
        return NULL;
    return calloc(1, bytes > 0 ? bytes : 1);
}

void *hf_realloc(void *old, size_t count, size_t size) {
    size_t bytes;
    if (must_fail() || __builtin_mul_overflow(count, size, &bytes))
        return NULL;
    return realloc(old, bytes > 0 ? bytes : 1);
}

char *hf_strdup(const char *text) {
    size_t bytes = strlen(text) + 1;
    char *copy = hf_alloc(bytes, 1);
    if (copy != NULL)
        memcpy(copy, text, bytes);
    return copy;
}

void hf_free(void *text) {
    free(text);
}

static bool round_to_pages(size_t bytes, size_t *out) {
    if (__builtin_add_overflow(bytes, PAGE_BYTES - 1, out))
        return false;
    *out &= ~(PAGE_BYTES - 1);
    return true;
}

/*
 * An array that grows is being filled: asking for its new pages at once costs less than a fault for each. The first
 * reservation is not populated, for it may be what a hostile file claims. Both calls are hints, which old kernels
 * refuse. The first one is for the whole mapping: with different advice in it, mremap would refuse it.
 */
static void advise(const struct hf_region *region, size_t old_bytes) {
    if (region->capacity_bytes >= HUGE_FROM_BYTES)
        (void)madvise(region->data, region->capacity_bytes, MADV_HUGEPAGE);
    if (old_bytes > 0 && region->capacity_bytes > old_bytes)
        (void)madvise(region->data + old_bytes, region->capacity_bytes - old_bytes, MADV_POPULATE_WRITE);
}

bool hf_region_init_shared(struct hf_region *region, size_t capacity_bytes) {
    size_t bytes;
    if (must_fail() || !round_to_pages(capacity_bytes, &bytes))
        return false;
    void *data = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (data == MAP_FAILED)
        return false;
    *region = (struct hf_region){.data = data, .capacity_bytes = bytes, .is_shared = true};
    return true;
}

static bool resize(struct hf_region *region, size_t bytes) {
    size_t old_bytes = region->capacity_bytes;
    void *data = region->data == NULL
                     ? mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
                     : mremap(region->data, old_bytes, bytes, MREMAP_MAYMOVE);
    if (data == MAP_FAILED)
        return false;
    region->data = data;
    region->capacity_bytes = bytes;
    advise(region, old_bytes);
    return true;
}

bool hf_region_reserve(struct hf_region *region, size_t capacity_bytes) {
    if (capacity_bytes <= region->capacity_bytes)
        return true;
    size_t exact, generous;
    if (must_fail() || region->is_shared || !round_to_pages(capacity_bytes, &exact))
        return false;
    generous = region->capacity_bytes == 0 ? FIRST_BYTES : region->capacity_bytes + region->capacity_bytes / 4;
    if (round_to_pages(generous, &generous) && generous > exact && resize(region, generous))
        return true;
    return resize(region, exact);
}

void hf_region_populate(struct hf_region *region, size_t num_bytes) {
    size_t bytes;
    if (num_bytes > region->capacity_bytes)
        num_bytes = region->capacity_bytes;
    if (num_bytes > 0 && round_to_pages(num_bytes, &bytes))
        (void)madvise(region->data, bytes, MADV_POPULATE_WRITE);
}

void hf_region_drop(struct hf_region *region, size_t from_byte, size_t to_byte) {
    size_t from;
    to_byte &= ~(PAGE_BYTES - 1);
    if (round_to_pages(from_byte, &from) && from < to_byte && to_byte <= region->capacity_bytes)
        (void)madvise(region->data + from, to_byte - from, region->is_shared ? MADV_REMOVE : MADV_DONTNEED);
}

void hf_region_trim(struct hf_region *region) {
    size_t bytes;
    if (region->used_bytes == 0) {
        hf_region_deinit(region);
        return;
    }
    /* Shrinking in place cannot fail for want of memory; if it does, the region is as it was. */
    if (round_to_pages(region->used_bytes, &bytes) && bytes < region->capacity_bytes)
        (void)resize(region, bytes);
}

void hf_region_deinit(struct hf_region *region) {
    if (region->data != NULL)
        munmap(region->data, region->capacity_bytes);
    *region = (struct hf_region){0};
}
