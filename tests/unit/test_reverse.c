/* test_reverse.c - reverse edges against a search through all edges. */
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

static void check_referrers(const struct hf_graph *graph, const struct hf_reverse *reverse, hf_node_id node) {
    struct hf_region found = {0};
    assert_int_equal(hf_referrers_find(graph, node, &found, NULL), HF_OK);
    const struct hf_referrer *referrers = (const struct hf_referrer *)(const void *)found.data;
    uint32_t first = reverse->row[node];
    assert_int_equal(found.used_bytes / sizeof *referrers, reverse->row[node + 1] - first);
    for (uint32_t i = 0; i < found.used_bytes / sizeof *referrers; i++) {
        assert_int_equal(referrers[i].source, reverse->source[first + i]);
        assert_int_equal(referrers[i].edge, reverse->edge[first + i]);
    }
    hf_region_deinit(&found);
}

static void test_random_graphs(void **state) {
    (void)state;
    uint64_t random = 20260101;
    for (int round = 0; round < 5000; round++) {
        struct csr csr = make_random_csr(&random, 20, 4);
        struct hf_reverse reverse;
        assert_int_equal(hf_reverse_init(&reverse, &csr.graph, NULL), HF_OK);
        assert_int_equal(reverse.row[csr.graph.num_nodes], csr.graph.num_edges);
        for (hf_node_id node = 0; node < csr.graph.num_nodes; node++) {
            check_node(&csr.graph, &reverse, node);
            check_referrers(&csr.graph, &reverse, node);
        }
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
    struct hf_region found = {0};
    hf_memory_fail_after(1);
    assert_int_equal(hf_referrers_find(&csr.graph, 3, &found, NULL), HF_ERR_NOMEM);
    hf_memory_fail_after(0);
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
