/*
 * test_components.c - strongly connected components against a twin that asks for every two nodes whether each reaches
 * the other; and graphs that would hurt an algorithm that recurses or looks at things twice.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "csr.h"
#include "patience.h"
#include "graph/components.h"

#define MAX_NODES 24

/* reaches[u] has bit v when one edge or more lead from u to v. */
static void find_reached(const struct hf_graph *graph, uint32_t *reaches) {
    for (hf_node_id node = 0; node < graph->num_nodes; node++) {
        reaches[node] = 0;
        for (uint32_t edge = graph->row[node]; edge < graph->row[node + 1]; edge++)
            reaches[node] |= 1u << graph->target[edge];
    }
    for (hf_node_id middle = 0; middle < graph->num_nodes; middle++)
        for (hf_node_id node = 0; node < graph->num_nodes; node++)
            if (reaches[node] >> middle & 1)
                reaches[node] |= reaches[middle];
}

static void check_members(const struct hf_components *components, uint32_t num_nodes) {
    uint32_t at = 0;
    assert_int_equal(components->start[0], 0);
    for (uint32_t part = 0; part < components->num_parts; part++) {
        if (part > 0)   /* by their first nodes */
            assert_true(components->members[components->start[part - 1]] < components->members[at]);
        for (hf_node_id node = 0; node < num_nodes; node++)
            if (components->part[node] == part + 1)
                assert_int_equal(components->members[at++], node);
        assert_int_equal(components->start[part + 1], at);
    }
}

static void check_against_twin(const struct hf_graph *graph) {
    uint32_t reaches[MAX_NODES];
    struct hf_components components;
    assert_int_equal(hf_components_init(&components, graph, NULL, NULL), HF_OK);
    find_reached(graph, reaches);
    for (hf_node_id u = 0; u < graph->num_nodes; u++) {
        assert_int_equal(components.part[u] != 0, reaches[u] >> u & 1);
        for (hf_node_id v = 0; v < graph->num_nodes; v++) {
            bool are_one = (reaches[u] >> v & 1) != 0 && (reaches[v] >> u & 1) != 0;
            if (are_one || (components.part[u] != 0 && u != v))
                assert_int_equal(components.part[u] == components.part[v], are_one);
        }
    }
    check_members(&components, graph->num_nodes);
    hf_components_deinit(&components);
}

static void test_random_graphs(void **state) {
    (void)state;
    uint64_t random = 20261124;
    for (int round = 0; round < 20000; round++) {
        struct csr csr = make_random_csr(&random, MAX_NODES, 1 + (uint32_t)round % 3);
        check_against_twin(&csr.graph);
        free_csr(&csr);
    }
}

static struct hf_components find(const struct csr *csr) {
    struct hf_components components;
    assert_int_equal(hf_components_init(&components, &csr->graph, NULL, NULL), HF_OK);
    return components;
}

/* One cycle of three million nodes, which is also the deepest way there can be. */
static void test_long_cycle(void **state) {
    (void)state;
    enum { LENGTH = 3000000 };
    struct csr csr = make_csr(LENGTH, LENGTH);
    for (uint32_t i = 0; i < LENGTH; i++) {
        csr.row[i + 1] = i + 1;
        csr.target[i] = (i + 1) % LENGTH;
    }
    struct hf_components components = find(&csr);
    assert_int_equal(components.num_parts, 1);
    assert_int_equal(hf_components_size(&components, 0), LENGTH);
    hf_components_deinit(&components);
    free_csr(&csr);
}

/* A list of three million nodes, in whichever order it lies in memory, is on no cycle. */
static void check_list(bool downwards) {
    enum { LENGTH = 3000000 };
    struct csr csr = make_list_csr(LENGTH, NAME_ATTRIBUTE);
    if (downwards) {
        for (uint32_t i = 0; i < LENGTH; i++) {
            csr.row[i + 1] = i;
            csr.target[i] = i;
        }
    }
    struct hf_components components = find(&csr);
    assert_int_equal(components.num_parts, 0);
    assert_int_equal(components.start[0], 0);
    hf_components_deinit(&components);
    free_csr(&csr);
}

static void test_linked_list(void **state) {
    (void)state;
    check_list(false);
    check_list(true);
}

static void test_complete_graph(void **state) {
    (void)state;
    enum { NODES = 2000 };
    struct csr csr = make_complete_csr(NODES);
    struct hf_components components = find(&csr);
    assert_int_equal(components.num_parts, 1);
    assert_int_equal(hf_components_size(&components, 0), NODES);
    hf_components_deinit(&components);
    free_csr(&csr);
}

static void test_star(void **state) {
    (void)state;
    enum { LEAVES = 2000000 };
    struct csr csr = make_star_csr(LEAVES);
    struct hf_components components = find(&csr);
    assert_int_equal(components.num_parts, 1);
    assert_int_equal(hf_components_size(&components, 0), LEAVES + 1);
    hf_components_deinit(&components);
    free_csr(&csr);
}

/*
 *   0 -> 1 -> 2 -> 3 -> 4 -> 5 ...      a way through all nodes, and from the middle outwards each node beyond it back
 *        ^---------^    |               to its mirror image: 10,000 cycles, one inside the other, all one component
 *   ^-------------------/
 */
static void test_nested_cycles(void **state) {
    (void)state;
    enum { DEPTH = 10000, NODES = 2 * DEPTH };
    struct csr csr = make_csr(NODES, NODES - 1 + DEPTH);
    uint32_t at = 0;
    for (uint32_t node = 0; node < NODES; node++) {
        if (node + 1 < NODES)
            csr.target[at++] = node + 1;
        if (node >= DEPTH)
            csr.target[at++] = NODES - 1 - node;
        csr.row[node + 1] = at;
    }
    struct hf_components components = find(&csr);
    assert_int_equal(components.num_parts, 1);
    assert_int_equal(hf_components_size(&components, 0), NODES);
    hf_components_deinit(&components);
    free_csr(&csr);
}

/* A million cycles of two, each of which leads on to the next: no two of them are one component. */
static void test_many_small_cycles(void **state) {
    (void)state;
    enum { CYCLES = 1000000 };
    struct csr csr = make_csr(2 * CYCLES, 3 * CYCLES);
    uint32_t at = 0;
    for (uint32_t i = 0; i < CYCLES; i++) {
        csr.target[at++] = 2 * i + 1;
        csr.row[2 * i + 1] = at;
        csr.target[at++] = 2 * i;
        csr.target[at++] = 2 * (i + 1 < CYCLES ? i + 1 : i);
        csr.row[2 * i + 2] = at;
    }
    struct hf_components components = find(&csr);
    assert_int_equal(components.num_parts, CYCLES);
    for (uint32_t part = 0; part < CYCLES; part++)
        assert_true(components.members[components.start[part]] == 2 * part &&
                    hf_components_size(&components, part) == 2);
    hf_components_deinit(&components);
    free_csr(&csr);
}

static void test_self_references(void **state) {
    (void)state;
    struct csr csr = make_csr(3, 2);
    const uint32_t row[] = {0, 1, 2, 2}, target[] = {1, 1};
    memcpy(csr.row, row, sizeof row);
    memcpy(csr.target, target, sizeof target);
    struct hf_components components = find(&csr);
    assert_int_equal(components.num_parts, 1);
    assert_int_equal(components.members[0], 1);
    assert_int_equal(components.part[0] + components.part[2], 0);
    hf_components_deinit(&components);
    free_csr(&csr);
}

static void test_cancel(void **state) {
    (void)state;
    struct csr csr = make_star_csr(2000000);
    int calls = 0;
    const struct hf_progress progress = {refuse, &calls};
    struct hf_components components;
    assert_int_equal(hf_components_init(&components, &csr.graph, &progress, NULL), HF_ERR_CANCELLED);
    assert_int_equal(calls, 1);
    hf_components_deinit(&components);
    free_csr(&csr);
}

static void test_failing_allocations(void **state) {
    (void)state;
    struct csr csr = make_complete_csr(10);
    bool is_done = false;
    for (unsigned long n = 1; !is_done; n++) {
        struct hf_components components;
        hf_memory_fail_after(n);
        enum hf_status status = hf_components_init(&components, &csr.graph, NULL, NULL);
        hf_memory_fail_after(0);
        is_done = status == HF_OK;
        assert_int_equal(status, is_done ? HF_OK : HF_ERR_NOMEM);
        if (is_done)
            assert_true(n > 6);
        hf_components_deinit(&components);
    }
    free_csr(&csr);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_graphs),     cmocka_unit_test(test_long_cycle),
        cmocka_unit_test(test_linked_list),       cmocka_unit_test(test_complete_graph),
        cmocka_unit_test(test_star),              cmocka_unit_test(test_nested_cycles),
        cmocka_unit_test(test_many_small_cycles), cmocka_unit_test(test_self_references),
        cmocka_unit_test(test_cancel),            cmocka_unit_test(test_failing_allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
