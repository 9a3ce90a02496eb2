/*
 * finish_roots.c - the roots of a snapshot whose objects are in order, from what the walk found and what is left over.
 *
 *   found by the walk       modules, frames, fields of the interpreter ...      each with its object
 *   told by the object      static types, immortal objects
 *   held from outside       reference count  -  references found                those left over
 *
 *   in_degree[]   references found  -->  those that were not found  -->  less those whose place is seen (statics.c)
 *
 * Types are collected only if they were made at run time, which HF_NODE_GC tells; so a type without it is static.
 */
#include "capture/finish_parts.h"

#include "capture/statics.h"

static bool add_root(struct hf_finish *finish, struct hf_root_record record) {
    return hf_walker_append(finish->walker, hf_finish_column(finish, HF_COLUMN_roots), &record, sizeof record);
}

static bool add_found_roots(struct hf_finish *finish) {
    const struct hf_found_root *found = (const struct hf_found_root *)(const void *)finish->walker->roots.data;
    size_t count = finish->walker->roots.used_bytes / sizeof *found;
    for (size_t i = 0; i < count; i++) {
        struct hf_chunk *chunk = hf_heap_map_chunk(&finish->walker->map, found[i].addr);
        uint32_t key = chunk->first_key | hf_heap_map_granule(found[i].addr);
        struct hf_root_record record = found[i].record;
        record.node = hf_finish_rank(finish, key);
        record.flags = found[i].is_reference ? HF_ROOT_COUNTED : 0;
        if (record.node == HF_NO_NODE)
            continue;
        finish->in_degree[record.node] += found[i].is_reference;
        if (!add_root(finish, record))
            return false;
    }
    return true;
}

/* References that hidden objects hold are accounted for, though no edge shows them. */
static void count_own_references(struct hf_finish *finish) {
    const struct hf_region *region = &finish->walker->own_references;
    const struct hf_own_references *own = (const struct hf_own_references *)(const void *)region->data;
    for (size_t i = 0; i < region->used_bytes / sizeof *own; i++) {
        struct hf_chunk *chunk = hf_heap_map_chunk(&finish->walker->map, own[i].addr);
        uint32_t node = hf_finish_rank(finish, chunk->first_key | hf_heap_map_granule(own[i].addr));
        if (node != HF_NO_NODE)
            finish->in_degree[node] += (uint32_t)own[i].count;
    }
}

/*
 * What the reference counts say beyond the references found: roots of static types, immortals. In the place of the
 * references found stands how many were not found then.
 */
static bool add_counted_roots(struct hf_finish *finish) {
    const uint32_t *refcount =
        (const uint32_t *)(const void *)hf_finish_column(finish, HF_COLUMN_node_refcount)->data;
    const uint16_t *flags = (const uint16_t *)(const void *)hf_finish_column(finish, HF_COLUMN_node_flags)->data;
    struct hf_origin *origin = &finish->snapshot->origin;
    for (uint32_t node = 0; node < finish->num_nodes; node++) {
        struct hf_root_record root = {.node = node, .count = 1, .frame = HF_NO_FRAME};
        uint32_t found = finish->in_degree[node];
        finish->in_degree[node] = 0;
        if ((flags[node] & HF_NODE_TYPE) && !(flags[node] & HF_NODE_GC)) {
            root.kind = HF_ROOT_STATIC_TYPE;
        } else if (flags[node] & HF_NODE_IMMORTAL) {
            root.kind = HF_ROOT_IMMORTAL;
        } else {
            origin->num_checked += !(flags[node] & HF_NODE_TYPE);
            origin->num_exact += !(flags[node] & HF_NODE_TYPE) && refcount[node] == found;
            finish->in_degree[node] = refcount[node] > found ? refcount[node] - found : 0;
            continue;
        }
        if (!add_root(finish, root))
            return false;
    }
    return true;
}

/* Roots of what is held from outside: first those whose place is seen, then what is left over. */
static bool add_outside_roots(struct hf_finish *finish) {
    struct hf_walker *walker = finish->walker;
    uint32_t *rest = finish->in_degree;
    if (walker->statics != NULL && !hf_statics_add_roots(walker, walker->statics, walker->stack_from, rest))
        return false;
    for (uint32_t node = 0; node < finish->num_nodes; node++) {
        struct hf_root_record root = {.node = node, .count = rest[node], .frame = HF_NO_FRAME,
                                      .kind = HF_ROOT_OUTSIDE};
        if (rest[node] > 0 && !add_root(finish, root))
            return false;
    }
    return true;
}

bool hf_finish_add_roots(struct hf_finish *finish) {
    count_own_references(finish);
    return add_found_roots(finish) && add_counted_roots(finish) && add_outside_roots(finish);
}
