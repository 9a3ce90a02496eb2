/*
 * groups.c - merges paths by the places of their ends (placing.h), and counts the objects of each place.
 *
 *   selected     [ session 3 | session 9 | ... ]
 *   place        shop.CACHE._shards[*][*]                  counted[place]: count, bytes, an example
 *
 * An attribute dict that is itself selected hangs one place below its owner, of which nothing else is.
 */
#include "analysis/path/groups.h"

#include <stdlib.h>

#include "analysis/path/placing.h"
#include "base/error.h"

#define DICT_ITSELF 1      /* stands for the label of an attribute dict that is the object asked for */

struct counted {
    uint64_t count;          /* 0: empty */
    uint64_t size_bytes;
    hf_node_id example;
    hf_node_id longest;
};

struct counters {
    struct hf_places places;
    struct hf_placing placing;
    struct hf_region counted;        /* struct counted per place, as far as one was needed */
    size_t num_used;
};

/* The counter of a place; NULL without memory. */
static struct counted *counter_of(struct counters *counters, hf_place_id place) {
    struct hf_region *region = &counters->counted;
    if (!hf_region_reserve(region, ((size_t)place + 1) * sizeof(struct counted)))
        return NULL;
    return (struct counted *)(void *)region->data + place;
}

static bool count_object(struct counters *counters, const struct hf_snapshot *snapshot, hf_node_id node) {
    const struct hf_bitset *repeats = &counters->placing.repeats;
    hf_place_id place = hf_placing_get(&counters->placing, node);
    if (place != HF_NO_PLACE && hf_paths_is_attribute_dict(counters->placing.paths, node))
        place = hf_places_below(&counters->places, place, DICT_ITSELF);
    struct counted *counter = place != HF_NO_PLACE ? counter_of(counters, place) : NULL;
    if (counter == NULL)
        return false;
    if (counter->count++ == 0) {
        counters->num_used++;
        counter->example = counter->longest = node;
    }
    if (!hf_bitset_has(repeats, counter->longest) && hf_bitset_has(repeats, node))
        counter->longest = node;
    counter->size_bytes += hf_snapshot_get_node(snapshot, node).size_bytes;
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
    for (size_t place = 0; used < counters->num_used; place++)
        if (list[place].count != 0)
            list[used++] = list[place];
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
        if (!hf_paths_is_reached(counters->placing.paths, selection->nodes[i]))
            ++*num_unreachable;
        else if (!count_object(counters, snapshot, selection->nodes[i]))
            return hf_fail_nomem(error);
    }
    return HF_OK;
}

enum hf_status hf_groups_find(const struct hf_snapshot *snapshot, const struct hf_paths *paths,
                              const struct hf_root_order *order, const struct hf_selection *selection,
                              size_t max_groups, const struct hf_progress *progress, struct hf_arena *arena,
                              struct hf_groups *out, struct hf_error *error) {
    *out = (struct hf_groups){0};
    struct counters counters = {0};
    enum hf_status status = hf_places_init(&counters.places, error);
    if (status == HF_OK)
        status = hf_placing_init(&counters.placing, &counters.places, snapshot, paths, order, false, progress, error);
    if (status == HF_OK)
        status = count_all(&counters, snapshot, selection, &out->num_unreachable, error);
    if (status == HF_OK)
        status = hand_out(&counters, max_groups, arena, out, error);
    hf_placing_deinit(&counters.placing);
    hf_places_deinit(&counters.places);
    hf_region_deinit(&counters.counted);
    return status;
}
