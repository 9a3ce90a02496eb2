/*
 * collector.c - the collector's lists in a target.
 *
 *   head <-> [head of object | object] <-> [head of object | object] <-> ... <-> head
 *
 * Each step must come back: the next one's previous is where we are. So a list that is being changed is seen, and a
 * damaged one ends.
 */
#include "capture/external/collector.h"

#define HEAD_BYTES 16
#define FLAG_BITS UINT64_C(3)

bool hf_collector_is_running(const struct hf_walker *walker, uint64_t interpreter) {
    uint64_t at = interpreter + walker->decoder.layout->interpreter.gc_collecting;
    return (uint32_t)hf_memory_word(walker->memory, at) != 0;
}

static bool mark_list(struct hf_walker *walker, uint64_t list, uint64_t *objects_left,
                      void (*mark)(struct hf_walker *walker, uint64_t addr)) {
    uint64_t previous = list, at = hf_memory_word(walker->memory, list) & ~FLAG_BITS;
    while (at != list) {
        const void *view = hf_memory_view(walker->memory, at, HEAD_BYTES);
        if (view == NULL || (hf_view_u64(view, 8) & ~FLAG_BITS) != previous || (*objects_left)-- == 0)
            return false;
        previous = at;
        at = hf_view_u64(view, 0) & ~FLAG_BITS;
        mark(walker, previous + HEAD_BYTES);
    }
    return true;
}

bool hf_collector_mark_tracked(struct hf_walker *walker, uint64_t interpreter, uint64_t max_objects) {
    const struct hf_layout *layout = walker->decoder.layout;
    for (int i = 0; i < 3; i++)
        if (!mark_list(walker, interpreter + layout->interpreter.gc_lists[i], &max_objects, hf_walker_start_from))
            return false;
    return mark_list(walker, interpreter + layout->interpreter.gc_permanent, &max_objects, hf_walker_start_from_frozen);
}
