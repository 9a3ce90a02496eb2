/*
 * chunks.c - a cache between the decoders and another process's memory.
 *
 *   addr ──▶ chunk number ──hash──▶ heads ──▶ slot ──next──▶ slot ──▶ end
 *                                             │ valid: a bit for each page that could be read
 *                                             └──▶ data + 64 KiB * slot
 *
 * A read costs a system call of a microsecond or two, however small, and the walker goes through the heap in order of
 * addresses: whole chunks are read, and nearly all views lie in the chunk of the view before. When all slots are in use
 * a hand goes round and evicts the first that was not used since it came by (the clock algorithm), never one of the
 * last few views. A view that crosses chunks is put together in a scratch buffer; a large one is read there directly.
 *
 * Rejected: mapping a mirror of the target's address space and filling it lazily, which makes every view contiguous:
 * it needs a fault handler or a bit per page anyway, and giving memory back needs a system call per page range.
 */
#include "memory/chunks.h"

#include <string.h>

#include "base/error.h"

#define NO_SLOT UINT32_MAX
#define PAGE_BITS 12
#define PAGE_BYTES ((size_t)1 << PAGE_BITS)
#define ALL_PAGES 0xFFFFu
#define MIN_SLOTS 16
#define MAX_SLOTS ((size_t)1 << 20)
#define LARGE_VIEW_BYTES ((size_t)1 << 20)

_Static_assert(HF_READ_BYTES / PAGE_BYTES == 16, "a bit of `valid` for each page of a chunk");

struct hf_chunk_slot {
    uint64_t number;         /* addr >> HF_CHUNK_BITS */
    uint32_t next;           /* of the same hash */
    uint16_t valid;          /* pages that could be read */
    bool is_used;            /* since the hand came by */
};

enum hf_status hf_chunks_init(struct hf_chunks *chunks, size_t cache_bytes, const struct hf_maps *maps,
                              hf_chunks_read *read, void *context, struct hf_error *error) {
    *chunks = (struct hf_chunks){.read = read, .context = context, .maps = maps};
    size_t num_slots = (cache_bytes != 0 ? cache_bytes : HF_CHUNKS_DEFAULT_BYTES) / HF_READ_BYTES;
    num_slots = num_slots < MIN_SLOTS ? MIN_SLOTS : num_slots > MAX_SLOTS ? MAX_SLOTS : num_slots;
    chunks->num_slots = (uint32_t)num_slots;
    chunks->slots = hf_alloc(num_slots, sizeof *chunks->slots);
    chunks->heads = hf_alloc(num_slots, sizeof *chunks->heads);
    if (chunks->slots == NULL || chunks->heads == NULL ||
        !hf_region_reserve(&chunks->data, num_slots * HF_READ_BYTES)) {
        hf_chunks_deinit(chunks);
        return hf_fail_nomem(error);
    }
    hf_chunks_forget(chunks);
    return HF_OK;
}

void hf_chunks_forget(struct hf_chunks *chunks) {
    memset(chunks->heads, 0xFF, chunks->num_slots * sizeof *chunks->heads);
    memset(chunks->recent, 0xFF, sizeof chunks->recent);
    chunks->last = NO_SLOT;
    chunks->num_used = chunks->hand = 0;
}

void hf_chunks_deinit(struct hf_chunks *chunks) {
    hf_free(chunks->slots);
    hf_free(chunks->heads);
    hf_region_deinit(&chunks->data);
    for (size_t i = 0; i < HF_CHUNKS_KEPT_VIEWS; i++)
        hf_region_deinit(&chunks->scratch[i]);
    *chunks = (struct hf_chunks){0};
}

static uint32_t *head_of(const struct hf_chunks *chunks, uint64_t number) {
    uint64_t hash = number * UINT64_C(0x9E3779B97F4A7C15) >> 32;
    return &chunks->heads[hash * chunks->num_slots >> 32];
}

static uint8_t *data_of(const struct hf_chunks *chunks, uint32_t slot) {
    return chunks->data.data + (size_t)slot * HF_READ_BYTES;
}

static uint32_t find_slot(const struct hf_chunks *chunks, uint64_t number) {
    uint32_t slot = *head_of(chunks, number);
    while (slot != NO_SLOT && chunks->slots[slot].number != number)
        slot = chunks->slots[slot].next;
    return slot;
}

/* ---- what is read into a slot ---- */

static bool may_be_readable(const struct hf_chunks *chunks, uint64_t number) {
    uint64_t start = number << HF_CHUNK_BITS, last = start + HF_READ_BYTES - 1;
    if (chunks->maps == NULL)
        return true;
    const struct hf_map *end = chunks->maps->list + chunks->maps->count;
    for (const struct hf_map *map = hf_maps_find_from(chunks->maps, start); map != NULL && map < end; map++) {
        if (map->start > last)
            return false;
        if (map->permissions & HF_MAP_READ)
            return true;
    }
    return false;
}

static uint32_t pages_of(size_t offset, size_t size) {
    uint32_t first = (uint32_t)(offset >> PAGE_BITS), last = (uint32_t)((offset + size - 1) >> PAGE_BITS);
    return (ALL_PAGES >> (15 - last)) & (ALL_PAGES << first);
}

/* Reads what can be read of a chunk: behind a page that cannot there may be another range. */
static uint16_t fill(struct hf_chunks *chunks, uint64_t number, uint8_t *data) {
    uint32_t valid = 0;
    size_t at = 0;
    while (at < HF_READ_BYTES) {
        size_t got = chunks->read(chunks->context, (number << HF_CHUNK_BITS) + at, data + at, HF_READ_BYTES - at);
        got &= ~(PAGE_BYTES - 1);
        if (got > 0)
            valid |= pages_of(at, got);
        chunks->num_read_bytes += got;
        at += got + (got < HF_READ_BYTES - at ? PAGE_BYTES : 0);
    }
    return (uint16_t)valid;
}

/* ---- which slot it is read into ---- */

static bool is_recent(const struct hf_chunks *chunks, uint32_t slot) {
    for (size_t i = 0; i < HF_CHUNKS_KEPT_VIEWS; i++)
        if (chunks->recent[i] == slot)
            return true;
    return false;
}

static void unlink_slot(struct hf_chunks *chunks, uint32_t slot) {
    uint32_t *link = head_of(chunks, chunks->slots[slot].number);
    while (*link != slot)
        link = &chunks->slots[*link].next;
    *link = chunks->slots[slot].next;
}

/* Ends: after one round no slot is marked as used, and there are more slots than recent ones. */
static uint32_t free_slot(struct hf_chunks *chunks) {
    if (chunks->num_used < chunks->num_slots)
        return chunks->num_used++;
    for (;;) {
        uint32_t slot = chunks->hand;
        chunks->hand = slot + 1 < chunks->num_slots ? slot + 1 : 0;
        if (!chunks->slots[slot].is_used && !is_recent(chunks, slot)) {
            unlink_slot(chunks, slot);
            return slot;
        }
        chunks->slots[slot].is_used = false;
    }
}

/* The slot of a chunk, read if need be; NO_SLOT when no range of memory is there. */
static uint32_t get_slot(struct hf_chunks *chunks, uint64_t number) {
    if (chunks->last != NO_SLOT && chunks->slots[chunks->last].number == number)
        return chunks->last;
    uint32_t slot = find_slot(chunks, number);
    if (slot == NO_SLOT) {
        if (!may_be_readable(chunks, number))
            return NO_SLOT;
        slot = free_slot(chunks);
        uint32_t *head = head_of(chunks, number);
        chunks->slots[slot] = (struct hf_chunk_slot){.number = number, .next = *head};
        *head = slot;
        chunks->slots[slot].valid = fill(chunks, number, data_of(chunks, slot));
    }
    chunks->slots[slot].is_used = true;
    chunks->last = slot;
    chunks->recent[chunks->num_views++ % HF_CHUNKS_KEPT_VIEWS] = slot;
    return slot;
}

/* ---- views ---- */

static const void *view_in_chunk(struct hf_chunks *chunks, uint64_t addr, size_t size) {
    size_t offset = addr & (HF_READ_BYTES - 1);
    uint32_t slot = get_slot(chunks, addr >> HF_CHUNK_BITS), wanted = pages_of(offset, size);
    if (slot == NO_SLOT || (chunks->slots[slot].valid & wanted) != wanted)
        return NULL;
    return data_of(chunks, slot) + offset;
}

static bool copy(struct hf_chunks *chunks, uint64_t addr, uint8_t *buffer, size_t size) {
    if (size > LARGE_VIEW_BYTES) {
        size_t got = chunks->read(chunks->context, addr, buffer, size);
        chunks->num_read_bytes += got;
        return got == size;
    }
    for (size_t done = 0; done < size;) {
        size_t left = HF_READ_BYTES - ((addr + done) & (HF_READ_BYTES - 1));
        size_t piece = left < size - done ? left : size - done;
        const void *view = view_in_chunk(chunks, addr + done, piece);
        if (view == NULL)
            return false;
        memcpy(buffer + done, view, piece);
        done += piece;
    }
    return true;
}

/* A view that cannot be fails mostly at one of its ends, which are looked at before anything is allocated for it. */
static const void *view_across(struct hf_chunks *chunks, uint64_t addr, size_t size) {
    if (size > HF_MAX_VIEW_BYTES || addr + size < addr || view_in_chunk(chunks, addr, 1) == NULL ||
        view_in_chunk(chunks, addr + size - 1, 1) == NULL)
        return NULL;
    struct hf_region *scratch = &chunks->scratch[chunks->next_scratch++ % HF_CHUNKS_KEPT_VIEWS];
    if (scratch->capacity_bytes > LARGE_VIEW_BYTES && scratch->capacity_bytes > size * 2)
        hf_region_deinit(scratch);
    if (!hf_region_reserve(scratch, size) || !copy(chunks, addr, scratch->data, size))
        return NULL;
    return scratch->data;
}

const void *hf_chunks_view(struct hf_chunks *chunks, uint64_t addr, size_t size) {
    static const uint8_t nothing[1];
    if (size == 0)
        return nothing;
    if (size <= HF_READ_BYTES - (addr & (HF_READ_BYTES - 1)))
        return view_in_chunk(chunks, addr, size);
    return view_across(chunks, addr, size);
}
