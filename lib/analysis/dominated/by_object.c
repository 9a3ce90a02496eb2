/*
 * by_object.c - the entries of one level, sorted by what they retain: the first ones, as long as they are big enough,
 * are rows, and each is walked into before the next; the others are summed up in one row.
 *
 *   total 40 MB     .CACHE    30 MB        depth 0
 *                     [7]     12 MB        depth 1, below it
 *                     rest of 94           ...
 *                   .LOG       8 MB
 */
#include "analysis/dominated/descent.h"

static void add_rest(struct hf_descent *descent, const struct hf_entry *entry, size_t count, unsigned depth) {
    struct hf_retained sum = {0, 0};
    for (size_t i = 0; i < count; i++)
        hf_retained_add(&sum, entry[i].retained);
    (void)hf_descent_add_row(descent, depth, HF_DOMINATED_REST, count, sum);
}

static void walk_into(struct hf_descent *descent, const struct hf_entry *entry, unsigned depth) {
    struct hf_entries below = {0};
    if (depth < descent->options.max_depth) {
        hf_entries_add_below(descent, &below, entry);
        hf_descent_by_object(descent, &below, depth, entry);
    }
    hf_region_deinit(&below.region);
}

void hf_descent_by_object(struct hf_descent *descent, struct hf_entries *entries, unsigned depth,
                          const struct hf_entry *parent) {
    hf_entries_fold_dicts(descent, entries);
    hf_entries_sort(entries, descent->options.min_bytes);
    const struct hf_entry *entry = hf_entries_list(entries);
    size_t count = hf_entries_count(entries), i = 0;
    for (; i < count && i < descent->options.max_children && !descent->failed; i++) {
        if (entry[i].retained.size_bytes < descent->options.min_bytes)
            break;
        const char *reference = parent != NULL ? hf_descent_reference_below(descent, parent, entry[i].node)
                                               : hf_descent_reference_at_top(descent, entry[i].node);
        struct hf_dominated_row *row = hf_descent_add_row(descent, depth, HF_DOMINATED_OBJECT, 1, entry[i].retained);
        if (row == NULL)
            return;
        row->reference = reference;
        hf_descent_describe(descent, row, entry[i].node);
        walk_into(descent, &entry[i], depth + 1);
    }
    if (i < count)
        add_rest(descent, entry + i, count - i, depth);
}
