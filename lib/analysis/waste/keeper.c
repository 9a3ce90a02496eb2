/*
 * keeper.c - climbs from an object to the last name that the program gave.
 *
 *   shop --> CACHE --._shards--> list --[*]--> dict --[*]--> session
 *             ^ Cache                                        climbs: [*] [*] ._shards, which is a name, of a Cache
 *
 * All objects at one place have one keeper, so only the first of them climbs. A place whose last name is that of a
 * root, or more than 64 hops away, is a keeper of its own: chains of a million lists must not be climbed by each of
 * them.
 */
#include "analysis/waste/keeper.h"

#include <xxhash.h>

#include "analysis/lookup.h"
#include "analysis/naming/labels.h"
#include "base/error.h"

#define GARBAGE_HASH UINT64_C(1)
#define MAX_HOPS 64

enum hf_status hf_keepers_init(struct hf_keepers *keepers, const struct hf_snapshot *snapshot,
                               const struct hf_tree *tree, const struct hf_placing *placing, struct hf_error *error) {
    *keepers = (struct hf_keepers){.snapshot = snapshot, .tree = tree, .placing = placing};
    size_t num_bytes = ((size_t)snapshot->num_nodes + 2) * sizeof(uint32_t);
    /* There are no more places than nodes. */
    if (!hf_region_reserve(&keepers->of_place, num_bytes) || !hf_region_reserve(&keepers->parents, num_bytes))
        return hf_fail_nomem(error);
    hf_node_id *parents = (hf_node_id *)(void *)keepers->parents.data;
    struct hf_paths_walk walk = hf_paths_walk_begin(&tree->paths);
    while (hf_paths_walk_next(&walk))
        parents[walk.node] = walk.parent;
    return HF_OK;
}

void hf_keepers_deinit(struct hf_keepers *keepers) {
    hf_region_deinit(&keepers->of_place);
    hf_region_deinit(&keepers->parents);
    hf_numbering_deinit(&keepers->numbers);
    hf_text_deinit(&keepers->label);
    *keepers = (struct hf_keepers){0};
}

static uint64_t mix(uint64_t hash, uint64_t part) {
    return XXH3_64bits_withSeed(&part, sizeof part, hash);
}

/* Classes, modules and functions have names of their own; all others are known by their type. */
static uint64_t hash_owner(const struct hf_snapshot *snapshot, hf_node_id owner) {
    bool has_name = (hf_lookup_type(snapshot, owner)->flags & (HF_TYPE_TYPE | HF_TYPE_MODULE | HF_TYPE_FUNCTION)) != 0;
    return has_name ? (uint64_t)owner << 1 | 1 : (uint64_t)hf_col_node_type(snapshot)[owner] << 1;
}

/* What `source` is for the names of its edges: as in a route, the edges of which stand for those of attribute dicts. */
static enum hf_namespace namespace_of(const struct hf_keepers *keepers, hf_node_id source) {
    const struct hf_paths *paths = &keepers->tree->paths;
    uint32_t edge = hf_paths_parent_edge(paths, source);
    if (hf_paths_is_attribute_dict(paths, source))
        return HF_NAMESPACE_ATTRIBUTES;
    bool is_dict = (hf_lookup_type(keepers->snapshot, source)->flags & HF_TYPE_DICT) != 0;
    return is_dict && edge != HF_PATHS_ROOT ? hf_namespace_of(keepers->snapshot, edge) : HF_NAMESPACE_NONE;
}

static uint64_t climb(struct hf_keepers *keepers, hf_node_id node) {
    const struct hf_paths *paths = &keepers->tree->paths;
    const hf_node_id *parents = (const hf_node_id *)(const void *)keepers->parents.data;
    hf_place_id place = keepers->placing->of_node[node];
    uint64_t hash = 0;
    uint32_t edge;
    for (int i = 0; i < MAX_HOPS && (edge = hf_paths_parent_edge(paths, node)) != HF_PATHS_ROOT; i++) {
        hf_node_id source = parents[node];
        bool is_inside = hf_paths_is_attribute_dict(paths, node), is_name = false;
        node = source;
        if (is_inside)
            continue;
        hf_text_cut(&keepers->label, 0);
        hf_label_print(&keepers->label, keepers->snapshot, source, edge, namespace_of(keepers, source), &is_name);
        if (keepers->label.length > 0)
            hash = XXH3_64bits_withSeed(keepers->label.data, keepers->label.length, hash);
        if (!is_name)
            continue;
        if (hf_paths_is_attribute_dict(paths, source))
            source = parents[source];
        return mix(hash, hash_owner(keepers->snapshot, source));
    }
    return mix(GARBAGE_HASH, place);
}

uint32_t hf_keepers_get(struct hf_keepers *keepers, hf_node_id node) {
    hf_place_id place = keepers->placing->of_node[node];
    uint32_t *number = &((uint32_t *)(void *)keepers->of_place.data)[place];
    if (*number == 0)
        *number = hf_number_of(&keepers->numbers, place != HF_NO_PLACE ? climb(keepers, node) : GARBAGE_HASH);
    return keepers->label.failed ? 0 : *number;
}
