/*
 * groups.c - merges paths by the places of their ends (placing.h), and counts the objects of each place.
 *
 *   selected     [ session 3 | session 9 | ... ]
 *   place        shop.CACHE._shards[*][*]                  counted[2 * place]: count, bytes, an example
 *
 * An attribute dict has the place of its owner. Those that are selected themselves are counted in
 * counted[2 * place + 1].
 */
#include "analysis/path/groups.h"

#include <stdlib.h>

#include "base/error.h"

struct counted {
    uint64_t count;          /* 0: empty */
    uint64_t size_bytes;
    hf_node_id example;
    hf_node_id longest;
};

struct counters {
    struct hf_placing *placing;
    struct hf_region counted;        /* two struct counted per place, as far as one was needed */
    size_t num_used;
};

/* The counter of a place, or of attribute dicts there; NULL without memory. */
static struct counted *counter_of(struct counters *counters, hf_place_id place, bool is_dict) {
    struct hf_region *region = &counters->counted;
    size_t index = 2 * (size_t)place + is_dict;
    if (!hf_region_reserve(region, (index + 1) * sizeof(struct counted)))
        return NULL;
    return (struct counted *)(void *)region->data + index;
}

static bool count_object(struct counters *counters, const struct hf_snapshot *snapshot, hf_node_id node) {
    const struct hf_bitset *repeats = &counters->placing->repeats;
    bool is_dict = hf_paths_is_attribute_dict(counters->placing->paths, node);
    hf_place_id place = hf_placing_get(counters->placing, node);
    struct counted *counter = place != HF_NO_PLACE ? counter_of(counters, place, is_dict) : NULL;
    if (counter == NULL)
        return false;
    if (counter->count++ == 0) {
        counters->num_used++;
        counter->example = counter->longest = node;
    }
    if (!hf_bitset_has(repeats, counter->longest) && hf_bitset_has(repeats, node))
        counter->longest = node;
    counter->size_bytes += hf_snapshot_get_size(snapshot, node);
    return true;
}

static int compare_counted(const void *left, const void *right) {
    const struct counted *a = left, *b = right;
    if (a->count != b->count)
        return a->count > b->count ? -1 : 1;
    if (a->size_bytes != b->size_bytes)
        return a->size_bytes > b->size_bytes ? -1 : 1;
    return (a->example > b->example) - (a->example < b->example);
}

/* Moves the used counters to the front, and sorts them. */
static struct counted *sort_counters(struct counters *counters) {
    struct counted *list = (struct counted *)(void *)counters->counted.data;
    size_t used = 0;
    for (size_t i = 0; used < counters->num_used; i++)
        if (list[i].count != 0)
            list[used++] = list[i];
    if (used > 0)
        qsort(list, used, sizeof *list, compare_counted);
    return list;
}

static enum hf_status hand_out(struct counters *counters, size_t max_groups, struct hf_arena *arena,
                               struct hf_groups *out, struct hf_error *error) {
    const struct counted *sorted = sort_counters(counters);
    out->num_all = counters->num_used;
    out->num_groups = counters->num_used < max_groups ? counters->num_used : max_groups;
    out->groups = hf_arena_alloc(arena, out->num_groups + 1, sizeof *out->groups);
    out->longest = hf_arena_alloc(arena, out->num_groups + 1, sizeof *out->longest);
    if (out->groups == NULL || out->longest == NULL)
        return hf_fail_nomem(error);
    for (size_t i = 0; i < out->num_groups; i++) {
        out->groups[i] = (struct hf_path_group){.pattern = "", .owner = "", .count = sorted[i].count,
                                                .size_bytes = sorted[i].size_bytes, .example = sorted[i].example};
        out->longest[i] = sorted[i].longest;
    }
    return HF_OK;
}

static enum hf_status count_all(struct counters *counters, const struct hf_snapshot *snapshot,
                                const struct hf_selection *selection, uint64_t *num_unreachable,
                                struct hf_error *error) {
    for (size_t i = 0; i < selection->num_nodes; i++) {
        if (!hf_paths_is_reached(counters->placing->paths, selection->nodes[i]))
            ++*num_unreachable;
        else if (!count_object(counters, snapshot, selection->nodes[i]))
            return hf_fail_nomem(error);
    }
    return HF_OK;
}

enum hf_status hf_groups_find(const struct hf_snapshot *snapshot, struct hf_placing *placing,
                              const struct hf_selection *selection, size_t max_groups, struct hf_arena *arena,
                              struct hf_groups *out, struct hf_error *error) {
    *out = (struct hf_groups){0};
    struct counters counters = {.placing = placing};
    enum hf_status status = count_all(&counters, snapshot, selection, &out->num_unreachable, error);
    if (status == HF_OK)
        status = hand_out(&counters, max_groups, arena, out, error);
    hf_region_deinit(&counters.counted);
    return status;
}
