/*
 * places.c - a tree of paths in one table.
 *
 *   list    [ - | shop | .CACHE | ._shards | [*] | ... ]       a place stands behind its parent
 *               ^1       |parent 1  |parent 2  |parent 3
 *   slots   [ - | hash, 3 | - | hash, 1 | ... ]                open addressing by the hash of the path
 *
 * The hash of a path is that of its parent, mixed with the hash of its last label. Two paths share one of 64 bits with
 * a probability of 3e-8 among a million paths: then their objects are counted together.
 */
#include "analysis/path/places.h"

#include <xxhash.h>

#include "base/error.h"

#define FIRST_SLOTS 4096

/* The hash stands here too: most looks end in one read from memory. */
struct slot {
    uint64_t hash;
    hf_place_id place;       /* HF_NO_PLACE: empty */
    uint32_t reserved;
};

static uint64_t mix(uint64_t hash, uint64_t label) {
    uint64_t x = (hash ^ (label + 1) * UINT64_C(0x9E3779B97F4A7C15)) + UINT64_C(0xD1B54A32D192ED03);
    x = (x ^ x >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    x = (x ^ x >> 27) * UINT64_C(0x94D049BB133111EB);
    return x ^ x >> 31;
}

enum hf_status hf_places_init(struct hf_places *places, struct hf_error *error) {
    *places = (struct hf_places){.num_slots = FIRST_SLOTS};
    if (!hf_region_reserve(&places->slots, FIRST_SLOTS * sizeof(struct slot)) ||
        !hf_region_reserve(&places->entries, sizeof(struct hf_place)))
        return hf_fail_nomem(error);
    places->list = (const struct hf_place *)(const void *)places->entries.data;
    return HF_OK;
}

void hf_places_deinit(struct hf_places *places) {
    hf_region_deinit(&places->entries);
    hf_region_deinit(&places->slots);
    *places = (struct hf_places){0};
}

static struct slot *find_slot(const struct hf_region *slots, uint32_t num_slots, uint64_t hash) {
    struct slot *slot = (struct slot *)(void *)slots->data;
    uint32_t at = (uint32_t)hash & (num_slots - 1);
    while (slot[at].place != HF_NO_PLACE && slot[at].hash != hash)
        at = (at + 1) & (num_slots - 1);
    return &slot[at];
}

static bool grow_slots(struct hf_places *places) {
    struct hf_region larger = {0};
    uint32_t num_slots = places->num_slots * 2;
    if (num_slots == 0 || !hf_region_reserve(&larger, (size_t)num_slots * sizeof(struct slot)))
        return false;
    for (hf_place_id id = 1; id <= places->num_places; id++)
        *find_slot(&larger, num_slots, places->list[id].hash) = (struct slot){places->list[id].hash, id, 0};
    hf_region_deinit(&places->slots);
    places->slots = larger;
    places->num_slots = num_slots;
    return true;
}

static hf_place_id find_or_add(struct hf_places *places, const struct hf_place *place) {
    struct slot *slot = find_slot(&places->slots, places->num_slots, place->hash);
    if (slot->place != HF_NO_PLACE)
        return slot->place;
    hf_place_id id = places->num_places + 1;
    if (!hf_region_reserve(&places->entries, ((size_t)id + 1) * sizeof *place))
        return HF_NO_PLACE;
    struct hf_place *list = (struct hf_place *)(void *)places->entries.data;
    places->list = list;
    list[id] = *place;
    *slot = (struct slot){place->hash, id, 0};
    places->num_places = id;
    if (places->num_places >= places->num_slots / 2 && !grow_slots(places))
        return HF_NO_PLACE;
    return id;
}

hf_place_id hf_places_root(struct hf_places *places, const char *text, size_t length) {
    return find_or_add(places, &(struct hf_place){.hash = mix(XXH3_64bits(text, length), 0)});
}

hf_place_id hf_places_below(struct hf_places *places, hf_place_id parent, uint64_t label) {
    return find_or_add(places, &(struct hf_place){.hash = mix(places->list[parent].hash, label), .label = label,
                                                  .parent = parent});
}
