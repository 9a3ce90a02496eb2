/* test_referrers.c - scans for referrers, and the source of an edge, against a search through all edges. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "csr.h"
#include "graph/referrers.h"

struct expected {
    const struct hf_graph *graph;
    const struct hf_bitset *targets;
    uint32_t next_edge;
};

static uint32_t skip_others(const struct expected *expected, uint32_t edge) {
    while (edge < expected->graph->num_edges && !hf_bitset_has(expected->targets, expected->graph->target[edge]))
        edge++;
    return edge;
}

static void meet(void *context, hf_node_id source, uint32_t edge) {
    struct expected *expected = context;
    assert_int_equal(edge, skip_others(expected, expected->next_edge));
    assert_int_equal(source, hf_graph_edge_source(expected->graph, edge));
    expected->next_edge = edge + 1;
}

static void check_scan(const struct hf_graph *graph, uint64_t *random) {
    struct hf_bitset targets;
    assert_true(hf_bitset_init(&targets, graph->num_nodes));
    for (hf_node_id node = 0; node < graph->num_nodes; node++)
        if (random_below(random, 3) == 0)
            hf_bitset_add(&targets, node);
    struct expected expected = {graph, &targets, 0};
    assert_int_equal(hf_referrers_scan(graph, &targets, meet, &expected, NULL, NULL), HF_OK);
    assert_int_equal(skip_others(&expected, expected.next_edge), graph->num_edges);
    hf_bitset_deinit(&targets);
}

static void test_random_graphs(void **state) {
    (void)state;
    uint64_t random = 20260101;
    for (int round = 0; round < 5000; round++) {
        struct csr csr = make_random_csr(&random, 20, 4);
        check_scan(&csr.graph, &random);
        free_csr(&csr);
    }
}

static void test_edge_source(void **state) {
    (void)state;
    uint64_t random = 7;
    for (int round = 0; round < 2000; round++) {
        struct csr csr = make_random_csr(&random, 30, 3);
        for (hf_node_id node = 0; node < csr.graph.num_nodes; node++)
            for (uint32_t edge = csr.row[node]; edge < csr.row[node + 1]; edge++)
                assert_int_equal(hf_graph_edge_source(&csr.graph, edge), node);
        free_csr(&csr);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_random_graphs), cmocka_unit_test(test_edge_source)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
