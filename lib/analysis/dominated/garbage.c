/*
 * garbage.c - the tops of the garbage, each with the cycle that it stands for.
 *
 *   positions of the tree   ... | g0   g1   g2   g3 ...        behind num_reached
 *   as a graph of their own       0    1    2    3             its cyclic components are those of the garbage
 */
#include "analysis/dominated/garbage.h"

#include <stdlib.h>

#include "base/error.h"
#include "graph/components.h"

struct subgraph {
    struct hf_graph graph;
    struct hf_region row, target;
};

static bool push(struct hf_region *region, uint32_t value) {
    return hf_region_push(region, &value, sizeof value);
}

/* The garbage alone, its nodes numbered as they stand in the tree. False: no memory. */
static bool cut_out(struct subgraph *out, const struct hf_dominators *dominators) {
    const struct hf_dominator_tree *tree = &dominators->tree;
    const uint32_t *row = hf_col_row(dominators->snapshot), *target = hf_col_edge_target(dominators->snapshot);
    bool ok = push(&out->row, 0);
    for (uint32_t at = tree->num_reached; at < tree->num_nodes && ok; at++) {
        hf_node_id node = tree->order[at];
        for (uint32_t edge = row[node]; edge < row[node + 1] && ok; edge++) {
            uint32_t position = tree->position[target[edge]];
            ok = position < tree->num_reached || push(&out->target, position - tree->num_reached);
        }
        ok = ok && push(&out->row, (uint32_t)(out->target.used_bytes / sizeof(uint32_t)));
    }
    out->graph = (struct hf_graph){
        .num_nodes = tree->num_nodes - tree->num_reached,
        .num_edges = (uint32_t)(out->target.used_bytes / sizeof(uint32_t)),
        .row = (const uint32_t *)(const void *)out->row.data,
        .target = (const uint32_t *)(const void *)out->target.data,
    };
    return ok;
}

/* Those of the component of a top that hang from it, or the top alone. */
static bool add_members(struct hf_garbage *garbage, const struct hf_dominator_tree *tree,
                        const struct hf_components *components, uint32_t top, struct hf_garbage_group *group) {
    uint32_t part = components->part[top];
    group->first_member = garbage->member_region.used_bytes / sizeof(hf_node_id);
    if (part == 0) {
        group->num_members = 1;
        return push(&garbage->member_region, tree->order[tree->num_reached + top]);
    }
    for (uint32_t i = components->start[part - 1]; i < components->start[part]; i++) {
        uint32_t member = components->members[i];
        if (member - top >= group->retained.count)
            continue;
        if (!push(&garbage->member_region, tree->order[tree->num_reached + member]))
            return false;
        group->num_members++;
    }
    return true;
}

static bool add_groups(struct hf_garbage *garbage, const struct hf_dominators *dominators,
                       const struct hf_components *components) {
    const struct hf_dominator_tree *tree = &dominators->tree;
    for (hf_node_id top = hf_dominators_first_garbage(dominators); top != HF_NO_NODE;
         top = hf_dominators_next_child(dominators, top)) {
        struct hf_region *region = &garbage->group_region;
        struct hf_garbage_group group = {.retained = hf_dominators_get_retained(dominators, top)};
        if (!add_members(garbage, tree, components, tree->position[top] - tree->num_reached, &group) ||
            !hf_region_push(region, &group, sizeof group))
            return false;
    }
    return true;
}

static int by_retained(const void *left, const void *right) {
    const struct hf_garbage_group *a = left, *b = right;
    if (a->retained.size_bytes != b->retained.size_bytes)
        return a->retained.size_bytes > b->retained.size_bytes ? -1 : 1;
    return (a->first_member > b->first_member) - (a->first_member < b->first_member);
}

enum hf_status hf_garbage_init(struct hf_garbage *garbage, const struct hf_dominators *dominators,
                               const struct hf_progress *progress, struct hf_error *error) {
    *garbage = (struct hf_garbage){0};
    struct subgraph subgraph = {0};
    struct hf_components components = {0};
    enum hf_status status = cut_out(&subgraph, dominators) ? HF_OK : hf_fail_nomem(error);
    if (status == HF_OK)
        status = hf_components_init(&components, &subgraph.graph, progress, error);
    if (status == HF_OK && !add_groups(garbage, dominators, &components))
        status = hf_fail_nomem(error);
    hf_components_deinit(&components);
    hf_region_deinit(&subgraph.row);
    hf_region_deinit(&subgraph.target);
    garbage->groups = (struct hf_garbage_group *)(void *)garbage->group_region.data;
    garbage->members = (hf_node_id *)(void *)garbage->member_region.data;
    garbage->num_groups = garbage->group_region.used_bytes / sizeof *garbage->groups;
    if (garbage->num_groups > 0)
        qsort(garbage->groups, garbage->num_groups, sizeof *garbage->groups, by_retained);
    return status;
}

void hf_garbage_deinit(struct hf_garbage *garbage) {
    hf_region_deinit(&garbage->group_region);
    hf_region_deinit(&garbage->member_region);
}
