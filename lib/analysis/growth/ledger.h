/* ledger.h - what came and what went in each step, by place. */
#ifndef HF_ANALYSIS_LEDGER_H
#define HF_ANALYSIS_LEDGER_H

#include "analysis/growth/match.h"

/* What a step changed at a place. Records are only kept of places where something did. */
struct hf_change {
    hf_place_id place;
    uint32_t step;
    int64_t count;               /* objects at the place itself: came less went */
    int64_t all_count;           /* with those that came or went below them */
    int64_t bytes;               /* of all these, and by which those that stayed grew */
    uint64_t num_exchanged;      /* objects at the place of which others took the place */
    uint64_t turnover, all_turnover, bytes_turnover;   /* came and went together, of each of the three */
    uint64_t num_moved;          /* of those that came: they were elsewhere before */
};

/* All zero is the empty ledger. */
struct hf_ledger {
    struct hf_region changes;    /* struct hf_change, by step and place */
    uint32_t num_steps;
};

/*
 * Adds a step. Errors: NOMEM. Cost: O(nodes of both + places); memory 4 bytes per node, and 100 per place while it
 * works, and 80 for each place that changed.
 */
HF_MUST_CHECK enum hf_status hf_ledger_add(struct hf_ledger *ledger, const struct hf_moment *before,
                                           const struct hf_moment *now, struct hf_match *match,
                                           struct hf_error *error);
void hf_ledger_deinit(struct hf_ledger *ledger);

#endif
