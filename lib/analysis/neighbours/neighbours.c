/*
 * neighbours.c - breadth first around the selected objects, a level of rows at a time.
 *
 *   selected ──▶ level 0 ──▶ level 1 ──▶ ... ──▶ level `depth`, which is counted only      around.h
 */
#include "analysis/neighbours/around.h"

#include "base/error.h"
#include "base/options.h"
#include "base/sorted.h"

#define DEFAULT_DEPTH 3
#define DEFAULT_ROWS 40
#define DEFAULT_BRANCHES 10
#define MAX_DEPTH 100
#define MAX_ROWS 100000

/* ---- the selected objects ---- */

static bool is_selected(const struct hf_selection *selection, hf_node_id node) {
    size_t at = hf_sorted_find_u32(selection->nodes, selection->num_nodes, sizeof node, node);
    return at < selection->num_nodes && selection->nodes[at] == node;
}

static enum hf_status add_focus(struct hf_around *around, const struct hf_selection *selection) {
    for (size_t i = 0; i < selection->num_nodes; i++) {
        hf_node_id node = selection->nodes[i], owner = hf_dicts_owner(&around->dicts, node);
        if (owner != node && !is_selected(selection, owner))
            hf_bitset_add(&around->alone, node);
    }
    struct hf_around_row *row = hf_around_add_row(around, HF_NO_ROW);
    if (row == NULL)
        return hf_fail_nomem(around->error);
    for (size_t i = 0; i < selection->num_nodes; i++) {
        hf_node_id node = selection->nodes[i];
        hf_bitset_remove(&around->ends, node);
        if (hf_around_unit(around, node) == node && !hf_around_place(around, row, node))
            return hf_fail_nomem(around->error);
    }
    return HF_OK;
}

/* ---- level by level ---- */

static enum hf_status look_around(struct hf_around *around) {
    if (around->options.direction == HF_NEIGHBOURS_REFERENCES) {
        hf_around_meet_targets(around);
        return HF_OK;
    }
    hf_around_meet_roots(around);
    return hf_around_meet_sources(around);
}

static enum hf_status add_level(struct hf_around *around) {
    hf_level_clear(&around->level);
    enum hf_status status = look_around(around);
    if (status == HF_OK)
        hf_level_sort(&around->level);
    if (status == HF_OK && (around->level.failed || around->labels->failed))
        status = hf_fail_nomem(around->error);
    return status == HF_OK ? hf_around_make_rows(around) : status;
}

static enum hf_status add_levels(struct hf_around *around) {
    unsigned last_depth = around->options.depth;
    enum hf_status status = HF_OK;
    around->end = around->num_rows;
    for (unsigned depth = 0; depth <= last_depth && around->begin < around->end && status == HF_OK; depth++) {
        around->is_last = depth == last_depth;
        status = add_level(around);
        around->begin = around->end;
        around->end = around->num_rows;
    }
    return status;
}

/* ---- the whole ---- */

static void clamp(unsigned *value, unsigned fallback, unsigned max) {
    if (*value == 0)
        *value = fallback;
    if (*value > max)
        *value = max;
}

static enum hf_status read_options(struct hf_around *around, const struct hf_neighbours_options *given) {
    struct hf_neighbours_options *options = &around->options;
    if (!hf_options_copy(options, sizeof *options, given))
        return hf_fail(around->error, HF_ERR_ARGUMENT, "struct_size of the options of neighbours is not set");
    if ((unsigned)options->direction > HF_NEIGHBOURS_REFERRERS)
        return hf_fail(around->error, HF_ERR_ARGUMENT, "there is no direction %u of neighbours",
                       (unsigned)options->direction);
    clamp(&options->depth, DEFAULT_DEPTH, MAX_DEPTH);
    clamp(&options->max_rows, DEFAULT_ROWS, MAX_ROWS);
    clamp(&options->max_branches, DEFAULT_BRANCHES, MAX_ROWS);
    return HF_OK;
}

static enum hf_status prepare(struct hf_around *around) {
    size_t num_nodes = around->graph.num_nodes;
    around->labels = hf_alloc(1, sizeof *around->labels);
    if (around->labels == NULL || !hf_bitset_init(&around->alone, num_nodes) ||
        !hf_bitset_init(&around->here, num_nodes) || !hf_interest_find_ends(&around->ends, around->snapshot) ||
        !hf_region_reserve(&around->placed, (num_nodes + 1) * sizeof(uint32_t)))
        return hf_fail_nomem(around->error);
    enum hf_status status = hf_labels_init(around->labels, around->snapshot, around->error);
    return status == HF_OK ? hf_dicts_init(&around->dicts, &around->graph, around->error) : status;
}

static void deinit(struct hf_around *around) {
    if (around->labels != NULL)
        hf_labels_deinit(around->labels);
    hf_free(around->labels);
    hf_dicts_deinit(&around->dicts);
    hf_bitset_deinit(&around->ends);
    hf_bitset_deinit(&around->alone);
    hf_bitset_deinit(&around->here);
    hf_region_deinit(&around->placed);
    hf_region_deinit(&around->row_region);
    hf_region_deinit(&around->member_region);
    hf_level_deinit(&around->level);
}

enum hf_status hf_neighbours_create(const struct hf_snapshot *snapshot, const struct hf_selection *selection,
                                    const struct hf_neighbours_options *options, struct hf_neighbours **out,
                                    struct hf_error *error) {
    struct hf_around around = {.snapshot = snapshot, .graph = hf_graph_of(snapshot), .error = error};
    enum hf_status status = read_options(&around, options);
    if (status != HF_OK)
        return status;
    around.answer = hf_alloc(1, sizeof *around.answer);
    if (around.answer == NULL)
        return hf_fail_nomem(error);
    around.answer->public.num_selected = selection->num_nodes;
    status = prepare(&around);
    if (status == HF_OK)
        status = add_focus(&around, selection);
    if (status == HF_OK)
        status = add_levels(&around);
    if (status == HF_OK)
        status = hf_around_hand_out(&around);
    deinit(&around);
    if (status == HF_OK)
        *out = &around.answer->public;
    else
        hf_neighbours_destroy(&around.answer->public);
    return status;
}

void hf_neighbours_destroy(struct hf_neighbours *neighbours) {
    struct hf_neighbours_answer *made = (struct hf_neighbours_answer *)neighbours;
    if (made == NULL)
        return;
    hf_arena_deinit(&made->arena);
    hf_free(made);
}
