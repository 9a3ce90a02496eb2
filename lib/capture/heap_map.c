/* heap_map.c - chunks, their bitmaps, and ranks; see heap_map.h. */
#include "capture/heap_map.h"

#include <string.h>

#define FIRST_CHUNKS 64

bool hf_heap_map_init(struct hf_heap_map *map, struct hf_arena *arena) {
    *map = (struct hf_heap_map){.arena = arena};
    map->directory = hf_arena_alloc(arena, HF_MAP_DIRECTORY, sizeof(struct hf_chunk **));
    return map->directory != NULL;
}

static struct hf_chunk *create_chunk(struct hf_heap_map *map, uint64_t addr) {
    struct hf_chunk *chunk = hf_arena_alloc(map->arena, 1, sizeof *chunk);
    uint64_t *seen = hf_arena_alloc(map->arena, HF_MAP_WORDS, sizeof *seen);
    if (chunk == NULL || seen == NULL)
        return NULL;
    chunk->seen = seen;
    chunk->base = (addr & ~(HF_CHUNK_BYTES - 1)) | (addr & 8);
    chunk->first_key = map->num_chunks << HF_KEY_GRANULE_BITS;
    return chunk;
}

static bool grow(struct hf_heap_map *map) {
    uint32_t capacity = map->capacity != 0 ? map->capacity * 2 : FIRST_CHUNKS;
    struct hf_chunk **chunks = hf_arena_alloc(map->arena, capacity, sizeof(struct hf_chunk *));
    if (chunks == NULL)
        return false;
    if (map->num_chunks > 0)
        memcpy(chunks, map->chunks, map->num_chunks * sizeof(struct hf_chunk *));
    map->chunks = chunks;
    map->capacity = capacity;
    return true;
}

static struct hf_chunk **directory_entry(struct hf_heap_map *map, uint64_t addr) {
    struct hf_chunk ***page = &map->directory[addr >> 33];
    if (*page == NULL)
        *page = hf_arena_alloc(map->arena, 2 * HF_MAP_PAGE, sizeof(struct hf_chunk *));
    return *page != NULL ? *page + ((addr >> 19 & (2 * HF_MAP_PAGE - 2)) | (addr >> 3 & 1)) : NULL;
}

struct hf_chunk *hf_heap_map_add_chunk(struct hf_heap_map *map, uint64_t addr) {
    if (addr >> HF_MAP_ADDRESS_BITS != 0 || (addr & 7) != 0) {
        map->bad_address = true;
        return NULL;
    }
    if (map->num_chunks == HF_MAX_CHUNKS) {
        map->out_of_chunks = true;
        return NULL;
    }
    struct hf_chunk **entry = directory_entry(map, addr);
    bool has_room = map->num_chunks < map->capacity || grow(map);
    struct hf_chunk *chunk = entry != NULL && has_room ? create_chunk(map, addr) : NULL;
    if (chunk == NULL) {
        map->out_of_memory = true;
        return NULL;
    }
    map->chunks[map->num_chunks++] = chunk;
    *entry = chunk;
    return chunk;
}

bool hf_heap_map_add_mark(struct hf_heap_map *map, struct hf_chunk *chunk, enum hf_mark mark, uint32_t granule) {
    if (chunk->marks[mark] == NULL)
        chunk->marks[mark] = hf_arena_alloc(map->arena, HF_MAP_WORDS, sizeof(uint64_t));
    if (chunk->marks[mark] == NULL)
        return false;
    chunk->marks[mark][granule >> 6] |= UINT64_C(1) << (granule & 63);
    return true;
}

/* The directory has them by address already. */
const uint32_t *hf_heap_map_sort(const struct hf_heap_map *map) {
    uint32_t *order = hf_arena_alloc(map->arena, (size_t)map->num_chunks + 1, sizeof *order), count = 0;
    if (order == NULL)
        return NULL;
    for (uint32_t page = 0; page < HF_MAP_DIRECTORY; page++)
        for (uint32_t i = 0; map->directory[page] != NULL && i < 2 * HF_MAP_PAGE; i++)
            if (map->directory[page][i] != NULL)
                order[count++] = map->directory[page][i]->first_key >> HF_KEY_GRANULE_BITS;
    return order;
}

static uint64_t rank_words(struct hf_chunk *chunk) {
    const uint64_t *hidden = chunk->marks[HF_MARK_HIDDEN];
    uint32_t count = 0;
    for (uint32_t i = 0; i < HF_MAP_WORDS; i++) {
        if (hidden != NULL)
            chunk->seen[i] &= ~hidden[i];
        chunk->word_rank[i] = (uint16_t)count;
        count += (uint32_t)__builtin_popcountll(chunk->seen[i]);
    }
    return count;
}

bool hf_heap_map_number(struct hf_heap_map *map, uint64_t *num_objects) {
    const uint32_t *order = hf_heap_map_sort(map);
    if (order == NULL)
        return false;
    uint64_t rank = 0;
    for (uint32_t i = 0; i < map->num_chunks; i++) {
        struct hf_chunk *chunk = map->chunks[order[i]];
        chunk->final_ordinal = i;
        chunk->first_rank = (uint32_t)rank;
        chunk->word_rank = hf_arena_alloc(map->arena, HF_MAP_WORDS, sizeof *chunk->word_rank);
        if (chunk->word_rank == NULL)
            return false;
        rank += rank_words(chunk);
    }
    *num_objects = rank;
    return true;
}
