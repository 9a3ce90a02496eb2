/*
 * test_neighbours.c - the rows of a small world; what is left out; and random graphs against a twin that measures
 * distances by passes over all edges and groups references by their printed names.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <holdfast/neighbours.h>

#include "analysis/interest.h"
#include "analysis/lookup.h"
#include "analysis/naming/labels.h"
#include "csr.h"
#include "graph/dicts.h"
#include "patience.h"
#include "world.h"

static struct hf_neighbours *ask_many(const struct hf_snapshot *snapshot, const hf_node_id *nodes, size_t num_nodes,
                                      const struct hf_neighbours_options *options) {
    struct hf_selection *selection;
    struct hf_neighbours *neighbours;
    struct hf_error error;
    assert_int_equal(hf_selection_create_nodes(snapshot, nodes, num_nodes, &selection, NULL), HF_OK);
    if (hf_neighbours_create(snapshot, selection, options, &neighbours, &error) != HF_OK)
        fail_msg("%s", error.message);
    hf_selection_destroy(selection);
    return neighbours;
}

static struct hf_neighbours *ask(const struct world *world, hf_node_id node, enum hf_neighbours_direction direction,
                                 unsigned depth) {
    const struct hf_neighbours_options options = {.struct_size = sizeof options, .direction = direction,
                                                  .depth = depth};
    return ask_many(world->snapshot, &node, 1, &options);
}

static void check_row(const struct hf_neighbour *row, uint32_t depth, uint32_t parent, const char *reference,
                      const char *type, uint64_t num_references, uint64_t num_objects, uint64_t num_further) {
    assert_string_equal(row->reference, reference);
    assert_string_equal(row->type, type);
    assert_int_equal(row->depth, depth);
    assert_int_equal(row->parent, parent);
    assert_int_equal(row->num_references, num_references);
    assert_int_equal(row->num_objects, num_objects);
    assert_int_equal(row->num_further, num_further);
}

/* shop.CACHE (with a dict) ._shards [0..1] -> dicts ['k'] -> sessions; both sessions have .cache, one a worker too */
struct shop {
    struct world world;
    hf_node_id cache, dict, shards, shard[2], session[2];
};

static struct shop make_shop(void) {
    struct shop shop = {.world = begin_world()};
    struct world *world = &shop.world;
    shop.cache = add_global(world, "CACHE", T_CACHE);
    shop.dict = add_node(world, T_DICT);
    link_nodes(world, shop.cache, shop.dict, HF_NAME_DICT, "__dict__");
    shop.shards = add_node(world, T_LIST);
    set_attribute(world, shop.dict, "_shards", shop.shards);
    for (int i = 0; i < 2; i++) {
        shop.shard[i] = add_node(world, T_DICT);
        link_nodes(world, shop.shards, shop.shard[i], HF_NAME_ITEM, "");
        shop.session[i] = add_node(world, T_SESSION);
        set_item(world, shop.shard[i], add_str(world, "k"), shop.session[i]);
        link_nodes(world, shop.session[i], shop.cache, HF_NAME_ATTRIBUTE, "cache");
    }
    uint32_t thread = hf_builder_add_thread(world->builder, 1, "worker", false);
    uint32_t frame = hf_builder_add_frame(world->builder, thread, 0, "handle", "shop.py", 31);
    hf_builder_add_root(world->builder, shop.session[1], HF_ROOT_FRAME, "session", frame);
    finish_world(world);
    return shop;
}

static void test_references(void **state) {
    (void)state;
    struct shop shop = make_shop();
    struct hf_neighbours *found = ask(&shop.world, shop.cache, HF_NEIGHBOURS_REFERENCES, 3);
    assert_int_equal(found->num_selected, 1);
    assert_int_equal(found->num_references, 1);
    assert_int_equal(found->num_hidden_rows + found->num_hidden_references, 0);
    assert_int_equal(found->num_rows, 4);
    check_row(&found->rows[0], 1, HF_NO_ROW, "._shards", "list", 1, 1, 0);
    check_row(&found->rows[1], 2, 0, "[*]", "dict", 2, 2, 0);
    check_row(&found->rows[2], 3, 1, "[*]", "shop.cache.Session", 2, 2, 2);
    check_row(&found->rows[3], 3, 1, " key [*]", "str", 2, 2, 0);
    assert_int_equal(found->rows[0].node, shop.shards);
    assert_string_equal(found->rows[0].value, "list of 2 items");
    assert_int_equal(found->rows[1].node, shop.shard[0]);
    assert_string_equal(found->rows[1].value, "");
    assert_int_equal(found->rows[1].size_bytes, 128);
    hf_neighbours_destroy(found);
    end_world(&shop.world);
}

/* The references back to the selected object are told, and not followed once more. */
static void test_repetition(void **state) {
    (void)state;
    struct shop shop = make_shop();
    struct hf_neighbours *found = ask(&shop.world, shop.cache, HF_NEIGHBOURS_REFERENCES, 100);
    assert_int_equal(found->num_rows, 5);
    check_row(&found->rows[3], 4, 2, ".cache", "shop.cache.Cache", 2, 1, 0);
    assert_int_equal(found->rows[3].num_repeated, 1);
    assert_int_equal(found->rows[3].size_bytes, 128);
    check_row(&found->rows[4], 3, 1, " key [*]", "str", 2, 2, 0);
    hf_neighbours_destroy(found);
    end_world(&shop.world);
}

/* Roots come first; a module is an end, and is counted to its last reference. */
static void test_referrers(void **state) {
    (void)state;
    struct shop shop = make_shop();
    struct hf_neighbours *found = ask_many(
        shop.world.snapshot, shop.session, 2,
        &(struct hf_neighbours_options){.struct_size = sizeof(struct hf_neighbours_options),
                                        .direction = HF_NEIGHBOURS_REFERRERS, .depth = 5});
    assert_int_equal(found->num_references, 3);
    assert_int_equal(found->num_rows, 6);
    check_row(&found->rows[0], 1, HF_NO_ROW, "handle() local 'session'", "", 1, 0, 0);
    assert_int_equal(found->rows[0].node, HF_NO_NODE);
    assert_string_equal(found->rows[0].value, "thread worker, handle() at shop.py:31, local 'session'");
    check_row(&found->rows[1], 1, HF_NO_ROW, "[*]", "dict", 2, 2, 0);
    check_row(&found->rows[2], 2, 1, "[*]", "list", 2, 1, 0);
    check_row(&found->rows[3], 3, 2, "._shards", "shop.cache.Cache", 1, 1, 0);
    assert_int_equal(found->rows[3].size_bytes, 128);
    check_row(&found->rows[4], 4, 3, ".cache", "shop.cache.Session", 2, 2, 0);
    assert_int_equal(found->rows[4].num_repeated, 2);
    check_row(&found->rows[5], 4, 3, ".CACHE", "module", 1, 1, 0);
    hf_neighbours_destroy(found);
    found = ask(&shop.world, shop.shards, HF_NEIGHBOURS_REFERRERS, 1);
    assert_int_equal(found->num_rows, 1);
    check_row(&found->rows[0], 1, HF_NO_ROW, "._shards", "shop.cache.Cache", 1, 1, 3);
    hf_neighbours_destroy(found);
    end_world(&shop.world);
}

/* A dict that is selected by itself is a dict; selected with its owner it is the owner. */
static void test_attribute_dicts(void **state) {
    (void)state;
    struct shop shop = make_shop();
    struct hf_neighbours *found = ask(&shop.world, shop.dict, HF_NEIGHBOURS_REFERENCES, 1);
    assert_int_equal(found->num_rows, 2);
    check_row(&found->rows[0], 1, HF_NO_ROW, "['_shards']", "list", 1, 1, 2);
    check_row(&found->rows[1], 1, HF_NO_ROW, " key '_shards'", "str", 1, 1, 0);
    hf_neighbours_destroy(found);
    found = ask(&shop.world, shop.dict, HF_NEIGHBOURS_REFERRERS, 1);
    assert_int_equal(found->num_rows, 1);
    check_row(&found->rows[0], 1, HF_NO_ROW, ".__dict__", "shop.cache.Cache", 1, 1, 3);
    hf_neighbours_destroy(found);
    const hf_node_id both[] = {shop.cache, shop.dict};
    found = ask_many(shop.world.snapshot, both, 2, NULL);
    assert_int_equal(found->num_references, 1);
    check_row(&found->rows[0], 1, HF_NO_ROW, "._shards", "list", 1, 1, 0);
    hf_neighbours_destroy(found);
    end_world(&shop.world);
}

/* Roots of other kinds: native code, and a list in sys.modules. */
static void test_roots(void **state) {
    (void)state;
    struct world world = begin_world();
    hf_node_id list = add_global(&world, "x", T_LIST);
    hf_builder_add_root(world.builder, list, HF_ROOT_OUTSIDE, "", HF_NO_FRAME);
    hf_builder_add_root(world.builder, list, HF_ROOT_MODULE, "odd", HF_NO_FRAME);
    hf_builder_add_root(world.builder, list, HF_ROOT_IMMORTAL, "", HF_NO_FRAME);
    finish_world(&world);
    struct hf_neighbours *found = ask(&world, list, HF_NEIGHBOURS_REFERRERS, 2);
    assert_int_equal(found->num_rows, 3);
    check_row(&found->rows[0], 1, HF_NO_ROW, "<native code>", "", 1, 0, 0);
    check_row(&found->rows[1], 1, HF_NO_ROW, "module odd", "", 1, 0, 0);
    check_row(&found->rows[2], 1, HF_NO_ROW, ".x", "module", 1, 1, 0);
    hf_neighbours_destroy(found);
    end_world(&world);
}

/* A list of nine kinds with nine things each below: rows go to all alike, and what is hidden is counted. */
static void test_room_is_shared(void **state) {
    (void)state;
    struct world world = begin_world();
    hf_node_id top = add_global(&world, "x", T_LIST);
    for (unsigned i = 0; i < 9; i++) {
        char name[] = "a0";
        name[1] = (char)('0' + i);
        hf_node_id middle = add_node(&world, T_CACHE);
        link_nodes(&world, top, middle, HF_NAME_ATTRIBUTE, name);
        for (unsigned j = 0; j < 9; j++) {
            name[1] = (char)('0' + j);
            link_nodes(&world, middle, add_node(&world, T_LIST), HF_NAME_ATTRIBUTE, name);
        }
    }
    finish_world(&world);
    struct hf_neighbours_options options = {.struct_size = sizeof options, .max_rows = 27, .max_branches = 20};
    struct hf_neighbours *found = ask_many(world.snapshot, &top, 1, &options);
    assert_int_equal(found->num_rows, 27);
    assert_int_equal(found->num_hidden_rows, 0);
    for (size_t i = 0; i < 27; i += 3) {
        assert_int_equal(found->rows[i].depth, 1);
        assert_int_equal(found->rows[i].num_hidden_rows, 7);
        assert_int_equal(found->rows[i].num_hidden_references, 7);
        assert_int_equal(found->rows[i + 1].parent, i);
        assert_string_equal(found->rows[i + 2].reference, ".a1");
    }
    hf_neighbours_destroy(found);
    options.max_branches = 4;
    found = ask_many(world.snapshot, &top, 1, &options);
    assert_int_equal(found->num_references, 9);
    assert_int_equal(found->num_hidden_rows, 5);
    assert_int_equal(found->num_hidden_references, 5);
    assert_int_equal(found->num_rows, 4 + 16);
    hf_neighbours_destroy(found);
    end_world(&world);
}

/* A million objects that are alike are one row. */
static void test_many_alike(void **state) {
    (void)state;
    enum { MANY = 1000000 };
    struct world world = begin_world();
    hf_node_id list = add_global(&world, "x", T_LIST), session = add_node(&world, T_SESSION);
    for (unsigned i = 0; i < MANY; i++) {
        hf_node_id node = add_node(&world, T_NODE);
        link_nodes(&world, list, node, HF_NAME_ITEM, "");
        link_nodes(&world, node, session, HF_NAME_ATTRIBUTE, "session");
    }
    finish_world(&world);
    struct hf_neighbours *found = ask(&world, session, HF_NEIGHBOURS_REFERRERS, 3);
    assert_int_equal(found->num_rows, 3);
    check_row(&found->rows[0], 1, HF_NO_ROW, ".session", "shop.Node", MANY, MANY, 0);
    check_row(&found->rows[1], 2, 0, "[*]", "list", MANY, 1, 0);
    check_row(&found->rows[2], 3, 1, ".x", "module", 1, 1, 0);
    hf_neighbours_destroy(found);
    found = ask(&world, list, HF_NEIGHBOURS_REFERENCES, 2);
    check_row(&found->rows[0], 1, HF_NO_ROW, "[*]", "shop.Node", MANY, MANY, 0);
    check_row(&found->rows[1], 2, 0, ".session", "shop.cache.Session", MANY, 1, 0);
    hf_neighbours_destroy(found);
    end_world(&world);
}

/* A list as long as that is followed to the depth that was asked for, and the rest of it counted. */
static void test_long_list(void **state) {
    (void)state;
    enum { LENGTH = 200000 };
    struct world world = begin_world();
    hf_node_id first = add_global(&world, "x", T_NODE), last = first;
    for (unsigned i = 1; i < LENGTH; i++) {
        hf_node_id node = add_node(&world, T_NODE);
        link_nodes(&world, last, node, HF_NAME_ATTRIBUTE, "next");
        last = node;
    }
    finish_world(&world);
    const struct hf_neighbours_options options = {.struct_size = sizeof options, .depth = 5000, .max_rows = 5000};
    struct hf_neighbours *found = ask_many(world.snapshot, &first, 1, &options);
    assert_int_equal(found->num_rows, 100);
    check_row(&found->rows[99], 100, 98, ".next", "shop.Node", 1, 1, 1);
    hf_neighbours_destroy(found);
    end_world(&world);
}

/* ---- the twin ---- */

enum { RANDOM_NODES = 30, FAR = 1000 };

static struct hf_snapshot *make_random(uint64_t *random) {
    static const enum hf_name_kind kinds[] = {HF_NAME_ITEM, HF_NAME_ATTRIBUTE, HF_NAME_TYPE, HF_NAME_DICT};
    static const char *const names[] = {"a", "b", "c"};
    static const enum world_type types[] = {T_LIST, T_CACHE, T_NODE, T_DICT, T_MODULE};
    struct world world = begin_world();
    for (unsigned i = 0; i < RANDOM_NODES; i++)
        add_node(&world, types[random_below(random, 5)]);
    uint32_t num_edges = random_below(random, RANDOM_NODES * 3);
    for (uint32_t i = 0; i < num_edges; i++)
        link_nodes(&world, 2 + random_below(random, RANDOM_NODES), 2 + random_below(random, RANDOM_NODES),
                   kinds[random_below(random, 4)], names[random_below(random, 3)]);
    for (uint32_t i = random_below(random, 4); i > 0; i--)
        hf_builder_add_root(world.builder, 2 + random_below(random, RANDOM_NODES), HF_ROOT_MODULE, "m", HF_NO_FRAME);
    for (uint32_t i = random_below(random, 4); i > 0; i--)
        hf_builder_add_root(world.builder, 2 + random_below(random, RANDOM_NODES), HF_ROOT_OUTSIDE, "", HF_NO_FRAME);
    finish_world(&world);
    return world.snapshot;
}

struct twin {
    const struct hf_snapshot *snapshot;
    struct hf_graph graph;
    struct hf_dicts dicts;
    struct hf_bitset ends;
    bool outwards;
    hf_node_id focus;                     /* an object; its dict is one with it */
    unsigned distance[RANDOM_NODES + 8];  /* of units */
};

static hf_node_id twin_unit(const struct twin *twin, hf_node_id node) {
    return node == twin->focus ? node : hf_dicts_owner(&twin->dicts, node);
}

static bool twin_inside(const struct twin *twin, hf_node_id source, uint32_t edge) {
    hf_node_id target = twin->graph.target[edge];
    return hf_graph_edge_kind(&twin->graph, edge) == HF_NAME_DICT && target != twin->focus &&
           hf_dicts_owner(&twin->dicts, target) == source && source != target;
}

static bool twin_is_end(const struct twin *twin, hf_node_id unit) {
    return unit != twin->focus && hf_bitset_has(&twin->ends, unit);
}

/* The near and the far end of an edge as units. */
static void twin_ends(const struct twin *twin, hf_node_id source, uint32_t edge, hf_node_id *near, hf_node_id *far) {
    hf_node_id from = twin_unit(twin, source), to = twin_unit(twin, twin->graph.target[edge]);
    *near = twin->outwards ? from : to;
    *far = twin->outwards ? to : from;
}

static void measure(struct twin *twin) {
    const struct hf_graph *graph = &twin->graph;
    for (hf_node_id node = 0; node < graph->num_nodes; node++)
        twin->distance[node] = node == twin->focus ? 0 : FAR;
    for (uint32_t pass = 0; pass < graph->num_nodes; pass++)
        for (hf_node_id u = 0; u < graph->num_nodes; u++)
            for (uint32_t edge = graph->row[u]; edge < graph->row[u + 1]; edge++) {
                hf_node_id near, far;
                twin_ends(twin, u, edge, &near, &far);
                if (!twin_inside(twin, u, edge) && !twin_is_end(twin, near) &&
                    twin->distance[near] + 1 < twin->distance[far])
                    twin->distance[far] = twin->distance[near] + 1;
            }
}

/* Sums of all rows of one depth. */
struct sums {
    uint64_t references, fresh_objects, further;
};

static struct sums sum_rows(const struct hf_neighbours *found, unsigned depth) {
    struct sums sums = {0};
    for (size_t i = 0; i < found->num_rows; i++) {
        const struct hf_neighbour *row = &found->rows[i];
        if (row->depth != depth)
            continue;
        sums.references += row->num_references;
        sums.fresh_objects += row->num_objects - row->num_repeated;
        sums.further += row->num_further;
    }
    return sums;
}

/* The references whose near end is so far away; those at modules and the like only, or all others only. */
static uint64_t count_references(const struct twin *twin, unsigned distance, bool at_ends) {
    uint64_t count = 0;
    for (hf_node_id u = 0; u < twin->graph.num_nodes; u++)
        for (uint32_t edge = twin->graph.row[u]; edge < twin->graph.row[u + 1]; edge++) {
            hf_node_id near, far;
            twin_ends(twin, u, edge, &near, &far);
            count += !twin_inside(twin, u, edge) && twin->distance[near] == distance &&
                     twin_is_end(twin, near) == at_ends;
        }
    for (uint32_t i = 0; !twin->outwards && !at_ends && i < hf_snapshot_num_roots(twin->snapshot); i++) {
        struct hf_root root = hf_snapshot_get_root(twin->snapshot, i);
        bool is_module = (hf_lookup_type(twin->snapshot, root.node)->flags & HF_TYPE_MODULE) != 0;
        hf_node_id unit = twin_unit(twin, root.node);
        if (twin->distance[unit] == distance && !hf_bitset_has(&twin->ends, root.node) &&
            hf_interest_in_root(root.kind, is_module))
            count += root.count;
    }
    return count;
}

static uint64_t count_units(const struct twin *twin, unsigned distance) {
    uint64_t count = 0;
    for (hf_node_id node = 0; node < twin->graph.num_nodes; node++)
        count += twin_unit(twin, node) == node && twin->distance[node] == distance;
    return count;
}

static void check_depths(const struct twin *twin, const struct hf_neighbours *found, unsigned max_depth) {
    for (unsigned depth = 1; depth <= max_depth; depth++) {
        struct sums sums = sum_rows(found, depth);
        assert_int_equal(sums.references, count_references(twin, depth - 1, false));
        assert_int_equal(sums.fresh_objects, count_units(twin, depth));
        uint64_t further = count_references(twin, depth, true);
        if (depth == max_depth)
            further += count_references(twin, depth, false);
        assert_int_equal(sums.further, further);
    }
    assert_int_equal(found->num_references, count_references(twin, 0, false));
}

/* How the row of a reference next to the focus reads when it is one of several. */
static void print_name(const struct twin *twin, hf_node_id source, uint32_t edge, struct hf_text *text) {
    bool is_name, is_dict = twin_unit(twin, source) != source;
    hf_text_cut(text, 0);
    hf_label_print(text, twin->snapshot, source, edge, is_dict ? HF_NAMESPACE_ATTRIBUTES : HF_NAMESPACE_NONE, &is_name);
}

/* Each row next to the focus has all references of its name and type, and no others. */
static void check_first_rows(const struct twin *twin, const struct hf_neighbours *found) {
    struct hf_text text = HF_TEXT_INIT;
    for (size_t i = 0; i < found->num_rows; i++) {
        const struct hf_neighbour *row = &found->rows[i];
        uint64_t references = 0, objects = 0;
        bool seen[RANDOM_NODES + 8] = {false};
        if (row->depth != 1 || row->node == HF_NO_NODE || row->num_references == 1)
            continue;
        for (hf_node_id u = 0; u < twin->graph.num_nodes; u++)
            for (uint32_t edge = twin->graph.row[u]; edge < twin->graph.row[u + 1]; edge++) {
                hf_node_id near, far;
                twin_ends(twin, u, edge, &near, &far);
                print_name(twin, u, edge, &text);
                if (near != twin->focus || twin_inside(twin, u, edge) || strcmp(text.data, row->reference) != 0 ||
                    strcmp(hf_lookup_type_name(twin->snapshot, far), row->type) != 0)
                    continue;
                references++;
                objects += !seen[far];
                seen[far] = true;
            }
        assert_int_equal(row->num_references, references);
        assert_int_equal(row->num_objects, objects);
    }
    hf_text_deinit(&text);
}

static void check_tree(const struct hf_neighbours *found) {
    for (uint32_t i = 0; i < found->num_rows; i++) {
        const struct hf_neighbour *row = &found->rows[i];
        assert_true(row->parent == HF_NO_ROW || row->parent < i);
        assert_int_equal(row->depth, row->parent == HF_NO_ROW ? 1 : found->rows[row->parent].depth + 1);
        if (i > 0 && row->depth > 1)
            assert_true(found->rows[i - 1].depth + 1 >= row->depth);
    }
}

static void check_limits(const struct twin *twin, const struct hf_neighbours_options *all,
                         const struct hf_neighbours *whole) {
    struct hf_neighbours_options options = *all;
    options.max_rows = 5;
    options.max_branches = 2;
    struct hf_neighbours *found = ask_many(twin->snapshot, &twin->focus, 1, &options);
    uint32_t below[6] = {0};
    assert_true(found->num_rows <= 5);
    assert_int_equal(found->num_references, whole->num_references);
    for (size_t i = 0; i < found->num_rows; i++)
        assert_true(++below[found->rows[i].parent == HF_NO_ROW ? 5 : found->rows[i].parent] <= 2);
    uint64_t first_rows = 0;
    for (size_t i = 0; i < whole->num_rows; i++)
        first_rows += whole->rows[i].depth == 1;
    assert_int_equal(found->num_hidden_rows, first_rows > 2 ? first_rows - 2 : 0);
    hf_neighbours_destroy(found);
}

static void test_random_graphs(void **state) {
    (void)state;
    uint64_t random = 20261124;
    for (int round = 0; round < 4000; round++) {
        struct twin twin = {.snapshot = make_random(&random), .outwards = round % 2 == 0};
        twin.graph = hf_graph_of(twin.snapshot);
        twin.focus = 2 + random_below(&random, RANDOM_NODES);
        assert_int_equal(hf_dicts_init(&twin.dicts, &twin.graph, NULL), HF_OK);
        assert_true(hf_interest_find_ends(&twin.ends, twin.snapshot));
        hf_bitset_remove(&twin.ends, twin.focus);
        measure(&twin);
        const struct hf_neighbours_options options = {
            .struct_size = sizeof options,
            .direction = twin.outwards ? HF_NEIGHBOURS_REFERENCES : HF_NEIGHBOURS_REFERRERS,
            .depth = 1 + random_below(&random, 5),
            .max_rows = 1000,
            .max_branches = 1000,
        };
        struct hf_neighbours *found = ask_many(twin.snapshot, &twin.focus, 1, &options);
        check_tree(found);
        check_depths(&twin, found, options.depth);
        check_first_rows(&twin, found);
        check_limits(&twin, &options, found);
        hf_neighbours_destroy(found);
        hf_dicts_deinit(&twin.dicts);
        hf_bitset_deinit(&twin.ends);
        hf_snapshot_destroy((struct hf_snapshot *)(uintptr_t)twin.snapshot);
    }
}

/* ---- failures ---- */

static void test_failing_allocations(void **state) {
    (void)state;
    struct shop shop = make_shop();
    struct hf_selection *selection;
    assert_int_equal(hf_selection_create_nodes(shop.world.snapshot, shop.session, 2, &selection, NULL), HF_OK);
    for (int direction = HF_NEIGHBOURS_REFERENCES; direction <= HF_NEIGHBOURS_REFERRERS; direction++) {
        const struct hf_neighbours_options options = {.struct_size = sizeof options,
                                                      .direction = (enum hf_neighbours_direction)direction};
        struct hf_neighbours *found = NULL;
        enum hf_status status = HF_ERR_NOMEM;
        unsigned long n = 0;
        while (status != HF_OK) {
            hf_memory_fail_after(++n);
            status = hf_neighbours_create(shop.world.snapshot, selection, &options, &found, NULL);
            hf_memory_fail_after(0);
            assert_true(status == HF_OK || (status == HF_ERR_NOMEM && found == NULL));
        }
        assert_true(n > 20);
        hf_neighbours_destroy(found);
    }
    hf_selection_destroy(selection);
    end_world(&shop.world);
}

static void test_errors(void **state) {
    (void)state;
    struct shop shop = make_shop();
    const struct hf_progress progress = {refuse, NULL};
    struct hf_selection selection = {&shop.session[0], 1, ""};
    struct hf_neighbours_options options = {.struct_size = sizeof options, .direction = HF_NEIGHBOURS_REFERRERS,
                                            .progress = &progress};
    struct hf_neighbours *found = NULL;
    const struct hf_snapshot *snapshot = shop.world.snapshot;
    assert_int_equal(hf_neighbours_create(snapshot, &selection, &options, &found, NULL), HF_ERR_CANCELLED);
    options.direction = (enum hf_neighbours_direction)7;
    assert_int_equal(hf_neighbours_create(snapshot, &selection, &options, &found, NULL), HF_ERR_ARGUMENT);
    options.struct_size = 0;
    assert_int_equal(hf_neighbours_create(snapshot, &selection, &options, &found, NULL), HF_ERR_ARGUMENT);
    assert_null(found);
    hf_neighbours_destroy(NULL);
    selection.num_nodes = 0;
    assert_int_equal(hf_neighbours_create(snapshot, &selection, NULL, &found, NULL), HF_OK);
    assert_int_equal(found->num_rows + found->num_references + found->num_selected, 0);
    hf_neighbours_destroy(found);
    end_world(&shop.world);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_references),      cmocka_unit_test(test_repetition),
        cmocka_unit_test(test_referrers),       cmocka_unit_test(test_attribute_dicts),
        cmocka_unit_test(test_roots),           cmocka_unit_test(test_room_is_shared),
        cmocka_unit_test(test_many_alike),      cmocka_unit_test(test_long_list),
        cmocka_unit_test(test_random_graphs),   cmocka_unit_test(test_failing_allocations),
        cmocka_unit_test(test_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
