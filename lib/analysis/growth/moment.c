/*
 * moment.c - looks at one snapshot.
 *
 *   snapshot --roots that stay first--> tree of shortest paths --labels--> place of each node --> occupants of places
 *
 * Keys of dicts are placed with their values: an entry that is added is one thing, at one place.
 */
#include "analysis/growth/moment.h"

#include "analysis/lookup.h"
#include "base/error.h"

static enum hf_status find_occupants(struct hf_moment *moment, struct hf_error *error) {
    const struct hf_placing *placing = &moment->placing;
    moment->num_places = placing->places->num_places;
    if (!hf_region_reserve(&moment->occupants, ((size_t)moment->num_places + 1) * sizeof(struct hf_occupants)))
        return hf_fail_nomem(error);
    struct hf_occupants *occupants = (struct hf_occupants *)(void *)moment->occupants.data;
    for (hf_node_id node = 0; node < moment->snapshot->num_nodes; node++) {
        struct hf_occupants *at = &occupants[placing->of_node[node]];
        if (hf_bitset_has(&placing->aside, node)) {
            at->num_aside++;
        } else {
            at->count++;
            at->last = node;
        }
    }
    occupants[HF_NO_PLACE] = (struct hf_occupants){.last = HF_NO_NODE};
    return HF_OK;
}

static enum hf_status look(struct hf_moment *moment, struct hf_places *places, struct hf_census *census,
                           const struct hf_progress *progress, struct hf_error *error) {
    const struct hf_snapshot *snapshot = moment->snapshot;
    enum hf_status status = hf_root_order_init_by(&moment->order, snapshot, HF_ROOTS_STABLE, error);
    if (status == HF_OK)
        status = hf_paths_init(&moment->paths, &moment->graph, error);
    if (status == HF_OK)
        status = hf_paths_compute(&moment->paths, &moment->order.roots, NULL, progress, error);
    if (status == HF_OK)
        status = hf_placing_init(&moment->placing, places, snapshot, &moment->paths, &moment->order, true, progress,
                                 error);
    if (status == HF_OK)
        status = hf_census_identify(census, snapshot, &moment->ids, error);
    if (status == HF_OK)
        status = hf_census_count(census, snapshot, (const hf_census_id *)(const void *)moment->ids.data,
                                 moment->placing.of_node, error);
    return status == HF_OK ? find_occupants(moment, error) : status;
}

enum hf_status hf_moment_create(const struct hf_snapshot *snapshot, struct hf_places *places,
                                struct hf_census *census, const struct hf_progress *progress, struct hf_moment **out,
                                struct hf_error *error) {
    struct hf_moment *moment = hf_alloc(1, sizeof *moment);
    if (moment == NULL)
        return hf_fail_nomem(error);
    moment->snapshot = snapshot;
    moment->graph = hf_graph_of(snapshot);
    enum hf_status status = look(moment, places, census, progress, error);
    if (status == HF_OK)
        *out = moment;
    else
        hf_moment_destroy(moment);
    return status;
}

void hf_moment_destroy(struct hf_moment *moment) {
    if (moment == NULL)
        return;
    hf_placing_deinit(&moment->placing);
    hf_paths_deinit(&moment->paths);
    hf_root_order_deinit(&moment->order);
    hf_region_deinit(&moment->ids);
    hf_region_deinit(&moment->occupants);
    hf_free(moment);
}

uint64_t hf_moment_length(const struct hf_moment *moment, hf_node_id node) {
    const struct hf_graph *graph = &moment->graph;
    uint64_t num_items = 0, num_attributes = 0;
    for (uint32_t edge = graph->row[node]; edge < graph->row[node + 1]; edge++) {
        enum hf_name_kind kind = hf_graph_edge_kind(graph, edge);
        num_items += kind == HF_NAME_ITEM || kind == HF_NAME_MEMBER || kind == HF_NAME_VALUE;
        num_attributes += kind == HF_NAME_ATTRIBUTE;
    }
    bool has_keys = num_attributes > 0 && hf_lookup_is_exact_dict(moment->snapshot, node);
    return has_keys ? num_items + num_attributes : num_items;
}

enum hf_status hf_moment_lengths(const struct hf_moment *moment, struct hf_region *lengths, struct hf_error *error) {
    if (!hf_region_reserve(lengths, ((size_t)moment->num_places + 1) * sizeof(uint64_t)))
        return hf_fail_nomem(error);
    uint64_t *length = (uint64_t *)(void *)lengths->data;
    for (hf_node_id node = 0; node < moment->snapshot->num_nodes; node++)
        if (!hf_bitset_has(&moment->placing.aside, node))
            length[hf_moment_place(moment, node)] += hf_moment_length(moment, node);
    return HF_OK;
}
