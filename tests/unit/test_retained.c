/*
 * test_retained.c - retained sizes of random snapshots against a twin that removes objects and adds up what is no
 * longer reached.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <holdfast/dominators.h>

#include "analysis/retained/dominators.h"
#include "heap_graph.h"

/* ---- one object ---- */

static void check_node(const struct hf_dominators *dominators, const struct heap_graph *heap, hf_node_id node) {
    bool is_garbage = !(heap->live >> node & 1);
    assert_int_equal(hf_dominators_is_garbage(dominators, node), is_garbage);
    if (is_garbage)
        return;
    uint32_t lost = lost_without(heap, 1u << node);
    struct hf_retained retained = hf_dominators_get_retained(dominators, node);
    assert_int_equal(retained.count, __builtin_popcount(lost));
    assert_int_equal(retained.size_bytes, bytes_of(heap, lost));
    const hf_node_id *nodes = hf_dominators_get_nodes(dominators, node);
    assert_int_equal(nodes[0], node);
    for (uint64_t i = 0; i < retained.count; i++)
        assert_true(lost >> nodes[i] & 1 && hf_dominators_has(dominators, node, nodes[i]));
}

/* What goes without the one, and what goes without the other. */
static void check_pair(const struct hf_dominators *dominators, const struct heap_graph *heap, hf_node_id node,
                       hf_node_id dict) {
    if (!(heap->live >> node & heap->live >> dict & 1))
        return;
    uint32_t lost = lost_without(heap, 1u << node) | lost_without(heap, 1u << dict);
    struct hf_retained retained = hf_dominators_get_with_dict(dominators, node, dict);
    assert_int_equal(retained.count, __builtin_popcount(lost));
    assert_int_equal(retained.size_bytes, bytes_of(heap, lost));
}

/* The children of a node: each has it as its parent, and together with it they make up what it retains. */
static void check_children(const struct hf_dominators *dominators, hf_node_id node, hf_node_id first,
                           struct hf_retained whole, struct hf_retained own) {
    for (hf_node_id child = first; child != HF_NO_NODE; child = hf_dominators_next_child(dominators, child)) {
        struct hf_retained part = hf_dominators_get_retained(dominators, child);
        assert_int_equal(hf_dominators_get_parent(dominators, child), node);
        own.count += part.count;
        own.size_bytes += part.size_bytes;
    }
    assert_int_equal(own.count, whole.count);
    assert_int_equal(own.size_bytes, whole.size_bytes);
}

static void check_tree(const struct hf_dominators *dominators, const struct heap_graph *heap) {
    const struct hf_retained none = {0, 0};
    struct hf_retained all = hf_dominators_get_retained(dominators, HF_NO_NODE);
    struct hf_retained garbage = hf_dominators_get_garbage(dominators);
    assert_int_equal(all.count, __builtin_popcount(heap->live));
    assert_int_equal(all.size_bytes, bytes_of(heap, heap->live));
    assert_int_equal(garbage.count, heap->num_nodes - all.count);
    check_children(dominators, HF_NO_NODE, hf_dominators_first_child(dominators, HF_NO_NODE), all, none);
    check_children(dominators, HF_NO_NODE, hf_dominators_first_garbage(dominators), garbage, none);
    for (hf_node_id node = 0; node < heap->num_nodes; node++) {
        check_node(dominators, heap, node);
        for (hf_node_id dict = 0; dict < heap->num_nodes; dict++)
            check_pair(dominators, heap, node, dict);
        check_children(dominators, node, hf_dominators_first_child(dominators, node),
                       hf_dominators_get_retained(dominators, node), (struct hf_retained){1, heap->size_bytes[node]});
    }
}

/* ---- types ---- */

/* The union of what each object of the type retains; that of garbage as the tree has it. */
static uint32_t retained_by_type(const struct hf_dominators *dominators, const struct heap_graph *heap, uint32_t type) {
    uint32_t retained = 0;
    for (hf_node_id node = 0; node < heap->num_nodes; node++) {
        if (heap->type[node] != type)
            continue;
        if (heap->live >> node & 1)
            retained |= lost_without(heap, 1u << node);
        for (hf_node_id below = 0; below < heap->num_nodes; below++)
            if (hf_dominators_has(dominators, node, below))
                retained |= 1u << below;
    }
    return retained;
}

static void check_types(const struct hf_dominators *dominators, const struct heap_graph *heap) {
    struct hf_retained retained[HEAP_GRAPH_TYPES];
    assert_int_equal(hf_dominators_sum_types(dominators, retained, NULL), HF_OK);
    for (uint32_t type = 0; type < HEAP_GRAPH_TYPES; type++) {
        uint32_t expected = retained_by_type(dominators, heap, type);
        assert_int_equal(retained[type].count, __builtin_popcount(expected));
        assert_int_equal(retained[type].size_bytes, bytes_of(heap, expected));
    }
}

static void test_random_heaps(void **state) {
    (void)state;
    uint64_t random = 815;
    for (int round = 0; round < 6000; round++) {
        struct heap_graph heap = make_heap_graph(&random);
        const struct hf_dominators *dominators;
        assert_int_equal(hf_dominators_get(heap.snapshot, NULL, &dominators, NULL), HF_OK);
        check_tree(dominators, &heap);
        check_types(dominators, &heap);
        hf_snapshot_destroy(heap.snapshot);
    }
}

/* ---- once for all ---- */

static void test_computed_once(void **state) {
    (void)state;
    uint64_t random = 3;
    struct heap_graph heap = make_heap_graph(&random);
    const struct hf_dominators *first, *second;
    assert_int_equal(hf_dominators_get(heap.snapshot, NULL, &first, NULL), HF_OK);
    assert_int_equal(hf_dominators_get(heap.snapshot, NULL, &second, NULL), HF_OK);
    assert_ptr_equal(first, second);
    hf_snapshot_destroy(heap.snapshot);
}

struct thrown {
    struct hf_derived derived;
    bool is_destroyed;
};

static void note_destroyed(struct hf_derived *derived) {
    ((struct thrown *)derived)->is_destroyed = true;
}

/* Two that were ready at once: the second one is ended, and both get the first. */
static void test_second_is_ended(void **state) {
    (void)state;
    uint64_t random = 3;
    struct heap_graph heap = make_heap_graph(&random);
    struct thrown first = {{note_destroyed}, false}, second = {{note_destroyed}, false};
    assert_null(hf_derived_find(heap.snapshot, HF_DERIVED_DOMINATORS));
    assert_ptr_equal(hf_derived_keep(heap.snapshot, HF_DERIVED_DOMINATORS, &first.derived), &first);
    assert_ptr_equal(hf_derived_keep(heap.snapshot, HF_DERIVED_DOMINATORS, &second.derived), &first);
    assert_ptr_equal(hf_derived_find(heap.snapshot, HF_DERIVED_DOMINATORS), &first);
    assert_true(!first.is_destroyed && second.is_destroyed);
    hf_snapshot_destroy(heap.snapshot);
    assert_true(first.is_destroyed);
}

static void test_failing_allocations(void **state) {
    (void)state;
    uint64_t random = 5;
    struct heap_graph heap = make_heap_graph(&random);
    enum hf_status status = HF_ERR_NOMEM;
    unsigned long n = 1;
    for (; status == HF_ERR_NOMEM; n++) {
        const struct hf_dominators *dominators;
        hf_memory_fail_after(n);
        status = hf_dominators_get(heap.snapshot, NULL, &dominators, NULL);
        hf_memory_fail_after(0);
    }
    assert_int_equal(status, HF_OK);
    assert_true(n > 10);
    hf_snapshot_destroy(heap.snapshot);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_heaps),
        cmocka_unit_test(test_computed_once),
        cmocka_unit_test(test_second_is_ended),
        cmocka_unit_test(test_failing_allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
