/*
 * native.c - puts the answer together.
 *
 *   snapshot --holds.c--> what is held and why --sums.c--> by type and reason ──▶ rows
 *   old      --holds.c--> the same             --gains.c----> what grew          ──▶ grown
 *   edges    --danger.c-> what counts too little                                 ──▶ dangers
 */
#include <holdfast/native.h>

#include <stdlib.h>
#include <string.h>

#include "analysis/native/danger.h"
#include "analysis/native/gains.h"
#include "base/error.h"
#include "base/options.h"

#define MAX_VALUE_CHARS 60

struct answer {
    struct hf_native public;     /* first, so that the one is the other */
    struct hf_arena arena;
};

struct question {
    const struct hf_snapshot *snapshot, *old;
    struct hf_native_options options;
    struct hf_holds holds, old_holds;
    struct hf_sums sums;
    struct answer *answer;
    struct hf_error *error;
};

/* ---- rows ---- */

static const char *copy_text(struct question *question, const char *text) {
    return hf_arena_copy(&question->answer->arena, text, strlen(text));
}

static const char *print_value(struct question *question, hf_node_id node) {
    char value[512] = "";
    if (node != HF_NO_NODE)
        hf_snapshot_print_value(question->snapshot, node, MAX_VALUE_CHARS, value, sizeof value);
    return copy_text(question, value);
}

/* Unexplained ones first, then the largest number. */
static int compare_numbers(enum hf_native_reason a_reason, enum hf_native_reason b_reason, uint64_t a, uint64_t b) {
    bool a_first = a_reason == HF_NATIVE_UNEXPLAINED, b_first = b_reason == HF_NATIVE_UNEXPLAINED;
    if (a_first != b_first)
        return a_first ? -1 : 1;
    return (a < b) - (a > b);
}

static int compare_texts(const struct hf_native_sum *a, const struct hf_native_sum *b) {
    int order = strcmp(a->type, b->type);
    if (order == 0)
        order = strcmp(a->where, b->where);
    return order != 0 ? order : (int)a->reason - (int)b->reason;
}

static int compare_held(const void *left, const void *right) {
    const struct hf_native_sum *a = left, *b = right;
    int order = compare_numbers(a->reason, b->reason, a->num_references, b->num_references);
    return order != 0 ? order : compare_texts(a, b);
}

static uint64_t growth_of(const struct hf_native_sum *sum) {
    return sum->references_growth > 0 ? (uint64_t)sum->references_growth : 0;
}

static int compare_grown(const void *left, const void *right) {
    const struct hf_native_sum *a = left, *b = right;
    if ((growth_of(a) > 0) != (growth_of(b) > 0))
        return growth_of(a) > 0 ? -1 : 1;
    int order = compare_numbers(a->reason, b->reason, growth_of(a), growth_of(b));
    return order != 0 ? order : compare_texts(a, b);
}

static size_t limited(const struct question *question, size_t count) {
    return question->options.limit > 0 && question->options.limit < count ? question->options.limit : count;
}

static struct hf_native_row make_row(struct question *question, const struct hf_native_sum *sum) {
    return (struct hf_native_row){
        .type = copy_text(question, sum->type),
        .reason = sum->reason,
        .where = copy_text(question, sum->where),
        .num_objects = sum->num_objects,
        .num_references = sum->num_references,
        .example = sum->largest.node,
        .example_references = sum->largest.count,
        .example_value = print_value(question, sum->largest.node),
        .example_variable = copy_text(question, sum->largest.variable),
    };
}

/* What is held now. Sorting moves the sums, which are not looked up any more. */
static bool list_rows(struct question *question) {
    struct hf_native *native = &question->answer->public;
    struct hf_native_sum *sums = hf_sums_list(&question->sums);
    size_t count = hf_sums_count(&question->sums);
    if (count > 0)
        qsort(sums, count, sizeof *sums, compare_held);
    for (size_t i = 0; i < count; i++)
        native->num_all_rows += sums[i].num_objects > 0;
    native->num_rows = limited(question, native->num_all_rows);
    struct hf_native_row *rows = hf_arena_alloc(&question->answer->arena, native->num_rows + 1, sizeof *rows);
    size_t num_rows = 0;
    for (size_t i = 0; rows != NULL && i < count && num_rows < native->num_rows; i++)
        if (sums[i].num_objects > 0)
            rows[num_rows++] = make_row(question, &sums[i]);
    native->rows = rows;
    return rows != NULL;
}

static struct hf_native_growth make_growth(struct question *question, const struct hf_native_sum *sum) {
    uint64_t num_calls = question->options.num_calls;
    bool by_address = question->answer->public.by_address;
    return (struct hf_native_growth){
        .type = copy_text(question, sum->type),
        .reason = sum->reason,
        .where = copy_text(question, sum->where),
        .references_growth = sum->references_growth,
        .objects_growth = sum->objects_growth,
        .num_new = by_address ? sum->num_new : 0,
        .num_gone = by_address ? sum->num_gone : 0,
        .num_raised = sum->num_raised,
        .example = by_address ? sum->most.node : HF_NO_NODE,
        .example_then = by_address ? sum->most.then : 0,
        .example_now = by_address ? sum->most.now : 0,
        .example_value = print_value(question, by_address ? sum->most.node : HF_NO_NODE),
        .per_call = num_calls > 0 ? (double)sum->references_growth / (double)num_calls : 0,
        .text = hf_gain_print(sum, num_calls, &question->answer->arena),
    };
}

static bool list_grown(struct question *question) {
    struct hf_native *native = &question->answer->public;
    struct hf_native_sum *sums = hf_sums_list(&question->sums);
    size_t count = hf_sums_count(&question->sums);
    if (count > 0)
        qsort(sums, count, sizeof *sums, compare_grown);
    while (native->num_all_grown < count && growth_of(&sums[native->num_all_grown]) > 0)
        native->num_unexplained_grown += sums[native->num_all_grown++].reason == HF_NATIVE_UNEXPLAINED;
    native->num_grown = limited(question, native->num_all_grown);
    struct hf_native_growth *grown = hf_arena_alloc(&question->answer->arena, native->num_grown + 1, sizeof *grown);
    for (size_t i = 0; grown != NULL && i < native->num_grown; i++)
        grown[i] = make_growth(question, &sums[i]);
    native->grown = grown;
    return grown != NULL;
}

/* ---- sums ---- */

static void count_held(struct question *question) {
    struct hf_native *native = &question->answer->public;
    const struct hf_holds *holds = &question->holds;
    for (size_t i = 0, end; i < holds->num_holds; i = end) {
        uint64_t unexplained = 0;
        end = hf_holds_end(holds, i);
        for (size_t hold = i; hold < end; hold++) {
            native->num_references += holds->list[hold].count;
            unexplained += holds->list[hold].reason == HF_NATIVE_UNEXPLAINED ? holds->list[hold].count : 0;
        }
        native->num_objects++;
        native->num_unexplained_objects += unexplained > 0;
        native->num_unexplained_references += unexplained;
    }
    for (hf_node_id node = 0; node < question->snapshot->num_nodes; node++)
        native->num_immortal += (hf_col_node_flags(question->snapshot)[node] & HF_NODE_IMMORTAL) != 0;
}

/* ---- the answer ---- */

static enum hf_status compare(struct question *question) {
    struct hf_native *native = &question->answer->public;
    const struct hf_gains gains = {
        .now = question->snapshot,
        .before = question->old,
        .holds_now = &question->holds,
        .holds_before = &question->old_holds,
        .progress = question->options.progress,
    };
    native->is_comparison = true;
    native->num_calls = question->options.num_calls;
    enum hf_status status = hf_holds_init(&question->old_holds, question->old, &question->answer->arena,
                                          question->error);
    return status == HF_OK ? hf_gains_add(&gains, &question->sums, &native->by_address, question->error) : status;
}

static enum hf_status answer(struct question *question) {
    struct hf_native *native = &question->answer->public;
    struct hf_arena *arena = &question->answer->arena;
    enum hf_status status = hf_holds_init(&question->holds, question->snapshot, arena, question->error);
    if (status == HF_OK)
        status = hf_sums_add(&question->sums, question->snapshot, &question->holds, question->error);
    if (status == HF_OK && question->old != NULL)
        status = compare(question);
    if (status == HF_OK)
        status = hf_danger_find(question->snapshot, question->options.limit, arena, &native->dangers,
                                &native->num_dangers, &native->num_all_dangers, question->error);
    if (status != HF_OK)
        return status;
    count_held(question);
    bool ok = list_rows(question) && list_grown(question) && !arena->failed;
    return ok ? HF_OK : hf_fail_nomem(question->error);
}

enum hf_status hf_native_create(const struct hf_snapshot *snapshot, const struct hf_snapshot *old,
                                const struct hf_native_options *options, struct hf_native **out,
                                struct hf_error *error) {
    struct question question = {.snapshot = snapshot, .old = old, .error = error};
    if (!hf_options_copy(&question.options, sizeof question.options, options))
        return hf_fail(error, HF_ERR_ARGUMENT, "hf_native_options has no struct_size");
    question.answer = hf_alloc(1, sizeof *question.answer);
    if (question.answer == NULL)
        return hf_fail_nomem(error);
    enum hf_status status = answer(&question);
    hf_sums_deinit(&question.sums);
    hf_holds_deinit(&question.old_holds);
    hf_holds_deinit(&question.holds);
    if (status == HF_OK)
        *out = &question.answer->public;
    else
        hf_native_destroy(&question.answer->public);
    return status;
}

void hf_native_destroy(struct hf_native *native) {
    struct answer *own = (struct answer *)native;
    if (own == NULL)
        return;
    hf_arena_deinit(&own->arena);
    hf_free(own);
}
