/*
 * rows.c - writes rows: what an object is, and how it is referred to from the row above.
 *
 *   below an object     .attr, ['key']       there is a reference from the object itself, or from its dict
 *                       ... [7]              it is held by a longer way, of which the last reference is said
 *   at the top          sys.modules['shop']  a root
 *                       ... shop.CACHE       held by several roots: the shortest of the ways to it
 */
#include "analysis/dominated/descent.h"

#include <string.h>

#include "analysis/lookup.h"
#include "analysis/path/merged.h"

#define MAX_VALUE_CHARS 60

struct hf_dominated_row *hf_descent_add_row(struct hf_descent *descent, unsigned depth, enum hf_dominated_kind kind,
                                            uint64_t num_objects, struct hf_retained retained) {
    struct hf_dominated_row *row = hf_descent_append(descent, &descent->answer->rows, sizeof *row);
    if (row != NULL)
        *row = (struct hf_dominated_row){.depth = depth, .kind = kind, .num_objects = num_objects,
                                         .retained = retained, .node = HF_NO_NODE, .reference = "", .type = "",
                                         .value = ""};
    return row;
}

void hf_descent_describe(struct hf_descent *descent, struct hf_dominated_row *row, hf_node_id node) {
    char value[MAX_VALUE_CHARS * 4 + 1];
    size_t length = hf_snapshot_print_value(descent->snapshot, node, MAX_VALUE_CHARS, value, sizeof value);
    row->node = node;
    row->addr = hf_snapshot_get_addr(descent->snapshot, node);
    row->type = hf_lookup_type_name(descent->snapshot, node);
    row->value = hf_arena_copy(&descent->answer->arena, value, length < sizeof value ? length : sizeof value - 1);
}

static const char *keep_text(struct hf_descent *descent, struct hf_text *text) {
    const char *copy = hf_arena_copy(&descent->answer->arena, text->data != NULL ? text->data : "", text->length);
    descent->failed |= text->failed || descent->answer->arena.failed;
    hf_text_deinit(text);
    return copy;
}

static bool print_edge_from(struct hf_descent *descent, struct hf_text *text, hf_node_id owner, hf_node_id dict,
                            hf_node_id target) {
    const uint32_t *row = hf_col_row(descent->snapshot);
    hf_node_id source = dict != HF_NO_NODE ? dict : owner;
    for (uint32_t edge = row[source]; edge < row[source + 1]; edge++) {
        if (hf_col_edge_target(descent->snapshot)[edge] != target)
            continue;
        const struct hf_step step = {owner, dict, edge};
        hf_step_print(text, descent->snapshot, &step);
        return true;
    }
    return false;
}

/* "... [7]": by a longer way, of which the last reference is said. */
static void print_last_hop(struct hf_descent *descent, struct hf_text *text, hf_node_id node) {
    const struct hf_paths *paths = &descent->paths->paths;
    hf_text_add(text, "... ");
    if (!hf_paths_is_reached(paths, node) || hf_paths_parent_edge(paths, node) == HF_PATHS_ROOT)
        return;
    uint32_t edge = hf_paths_parent_edge(paths, node);
    hf_node_id source = hf_graph_edge_source(&descent->paths->graph, edge), owner = source;
    bool is_dict = hf_paths_is_attribute_dict(paths, source);
    if (is_dict)
        owner = hf_graph_edge_source(&descent->paths->graph, hf_paths_parent_edge(paths, source));
    const struct hf_step step = {owner, is_dict ? source : HF_NO_NODE, edge};
    hf_step_print(text, descent->snapshot, &step);
}

const char *hf_descent_reference_below(struct hf_descent *descent, const struct hf_entry *parent, hf_node_id node) {
    struct hf_text text = HF_TEXT_INIT;
    bool is_direct = print_edge_from(descent, &text, parent->node, HF_NO_NODE, node) ||
                     (parent->dict != HF_NO_NODE && print_edge_from(descent, &text, parent->node, parent->dict, node));
    if (!is_direct)
        print_last_hop(descent, &text, node);
    const char *kept = keep_text(descent, &text);
    return kept + strspn(kept, " ");
}

/* A root by its own words; what several roots hold by the shortest of the ways to it. */
const char *hf_descent_reference_at_top(struct hf_descent *descent, hf_node_id node) {
    struct hf_text text = HF_TEXT_INIT;
    struct hf_route route;
    struct hf_path_group group = {.owner = ""};
    uint32_t root = hf_root_order_find(&descent->paths->order, node, NULL);
    if (root != UINT32_MAX) {
        hf_root_print(&text, descent->snapshot, root);
        return keep_text(descent, &text);
    }
    if (!hf_paths_is_reached(&descent->paths->paths, node))
        return "";
    enum hf_status status =
        hf_route_init(&route, &descent->paths->paths, &descent->paths->order, node, HF_NO_EDGE, NULL);
    if (status == HF_OK)
        status = hf_group_describe(descent->snapshot, &route, &descent->answer->arena, &group, NULL);
    hf_route_deinit(&route);
    descent->failed |= status != HF_OK;
    bool is_held_by_several = hf_dominators_get_parent(descent->dominators, node) == HF_NO_NODE;
    hf_text_addf(&text, "%s%s", is_held_by_several ? "... " : "", group.owner);
    return keep_text(descent, &text);
}
