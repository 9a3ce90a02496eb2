/*
 * fuzz_questions.c - bytes as an object graph, and questions to it.
 *
 *   [nodes] [type] [type] ... | [source target kind name] [source target kind name] ...
 *
 * Property: whatever the graph is like (dicts of dicts, objects that are their own type, keys without values, modules
 * inside lists), the questions about neighbours, chains, cycles, one object, suspects, waste and allocation sites end
 * with an answer that is consistent: rows stand below their parents, hops follow references, a cycle comes back, sums agree.
 */
#include <stdlib.h>

#include <holdfast/chain.h>
#include <holdfast/cycles.h>
#include <holdfast/native.h>
#include <holdfast/neighbours.h>
#include <holdfast/object.h>
#include <holdfast/sites.h>
#include <holdfast/suspects.h>
#include <holdfast/waste.h>

#include "snapshot/builder.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t num_bytes);

#define MAX_NODES 48u
#define BYTES_PER_EDGE 4u

static const uint32_t type_flags[] = {0, HF_TYPE_HEAP, HF_TYPE_DICT, HF_TYPE_LIST, HF_TYPE_MODULE, HF_TYPE_STR,
                                      HF_TYPE_TYPE, HF_TYPE_FUNCTION, HF_TYPE_CELL, HF_TYPE_GENERATOR,
                                      HF_TYPE_DICT | HF_TYPE_HEAP, HF_TYPE_FRAME, HF_TYPE_TUPLE, HF_TYPE_SET};
static const char *const type_names[] = {"object", "app.Node", "dict", "list", "module", "str",
                                         "type", "function", "cell", "generator", "app.Conf", "frame",
                                         "tuple", "set"};
#define NUM_TYPES (sizeof type_flags / sizeof type_flags[0])
#define NUM_COMMON_TYPES 12  /* the others are the highest bytes */

static void require(bool condition) {
    if (!condition)
        abort();
}

/* ---- the graph ---- */

static void add_sites(struct hf_builder *builder) {
    uint32_t outer = hf_builder_add_site(builder, HF_NO_SITE, "app.py", 1, "");
    hf_builder_add_site(builder, outer, "app.py", 2, "work");
    hf_builder_add_site(builder, HF_SITE_CUT, "app.py", 2, "work");
}

static void add_nodes(struct hf_builder *builder, const uint8_t *types, uint32_t num_nodes) {
    add_sites(builder);
    for (size_t i = 0; i < NUM_TYPES; i++)
        hf_builder_add_type(builder, type_names[i], "app", type_flags[i]);
    hf_builder_add_room(builder, (struct hf_room_record){0, 16, 48, 1});
    hf_builder_add_room(builder, (struct hf_room_record){1, 24, 40, 0});
    for (uint32_t i = 0; i < num_nodes; i++) {
        uint32_t type = types[i] > 235 ? NUM_COMMON_TYPES + types[i] % 2u : types[i] % NUM_COMMON_TYPES;
        hf_node_id node = hf_builder_add_node(builder, UINT64_C(0x7f0000000000) + i * 64, type, 64, 1, 0);
        if ((type_flags[type] & HF_TYPE_STR) != 0)
            hf_builder_add_str(builder, node, types[i] > 127 ? "name" : "x y");
        if (types[i] % 7 < 3)
            hf_builder_set_site(builder, node, types[i] % 7u);
        if (types[i] % 16 == 3)
            hf_builder_add_view(builder, node, types[i] % 5u);
    }
}

/* A VALUE has to follow a KEY of the same row: each is added with one. */
static void add_edge(struct hf_builder *builder, const uint8_t *at, uint32_t num_nodes) {
    static const char *const names[] = {"a", "next", "__mro__", "two words", "@.x[0]"};
    hf_node_id source = at[0] % num_nodes, target = at[1] % num_nodes;
    enum hf_name_kind kind = (enum hf_name_kind)(at[2] % HF_NAME_NUM_KINDS);
    if (kind == HF_NAME_VALUE)
        hf_builder_add_edge(builder, source, at[3] % num_nodes, HF_NAME_KEY, "");
    hf_builder_add_edge(builder, source, target, kind, at[3] > 235 ? "base" : names[at[3] % 5]);
}

static void add_roots(struct hf_builder *builder, uint8_t bits, uint32_t num_nodes) {
    uint32_t thread = hf_builder_add_thread(builder, 1, "worker", false);
    uint32_t frame = hf_builder_add_frame(builder, thread, 0, "work", "app.py", 3);
    if ((bits & 1) != 0)
        hf_builder_add_root(builder, 0, HF_ROOT_MODULE, "app", HF_NO_FRAME);
    if ((bits & 2) != 0)
        hf_builder_add_root(builder, num_nodes / 2, HF_ROOT_FRAME, "local", frame);
    if ((bits & 4) != 0)
        hf_builder_add_root(builder, num_nodes - 1, HF_ROOT_OUTSIDE, "", HF_NO_FRAME);
}

static struct hf_snapshot *make_graph(const uint8_t *bytes, size_t num_bytes) {
    uint32_t num_nodes = 1 + bytes[0] % MAX_NODES;
    if (num_bytes < 2 + (size_t)num_nodes)
        return NULL;
    struct hf_builder *builder = hf_builder_create();
    struct hf_snapshot *snapshot = NULL;
    require(builder != NULL);
    add_nodes(builder, bytes + 2, num_nodes);
    for (size_t at = 2 + num_nodes; at + BYTES_PER_EDGE <= num_bytes; at += BYTES_PER_EDGE)
        add_edge(builder, bytes + at, num_nodes);
    add_roots(builder, bytes[1], num_nodes);
    require(hf_builder_finish(builder, &snapshot, NULL) == HF_OK);
    hf_builder_destroy(builder);
    return snapshot;
}

/* ---- the questions ---- */

static hf_node_id source_of(const struct hf_snapshot *snapshot, uint32_t edge) {
    for (hf_node_id node = 0; node < hf_snapshot_num_nodes(snapshot); node++) {
        struct hf_node info = hf_snapshot_get_node(snapshot, node);
        if (edge >= info.first_edge && edge < info.first_edge + info.num_edges)
            return node;
    }
    abort();
}

/* Each hop is reached from the one before, or from a dict that the one before refers to. */
static void check_hops(const struct hf_snapshot *snapshot, const struct hf_path_hop *hops, size_t num_hops) {
    for (size_t i = 1; i < num_hops; i++) {
        hf_node_id source = source_of(snapshot, hops[i].edge);
        struct hf_node before = hf_snapshot_get_node(snapshot, hops[i - 1].node);
        bool follows = source == hops[i - 1].node;
        for (uint32_t j = 0; j < before.num_edges; j++)
            follows |= hf_snapshot_get_edge(snapshot, before.first_edge + j).target == source;
        require(follows && hf_snapshot_get_edge(snapshot, hops[i].edge).target == hops[i].node);
        require(hops[i].reference[0] != '\0' && hops[i].type[0] != '\0');
    }
}

static void check_rows(const struct hf_snapshot *snapshot, const struct hf_neighbours *found) {
    uint64_t first = found->num_hidden_references;
    for (uint32_t i = 0; i < found->num_rows; i++) {
        const struct hf_neighbour *row = &found->rows[i];
        require(row->parent == HF_NO_ROW ? row->depth == 1
                                         : row->parent < i && row->depth == found->rows[row->parent].depth + 1);
        require(row->num_repeated <= row->num_objects && row->num_references > 0);
        require(row->node == HF_NO_NODE || row->node < hf_snapshot_num_nodes(snapshot));
        first += row->depth == 1 ? row->num_references : 0;
    }
    require(first == found->num_references);
}

static void ask_neighbours(const struct hf_snapshot *snapshot, const struct hf_selection *selection) {
    for (int direction = HF_NEIGHBOURS_REFERENCES; direction <= HF_NEIGHBOURS_REFERRERS; direction++) {
        const struct hf_neighbours_options options = {.struct_size = sizeof options, .depth = 4, .max_branches = 3,
                                                      .direction = (enum hf_neighbours_direction)direction};
        struct hf_neighbours *found;
        require(hf_neighbours_create(snapshot, selection, &options, &found, NULL) == HF_OK);
        check_rows(snapshot, found);
        hf_neighbours_destroy(found);
    }
}

static void ask_sites(const struct hf_snapshot *snapshot) {
    const struct hf_types_options options = {.struct_size = sizeof options, .retained = true};
    const struct hf_snapshot *pair[] = {snapshot, snapshot};
    struct hf_sites *sites;
    struct hf_site_growth *growth;
    require(hf_sites_create(snapshot, &options, &sites, NULL) == HF_OK);
    uint64_t count = sites->unknown_count, size_bytes = sites->unknown_bytes;
    for (size_t i = 0; i < sites->num_rows; i++) {
        count += sites->rows[i].count;
        size_bytes += sites->rows[i].size_bytes;
        require(sites->rows[i].retained.count >= sites->rows[i].count && sites->rows[i].num_types > 0);
    }
    require(count == hf_snapshot_num_nodes(snapshot) && count == sites->total_count);
    require(size_bytes == sites->total_bytes && sites->num_rows <= 2);
    hf_sites_destroy(sites);
    require(hf_site_growth_create(pair, 2, NULL, &growth, NULL) == HF_OK);
    require(growth->num_rows == 0);
    hf_site_growth_destroy(growth);
}

static void ask_chain(const struct hf_snapshot *snapshot, const struct hf_selection *from,
                      const struct hf_selection *to) {
    struct hf_chain *chain;
    require(hf_chain_create(snapshot, from, to, NULL, &chain, NULL) == HF_OK);
    require(chain->num_hops != 1);
    check_hops(snapshot, chain->hops, chain->num_hops);
    hf_chain_destroy(chain);
}

static void ask_cycles(const struct hf_snapshot *snapshot) {
    struct hf_cycles *cycles;
    uint64_t objects = 0, components = 0;
    require(hf_cycles_create(snapshot, NULL, &cycles, NULL) == HF_OK);
    for (size_t i = 0; i < cycles->num_groups; i++) {
        const struct hf_cycle_group *group = &cycles->groups[i];
        require(group->length > 0 && group->num_hops == group->length + 1);
        check_hops(snapshot, group->hops, group->num_hops);
        objects += group->num_objects;
        components += group->num_components;
    }
    bool is_all = cycles->num_groups == cycles->num_all_groups;
    require(!is_all || (objects == cycles->num_objects && components == cycles->num_components));
    require(cycles->num_objects <= hf_snapshot_num_nodes(snapshot));
    hf_cycles_destroy(cycles);
}

static void ask_object(const struct hf_snapshot *snapshot, hf_node_id node) {
    struct hf_object *object;
    require(hf_object_create(snapshot, node, NULL, &object, NULL) == HF_OK);
    require(object->retained.count > 0 && object->type_count > 0);
    require((object->path != NULL) == (object->owner[0] != '\0'));
    check_rows(snapshot, object->referrers);
    check_rows(snapshot, object->references);
    hf_object_destroy(object);
}

/* Underlined references follow each other, and what a suspect is made of is what it retains. */
static void check_suspect(const struct hf_snapshot *snapshot, const struct hf_suspects *suspects,
                          const struct hf_suspect *suspect) {
    uint64_t count = 0, size_bytes = 0;
    for (size_t i = 0; i < suspect->num_parts; i++) {
        count += suspect->parts[i].count;
        size_bytes += suspect->parts[i].size_bytes;
    }
    require(suspect->num_parts == suspect->num_all_parts);
    require(count == suspect->count && size_bytes == suspect->size_bytes && size_bytes <= suspects->total_bytes);
    require((suspect->path == NULL) == (suspect->kind == HF_SUSPECT_GARBAGE));
    if (suspect->path == NULL)
        return;
    check_hops(snapshot, suspect->path->hops, suspect->path->num_hops);
    size_t num_starts = 0;
    for (size_t i = 0; i < suspect->path->num_hops; i++)
        num_starts += suspect->hops[i].is_underlined && (i == 0 || !suspect->hops[i - 1].is_underlined);
    require(num_starts <= 1);
}

static void ask_suspects(const struct hf_snapshot *snapshot) {
    struct hf_suspects *suspects;
    const struct hf_suspects_options options = {.struct_size = sizeof options, .threshold = 0.03, .max_parts = 100,
                                                .max_suspects = 100};
    require(hf_suspects_create(snapshot, NULL, &options, &suspects, NULL) == HF_OK);
    for (size_t i = 0; i < suspects->num_suspects; i++)
        check_suspect(snapshot, suspects, &suspects->list[i]);
    hf_suspects_destroy(suspects);
    require(hf_suspects_create(snapshot, snapshot, &options, &suspects, NULL) == HF_OK);
    require(suspects->num_suspects == 0 && suspects->new_count == 0);
    hf_suspects_destroy(suspects);
}

/* Rows add up to what is held; since the same moment nothing grew. */
static void ask_native(const struct hf_snapshot *snapshot) {
    struct hf_native *native;
    uint64_t references = 0;
    require(hf_native_create(snapshot, snapshot, NULL, &native, NULL) == HF_OK);
    for (size_t i = 0; i < native->num_rows; i++)
        references += native->rows[i].num_references;
    require(references == native->num_references && native->num_all_grown == 0);
    for (size_t i = 0; i < native->num_dangers; i++)
        require(native->dangers[i].num_found > native->dangers[i].refcount);
    hf_native_destroy(native);
}

static void check_section(const struct hf_snapshot *snapshot, const struct hf_waste *waste,
                          const struct hf_waste_section *section) {
    uint64_t count = 0, size_bytes = 0, saving_bytes = 0;
    for (size_t i = 0; i < section->num_rows; i++) {
        const struct hf_waste_row *row = &section->rows[i];
        require(row->count > 0 && row->saving_bytes > 0 && row->saving_bytes <= row->size_bytes);
        require(row->example < hf_snapshot_num_nodes(snapshot) && row->type[0] != '\0' && row->what[0] != '\0');
        require((row->pattern[0] == '\0') == (row->owner[0] == '\0'));
        count += row->count;
        size_bytes += row->size_bytes;
        saving_bytes += row->saving_bytes;
    }
    require(section->num_rows == section->num_all_rows && count <= waste->total_count);
    require(count == section->count && size_bytes == section->size_bytes && saving_bytes == section->saving_bytes);
}

static void ask_waste(const struct hf_snapshot *snapshot) {
    const struct hf_waste_options options = {.struct_size = sizeof options, .limit = SIZE_MAX};
    struct hf_waste *waste;
    require(hf_waste_create(snapshot, &options, &waste, NULL) == HF_OK);
    for (size_t i = 0; i < waste->num_sections; i++)
        check_section(snapshot, waste, &waste->sections[i]);
    hf_waste_destroy(waste);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t num_bytes) {
    struct hf_snapshot *snapshot = num_bytes < 3 ? NULL : make_graph(bytes, num_bytes);
    if (snapshot == NULL)
        return 0;
    uint32_t num_nodes = hf_snapshot_num_nodes(snapshot);
    const hf_node_id nodes[] = {bytes[num_bytes - 1] % num_nodes, bytes[num_bytes - 2] % num_nodes};
    struct hf_selection *selections[2];
    require(hf_selection_create_nodes(snapshot, nodes, 1, &selections[0], NULL) == HF_OK);
    require(hf_selection_create_nodes(snapshot, nodes, 2, &selections[1], NULL) == HF_OK);
    ask_neighbours(snapshot, selections[0]);
    ask_neighbours(snapshot, selections[1]);
    ask_chain(snapshot, selections[0], selections[0]);
    ask_chain(snapshot, selections[0], selections[1]);
    ask_cycles(snapshot);
    ask_object(snapshot, nodes[0]);
    ask_suspects(snapshot);
    ask_native(snapshot);
    ask_waste(snapshot);
    ask_sites(snapshot);
    hf_selection_destroy(selections[0]);
    hf_selection_destroy(selections[1]);
    hf_snapshot_destroy(snapshot);
    return 0;
}
