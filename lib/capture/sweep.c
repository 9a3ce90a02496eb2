/*
 * sweep.c - the order in which objects are visited.
 *
 *   mark the collector's objects       bitmap of each chunk:  0100 1101 0000 0010 ...
 *   sweep the bitmaps in address order        visited ------->|cursor
 *     visit: type, size, count, references;   a target ahead of the cursor is met by the sweep itself,
 *            every target is marked           a new one behind it goes to `pending`
 *   visit `pending` in batches, each sorted, until it is empty
 *
 * Invariant: an object whose bit is set has been visited, or is ahead of the cursor, or is in `pending`, exactly one.
 * Each object is visited once and each batch is as long as the work in it, so a chain of a million untracked tuples
 * costs a million visits and not a million sweeps. Visiting in address order is what makes the walk fast, with headers
 * fetched a little ahead. Prefetching what they point to as well was tried and gained nothing.
 */
#include <string.h>

#include "base/prefetch.h"
#include "capture/walker_parts.h"

#define WORDS_AHEAD 2       /* headers are fetched so far ahead: in the sweep */
#define OBJECTS_PER_REPORT 65536
#define OBJECTS_AHEAD 16    /* and in a batch */

/* Fetches the headers of the objects of a word that is swept soon. */
HF_PREFETCHING prefetch_headers(const struct hf_chunk *chunk, uint32_t word) {
    uint64_t base = chunk->base + word * 64ul * HF_GRANULE_BYTES;
    for (uint64_t left = chunk->seen[word]; left != 0; left &= left - 1)
        __builtin_prefetch((const void *)(uintptr_t)(base + (uint64_t)__builtin_ctzll(left) * HF_GRANULE_BYTES));
}

/* The objects of one word of a bitmap that are not hidden. */
static uint64_t word_bits(const struct hf_walker *walker, uint32_t ordinal, uint32_t word) {
    const struct hf_chunk *chunk = walker->map.chunks[ordinal];
    const uint64_t *hidden = chunk->marks[HF_MARK_HIDDEN];
    return chunk->seen[word] & ~(hidden != NULL ? hidden[word] : 0);
}

/* Visits the objects of a word from the lowest up; the word is read anew each time, for those that appear meanwhile. */
static void sweep_word(struct hf_walker *walker, uint32_t ordinal, uint32_t word) {
    uint64_t base = walker->map.chunks[ordinal]->base + word * 64ul * HF_GRANULE_BYTES;
    uint64_t bits = word_bits(walker, ordinal, word);
    while (bits != 0 && walker->failure == HF_OK) {
        uint32_t bit = (uint32_t)__builtin_ctzll(bits), granule = word * 64 + bit;
        walker->cursor_granule = granule + 1;
        hf_walker_visit(walker, ordinal << HF_KEY_GRANULE_BITS | granule, base + bit * HF_GRANULE_BYTES);
        bits = bit < 63 ? word_bits(walker, ordinal, word) & (UINT64_MAX << (bit + 1)) : 0;
    }
}

/* How many there will be is not known before all have been seen. */
static void report_progress(struct hf_walker *walker) {
    const struct hf_progress *progress = walker->progress;
    if (progress != NULL && !progress->report(progress->context, "reading objects", walker->num_nodes, 0))
        walker->failure = HF_ERR_CANCELLED;
}

static void sweep(struct hf_walker *walker) {
    uint32_t num_chunks = walker->map.num_chunks;
    const uint32_t *order = hf_heap_map_sort(&walker->map);
    if (order == NULL) {
        walker->failure = HF_ERR_NOMEM;
        return;
    }
    for (uint32_t i = 0; i < num_chunks; i++)
        walker->map.chunks[order[i]]->order = i + 1;
    for (uint32_t i = 0; i < num_chunks && walker->failure == HF_OK; i++) {
        walker->cursor_order = i + 1;
        report_progress(walker);
        for (uint32_t word = 0; word < HF_MAP_WORDS; word++) {
            if (word + WORDS_AHEAD < HF_MAP_WORDS)
                prefetch_headers(walker->map.chunks[order[i]], word + WORDS_AHEAD);
            if (walker->map.chunks[order[i]]->seen[word] != 0)
                sweep_word(walker, order[i], word);
        }
    }
    /* From here on nothing is ahead. */
    walker->cursor_order = UINT32_MAX;
    hf_walker_flush_references(&walker->references);
}

/*
 * The keys of a batch by chunk, which is what caches and page tables care for, or as they are when they are few. One
 * pass of counting: within a chunk they keep the order in which they were met.
 */
static const uint32_t *batch_in_order(struct hf_walker *walker, size_t count) {
    const uint32_t *keys = (const uint32_t *)(const void *)walker->batch.data;
    uint32_t num_chunks = walker->map.num_chunks;
    walker->sorted.used_bytes = 0;
    if (count < num_chunks || !hf_walker_make_room(walker, &walker->sorted, (count + num_chunks) * sizeof *keys))
        return keys;
    uint32_t *sorted = (uint32_t *)(void *)walker->sorted.data, *starts = sorted + count, sum = 0;
    memset(starts, 0, num_chunks * sizeof *starts);
    for (size_t i = 0; i < count; i++)
        starts[keys[i] >> HF_KEY_GRANULE_BITS]++;
    for (uint32_t chunk = 0; chunk < num_chunks; chunk++) {
        uint32_t number = starts[chunk];
        starts[chunk] = sum;
        sum += number;
    }
    for (size_t i = 0; i < count; i++)
        sorted[starts[keys[i] >> HF_KEY_GRANULE_BITS]++] = keys[i];
    return sorted;
}

/* Visits what the sweep left behind it, and what that leads to. */
static void visit_pending(struct hf_walker *walker) {
    while (walker->pending.used_bytes != 0 && walker->failure == HF_OK) {
        struct hf_region batch = walker->pending;
        walker->pending = walker->batch;
        walker->batch = batch;
        walker->pending.used_bytes = 0;
        size_t count = batch.used_bytes / sizeof(uint32_t);
        const uint32_t *keys = batch_in_order(walker, count);
        for (size_t i = 0; i < count && walker->failure == HF_OK; i++) {
            if ((i & (OBJECTS_PER_REPORT - 1)) == 0)
                report_progress(walker);
            if (i + OBJECTS_AHEAD < count)
                __builtin_prefetch((const void *)(uintptr_t)hf_heap_map_addr(&walker->map, keys[i + OBJECTS_AHEAD]));
            hf_walker_visit(walker, keys[i], hf_heap_map_addr(&walker->map, keys[i]));
        }
        hf_walker_flush_references(&walker->references);
    }
}

enum hf_status hf_walker_run(struct hf_walker *walker) {
    hf_walker_note_hidden_types(walker);
    sweep(walker);
    visit_pending(walker);
    return walker->failure;
}
