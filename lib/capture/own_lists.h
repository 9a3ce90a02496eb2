/*
 * own_lists.h - the collector's lists as they lie in memory, the same way for those who read them.
 *
 *   generation head <-> object <-> object <-> ... <-> object <-> back to the head
 *                       from one end ->        <- and from the other
 *
 * The lists are read raw. gc.get_objects and PyUnstable_GC_VisitObjects would write every reference count, and the time
 * of such a pass is the time of cache misses on the links: following both ends at once halves it.
 */
#ifndef HF_CAPTURE_OWN_LISTS_H
#define HF_CAPTURE_OWN_LISTS_H

#include "capture/python_internals.h"

#define HF_NUM_GC_LISTS 3

/* The lists but for the permanent generation, in the order in which gc.get_objects() has them. */
static inline const PyGC_Head *hf_gc_list(const struct _gc_runtime_state *gc, int i) {
#if PY_VERSION_HEX >= 0x030e0000 && PY_VERSION_HEX < 0x030e0500
    return i == 0 ? &gc->young.head : &gc->old[i == 1 ? gc->visited_space : gc->visited_space ^ 1].head;
#else
    return &gc->generations[i].head;
#endif
}

static inline const PyGC_Head *hf_gc_next(const PyGC_Head *head) {
    return (const PyGC_Head *)(head->_gc_next & ~(uintptr_t)3);
}

static inline const PyGC_Head *hf_gc_previous(const PyGC_Head *head) {
    return (const PyGC_Head *)(head->_gc_prev & ~(uintptr_t)3);
}

#endif
