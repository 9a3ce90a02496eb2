/*
 * heap_map.h - the set of objects seen so far, by address, and their numbers afterwards.
 *
 *   address   0x7f12 3456 7890
 *             |------ chunk ---||granule| 16 bytes
 *   directory (two levels, by chunk number)  ->  chunk  ->  bitmap of 65,536 granules
 *
 * A key is ordinal << 16 | granule: an address in 32 bits. Objects at 8 mod 16 (static ones) live in chunks of their
 * own. During the walk ordinals are in order of discovery; hf_heap_map_number sorts the chunks by address, and from
 * then on the number of an object is the rank of its bit: address order for free, without a hash table.
 *
 * Rejected: a hash table from address to number (61 to 67 bytes per object and twice the time), a table of numbers per
 * page (more memory than bits, no faster).
 */
#ifndef HF_CAPTURE_HEAP_MAP_H
#define HF_CAPTURE_HEAP_MAP_H

#include "base/arena.h"
#include "snapshot/snapshot.h"

#define HF_MAP_WORDS 1024               /* words of 64 granules in a chunk */
#define HF_MAP_ADDRESS_BITS 48          /* of what a program can have: 47 on x86_64, 48 on aarch64 */
#define HF_MAP_DIRECTORY 32768          /* first level: bits 33 to 47 of an address */
#define HF_MAP_PAGE 8192                /* second level: bits 20 to 32 */

/* Further sets of objects. */
enum hf_mark {
    HF_MARK_DICT_KEY,        /* is a key of some dict */
    HF_MARK_FROZEN,          /* in the permanent generation */
    HF_MARK_HIDDEN,          /* the tool's own: neither visited nor numbered */
    HF_NUM_MARKS
};

struct hf_chunk {
    uint64_t *seen;          /* HF_MAP_WORDS words */
    uint64_t base;           /* of the first granule; 8 mod 16 for a chunk of static objects */
    uint32_t first_key;      /* ordinal << 16 */
    uint32_t order;          /* place in the sweep, from 1; 0: not part of it */
    uint32_t final_ordinal;  /* after hf_heap_map_number */
    uint32_t first_rank;
    uint16_t *word_rank;     /* objects in this chunk before each word */
    uint64_t *marks[HF_NUM_MARKS];   /* bitmaps that few chunks have; NULL: no bit is set */
};

struct hf_heap_map {
    struct hf_arena *arena;
    struct hf_chunk ***directory;    /* HF_MAP_DIRECTORY pages of 2 * HF_MAP_PAGE chunks: both kinds side by side */
    struct hf_chunk **chunks;        /* by ordinal */
    uint32_t num_chunks;
    uint32_t capacity;
    bool out_of_memory, out_of_chunks, bad_address;
};

/* All its memory is the arena's, which has to outlive it. False: no memory. */
bool hf_heap_map_init(struct hf_heap_map *map, struct hf_arena *arena);

/* Makes the chunk of an address. NULL sets one of the three flags. */
struct hf_chunk *hf_heap_map_add_chunk(struct hf_heap_map *map, uint64_t addr);

/* The chunk of an address, made when it is new; NULL as above. */
static inline struct hf_chunk *hf_heap_map_chunk(struct hf_heap_map *map, uint64_t addr) {
    if (__builtin_expect(addr >> HF_MAP_ADDRESS_BITS == 0, 1)) {
        struct hf_chunk *const *page = map->directory[addr >> 33];
        if (__builtin_expect(page != NULL, 1)) {
            struct hf_chunk *chunk = page[(addr >> 19 & (2 * HF_MAP_PAGE - 2)) | (addr >> 3 & 1)];
            if (__builtin_expect(chunk != NULL, 1))
                return chunk;
        }
    }
    return hf_heap_map_add_chunk(map, addr);
}

/* Whether the chunk of an address of at most HF_MAP_ADDRESS_BITS exists. */
static inline bool hf_heap_map_has_chunk(const struct hf_heap_map *map, uint64_t addr) {
    struct hf_chunk *const *page = map->directory[addr >> 33];
    return page != NULL && page[(addr >> 19 & (2 * HF_MAP_PAGE - 2)) | (addr >> 3 & 1)] != NULL;
}

static inline uint32_t hf_heap_map_granule(uint64_t addr) {
    return (uint32_t)(addr >> 4) & 0xFFFF;
}

/* Sets the bit of a granule; true when it was not set. */
static inline bool hf_chunk_mark(struct hf_chunk *chunk, uint32_t granule) {
    uint64_t bit = UINT64_C(1) << (granule & 63), *word = &chunk->seen[granule >> 6];
    bool is_new = !(*word & bit);
    *word |= bit;
    return is_new;
}

/* Puts a granule into a further set. False: no memory. */
bool hf_heap_map_add_mark(struct hf_heap_map *map, struct hf_chunk *chunk, enum hf_mark mark, uint32_t granule);

static inline bool hf_chunk_has(const struct hf_chunk *chunk, enum hf_mark mark, uint32_t granule) {
    const uint64_t *bits = chunk->marks[mark];
    return bits != NULL && (bits[granule >> 6] >> (granule & 63) & 1);
}

static inline bool hf_heap_map_has(const struct hf_heap_map *map, enum hf_mark mark, uint32_t key) {
    return hf_chunk_has(map->chunks[key >> HF_KEY_GRANULE_BITS], mark, key & 0xFFFF);
}

static inline uint64_t hf_heap_map_addr(const struct hf_heap_map *map, uint32_t key) {
    return map->chunks[key >> HF_KEY_GRANULE_BITS]->base + (uint64_t)(key & 0xFFFF) * HF_GRANULE_BYTES;
}

/* The ordinals of all chunks by address. NULL: no memory. */
const uint32_t *hf_heap_map_sort(const struct hf_heap_map *map);

/* Ends the marking: takes hidden objects out and computes ranks. Gives how many objects there are. False: no memory. */
bool hf_heap_map_number(struct hf_heap_map *map, uint64_t *num_objects);

/* The number of a marked object, HF_NO_NODE of one that is not marked. After hf_heap_map_number. */
static inline uint32_t hf_heap_map_rank(const struct hf_heap_map *map, uint32_t key) {
    const struct hf_chunk *chunk = map->chunks[key >> HF_KEY_GRANULE_BITS];
    uint32_t word = key >> 6 & (HF_MAP_WORDS - 1);
    uint64_t bits = chunk->seen[word], bit = UINT64_C(1) << (key & 63);
    if (!(bits & bit))
        return HF_NO_NODE;
    return chunk->first_rank + chunk->word_rank[word] + (uint32_t)__builtin_popcountll(bits & (bit - 1));
}

#endif
