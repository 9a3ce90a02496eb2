/*
 * test_paths.c - shortest paths against a twin that relaxes all edges until nothing changes, tier by tier; and graphs
 * that would hurt an algorithm that recurses or looks at things twice.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "csr.h"
#include "patience.h"
#include "graph/paths.h"

#define MAX_NODES 14
#define UNREACHED UINT32_MAX

/* Random roots in random groups of ascending tiers. */
struct root_set {
    hf_node_id nodes[12];
    uint32_t group_end[4];
    uint8_t group_tier[4];
    struct hf_paths_roots roots;
};

struct twin {
    uint32_t tier[MAX_NODES], distance[MAX_NODES];
};

static void make_roots(struct root_set *set, uint64_t *random, uint32_t num_nodes) {
    uint32_t count = 0;
    uint8_t tier = 0;
    for (uint32_t group = 0; group < 4; group++) {
        for (uint32_t i = random_below(random, 4); i > 0; i--)
            set->nodes[count++] = random_below(random, num_nodes);
        set->group_end[group] = count;
        set->group_tier[group] = tier;
        tier = (uint8_t)(tier + random_below(random, 3));
    }
    set->roots = (struct hf_paths_roots){set->nodes, set->group_end, set->group_tier, 4};
}

static bool is_root_of(const struct root_set *set, hf_node_id node, uint32_t tier) {
    for (uint32_t group = 0; group < 4; group++)
        for (uint32_t i = group == 0 ? 0 : set->group_end[group - 1]; i < set->group_end[group]; i++)
            if (set->group_tier[group] == tier && set->nodes[i] == node)
                return true;
    return false;
}

static bool relax(struct twin *twin, const struct hf_graph *graph, const struct hf_bitset *avoid, uint32_t tier) {
    bool changed = false;
    for (hf_node_id u = 0; u < graph->num_nodes; u++) {
        if (twin->tier[u] != tier || hf_bitset_has(avoid, u))
            continue;
        for (uint32_t edge = graph->row[u]; edge < graph->row[u + 1]; edge++) {
            hf_node_id v = graph->target[edge];
            uint32_t distance = twin->distance[u] + (graph->name[edge] != NAME_DICT);
            if (twin->tier[v] < tier || (twin->tier[v] == tier && twin->distance[v] <= distance))
                continue;
            twin->tier[v] = tier;
            twin->distance[v] = distance;
            changed = true;
        }
    }
    return changed;
}

static void compute_twin(struct twin *twin, const struct hf_graph *graph, const struct root_set *set,
                         const struct hf_bitset *avoid) {
    for (hf_node_id node = 0; node < graph->num_nodes; node++)
        twin->tier[node] = UNREACHED;
    for (uint32_t tier = 0; tier < HF_PATHS_MAX_TIERS; tier++) {
        for (hf_node_id node = 0; node < graph->num_nodes; node++) {
            if (twin->tier[node] == UNREACHED && is_root_of(set, node, tier)) {
                twin->tier[node] = tier;
                twin->distance[node] = 0;
            }
        }
        while (relax(twin, graph, avoid, tier))
            continue;
    }
}

/* Climbs to the root: the cost of the way, and the root's node. */
static uint32_t climb(const struct hf_paths *paths, hf_node_id node, const struct hf_bitset *avoid, hf_node_id *root) {
    uint32_t cost = 0;
    for (uint32_t steps = 0;; steps++) {
        assert_true(steps <= paths->graph->num_nodes);
        uint32_t edge = hf_paths_parent_edge(paths, node);
        if (edge == HF_PATHS_ROOT)
            break;
        assert_int_equal(paths->graph->target[edge], node);
        cost += paths->graph->name[edge] != NAME_DICT;
        node = hf_graph_edge_source(paths->graph, edge);
        assert_false(hf_bitset_has(avoid, node));
    }
    *root = node;
    return cost;
}

static void check_against_twin(const struct hf_paths *paths, const struct twin *twin, const struct root_set *set,
                               const struct hf_bitset *avoid) {
    uint32_t num_reached = 0, num_ordered = 0;
    for (hf_node_id node = 0; node < paths->graph->num_nodes; node++) {
        assert_int_equal(hf_paths_is_reached(paths, node), twin->tier[node] != UNREACHED);
        if (twin->tier[node] == UNREACHED)
            continue;
        hf_node_id root;
        assert_int_equal(climb(paths, node, avoid, &root), twin->distance[node]);
        assert_true(is_root_of(set, root, twin->tier[node]));
        num_reached++;
        num_ordered += !hf_bitset_has(avoid, node);
    }
    assert_int_equal(paths->num_reached, num_reached);
    assert_int_equal(paths->num_ordered, num_ordered);
}

static void check_order(const struct hf_paths *paths, const struct twin *twin, const struct hf_bitset *avoid) {
    for (uint32_t i = 0; i < paths->num_ordered; i++) {
        hf_node_id node = paths->order[i];
        uint32_t tier = twin->tier[node];
        assert_false(hf_bitset_has(avoid, node));
        assert_true(i >= paths->tier_start[tier] && i < paths->tier_start[tier + 1]);
        if (i > paths->tier_start[tier])
            assert_true(twin->distance[paths->order[i - 1]] <= twin->distance[node]);
    }
}

static void test_random_graphs(void **state) {
    (void)state;
    uint64_t random = 42;
    for (int round = 0; round < 20000; round++) {
        struct csr csr = make_random_csr(&random, MAX_NODES, 3);
        struct root_set set;
        struct twin twin;
        struct hf_paths paths;
        struct hf_bitset avoid;
        assert_true(hf_bitset_init(&avoid, csr.graph.num_nodes));
        for (uint32_t i = random_below(&random, 3); i > 0; i--)
            hf_bitset_add(&avoid, random_below(&random, csr.graph.num_nodes));
        assert_int_equal(hf_paths_init(&paths, &csr.graph, NULL), HF_OK);
        for (int again = 0; again < 2; again++) { /* the second time over the remains of the first */
            make_roots(&set, &random, csr.graph.num_nodes);
            compute_twin(&twin, &csr.graph, &set, &avoid);
            assert_int_equal(hf_paths_compute(&paths, &set.roots, &avoid, NULL, NULL), HF_OK);
            check_against_twin(&paths, &twin, &set, &avoid);
            check_order(&paths, &twin, &avoid);
        }
        hf_paths_deinit(&paths);
        hf_bitset_deinit(&avoid);
        free_csr(&csr);
    }
}

/* The roots of the tests below: node 0 alone. */
static const hf_node_id first_node[] = {0};
static const uint32_t one_end[] = {1};
static const uint8_t tier_zero[] = {0};
static const struct hf_paths_roots from_first = {first_node, one_end, tier_zero, 1};

static struct hf_paths compute_from_first(const struct csr *csr) {
    struct hf_paths paths;
    assert_int_equal(hf_paths_init(&paths, &csr->graph, NULL), HF_OK);
    assert_int_equal(hf_paths_compute(&paths, &from_first, NULL, NULL, NULL), HF_OK);
    return paths;
}

static void check_chain(uint16_t name) {
    enum { LENGTH = 3000000 };
    struct csr csr = make_list_csr(LENGTH, name);
    struct hf_paths paths = compute_from_first(&csr);
    assert_int_equal(paths.num_reached, LENGTH);
    for (uint32_t i = 0; i < LENGTH; i++)
        assert_true(paths.order[i] == i);
    assert_int_equal(hf_paths_parent_edge(&paths, LENGTH - 1), LENGTH - 2);
    hf_paths_deinit(&paths);
    free_csr(&csr);
}

static void test_linked_list(void **state) {
    (void)state;
    check_chain(NAME_ATTRIBUTE);
}

static void test_dicts_of_dicts(void **state) {
    (void)state;
    check_chain(NAME_DICT);
}

static void test_star(void **state) {
    (void)state;
    enum { LEAVES = 5000000 };
    struct csr csr = make_star_csr(LEAVES);
    struct hf_paths paths = compute_from_first(&csr);
    assert_int_equal(paths.num_reached, LEAVES + 1);
    for (uint32_t i = 1; i <= LEAVES; i++)
        assert_true(hf_paths_parent_edge(&paths, i) == i - 1);
    hf_paths_deinit(&paths);
    free_csr(&csr);
}

static void test_complete_graph(void **state) {
    (void)state;
    enum { NODES = 2000 };
    struct csr csr = make_complete_csr(NODES);
    struct hf_paths paths = compute_from_first(&csr);
    assert_int_equal(paths.num_reached, NODES);
    for (uint32_t i = 1; i < NODES; i++)
        assert_int_equal(hf_paths_parent_edge(&paths, i), i);
    hf_paths_deinit(&paths);
    free_csr(&csr);
}

/* 0 and 1 are roots and both lead to 2; the earlier group wins, though its owner has the node in its dict. */
static void test_earlier_group_wins(void **state) {
    (void)state;
    struct csr csr = make_csr(4, 3);
    const uint32_t row[] = {0, 1, 2, 2, 3}, target[] = {3, 2, 2};
    memcpy(csr.row, row, sizeof row);
    memcpy(csr.target, target, sizeof target);
    csr.name[0] = NAME_DICT;
    const hf_node_id nodes[] = {0, 1};
    const uint32_t ends[] = {1, 2};
    const uint8_t tiers[] = {0, 0};
    const struct hf_paths_roots roots = {nodes, ends, tiers, 2};
    struct hf_paths paths;
    assert_int_equal(hf_paths_init(&paths, &csr.graph, NULL), HF_OK);
    assert_int_equal(hf_paths_compute(&paths, &roots, NULL, NULL, NULL), HF_OK);
    assert_true(hf_paths_is_attribute_dict(&paths, 3));
    assert_int_equal(hf_paths_parent_edge(&paths, 2), 2);
    hf_paths_deinit(&paths);
    free_csr(&csr);
}

static void test_no_roots(void **state) {
    (void)state;
    struct csr csr = make_list_csr(5, NAME_ATTRIBUTE);
    const struct hf_paths_roots none = {NULL, NULL, NULL, 0};
    struct hf_paths paths;
    assert_int_equal(hf_paths_init(&paths, &csr.graph, NULL), HF_OK);
    assert_int_equal(hf_paths_compute(&paths, &none, NULL, NULL, NULL), HF_OK);
    assert_int_equal(paths.num_reached, 0);
    assert_false(hf_paths_is_reached(&paths, 0));
    hf_paths_deinit(&paths);
    free_csr(&csr);
}

static void test_cancel(void **state) {
    (void)state;
    struct csr csr = make_star_csr(2000000);
    int calls = 0;
    const struct hf_progress progress = {refuse, &calls};
    struct hf_error error;
    struct hf_paths paths;
    assert_int_equal(hf_paths_init(&paths, &csr.graph, NULL), HF_OK);
    assert_int_equal(hf_paths_compute(&paths, &from_first, NULL, &progress, &error), HF_ERR_CANCELLED);
    assert_int_equal(calls, 1);
    hf_paths_deinit(&paths);
    free_csr(&csr);
}

static void test_failing_allocations(void **state) {
    (void)state;
    struct csr csr = make_list_csr(10, NAME_ATTRIBUTE);
    for (unsigned long n = 1; n <= 4; n++) {
        struct hf_paths paths;
        hf_memory_fail_after(n);
        assert_int_equal(hf_paths_init(&paths, &csr.graph, NULL), HF_ERR_NOMEM);
        hf_memory_fail_after(0);
        hf_paths_deinit(&paths);
    }
    free_csr(&csr);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_graphs),  cmocka_unit_test(test_linked_list),
        cmocka_unit_test(test_dicts_of_dicts), cmocka_unit_test(test_star),
        cmocka_unit_test(test_complete_graph), cmocka_unit_test(test_earlier_group_wins),
        cmocka_unit_test(test_no_roots),       cmocka_unit_test(test_cancel),
        cmocka_unit_test(test_failing_allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
