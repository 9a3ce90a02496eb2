/*
 * within.c - goes down from the units until something belongs to the application.
 *
 *   units       1,600 x TimerHandle
 *   the first     callback -> Future -> Task -> coroutine shop.mail.send_later()   found: its code
 *   all others                 ... the same code below them?                       counted
 *
 * What to look for is taken from the first unit alone; then it is counted in all.
 */
#include "analysis/suspects/within.h"

#include "analysis/lookup.h"
#include "base/error.h"

#define SHARE 0.8
#define FIRST_LOOK 4096      /* objects of the first unit that are asked */

enum rank { NOTHING = 0, FUNCTION, INSTANCE, RUNNING };

/* Two objects are of one kind when they have the same code, or, without code, the same type. */
struct kind {
    enum rank rank;
    hf_node_id code;
    uint32_t type;
};

static struct kind kind_of(const struct hf_survey *survey, hf_node_id node) {
    static const struct {
        uint32_t flag;
        enum rank rank;
        const char *code;
    } with_code[] = {
        {HF_TYPE_COROUTINE, RUNNING, "cr_code"},
        {HF_TYPE_GENERATOR, RUNNING, "gi_code"},
        {HF_TYPE_ASYNC_GENERATOR, RUNNING, "ag_code"},
        {HF_TYPE_FUNCTION, FUNCTION, "__code__"},
    };
    uint32_t flags = hf_lookup_type(survey->snapshot, node)->flags;
    struct kind kind = {(flags & HF_TYPE_HEAP) != 0 ? INSTANCE : NOTHING, HF_NO_NODE,
                        hf_col_node_type(survey->snapshot)[node]};
    for (size_t i = 0; i < sizeof with_code / sizeof with_code[0]; i++)
        if ((flags & with_code[i].flag) != 0)
            kind = (struct kind){with_code[i].rank, hf_lookup_part(survey->snapshot, node, with_code[i].code),
                                 kind.type};
    return kind;
}

static bool is_of_kind(const struct hf_survey *survey, hf_node_id node, const struct kind *wanted) {
    if (hf_col_node_type(survey->snapshot)[node] != wanted->type)
        return false;
    return wanted->code == HF_NO_NODE || kind_of(survey, node).code == wanted->code;
}

static bool is_own(const struct hf_survey *survey, hf_node_id node, struct hf_arena *arena,
                   struct hf_app_owner *owner) {
    enum hf_module_origin origin;
    return hf_app_owner_of(survey, node, arena, owner, &origin) && origin == HF_MODULE_APPLICATION;
}

/* The best kind below the first unit, and whose it is. Among equals the first in the order of the dominator tree. */
static struct kind choose(const struct hf_survey *survey, hf_node_id unit, struct hf_arena *arena,
                          struct hf_app_owner *owner) {
    const struct hf_dominator_tree *tree = &survey->dominators->tree;
    uint32_t first = hf_survey_position(survey, unit), span = hf_survey_span(survey, unit);
    struct kind best = {NOTHING, HF_NO_NODE, 0};
    struct hf_app_owner found;
    for (uint32_t at = first + 1; at < first + span && at - first <= FIRST_LOOK && best.rank < RUNNING; at++) {
        struct kind kind = kind_of(survey, tree->order[at]);
        if (kind.rank <= best.rank || !is_own(survey, tree->order[at], arena, &found))
            continue;
        best = kind;
        *owner = found;
    }
    return best;
}

static bool has_kind(const struct hf_survey *survey, hf_node_id unit, const struct kind *kind) {
    const hf_node_id *order = survey->dominators->tree.order;
    uint32_t first = hf_survey_position(survey, unit), span = hf_survey_span(survey, unit);
    for (uint32_t at = first + 1; at < first + span; at++)
        if (is_of_kind(survey, order[at], kind))
            return true;
    return false;
}

static const char *words_of(const struct hf_survey *survey, const struct kind *kind) {
    uint32_t flags = hf_col_types(survey->snapshot)[kind->type].flags;
    if (kind->rank == INSTANCE)
        return "an object of type";
    return (flags & HF_TYPE_FUNCTION) != 0 ? "the function"
           : (flags & HF_TYPE_COROUTINE) != 0 ? "the coroutine"
                                              : "the generator";
}

enum hf_status hf_within_find(const struct hf_survey *survey, const hf_node_id *units, size_t num_units,
                              struct hf_arena *arena, struct hf_within *out, struct hf_error *error) {
    *out = (struct hf_within){0};
    struct hf_app_owner owner;
    if (num_units == 0 || is_own(survey, units[0], arena, &owner))
        return HF_OK;
    struct kind kind = choose(survey, units[0], arena, &owner);
    for (size_t i = 0; i < num_units && kind.rank != NOTHING; i++)
        out->num_units += has_kind(survey, units[i], &kind);
    if (kind.rank != NOTHING && (double)out->num_units >= SHARE * (double)num_units) {
        out->what = words_of(survey, &kind);
        out->owner = owner;
    }
    return arena->failed ? hf_fail_nomem(error) : HF_OK;
}
