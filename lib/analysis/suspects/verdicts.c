/*
 * verdicts.c - judges a path.
 *
 *   hop        module shop    .BUS        ._listeners    [3]              .__self__
 *   rule       expected       -           -              leaking          -
 *   spread     expected       unknown     unknown        leaking          leaking
 *   underlined                ~~~~        ~~~~~~~~~~~    ~~~
 *
 * Underlined are the references from the last expected object to the first that leaks: each of them could be the one
 * that was forgotten. Below it nothing can be done, above it nothing needs to be.
 */
#include "analysis/suspects/verdicts.h"

#include <string.h>

#include "analysis/lookup.h"
#include "analysis/suspects/ended.h"
#include "base/error.h"

#define SHARE 0.8
#define FIRST_LOOK 64        /* of many objects: when few of these have ended the rest is not asked */

const char *hf_verdict_name(enum hf_verdict verdict) {
    switch (verdict) {
    case HF_VERDICT_EXPECTED: return "expected";
    case HF_VERDICT_LEAKING: return "leaking";
    case HF_VERDICT_UNKNOWN: break;
    }
    return "unknown";
}

static bool is_type(const struct hf_survey *survey, hf_node_id node, const char *name) {
    return strcmp(hf_lookup_type_name(survey->snapshot, node), name) == 0;
}

static uint32_t type_flags(const struct hf_survey *survey, hf_node_id node) {
    return hf_lookup_type(survey->snapshot, node)->flags;
}

/* ---- rules for leaking ---- */

/* Why something leaks, and what to do: half a sentence each. Without a reason: it does not. */
struct leak {
    const char *reason, *remedy;
};

static struct leak something_ended(const struct hf_survey *survey, hf_node_id node) {
    return (struct leak){hf_ended_reason(survey, node), "whoever ends it should let go of it"};
}

/* A bound method that alone keeps its object alive: whoever listened is gone. */
static struct leak listener_of_a_dead_owner(const struct hf_survey *survey, hf_node_id node) {
    struct leak leak = {NULL, "what subscribes should unsubscribe, or be held by a weakref.WeakMethod"};
    if ((type_flags(survey, node) & HF_TYPE_METHOD) == 0)
        return leak;
    hf_node_id owner = hf_lookup_attribute(survey->snapshot, node, "__self__");
    if (owner != HF_NO_NODE && hf_dominators_get_parent(survey->dominators, owner) == node)
        leak.reason = "only this bound method keeps its object alive";
    return leak;
}

static struct leak kept_exception(const struct hf_survey *survey, hf_node_id node) {
    struct leak leak = {NULL, "keep the text of an exception, or set its __traceback__ to None"};
    if ((type_flags(survey, node) & HF_TYPE_EXCEPTION) == 0)
        return leak;
    hf_node_id traceback = hf_lookup_attribute(survey->snapshot, node, "__traceback__");
    if (traceback != HF_NO_NODE && is_type(survey, traceback, "traceback"))
        leak.reason = "an exception was kept: its traceback keeps the variables of all its calls";
    return leak;
}

static struct leak kept_traceback(const struct hf_survey *survey, hf_node_id node) {
    bool is_traceback = is_type(survey, node, "traceback");
    return (struct leak){is_traceback ? "a traceback was kept: it keeps the variables of its calls" : NULL,
                         "keep its text: traceback.format_tb()"};
}

static struct leak leak_of(const struct hf_survey *survey, hf_node_id node) {
    static struct leak (*const rules[])(const struct hf_survey *survey, hf_node_id node) = {
        something_ended, listener_of_a_dead_owner, kept_exception, kept_traceback,
    };
    struct leak leak = {NULL, NULL};
    for (size_t i = 0; i < sizeof rules / sizeof rules[0] && leak.reason == NULL; i++)
        leak = rules[i](survey, node);
    return leak;
}

struct hf_crowd_verdict hf_verdicts_ask(const struct hf_survey *survey, const hf_node_id *units, size_t num_units) {
    struct hf_crowd_verdict verdict = {.example = num_units > 0 ? units[0] : HF_NO_NODE};
    bool is_mixed = false;
    for (size_t i = 0; i < num_units; i++) {
        if (i == FIRST_LOOK && verdict.num_ended < FIRST_LOOK / 2)
            break;
        struct leak leak = leak_of(survey, units[i]);
        if (leak.reason == NULL)
            continue;
        if (verdict.num_ended++ == 0) {
            verdict.reason = leak.reason;
            verdict.remedy = leak.remedy;
            verdict.example = units[i];
        }
        is_mixed = is_mixed || strcmp(leak.reason, verdict.reason) != 0;
    }
    if ((double)verdict.num_ended < SHARE * (double)num_units)
        verdict.reason = NULL;
    else if (is_mixed)
        verdict.reason = "they have ended, in one way or another";
    return verdict;
}

/* ---- rules for expected ---- */

static const char *module_reason(const struct hf_survey *survey, hf_node_id node) {
    for (size_t i = 0; i < hf_num_roots(survey->snapshot); i++) {
        const struct hf_root_record *root = &hf_col_roots(survey->snapshot)[i];
        if (root->node != node || root->kind != HF_ROOT_MODULE)
            continue;
        switch (hf_modules_origin(&survey->modules, hf_snapshot_get_text(survey->snapshot, root->name, NULL))) {
        case HF_MODULE_APPLICATION: return "module of the application";
        case HF_MODULE_PACKAGE: return "module of an installed package";
        case HF_MODULE_PYTHON: return "module of Python";
        case HF_MODULE_UNKNOWN: break;
        }
    }
    return "module";
}

static const char *part_of_the_program(const struct hf_survey *survey, const struct hf_expected *expected,
                                       hf_node_id node) {
    if (!hf_bitset_has(&expected->nodes, node))
        return NULL;
    uint32_t flags = type_flags(survey, node);
    if ((flags & HF_TYPE_MODULE) != 0)
        return module_reason(survey, node);
    if ((hf_col_node_flags(survey->snapshot)[node] & HF_NODE_TYPE) != 0)
        return "class";
    return (flags & HF_TYPE_FUNCTION) != 0 ? "function" : "part of a module or class";
}

static const char *running_thread(const struct hf_survey *survey, const struct hf_expected *expected,
                                  hf_node_id node) {
    (void)expected;
    return hf_is_running_thread(survey, node) ? "the thread is running" : NULL;
}

/* A frame object of a call that has not returned is what a thread has as its root. */
static const char *running_frame(const struct hf_survey *survey, const struct hf_expected *expected,
                                 hf_node_id node) {
    (void)expected;
    if ((type_flags(survey, node) & HF_TYPE_FRAME) == 0)
        return NULL;
    for (size_t i = 0; i < hf_num_roots(survey->snapshot); i++)
        if (hf_col_roots(survey->snapshot)[i].node == node && hf_col_roots(survey->snapshot)[i].kind == HF_ROOT_FRAME)
            return "the function is running";
    return NULL;
}

static const char *event_loop(const struct hf_survey *survey, const struct hf_expected *expected, hf_node_id node) {
    (void)expected;
    bool is_loop = hf_lookup_attribute(survey->snapshot, node, "_ready") != HF_NO_NODE &&
                   hf_lookup_attribute(survey->snapshot, node, "_scheduled") != HF_NO_NODE;
    return is_loop && hf_ended_reason(survey, node) == NULL ? "event loop" : NULL;
}

static const char *expected_reason(const struct hf_survey *survey, const struct hf_expected *expected,
                                   hf_node_id node) {
    static const char *(*const rules[])(const struct hf_survey *survey, const struct hf_expected *expected,
                                        hf_node_id node) = {
        part_of_the_program, running_thread, running_frame, event_loop,
    };
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        const char *reason = rules[i](survey, expected, node);
        if (reason != NULL)
            return reason;
    }
    return NULL;
}

/* ---- the path ---- */

struct judge {
    const struct hf_survey *survey;
    const struct hf_expected *expected;
    const struct hf_route *route;
    struct hf_suspect_hop *hops;
    size_t num_hops;
    struct hf_arena *arena;
};

/* Native code and the interpreter hold functions, methods and classes that were given to them to be called. */
static bool is_given(const struct judge *judge, size_t hop) {
    enum hf_root_kind kind = hf_snapshot_get_root(judge->survey->snapshot, judge->route->root).kind;
    return hop == 0 && (kind == HF_ROOT_INTERPRETER || kind == HF_ROOT_OUTSIDE);
}

static void ask_rules(struct judge *judge) {
    for (size_t i = 0; i < judge->num_hops; i++) {
        hf_node_id node = hf_route_node(judge->survey, judge->route, i);
        struct hf_suspect_hop *hop = &judge->hops[i];
        const char *expected = is_given(judge, i) ? NULL : expected_reason(judge->survey, judge->expected, node);
        /* What a root holds itself is at work: an exception that is being handled, say. */
        const char *leaking = i == 0 ? NULL : leak_of(judge->survey, node).reason;
        hop->verdict = expected != NULL  ? HF_VERDICT_EXPECTED
                       : leaking != NULL ? HF_VERDICT_LEAKING
                                         : HF_VERDICT_UNKNOWN;
        hop->reason = expected != NULL ? expected : leaking != NULL ? leaking : "";
    }
}

static void add_share(struct hf_text *text, const struct hf_crowd_verdict *crowd, size_t num_units) {
    hf_text_add(text, crowd->num_ended == num_units ? "all " : "");
    hf_text_add_count(text, crowd->num_ended);
    if (crowd->num_ended < num_units) {
        hf_text_add(text, " of ");
        hf_text_add_count(text, num_units);
    }
    hf_text_addf(text, ": %s", crowd->reason);
}

/* The last hop stands for all units. */
static void judge_units(struct judge *judge, const struct hf_crowd_verdict *crowd, size_t num_units) {
    struct hf_suspect_hop *last = &judge->hops[judge->num_hops - 1];
    if (crowd == NULL || last->verdict == HF_VERDICT_EXPECTED)
        return;
    last->verdict = crowd->reason != NULL ? HF_VERDICT_LEAKING : HF_VERDICT_UNKNOWN;
    last->reason = "";
    if (crowd->reason == NULL)
        return;
    struct hf_text text = HF_TEXT_INIT;
    add_share(&text, crowd, num_units);
    last->reason = hf_arena_copy(judge->arena, text.data != NULL ? text.data : "", text.length);
    judge->arena->failed = judge->arena->failed || text.failed;
    hf_text_deinit(&text);
}

static void spread_up(struct judge *judge, size_t end) {
    for (size_t i = 0; i < end; i++) {
        if (judge->hops[i].verdict == HF_VERDICT_EXPECTED)
            continue;
        judge->hops[i].verdict = HF_VERDICT_EXPECTED;
        judge->hops[i].reason = "leads to what is expected";
    }
}

static void spread_down(struct judge *judge, size_t start) {
    for (size_t i = start; i < judge->num_hops; i++) {
        if (judge->hops[i].verdict == HF_VERDICT_LEAKING)
            continue;
        judge->hops[i].verdict = HF_VERDICT_LEAKING;
        judge->hops[i].reason = "held by what is leaking";
    }
}

/* num_expected: the hops up to the last one that is expected. */
static void spread(struct judge *judge) {
    size_t num_expected = judge->num_hops, first_leaking;
    while (num_expected > 0 && judge->hops[num_expected - 1].verdict != HF_VERDICT_EXPECTED)
        num_expected--;
    spread_up(judge, num_expected);
    for (first_leaking = num_expected; first_leaking < judge->num_hops; first_leaking++) {
        judge->hops[first_leaking].is_underlined = true;
        if (judge->hops[first_leaking].verdict == HF_VERDICT_LEAKING)
            break;
    }
    spread_down(judge, first_leaking);
}

enum hf_status hf_verdicts_judge(const struct hf_survey *survey, const struct hf_expected *expected,
                                 const struct hf_route *route, const struct hf_crowd_verdict *crowd, size_t num_units,
                                 struct hf_arena *arena, struct hf_suspect_hop *hops, struct hf_error *error) {
    struct judge judge = {survey, expected, route, hops, route->num_steps + 1, arena};
    ask_rules(&judge);
    judge_units(&judge, crowd, num_units);
    spread(&judge);
    return arena->failed ? hf_fail_nomem(error) : HF_OK;
}
