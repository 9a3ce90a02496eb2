/* grown.h - the places that grew over a series, the most telling first. */
#ifndef HF_ANALYSIS_GROWN_H
#define HF_ANALYSIS_GROWN_H

#include "analysis/growth/ledger.h"

struct hf_grown_place {
    hf_place_id place;
    hf_place_id container;         /* whose growth in size is part of this, or HF_NO_PLACE */
    int64_t count, all_count, bytes;   /* over all steps */
    uint64_t num_moved;
    enum hf_trend trend;
};

struct hf_grown {
    const struct hf_grown_place *places;   /* steady growth first, then by bytes */
    size_t num_places;
    size_t num_steady;
    uint64_t steady_count, steady_bytes;   /* of these: signed */
    struct hf_region place_region, start_region, order_region;
    const struct hf_change *changes;       /* the ledger's */
    const uint32_t *order;                 /* of changes: by place, then by step */
    const uint32_t *start;                 /* per place: where its changes start in order; one more at the end */
};

/*
 * Sums up a ledger, which must outlive *out; `last` is the newest moment, in which a place must still have something.
 * Ends with hf_grown_deinit, also after a failure. Errors: NOMEM. Cost: O(changes + places log places)
 */
HF_MUST_CHECK enum hf_status hf_grown_init(struct hf_grown *out, const struct hf_ledger *ledger,
                                           const struct hf_moment *last, struct hf_error *error);
void hf_grown_deinit(struct hf_grown *grown);

/* Writes the changes of a place, step by step: counts[num_steps], bytes[num_steps]. O(steps) */
void hf_grown_steps(const struct hf_grown *grown, const struct hf_grown_place *place, size_t num_steps,
                    int64_t *counts, int64_t *bytes);

#endif
