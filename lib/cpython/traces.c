/* traces.c - reading the table of tracemalloc. Its offsets are the same in all releases: own_layout.c asserts them. */
#include "cpython/traces.h"

#include <string.h>

enum { TABLE_NUM_ENTRIES = 0, TABLE_NUM_BUCKETS = 8, TABLE_BUCKETS = 16, TABLE_HASH = 32, TABLE_COMPARE = 40,
       TABLE_DESTROY_KEY = 48, TABLE_DESTROY_VALUE = 56, TABLE_BYTES = 80 };
enum { ENTRY_NEXT = 0, ENTRY_KEY = 16, ENTRY_VALUE = 24, ENTRY_BYTES = 32 };
enum { TRACE_TRACEBACK = 8, TRACE_BYTES = 16 };
enum { TRACEBACK_NUM_FRAMES = 8, TRACEBACK_NUM_ALL_FRAMES = 10, TRACEBACK_FRAMES = 12 };
enum { FRAME_LINE = 8, FRAME_BYTES = 12 };

#define MAX_CHAIN 1000
#define MAX_BUCKETS (UINT64_C(1) << 36)
#define SAMPLE_BUCKETS 256
#define PAGE_BYTES UINT64_C(4096)
#define MAX_ADDR (UINT64_C(1) << 56)
#define MAX_VARIABLE_BYTES (UINT64_C(1) << 28)   /* looked through in one map */

bool hf_traces_open(struct hf_traces *traces, struct hf_memory *memory, uint64_t table) {
    const void *view = hf_memory_view(memory, table, TABLE_BYTES);
    if (table == 0 || view == NULL)
        return false;
    *traces = (struct hf_traces){memory, hf_view_u64(view, TABLE_BUCKETS), hf_view_u64(view, TABLE_NUM_BUCKETS)};
    uint64_t count = traces->num_buckets;
    return traces->buckets != 0 && (traces->buckets & 7) == 0 && count != 0 && (count & (count - 1)) == 0 &&
           count <= MAX_BUCKETS && hf_memory_view(memory, traces->buckets, 8) != NULL;
}

/* A trace says of how many frames it knows; a block that was asked for by no Python code has none. */
static bool read_trace(const struct hf_traces *traces, uint64_t trace, struct hf_traceback *out) {
    const void *view = trace != 0 ? hf_memory_view(traces->memory, trace, TRACE_BYTES) : NULL;
    out->addr = view != NULL ? hf_view_u64(view, TRACE_TRACEBACK) : 0;
    view = out->addr != 0 ? hf_memory_view(traces->memory, out->addr, TRACEBACK_FRAMES) : NULL;
    if (view == NULL)
        return false;
    out->num_frames = hf_view_u32(view, TRACEBACK_NUM_FRAMES) & 0xFFFF;
    uint32_t num_all_frames = hf_view_u32(view, TRACEBACK_NUM_FRAMES) >> 16;
    out->is_cut = num_all_frames > out->num_frames;
    return num_all_frames >= out->num_frames;
}

bool hf_traces_find(const struct hf_traces *traces, uint64_t block, struct hf_traceback *out) {
    uint64_t bucket = (block >> 4 | block << 60) & (traces->num_buckets - 1);
    uint64_t entry = hf_memory_word(traces->memory, traces->buckets + bucket * 8);
    for (int i = 0; entry != 0 && i < MAX_CHAIN; i++) {
        const void *view = hf_memory_view(traces->memory, entry, ENTRY_BYTES);
        if (view == NULL)
            return false;
        if (hf_view_u64(view, ENTRY_KEY) == block)
            return read_trace(traces, hf_view_u64(view, ENTRY_VALUE), out) && out->num_frames > 0;
        entry = hf_view_u64(view, ENTRY_NEXT);
    }
    return false;
}

bool hf_traceback_frame(const struct hf_traces *traces, const struct hf_traceback *traceback, uint32_t index,
                        struct hf_trace_frame *out) {
    uint64_t at = traceback->addr + TRACEBACK_FRAMES + (uint64_t)index * FRAME_BYTES;
    const void *view = hf_memory_view(traces->memory, at, FRAME_BYTES);
    if (view == NULL)
        return false;
    *out = (struct hf_trace_frame){hf_view_u64(view, 0), hf_view_u32(view, FRAME_LINE)};
    return true;
}

/* ---- where the table is ---- */

uint64_t hf_traces_of_runtime(struct hf_memory *memory, const struct hf_layout *layout, uint64_t runtime) {
    if (layout->tracemalloc.traces == 0 ||
        (uint32_t)hf_memory_word(memory, runtime + layout->tracemalloc.is_tracing) != 1)
        return 0;
    return hf_memory_word(memory, runtime + layout->tracemalloc.traces);
}

/* What is in the first buckets: nothing, or entries that lead to traces. */
static bool has_traces(const struct hf_traces *traces) {
    uint64_t count = traces->num_buckets < SAMPLE_BUCKETS ? traces->num_buckets : SAMPLE_BUCKETS;
    for (uint64_t i = 0; i < count; i++) {
        uint64_t entry = hf_memory_word(traces->memory, traces->buckets + i * 8);
        const void *view = entry != 0 ? hf_memory_view(traces->memory, entry, ENTRY_BYTES) : NULL;
        struct hf_traceback traceback;
        if (entry != 0 && (view == NULL || !read_trace(traces, hf_view_u64(view, ENTRY_VALUE), &traceback)))
            return false;
    }
    return true;
}

struct search {
    struct hf_memory *memory;
    const struct hf_maps *maps;
    uint64_t hash_function, compare_function;
};

/* malloc aligns to 16 bytes, in memory that is no file's. */
static bool may_be_malloced(const struct search *search, uint64_t addr) {
    const struct hf_map *map = (addr & 15) == 0 && addr != 0 ? hf_maps_find(search->maps, addr) : NULL;
    return map != NULL && map->path[0] != '/' && (map->permissions & HF_MAP_WRITE);
}

/* The table of blocks owns its values and not its keys. */
static bool is_table(const struct search *search, uint64_t addr) {
    const void *view = hf_memory_view(search->memory, addr, TABLE_BYTES);
    struct hf_traces traces;
    return view != NULL && hf_view_u64(view, TABLE_HASH) == search->hash_function &&
           hf_view_u64(view, TABLE_COMPARE) == search->compare_function &&
           hf_view_u64(view, TABLE_DESTROY_KEY) == 0 && hf_view_u64(view, TABLE_DESTROY_VALUE) != 0 &&
           hf_traces_open(&traces, search->memory, addr) && has_traces(&traces);
}

static uint64_t search_page(const struct search *search, uint64_t start, uint64_t end) {
    if (hf_memory_view(search->memory, start, (size_t)(end - start)) == NULL)
        return 0;
    for (uint64_t at = (start + 7) & ~UINT64_C(7); at + 8 <= end; at += 8) {
        uint64_t addr = hf_memory_word(search->memory, at);
        if (may_be_malloced(search, addr) && is_table(search, addr))
            return addr;
    }
    return 0;
}

/* A core file may claim that a map has any size, and that it ends where addresses do. */
static uint64_t search_map(const struct search *search, const struct hf_map *map) {
    uint64_t end = map->end - map->start < MAX_VARIABLE_BYTES ? map->end : map->start + MAX_VARIABLE_BYTES;
    uint64_t found = 0;
    if (end > MAX_ADDR)
        return 0;
    for (uint64_t at = map->start, next; found == 0 && at < end; at = next) {
        next = (at / PAGE_BYTES + 1) * PAGE_BYTES;
        next = next < end ? next : end;
        found = search_page(search, at, next);
    }
    return found;
}

/* The variables of a module that begin as zero lie right behind its others, in memory that is no file's. */
static bool is_behind(const struct hf_map *before, const struct hf_map *map) {
    return before != NULL && before->end == map->start && map->path[0] == '\0';
}

uint64_t hf_traces_search(struct hf_memory *memory, const struct hf_maps *maps, uint64_t hash_function,
                          uint64_t compare_function) {
    struct search search = {memory, maps, hash_function, compare_function};
    const struct hf_map *code = hf_maps_find(maps, hash_function), *before = NULL;
    uint64_t found = 0;
    for (size_t i = 0; code != NULL && i < maps->count && found == 0; i++) {
        const struct hf_map *map = &maps->list[i];
        bool is_its_own = map->inode == code->inode && strcmp(map->path, code->path) == 0;
        if ((is_its_own || is_behind(before, map)) && (map->permissions & HF_MAP_WRITE))
            found = search_map(&search, map);
        before = is_its_own ? map : NULL;
    }
    return found;
}
