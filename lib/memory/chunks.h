/*
 * chunks.h - views of another process's memory, read in chunks of 64 KiB and kept in a cache of bounded size.
 */
#ifndef HF_MEMORY_CHUNKS_H
#define HF_MEMORY_CHUNKS_H

#include "base/memory.h"
#include "memory/maps.h"

#define HF_CHUNK_BITS 16
#define HF_READ_BYTES ((size_t)1 << HF_CHUNK_BITS)
#define HF_CHUNKS_KEPT_VIEWS 4
#define HF_CHUNKS_DEFAULT_BYTES ((size_t)128 << 20)
#define HF_MAX_VIEW_BYTES ((size_t)1 << 30)

/* Copies from `addr` on and gives how many bytes it could; 0 when the first one cannot be read. */
typedef size_t hf_chunks_read(void *context, uint64_t addr, void *buffer, size_t size);

struct hf_chunk_slot;

struct hf_chunks {
    hf_chunks_read *read;
    void *context;
    const struct hf_maps *maps;      /* what lies outside of all readable ranges is not asked for; NULL: unknown */
    struct hf_region data;           /* num_slots chunks */
    struct hf_chunk_slot *slots;
    uint32_t *heads;                 /* by hash of the chunk's number: the first slot of a chain */
    uint32_t num_slots, num_used, hand, last;
    uint32_t recent[HF_CHUNKS_KEPT_VIEWS];   /* slots of the last views: not evicted */
    uint32_t num_views;
    struct hf_region scratch[HF_CHUNKS_KEPT_VIEWS];   /* views that cross chunks */
    uint32_t next_scratch;
    uint64_t num_read_bytes;
};

/* cache_bytes 0: HF_CHUNKS_DEFAULT_BYTES. Errors: NOMEM. */
HF_MUST_CHECK enum hf_status hf_chunks_init(struct hf_chunks *chunks, size_t cache_bytes, const struct hf_maps *maps,
                                            hf_chunks_read *read, void *context, struct hf_error *error);
void hf_chunks_deinit(struct hf_chunks *chunks);
/* Forgets what was read: the memory may have changed. Views are not valid any more. */
void hf_chunks_forget(struct hf_chunks *chunks);

/*
 * The bytes [addr, addr + size), or NULL when one of them cannot be read or size is above HF_MAX_VIEW_BYTES. The last
 * HF_CHUNKS_KEPT_VIEWS views are valid. Cost: a read of the chunks that are not in the cache.
 */
const void *hf_chunks_view(struct hf_chunks *chunks, uint64_t addr, size_t size);

#endif
