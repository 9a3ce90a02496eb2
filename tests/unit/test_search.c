/*
 * test_search.c - shortest chains between sets of nodes against a twin that relaxes all edges until nothing changes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "csr.h"
#include "patience.h"
#include "graph/search.h"

#define MAX_NODES 14
#define FAR 1000u

/* A random task on a graph: starts, a goal, nodes to avoid, and perhaps a part that the chain must not leave. */
struct task {
    hf_node_id starts[4];
    struct hf_bitset is_start, goal, avoid;
    uint32_t part[MAX_NODES];
    struct hf_search_task public;
};

static void init_task(struct task *task, const struct hf_graph *graph, uint64_t *random) {
    *task = (struct task){.public = {.starts = task->starts, .goal = &task->goal, .avoid = &task->avoid}};
    assert_true(hf_bitset_init(&task->is_start, graph->num_nodes) && hf_bitset_init(&task->goal, graph->num_nodes) &&
                hf_bitset_init(&task->avoid, graph->num_nodes));
    task->public.num_starts = 1 + random_below(random, 4);
    for (size_t i = 0; i < task->public.num_starts; i++) {
        task->starts[i] = random_below(random, graph->num_nodes);
        hf_bitset_add(&task->is_start, task->starts[i]);
    }
    for (uint32_t i = 1 + random_below(random, 2); i > 0; i--)
        hf_bitset_add(&task->goal, random_below(random, graph->num_nodes));
    for (uint32_t i = random_below(random, 3); i > 0; i--)
        hf_bitset_add(&task->avoid, random_below(random, graph->num_nodes));
    bool has_parts = random_below(random, 3) == 0;
    for (uint32_t node = 0; node < graph->num_nodes; node++)
        task->part[node] = random_below(random, 4) == 0;
    task->public.part = has_parts ? task->part : NULL;
}

static void deinit_task(struct task *task) {
    hf_bitset_deinit(&task->is_start);
    hf_bitset_deinit(&task->goal);
    hf_bitset_deinit(&task->avoid);
}

static bool is_dict_edge(const struct hf_graph *graph, uint32_t edge) {
    return graph->name[edge] == NAME_DICT;
}

static bool is_allowed(const struct task *task, hf_node_id target) {
    return task->public.part == NULL || task->part[target] == task->public.only_part;
}

/* True for an edge that may be the last one of a chain. */
static bool ends_chain(const struct task *task, const struct hf_graph *graph, hf_node_id source, uint32_t edge) {
    hf_node_id target = graph->target[edge];
    bool is_inside = is_dict_edge(graph, edge) && source != target && hf_bitset_has(&task->is_start, source) &&
                     hf_bitset_has(&task->is_start, target);
    return hf_bitset_has(&task->goal, target) && is_allowed(task, target) && !is_inside;
}

/* One round over all edges: true if some node came nearer. */
static bool relax(const struct task *task, const struct hf_graph *graph, unsigned *distance) {
    bool changed = false;
    for (hf_node_id u = 0; u < graph->num_nodes; u++)
        for (uint32_t edge = graph->row[u]; edge < graph->row[u + 1]; edge++) {
            hf_node_id v = graph->target[edge];
            unsigned found = distance[u] + !is_dict_edge(graph, edge);
            if (distance[u] >= FAR || found >= distance[v] || hf_bitset_has(&task->avoid, v) || !is_allowed(task, v))
                continue;
            distance[v] = found;
            changed = true;
        }
    return changed;
}

/* The hops of a shortest chain, FAR if there is none. */
static unsigned find_length(const struct task *task, const struct hf_graph *graph) {
    unsigned distance[MAX_NODES], best = FAR;
    for (hf_node_id node = 0; node < graph->num_nodes; node++)
        distance[node] = hf_bitset_has(&task->is_start, node) ? 0 : FAR;
    while (relax(task, graph, distance))
        continue;
    for (hf_node_id u = 0; u < graph->num_nodes; u++)
        for (uint32_t edge = graph->row[u]; edge < graph->row[u + 1]; edge++)
            if (distance[u] < FAR && ends_chain(task, graph, u, edge) &&
                distance[u] + !is_dict_edge(graph, edge) < best)
                best = distance[u] + !is_dict_edge(graph, edge);
    return best;
}

/* Climbs from the last edge to a start, over edges that a chain may have; gives the hops. */
static unsigned measure(const struct hf_search *search, const struct task *task, uint32_t last_edge) {
    const struct hf_graph *graph = search->graph;
    hf_node_id node = hf_graph_edge_source(graph, last_edge);
    unsigned length = !is_dict_edge(graph, last_edge);
    assert_true(ends_chain(task, graph, node, last_edge));
    for (uint32_t steps = 0; search->parent[node] != HF_SEARCH_START; steps++) {
        uint32_t edge = search->parent[node] - 1;
        assert_true(steps <= graph->num_nodes && graph->target[edge] == node);
        assert_int_equal(search->source[node], hf_graph_edge_source(graph, edge));
        assert_true(is_allowed(task, node) && !hf_bitset_has(&task->avoid, node));
        length += !is_dict_edge(graph, edge);
        node = hf_graph_edge_source(graph, edge);
    }
    assert_true(hf_bitset_has(&task->is_start, node));
    return length;
}

static void check_task(struct hf_search *search, uint64_t *random) {
    struct task task;
    uint32_t last_edge = 0;
    init_task(&task, search->graph, random);
    unsigned expected = find_length(&task, search->graph);
    enum hf_status status = hf_search_run(search, &task.public, NULL, &last_edge, NULL);
    assert_int_equal(status, expected == FAR ? HF_NOT_FOUND : HF_OK);
    if (status == HF_OK)
        assert_int_equal(measure(search, &task, last_edge), expected);
    deinit_task(&task);
}

static void test_random_graphs(void **state) {
    (void)state;
    uint64_t random = 20261124;
    for (int round = 0; round < 10000; round++) {
        struct csr csr = make_random_csr(&random, MAX_NODES, 1 + (uint32_t)round % 3);
        struct hf_dicts dicts;
        struct hf_search search;
        assert_int_equal(hf_dicts_init(&dicts, &csr.graph, NULL), HF_OK);
        assert_int_equal(hf_search_init(&search, &dicts, NULL), HF_OK);
        for (int again = 0; again < 4; again++) /* over the remains of the search before */
            check_task(&search, &random);
        hf_search_deinit(&search);
        hf_dicts_deinit(&dicts);
        free_csr(&csr);
    }
}

/* Searches from one node to one node. */
static enum hf_status search_one(const struct csr *csr, struct hf_search *search, struct hf_dicts *dicts,
                                 hf_node_id from, hf_node_id to, const struct hf_progress *progress, uint32_t *edge) {
    struct hf_bitset goal;
    assert_int_equal(hf_dicts_init(dicts, &csr->graph, NULL), HF_OK);
    assert_int_equal(hf_search_init(search, dicts, NULL), HF_OK);
    assert_true(hf_bitset_init(&goal, csr->graph.num_nodes));
    hf_bitset_add(&goal, to);
    const struct hf_search_task task = {.starts = &from, .num_starts = 1, .goal = &goal};
    enum hf_status status = hf_search_run(search, &task, progress, edge, NULL);
    hf_bitset_deinit(&goal);
    return status;
}

static void end(struct hf_search *search, struct hf_dicts *dicts) {
    hf_search_deinit(search);
    hf_dicts_deinit(dicts);
}

static void test_linked_list(void **state) {
    (void)state;
    enum { LENGTH = 3000000 };
    const uint16_t names[] = {NAME_ATTRIBUTE, NAME_DICT};
    for (int i = 0; i < 2; i++) {
        struct csr csr = make_list_csr(LENGTH, names[i]);
        struct hf_search search;
        struct hf_dicts dicts;
        uint32_t edge;
        assert_int_equal(search_one(&csr, &search, &dicts, 0, LENGTH - 1, NULL, &edge), HF_OK);
        assert_int_equal(edge, LENGTH - 2);
        end(&search, &dicts);
        assert_int_equal(search_one(&csr, &search, &dicts, 1, 0, NULL, &edge), HF_NOT_FOUND);
        end(&search, &dicts);
        free_csr(&csr);
    }
}

/* From a node of a long cycle to itself: all the way round. */
static void test_long_cycle(void **state) {
    (void)state;
    enum { LENGTH = 3000000 };
    struct csr csr = make_csr(LENGTH, LENGTH);
    for (uint32_t i = 0; i < LENGTH; i++) {
        csr.row[i + 1] = i + 1;
        csr.target[i] = (i + 1) % LENGTH;
    }
    struct hf_search search;
    struct hf_dicts dicts;
    uint32_t edge;
    assert_int_equal(search_one(&csr, &search, &dicts, 7, 7, NULL, &edge), HF_OK);
    assert_int_equal(edge, 6);
    assert_int_equal(search.num_reached, LENGTH);
    end(&search, &dicts);
    free_csr(&csr);
}

/* A goal next door is found without a look at the millions behind it. */
static void test_stops_early(void **state) {
    (void)state;
    struct csr csr = make_star_csr(2000000);
    struct hf_search search;
    struct hf_dicts dicts;
    uint32_t edge;
    assert_int_equal(search_one(&csr, &search, &dicts, 5, 0, NULL, &edge), HF_OK);
    assert_int_equal(csr.target[edge], 0);
    assert_int_equal(search.num_reached, 1);
    end(&search, &dicts);
    free_csr(&csr);
}

static void test_complete_graph(void **state) {
    (void)state;
    enum { NODES = 2000 };
    struct csr csr = make_complete_csr(NODES);
    struct hf_search search;
    struct hf_dicts dicts;
    uint32_t edge;
    assert_int_equal(search_one(&csr, &search, &dicts, 3, NODES - 1, NULL, &edge), HF_OK);
    assert_int_equal(edge, 4 * NODES - 1);
    end(&search, &dicts);
    free_csr(&csr);
}

static void test_cancel(void **state) {
    (void)state;
    struct csr csr = make_star_csr(2500000);
    int calls = 0;
    const struct hf_progress progress = {refuse, &calls};
    struct hf_search search;
    struct hf_dicts dicts;
    uint32_t edge;
    for (uint32_t i = 0; i < 2500000; i++) /* no leaf leads back: all of them are looked at */
        csr.target[2500000 + i] = i + 1;
    assert_int_equal(search_one(&csr, &search, &dicts, 0, 0, &progress, &edge), HF_ERR_CANCELLED);
    assert_int_equal(calls, 1);
    end(&search, &dicts);
    free_csr(&csr);
}

static void test_failing_allocations(void **state) {
    (void)state;
    struct csr csr = make_list_csr(10, NAME_ATTRIBUTE);
    struct hf_dicts dicts;
    for (unsigned long n = 1; n <= 2; n++) {
        hf_memory_fail_after(n);
        assert_int_equal(hf_dicts_init(&dicts, &csr.graph, NULL), HF_ERR_NOMEM);
        hf_memory_fail_after(0);
        hf_dicts_deinit(&dicts);
    }
    assert_int_equal(hf_dicts_init(&dicts, &csr.graph, NULL), HF_OK);
    for (unsigned long n = 1; n <= 3; n++) {
        struct hf_search search;
        hf_memory_fail_after(n);
        assert_int_equal(hf_search_init(&search, &dicts, NULL), HF_ERR_NOMEM);
        hf_memory_fail_after(0);
        hf_search_deinit(&search);
    }
    hf_dicts_deinit(&dicts);
    free_csr(&csr);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_graphs),  cmocka_unit_test(test_linked_list),
        cmocka_unit_test(test_long_cycle),     cmocka_unit_test(test_stops_early),
        cmocka_unit_test(test_complete_graph), cmocka_unit_test(test_cancel),
        cmocka_unit_test(test_failing_allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
