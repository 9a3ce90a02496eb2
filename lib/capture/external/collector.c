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

struct list {
    struct hf_walker *walker;
    uint64_t head;
    void (*mark)(struct hf_walker *walker, uint64_t addr);
    uint64_t objects_left;
    bool is_running;             /* the collector runs: the way back is not kept up */
};

/* Follows the word at `onward` of each head; the one at `back` must lead back. True: to the end. */
static bool follow(struct list *list, size_t onward, size_t back) {
    struct hf_memory *memory = list->walker->memory;
    uint64_t previous = list->head, at = hf_memory_word(memory, list->head + onward) & ~FLAG_BITS;
    while (at != list->head) {
        const void *view = hf_memory_view(memory, at, HEAD_BYTES);
        if (view == NULL || (!list->is_running && (hf_view_u64(view, back) & ~FLAG_BITS) != previous) ||
            list->objects_left == 0)
            return false;
        list->objects_left--;
        previous = at;
        at = hf_view_u64(view, onward) & ~FLAG_BITS;
        list->mark(list->walker, previous + HEAD_BYTES);
    }
    return true;
}

/* A list that breaks off is followed from its other end as well. */
static bool mark_list(struct list *list, uint64_t head) {
    list->head = head;
    if (follow(list, 0, 8))
        return true;
    if (!list->is_running)
        (void)follow(list, 8, 0);
    return false;
}

bool hf_collector_mark_tracked(struct hf_walker *walker, uint64_t interpreter, uint64_t max_objects) {
    const struct hf_layout *layout = walker->decoder.layout;
    struct list list = {.walker = walker,
                        .mark = hf_walker_start_from,
                        .objects_left = max_objects,
                        .is_running = hf_collector_is_running(walker, interpreter)};
    bool is_whole = true;
    for (int i = 0; i < 3; i++)
        is_whole &= mark_list(&list, interpreter + layout->interpreter.gc_lists[i]);
    list.mark = hf_walker_start_from_frozen;
    return mark_list(&list, interpreter + layout->interpreter.gc_permanent) && is_whole;
}
