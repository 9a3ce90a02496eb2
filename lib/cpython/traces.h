/*
 * traces.h - what tracemalloc knows of the blocks of memory that are in use, read from its own table.
 *
 *   table   buckets ─▶ [ o | o | . ]                     a hash table of CPython: chains of entries, a power of two of
 *                        │                               buckets, the hash of a block is its address turned by 4 bits
 *                        ▼
 *   entry   next, hash, block, trace ─▶ size, traceback ─▶ numbers of frames, innermost frame, its caller, ...
 *                                                          a frame: the name of a file, and a line
 *
 * All of it is malloc'ed, and other threads may change it without the GIL when they free memory: nothing is believed,
 * and who reads in its own process needs a memory that survives a page that is gone.
 */
#ifndef HF_CPYTHON_TRACES_H
#define HF_CPYTHON_TRACES_H

#include <stdbool.h>

#include "cpython/layout.h"
#include "memory/maps.h"
#include "memory/memory.h"

struct hf_traces {
    struct hf_memory *memory;
    uint64_t buckets, num_buckets;
};

struct hf_traceback {
    uint64_t addr;
    uint32_t num_frames;
    bool is_cut;             /* there were older frames */
};

struct hf_trace_frame {
    uint64_t filename;       /* a str, or a text of plain_filenames */
    uint32_t line;
};

/* From 3.12 on the table has its place in the runtime. 0: tracemalloc does not trace. */
uint64_t hf_traces_of_runtime(struct hf_memory *memory, const struct hf_layout *layout, uint64_t runtime);

/*
 * Before it is a variable that no dynamic symbol names, in the module that also has CPython's hash functions for
 * pointers. A word there leads to it when it leads to a hash table with these two functions, and values that are
 * traces. 0: there is none. O(writable memory of the module, 256 MiB at most of each of its maps).
 */
uint64_t hf_traces_search(struct hf_memory *memory, const struct hf_maps *maps, uint64_t hash_function,
                          uint64_t compare_function);

/* False: what is at that address is no table. */
bool hf_traces_open(struct hf_traces *traces, struct hf_memory *memory, uint64_t table);

/* The traceback of the block that begins at an address. False: it has none. O(1): a chain has 1,000 entries at most. */
bool hf_traces_find(const struct hf_traces *traces, uint64_t block, struct hf_traceback *out);

/* A frame, 0 is the innermost one. False: it cannot be read. */
bool hf_traceback_frame(const struct hf_traces *traces, const struct hf_traceback *traceback, uint32_t index,
                        struct hf_trace_frame *out);

#endif
