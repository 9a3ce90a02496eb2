/*
 * witness.c - references that native code has: words in its own memory that lead to objects which count more references
 * than were found.
 *
 *   what counts more     hash of addresses ─▶ how many references are not accounted for
 *   where native code    data of the program and its libraries (static_data.c)
 *   keeps pointers       states of interpreters outside of it (small integers, names in the method cache)
 *                        native stacks of threads, as far as they are likely to be in use
 *                        evaluation stacks of frames that run C code right now and have not stored their depth
 *
 * Each word accounts for at most one reference. An object that is held so is held from outside all the same; but its
 * count is explained, and not a sign that its holder was misread. Heap memory is no witness: there a decoder that
 * misses a reference would be excused by the very word that it missed.
 */
#include "capture/external/witness.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "capture/interpreter.h"
#include "capture/static_data.h"
#include "cpython/frame.h"
#include "cpython/types.h"
#include "memory/words.h"

#define STACK_BYTES ((uint64_t)64 << 10)
#define MAX_THREADS 100000
#define MAX_FRAMES 100000        /* of one thread */

struct counted {
    uint64_t addr;               /* 0: empty */
    uint32_t left;
};

struct witness {
    struct hf_walker *walker;
    const struct hf_python *python;
    struct hf_target *target;
    struct hf_region ranges;     /* struct hf_data_range */
    struct hf_region table;      /* struct counted, by hash; as many as a power of two */
    size_t mask;
};

/* ---- what is not accounted for ---- */

static struct counted *find(const struct witness *witness, uint64_t addr) {
    struct counted *table = (struct counted *)(void *)witness->table.data;
    size_t at = hf_address_hash(addr) & witness->mask;
    while (table[at].addr != 0 && table[at].addr != addr)
        at = (at + 1) & witness->mask;
    return &table[at];
}

static bool list_counted(struct witness *witness, const struct hf_snapshot *snapshot) {
    uint32_t num_roots = hf_snapshot_num_roots(snapshot);
    size_t num_slots = 1024;
    while (num_slots < (size_t)num_roots * 2)
        num_slots *= 2;
    witness->mask = num_slots - 1;
    if (!hf_region_reserve(&witness->table, num_slots * sizeof(struct counted)))
        return false;
    for (uint32_t i = 0; i < num_roots; i++) {
        struct hf_root root = hf_snapshot_get_root(snapshot, i);
        if (root.kind != HF_ROOT_OUTSIDE)
            continue;
        struct hf_node node = hf_snapshot_get_node(snapshot, root.node);
        if (node.flags & HF_NODE_TYPE)        /* which are not checked */
            continue;
        struct counted *counted = find(witness, node.addr);
        counted->addr = node.addr;
        counted->left += root.count;          /* it may have a root for each place that is known by name */
    }
    return true;
}

/* ---- where native code keeps pointers ---- */

static bool add_range(struct witness *witness, uint64_t start, uint64_t end) {
    const struct hf_data_range range = {start, end, HF_NO_MODULE, false};
    return start >= end || hf_region_push(&witness->ranges, &range, sizeof range);
}

/* The stack of a thread ends with what its ident is the address of; that of the main thread with its map. */
static bool add_native_stack(struct witness *witness, uint64_t ident) {
    const struct hf_map *map = hf_maps_find(&witness->target->maps, ident);
    if (map == NULL)
        return true;
    uint64_t start = ident - map->start > STACK_BYTES ? ident - STACK_BYTES : map->start;
    return add_range(witness, start, ident);
}

static bool add_main_stack(struct witness *witness) {
    for (size_t i = 0; i < witness->target->maps.count; i++) {
        const struct hf_map *map = &witness->target->maps.list[i];
        if (strcmp(map->path, "[stack]") == 0)
            return add_range(witness, map->end - map->start > STACK_BYTES ? map->end - STACK_BYTES : map->start,
                             map->end);
    }
    return true;
}

static bool add_thread(struct witness *witness, uint64_t state) {
    struct hf_walker *walker = witness->walker;
    const struct hf_layout *layout = walker->decoder.layout;
    if (!add_native_stack(witness, hf_memory_word(walker->memory, state + layout->thread.ident)))
        return false;
    uint64_t frame = hf_thread_first_frame(walker, state);
    for (int i = 0; frame != 0 && i < MAX_FRAMES; i++) {
        uint64_t slots, num_slots;
        if (hf_frame_find_stack(&walker->decoder, frame, &slots, &num_slots) &&
            !add_range(witness, slots, slots + num_slots * 8))
            return false;
        frame = hf_memory_word(walker->memory, frame + layout->frame.previous);
    }
    return true;
}

static bool add_interpreters(struct witness *witness) {
    const struct hf_layout *layout = witness->walker->decoder.layout;
    for (uint32_t i = 0; i < witness->python->num_interpreters; i++) {
        uint64_t interpreter = witness->python->interpreters[i];
        if (!add_range(witness, interpreter, interpreter + layout->interpreter.bytes))
            return false;
        uint64_t state = hf_memory_word(witness->walker->memory, interpreter + layout->interpreter.threads);
        for (int j = 0; state != 0 && j < MAX_THREADS; j++) {
            if (!add_thread(witness, state))
                return false;
            state = hf_memory_word(witness->walker->memory, state + layout->thread.next);
        }
    }
    return true;
}

/* ---- looking ---- */

static uint64_t look_through(struct witness *witness, uint64_t start, uint64_t end) {
    struct hf_words words = hf_words_in(witness->walker->memory, start, end);
    uint64_t num_explained = 0;
    while (hf_words_next(&words)) {
        for (size_t i = 0; i < words.count; i++) {
            uint64_t word = hf_words_get(&words, i);
            if (word == 0 || (word & 7) != 0)
                continue;
            struct counted *counted = find(witness, word);
            if (counted->addr != 0 && counted->left != 0)
                num_explained += --counted->left == 0;
        }
    }
    return num_explained;
}

static int compare_ranges(const void *left, const void *right) {
    const struct hf_data_range *a = left, *b = right;
    return a->start < b->start ? -1 : a->start > b->start;
}

/* Ranges may overlap, and no word is looked at twice. */
static uint64_t look_through_all(struct witness *witness) {
    struct hf_data_range *ranges = (struct hf_data_range *)(void *)witness->ranges.data;
    size_t count = witness->ranges.used_bytes / sizeof *ranges;
    uint64_t num_explained = 0, done = 0;
    if (count > 0)
        qsort(ranges, count, sizeof *ranges, compare_ranges);
    for (size_t i = 0; i < count; i++) {
        uint64_t start = ranges[i].start > done ? ranges[i].start : done;
        num_explained += look_through(witness, start, ranges[i].end);
        if (ranges[i].end > done)
            done = ranges[i].end;
    }
    return num_explained;
}

bool hf_witness_count(struct hf_walker *walker, const struct hf_python *python, struct hf_target *target,
                      const struct hf_snapshot *snapshot, uint64_t *num_explained) {
    struct witness witness = {.walker = walker, .python = python, .target = target};
    bool ok = list_counted(&witness, snapshot) && hf_static_data_find(target, &witness.ranges) &&
              add_main_stack(&witness) && add_interpreters(&witness);
    *num_explained = ok ? look_through_all(&witness) : 0;
    hf_region_deinit(&witness.ranges);
    hf_region_deinit(&witness.table);
    return ok;
}
