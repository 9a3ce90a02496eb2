/*
 * by_type.c - the entries of one type are one row, and what hangs from all of them is below it.
 *
 *   entries   [dict, dict, dict | Session, Session | str]       sorted by type
 *   groups    [first, count]      [first, count]     ...        sorted by what they retain
 */
#include "analysis/dominated/descent.h"

#include <stdlib.h>

struct type_group {
    size_t first, count;             /* of the entries, which are sorted by type */
    struct hf_retained retained;
};

static uint32_t type_of(const struct hf_descent *descent, const struct hf_entry *entry) {
    return hf_col_node_type(descent->snapshot)[entry->node];
}

struct typed_entry {
    uint32_t type;
    struct hf_entry entry;
};

static int by_type(const void *left, const void *right) {
    const struct typed_entry *a = left, *b = right;
    if (a->type != b->type)
        return a->type < b->type ? -1 : 1;
    return hf_entry_by_retained(&a->entry, &b->entry);
}

static int by_group(const void *left, const void *right) {
    const struct type_group *a = left, *b = right;
    if (a->retained.size_bytes != b->retained.size_bytes)
        return a->retained.size_bytes > b->retained.size_bytes ? -1 : 1;
    return (a->first > b->first) - (a->first < b->first);
}

static void sort_by_type(struct hf_descent *descent, struct hf_entries *entries) {
    struct hf_region region = {0};
    size_t count = hf_entries_count(entries);
    struct typed_entry *typed = hf_descent_append(descent, &region, (count + 1) * sizeof *typed);
    for (size_t i = 0; typed != NULL && i < count; i++)
        typed[i] = (struct typed_entry){type_of(descent, &hf_entries_list(entries)[i]), hf_entries_list(entries)[i]};
    if (typed != NULL && count > 0)
        qsort(typed, count, sizeof *typed, by_type);
    for (size_t i = 0; typed != NULL && i < count; i++)
        hf_entries_list(entries)[i] = typed[i].entry;
    hf_region_deinit(&region);
}

static size_t group_types(struct hf_descent *descent, struct hf_entries *entries, struct hf_region *groups) {
    sort_by_type(descent, entries);
    const struct hf_entry *entry = hf_entries_list(entries);
    struct type_group *group = NULL;
    for (size_t i = 0; i < hf_entries_count(entries) && !descent->failed; i++) {
        if (group == NULL || type_of(descent, &entry[i]) != type_of(descent, &entry[group->first])) {
            group = hf_descent_append(descent, groups, sizeof *group);
            if (group == NULL)
                return 0;
            *group = (struct type_group){.first = i};
        }
        group->count++;
        hf_retained_add(&group->retained, entry[i].retained);
    }
    size_t count = groups->used_bytes / sizeof *group;
    if (count > 0)
        qsort(groups->data, count, sizeof *group, by_group);
    return count;
}

static void walk_type(struct hf_descent *descent, const struct hf_entry *members, size_t count, unsigned depth) {
    struct hf_entries below = {0};
    for (size_t i = 0; i < count && depth < descent->options.max_depth; i++)
        hf_entries_add_below(descent, &below, &members[i]);
    if (hf_entries_count(&below) > 0)
        hf_descent_by_type(descent, &below, depth);
    hf_region_deinit(&below.region);
}

void hf_descent_by_type(struct hf_descent *descent, struct hf_entries *entries, unsigned depth) {
    struct hf_region region = {0};
    struct hf_retained rest = {0, 0};
    hf_entries_fold_dicts(descent, entries);
    size_t count = group_types(descent, entries, &region), i = 0;
    const struct type_group *groups = (const struct type_group *)(const void *)region.data;
    for (; i < count && i < descent->options.max_children && !descent->failed; i++) {
        if (groups[i].retained.size_bytes < descent->options.min_bytes)
            break;
        const struct hf_entry *members = hf_entries_list(entries) + groups[i].first;
        struct hf_dominated_row *row =
            hf_descent_add_row(descent, depth, HF_DOMINATED_TYPE, groups[i].count, groups[i].retained);
        if (row != NULL)
            hf_descent_describe(descent, row, members[0].node);
        walk_type(descent, members, groups[i].count, depth + 1);
    }
    for (size_t left = i; left < count; left++)
        hf_retained_add(&rest, groups[left].retained);
    if (i < count)
        (void)hf_descent_add_row(descent, depth, HF_DOMINATED_REST, count - i, rest);
    hf_region_deinit(&region);
}
