/*
 * tree.c - makes the tree of all paths and the places of its nodes, or takes them out of the cache.
 *
 *   PATHS_COUNTS     struct hf_tree_counts
 *   PATHS_PARENT     parent of hf_paths, as it is in memory
 *   PATHS_ORDER      order of hf_paths, num_ordered of it
 *   PLACES           of_node of hf_placing
 *   PLACES_REPEATS   the words of its `repeats`
 *
 * What comes from a file is checked as far as anybody relies on it: the tree is one, of this graph, from its roots, each
 * node behind its parent. One walk down the tree shows that, in a quarter of the time that the search takes. That its
 * paths are the shortest is believed.
 */
#include "analysis/path/tree.h"

#include <string.h>

#include "base/error.h"
#include "snapshot/cache.h"

static void destroy_tree(struct hf_derived *derived) {
    struct hf_tree *tree = (struct hf_tree *)derived;
    hf_paths_deinit(&tree->paths);
    hf_root_order_deinit(&tree->order);
    hf_free(tree);
}

/* ---- the tree in the cache ---- */

static bool counts_are_right(const struct hf_tree_counts *counts, uint32_t num_nodes) {
    uint32_t end = 0;
    for (int i = 0; i <= HF_PATHS_MAX_TIERS; i++) {
        if (counts->tier_start[i] < end)
            return false;
        end = counts->tier_start[i];
    }
    return end == counts->num_ordered && counts->num_ordered == counts->num_reached && end <= num_nodes;
}

/* True when all numbers are below `bound`, or HF_PATHS_ROOT; *num_set: those that are not 0. */
static bool are_in_range(const uint32_t *numbers, size_t count, uint32_t bound, uint32_t *num_set) {
    bool ok = true;
    *num_set = 0;
    for (size_t i = 0; i < count; i++) {
        ok &= numbers[i] < bound || numbers[i] == HF_PATHS_ROOT;
        *num_set += numbers[i] != 0;
    }
    return ok;
}

/* A tree from the roots: each node once, reached by an edge that leads to it from a node before it. */
static bool is_tree(const struct hf_paths *paths, const struct hf_bitset *roots, struct hf_bitset *seen) {
    struct hf_paths_walk walk = hf_paths_walk_begin(paths);
    while (hf_paths_walk_next(&walk)) {
        bool is_root = walk.edge == HF_PATHS_ROOT;
        bool fits = is_root ? hf_bitset_has(roots, walk.node) : paths->graph->target[walk.edge] == walk.node;
        if (!fits || hf_bitset_has(seen, walk.node))
            return false;
        hf_bitset_add(seen, walk.node);
    }
    return walk.at == paths->num_ordered;
}

static bool check_tree(const struct hf_tree *tree) {
    struct hf_bitset roots, seen;
    bool ok = hf_bitset_init(&roots, tree->graph.num_nodes) & hf_bitset_init(&seen, tree->graph.num_nodes);
    for (uint32_t i = 0; ok && i < tree->order.num_roots; i++)
        hf_bitset_add(&roots, tree->order.nodes[i]);
    ok = ok && is_tree(&tree->paths, &roots, &seen);
    hf_bitset_deinit(&roots);
    hf_bitset_deinit(&seen);
    return ok;
}

/* Points the paths at arrays in the file; false, and empty paths, if they are not there or not right. */
static bool find_tree(const struct hf_snapshot *snapshot, struct hf_tree *tree) {
    struct hf_paths *paths = &tree->paths;
    const struct hf_tree_counts *counts = hf_cache_find(snapshot, HF_CACHE_PATHS_COUNTS, sizeof *counts);
    if (counts == NULL || !counts_are_right(counts, snapshot->num_nodes))
        return false;
    tree->counts = *counts;
    paths->num_ordered = counts->num_ordered;
    paths->num_reached = counts->num_reached;
    memcpy(paths->tier_start, counts->tier_start, sizeof paths->tier_start);
    const uint32_t *parent = hf_cache_find(snapshot, HF_CACHE_PATHS_PARENT, snapshot->num_nodes * sizeof *parent);
    const uint32_t *order = hf_cache_find(snapshot, HF_CACHE_PATHS_ORDER, paths->num_ordered * sizeof *order);
    paths->parent = (uint32_t *)parent;
    paths->order = (uint32_t *)order;
    uint32_t num_set, ignored;
    bool ok = parent != NULL && order != NULL &&
              are_in_range(parent, snapshot->num_nodes, snapshot->num_edges + 1, &num_set) &&
              num_set == paths->num_reached && are_in_range(order, paths->num_ordered, snapshot->num_nodes, &ignored) &&
              check_tree(tree);
    if (!ok)
        *paths = (struct hf_paths){.graph = &tree->graph};
    return ok;
}

static void save_tree(const struct hf_snapshot *snapshot, const struct hf_tree *tree) {
    const struct hf_paths *paths = &tree->paths;
    const struct hf_cache_part parts[] = {
        {HF_CACHE_PATHS_COUNTS, &tree->counts, sizeof tree->counts},
        {HF_CACHE_PATHS_PARENT, paths->parent, snapshot->num_nodes * sizeof *paths->parent},
        {HF_CACHE_PATHS_ORDER, paths->order, paths->num_ordered * sizeof *paths->order},
    };
    hf_cache_save(snapshot, parts, sizeof parts / sizeof *parts);
}

/* ---- the tree ---- */

static enum hf_status compute_tree(struct hf_tree *tree, const struct hf_progress *progress, struct hf_error *error) {
    enum hf_status status = hf_paths_init(&tree->paths, &tree->graph, error);
    if (status == HF_OK)
        status = hf_paths_compute(&tree->paths, &tree->order.roots, NULL, progress, error);
    tree->counts.num_ordered = tree->paths.num_ordered;
    tree->counts.num_reached = tree->paths.num_reached;
    memcpy(tree->counts.tier_start, tree->paths.tier_start, sizeof tree->counts.tier_start);
    return status;
}

/* *is_new: computed, and not found in the cache. */
static enum hf_status make_tree(const struct hf_snapshot *snapshot, const struct hf_progress *progress,
                                struct hf_tree **out, bool *is_new, struct hf_error *error) {
    struct hf_tree *tree = hf_alloc(1, sizeof *tree);
    if (tree == NULL)
        return hf_fail_nomem(error);
    tree->derived.destroy = destroy_tree;
    tree->graph = hf_graph_of(snapshot);
    tree->paths.graph = &tree->graph;
    enum hf_status status = hf_root_order_init(&tree->order, snapshot, error);
    *is_new = status == HF_OK && !find_tree(snapshot, tree);
    if (*is_new)
        status = compute_tree(tree, progress, error);
    if (status == HF_OK)
        *out = tree;
    else
        destroy_tree(&tree->derived);
    return status;
}

enum hf_status hf_tree_get(const struct hf_snapshot *snapshot, const struct hf_progress *progress,
                           const struct hf_tree **out, struct hf_error *error) {
    struct hf_derived *found = hf_derived_find(snapshot, HF_DERIVED_TREE);
    if (found == NULL) {
        struct hf_tree *tree = NULL;
        bool is_new = false;
        enum hf_status status = make_tree(snapshot, progress, &tree, &is_new, error);
        if (status != HF_OK)
            return status;
        found = hf_derived_keep(snapshot, HF_DERIVED_TREE, &tree->derived);
        if (is_new && found == &tree->derived)
            save_tree(snapshot, tree);
    }
    *out = (const struct hf_tree *)found;
    return HF_OK;
}

void hf_tree_mark_below(const struct hf_tree *tree, hf_node_id node, struct hf_bitset *below) {
    const struct hf_paths *paths = &tree->paths;
    const struct hf_graph *graph = &tree->graph;
    if (hf_paths_is_reached(paths, node))
        hf_bitset_add(below, node);
    for (uint32_t i = 0; i < paths->num_ordered; i++) {
        hf_node_id owner = paths->order[i];
        if (!hf_bitset_has(below, owner))
            continue;
        for (uint32_t edge = graph->row[owner]; edge < graph->row[owner + 1]; edge++)
            if (paths->parent[graph->target[edge]] == edge + 1)
                hf_bitset_add(below, graph->target[edge]);
    }
}

/* ---- places ---- */

struct placed {
    struct hf_derived derived;       /* first, so that the one is the other */
    struct hf_places places;         /* empty if the placing comes from a file */
    struct hf_placing placing;
};

static void destroy_placed(struct hf_derived *derived) {
    struct placed *placed = (struct placed *)derived;
    hf_placing_deinit(&placed->placing);
    hf_places_deinit(&placed->places);
    hf_free(placed);
}

static size_t bytes_of_bits(const struct hf_snapshot *snapshot) {
    return (snapshot->num_nodes / 64 + 1) * sizeof(uint64_t);
}

/* A place for each node that is reached, and for no other; there are no more places than nodes. */
static bool places_are_right(const hf_place_id *of_node, const struct hf_paths *paths) {
    bool ok = true;
    for (uint32_t node = 0; node < paths->graph->num_nodes; node++)
        ok &= (of_node[node] != HF_NO_PLACE) == (paths->parent[node] != 0) && of_node[node] <= paths->num_reached;
    return ok;
}

static bool find_placing(const struct hf_snapshot *snapshot, const struct hf_tree *tree, struct hf_placing *placing) {
    const hf_place_id *of_node = hf_cache_find(snapshot, HF_CACHE_PLACES, snapshot->num_nodes * sizeof *of_node);
    const void *repeats = hf_cache_find(snapshot, HF_CACHE_PLACES_REPEATS, bytes_of_bits(snapshot));
    if (of_node == NULL || repeats == NULL || !places_are_right(of_node, &tree->paths) ||
        !hf_bitset_init(&placing->repeats, snapshot->num_nodes))
        return false;
    memcpy(placing->repeats.words.data, repeats, bytes_of_bits(snapshot));
    placing->snapshot = snapshot;
    placing->paths = &tree->paths;
    placing->of_node = (hf_place_id *)of_node;
    return true;
}

static void save_placing(const struct hf_snapshot *snapshot, const struct hf_placing *placing) {
    const struct hf_cache_part parts[] = {
        {HF_CACHE_PLACES, placing->of_node, snapshot->num_nodes * sizeof *placing->of_node},
        {HF_CACHE_PLACES_REPEATS, placing->repeats.words.data, bytes_of_bits(snapshot)},
    };
    hf_cache_save(snapshot, parts, sizeof parts / sizeof *parts);
}

static enum hf_status compute_placing(const struct hf_snapshot *snapshot, const struct hf_tree *tree,
                                      const struct hf_progress *progress, struct placed *placed,
                                      struct hf_error *error) {
    enum hf_status status = hf_places_init(&placed->places, error);
    if (status == HF_OK)
        status = hf_placing_init(&placed->placing, &placed->places, snapshot, &tree->paths, &tree->order, false,
                                 progress, error);
    return status;
}

static enum hf_status make_placed(const struct hf_snapshot *snapshot, const struct hf_tree *tree,
                                  const struct hf_progress *progress, struct placed **out, bool *is_new,
                                  struct hf_error *error) {
    struct placed *placed = hf_alloc(1, sizeof *placed);
    if (placed == NULL)
        return hf_fail_nomem(error);
    placed->derived.destroy = destroy_placed;
    *is_new = !find_placing(snapshot, tree, &placed->placing);
    enum hf_status status = HF_OK;
    if (*is_new)
        status = compute_placing(snapshot, tree, progress, placed, error);
    if (status == HF_OK)
        *out = placed;
    else
        destroy_placed(&placed->derived);
    return status;
}

enum hf_status hf_tree_get_placing(const struct hf_snapshot *snapshot, const struct hf_tree *tree,
                                   const struct hf_progress *progress, struct hf_placing **out,
                                   struct hf_error *error) {
    struct hf_derived *found = hf_derived_find(snapshot, HF_DERIVED_PLACING);
    if (found == NULL) {
        struct placed *placed = NULL;
        bool is_new = false;
        enum hf_status status = make_placed(snapshot, tree, progress, &placed, &is_new, error);
        if (status != HF_OK)
            return status;
        found = hf_derived_keep(snapshot, HF_DERIVED_PLACING, &placed->derived);
        if (is_new && found == &placed->derived)
            save_placing(snapshot, &placed->placing);
    }
    *out = &((struct placed *)found)->placing;
    return HF_OK;
}
