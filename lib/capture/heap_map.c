/* heap_map.c - chunks, their bitmaps, and ranks; see heap_map.h. */
#include "capture/heap_map.h"

#include <stdlib.h>

#define FIRST_CHUNKS 64

bool hf_heap_map_init(struct hf_heap_map *map) {
    *map = (struct hf_heap_map){0};
    map->directory = hf_alloc(HF_MAP_DIRECTORY, sizeof(struct hf_chunk **));
    return map->directory != NULL;
}

static void destroy_chunk(struct hf_chunk *chunk) {
    if (chunk == NULL)
        return;
    for (int mark = 0; mark < HF_NUM_MARKS; mark++)
        hf_free(chunk->marks[mark]);
    hf_free(chunk->word_rank);
    hf_free(chunk->seen);
    hf_free(chunk);
}

static struct hf_chunk *create_chunk(uint64_t addr, uint32_t ordinal) {
    struct hf_chunk *chunk = hf_alloc(1, sizeof *chunk);
    if (chunk == NULL)
        return NULL;
    chunk->seen = hf_alloc(HF_MAP_WORDS, sizeof *chunk->seen);
    chunk->base = (addr & ~(HF_CHUNK_BYTES - 1)) | (addr & 8);
    chunk->first_key = ordinal << HF_KEY_GRANULE_BITS;
    if (chunk->seen != NULL)
        return chunk;
    destroy_chunk(chunk);
    return NULL;
}

void hf_heap_map_deinit(struct hf_heap_map *map) {
    for (uint32_t i = 0; map->directory != NULL && i < HF_MAP_DIRECTORY; i++)
        hf_free(map->directory[i]);
    for (uint32_t i = 0; i < map->num_chunks; i++)
        destroy_chunk(map->chunks[i]);
    hf_free(map->directory);
    hf_free(map->chunks);
    *map = (struct hf_heap_map){0};
}

static bool grow(struct hf_heap_map *map) {
    uint32_t capacity = map->capacity != 0 ? map->capacity * 2 : FIRST_CHUNKS;
    struct hf_chunk **chunks = hf_realloc(map->chunks, capacity, sizeof(struct hf_chunk *));
    if (chunks == NULL)
        return false;
    map->chunks = chunks;
    map->capacity = capacity;
    return true;
}

static struct hf_chunk **directory_entry(struct hf_heap_map *map, uint64_t addr) {
    struct hf_chunk ***page = &map->directory[addr >> 33];
    if (*page == NULL)
        *page = hf_alloc(2 * HF_MAP_PAGE, sizeof(struct hf_chunk *));
    return *page != NULL ? *page + ((addr >> 19 & (2 * HF_MAP_PAGE - 2)) | (addr >> 3 & 1)) : NULL;
}

struct hf_chunk *hf_heap_map_add_chunk(struct hf_heap_map *map, uint64_t addr) {
    if (addr >> 47 != 0 || (addr & 7) != 0) {
        map->bad_address = true;
        return NULL;
    }
    if (map->num_chunks == HF_MAX_CHUNKS) {
        map->out_of_chunks = true;
        return NULL;
    }
    struct hf_chunk **entry = directory_entry(map, addr);
    bool has_room = map->num_chunks < map->capacity || grow(map);
    struct hf_chunk *chunk = entry != NULL && has_room ? create_chunk(addr, map->num_chunks) : NULL;
    if (chunk == NULL) {
        map->out_of_memory = true;
        return NULL;
    }
    map->chunks[map->num_chunks++] = chunk;
    *entry = chunk;
    return chunk;
}

bool hf_chunk_add(struct hf_chunk *chunk, enum hf_mark mark, uint32_t granule) {
    if (chunk->marks[mark] == NULL)
        chunk->marks[mark] = hf_alloc(HF_MAP_WORDS, sizeof(uint64_t));
    if (chunk->marks[mark] == NULL)
        return false;
    chunk->marks[mark][granule >> 6] |= UINT64_C(1) << (granule & 63);
    return true;
}

static int compare_bases(const void *a, const void *b, void *chunks) {
    uint64_t left = ((struct hf_chunk *const *)chunks)[*(const uint32_t *)a]->base;
    uint64_t right = ((struct hf_chunk *const *)chunks)[*(const uint32_t *)b]->base;
    return left < right ? -1 : left > right;
}

void hf_heap_map_sort(const struct hf_heap_map *map, uint32_t *order) {
    for (uint32_t i = 0; i < map->num_chunks; i++)
        order[i] = i;
    qsort_r(order, map->num_chunks, sizeof *order, compare_bases, map->chunks);
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
    uint32_t *order = hf_alloc(map->num_chunks + 1, sizeof *order);
    if (order == NULL)
        return false;
    hf_heap_map_sort(map, order);
    uint64_t rank = 0;
    bool ok = true;
    for (uint32_t i = 0; i < map->num_chunks && ok; i++) {
        struct hf_chunk *chunk = map->chunks[order[i]];
        chunk->final_ordinal = i;
        chunk->first_rank = (uint32_t)rank;
        chunk->word_rank = hf_alloc(HF_MAP_WORDS, sizeof *chunk->word_rank);
        ok = chunk->word_rank != NULL;
        if (ok)
            rank += rank_words(chunk);
    }
    hf_free(order);
    *num_objects = rank;
    return ok;
}
