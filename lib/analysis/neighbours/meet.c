/*
 * meet.c - the references of all rows of a level, met one by one.
 *
 *   towards    member ─▶ target     the rows of its edges                      hf_around_meet_targets
 *   from       source ─▶ member     a scan over all edges with a bit set of    hf_around_meet_sources
 *              root   ─▶ member     the level, and over all roots              hf_around_meet_roots
 *
 * What the last level refers to, and what modules and types of libraries do, is counted only.
 */
#include "analysis/neighbours/around.h"

#include <xxhash.h>

#include "analysis/lookup.h"
#include "analysis/roots.h"
#include "base/error.h"
#include "graph/referrers.h"

#define ROOT_KEY (UINT64_C(1) << 63)
#define NATIVE_CODE "<native code>"

/* ---- a neighbour ---- */

static struct hf_step make_step(const struct hf_around *around, hf_node_id source, uint32_t edge) {
    if (hf_bitset_has(&around->alone, source))
        return (struct hf_step){source, HF_NO_NODE, edge};
    return hf_step_make(&around->dicts, source, edge);
}

static bool is_inside(const struct hf_around *around, hf_node_id source, uint32_t edge) {
    hf_node_id target = around->graph.target[edge];
    return hf_dicts_is_inside(&around->dicts, source, edge) && !hf_bitset_has(&around->alone, target);
}

static void meet(struct hf_around *around, uint32_t row, hf_node_id neighbour, const struct hf_step *step) {
    enum hf_namespace space = step->dict != HF_NO_NODE ? HF_NAMESPACE_ATTRIBUTES : HF_NAMESPACE_NONE;
    uint64_t label = hf_labels_get(around->labels, hf_step_source(step), step->edge, space);
    const struct hf_branch branch = {
        .interest = hf_interest_of(around->snapshot, neighbour, step),
        .node = neighbour,
        .step = *step,
    };
    hf_level_meet(&around->level, row, label << 32 | hf_col_node_type(around->snapshot)[neighbour], 1, &branch);
}

/* The name of an attribute is read in the reference to its value: it is no neighbour by itself. */
static bool is_name_of_attribute(const struct hf_around *around, const struct hf_step *step) {
    return step->dict != HF_NO_NODE && hf_graph_edge_kind(&around->graph, step->edge) == HF_NAME_KEY;
}

static void follow_node(struct hf_around *around, uint32_t row, hf_node_id source, bool is_counted_only) {
    const struct hf_graph *graph = &around->graph;
    for (uint32_t edge = graph->row[source]; edge < graph->row[source + 1]; edge++) {
        struct hf_step step = make_step(around, source, edge);
        if (is_inside(around, source, edge) || is_name_of_attribute(around, &step))
            continue;
        if (is_counted_only)
            hf_around_rows(around)[row].public.num_further++;
        else
            meet(around, row, hf_around_unit(around, graph->target[edge]), &step);
    }
}

void hf_around_meet_targets(struct hf_around *around) {
    for (uint32_t row = around->begin; row < around->end; row++) {
        const struct hf_around_row *info = &hf_around_rows(around)[row];
        for (size_t i = info->first_member; i < info->first_member + info->num_members; i++) {
            hf_node_id node = hf_around_members(around)[i], dict = hf_around_dict(around, node);
            bool is_counted_only = around->is_last || hf_bitset_has(&around->ends, node);
            follow_node(around, row, node, is_counted_only);
            if (dict != HF_NO_NODE)
                follow_node(around, row, dict, is_counted_only);
        }
    }
}

/* The row of the level that follows a node, or HF_NO_ROW. */
static uint32_t row_in_level(const struct hf_around *around, hf_node_id node) {
    uint32_t row = hf_around_placed(around)[node] - 1;
    return row >= around->begin && row < around->end ? row : HF_NO_ROW;
}

static void meet_source(void *context, hf_node_id source, uint32_t edge) {
    struct hf_around *around = context;
    hf_node_id target = around->graph.target[edge];
    uint32_t row = row_in_level(around, target);
    if (is_inside(around, source, edge))
        return;
    if (around->is_last || hf_bitset_has(&around->ends, hf_around_unit(around, target))) {
        hf_around_rows(around)[row].public.num_further++;
        return;
    }
    struct hf_step step = make_step(around, source, edge);
    meet(around, row, step.owner, &step);
}

enum hf_status hf_around_meet_sources(struct hf_around *around) {
    struct hf_bitset targets;
    if (!hf_bitset_init(&targets, around->graph.num_nodes))
        return hf_fail_nomem(around->error);
    for (uint32_t row = around->begin; row < around->end; row++) {
        const struct hf_around_row *info = &hf_around_rows(around)[row];
        for (size_t i = info->first_member; i < info->first_member + info->num_members; i++) {
            hf_node_id dict = hf_around_dict(around, hf_around_members(around)[i]);
            hf_bitset_add(&targets, hf_around_members(around)[i]);
            if (dict != HF_NO_NODE)
                hf_bitset_add(&targets, dict);
        }
    }
    enum hf_status status = hf_referrers_scan(&around->graph, &targets, meet_source, around, around->options.progress,
                                              around->error);
    hf_bitset_deinit(&targets);
    return status;
}

/* ---- roots, which refer as well ---- */

void hf_around_print_root(const struct hf_around *around, uint32_t index, struct hf_text *text) {
    switch (hf_col_roots(around->snapshot)[index].kind) {
    case HF_ROOT_FRAME: hf_root_print_masked(text, around->snapshot, index); return;
    case HF_ROOT_OUTSIDE: hf_text_add(text, NATIVE_CODE); return;
    default: hf_root_print(text, around->snapshot, index); return;
    }
}

static void meet_root(struct hf_around *around, uint32_t index, struct hf_text *text) {
    const struct hf_root_record *root = &hf_col_roots(around->snapshot)[index];
    uint32_t row = row_in_level(around, root->node);
    bool is_module = (hf_lookup_type(around->snapshot, root->node)->flags & HF_TYPE_MODULE) != 0;
    if (row == HF_NO_ROW || !hf_interest_in_root((enum hf_root_kind)root->kind, is_module) ||
        hf_bitset_has(&around->ends, root->node))
        return;
    if (around->is_last) {
        hf_around_rows(around)[row].public.num_further += root->count;
        return;
    }
    hf_text_cut(text, 0);
    hf_around_print_root(around, index, text);
    const struct hf_branch branch = {.node = HF_NO_NODE, .step = {HF_NO_NODE, HF_NO_NODE, index}};
    uint64_t key = ROOT_KEY | XXH3_64bits(text->data != NULL ? text->data : "", text->length);
    hf_level_meet(&around->level, row, key, root->count, &branch);
}

void hf_around_meet_roots(struct hf_around *around) {
    struct hf_text text = HF_TEXT_INIT;
    for (uint32_t i = 0; i < hf_num_roots(around->snapshot); i++)
        meet_root(around, i, &text);
    around->level.failed = around->level.failed || text.failed;
    hf_text_deinit(&text);
}
