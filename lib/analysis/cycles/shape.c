/*
 * shape.c - a shortest cycle through an object, and a hash of it.
 *
 *   component   M --DICT--> D --VALUE 'f'--> function --__globals__--> D
 *   entry       M and D are one object: the search starts at both, and ends at the first reference to either
 *   route       (M, D, VALUE 'f')  (function, __globals__)         "module.f.__globals__"
 *   hash        type of M, then each label with the type behind it, unless both repeat
 */
#include "analysis/cycles/shape.h"

#include "analysis/lookup.h"
#include "analysis/path/merged.h"
#include "base/error.h"

enum hf_status hf_shaper_init(struct hf_shaper *shaper, const struct hf_snapshot *snapshot,
                              const struct hf_components *components, const struct hf_dicts *dicts,
                              struct hf_error *error) {
    *shaper = (struct hf_shaper){.snapshot = snapshot, .components = components, .dicts = dicts};
    shaper->labels = hf_alloc(1, sizeof *shaper->labels);
    if (shaper->labels == NULL || !hf_bitset_init(&shaper->goal, snapshot->num_nodes))
        return hf_fail_nomem(error);
    enum hf_status status = hf_labels_init(shaper->labels, snapshot, error);
    return status == HF_OK ? hf_search_init(&shaper->search, dicts, error) : status;
}

void hf_shaper_deinit(struct hf_shaper *shaper) {
    if (shaper->labels != NULL)
        hf_labels_deinit(shaper->labels);
    hf_free(shaper->labels);
    hf_search_deinit(&shaper->search);
    hf_bitset_deinit(&shaper->goal);
    hf_route_deinit(&shaper->route);
}

/* The entry, and its attribute dict or its owner if that is in the component too. Gives their number. */
static size_t list_entry(const struct hf_shaper *shaper, uint32_t part, hf_node_id entry, hf_node_id nodes[2]) {
    hf_node_id owner = hf_dicts_owner(shaper->dicts, entry);
    hf_node_id other = owner != entry ? owner : hf_dicts_find(shaper->dicts, entry);
    nodes[0] = entry;
    nodes[1] = other;
    return other != HF_NO_NODE && shaper->components->part[other] == part + 1 ? 2 : 1;
}

/* The first step may start at an attribute dict: it reads as one of the owner. */
static void start_at_owner(struct hf_shaper *shaper) {
    struct hf_step *first = (struct hf_step *)(void *)shaper->route.region.data;
    if (first->dict == HF_NO_NODE)
        *first = hf_step_make(shaper->dicts, first->owner, first->edge);
    shaper->route.start = first->owner;
}

/* The last edge of a shortest cycle through any of the nodes. NOT_FOUND: they lead back only inside themselves. */
static enum hf_status search_back(struct hf_shaper *shaper, uint32_t part, const hf_node_id *nodes, size_t num_nodes,
                                  uint32_t *last_edge) {
    const struct hf_search_task task = {
        .starts = nodes,
        .num_starts = num_nodes,
        .goal = &shaper->goal,
        .part = shaper->components->part,
        .only_part = part + 1,
    };
    for (size_t i = 0; i < num_nodes; i++)
        hf_bitset_add(&shaper->goal, nodes[i]);
    enum hf_status status = hf_search_run(&shaper->search, &task, NULL, last_edge, NULL);
    for (size_t i = 0; i < num_nodes; i++)
        hf_bitset_remove(&shaper->goal, nodes[i]);
    return status;
}

enum hf_status hf_shaper_find(struct hf_shaper *shaper, uint32_t part, hf_node_id entry, struct hf_error *error) {
    hf_node_id nodes[2];
    uint32_t last_edge;
    enum hf_status status = search_back(shaper, part, nodes, list_entry(shaper, part, entry, nodes), &last_edge);
    if (status == HF_NOT_FOUND) /* an object that is its own dict's dict: in a damaged file */
        status = search_back(shaper, part, &entry, 1, &last_edge);
    if (status != HF_OK)
        return hf_fail(error, HF_ERR_INTERNAL, "object #%u is on no cycle of its component", entry);
    status = hf_route_init_chain(&shaper->route, &shaper->search, last_edge, error);
    if (status == HF_OK)
        start_at_owner(shaper);
    return status;
}

static uint64_t mix(uint64_t hash, uint64_t value) {
    uint64_t x = (hash ^ (value + 1) * UINT64_C(0x9E3779B97F4A7C15)) + UINT64_C(0xD1B54A32D192ED03);
    x = (x ^ x >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    x = (x ^ x >> 27) * UINT64_C(0x94D049BB133111EB);
    x ^= x >> 31;
    return x != 0 ? x : 1;
}

uint64_t hf_shaper_hash(struct hf_shaper *shaper, struct hf_error *error) {
    const struct hf_route *route = &shaper->route;
    const uint32_t *type = hf_col_node_type(shaper->snapshot), *target = hf_col_edge_target(shaper->snapshot);
    uint64_t hash = mix(0, type[route->start]), before = UINT64_MAX;
    for (size_t i = 0; i < route->num_steps; i++) {
        const struct hf_step *step = &route->steps[i];
        uint32_t label = hf_labels_get(shaper->labels, hf_step_source(step), step->edge,
                                       hf_route_namespace(shaper->snapshot, route, i));
        uint64_t both = (uint64_t)label << 32 | type[target[step->edge]];
        if (both != before)
            hash = mix(hash, both);
        before = both;
    }
    if (!shaper->labels->failed)
        return hash;
    (void)hf_fail_nomem(error);
    return 0;
}
