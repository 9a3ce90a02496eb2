/*
 * test_dominators.c - the dominator tree against a twin that removes each node in turn and looks at what is no longer
 * reached; and graphs that would hurt an algorithm that recurses or climbs step by step.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "csr.h"
#include "graph/dominators/tree.h"

#define MAX_NODES 16
#define MAX_ROOTS 4

struct world {
    struct csr csr;
    hf_node_id roots[MAX_ROOTS];
    uint32_t num_roots;
};

/* ---- the twin ---- */

/* A bit per node that is reached from `from` without passing through `without`; only nodes of `among` are entered. */
static uint32_t reach(const struct hf_graph *graph, uint32_t from, uint32_t among, hf_node_id without) {
    uint32_t reached = from & among;
    if (without != HF_NO_NODE)
        reached &= ~(1u << without);
    for (bool changed = true; changed;) {
        changed = false;
        for (hf_node_id u = 0; u < graph->num_nodes; u++) {
            if (!(reached >> u & 1))
                continue;
            for (uint32_t edge = graph->row[u]; edge < graph->row[u + 1]; edge++) {
                uint32_t bit = 1u << graph->target[edge];
                if (graph->target[edge] == without || !(among & bit) || (reached & bit))
                    continue;
                reached |= bit;
                changed = true;
            }
        }
    }
    return reached;
}

static uint32_t bits_of_roots(const struct world *world) {
    uint32_t bits = 0;
    for (uint32_t i = 0; i < world->num_roots; i++)
        bits |= 1u << world->roots[i];
    return bits;
}

/* Checks the part of the tree in `among`, all of which is reached from `tops`. */
static void check_part(const struct hf_dominator_tree *tree, const struct hf_graph *graph, uint32_t tops,
                       uint32_t among) {
    for (hf_node_id u = 0; u < graph->num_nodes; u++) {
        if (!(among >> u & 1))
            continue;
        uint32_t lost = among & ~reach(graph, tops, among, u);
        assert_int_equal(tree->count[tree->position[u]], __builtin_popcount(lost));
        for (hf_node_id v = 0; v < graph->num_nodes; v++)
            assert_int_equal(hf_dominator_tree_has(tree, u, v), lost >> v & 1);
    }
}

static void check_order(const struct hf_dominator_tree *tree, uint32_t num_nodes) {
    for (uint32_t at = 0; at < num_nodes; at++) {
        uint32_t parent = tree->parent[at];
        assert_int_equal(tree->position[tree->order[at]], at);
        assert_true(parent == HF_TREE_TOP || (parent < at && at < parent + tree->count[parent]));
        assert_true(at + tree->count[at] <= (at < tree->num_reached ? tree->num_reached : num_nodes));
    }
}

/* The tops of the garbage: all of it hangs from them, none from another, and in each group only one. */
static uint32_t check_tops(const struct hf_dominator_tree *tree, const struct hf_graph *graph, uint32_t garbage) {
    uint32_t tops = 0;
    for (uint32_t at = tree->num_reached; at < graph->num_nodes; at++)
        if (tree->parent[at] == HF_TREE_TOP)
            tops |= 1u << tree->order[at];
    uint32_t entries = 0;     /* those that no other top reaches: others are held by several of these */
    for (hf_node_id u = 0; u < graph->num_nodes; u++)
        if (tops >> u & 1 && !(reach(graph, tops & ~(1u << u), garbage, HF_NO_NODE) >> u & 1))
            entries |= 1u << u;
    assert_int_equal(reach(graph, entries, garbage, HF_NO_NODE), garbage);
    for (hf_node_id u = 0; u < graph->num_nodes; u++)    /* whatever refers to an entry is reached from it */
        for (uint32_t edge = graph->row[u]; edge < graph->row[u + 1]; edge++)
            if (garbage >> u & 1 && entries >> graph->target[edge] & 1)
                assert_true(reach(graph, 1u << graph->target[edge], garbage, HF_NO_NODE) >> u & 1);
    return entries;
}

static void check_tree(const struct world *world, const struct hf_dominator_tree *tree) {
    const struct hf_graph *graph = &world->csr.graph;
    uint32_t all = (uint32_t)((UINT64_C(1) << graph->num_nodes) - 1), roots = bits_of_roots(world);
    uint32_t live = reach(graph, roots, all, HF_NO_NODE), garbage = all & ~live;
    assert_int_equal(tree->num_reached, __builtin_popcount(live));
    for (hf_node_id u = 0; u < graph->num_nodes; u++)
        assert_int_equal(tree->position[u] < tree->num_reached, live >> u & 1);
    check_order(tree, graph->num_nodes);
    check_part(tree, graph, roots, live);
    check_part(tree, graph, check_tops(tree, graph, garbage), garbage);
}

static enum hf_status restore(struct hf_dominator_tree *out, const struct hf_dominator_tree *saved,
                              const uint32_t *order, const uint32_t *count) {
    return hf_dominator_tree_restore(out, saved->num_nodes, saved->num_reached, order, count, NULL);
}

/* Half of the arrays makes the other half. */
static void check_restored(const struct hf_dominator_tree *tree) {
    struct hf_dominator_tree restored;
    size_t num_bytes = tree->num_nodes * sizeof(uint32_t);
    assert_int_equal(restore(&restored, tree, tree->order, tree->count), HF_OK);
    assert_int_equal(restored.num_reached, tree->num_reached);
    assert_memory_equal(restored.position, tree->position, num_bytes);
    assert_memory_equal(restored.parent, tree->parent, num_bytes);
    hf_dominator_tree_deinit(&restored);
}

/* With one number changed it is refused, or it is another tree: runs lie in runs, and each node has its position. */
static void check_damaged(const struct hf_dominator_tree *tree, uint64_t *random) {
    uint32_t arrays[2][MAX_NODES];
    memcpy(arrays[0], tree->order, tree->num_nodes * sizeof(uint32_t));
    memcpy(arrays[1], tree->count, tree->num_nodes * sizeof(uint32_t));
    uint32_t value = random_below(random, 8) == 0 ? next_random(random) : random_below(random, MAX_NODES + 2);
    arrays[random_below(random, 2)][random_below(random, tree->num_nodes)] = value;
    struct hf_dominator_tree restored;
    if (restore(&restored, tree, arrays[0], arrays[1]) == HF_OK) {
        check_order(&restored, tree->num_nodes);
        for (uint32_t at = 0; at < tree->num_nodes; at++) {
            uint32_t parent = restored.parent[at];
            assert_true(parent == HF_TREE_TOP ||
                        (parent < at && at + arrays[1][at] <= parent + arrays[1][parent]));
        }
    }
    hf_dominator_tree_deinit(&restored);
}

static void test_random_graphs(void **state) {
    (void)state;
    uint64_t random = 4711;
    for (int round = 0; round < 40000; round++) {
        struct world world = {.csr = make_random_csr(&random, MAX_NODES, 1 + random_below(&random, 4))};
        world.num_roots = random_below(&random, MAX_ROOTS + 1);
        for (uint32_t i = 0; i < world.num_roots; i++)
            world.roots[i] = random_below(&random, world.csr.graph.num_nodes);
        struct hf_dominator_tree tree;
        assert_int_equal(hf_dominator_tree_init(&tree, &world.csr.graph, world.roots, world.num_roots, NULL, NULL),
                         HF_OK);
        check_tree(&world, &tree);
        check_restored(&tree);
        check_damaged(&tree, &random);
        hf_dominator_tree_deinit(&tree);
        free_csr(&world.csr);
    }
}

/* ---- large graphs ---- */

static const hf_node_id first_node[] = {0};

static struct hf_dominator_tree tree_from_first(const struct csr *csr) {
    struct hf_dominator_tree tree;
    assert_int_equal(hf_dominator_tree_init(&tree, &csr->graph, first_node, 1, NULL, NULL), HF_OK);
    return tree;
}

static void test_linked_list(void **state) {
    (void)state;
    enum { LENGTH = 3000000 };
    struct csr csr = make_list_csr(LENGTH, NAME_ATTRIBUTE);
    struct hf_dominator_tree tree = tree_from_first(&csr);
    for (uint32_t i = 0; i < LENGTH; i++)
        assert_true(tree.order[i] == i && tree.count[i] == LENGTH - i);
    check_restored(&tree);
    hf_dominator_tree_deinit(&tree);
    free_csr(&csr);
}

static void test_star(void **state) {
    (void)state;
    enum { LEAVES = 5000000 };
    struct csr csr = make_star_csr(LEAVES);
    struct hf_dominator_tree tree = tree_from_first(&csr);
    assert_int_equal(tree.count[0], LEAVES + 1);
    for (uint32_t i = 1; i <= LEAVES; i++)
        assert_true(tree.parent[tree.position[i]] == 0 && tree.count[tree.position[i]] == 1);
    hf_dominator_tree_deinit(&tree);
    free_csr(&csr);
}

static void test_complete_graph(void **state) {
    (void)state;
    enum { NODES = 3000 };
    struct csr csr = make_complete_csr(NODES);
    struct hf_dominator_tree tree = tree_from_first(&csr);
    assert_int_equal(tree.count[0], NODES);
    for (uint32_t i = 1; i < NODES; i++)
        assert_int_equal(hf_dominator_tree_parent(&tree, i), 0);
    hf_dominator_tree_deinit(&tree);
    free_csr(&csr);
}

/*
 * A linked list of owners, each with an item, and a list of all items behind it:
 *   0 --> 1 --> 2 --> ... --> n          and the list, node n + 1, which 0 refers to last
 *         |     |             |
 *        item  item          item  <---- list
 * The items hang from node 0, which is n steps up from where the search finds the last of them.
 */
static void test_items_along_a_linked_list(void **state) {
    (void)state;
    enum { LENGTH = 1000000, LIST = LENGTH + 1, ITEMS = LENGTH + 2 };
    struct csr csr = make_csr(2 * LENGTH + 2, 3 * LENGTH + 1);
    uint32_t edges = 0;
    csr.target[edges++] = 1;
    csr.target[edges++] = LIST;
    csr.row[1] = edges;
    for (uint32_t i = 1; i <= LENGTH; i++) {
        csr.target[edges++] = ITEMS + i - 1;
        if (i < LENGTH)
            csr.target[edges++] = i + 1;
        csr.row[i + 1] = edges;
    }
    for (uint32_t i = 0; i < LENGTH; i++)
        csr.target[edges++] = ITEMS + i;
    for (uint32_t i = LIST; i < 2 * LENGTH + 2; i++)
        csr.row[i + 1] = edges;
    assert_int_equal(edges, csr.graph.num_edges);
    struct hf_dominator_tree tree = tree_from_first(&csr);
    for (uint32_t i = 0; i < LENGTH; i++)
        assert_true(hf_dominator_tree_parent(&tree, ITEMS + i) == 0);
    assert_int_equal(tree.count[tree.position[1]], LENGTH);
    hf_dominator_tree_deinit(&tree);
    free_csr(&csr);
}

/* Cycles in cycles: 0 --> 1 --> ... --> n, and each back to all the way up: i --> n - i. */
static void test_nested_cycles(void **state) {
    (void)state;
    enum { DEPTH = 10000 };
    struct csr csr = make_csr(2 * DEPTH, 3 * DEPTH - 1);
    uint32_t edges = 0;
    for (uint32_t i = 0; i < 2 * DEPTH; i++) {
        if (i + 1 < 2 * DEPTH)
            csr.target[edges++] = i + 1;
        if (i >= DEPTH)
            csr.target[edges++] = 2 * DEPTH - 1 - i;
        csr.row[i + 1] = edges;
    }
    assert_int_equal(edges, csr.graph.num_edges);
    struct hf_dominator_tree tree = tree_from_first(&csr);
    for (uint32_t i = 0; i < 2 * DEPTH; i++)
        assert_int_equal(tree.count[tree.position[i]], 2 * DEPTH - i);
    hf_dominator_tree_deinit(&tree);
    free_csr(&csr);
}

/* The same list that no root reaches: one cycle of three million. */
static void test_large_garbage(void **state) {
    (void)state;
    enum { LENGTH = 3000000 };
    struct csr csr = make_csr(LENGTH, LENGTH);
    for (uint32_t i = 0; i < LENGTH; i++) {
        csr.target[i] = (i + 1) % LENGTH;
        csr.row[i + 1] = i + 1;
    }
    struct hf_dominator_tree tree;
    assert_int_equal(hf_dominator_tree_init(&tree, &csr.graph, NULL, 0, NULL, NULL), HF_OK);
    assert_int_equal(tree.num_reached, 0);
    assert_int_equal(tree.count[0], LENGTH);
    hf_dominator_tree_deinit(&tree);
    free_csr(&csr);
}

static void test_no_nodes(void **state) {
    (void)state;
    struct csr csr = make_csr(0, 0);
    struct hf_dominator_tree tree;
    assert_int_equal(hf_dominator_tree_init(&tree, &csr.graph, NULL, 0, NULL, NULL), HF_OK);
    assert_int_equal(tree.num_reached, 0);
    hf_dominator_tree_deinit(&tree);
    free_csr(&csr);
}

/* ---- what goes wrong ---- */

struct stopper {
    int calls, stop_at;
};

static bool stop(void *context, const char *phase, uint64_t done, uint64_t total) {
    struct stopper *stopper = context;
    assert_string_equal(phase, "dominators");
    assert_true(done <= total);
    return ++stopper->calls < stopper->stop_at;
}

static void test_cancel(void **state) {
    (void)state;
    struct csr csr = make_list_csr(3000000, NAME_ATTRIBUTE);
    enum hf_status status = HF_ERR_CANCELLED;
    int stop_at = 1;
    for (; status == HF_ERR_CANCELLED; stop_at++) {
        struct stopper stopper = {0, stop_at};
        const struct hf_progress progress = {stop, &stopper};
        struct hf_error error = {0};
        struct hf_dominator_tree tree;
        status = hf_dominator_tree_init(&tree, &csr.graph, first_node, 1, &progress, &error);
        assert_int_equal(error.status, status);
        hf_dominator_tree_deinit(&tree);
    }
    assert_int_equal(status, HF_OK);
    assert_true(stop_at > 5);
    free_csr(&csr);
}

static void test_failing_allocations(void **state) {
    (void)state;
    uint64_t random = 12;
    struct csr csr = make_random_csr(&random, 400, 3);
    enum hf_status status = HF_ERR_NOMEM;
    unsigned long n = 1;
    for (; status == HF_ERR_NOMEM; n++) {
        struct hf_dominator_tree tree;
        hf_memory_fail_after(n);
        status = hf_dominator_tree_init(&tree, &csr.graph, first_node, 1, NULL, NULL);
        hf_memory_fail_after(0);
        hf_dominator_tree_deinit(&tree);
    }
    assert_int_equal(status, HF_OK);
    assert_true(n > 15);
    free_csr(&csr);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_graphs),
        cmocka_unit_test(test_linked_list),
        cmocka_unit_test(test_star),
        cmocka_unit_test(test_complete_graph),
        cmocka_unit_test(test_items_along_a_linked_list),
        cmocka_unit_test(test_nested_cycles),
        cmocka_unit_test(test_large_garbage),
        cmocka_unit_test(test_no_nodes),
        cmocka_unit_test(test_cancel),
        cmocka_unit_test(test_failing_allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
