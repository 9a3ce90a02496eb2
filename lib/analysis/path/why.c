/*
 * why.c - puts the answer together.
 *
 *   many objects   tree of all paths -> groups -> an example of the largest group
 *   that object    tree of all paths but those through it -> its owners, nearest first -> a path for each
 *
 * For one object the second step alone is enough: the shortest path to it never passes through it. Its owners' paths in
 * the second tree do not either, so that each path shows another way in which it is held.
 *
 * The second tree is the first one but for what hangs below the object: a node that is not below it is reached as
 * before when others are reached later or not at all, because whoever came before its parent still is none of its
 * neighbours. So if nothing below the object refers to it, the first tree, which is kept with the snapshot, does for
 * both.
 */
#include <holdfast/path.h>

#include "analysis/path/avoid.h"
#include "analysis/path/groups.h"
#include "analysis/path/hops.h"
#include "analysis/path/merged.h"
#include "analysis/path/owners.h"
#include "analysis/path/tree.h"
#include "base/error.h"
#include "base/options.h"

#define DEFAULT_GROUPS 10

struct answer {
    struct hf_why public;        /* first, so that the one is the other */
    struct hf_arena arena;
};

struct question {
    const struct hf_snapshot *snapshot;
    const struct hf_selection *selection;
    struct hf_why_options options;
    const struct hf_dominators *dominators;   /* NULL: what hops retain was not asked for */
    struct hf_graph graph;
    struct hf_root_order order;
    bool avoids;                     /* there are words of what to avoid */
    struct hf_bitset avoid;
    const struct hf_paths *paths;    /* the tree that is looked at: that of all paths, or the next one */
    struct hf_paths own;             /* one that avoids something; empty if none was needed */
    struct answer *answer;
    struct hf_error *error;
};

static enum hf_status prepare(struct question *question) {
    const struct hf_why_options *options = &question->options;
    enum hf_status status = hf_root_order_init(&question->order, question->snapshot, question->error);
    if (status != HF_OK)
        return status;
    if (!hf_bitset_init(&question->avoid, question->snapshot->num_nodes))
        return hf_fail_nomem(question->error);
    question->avoids = options->num_avoid > 0;
    if (options->retained)
        status = hf_dominators_get(question->snapshot, options->progress, &question->dominators, question->error);
    if (status != HF_OK || !question->avoids)
        return status;
    return hf_avoid_words(question->snapshot, options->avoid, options->num_avoid, &question->avoid, question->error);
}

/* Looks at a tree of its own, without the paths through what is to be avoided. */
static enum hf_status compute(struct question *question) {
    enum hf_status status = HF_OK;
    if (question->own.graph == NULL)
        status = hf_paths_init(&question->own, &question->graph, question->error);
    if (status == HF_OK)
        status = hf_paths_compute(&question->own, &question->order.roots, &question->avoid, question->options.progress,
                                  question->error);
    question->paths = &question->own;
    return status;
}

/* Looks at the tree of all paths. */
static enum hf_status find_tree(struct question *question, const struct hf_tree **out) {
    enum hf_status status = hf_tree_get(question->snapshot, question->options.progress, out, question->error);
    if (status == HF_OK)
        question->paths = &(*out)->paths;
    return status;
}

/* ---- groups ---- */

static enum hf_status describe_group(struct question *question, struct hf_path_group *group, hf_node_id member) {
    struct hf_route route;
    enum hf_status status = hf_route_init(&route, question->paths, &question->order, member, HF_NO_EDGE,
                                          question->error);
    if (status == HF_OK)
        status = hf_group_describe(question->snapshot, &route, &question->answer->arena, group, question->error);
    hf_route_deinit(&route);
    return status;
}

static enum hf_status count_groups(struct question *question, struct hf_placing *placing, struct hf_groups *groups) {
    return hf_groups_find(question->snapshot, placing, question->selection, question->options.max_groups,
                          &question->answer->arena, groups, question->error);
}

static enum hf_status merge_all(struct question *question, struct hf_groups *groups) {
    const struct hf_tree *tree;
    struct hf_placing *placing;
    enum hf_status status = find_tree(question, &tree);
    if (status == HF_OK)
        status = hf_tree_get_placing(question->snapshot, tree, question->options.progress, &placing, question->error);
    return status == HF_OK ? count_groups(question, placing, groups) : status;
}

static enum hf_status merge_others(struct question *question, struct hf_groups *groups) {
    struct hf_places places = {0};
    struct hf_placing placing = {0};
    enum hf_status status = compute(question);
    if (status == HF_OK)
        status = hf_placing_init(&placing, &places, question->snapshot, question->paths, &question->order, false,
                                 question->options.progress, question->error);
    if (status == HF_OK)
        status = count_groups(question, &placing, groups);
    hf_placing_deinit(&placing);
    hf_places_deinit(&places);
    return status;
}

/* Merges the paths of the selected objects. *example: one of the largest group, HF_NO_NODE if none is reached. */
static enum hf_status find_groups(struct question *question, hf_node_id *example) {
    struct hf_groups groups;
    struct hf_why *why = &question->answer->public;
    enum hf_status status = question->avoids ? merge_others(question, &groups) : merge_all(question, &groups);
    if (status != HF_OK)
        return status;
    for (size_t i = 0; i < groups.num_groups && status == HF_OK; i++)
        status = describe_group(question, &groups.groups[i], groups.longest[i]);
    why->groups = groups.groups;
    why->num_groups = groups.num_groups;
    why->num_all_groups = groups.num_all;
    why->num_unreachable = groups.num_unreachable;
    *example = groups.num_groups > 0 ? groups.groups[0].example : HF_NO_NODE;
    return status;
}

/* The one group of a single object. */
static enum hf_status make_group(struct question *question, const struct hf_route *route, hf_node_id object) {
    struct hf_path_group *group = hf_arena_alloc(&question->answer->arena, 1, sizeof *group);
    if (group == NULL)
        return hf_fail_nomem(question->error);
    *group = (struct hf_path_group){
        .count = 1,
        .size_bytes = hf_snapshot_get_size(question->snapshot, object),
        .example = object,
    };
    question->answer->public.groups = group;
    question->answer->public.num_groups = question->answer->public.num_all_groups = 1;
    return hf_group_describe(question->snapshot, route, &question->answer->arena, group, question->error);
}

/* ---- paths of one object ---- */

static enum hf_status make_route(struct question *question, const struct hf_owner *owner, hf_node_id object,
                                 struct hf_route *route) {
    if (owner->source != HF_NO_NODE)
        return hf_route_init(route, question->paths, &question->order, owner->source, owner->edge, question->error);
    hf_route_init_root(route, hf_root_order_find(&question->order, object, NULL), object);
    return HF_OK;
}

static enum hf_status make_path(struct question *question, const struct hf_owner *owner, hf_node_id object,
                                struct hf_path *path) {
    struct hf_route route;
    enum hf_status status = make_route(question, owner, object, &route);
    if (status == HF_OK)
        status = hf_path_build(question->snapshot, &route, question->dominators, &question->answer->arena, path,
                               question->error);
    if (status == HF_OK && question->answer->public.num_groups == 0)
        status = make_group(question, &route, object);
    hf_route_deinit(&route);
    return status;
}

static enum hf_status make_paths(struct question *question, const struct hf_owner *owners, size_t num_owners,
                                 hf_node_id object) {
    struct hf_path *paths = hf_arena_alloc(&question->answer->arena, num_owners + 1, sizeof *paths);
    if (paths == NULL)
        return hf_fail_nomem(question->error);
    enum hf_status status = HF_OK;
    for (size_t i = 0; i < num_owners && status == HF_OK; i++)
        status = make_path(question, &owners[i], object, &paths[i]);
    question->answer->public.paths = paths;
    question->answer->public.num_paths = num_owners;
    return status;
}

/* True when a node that the tree reaches through the object refers to it. *status is set for want of memory. */
static bool is_held_from_below(const struct question *question, const struct hf_tree *tree, hf_node_id object,
                               enum hf_status *status) {
    const struct hf_graph *graph = &question->graph;
    struct hf_bitset below;
    bool found = false;
    if (!hf_bitset_init(&below, graph->num_nodes)) {
        *status = hf_fail_nomem(question->error);
        return false;
    }
    hf_tree_mark_below(tree, object, &below);
    for (hf_node_id source = 0; source < graph->num_nodes && !found; source++)
        if (source != object && hf_bitset_has(&below, source))
            for (uint32_t edge = graph->row[source]; edge < graph->row[source + 1]; edge++)
                found = found || graph->target[edge] == object;
    hf_bitset_deinit(&below);
    return found;
}

/* Looks at the tree of all paths but those through the object. */
static enum hf_status avoid_object(struct question *question, hf_node_id object) {
    hf_bitset_add(&question->avoid, object);
    if (question->avoids)
        return compute(question);
    const struct hf_tree *tree;
    enum hf_status status = find_tree(question, &tree);
    if (status == HF_OK && is_held_from_below(question, tree, object, &status))
        status = compute(question);
    return status;
}

static enum hf_status find_paths(struct question *question, hf_node_id object) {
    struct hf_region owners = {0};
    enum hf_status status = avoid_object(question, object);
    if (status == HF_OK)
        status = hf_owners_find(question->paths, &question->order, &question->avoid, object,
                                question->options.max_paths, &owners, &question->answer->public.num_owners,
                                question->error);
    if (status == HF_OK)
        status = make_paths(question, (const struct hf_owner *)(const void *)owners.data,
                            owners.used_bytes / sizeof(struct hf_owner), object);
    hf_region_deinit(&owners);
    return status;
}

/* ---- the whole ---- */

static enum hf_status answer(struct question *question) {
    hf_node_id object = HF_NO_NODE;
    enum hf_status status = HF_OK;
    if (question->selection->num_nodes == 1)
        object = question->selection->nodes[0];
    else if (question->selection->num_nodes > 1)
        status = find_groups(question, &object);
    if (status == HF_OK && object != HF_NO_NODE)
        status = find_paths(question, object);
    struct hf_why *why = &question->answer->public;
    why->num_selected = question->selection->num_nodes;
    if (question->selection->num_nodes == 1)
        why->num_unreachable = why->num_paths == 0;
    return status;
}

enum hf_status hf_why_create(const struct hf_snapshot *snapshot, const struct hf_selection *selection,
                             const struct hf_why_options *given, struct hf_why **out, struct hf_error *error) {
    struct question question = {.snapshot = snapshot, .selection = selection, .graph = hf_graph_of(snapshot),
                                .error = error};
    if (!hf_options_copy(&question.options, sizeof question.options, given))
        return hf_fail(error, HF_ERR_ARGUMENT, "struct_size of the options is not set");
    if (question.options.max_paths == 0)
        question.options.max_paths = 1;
    if (question.options.max_groups == 0)
        question.options.max_groups = DEFAULT_GROUPS;
    question.answer = hf_alloc(1, sizeof *question.answer);
    if (question.answer == NULL)
        return hf_fail_nomem(error);
    enum hf_status status = prepare(&question);
    if (status == HF_OK)
        status = answer(&question);
    hf_paths_deinit(&question.own);
    hf_root_order_deinit(&question.order);
    hf_bitset_deinit(&question.avoid);
    if (status == HF_OK)
        *out = &question.answer->public;
    else
        hf_why_destroy(&question.answer->public);
    return status;
}

void hf_why_destroy(struct hf_why *why) {
    struct answer *made = (struct answer *)why;
    if (made == NULL)
        return;
    hf_arena_deinit(&made->arena);
    hf_free(made);
}
