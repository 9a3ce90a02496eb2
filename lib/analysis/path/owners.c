/*
 * owners.c - who holds an object, nearest to a root first.
 *
 *   1. one pass over all targets marks the owners of edges to the object; the owner behind an attribute dict is the
 *      node before it in the tree
 *   2. the order of the tree ascends in distance, so the marked nodes in it come out sorted by the length of their way
 *
 * No reverse edges are built and nothing is sorted: a bit per node is all the memory. An object with five million
 * referrers (a class) costs no more than one with two.
 */
#include "analysis/path/owners.h"

#include "base/error.h"

struct finder {
    const struct hf_paths *paths;
    const struct hf_bitset *avoid;
    hf_node_id object;
    struct hf_bitset is_owner;
    size_t num_owners;
    struct hf_region *out;
    size_t num_out, max;
};

static bool is_passable(const struct finder *finder, hf_node_id node) {
    return hf_paths_is_reached(finder->paths, node) && !hf_bitset_has(finder->avoid, node);
}

static hf_node_id owner_of(const struct finder *finder, hf_node_id source) {
    if (!hf_paths_is_attribute_dict(finder->paths, source))
        return source;
    return hf_graph_edge_source(finder->paths->graph, hf_paths_parent_edge(finder->paths, source));
}

static void mark_owner(struct finder *finder, hf_node_id source) {
    if (source == finder->object || !is_passable(finder, source))
        return;
    hf_node_id owner = owner_of(finder, source);
    finder->num_owners += !hf_bitset_has(&finder->is_owner, owner);
    hf_bitset_add(&finder->is_owner, owner);
}

static void mark_owners(struct finder *finder) {
    const struct hf_graph *graph = finder->paths->graph;
    for (hf_node_id source = 0; source < graph->num_nodes; source++)
        for (uint32_t edge = graph->row[source]; edge < graph->row[source + 1]; edge++)
            if (graph->target[edge] == finder->object)
                mark_owner(finder, source);
}

/* True for references that a program can write down; the others are fields and temporaries of C code. */
static bool is_readable(enum hf_name_kind kind) {
    return kind != HF_NAME_NONE && kind != HF_NAME_FIELD && kind != HF_NAME_STACK;
}

/* Takes the first edge of `source` that leads to the object, unless `found` is as readable already. */
static void consider(const struct finder *finder, hf_node_id source, struct hf_owner *found) {
    const struct hf_graph *graph = finder->paths->graph;
    for (uint32_t edge = graph->row[source]; edge < graph->row[source + 1]; edge++) {
        if (graph->target[edge] != finder->object)
            continue;
        bool better = is_readable(hf_graph_edge_kind(graph, edge)) &&
                      !is_readable(hf_graph_edge_kind(graph, found->edge));
        if (found->source == HF_NO_NODE || better)
            *found = (struct hf_owner){source, edge};
    }
}

/* The owner's own reference to the object, or that of its attribute dict: the first readable one, else the first. */
static struct hf_owner describe_owner(const struct finder *finder, hf_node_id owner) {
    const struct hf_graph *graph = finder->paths->graph;
    struct hf_owner found = {HF_NO_NODE, 0};
    consider(finder, owner, &found);
    for (uint32_t edge = graph->row[owner]; edge < graph->row[owner + 1]; edge++) {
        bool is_dict = hf_graph_edge_kind(graph, edge) == HF_NAME_DICT;
        if (is_dict && finder->paths->parent[graph->target[edge]] == edge + 1 &&
            !hf_bitset_has(finder->avoid, graph->target[edge]))
            consider(finder, graph->target[edge], &found);
    }
    return found;
}

static bool put_out(struct finder *finder, struct hf_owner owner) {
    struct hf_region *out = finder->out;
    if (!hf_region_push(out, &owner, sizeof owner))
        return false;
    finder->num_out++;
    return true;
}

/* Puts the owners out in the order of the tree; `root_at` is where the object stands as a root. False: no memory. */
static bool list_owners(struct finder *finder, uint32_t root_at) {
    const struct hf_paths *paths = finder->paths;
    for (uint32_t i = 0; i <= paths->num_ordered && finder->num_out < finder->max; i++) {
        if (i == root_at && !put_out(finder, (struct hf_owner){HF_NO_NODE, HF_PATHS_ROOT}))
            return false;
        if (i < paths->num_ordered && finder->num_out < finder->max &&
            hf_bitset_has(&finder->is_owner, paths->order[i]) &&
            !put_out(finder, describe_owner(finder, paths->order[i])))
            return false;
    }
    return true;
}

enum hf_status hf_owners_find(const struct hf_paths *paths, const struct hf_root_order *order,
                              const struct hf_bitset *avoid, hf_node_id object, size_t max, struct hf_region *out,
                              size_t *num_all, struct hf_error *error) {
    struct finder finder = {.paths = paths, .avoid = avoid, .object = object, .out = out, .max = max};
    unsigned tier = 0;
    bool is_root = hf_root_order_find(order, object, &tier) != UINT32_MAX;
    bool ok = hf_bitset_init(&finder.is_owner, paths->graph->num_nodes);
    if (ok) {
        mark_owners(&finder);
        ok = list_owners(&finder, is_root ? paths->tier_start[tier] : UINT32_MAX);
        *num_all = finder.num_owners + is_root;
    }
    hf_bitset_deinit(&finder.is_owner);
    return ok ? HF_OK : hf_fail_nomem(error);
}
