/*
 * live.h - the objects of the interpreter that runs in this process, as they live: which ones the collector tracks, and
 * who of them refers to whom. For questions whose answers are objects and not a photograph of them.
 *
 * Part of libholdfast-cpython-XY, as capture.h is. The caller holds the GIL throughout. Nothing in the process changes
 * and no Python code runs. Objects are PyObject *, borrowed: whoever lets Python code run holds them first.
 */
#ifndef HOLDFAST_LIVE_H
#define HOLDFAST_LIVE_H

#include <holdfast/holdfast.h>

HF_BEGIN_API

#define HF_LIVE_NONE UINT32_MAX

/* A row of objects, and after hf_live_index the references among them. */
struct hf_live;

/*
 * Lists what the collector tracks in the order of gc.get_objects(): the youngest generation first, and without the
 * permanent one. Errors: NOMEM, LIMIT (2^32 objects). Cost: one look at each object; 8 bytes each.
 */
HF_MUST_CHECK enum hf_status hf_live_create(struct hf_live **out, struct hf_error *error);
/* A row of the caller's objects instead, of which there may be some twice. It is copied. Errors: NOMEM, LIMIT. */
HF_MUST_CHECK enum hf_status hf_live_create_of(void *const *objects, size_t num_objects, struct hf_live **out,
                                               struct hf_error *error);
void hf_live_destroy(struct hf_live *live);

void *const *hf_live_objects(const struct hf_live *live, size_t *num_objects);

/*
 * Numbers the objects of the row, and further ones that are only referred to: `others`, of which some may be in it.
 * Errors: NOMEM, LIMIT (heap spread over more than 64 GiB). Cost: a bit per 16 bytes of the heap, and a pass.
 */
HF_MUST_CHECK enum hf_status hf_live_number_all(struct hf_live *live, void *const *others, size_t num_others,
                                                struct hf_error *error);
/*
 * The places in the row of those that refer to one object, which needs no number, ascending and each once, as far as
 * tp_traverse tells; they are good until the next question. For a single object: an index answers for all at the price
 * of two of these. Errors: NOMEM. Cost: one visit of each object.
 */
HF_MUST_CHECK enum hf_status hf_live_scan(struct hf_live *live, const void *target, const uint32_t **places,
                                          uint32_t *num_places, struct hf_error *error);

/* The number of an object, HF_LIVE_NONE for one that has none. O(1). After hf_live_number_all, as all below. */
uint32_t hf_live_number(const struct hf_live *live, const void *object);

/* Whether the object of a number is in the row, and not only one of the others. */
bool hf_live_is_in_row(const struct hf_live *live, uint32_t number);

/*
 * Finds out which objects of the row are referred to by one of it, as far as tp_traverse tells.
 * Errors: NOMEM. Cost: one visit of each object; a bit each.
 */
HF_MUST_CHECK enum hf_status hf_live_find_referred(struct hf_live *live, struct hf_error *error);
/* After hf_live_find_referred. O(1). */
bool hf_live_is_referred(const struct hf_live *live, uint32_t number);

/*
 * Finds out who refers to whom, as far as tp_traverse tells. Errors: NOMEM, LIMIT (2^32 references).
 * Cost: one visit of each object, and a counting sort of the references; 8 bytes for each, and 12 for each object.
 */
HF_MUST_CHECK enum hf_status hf_live_index(struct hf_live *live, struct hf_error *error);
/* The places in the row of those that refer to an object, ascending and each once. After hf_live_index. O(1). */
const uint32_t *hf_live_referrers(const struct hf_live *live, uint32_t number, uint32_t *num_referrers);

HF_END_API
#endif
