/*
 * test_cycles.c - cycles of a small world told in words; and on random graphs each group against a twin that asks for
 * every two objects whether each reaches the other, and measures the way round by relaxing all edges.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <holdfast/cycles.h>

#include "csr.h"
#include "graph/dicts.h"
#include "world.h"

static struct hf_cycles *ask_with(const struct hf_snapshot *snapshot, const struct hf_cycles_options *options) {
    struct hf_cycles *cycles;
    struct hf_error error;
    if (hf_cycles_create(snapshot, options, &cycles, &error) != HF_OK)
        fail_msg("%s", error.message);
    return cycles;
}

static struct hf_cycles *ask(const struct world *world) {
    return ask_with(world->snapshot, NULL);
}

static void check_group(const struct hf_cycle_group *group, bool is_garbage, const char *pattern,
                        uint64_t num_components, uint64_t num_objects) {
    assert_string_equal(group->pattern, pattern);
    assert_int_equal(group->is_garbage, is_garbage);
    assert_int_equal(group->num_components, num_components);
    assert_int_equal(group->num_objects, num_objects);
    assert_int_equal(group->size_bytes, 64 * num_objects);
}

/* A parent with so many children, each of which has it as .parent. */
static hf_node_id add_family(struct world *world, unsigned num_children) {
    hf_node_id parent = add_node(world, T_CACHE), children = add_node(world, T_LIST);
    link_nodes(world, parent, children, HF_NAME_ATTRIBUTE, "children");
    for (unsigned i = 0; i < num_children; i++) {
        hf_node_id child = add_node(world, T_NODE);
        link_nodes(world, children, child, HF_NAME_ITEM, "");
        link_nodes(world, child, parent, HF_NAME_ATTRIBUTE, "parent");
        link_nodes(world, child, add_str(world, "leaf"), HF_NAME_ATTRIBUTE, "name");
    }
    return parent;
}

/* Cycles that read alike are one group whatever their size; garbage comes first, though it is smaller. */
static void test_groups(void **state) {
    (void)state;
    struct world world = begin_world();
    add_family(&world, 2);
    hf_node_id largest = add_family(&world, 4);
    add_family(&world, 3);
    hf_node_id held = add_family(&world, 20);
    set_attribute(&world, world.globals, "FAMILY", held);
    finish_world(&world);
    struct hf_cycles *cycles = ask(&world);
    assert_int_equal(cycles->num_groups, 2);
    assert_int_equal(cycles->num_all_groups, 2);
    assert_int_equal(cycles->num_components, 4);
    assert_int_equal(cycles->num_objects, 4 + 6 + 5 + 22);
    assert_int_equal(cycles->size_bytes, 64 * (4 + 6 + 5 + 22));
    assert_int_equal(cycles->num_garbage_components, 3);
    assert_int_equal(cycles->num_garbage_objects, 4 + 6 + 5);
    assert_int_equal(cycles->garbage_bytes, 64 * (4 + 6 + 5));
    const struct hf_cycle_group *garbage = &cycles->groups[0];
    check_group(garbage, true, "shop.cache.Cache.children[*].parent", 3, 4 + 6 + 5);
    assert_int_equal(garbage->num_references, (1 + 4) + (1 + 8) + (1 + 6));
    assert_int_equal(garbage->num_outside_references, 0);
    assert_int_equal(garbage->largest_objects, 6);
    assert_int_equal(garbage->largest_bytes, 6 * 64);
    assert_int_equal(garbage->length, 3);
    assert_int_equal(garbage->num_hops, 4);
    assert_int_equal(garbage->hops[0].node, largest);
    assert_string_equal(garbage->hops[0].reference, "start");
    assert_string_equal(garbage->hops[2].reference, "[0]");
    assert_int_equal(garbage->hops[3].node, largest);
    assert_string_equal(garbage->expression, "start.children[0].parent");
    check_group(&cycles->groups[1], false, "shop.cache.Cache.children[*].parent", 1, 22);
    assert_int_equal(cycles->groups[1].num_outside_references, 1);
    hf_cycles_destroy(cycles);
    end_world(&world);
}

/* An object and its attribute dict are one. */
static void test_attribute_dicts(void **state) {
    (void)state;
    struct world world = begin_world();
    hf_node_id session = add_node(&world, T_SESSION), dict = add_node(&world, T_DICT);
    link_nodes(&world, session, dict, HF_NAME_DICT, "__dict__");
    set_attribute(&world, dict, "me", session);
    hf_node_id function = add_global(&world, "f", T_FUNCTION);
    link_nodes(&world, function, world.globals, HF_NAME_ATTRIBUTE, "__globals__");
    finish_world(&world);
    struct hf_cycles *cycles = ask(&world);
    assert_int_equal(cycles->num_groups, 2);
    check_group(&cycles->groups[0], true, "shop.cache.Session.me", 1, 2);
    assert_int_equal(cycles->groups[0].length, 1);
    assert_string_equal(cycles->groups[0].expression, "start.me");
    /* The module itself is not on the cycle, and yet it is its dict that is. */
    check_group(&cycles->groups[1], false, "module.f.__globals__", 1, 2);
    assert_int_equal(cycles->groups[1].hops[0].node, world.module);
    assert_int_equal(cycles->groups[1].hops[2].node, world.globals);
    assert_string_equal(cycles->groups[1].expression, "start.f.__globals__");
    hf_cycles_destroy(cycles);
    end_world(&world);
}

/* A ring of so many nodes, doubly linked or not. */
static hf_node_id add_ring(struct world *world, unsigned count, bool is_double) {
    hf_node_id first = add_node(world, T_NODE), last = first;
    for (unsigned i = 1; i < count; i++) {
        hf_node_id node = add_node(world, T_NODE);
        link_nodes(world, last, node, HF_NAME_ATTRIBUTE, "next");
        if (is_double)
            link_nodes(world, node, last, HF_NAME_ATTRIBUTE, "prev");
        last = node;
    }
    link_nodes(world, last, first, HF_NAME_ATTRIBUTE, "next");
    return first;
}

static void test_rings(void **state) {
    (void)state;
    struct world world = begin_world();
    add_ring(&world, 5, true);
    add_ring(&world, 500, true);
    add_ring(&world, 3, false);
    add_ring(&world, 200000, false);
    add_ring(&world, 1, false);
    finish_world(&world);
    struct hf_cycles *cycles = ask(&world);
    assert_int_equal(cycles->num_groups, 2);
    check_group(&cycles->groups[0], true, "shop.Node(.next)+", 3, 200004);
    assert_int_equal(cycles->groups[0].length, 200000);
    assert_int_equal(cycles->groups[0].num_hops, HF_CYCLE_MAX_HOPS);
    assert_string_equal(cycles->groups[0].expression, "");
    assert_string_equal(cycles->groups[0].expression_gap, "it is too long");
    check_group(&cycles->groups[1], true, "shop.Node.next.prev", 2, 505);
    hf_cycles_destroy(cycles);
    end_world(&world);
}

static void test_selection_and_limit(void **state) {
    (void)state;
    struct world world = begin_world();
    hf_node_id family = add_family(&world, 9);
    hf_node_id ring = add_ring(&world, 3, false);
    finish_world(&world);
    struct hf_cycles_options options = {.struct_size = sizeof options, .max_groups = 1};
    struct hf_cycles *cycles = ask_with(world.snapshot, &options);
    assert_int_equal(cycles->num_groups, 1);
    assert_int_equal(cycles->num_all_groups, 2);
    assert_int_equal(cycles->num_components, 2);
    check_group(&cycles->groups[0], true, "shop.cache.Cache.children[*].parent", 1, 11);
    hf_cycles_destroy(cycles);
    const hf_node_id wanted[] = {ring, world.module};
    struct hf_selection selection = {wanted, 2, ""};
    options.selection = &selection;
    cycles = ask_with(world.snapshot, &options);
    assert_int_equal(cycles->num_components, 1);
    assert_int_equal(cycles->num_objects, 3);
    check_group(&cycles->groups[0], true, "shop.Node(.next)+", 1, 3);
    assert_int_equal(cycles->groups[0].hops[0].node, ring);
    hf_cycles_destroy(cycles);
    selection.nodes = &family;
    selection.num_nodes = 0;
    cycles = ask_with(world.snapshot, &options);
    assert_int_equal(cycles->num_components + cycles->num_groups + cycles->num_all_groups, 0);
    hf_cycles_destroy(cycles);
    end_world(&world);
}

static void test_no_cycles(void **state) {
    (void)state;
    struct world world = begin_world();
    add_global(&world, "x", T_LIST);
    finish_world(&world);
    struct hf_cycles *cycles = ask(&world);
    assert_int_equal(cycles->num_components, 0);
    assert_int_equal(cycles->num_groups, 0);
    hf_cycles_destroy(cycles);
    hf_cycles_destroy(NULL);
    end_world(&world);
}

/* ---- the twin ---- */

enum { RANDOM_NODES = 20, FAR = 1000 };

struct twin {
    struct hf_graph graph;
    struct hf_dicts dicts;
    uint32_t reaches[RANDOM_NODES + 8];   /* a bit per node */
    bool is_held[RANDOM_NODES + 8];
};

/* Only objects of classes have an attribute dict, one, which is a dict: or, in a damaged file, anything has anything. */
static enum hf_name_kind choose_kind(uint64_t *random, enum world_type source, enum world_type target,
                                     bool is_damaged) {
    static const enum hf_name_kind kinds[] = {HF_NAME_ITEM, HF_NAME_ATTRIBUTE, HF_NAME_ATTRIBUTE, HF_NAME_DICT};
    enum hf_name_kind kind = kinds[random_below(random, 4)];
    bool may_be_dict = is_damaged || ((source == T_CACHE || source == T_NODE) && target == T_DICT);
    return kind == HF_NAME_DICT && !may_be_dict ? HF_NAME_ITEM : kind;
}

static struct hf_snapshot *make_random(uint64_t *random, uint32_t degree, bool is_damaged) {
    static const char *const names[] = {"a", "b", "c"};
    static const enum world_type types[] = {T_LIST, T_CACHE, T_NODE, T_DICT, T_FUNCTION};
    enum world_type chosen[RANDOM_NODES];
    struct world world = begin_world();
    for (unsigned i = 0; i < RANDOM_NODES; i++) {
        chosen[i] = types[random_below(random, 5)];
        add_node(&world, chosen[i]);
    }
    uint32_t num_edges = random_below(random, RANDOM_NODES * degree);
    for (uint32_t i = 0; i < num_edges; i++) {
        uint32_t source = random_below(random, RANDOM_NODES), target = random_below(random, RANDOM_NODES);
        enum hf_name_kind kind = choose_kind(random, chosen[source], chosen[target], is_damaged);
        if (kind == HF_NAME_DICT && !is_damaged)
            chosen[source] = T_LIST; /* for this function: it has one now */
        link_nodes(&world, 2 + source, 2 + target, kind, names[random_below(random, 3)]);
    }
    for (uint32_t i = random_below(random, 3); i > 0; i--)
        hf_builder_add_root(world.builder, 2 + random_below(random, RANDOM_NODES), HF_ROOT_MODULE, "x", HF_NO_FRAME);
    finish_world(&world);
    return world.snapshot;
}

static void init_twin(struct twin *twin, const struct hf_snapshot *snapshot) {
    *twin = (struct twin){.graph = hf_graph_of(snapshot)};
    assert_int_equal(hf_dicts_init(&twin->dicts, &twin->graph, NULL), HF_OK);
    for (hf_node_id node = 0; node < twin->graph.num_nodes; node++)
        for (uint32_t edge = twin->graph.row[node]; edge < twin->graph.row[node + 1]; edge++)
            twin->reaches[node] |= 1u << twin->graph.target[edge];
    for (hf_node_id middle = 0; middle < twin->graph.num_nodes; middle++)
        for (hf_node_id node = 0; node < twin->graph.num_nodes; node++)
            if (twin->reaches[node] >> middle & 1)
                twin->reaches[node] |= twin->reaches[middle];
    for (uint32_t root = 0; root < hf_snapshot_num_roots(snapshot); root++) {
        hf_node_id from = hf_snapshot_get_root(snapshot, root).node;
        for (hf_node_id node = 0; node < twin->graph.num_nodes; node++)
            twin->is_held[node] |= node == from || (twin->reaches[from] >> node & 1) != 0;
    }
}

static bool are_one(const struct twin *twin, hf_node_id u, hf_node_id v) {
    return (twin->reaches[u] >> v & 1) != 0 && (twin->reaches[v] >> u & 1) != 0;
}

/* An object and its attribute dict. */
static bool are_unit(const struct twin *twin, hf_node_id u, hf_node_id v) {
    return u == v || hf_dicts_owner(&twin->dicts, u) == v || hf_dicts_owner(&twin->dicts, v) == u;
}

/* The hops of a shortest way from the unit of `start` back to it, inside the component of `inside`. */
static unsigned measure(const struct twin *twin, hf_node_id start, hf_node_id inside) {
    const struct hf_graph *graph = &twin->graph;
    unsigned distance[RANDOM_NODES + 8], best = FAR;
    for (hf_node_id node = 0; node < graph->num_nodes; node++)
        distance[node] = are_unit(twin, node, start) && are_one(twin, node, inside) ? 0 : FAR;
    for (uint32_t pass = 0; pass < graph->num_nodes; pass++)
        for (hf_node_id u = 0; u < graph->num_nodes; u++)
            for (uint32_t edge = graph->row[u]; edge < graph->row[u + 1]; edge++) {
                hf_node_id v = graph->target[edge];
                bool is_dict = hf_graph_edge_kind(graph, edge) == HF_NAME_DICT;
                if (distance[u] == FAR || !are_one(twin, v, inside))
                    continue;
                if (distance[u] + !is_dict < distance[v])
                    distance[v] = distance[u] + !is_dict;
                bool is_inside = is_dict && distance[u] == 0 && u != v && are_unit(twin, u, start) &&
                                 are_unit(twin, v, start);
                if (are_unit(twin, v, start) && !is_inside && distance[u] + !is_dict < best)
                    best = distance[u] + !is_dict;
            }
    return best;
}

/* True for a node and its attribute dict, which other objects may share. */
static bool reads_as(const struct twin *twin, hf_node_id node, hf_node_id source) {
    bool found = node == source;
    for (uint32_t edge = twin->graph.row[node]; edge < twin->graph.row[node + 1]; edge++)
        found |= twin->graph.target[edge] == source && hf_graph_edge_kind(&twin->graph, edge) == HF_NAME_DICT;
    return found;
}

/* Follows the hops: each refers to the next, and the last one is the first, or its dict or owner. */
static void check_way(const struct twin *twin, const struct hf_cycle_group *group) {
    unsigned hops = 0;
    hf_node_id last = group->hops[group->num_hops - 1].node;
    for (size_t i = 1; i < group->num_hops; i++) {
        hf_node_id source = hf_graph_edge_source(&twin->graph, group->hops[i].edge);
        assert_int_equal(twin->graph.target[group->hops[i].edge], group->hops[i].node);
        assert_true(reads_as(twin, group->hops[i - 1].node, source) && are_one(twin, source, last));
        hops += hf_graph_edge_kind(&twin->graph, group->hops[i].edge) != HF_NAME_DICT;
    }
    assert_int_equal(group->length, group->num_hops - 1);
    assert_true(are_unit(twin, group->hops[0].node, last));
    assert_int_equal(hops, measure(twin, group->hops[0].node, last));
}

static uint64_t count_component(const struct twin *twin, hf_node_id member) {
    uint64_t count = 0;
    for (hf_node_id node = 0; node < twin->graph.num_nodes; node++)
        count += are_one(twin, node, member);
    return count;
}

static void check_sums(const struct twin *twin, const struct hf_cycles *cycles) {
    uint64_t objects = 0, garbage = 0, references = 0, outside = 0, sums[5] = {0};
    for (hf_node_id node = 0; node < twin->graph.num_nodes; node++) {
        objects += are_one(twin, node, node);
        garbage += are_one(twin, node, node) && !twin->is_held[node];
        for (uint32_t edge = twin->graph.row[node]; edge < twin->graph.row[node + 1]; edge++) {
            hf_node_id target = twin->graph.target[edge];
            references += are_one(twin, node, target);
            outside += are_one(twin, target, target) && !are_one(twin, node, target);
        }
    }
    for (size_t i = 0; i < cycles->num_groups; i++) {
        const struct hf_cycle_group *group = &cycles->groups[i];
        hf_node_id member = group->hops[group->num_hops - 1].node;
        assert_int_equal(group->is_garbage, !twin->is_held[member]);
        assert_int_equal(group->largest_objects, count_component(twin, member));
        assert_int_equal(group->size_bytes, 64 * group->num_objects);
        if (i > 0)
            assert_true(cycles->groups[i - 1].is_garbage >= group->is_garbage);
        sums[0] += group->num_objects;
        sums[1] += group->is_garbage ? group->num_objects : 0;
        sums[2] += group->num_references;
        sums[3] += group->num_outside_references;
        sums[4] += group->num_components;
    }
    assert_int_equal(sums[0], objects);
    assert_int_equal(sums[1], garbage);
    assert_int_equal(sums[2], references);
    assert_int_equal(sums[3], outside);
    assert_int_equal(cycles->num_objects, objects);
    assert_int_equal(cycles->num_garbage_objects, garbage);
    assert_int_equal(cycles->num_components, sums[4]);
}

static void check_random(bool is_damaged) {
    uint64_t random = 20261124;
    const struct hf_cycles_options options = {.struct_size = sizeof options, .max_groups = SIZE_MAX};
    for (int round = 0; round < 3000; round++) {
        struct hf_snapshot *snapshot = make_random(&random, 1 + (uint32_t)round % 3, is_damaged);
        struct hf_cycles *cycles = ask_with(snapshot, &options);
        struct twin twin;
        init_twin(&twin, snapshot);
        check_sums(&twin, cycles);
        for (size_t i = 0; i < cycles->num_groups && !is_damaged; i++)
            check_way(&twin, &cycles->groups[i]);
        hf_dicts_deinit(&twin.dicts);
        hf_cycles_destroy(cycles);
        hf_snapshot_destroy(snapshot);
    }
}

static void test_random_graphs(void **state) {
    (void)state;
    check_random(false);
}

/* Dicts of dicts, objects that are their own dict: every component has its cycle all the same. */
static void test_damaged_graphs(void **state) {
    (void)state;
    check_random(true);
}

/* ---- failures ---- */

static void test_failing_allocations(void **state) {
    (void)state;
    struct world world = begin_world();
    add_family(&world, 2);
    add_ring(&world, 3, false);
    finish_world(&world);
    struct hf_cycles *cycles = NULL;
    enum hf_status status = HF_ERR_NOMEM;
    unsigned long n = 0;
    while (status != HF_OK) {
        hf_memory_fail_after(++n);
        status = hf_cycles_create(world.snapshot, NULL, &cycles, NULL);
        hf_memory_fail_after(0);
        assert_true(status == HF_OK || (status == HF_ERR_NOMEM && cycles == NULL));
    }
    assert_true(n > 20);
    hf_cycles_destroy(cycles);
    end_world(&world);
}

/* Stops at the n-th report. */
static bool count_down(void *context, const char *phase, uint64_t done, uint64_t total) {
    (void)phase, (void)done, (void)total;
    return --*(int *)context > 0;
}

static void test_cancel(void **state) {
    (void)state;
    struct world world = begin_world();
    add_ring(&world, 3, false);
    finish_world(&world);
    int reports = 1;
    const struct hf_progress progress = {count_down, &reports};
    struct hf_cycles_options options = {.struct_size = sizeof options, .progress = &progress};
    struct hf_cycles *cycles = NULL;
    struct hf_error error;
    assert_int_equal(hf_cycles_create(world.snapshot, &options, &cycles, &error), HF_ERR_CANCELLED);
    assert_string_equal(error.message, "cancelled while comparing cycles");
    options.struct_size = 0;
    assert_int_equal(hf_cycles_create(world.snapshot, &options, &cycles, &error), HF_ERR_ARGUMENT);
    assert_null(cycles);
    end_world(&world);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_groups),        cmocka_unit_test(test_attribute_dicts),
        cmocka_unit_test(test_rings),         cmocka_unit_test(test_selection_and_limit),
        cmocka_unit_test(test_no_cycles),     cmocka_unit_test(test_random_graphs),
        cmocka_unit_test(test_damaged_graphs),
        cmocka_unit_test(test_failing_allocations), cmocka_unit_test(test_cancel),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
