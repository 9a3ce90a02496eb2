/*
 * test_dicts.c - attribute dicts and their owners are pairs, whatever the graph is like.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "csr.h"
#include "graph/dicts.h"

/* A graph with these edges, each {source, target}, ascending by source; all lead to attribute dicts. */
static struct csr make_dict_graph(uint32_t num_nodes, const uint32_t (*edges)[2], uint32_t num_edges) {
    struct csr csr = make_csr(num_nodes, num_edges);
    for (uint32_t i = 0; i < num_edges; i++) {
        csr.row[edges[i][0] + 1]++;
        csr.target[i] = edges[i][1];
        csr.name[i] = NAME_DICT;
    }
    for (uint32_t node = 0; node < num_nodes; node++)
        csr.row[node + 1] += csr.row[node];
    return csr;
}

static struct hf_dicts find(const struct csr *csr) {
    struct hf_dicts dicts;
    assert_int_equal(hf_dicts_init(&dicts, &csr->graph, NULL), HF_OK);
    return dicts;
}

static void test_a_pair(void **state) {
    (void)state;
    const uint32_t edges[][2] = {{0, 2}};
    struct csr csr = make_dict_graph(3, edges, 1);
    struct hf_dicts dicts = find(&csr);
    assert_int_equal(hf_dicts_owner(&dicts, 2), 0);
    assert_int_equal(hf_dicts_owner(&dicts, 0), 0);
    assert_int_equal(hf_dicts_find(&dicts, 0), 2);
    assert_int_equal(hf_dicts_find(&dicts, 1), HF_NO_NODE);
    assert_true(hf_dicts_is_inside(&dicts, 0, 0));
    hf_dicts_deinit(&dicts);
    free_csr(&csr);
}

/* Shared by two; the dict of a dict; a second one; an object that is its own. */
static void test_what_is_no_pair(void **state) {
    (void)state;
    const uint32_t edges[][2] = {{0, 2}, {1, 2}, {3, 4}, {4, 5}, {6, 7}, {6, 8}, {9, 9}};
    struct csr csr = make_dict_graph(10, edges, 7);
    struct hf_dicts dicts = find(&csr);
    for (hf_node_id node = 0; node < 10; node++)
        assert_int_equal(hf_dicts_owner(&dicts, node), node == 4 ? 3 : node == 7 ? 6 : node);
    for (hf_node_id node = 0; node < 10; node++)
        assert_int_equal(hf_dicts_find(&dicts, node), node == 3 ? 4 : node == 6 ? 7 : HF_NO_NODE);
    assert_false(hf_dicts_is_inside(&dicts, 4, 3));
    hf_dicts_deinit(&dicts);
    free_csr(&csr);
}

static void test_random_graphs(void **state) {
    (void)state;
    uint64_t random = 20261124;
    for (int round = 0; round < 5000; round++) {
        struct csr csr = make_random_csr(&random, 12, 3);
        struct hf_dicts dicts = find(&csr);
        for (hf_node_id node = 0; node < csr.graph.num_nodes; node++) {
            hf_node_id owner = hf_dicts_owner(&dicts, node), dict = hf_dicts_find(&dicts, node);
            assert_int_equal(hf_dicts_owner(&dicts, owner), owner);
            if (owner != node)
                assert_int_equal(hf_dicts_find(&dicts, owner), node);
            if (dict != HF_NO_NODE)
                assert_int_equal(hf_dicts_owner(&dicts, dict), node);
            for (uint32_t edge = csr.row[node]; edge < csr.row[node + 1]; edge++)
                assert_int_equal(hf_dicts_is_inside(&dicts, node, edge),
                                 csr.name[edge] == NAME_DICT && dict == csr.target[edge]);
        }
        hf_dicts_deinit(&dicts);
        free_csr(&csr);
    }
}

static void test_graph_without_names(void **state) {
    (void)state;
    struct csr csr = make_list_csr(5, NAME_DICT);
    csr.graph.name = NULL;
    struct hf_dicts dicts = find(&csr);
    assert_int_equal(hf_dicts_owner(&dicts, 3), 3);
    assert_int_equal(hf_dicts_find(&dicts, 3), HF_NO_NODE);
    hf_dicts_deinit(&dicts);
    free_csr(&csr);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_pair),
        cmocka_unit_test(test_what_is_no_pair),
        cmocka_unit_test(test_random_graphs),
        cmocka_unit_test(test_graph_without_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
