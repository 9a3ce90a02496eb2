/*
 * sums.c - a table by type, reason and place.
 *
 *   #7 list  unexplained 999  ─┐
 *   #8 list  unexplained   1  ─┴▶ (list, unexplained, "")           2 objects, 1,000 references, the largest is #7
 *   #7 list  variable      1  ───▶ (list, variable, "_leak.so")     1 object, 1 reference
 */
#include "analysis/native/sums.h"

#include <string.h>
#include <xxhash.h>

#include "analysis/lookup.h"
#include "base/error.h"

struct hf_native_sum *hf_sums_get(struct hf_sums *sums, const char *type, enum hf_native_reason reason,
                                const char *where) {
    uint64_t hash = XXH3_64bits_withSeed(where, strlen(where), (uint64_t)reason);
    hash = XXH3_64bits_withSeed(type, strlen(type), hash);
    uint32_t known = sums->keys.count, number = hf_number_of(&sums->keys, hash);
    if (number == 0 || !hf_region_reserve(&sums->region, (size_t)number * sizeof(struct hf_native_sum)))
        return NULL;
    struct hf_native_sum *sum = &hf_sums_list(sums)[number - 1];
    if (number > known)
        *sum = (struct hf_native_sum){.type = type, .where = where, .reason = reason, .most.node = HF_NO_NODE};
    return sum;
}

enum hf_status hf_sums_add(struct hf_sums *sums, const struct hf_snapshot *snapshot,
                              const struct hf_holds *holds, struct hf_error *error) {
    hf_node_id last = HF_NO_NODE;
    const struct hf_native_sum *last_sum = NULL;
    for (size_t i = 0; i < holds->num_holds; i++) {
        const struct hf_hold *hold = &holds->list[i];
        struct hf_native_sum *sum = hf_sums_get(sums, hf_lookup_type_name(snapshot, hold->node), hold->reason,
                                                hold->where);
        if (sum == NULL)
            return hf_fail_nomem(error);
        /* Two variables of one library that have one object. */
        sum->num_objects += hold->node != last || sum != last_sum;
        sum->num_references += hold->count;
        if (sum->largest.variable == NULL || hold->count > sum->largest.count)   /* a damaged file may say 0 */
            sum->largest = *hold;
        last = hold->node;
        last_sum = sum;
    }
    return HF_OK;
}

void hf_sums_deinit(struct hf_sums *sums) {
    hf_numbering_deinit(&sums->keys);
    hf_region_deinit(&sums->region);
}
