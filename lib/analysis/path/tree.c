/*
 * tree.c - makes the tree of all paths, and the places of its nodes or takes those out of the cache.
 *
 *   PLACES           of_node of hf_placing
 *   PLACES_REPEATS   the words of its `repeats`
 *
 * The tree itself is not in the cache: to make sure that what a file has is a tree of this graph takes as long as to
 * compute it (tests/bench/bench_graph.c). A place is only a number, and any number will do.
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

static enum hf_status make_tree(const struct hf_snapshot *snapshot, const struct hf_progress *progress,
                                struct hf_tree **out, struct hf_error *error) {
    struct hf_tree *tree = hf_alloc(1, sizeof *tree);
    if (tree == NULL)
        return hf_fail_nomem(error);
    tree->derived.destroy = destroy_tree;
    tree->graph = hf_graph_of(snapshot);
    enum hf_status status = hf_root_order_init(&tree->order, snapshot, error);
    if (status == HF_OK)
        status = hf_paths_init(&tree->paths, &tree->graph, error);
    if (status == HF_OK)
        status = hf_paths_compute(&tree->paths, &tree->order.roots, NULL, progress, error);
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
        enum hf_status status = make_tree(snapshot, progress, &tree, error);
        if (status != HF_OK)
            return status;
        found = hf_derived_keep(snapshot, HF_DERIVED_TREE, &tree->derived);
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
    return hf_placing_init(&placed->placing, &placed->places, snapshot, &tree->paths, &tree->order, false, progress,
                           error);
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
