/*
 * freed.c - what goes when a cut is made, and what stays.
 *
 *                    cut
 *   root --> owner --X--> [ a --> b --> c ]        freed: what the roots reached, and do not reach without the cut
 *   root --> ...................> ^     |
 *                                       v
 *   root --> ........................ [ d --> e ]  kept: what these lead to and something else holds; d is the border
 *
 *   1. left         from the roots, without what is cut      2. reached  left, and on from there through the cut
 *   freed = reached and not left
 *   3. touched      from what is freed and from the targets of cut references; of this, kept = what is left
 *   4. paths        to the borders, without the cut: who holds them
 *
 * A search answers for any cut at all. The dominator tree would answer for one object at once, but it has to be there.
 */
#include "analysis/retained/cut.h"

#include <stdlib.h>

#include "analysis/path/groups.h"
#include "analysis/path/merged.h"
#include "analysis/retained/dominators.h"
#include "base/error.h"
#include "base/options.h"
#include "graph/reach.h"

#define DEFAULT_TYPES 10
#define DEFAULT_GROUPS 10

struct answer {
    struct hf_freed public;        /* first, so that the one is the other */
    struct hf_arena arena;
};

struct question {
    const struct hf_snapshot *snapshot;
    const struct hf_cut *cut;
    struct hf_freed_options options;
    struct hf_graph graph;
    struct hf_root_order order;      /* without the cut ones, after the first search */
    struct hf_bitset reached, left, touched;
    struct hf_region starts;         /* of the third search: what the cut frees, and targets of cut references */
    struct hf_region borders;
    struct answer *answer;
    struct hf_error *error;
};

static bool push(struct hf_region *region, hf_node_id node) {
    return hf_region_push(region, &node, sizeof node);
}

static const hf_node_id *nodes_in(const struct hf_region *region) {
    return (const hf_node_id *)(const void *)region->data;
}

static size_t num_nodes_in(const struct hf_region *region) {
    return region->used_bytes / sizeof(hf_node_id);
}

static void add_node(struct hf_retained *sum, const struct hf_snapshot *snapshot, hf_node_id node) {
    sum->count++;
    sum->size_bytes += hf_snapshot_get_size(snapshot, node);
}

/* ---- 1 and 2 ---- */

static bool is_freed(const struct question *question, hf_node_id node) {
    return hf_bitset_has(&question->reached, node) && !hf_bitset_has(&question->left, node);
}

static bool push_unless_left(struct question *question, struct hf_region *starts, hf_node_id node) {
    return hf_bitset_has(&question->left, node) || push(starts, node);
}

/* Without the cut no edge leads out of what is left: each that does is cut, or leads to a node that is. */
static enum hf_status find_crossings(struct question *question, struct hf_region *starts) {
    const struct hf_graph *graph = &question->graph;
    bool has_room = true;
    for (uint32_t root = 0; root < hf_num_roots(question->snapshot) && has_room; root++)
        has_room = push_unless_left(question, starts, hf_col_roots(question->snapshot)[root].node);
    for (hf_node_id node = 0; node < graph->num_nodes && has_room; node++) {
        if (!hf_bitset_has(&question->left, node))
            continue;
        for (uint32_t edge = graph->row[node]; edge < graph->row[node + 1] && has_room; edge++)
            has_room = push_unless_left(question, starts, graph->target[edge]);
    }
    return has_room ? HF_OK : hf_fail_nomem(question->error);
}

static enum hf_status search_without_cut(struct question *question) {
    const struct hf_reach_limits limits = {.nodes = &question->cut->nodes, .edges = &question->cut->edges};
    hf_root_order_remove(&question->order, &question->cut->roots);
    return hf_reach(&question->graph, question->order.nodes, question->order.num_roots, &limits, &question->left,
                    question->options.progress, question->error);
}

static enum hf_status search_through_cut(struct question *question) {
    struct hf_region starts = {0};
    enum hf_status status = find_crossings(question, &starts);
    hf_bitset_copy(&question->reached, &question->left);
    if (status == HF_OK)
        status = hf_reach(&question->graph, nodes_in(&starts), num_nodes_in(&starts), NULL, &question->reached,
                          question->options.progress, question->error);
    hf_region_deinit(&starts);
    return status;
}

static int compare_types(const void *left, const void *right) {
    const struct hf_freed_type *a = left, *b = right;
    if (a->freed.size_bytes != b->freed.size_bytes)
        return a->freed.size_bytes > b->freed.size_bytes ? -1 : 1;
    return (a->type > b->type) - (a->type < b->type);
}

/* Sums up what is freed, by type; the freed nodes start the third search. */
static enum hf_status sum_up(struct question *question) {
    const struct hf_snapshot *snapshot = question->snapshot;
    struct hf_freed *freed = &question->answer->public;
    size_t num_types = hf_num_types(snapshot);
    struct hf_freed_type *types = hf_arena_alloc(&question->answer->arena, num_types + 1, sizeof *types);
    if (types == NULL)
        return hf_fail_nomem(question->error);
    for (hf_node_id node = 0; node < snapshot->num_nodes; node++) {
        if (hf_bitset_has(&question->cut->nodes, node))
            add_node(&freed->cut, snapshot, node);
        if (!is_freed(question, node))
            continue;
        if (!push(&question->starts, node))
            return hf_fail_nomem(question->error);
        add_node(&freed->freed, snapshot, node);
        add_node(&types[hf_col_node_type(snapshot)[node]].freed, snapshot, node);
    }
    for (uint32_t type = 0; type < num_types; type++) {
        if (types[type].freed.count == 0)
            continue;
        types[freed->num_all_types] = (struct hf_freed_type){type, hf_snapshot_get_type(snapshot, type).name,
                                                             types[type].freed};
        freed->num_all_types++;
    }
    if (freed->num_all_types > 0)
        qsort(types, freed->num_all_types, sizeof *types, compare_types);
    freed->types = types;
    freed->num_types = freed->num_all_types < question->options.max_types ? freed->num_all_types
                                                                           : question->options.max_types;
    return HF_OK;
}

/* What the cut objects retain that no root reaches even now. */
static enum hf_status sum_garbage(struct question *question) {
    const struct hf_dominators *dominators = NULL;
    struct hf_retained *garbage = &question->answer->public.garbage;
    uint32_t end = 0;
    for (hf_node_id node = 0; node < question->snapshot->num_nodes && dominators == NULL; node++) {
        if (!hf_bitset_has(&question->cut->nodes, node) || hf_bitset_has(&question->reached, node))
            continue;
        enum hf_status status = hf_dominators_get(question->snapshot, question->options.progress, &dominators,
                                                  question->error);
        if (status != HF_OK)
            return status;
    }
    if (dominators == NULL)
        return HF_OK;
    const struct hf_dominator_tree *tree = &dominators->tree;
    for (uint32_t at = tree->num_reached; at < tree->num_nodes; at++) {
        if (at < end || !hf_bitset_has(&question->cut->nodes, tree->order[at]))
            continue;
        struct hf_retained retained = hf_dominators_get_retained(dominators, tree->order[at]);
        garbage->count += retained.count;
        garbage->size_bytes += retained.size_bytes;
        end = at + tree->count[at];
    }
    return HF_OK;
}

/* ---- 3 ---- */

static bool is_key_of_cut(const struct question *question, uint32_t edge) {
    return hf_graph_edge_kind(&question->graph, edge) == HF_NAME_KEY && edge + 1 < question->graph.num_edges &&
           hf_bitset_has(&question->cut->edges, edge + 1) &&
           hf_graph_edge_kind(&question->graph, edge + 1) == HF_NAME_VALUE;
}

static enum hf_status add_target(struct question *question, hf_node_id target, struct hf_bitset *seen) {
    struct hf_freed *freed = &question->answer->public;
    if (hf_bitset_has(seen, target) || !hf_bitset_has(&question->reached, target))
        return HF_OK;
    hf_bitset_add(seen, target);
    freed->num_targets++;
    if (is_freed(question, target))
        return HF_OK;
    freed->num_targets_kept++;
    return push(&question->starts, target) && push(&question->borders, target) ? HF_OK
                                                                               : hf_fail_nomem(question->error);
}

static enum hf_status find_targets(struct question *question, struct hf_bitset *seen) {
    enum hf_status status = HF_OK;
    const struct hf_cut *cut = question->cut;
    for (uint32_t edge = 0; edge < question->graph.num_edges && status == HF_OK; edge++)
        if (hf_bitset_has(&cut->edges, edge) && !is_key_of_cut(question, edge))
            status = add_target(question, question->graph.target[edge], seen);
    for (uint32_t root = 0; root < hf_num_roots(question->snapshot) && status == HF_OK; root++)
        if (hf_bitset_has(&cut->roots, root))
            status = add_target(question, hf_col_roots(question->snapshot)[root].node, seen);
    return status;
}

/* What is freed refers to them, and they stay. */
static enum hf_status find_borders(struct question *question, struct hf_bitset *seen) {
    const struct hf_graph *graph = &question->graph;
    size_t num_freed = (size_t)question->answer->public.freed.count;
    for (size_t i = 0; i < num_freed; i++) {
        hf_node_id node = nodes_in(&question->starts)[i];
        for (uint32_t edge = graph->row[node]; edge < graph->row[node + 1]; edge++) {
            hf_node_id target = graph->target[edge];
            if (is_freed(question, target) || hf_bitset_has(seen, target))
                continue;
            hf_bitset_add(seen, target);
            if (!push(&question->borders, target))
                return hf_fail_nomem(question->error);
        }
    }
    return HF_OK;
}

static enum hf_status find_kept(struct question *question) {
    struct hf_freed *freed = &question->answer->public;
    struct hf_bitset seen;
    enum hf_status status = hf_bitset_init(&seen, question->snapshot->num_nodes) ? HF_OK
                                                                                 : hf_fail_nomem(question->error);
    if (status == HF_OK)
        status = find_targets(question, &seen);
    if (status == HF_OK)
        status = find_borders(question, &seen);
    hf_bitset_deinit(&seen);
    if (status == HF_OK)
        status = hf_reach(&question->graph, nodes_in(&question->starts), num_nodes_in(&question->starts), NULL,
                          &question->touched, question->options.progress, question->error);
    for (hf_node_id node = 0; node < question->snapshot->num_nodes && status == HF_OK; node++)
        if (hf_bitset_has(&question->touched, node) && hf_bitset_has(&question->left, node))
            add_node(&freed->kept, question->snapshot, node);
    freed->num_borders = num_nodes_in(&question->borders);
    return status;
}

/* ---- 4 ---- */

static enum hf_status describe_groups(struct question *question, const struct hf_paths *paths,
                                      struct hf_groups *groups) {
    enum hf_status status = HF_OK;
    for (size_t i = 0; i < groups->num_groups && status == HF_OK; i++) {
        struct hf_route route;
        status = hf_route_init(&route, paths, &question->order, groups->longest[i], HF_NO_EDGE, question->error);
        if (status == HF_OK)
            status = hf_group_describe(question->snapshot, &route, &question->answer->arena, &groups->groups[i],
                                       question->error);
        hf_route_deinit(&route);
    }
    return status;
}

/* Merges the paths to the borders. */
static enum hf_status merge_paths(struct question *question, const struct hf_paths *paths, struct hf_groups *groups) {
    struct hf_selection *selection;
    struct hf_places places = {0};
    struct hf_placing placing = {0};
    enum hf_status status = hf_selection_create_nodes(question->snapshot, nodes_in(&question->borders),
                                                      num_nodes_in(&question->borders), &selection, question->error);
    if (status != HF_OK)
        return status;
    status = hf_placing_init(&placing, &places, question->snapshot, paths, &question->order, false,
                             question->options.progress, question->error);
    if (status == HF_OK)
        status = hf_groups_find(question->snapshot, &placing, selection, question->options.max_groups,
                                &question->answer->arena, groups, question->error);
    hf_placing_deinit(&placing);
    hf_places_deinit(&places);
    hf_selection_destroy(selection);
    return status;
}

static enum hf_status group_borders(struct question *question, const struct hf_paths *paths) {
    struct hf_groups groups;
    struct hf_freed *freed = &question->answer->public;
    enum hf_status status = merge_paths(question, paths, &groups);
    if (status == HF_OK)
        status = describe_groups(question, paths, &groups);
    if (status != HF_OK)
        return status;
    freed->groups = groups.groups;
    freed->num_groups = groups.num_groups;
    freed->num_all_groups = groups.num_all;
    return HF_OK;
}

static enum hf_status find_holders(struct question *question) {
    struct hf_paths paths = {0};
    if (num_nodes_in(&question->borders) == 0)
        return HF_OK;
    enum hf_status status = hf_paths_init(&paths, &question->graph, question->error);
    paths.avoid_edges = &question->cut->edges;
    if (status == HF_OK)
        status = hf_paths_compute(&paths, &question->order.roots, &question->cut->nodes, question->options.progress,
                                  question->error);
    if (status == HF_OK)
        status = group_borders(question, &paths);
    hf_paths_deinit(&paths);
    return status;
}

/* ---- the whole ---- */

static enum hf_status prepare(struct question *question) {
    uint32_t num_nodes = question->snapshot->num_nodes;
    struct answer *answer = question->answer;
    const struct hf_text *description = &question->cut->description;
    answer->public.num_references = question->cut->num_references;
    answer->public.description = hf_arena_copy(&answer->arena, description->length > 0 ? description->data : "nothing",
                                               description->length > 0 ? description->length : 7);
    if (answer->arena.failed || !hf_bitset_init(&question->reached, num_nodes) ||
        !hf_bitset_init(&question->left, num_nodes) || !hf_bitset_init(&question->touched, num_nodes))
        return hf_fail_nomem(question->error);
    return hf_root_order_init(&question->order, question->snapshot, question->error);
}

static enum hf_status answer(struct question *question) {
    enum hf_status status = prepare(question);
    if (status == HF_OK)
        status = search_without_cut(question);
    if (status == HF_OK)
        status = search_through_cut(question);
    if (status == HF_OK)
        status = sum_up(question);
    if (status == HF_OK)
        status = sum_garbage(question);
    if (status == HF_OK)
        status = find_kept(question);
    return status == HF_OK ? find_holders(question) : status;
}

static void end_question(struct question *question) {
    hf_root_order_deinit(&question->order);
    hf_bitset_deinit(&question->reached);
    hf_bitset_deinit(&question->left);
    hf_bitset_deinit(&question->touched);
    hf_region_deinit(&question->starts);
    hf_region_deinit(&question->borders);
}

enum hf_status hf_freed_create(const struct hf_snapshot *snapshot, const struct hf_cut *cut,
                               const struct hf_freed_options *options, struct hf_freed **out,
                               struct hf_error *error) {
    struct question question = {.snapshot = snapshot, .cut = cut, .graph = hf_graph_of(snapshot), .error = error};
    if (!hf_options_copy(&question.options, sizeof question.options, options))
        return hf_fail(error, HF_ERR_ARGUMENT, "struct_size of the options is not set");
    if (question.options.max_types == 0)
        question.options.max_types = DEFAULT_TYPES;
    if (question.options.max_groups == 0)
        question.options.max_groups = DEFAULT_GROUPS;
    question.answer = hf_alloc(1, sizeof *question.answer);
    if (question.answer == NULL)
        return hf_fail_nomem(error);
    enum hf_status status = answer(&question);
    end_question(&question);
    if (status == HF_OK)
        *out = &question.answer->public;
    else
        hf_freed_destroy(&question.answer->public);
    return status;
}

void hf_freed_destroy(struct hf_freed *freed) {
    struct answer *made = (struct answer *)freed;
    if (made == NULL)
        return;
    hf_arena_deinit(&made->arena);
    hf_free(made);
}
