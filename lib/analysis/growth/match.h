/* match.h - which objects of two snapshots are the same. */
#ifndef HF_ANALYSIS_MATCH_H
#define HF_ANALYSIS_MATCH_H

#include <holdfast/growth.h>

#include "analysis/growth/moment.h"

/* What is known of the objects of one of the two, a bit per node. */
struct hf_match_side {
    struct hf_bitset same;      /* the same object is in the other snapshot */
    struct hf_bitset in_place;  /* ... and at the same place */
    struct hf_bitset kept;      /* an owner that was there before, or that is there afterwards */
};

/* An object that is in both at one place, with another size. */
struct hf_resize {
    hf_place_id place;
    uint64_t change;            /* signed, wraps */
};

struct hf_match {
    struct hf_match_side before, now;
    struct hf_region resizes;               /* struct hf_resize */
    struct hf_growth_identity identity;
};

/*
 * Compares two moments whose places and types are from the same sets, and adds what is new and gone to the census.
 * Ends with hf_match_deinit, also after a failure. Errors: NOMEM. Cost: O(nodes of both), with some edges of each pair;
 * memory 4 bytes per node of the older one while it works, and three bits per node of both.
 *
 * An owner is kept when it has the address and the type of one that was at the same place before, whatever its content:
 * if it is another one, it stands for the same thing. So is one that is alone of its type at its place in both.
 */
HF_MUST_CHECK enum hf_status hf_match_init(struct hf_match *match, const struct hf_moment *before,
                                           const struct hf_moment *now, struct hf_census *census,
                                           struct hf_error *error);
void hf_match_deinit(struct hf_match *match);

#endif
