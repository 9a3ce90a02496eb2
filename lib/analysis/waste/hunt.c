/*
 * hunt.c - rows by type and keeper.
 *
 *   object #17 of type str, which Session.method holds  ->  number of (str, 9)  ->  finds [ - | dict, 4 | str, 9 | .. ]
 */
#include "analysis/waste/hunt.h"

#include "base/error.h"

uint64_t hf_hunt_hash(uint32_t type, uint32_t keeper) {
    uint64_t x = ((uint64_t)type << 32 | keeper) + UINT64_C(0x9E3779B97F4A7C15);
    x = (x ^ x >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    x = (x ^ x >> 27) * UINT64_C(0x94D049BB133111EB);
    return x ^ x >> 31;
}

struct hf_find *hf_hunt_row(struct hf_hunt *hunt, uint32_t type, uint32_t keeper, hf_node_id node) {
    uint32_t number = hf_number_of(&hunt->numbers, hf_hunt_hash(type, keeper));
    if (number == 0 || !hf_region_reserve(&hunt->finds, ((size_t)number + 1) * sizeof(struct hf_find)))
        return NULL;
    struct hf_find *find = &hf_hunt_finds(hunt)[number];
    if (find->count == 0) {
        find->type = type;
        find->example = node;
    }
    return find;
}

struct hf_find *hf_hunt_add(struct hf_hunt *hunt, hf_node_id node, uint64_t saving_bytes) {
    uint32_t keeper = hf_keepers_get(hunt->keepers, node);
    struct hf_find *find =
        keeper != 0 ? hf_hunt_row(hunt, hf_col_node_type(hunt->snapshot)[node], keeper, node) : NULL;
    if (find == NULL)
        return NULL;
    find->count++;
    find->size_bytes += hf_snapshot_get_size(hunt->snapshot, node);
    find->saving_bytes += saving_bytes;
    return find;
}

enum hf_status hf_hunt_report(const struct hf_hunt *hunt, uint64_t done, struct hf_error *error) {
    const struct hf_progress *progress = hunt->progress;
    if (progress == NULL ||
        progress->report(progress->context, "looking for waste", done, hunt->snapshot->num_nodes))
        return HF_OK;
    return hf_fail(error, HF_ERR_CANCELLED, "cancelled while looking for waste");
}
