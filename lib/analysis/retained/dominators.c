/*
 * dominators.c - the dominator tree of a snapshot, with sizes; kept with it (snapshot/derived.h), and the tree without
 * the sizes in its cache (snapshot/cache.h).
 *
 *   position   0    1    2    3   ...                       the tree's order: what a node retains is a run of it
 *   order      a    c    e    d
 *   sum        0    48   96   152  ...  all                 bytes before the position
 *
 * So the retained size of a node is the difference of two sums, and a run is summed up without a look at it.
 *
 * Types: a node counts unless a node above it has the same type. Going through the order, the topmost node of its type
 * that is open is the last one that was counted, so that one word per type (where its run ends) is all that is needed.
 * For types that count together it is one word in all, and what lies in a run that is counted is not even looked at.
 */
#include "analysis/retained/dominators.h"

#include "base/error.h"
#include "snapshot/cache.h"

#define AHEAD 16

static void destroy(struct hf_derived *derived) {
    struct hf_dominators *dominators = (struct hf_dominators *)derived;
    hf_dominator_tree_deinit(&dominators->tree);
    hf_region_deinit(&dominators->sum_region);
    hf_free(dominators);
}

static enum hf_status compute_tree(struct hf_dominators *dominators, const struct hf_progress *progress,
                                   struct hf_error *error) {
    const struct hf_snapshot *snapshot = dominators->snapshot;
    struct hf_graph graph = hf_graph_of(snapshot);
    uint32_t num_roots = (uint32_t)hf_num_roots(snapshot);
    hf_node_id *roots = hf_alloc((size_t)num_roots + 1, sizeof *roots);
    if (roots == NULL)
        return hf_fail_nomem(error);
    for (uint32_t i = 0; i < num_roots; i++)
        roots[i] = hf_col_roots(snapshot)[i].node;
    enum hf_status status = hf_dominator_tree_init(&dominators->tree, &graph, roots, num_roots, progress, error);
    hf_free(roots);
    return status;
}

static enum hf_status sum_sizes(struct hf_dominators *dominators, struct hf_error *error) {
    const struct hf_snapshot *snapshot = dominators->snapshot;
    const hf_node_id *order = dominators->tree.order;
    if (!hf_region_reserve(&dominators->sum_region, ((size_t)snapshot->num_nodes + 1) * sizeof *dominators->sum))
        return hf_fail_nomem(error);
    dominators->sum = (uint64_t *)(void *)dominators->sum_region.data;
    for (uint32_t at = 0; at < snapshot->num_nodes; at++) {
        if (at + AHEAD < snapshot->num_nodes)
            __builtin_prefetch(&hf_col_node_size(snapshot)[order[at + AHEAD]]);
        dominators->sum[at + 1] = dominators->sum[at] + hf_snapshot_get_size(snapshot, order[at]);
    }
    return HF_OK;
}

/* Takes the tree out of the cache. False, and an empty tree, if it is not there or not right. */
static bool find_tree(struct hf_dominators *dominators) {
    const struct hf_snapshot *snapshot = dominators->snapshot;
    size_t num_bytes = snapshot->num_nodes * sizeof(uint32_t);
    const uint32_t *num_reached = hf_cache_find(snapshot, HF_CACHE_DOMINATORS_REACHED, sizeof *num_reached);
    const hf_node_id *order = hf_cache_find(snapshot, HF_CACHE_DOMINATORS_ORDER, num_bytes);
    const uint32_t *count = hf_cache_find(snapshot, HF_CACHE_DOMINATORS_COUNT, num_bytes);
    if (num_reached == NULL || order == NULL || count == NULL)
        return false;
    bool ok = hf_dominator_tree_restore(&dominators->tree, snapshot->num_nodes, *num_reached, order, count,
                                        NULL) == HF_OK;
    if (!ok)
        hf_dominator_tree_deinit(&dominators->tree);
    return ok;
}

static void save_tree(const struct hf_dominators *dominators) {
    const struct hf_dominator_tree *tree = &dominators->tree;
    const struct hf_cache_part parts[] = {
        {HF_CACHE_DOMINATORS_REACHED, &tree->num_reached, sizeof tree->num_reached},
        {HF_CACHE_DOMINATORS_ORDER, tree->order, tree->num_nodes * sizeof *tree->order},
        {HF_CACHE_DOMINATORS_COUNT, tree->count, tree->num_nodes * sizeof *tree->count},
    };
    hf_cache_save(dominators->snapshot, parts, sizeof parts / sizeof *parts);
}

/* *is_new: computed, and not found in the cache. */
static enum hf_status make(const struct hf_snapshot *snapshot, const struct hf_progress *progress,
                           struct hf_dominators **out, bool *is_new, struct hf_error *error) {
    struct hf_dominators *made = hf_alloc(1, sizeof *made);
    if (made == NULL)
        return hf_fail_nomem(error);
    made->derived.destroy = destroy;
    made->snapshot = snapshot;
    *is_new = !find_tree(made);
    enum hf_status status = *is_new ? compute_tree(made, progress, error) : HF_OK;
    if (status == HF_OK)
        status = sum_sizes(made, error);
    if (status == HF_OK)
        *out = made;
    else
        destroy(&made->derived);
    return status;
}

enum hf_status hf_dominators_get(const struct hf_snapshot *snapshot, const struct hf_progress *progress,
                                 const struct hf_dominators **out, struct hf_error *error) {
    struct hf_derived *found = hf_derived_find(snapshot, HF_DERIVED_DOMINATORS);
    if (found == NULL) {
        struct hf_dominators *made = NULL;
        bool is_new = false;
        enum hf_status status = make(snapshot, progress, &made, &is_new, error);
        if (status != HF_OK)
            return status;
        found = hf_derived_keep(snapshot, HF_DERIVED_DOMINATORS, &made->derived);
        if (is_new && found == &made->derived)
            save_tree(made);
    }
    *out = (const struct hf_dominators *)found;
    return HF_OK;
}

/* ---- runs of the order ---- */

static struct hf_retained run(const struct hf_dominators *dominators, uint32_t first, uint32_t count) {
    return (struct hf_retained){count, dominators->sum[first + count] - dominators->sum[first]};
}

struct hf_retained hf_dominators_get_retained(const struct hf_dominators *dominators, hf_node_id node) {
    const struct hf_dominator_tree *tree = &dominators->tree;
    if (node == HF_NO_NODE)
        return run(dominators, 0, tree->num_reached);
    return run(dominators, tree->position[node], tree->count[tree->position[node]]);
}

struct hf_retained hf_dominators_get_garbage(const struct hf_dominators *dominators) {
    const struct hf_dominator_tree *tree = &dominators->tree;
    return run(dominators, tree->num_reached, tree->num_nodes - tree->num_reached);
}

bool hf_dominators_is_garbage(const struct hf_dominators *dominators, hf_node_id node) {
    return dominators->tree.position[node] >= dominators->tree.num_reached;
}

struct hf_retained hf_dominators_get_with_dict(const struct hf_dominators *dominators, hf_node_id node,
                                               hf_node_id dict) {
    struct hf_retained of_node = hf_dominators_get_retained(dominators, node);
    if (dict == HF_NO_NODE || hf_dominators_has(dominators, node, dict))
        return of_node;
    struct hf_retained of_dict = hf_dominators_get_retained(dominators, dict);
    if (hf_dominators_has(dominators, dict, node))
        return of_dict;
    return (struct hf_retained){of_node.count + of_dict.count, of_node.size_bytes + of_dict.size_bytes};
}

hf_node_id hf_dominators_get_parent(const struct hf_dominators *dominators, hf_node_id node) {
    return hf_dominator_tree_parent(&dominators->tree, node);
}

bool hf_dominators_has(const struct hf_dominators *dominators, hf_node_id above, hf_node_id below) {
    return hf_dominator_tree_has(&dominators->tree, above, below);
}

const hf_node_id *hf_dominators_get_nodes(const struct hf_dominators *dominators, hf_node_id node) {
    const struct hf_dominator_tree *tree = &dominators->tree;
    return tree->order + (node == HF_NO_NODE ? 0 : tree->position[node]);
}

/* ---- children ---- */

static hf_node_id node_at(const struct hf_dominator_tree *tree, uint32_t position, uint32_t end) {
    return position < end ? tree->order[position] : HF_NO_NODE;
}

hf_node_id hf_dominators_first_child(const struct hf_dominators *dominators, hf_node_id node) {
    const struct hf_dominator_tree *tree = &dominators->tree;
    if (node == HF_NO_NODE)
        return node_at(tree, 0, tree->num_reached);
    uint32_t position = tree->position[node];
    return node_at(tree, position + 1, position + tree->count[position]);
}

hf_node_id hf_dominators_first_garbage(const struct hf_dominators *dominators) {
    return node_at(&dominators->tree, dominators->tree.num_reached, dominators->tree.num_nodes);
}

hf_node_id hf_dominators_next_child(const struct hf_dominators *dominators, hf_node_id child) {
    const struct hf_dominator_tree *tree = &dominators->tree;
    uint32_t position = tree->position[child], parent = tree->parent[position];
    uint32_t end = parent != HF_TREE_TOP                ? parent + tree->count[parent]
                   : position < tree->num_reached       ? tree->num_reached
                                                        : tree->num_nodes;
    return node_at(tree, position + tree->count[position], end);
}

/* ---- types ---- */

enum hf_status hf_dominators_sum_groups(const struct hf_dominators *dominators, const uint32_t *group_of,
                                        size_t num_groups, struct hf_retained *retained, struct hf_error *error) {
    const struct hf_dominator_tree *tree = &dominators->tree;
    uint32_t *open_end = hf_alloc(num_groups + 1, sizeof *open_end);
    if (open_end == NULL)
        return hf_fail_nomem(error);
    for (size_t group = 0; group < num_groups; group++)
        retained[group] = (struct hf_retained){0, 0};
    for (uint32_t at = 0; at < tree->num_nodes; at++) {
        if (at + AHEAD < tree->num_nodes)
            __builtin_prefetch(&group_of[tree->order[at + AHEAD]]);
        uint32_t group = group_of[tree->order[at]];
        if (at < open_end[group])
            continue;
        struct hf_retained found = run(dominators, at, tree->count[at]);
        retained[group].count += found.count;
        retained[group].size_bytes += found.size_bytes;
        open_end[group] = at + tree->count[at];
    }
    hf_free(open_end);
    return HF_OK;
}

enum hf_status hf_dominators_sum_types(const struct hf_dominators *dominators, struct hf_retained *retained,
                                       struct hf_error *error) {
    const struct hf_snapshot *snapshot = dominators->snapshot;
    return hf_dominators_sum_groups(dominators, hf_col_node_type(snapshot), hf_num_types(snapshot), retained, error);
}

struct hf_retained hf_dominators_sum_wanted(const struct hf_dominators *dominators, const bool *is_wanted) {
    const struct hf_dominator_tree *tree = &dominators->tree;
    const uint32_t *type_of = hf_col_node_type(dominators->snapshot);
    struct hf_retained sum = {0, 0};
    for (uint32_t at = 0, step; at < tree->num_nodes; at += step) {
        step = 1;
        if (!is_wanted[type_of[tree->order[at]]])
            continue;
        struct hf_retained found = run(dominators, at, tree->count[at]);
        sum.count += found.count;
        sum.size_bytes += found.size_bytes;
        step = tree->count[at];
    }
    return sum;
}
