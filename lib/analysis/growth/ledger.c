/*
 * ledger.c - books each object that came or went at one place.
 *
 *   before      shop.CACHE --> dict --> [*] session 1
 *   now         shop.CACHE --> dict --> [*] session 1
 *                                   \-> [*] session 2 --.user--> str        both are booked at shop.CACHE[*]:
 *                                                                           1 object, 2 with what came below it
 *
 * An object is booked at its own place when its owner was there before (hf_match_side.kept), and otherwise where its
 * owner is. What went is booked in the same way in the older snapshot. An object that stayed at its place is not
 * booked; what it grew by is. So the sums over all places are what the whole heap grew by, to the byte.
 *
 * Came less went at a place can still mislead: an owner that lives for a while takes things in one by one, and they go
 * with it all at once, booked at its place. Growth therefore counts as such only as far as the place itself has more
 * than before, or, where nothing came at the place itself, all that lies below it.
 */
#include "analysis/growth/ledger.h"

#include "base/error.h"

/* Unsigned sums, because sizes come from files and may be anything. */
struct entry {
    uint32_t came, went;              /* booked here, and of this place */
    uint32_t all_came, all_went;      /* booked here */
    uint64_t bytes_came, bytes_went;  /* booked here */
    uint64_t resized;                 /* signed */
    uint32_t arrived, left;           /* of this place, wherever they are booked */
    int64_t below_count;              /* by which all at and below this place became more */
    uint64_t below_bytes;             /* signed */
    uint32_t moved;
};

struct booking {
    const struct hf_moment *moment;
    struct hf_match_side *side;
    struct entry *entries;            /* per place */
    hf_place_id *booked_at;           /* per position in the order of the tree: 0 for an owner that was kept */
    bool is_now;
};

static void book(struct booking *booking, hf_node_id node, hf_place_id booked_at, hf_place_id place) {
    uint64_t size_bytes = hf_snapshot_get_size(booking->moment->snapshot, node);
    struct entry *at = &booking->entries[booked_at], *own = &booking->entries[place];
    bool is_aside = hf_bitset_has(&booking->moment->placing.aside, node);
    bool is_direct = booked_at == place && !is_aside;
    if (booking->is_now) {
        at->came += is_direct;
        at->all_came++;
        at->bytes_came += size_bytes;
        at->moved += hf_bitset_has(&booking->side->same, node);
        own->arrived += !is_aside;
        own->below_count++;
        own->below_bytes += size_bytes;
    } else {
        at->went += is_direct;
        at->all_went++;
        at->bytes_went += size_bytes;
        own->left += !is_aside;
        own->below_count--;
        own->below_bytes -= size_bytes;
    }
}

/* An object and its attribute dict are one owner. */
static bool is_kept(struct booking *booking, hf_node_id node, hf_node_id parent) {
    const struct hf_moment *moment = booking->moment;
    struct hf_bitset *kept = &booking->side->kept;
    if (!hf_bitset_has(&moment->placing.aside, node) || !hf_paths_is_attribute_dict(&moment->paths, node))
        return hf_bitset_has(kept, node);
    if (!hf_bitset_has(kept, parent)) {
        hf_bitset_remove(kept, node);
        return false;
    }
    hf_bitset_add(kept, node);
    return true;
}

static void visit(struct booking *booking, uint32_t at) {
    const struct hf_moment *moment = booking->moment;
    uint32_t parent_at = moment->placing.parent_at[at];
    hf_node_id node = moment->paths.order[at];
    bool keeps = is_kept(booking, node, moment->paths.order[parent_at]);
    bool stays = hf_bitset_has(&booking->side->in_place, node);
    booking->booked_at[at] = HF_NO_PLACE;
    if (keeps && stays)
        return;
    hf_place_id place = hf_moment_place(moment, node);
    hf_place_id above = parent_at != at ? booking->booked_at[parent_at] : HF_NO_PLACE;
    hf_place_id booked_at = above != HF_NO_PLACE ? above : place;
    if (!keeps)
        booking->booked_at[at] = booked_at;
    if (!stays)
        book(booking, node, booked_at, place);
}

static bool book_side(struct booking *booking) {
    uint32_t num_ordered = booking->moment->paths.num_ordered;
    struct hf_region booked_at = {0};
    if (!hf_region_reserve(&booked_at, ((size_t)num_ordered + 1) * sizeof(hf_place_id)))
        return false;
    booking->booked_at = (hf_place_id *)(void *)booked_at.data;
    for (uint32_t at = 0; at < num_ordered; at++)
        visit(booking, at);
    hf_region_deinit(&booked_at);
    return true;
}

static void book_resizes(struct entry *entries, const struct hf_match *match) {
    const struct hf_resize *resizes = (const struct hf_resize *)(const void *)match->resizes.data;
    for (size_t i = 0; i < match->resizes.used_bytes / sizeof *resizes; i++) {
        entries[resizes[i].place].resized += resizes[i].change;
        entries[resizes[i].place].below_bytes += resizes[i].change;
    }
}

/*
 * Adds up what lies below each place: children stand behind their parents. Most places of a large heap have nothing to
 * add, and their pages are never written.
 */
static void add_up(struct entry *entries, const struct hf_places *places) {
    for (hf_place_id place = places->num_places; place > 0; place--) {
        if (entries[place].below_count == 0 && entries[place].below_bytes == 0)
            continue;
        hf_place_id parent = places->list[place].parent;
        entries[parent].below_count += entries[place].below_count;
        entries[parent].below_bytes += entries[place].below_bytes;
    }
}

/* What is booked, as far as the witness has seen it too: growth by growth, shrinking by shrinking. */
static int64_t confirm(int64_t booked, int64_t witness) {
    if (booked > 0)
        return witness <= 0 ? 0 : booked < witness ? booked : witness;
    return witness >= 0 ? 0 : booked > witness ? booked : witness;
}

/* Between two processes nothing is exchanged: all objects of the one are gone, and all of the other are new. */
static uint64_t exchanged(const struct entry *entry, const struct hf_match *match) {
    if (!match->identity.by_address)
        return 0;
    return entry->arrived < entry->left ? entry->arrived : entry->left;
}

static struct hf_change change_of(const struct entry *entry, const struct hf_match *match, hf_place_id place,
                                  uint32_t step) {
    struct hf_change change = {
        .place = place,
        .step = step,
        .count = confirm((int64_t)entry->came - entry->went, (int64_t)entry->arrived - entry->left),
        .all_count = (int64_t)entry->all_came - entry->all_went,
        .bytes = (int64_t)(entry->bytes_came - entry->bytes_went + entry->resized),
        .num_exchanged = exchanged(entry, match),
        .turnover = (uint64_t)entry->came + entry->went,
        .all_turnover = (uint64_t)entry->all_came + entry->all_went,
        .bytes_turnover = entry->bytes_came + entry->bytes_went,
        .num_moved = entry->moved,
    };
    if (change.count == 0) {
        change.all_count = confirm(change.all_count, entry->below_count);
        change.bytes = confirm(change.bytes, (int64_t)entry->below_bytes);
    }
    return change;
}

static bool is_something(const struct hf_change *change) {
    return change->count != 0 || change->all_count != 0 || change->bytes != 0 || change->num_exchanged != 0 ||
           change->all_turnover != 0;
}

static bool write_changes(struct hf_ledger *ledger, const struct entry *entries, const struct hf_match *match,
                          hf_place_id num_places) {
    struct hf_region *region = &ledger->changes;
    for (hf_place_id place = 1; place <= num_places; place++) {
        struct hf_change change = change_of(&entries[place], match, place, ledger->num_steps);
        if (!is_something(&change))
            continue;
        if (!hf_region_push(region, &change, sizeof change))
            return false;
    }
    ledger->num_steps++;
    return true;
}

enum hf_status hf_ledger_add(struct hf_ledger *ledger, const struct hf_moment *before, const struct hf_moment *now,
                             struct hf_match *match, struct hf_error *error) {
    const struct hf_places *places = now->placing.places;
    struct hf_region region = {0};
    if (!hf_region_reserve(&region, ((size_t)places->num_places + 1) * sizeof(struct entry)))
        return hf_fail_nomem(error);
    struct entry *entries = (struct entry *)(void *)region.data;
    struct booking came = {.moment = now, .side = &match->now, .entries = entries, .is_now = true};
    struct booking went = {.moment = before, .side = &match->before, .entries = entries};
    bool ok = book_side(&came) && book_side(&went);
    if (ok) {
        book_resizes(entries, match);
        add_up(entries, places);
        ok = write_changes(ledger, entries, match, places->num_places);
    }
    hf_region_deinit(&region);
    return ok ? HF_OK : hf_fail_nomem(error);
}

void hf_ledger_deinit(struct hf_ledger *ledger) {
    hf_region_deinit(&ledger->changes);
    *ledger = (struct hf_ledger){0};
}
