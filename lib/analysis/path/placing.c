/*
 * placing.c - runs down the tree of shortest paths and gives each node the place below that of its parent.
 *
 *   tree     shop --DICT--> dict --VALUE--> CACHE --.--> list --[7]--> session
 *   place    shop           shop            .CACHE       ._shards      [*]
 *
 * A million objects at the end of long paths cost no more than a million nodes. What a child must know of its parent is
 * kept in the order of the tree (struct spot), where parents follow each other as their children do: it is read in
 * sequence, and not once for each node from anywhere. Siblings by the same label, of which a large container has many,
 * share one look into the table.
 */
#include "analysis/path/placing.h"

#include "analysis/lookup.h"
#include "analysis/naming/labels.h"
#include "base/error.h"
#include "base/prefetch.h"

#define REPORT_EVERY (1u << 20)

/* A node as the parent of others. */
struct spot {
    hf_place_id place;
    uint32_t type;                 /* of the object; of the owner, if this is its attribute dict */
    uint32_t label;                /* by which it was reached, + 1; 0: a root */
    enum hf_namespace space;
};

struct pass {
    struct hf_placing *placing;
    const uint32_t *type;          /* per node */
    struct hf_region spots;        /* struct spot per position in paths->order */
    hf_place_id above, below;      /* the last look into the table */
    uint32_t label;
};

static enum hf_status reserve(struct hf_placing *placing, struct hf_error *error) {
    size_t num_nodes = (size_t)placing->snapshot->num_nodes + 1;
    placing->labels = hf_alloc(1, sizeof *placing->labels);
    if (placing->labels == NULL ||
        !hf_region_reserve(&placing->of_node_region, num_nodes * sizeof(hf_place_id)) ||
        !hf_region_reserve(&placing->parent_region, num_nodes * sizeof(uint32_t)) ||
        !hf_bitset_init(&placing->repeats, num_nodes) || !hf_bitset_init(&placing->aside, num_nodes))
        return hf_fail_nomem(error);
    placing->of_node = (hf_place_id *)(void *)placing->of_node_region.data;
    placing->parent_at = (uint32_t *)(void *)placing->parent_region.data;
    return hf_labels_init(placing->labels, placing->snapshot, error);
}

void hf_placing_deinit(struct hf_placing *placing) {
    if (placing->labels != NULL)
        hf_labels_deinit(placing->labels);
    hf_free(placing->labels);
    hf_region_deinit(&placing->of_node_region);
    hf_region_deinit(&placing->parent_region);
    hf_bitset_deinit(&placing->repeats);
    hf_bitset_deinit(&placing->aside);
    *placing = (struct hf_placing){0};
}

/* The preferred root of a node comes first. */
static enum hf_status place_roots(struct hf_placing *placing, const struct hf_root_order *order,
                                  struct hf_error *error) {
    struct hf_text text = HF_TEXT_INIT;
    bool ok = true;
    for (uint32_t i = 0; i < order->num_roots && ok; i++) {
        hf_node_id node = order->nodes[i];
        if (hf_paths_parent_edge(placing->paths, node) != HF_PATHS_ROOT || placing->of_node[node] != HF_NO_PLACE)
            continue;
        hf_text_cut(&text, 0);
        hf_root_print_masked(&text, placing->snapshot, order->indexes[i]);
        placing->of_node[node] = hf_places_root(placing->places, text.data != NULL ? text.data : "", text.length);
        ok = !text.failed && placing->of_node[node] != HF_NO_PLACE;
    }
    hf_text_deinit(&text);
    return ok ? HF_OK : hf_fail_nomem(error);
}

/* What a node is that the tree reaches by `edge`: an attribute dict, whatever its type, or one of global variables. */
static enum hf_namespace namespace_of(const struct hf_placing *placing, hf_node_id node, uint32_t edge) {
    if (edge == HF_PATHS_ROOT)
        return HF_NAMESPACE_NONE;
    if (hf_graph_edge_kind(placing->paths->graph, edge) == HF_NAME_DICT)
        return HF_NAMESPACE_ATTRIBUTES;
    bool is_dict = (hf_lookup_type(placing->snapshot, node)->flags & HF_TYPE_DICT) != 0;
    return is_dict ? hf_namespace_of(placing->snapshot, edge) : HF_NAMESPACE_NONE;
}

static uint32_t label_of(struct hf_placing *placing, hf_node_id parent, uint32_t edge, enum hf_name_kind kind,
                         enum hf_namespace space) {
    const struct hf_graph *graph = placing->paths->graph;
    bool is_key = placing->keys_aside && kind == HF_NAME_KEY;
    bool has_value = is_key && edge + 1 < graph->row[parent + 1] &&
                     hf_graph_edge_kind(graph, edge + 1) == HF_NAME_VALUE;
    return hf_labels_get(placing->labels, parent, has_value ? edge + 1 : edge, space);
}

static hf_place_id look_up(struct pass *pass, hf_place_id above, uint32_t label) {
    if (pass->above != above || pass->label != label) {
        uint64_t hash = hf_labels_hash(pass->placing->labels, label);
        pass->below = hf_places_below(pass->placing->places, above, hash);
        pass->above = above;
        pass->label = label;
    }
    return pass->below;
}

/* The spot of `child`, to which an edge of `parent` leads that is no edge to an attribute dict. */
static struct spot hop(struct pass *pass, hf_node_id parent, const struct spot *spot, uint32_t edge,
                       enum hf_name_kind kind, hf_node_id child) {
    struct hf_placing *placing = pass->placing;
    uint32_t label = label_of(placing, parent, edge, kind, spot->space);
    struct spot reached = {spot->place, pass->type[child], label + 1, namespace_of(placing, child, edge)};
    if (reached.type == spot->type && reached.label == spot->label)
        hf_bitset_add(&placing->repeats, child);
    else
        reached.place = look_up(pass, spot->place, label);
    return reached;
}

static struct spot place_child(struct pass *pass, hf_node_id parent, const struct spot *spot, uint32_t edge,
                               hf_node_id child) {
    struct hf_placing *placing = pass->placing;
    enum hf_name_kind kind = hf_graph_edge_kind(placing->paths->graph, edge);
    if (hf_bitset_has(&placing->repeats, parent))
        hf_bitset_add(&placing->repeats, child);
    if (kind == HF_NAME_DICT || (kind == HF_NAME_KEY && placing->keys_aside))
        hf_bitset_add(&placing->aside, child);
    struct spot reached = kind == HF_NAME_DICT ? (struct spot){spot->place, spot->type, spot->label,
                                                               HF_NAMESPACE_ATTRIBUTES}
                                               : hop(pass, parent, spot, edge, kind, child);
    placing->of_node[child] = reached.place;
    return reached;
}

static struct spot spot_of_root(const struct pass *pass, hf_node_id root) {
    return (struct spot){pass->placing->of_node[root], pass->type[root], 0, HF_NAMESPACE_NONE};
}

#define AHEAD 12

HF_PREFETCHING prefetch(const struct pass *pass, uint32_t at) {
    const struct hf_paths *paths = pass->placing->paths;
    if (at + AHEAD >= paths->num_ordered)
        return;
    __builtin_prefetch(&pass->type[paths->order[at + AHEAD]]);
    __builtin_prefetch(&pass->placing->of_node[paths->order[at + AHEAD]], 1);
}

static enum hf_status place_all(struct pass *pass, const struct hf_progress *progress, struct hf_error *error) {
    const struct hf_paths *paths = pass->placing->paths;
    struct spot *spots = (struct spot *)(void *)pass->spots.data;
    struct hf_paths_walk walk = hf_paths_walk_begin(paths);
    while (hf_paths_walk_next(&walk)) {
        prefetch(pass, walk.at);
        pass->placing->parent_at[walk.at] = walk.edge == HF_PATHS_ROOT ? walk.at : walk.parent_at;
        spots[walk.at] = walk.edge == HF_PATHS_ROOT
                             ? spot_of_root(pass, walk.node)
                             : place_child(pass, walk.parent, &spots[walk.parent_at], walk.edge, walk.node);
        if (spots[walk.at].place == HF_NO_PLACE)
            return hf_fail_nomem(error);
        if (walk.at % REPORT_EVERY == REPORT_EVERY - 1 && progress != NULL &&
            !progress->report(progress->context, "merging paths", walk.at, paths->num_ordered))
            return hf_fail(error, HF_ERR_CANCELLED, "cancelled while merging paths");
    }
    return pass->placing->labels->failed ? hf_fail_nomem(error) : HF_OK;
}

enum hf_status hf_placing_init(struct hf_placing *placing, struct hf_places *places,
                               const struct hf_snapshot *snapshot, const struct hf_paths *paths,
                               const struct hf_root_order *order, bool keys_aside, const struct hf_progress *progress,
                               struct hf_error *error) {
    *placing = (struct hf_placing){.snapshot = snapshot, .paths = paths, .places = places, .keys_aside = keys_aside};
    struct pass pass = {.placing = placing, .type = hf_col_node_type(snapshot)};
    enum hf_status status = reserve(placing, error);
    if (status == HF_OK && !hf_region_reserve(&pass.spots, ((size_t)paths->num_ordered + 1) * sizeof(struct spot)))
        status = hf_fail_nomem(error);
    if (status == HF_OK)
        status = place_roots(placing, order, error);
    if (status == HF_OK)
        status = place_all(&pass, progress, error);
    hf_region_deinit(&pass.spots);
    return status;
}

/* What place_all knew of a node as a parent. Roots are their own hop, and the hop to a dict is that to its owner. */
static struct spot find_spot(const struct pass *pass, hf_node_id node) {
    const struct hf_paths *paths = pass->placing->paths;
    struct spot spot = {.place = pass->placing->of_node[node],
                        .space = namespace_of(pass->placing, node, hf_paths_parent_edge(paths, node))};
    while (hf_paths_is_attribute_dict(paths, node))
        node = hf_graph_edge_source(paths->graph, hf_paths_parent_edge(paths, node));
    uint32_t edge = hf_paths_parent_edge(paths, node);
    spot.type = pass->type[node];
    if (edge != HF_PATHS_ROOT) {
        hf_node_id parent = hf_graph_edge_source(paths->graph, edge);
        enum hf_namespace space = namespace_of(pass->placing, parent, hf_paths_parent_edge(paths, parent));
        spot.label = label_of(pass->placing, parent, edge, hf_graph_edge_kind(paths->graph, edge), space) + 1;
    }
    return spot;
}

hf_place_id hf_placing_get(struct hf_placing *placing, hf_node_id node) {
    if (placing->of_node[node] != HF_NO_PLACE)
        return placing->of_node[node];
    struct pass pass = {.placing = placing, .type = hf_col_node_type(placing->snapshot)};
    uint32_t edge = hf_paths_parent_edge(placing->paths, node);
    hf_node_id parent = hf_graph_edge_source(placing->paths->graph, edge);
    struct spot spot = find_spot(&pass, parent);
    hf_place_id place = place_child(&pass, parent, &spot, edge, node).place;
    return placing->labels->failed ? HF_NO_PLACE : place;
}
