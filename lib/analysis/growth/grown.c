/*
 * grown.c - judges the places of a ledger.
 *
 *   changes   [ step 0: place 3, place 9, .. | step 1: place 3, .. ]      sorted by place by counting:
 *   order     [ place 3: step 0, step 1, .. | place 9: step 0 .. ]        each place has its series in one piece
 *
 * A container that makes room for more entries grows itself: its size is added to the place of its entries, so that a
 * list of a million items and the items are one row.
 */
#include "analysis/growth/grown.h"

#include <stdlib.h>
#include <string.h>

#include "analysis/growth/trend.h"
#include "analysis/naming/labels.h"
#include "base/error.h"

/* Sizes alone jump as containers make room: so little is no trend. */
#define LEAST_BYTES 1024

struct judge {
    struct hf_grown *grown;
    const struct hf_moment *last;
    size_t num_steps;
    int64_t *steps;                /* num_steps, of one place */
    struct hf_region list;         /* struct hf_grown_place */
};

static size_t num_changes(const struct hf_ledger *ledger) {
    return ledger->changes.used_bytes / sizeof(struct hf_change);
}

/* Counting sort by place, which keeps the steps of a place in order. */
static enum hf_status sort_changes(struct hf_grown *grown, const struct hf_ledger *ledger, size_t num_places,
                                   struct hf_error *error) {
    size_t count = num_changes(ledger);
    if (!hf_region_reserve(&grown->start_region, (num_places + 3) * sizeof(uint32_t)) ||
        !hf_region_reserve(&grown->order_region, (count + 1) * sizeof(uint32_t)))
        return hf_fail_nomem(error);
    uint32_t *start = (uint32_t *)(void *)grown->start_region.data;
    uint32_t *order = (uint32_t *)(void *)grown->order_region.data;
    grown->changes = (const struct hf_change *)(const void *)ledger->changes.data;
    for (size_t i = 0; i < count; i++)
        start[grown->changes[i].place + 2]++;
    for (size_t place = 0; place <= num_places; place++)
        start[place + 2] += start[place + 1];
    for (size_t i = 0; i < count; i++)
        order[start[grown->changes[i].place + 1]++] = (uint32_t)i;
    grown->start = start;
    grown->order = order;
    return HF_OK;
}

/* The sums over all steps. */
static struct hf_change sum_up(const struct hf_grown *grown, hf_place_id place) {
    struct hf_change sum = {.place = place};
    for (uint32_t i = grown->start[place]; i < grown->start[place + 1]; i++) {
        const struct hf_change *change = &grown->changes[grown->order[i]];
        sum.count += change->count;
        sum.all_count += change->all_count;
        sum.bytes = (int64_t)((uint64_t)sum.bytes + (uint64_t)change->bytes);
        sum.num_exchanged += change->num_exchanged;
        sum.turnover += change->turnover;
        sum.all_turnover += change->all_turnover;
        sum.bytes_turnover += change->bytes_turnover;
        sum.num_moved += change->num_moved;
    }
    return sum;
}

static void list_steps(const struct judge *judge, hf_place_id place, bool of_bytes) {
    const struct hf_grown *grown = judge->grown;
    memset(judge->steps, 0, judge->num_steps * sizeof *judge->steps);
    for (uint32_t i = grown->start[place]; i < grown->start[place + 1]; i++) {
        const struct hf_change *change = &grown->changes[grown->order[i]];
        judge->steps[change->step] = of_bytes ? change->bytes : change->all_count;
    }
}

/* The number of objects tells; of a place where it is level, the bytes do. */
static enum hf_trend judge_place(const struct judge *judge, const struct hf_change *sum) {
    bool of_bytes = sum->all_count <= 0;
    list_steps(judge, sum->place, of_bytes);
    enum hf_trend trend =
        hf_trend_of(judge->steps, judge->num_steps,
                    hf_exchange_of(sum->num_exchanged, of_bytes ? sum->bytes_turnover : sum->all_turnover,
                                   sum->turnover));
    return of_bytes && sum->bytes < LEAST_BYTES && trend > HF_TREND_NOISY ? HF_TREND_NOISY : trend;
}

static bool is_there(const struct judge *judge, hf_place_id place) {
    struct hf_occupants occupants = hf_moment_occupants(judge->last, place);
    return occupants.count > 0 || occupants.num_aside > 0;
}

/* False: no memory. */
static bool consider(struct judge *judge, hf_place_id place) {
    struct hf_change sum = sum_up(judge->grown, place);
    struct hf_region *list = &judge->list;
    if ((sum.all_count <= 0 && sum.bytes <= 0) || !is_there(judge, place))
        return true;
    const struct hf_grown_place grown = {
        .place = place,
        .count = sum.count,
        .all_count = sum.all_count,
        .bytes = sum.bytes,
        .num_moved = sum.num_moved,
        .trend = judge_place(judge, &sum),
    };
    return hf_region_push(list, &grown, sizeof grown);
}

/* ---- containers ---- */

static int compare_by_place(const void *left, const void *right) {
    const struct hf_grown_place *a = left, *b = right;
    return (a->place > b->place) - (a->place < b->place);
}

/* Adds containers that grew in size only to the places of their entries. The list ascends in places. */
static size_t fold_containers(const struct judge *judge, struct hf_grown_place *list, size_t count) {
    uint64_t items = hf_label_hash_of_items();
    const struct hf_place *places = judge->last->placing.places->list;
    for (size_t i = 0; i < count; i++) {
        struct hf_grown_place *of_items = &list[i];
        struct hf_grown_place key = {.place = places[of_items->place].parent};
        if (places[of_items->place].label != items || of_items->all_count <= 0)
            continue;
        struct hf_grown_place *container = bsearch(&key, list, count, sizeof *list, compare_by_place);
        if (container == NULL || container->all_count != 0 || container->count != 0)
            continue;
        of_items->container = container->place;
        of_items->bytes = (int64_t)((uint64_t)of_items->bytes + (uint64_t)container->bytes);
        container->bytes = 0;      /* marks what is gone from the list */
    }
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (list[i].bytes != 0 || list[i].all_count != 0)
            list[kept++] = list[i];
    return kept;
}

/* ---- the order ---- */

static int compare_by_weight(const void *left, const void *right) {
    const struct hf_grown_place *a = left, *b = right;
    bool a_steady = a->trend == HF_TREND_STEADY, b_steady = b->trend == HF_TREND_STEADY;
    if (a_steady != b_steady)
        return a_steady ? -1 : 1;
    if (a->bytes != b->bytes)
        return a->bytes > b->bytes ? -1 : 1;
    if (a->all_count != b->all_count)
        return a->all_count > b->all_count ? -1 : 1;
    return compare_by_place(left, right);
}

static void finish(struct judge *judge) {
    struct hf_grown *grown = judge->grown;
    struct hf_grown_place *list = (struct hf_grown_place *)(void *)judge->list.data;
    size_t count = judge->list.used_bytes / sizeof *list;
    if (count > 0) {
        count = fold_containers(judge, list, count);
        qsort(list, count, sizeof *list, compare_by_weight);
    }
    for (size_t i = 0; i < count && list[i].trend == HF_TREND_STEADY; i++) {
        grown->num_steady++;
        grown->steady_count += (uint64_t)list[i].all_count;
        grown->steady_bytes += (uint64_t)list[i].bytes;
    }
    grown->place_region = judge->list;
    grown->places = list;
    grown->num_places = count;
}

enum hf_status hf_grown_init(struct hf_grown *out, const struct hf_ledger *ledger, const struct hf_moment *last,
                             struct hf_error *error) {
    *out = (struct hf_grown){0};
    struct judge judge = {.grown = out, .last = last, .num_steps = ledger->num_steps};
    size_t num_places = last->placing.places->num_places;
    enum hf_status status = sort_changes(out, ledger, num_places, error);
    if (status != HF_OK)
        return status;
    judge.steps = hf_alloc(judge.num_steps + 1, sizeof *judge.steps);
    bool ok = judge.steps != NULL;
    for (hf_place_id place = 1; ok && place <= num_places; place++)
        if (out->start[place] < out->start[place + 1])
            ok = consider(&judge, place);
    finish(&judge);
    hf_free(judge.steps);
    return ok ? HF_OK : hf_fail_nomem(error);
}

void hf_grown_deinit(struct hf_grown *grown) {
    hf_region_deinit(&grown->place_region);
    hf_region_deinit(&grown->start_region);
    hf_region_deinit(&grown->order_region);
    *grown = (struct hf_grown){0};
}

void hf_grown_steps(const struct hf_grown *grown, const struct hf_grown_place *place, size_t num_steps,
                    int64_t *counts, int64_t *bytes) {
    const hf_place_id both[] = {place->place, place->container};
    memset(counts, 0, num_steps * sizeof *counts);
    memset(bytes, 0, num_steps * sizeof *bytes);
    for (size_t k = 0; k < 2 && both[k] != HF_NO_PLACE; k++) {
        for (uint32_t i = grown->start[both[k]]; i < grown->start[both[k] + 1]; i++) {
            const struct hf_change *change = &grown->changes[grown->order[i]];
            counts[change->step] += k == 0 ? change->count : 0;
            bytes[change->step] = (int64_t)((uint64_t)bytes[change->step] + (uint64_t)change->bytes);
        }
    }
}
