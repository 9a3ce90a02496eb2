/*
 * places.h - where objects hang, as small numbers: paths from a root with indexes and keys masked.
 *
 *   shop.CACHE._shards[*][*]     is the place below    shop.CACHE._shards[*]    by the label "[*]"
 *
 * A place is known by its text, not by the nodes on the way: in all snapshots that are put into one struct hf_places,
 * the same path has the same number.
 */
#ifndef HF_ANALYSIS_PLACES_H
#define HF_ANALYSIS_PLACES_H

#include "base/numbering.h"

typedef uint32_t hf_place_id;      /* from 1 on */
#define HF_NO_PLACE 0u

struct hf_place {
    uint64_t hash;           /* of the path */
    uint64_t label;          /* hash of the last label; 0: a root */
    hf_place_id parent;      /* below the number of the place itself; HF_NO_PLACE: a root */
    uint32_t reserved;
};

/* All zero is the empty set. */
struct hf_places {
    struct hf_numbering numbers;
    struct hf_region entries;
    const struct hf_place *list;   /* num_places + 1; list[HF_NO_PLACE] is unused */
    uint32_t num_places;
};

void hf_places_deinit(struct hf_places *places);

/* The place of a root by its masked text. HF_NO_PLACE without memory: the set can then only be ended. O(1) */
hf_place_id hf_places_root(struct hf_places *places, const char *text, size_t length);

/* The place below `parent` by a label, known by its hash (labels.h). HF_NO_PLACE without memory. O(1) */
hf_place_id hf_places_below(struct hf_places *places, hf_place_id parent, uint64_t label);

#endif
