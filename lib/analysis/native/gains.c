/*
 * gains.c - compares what native code holds in two snapshots, object by object.
 *
 *   before   #7 list 1                       #9 dict 1
 *   now      #7 list 1001   #8 list 1                       growth/match.c tells which objects are the same
 *            raised by 1000  new             gone
 *
 * A new object counts with its reason, and so does one that is gone. What an object gained or lost that is in both is
 * explained as far as it was seen at capture; or, of a constant, by this: each class and each module that is new may
 * refer to a name once more, and None, numbers and the like come and go with objects of types that are made in C, so
 * that only what doubles says something.
 *
 * Of two processes only the sums can be compared: all that is held now is new then, and all that was held is gone.
 */
#include "analysis/native/gains.h"

#include <string.h>

#include "analysis/growth/match.h"
#include "analysis/lookup.h"
#include "base/error.h"
#include "base/text.h"

struct comparer {
    const struct hf_gains *gains;
    const struct hf_match *match;
    struct hf_sums *sums;
    uint64_t num_new_owners;         /* classes and modules */
};

/* ---- adding up ---- */

static uint64_t sum_of(const struct hf_holds *holds, size_t first, bool only_seen) {
    uint64_t sum = 0;
    for (size_t i = first, end = hf_holds_end(holds, first); i < end; i++)
        sum += !only_seen || hf_native_is_seen(holds->list[i].reason) ? holds->list[i].count : 0;
    return sum;
}

static bool is_class(const struct hf_snapshot *snapshot, hf_node_id node) {
    return (hf_col_node_flags(snapshot)[node] & HF_NODE_TYPE) != 0;
}

static void note_rise(struct hf_native_sum *sum, struct hf_native_change change) {
    if (sum->most.node == HF_NO_NODE || change.now - change.then > sum->most.now - sum->most.then)
        sum->most = change;
}

/* An object that is only in one of the two. False: no memory. */
static bool add_alone(struct comparer *comparer, const struct hf_snapshot *snapshot, const struct hf_holds *holds,
                      size_t first, bool is_new) {
    size_t end = hf_holds_end(holds, first);
    for (size_t i = first; i < end; i++) {
        const struct hf_hold *hold = &holds->list[i];
        struct hf_native_sum *sum = hf_sums_get(comparer->sums, hf_lookup_type_name(snapshot, hold->node),
                                                hold->reason, hold->where);
        if (sum == NULL)
            return false;
        sum->references_growth += is_new ? (int64_t)hold->count : -(int64_t)hold->count;
        if (i > first && holds->list[i - 1].reason == hold->reason &&
            strcmp(holds->list[i - 1].where, hold->where) == 0)
            continue;
        sum->objects_growth += is_new ? 1 : -1;
        sum->num_new += is_new;
        sum->num_gone += !is_new;
        if (is_new)
            note_rise(sum, (struct hf_native_change){hold->node, 0, hold->count, is_class(snapshot, hold->node)});
    }
    return true;
}

/* Whether a change is explained by what comes and goes with other things: names with classes, None with anything. */
static bool is_usual(const struct comparer *comparer, const struct hf_snapshot *snapshot, const struct hf_hold *hold,
                     uint64_t change, uint64_t least) {
    if (hold->reason != HF_NATIVE_CONSTANT)
        return false;
    bool is_name = (hf_lookup_type(snapshot, hold->node)->flags & HF_TYPE_STR) != 0;
    return change <= comparer->num_new_owners || (!is_name && change < least);
}

/* What native code holds of an object that is in both snapshots. */
struct common {
    uint64_t then, now;              /* all references */
    uint64_t seen_then, seen_now;    /* those that were seen */
    const struct hf_hold *hold;      /* the last one: not seen, if there is such a one */
    const struct hf_snapshot *snapshot;  /* of this hold */
};

static struct common compare_common(const struct comparer *comparer, size_t first_now, size_t first_before) {
    const struct hf_gains *gains = comparer->gains;
    const struct hf_holds *now = gains->holds_now, *before = gains->holds_before;
    bool is_held = first_now < now->num_holds;
    return (struct common){
        .then = sum_of(before, first_before, false),
        .now = sum_of(now, first_now, false),
        .seen_then = sum_of(before, first_before, true),
        .seen_now = sum_of(now, first_now, true),
        .hold = is_held ? &now->list[hf_holds_end(now, first_now) - 1]
                        : &before->list[hf_holds_end(before, first_before) - 1],
        .snapshot = is_held ? gains->now : gains->before,
    };
}

/* Adds the change of an object that is in both, up or down. False: no memory. */
static bool add_common(struct comparer *comparer, size_t first_now, size_t first_before) {
    struct common common = compare_common(comparer, first_now, first_before);
    int64_t change = (int64_t)(common.now - common.then), seen = (int64_t)(common.seen_now - common.seen_then);
    bool is_explained = hf_native_is_seen(common.hold->reason) || (change > 0 ? change <= seen : change >= seen);
    const char *where = is_explained ? common.hold->where : "";
    enum hf_native_reason reason = common.hold->reason;
    if (change == 0)
        return true;
    if (!is_explained) {
        change -= (change > 0) == (seen > 0) ? seen : 0;
        uint64_t size = (uint64_t)(change > 0 ? change : -change);
        reason = is_usual(comparer, common.snapshot, common.hold, size, common.then) ? HF_NATIVE_CONSTANT
                                                                                      : HF_NATIVE_UNEXPLAINED;
    }
    struct hf_native_sum *sum = hf_sums_get(comparer->sums, hf_lookup_type_name(common.snapshot, common.hold->node),
                                            reason, where);
    if (sum == NULL)
        return false;
    sum->references_growth += change;
    sum->objects_growth += (common.then == 0) - (common.now == 0);
    if (change < 0)
        return true;
    sum->num_raised++;
    hf_node_id node = common.hold->node;
    note_rise(sum, (struct hf_native_change){node, common.then, common.now, is_class(common.snapshot, node)});
    return true;
}

/* ---- pairs ---- */

/* The same object in the other snapshot, or HF_NO_NODE: an object that is the same is where it was. */
static hf_node_id find_same(const struct hf_match_side *side, const struct hf_snapshot *snapshot, hf_node_id node,
                            const struct hf_snapshot *other) {
    return hf_bitset_has(&side->same, node) ? hf_snapshot_find_addr(other, hf_snapshot_get_addr(snapshot, node))
                                            : HF_NO_NODE;
}

static bool add_now(struct comparer *comparer) {
    const struct hf_gains *gains = comparer->gains;
    const struct hf_holds *now = gains->holds_now, *before = gains->holds_before;
    bool ok = true;
    for (size_t i = 0; ok && i < now->num_holds; i = hf_holds_end(now, i)) {
        hf_node_id same = find_same(&comparer->match->now, gains->now, now->list[i].node, gains->before);
        ok = same == HF_NO_NODE ? add_alone(comparer, gains->now, now, i, true)
                                : add_common(comparer, i, hf_holds_find(before, same));
    }
    return ok;
}

/* What is gone, and what is not held any more; all else was compared already. */
static bool add_before(struct comparer *comparer) {
    const struct hf_gains *gains = comparer->gains;
    const struct hf_holds *now = gains->holds_now, *before = gains->holds_before;
    bool ok = true;
    for (size_t i = 0; ok && i < before->num_holds; i = hf_holds_end(before, i)) {
        hf_node_id same = find_same(&comparer->match->before, gains->before, before->list[i].node, gains->now);
        if (same == HF_NO_NODE)
            ok = add_alone(comparer, gains->before, before, i, false);
        else if (hf_holds_find(now, same) == now->num_holds)
            ok = add_common(comparer, now->num_holds, i);
    }
    return ok;
}

static void count_new_owners(struct comparer *comparer) {
    const struct hf_snapshot *now = comparer->gains->now;
    for (hf_node_id node = 0; node < now->num_nodes; node++) {
        bool is_owner = (hf_col_node_flags(now)[node] & HF_NODE_TYPE) != 0 ||
                        (hf_lookup_type(now, node)->flags & HF_TYPE_MODULE) != 0;
        comparer->num_new_owners += is_owner && !hf_bitset_has(&comparer->match->now.same, node);
    }
}

/*
 * What a call has just left behind may still lie on the stack, where nobody uses it any more. The stack explains
 * nothing of a type of which more is unexplained.
 */
static bool doubt_stack(struct hf_sums *sums) {
    for (size_t i = 0, count = hf_sums_count(sums); i < count; i++) {
        const struct hf_native_sum on_stack = hf_sums_list(sums)[i];
        if (on_stack.reason != HF_NATIVE_STACK || on_stack.references_growth <= 0)
            continue;
        struct hf_native_sum *sum = hf_sums_get(sums, on_stack.type, HF_NATIVE_UNEXPLAINED, "");
        if (sum == NULL)
            return false;
        if (sum->references_growth <= on_stack.references_growth)
            continue;
        sum->references_growth += on_stack.references_growth;
        sum->objects_growth += on_stack.objects_growth;
        sum->num_new += on_stack.num_new;
        sum->num_gone += on_stack.num_gone;
        sum->num_raised += on_stack.num_raised;
        hf_sums_list(sums)[i].references_growth = 0;
    }
    return true;
}

static enum hf_status compare(const struct hf_gains *gains, const struct hf_match *match, struct hf_sums *sums,
                              struct hf_error *error) {
    struct comparer comparer = {.gains = gains, .match = match, .sums = sums};
    count_new_owners(&comparer);
    bool ok = add_now(&comparer) && add_before(&comparer) && doubt_stack(sums);
    return ok ? HF_OK : hf_fail_nomem(error);
}

enum hf_status hf_gains_add(const struct hf_gains *gains, struct hf_sums *sums, bool *by_address,
                            struct hf_error *error) {
    struct hf_places places = {0};
    struct hf_census census = {0};
    struct hf_moment *before = NULL, *now = NULL;
    struct hf_match match = {0};
    enum hf_status status = hf_moment_create(gains->before, &places, &census, gains->progress, &before, error);
    if (status == HF_OK)
        status = hf_moment_create(gains->now, &places, &census, gains->progress, &now, error);
    if (status == HF_OK)
        status = hf_match_init(&match, before, now, &census, error);
    *by_address = match.identity.by_address;
    if (status == HF_OK)
        status = compare(gains, &match, sums, error);
    hf_match_deinit(&match);
    hf_moment_destroy(now);
    hf_moment_destroy(before);
    hf_census_deinit(&census);
    hf_places_deinit(&places);
    return status;
}

/* ---- in words ---- */

/* "1 more object of type list", "1,000 more references to one list". */
static void add_amount(struct hf_text *text, const struct hf_native_sum *sum) {
    if (sum->objects_growth > 0) {
        hf_text_add_count(text, (uint64_t)sum->objects_growth);
        hf_text_addf(text, " more %s of type %s", sum->objects_growth == 1 ? "object" : "objects", sum->type);
        if (sum->references_growth == sum->objects_growth)
            return;
        hf_text_add(text, ", by ");
    }
    hf_text_add_count(text, (uint64_t)sum->references_growth);
    hf_text_addf(text, " more reference%s", sum->references_growth == 1 ? "" : "s");
    if (sum->objects_growth > 0)
        return;
    hf_text_addf(text, sum->num_raised == 1 && sum->num_new == 0 ? " to one object of type %s"
                                                                 : " to objects of type %s", sum->type);
}

static void add_rate(struct hf_text *text, const struct hf_native_sum *sum, uint64_t num_calls) {
    double rate = (double)sum->references_growth / (double)num_calls;
    if (num_calls > 0)
        hf_text_addf(text, ", %.3g per call", rate);
}

/* An object that the collector does not track, and that nobody refers to, is not in a snapshot; its class counts it. */
static void add_advice(struct hf_text *text, const struct hf_native_sum *sum, uint64_t num_calls) {
    const char *where = sum->most.is_class           ? "it is used, or where objects of it are made"
                        : sum->objects_growth > 0 ? "such objects are made"
                                                  : "it is used";
    bool is_each = num_calls > 0 && (uint64_t)sum->references_growth >= num_calls;
    hf_text_addf(text, "; nothing that is known explains %s. ", sum->references_growth == 1 ? "it" : "them");
    hf_text_addf(text, is_each ? "A Py_DECREF is missing where %s"
                               : "If it goes on so with more calls, a Py_DECREF is missing where %s", where);
}

const char *hf_gain_print(const struct hf_native_sum *sum, uint64_t num_calls, struct hf_arena *arena) {
    struct hf_text text = HF_TEXT_INIT;
    hf_text_add(&text, sum->where[0] != '\0' ? sum->where : "native code");
    hf_text_add(&text, " holds ");
    add_amount(&text, sum);
    add_rate(&text, sum, num_calls);
    switch (sum->reason) {
    case HF_NATIVE_UNEXPLAINED: add_advice(&text, sum, num_calls); break;
    case HF_NATIVE_VARIABLE: hf_text_add(&text, " in static variables"); break;
    case HF_NATIVE_INTERPRETER: hf_text_add(&text, " in the state of the interpreter"); break;
    case HF_NATIVE_OBJECT: hf_text_add(&text, " in its objects"); break;
    case HF_NATIVE_STACK: hf_text_add(&text, " on the C stack of the thread that took the snapshot"); break;
    case HF_NATIVE_CONSTANT: hf_text_add(&text, ", as constants or as names that classes share"); break;
    case HF_NATIVE_CLASS: hf_text_add(&text, ", as the C code that makes classes does"); break;
    case HF_NATIVE_MODULE: hf_text_add(&text, ", as the import of modules does"); break;
    case HF_NATIVE_NUM_REASONS: break;
    }
    const char *copy = hf_arena_copy(arena, text.data != NULL ? text.data : "", text.length);
    arena->failed = arena->failed || text.failed;
    hf_text_deinit(&text);
    return copy;
}
