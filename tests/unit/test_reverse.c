/* test_reverse.c - reverse edges, and scans for referrers, against a search through all edges. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "csr.h"
#include "graph/reverse.h"

/* Compares the group of a node with the edges that lead to it, found one by one. */
static void check_node(const struct hf_graph *graph, const struct hf_reverse *reverse, hf_node_id node) {
    uint32_t at = reverse->row[node];
    for (hf_node_id source = 0; source < graph->num_nodes; source++) {
        for (uint32_t edge = graph->row[source]; edge < graph->row[source + 1]; edge++) {
            if (graph->target[edge] != node)
                continue;
            assert_true(at < reverse->row[node + 1]);
            assert_int_equal(reverse->source[at], source);
            assert_int_equal(reverse->edge[at], edge);
            at++;
        }
    }
    assert_int_equal(at, reverse->row[node + 1]);
}

/* What a scan for some nodes meets, in turn: each edge to one of them, in ascending order. */
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
        struct hf_reverse reverse;
        assert_int_equal(hf_reverse_init(&reverse, &csr.graph, NULL), HF_OK);
        assert_int_equal(reverse.row[csr.graph.num_nodes], csr.graph.num_edges);
        for (hf_node_id node = 0; node < csr.graph.num_nodes; node++)
            check_node(&csr.graph, &reverse, node);
        check_scan(&csr.graph, &random);
        hf_reverse_deinit(&reverse);
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

static void test_star(void **state) {
    (void)state;
    enum { LEAVES = 5000000 };
    struct csr csr = make_star_csr(LEAVES);
    struct hf_reverse reverse;
    assert_int_equal(hf_reverse_init(&reverse, &csr.graph, NULL), HF_OK);
    assert_int_equal(reverse.row[1], LEAVES);
    for (uint32_t i = 0; i < LEAVES; i++)
        assert_true(reverse.source[i] == i + 1 && reverse.source[LEAVES + i] == 0);
    hf_reverse_deinit(&reverse);
    free_csr(&csr);
}

static void test_no_nodes(void **state) {
    (void)state;
    struct csr csr = make_csr(0, 0);
    struct hf_reverse reverse;
    assert_int_equal(hf_reverse_init(&reverse, &csr.graph, NULL), HF_OK);
    assert_int_equal(reverse.row[0], 0);
    hf_reverse_deinit(&reverse);
    free_csr(&csr);
}

static void test_failing_allocations(void **state) {
    (void)state;
    struct csr csr = make_list_csr(10, NAME_ATTRIBUTE);
    for (unsigned long n = 1; n <= 3; n++) {
        struct hf_reverse reverse;
        struct hf_error error;
        hf_memory_fail_after(n);
        assert_int_equal(hf_reverse_init(&reverse, &csr.graph, &error), HF_ERR_NOMEM);
        hf_memory_fail_after(0);
        assert_string_equal(error.message, "out of memory");
        hf_reverse_deinit(&reverse);
    }
    free_csr(&csr);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_graphs), cmocka_unit_test(test_edge_source),
        cmocka_unit_test(test_star),          cmocka_unit_test(test_no_nodes),
        cmocka_unit_test(test_failing_allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
