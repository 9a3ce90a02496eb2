/*
 * walker_parts.h - what the files of the walker share and nobody else needs: marks.c (which objects are known),
 * references.c (what one object refers to), visit.c (one object), sweep.c (all of them), contents.c (which strings are
 * equal), walker.c (begin and end).
 */
#ifndef HF_CAPTURE_WALKER_PARTS_H
#define HF_CAPTURE_WALKER_PARTS_H

#include "capture/walker.h"

/* The first failure of an address that has no place in the heap map. */
void hf_walker_fail_map(struct hf_walker *walker);

static inline struct hf_chunk *hf_walker_chunk(struct hf_walker *walker, uint64_t addr) {
    struct hf_chunk *chunk = hf_heap_map_chunk(&walker->map, addr);
    if (__builtin_expect(chunk == NULL, 0))
        hf_walker_fail_map(walker);
    return chunk;
}

/* marks.c: empties the buffer of references into the edge columns and marks their targets. */
void hf_walker_flush_references(struct hf_references *references);
/* marks.c: marks a type when it is first met, and notes in the plan whether it is the tool's own. */
void hf_walker_meet_type(struct hf_walker *walker, struct hf_type_plan *plan);
/* marks.c: the same for the types that were met before it was known what is hidden. */
void hf_walker_note_hidden_types(struct hf_walker *walker);

/* references.c: empties the buffer of references into `candidates`. */
void hf_walker_flush_decoded(struct hf_references *references);
/* references.c: adds the references of an object whose tp_traverse has the last word. */
void hf_walker_add_object_references(struct hf_walker *walker, struct hf_type_plan *plan, uint64_t addr);

/* visit.c: writes down one object. */
void hf_walker_visit(struct hf_walker *walker, uint32_t key, uint64_t addr);
/* visit.c: adds a preview of at most max_chars characters, if the object has a value that can be shown. */
void hf_walker_add_preview(struct hf_walker *walker, const struct hf_type_plan *plan, uint64_t addr, uint32_t key,
                           size_t max_chars);
/* contents.c: hashes the strings of `cut_strings` that may have an equal into `contents`. */
void hf_walker_compare_contents(struct hf_walker *walker);
/* visit.c: prepares the plan of a new type. The context is the walker. */
void hf_walker_prepare_plan(void *walker, struct hf_type_plan *plan);
/* visit.c: makes room for more nodes. */
bool hf_walker_make_room_for_nodes(struct hf_walker *walker);
/* visit.c: true when the collector knows the object. */
bool hf_walker_is_collected(const struct hf_walker *walker, const struct hf_type_plan *plan, uint64_t addr);

/* The plan of an object's type; NULL when it is no object, or (and failure NOMEM) when there is no memory. */
static inline struct hf_type_plan *hf_walker_plan(struct hf_walker *walker, uint64_t addr) {
    uint64_t type = hf_memory_word(walker->memory, addr + walker->decoder.layout->object.type);
    struct hf_type_plan *plan = hf_type_plans_get(&walker->decoder.plans, type);
    if (plan == NULL && walker->decoder.plans.out_of_memory)
        walker->failure = HF_ERR_NOMEM;
    return plan;
}

/* False for an address that cannot be an object's. */
static inline bool hf_walker_admits(struct hf_walker *walker, uint64_t addr) {
    if (walker->host->is_heap == NULL)
        return true;
    return (addr & 7) == 0 && addr >> HF_MAP_ADDRESS_BITS == 0 &&
           (hf_heap_map_has_chunk(&walker->map, addr) || walker->host->is_heap(walker, addr));
}

#endif
