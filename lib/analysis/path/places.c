/*
 * places.c - a tree of paths in one list, numbered by their hashes.
 *
 *   list    [ - | shop | .CACHE | ._shards | [*] | ... ]       a place stands behind its parent
 *               ^1       |parent 1  |parent 2  |parent 3
 *
 * The hash of a path is that of its parent, mixed with the hash of its last label. Paths that share one are counted as
 * one place (numbering.h tells how seldom that is).
 */
#include "analysis/path/places.h"

#include <xxhash.h>

static uint64_t mix(uint64_t hash, uint64_t label) {
    uint64_t x = (hash ^ (label + 1) * UINT64_C(0x9E3779B97F4A7C15)) + UINT64_C(0xD1B54A32D192ED03);
    x = (x ^ x >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    x = (x ^ x >> 27) * UINT64_C(0x94D049BB133111EB);
    return x ^ x >> 31;
}

void hf_places_deinit(struct hf_places *places) {
    hf_numbering_deinit(&places->numbers);
    hf_region_deinit(&places->entries);
    *places = (struct hf_places){0};
}

static hf_place_id find_or_add(struct hf_places *places, const struct hf_place *place) {
    hf_place_id id = hf_number_of(&places->numbers, place->hash);
    if (id <= places->num_places)
        return id;
    if (!hf_region_reserve(&places->entries, ((size_t)id + 1) * sizeof *place))
        return HF_NO_PLACE;
    struct hf_place *list = (struct hf_place *)(void *)places->entries.data;
    list[id] = *place;
    places->list = list;
    places->num_places = id;
    return id;
}

hf_place_id hf_places_root(struct hf_places *places, const char *text, size_t length) {
    return find_or_add(places, &(struct hf_place){.hash = mix(XXH3_64bits(text, length), 0)});
}

hf_place_id hf_places_below(struct hf_places *places, hf_place_id parent, uint64_t label) {
    return find_or_add(places, &(struct hf_place){.hash = mix(places->list[parent].hash, label), .label = label,
                                                  .parent = parent});
}
