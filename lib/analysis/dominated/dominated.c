/*
 * dominated.c - what the heap or a selection retains, as rows: a walk down the dominator tree.
 *
 *   tops     what no selected object, or nothing at all, dominates        entries.c
 *   rows     one for each that is large enough, what is below it after it, as deep as max_depth        by_*.c, rows.c
 *
 * The walk is as deep as max_depth, never as deep as the tree.
 */
#include <holdfast/dominated.h>

#include "analysis/dominated/descent.h"
#include "base/error.h"
#include "base/options.h"

#define DEFAULT_DEPTH 4
#define MAX_DEPTH 64
#define DEFAULT_CHILDREN 10
#define SHARE_SHOWN 200

/* Those of them that no other one of them dominates. */
static void add_selected(struct hf_descent *descent, struct hf_entries *tops, const struct hf_selection *selection) {
    struct hf_bitset is_selected;
    descent->failed |= !hf_bitset_init(&is_selected, descent->snapshot->num_nodes);
    for (size_t i = 0; i < selection->num_nodes && !descent->failed; i++)
        hf_bitset_add(&is_selected, selection->nodes[i]);
    const struct hf_dominator_tree *tree = &descent->dominators->tree;
    for (uint32_t at = 0; at < tree->num_nodes && !descent->failed;) {
        bool is_first = hf_bitset_has(&is_selected, tree->order[at]);
        if (is_first) {
            hf_entries_add(descent, tops, tree->order[at]);
            hf_retained_add(&descent->answer->public.total,
                            hf_dominators_get_retained(descent->dominators, tree->order[at]));
        }
        at += is_first ? tree->count[at] : 1;
    }
    hf_bitset_deinit(&is_selected);
}

static void choose_min(struct hf_descent *descent) {
    if (descent->options.min_bytes == 0)
        descent->options.min_bytes = descent->answer->public.total.size_bytes / SHARE_SHOWN;
}

static void walk(struct hf_descent *descent, struct hf_entries *tops) {
    if (descent->options.by == HF_DOMINATED_BY_TYPE)
        hf_descent_by_type(descent, tops, 0);
    else
        hf_descent_by_object(descent, tops, 0, NULL);
}

static void walk_selection(struct hf_descent *descent) {
    struct hf_entries tops = {0};
    add_selected(descent, &tops, descent->options.selection);
    choose_min(descent);
    walk(descent, &tops);
    hf_region_deinit(&tops.region);
}

static enum hf_status walk_heap(struct hf_descent *descent) {
    struct hf_retained *total = &descent->answer->public.total;
    struct hf_entries tops = {0};
    enum hf_status status = HF_OK;
    *total = hf_dominators_get_retained(descent->dominators, HF_NO_NODE);
    hf_retained_add(total, hf_dominators_get_garbage(descent->dominators));
    choose_min(descent);
    if (descent->options.by > HF_DOMINATED_BY_TYPE) {
        status = hf_descent_by_holder(descent);
    } else {
        hf_entries_add_children(descent, &tops, HF_NO_NODE, HF_NO_NODE);
        walk(descent, &tops);
    }
    hf_region_deinit(&tops.region);
    return status == HF_OK ? hf_descent_by_cycle(descent) : status;
}

static enum hf_status run(struct hf_descent *descent) {
    const struct hf_progress *progress = descent->options.progress;
    enum hf_status status = hf_dominators_get(descent->snapshot, progress, &descent->dominators, descent->error);
    if (status == HF_OK)
        status = hf_tree_get(descent->snapshot, progress, &descent->paths, descent->error);
    if (status == HF_OK && !hf_bitset_init(&descent->listed, descent->snapshot->num_nodes))
        status = hf_fail_nomem(descent->error);
    if (status == HF_OK && descent->options.selection != NULL)
        walk_selection(descent);
    else if (status == HF_OK)
        status = walk_heap(descent);
    hf_bitset_deinit(&descent->listed);
    bool is_whole = !descent->failed && !descent->answer->arena.failed;
    return status == HF_OK && !is_whole ? hf_fail_nomem(descent->error) : status;
}

static enum hf_status read_options(struct hf_descent *descent, const struct hf_dominated_options *given) {
    struct hf_dominated_options *options = &descent->options;
    if (!hf_options_copy(options, sizeof *options, given))
        return hf_fail(descent->error, HF_ERR_ARGUMENT, "struct_size of the options is not set");
    if ((unsigned)options->by > HF_DOMINATED_BY_ROOT)
        return hf_fail(descent->error, HF_ERR_ARGUMENT, "there is no order %u of dominators", (unsigned)options->by);
    if (options->selection != NULL && options->by > HF_DOMINATED_BY_TYPE)
        return hf_fail(descent->error, HF_ERR_ARGUMENT,
                       "who holds the heap is a question about all of it: ask without a selector");
    if (options->max_depth == 0)
        options->max_depth = DEFAULT_DEPTH;
    if (options->max_depth > MAX_DEPTH)
        options->max_depth = MAX_DEPTH;
    if (options->max_children == 0)
        options->max_children = DEFAULT_CHILDREN;
    return HF_OK;
}

enum hf_status hf_dominated_create(const struct hf_snapshot *snapshot, const struct hf_dominated_options *given,
                                   struct hf_dominated **out, struct hf_error *error) {
    struct hf_descent descent = {.snapshot = snapshot, .error = error};
    enum hf_status status = read_options(&descent, given);
    if (status != HF_OK)
        return status;
    struct hf_dominated_answer *answer = descent.answer = hf_alloc(1, sizeof *answer);
    if (answer == NULL)
        return hf_fail_nomem(error);
    status = run(&descent);
    answer->public.rows = (const struct hf_dominated_row *)(const void *)answer->rows.data;
    answer->public.num_rows = answer->rows.used_bytes / sizeof(struct hf_dominated_row);
    if (status == HF_OK)
        *out = &answer->public;
    else
        hf_dominated_destroy(&answer->public);
    return status;
}

void hf_dominated_destroy(struct hf_dominated *dominated) {
    struct hf_dominated_answer *answer = (struct hf_dominated_answer *)dominated;
    if (answer == NULL)
        return;
    hf_region_deinit(&answer->rows);
    hf_arena_deinit(&answer->arena);
    hf_free(answer);
}
