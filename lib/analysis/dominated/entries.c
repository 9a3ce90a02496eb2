/*
 * entries.c - what stands below one row, each object with its attribute dict.
 *
 *   [node, dict, retained] [node, -, retained] ...
 *
 * An object and its attribute dict are one entry: the dict's children are the object's. Where the dict does not hang
 * from the object but beside it (that of a module, which every function of the module holds), both retained sizes are
 * added.
 */
#include "analysis/dominated/descent.h"

#include <stdlib.h>

#include "analysis/lookup.h"

void hf_entries_add(struct hf_descent *descent, struct hf_entries *entries, hf_node_id node) {
    struct hf_entry *entry = hf_descent_append(descent, &entries->region, sizeof *entry);
    if (entry != NULL)
        *entry = (struct hf_entry){node, HF_NO_NODE, hf_dominators_get_retained(descent->dominators, node)};
}

void hf_entries_fold_dicts(struct hf_descent *descent, struct hf_entries *entries) {
    struct hf_entry *entry = hf_entries_list(entries);
    size_t count = hf_entries_count(entries), kept = 0;
    for (size_t i = 0; i < count; i++)
        hf_bitset_add(&descent->listed, entry[i].node);
    for (size_t i = 0; i < count; i++) {
        hf_node_id dict = hf_lookup_dict(descent->snapshot, entry[i].node);
        if (dict == HF_NO_NODE || dict == entry[i].node || entry[i].dict != HF_NO_NODE)
            continue;
        bool is_below = hf_dominators_get_parent(descent->dominators, dict) == entry[i].node;
        if (!is_below && !hf_bitset_has(&descent->listed, dict))
            continue;
        entry[i].dict = dict;
        hf_bitset_remove(&descent->listed, dict);
        if (!is_below)
            hf_retained_add(&entry[i].retained, hf_dominators_get_retained(descent->dominators, dict));
    }
    for (size_t i = 0; i < count; i++) {
        if (hf_bitset_has(&descent->listed, entry[i].node))
            entry[kept++] = entry[i];
        hf_bitset_remove(&descent->listed, entry[i].node);
    }
    entries->region.used_bytes = kept * sizeof *entry;
}

void hf_entries_add_children(struct hf_descent *descent, struct hf_entries *out, hf_node_id node, hf_node_id without) {
    const struct hf_dominators *dominators = descent->dominators;
    for (hf_node_id child = hf_dominators_first_child(dominators, node); child != HF_NO_NODE && !descent->failed;
         child = hf_dominators_next_child(dominators, child))
        if (child != without)
            hf_entries_add(descent, out, child);
}

void hf_entries_add_below(struct hf_descent *descent, struct hf_entries *out, const struct hf_entry *entry) {
    hf_entries_add_children(descent, out, entry->node, entry->dict);
    if (entry->dict != HF_NO_NODE)
        hf_entries_add_children(descent, out, entry->dict, HF_NO_NODE);
}

int hf_entry_by_retained(const void *left, const void *right) {
    const struct hf_entry *a = left, *b = right;
    if (a->retained.size_bytes != b->retained.size_bytes)
        return a->retained.size_bytes > b->retained.size_bytes ? -1 : 1;
    return (a->node > b->node) - (a->node < b->node);
}

void hf_entries_sort(struct hf_entries *entries, uint64_t min_bytes) {
    struct hf_entry *list = hf_entries_list(entries);
    size_t count = hf_entries_count(entries), num_large = 0;
    for (size_t i = 0; i < count; i++) {
        if (list[i].retained.size_bytes < min_bytes)
            continue;
        struct hf_entry large = list[i];
        list[i] = list[num_large];
        list[num_large++] = large;
    }
    if (num_large > 0)
        qsort(list, num_large, sizeof *list, hf_entry_by_retained);
}
