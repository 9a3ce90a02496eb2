/*
 * test_freed.c - what a cut frees, against a twin that searches again without it; and the words that make a cut.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "analysis/retained/cut.h"
#include "heap_graph.h"

/* ---- random cuts ---- */

struct twin_cut {
    uint32_t nodes, roots;                   /* bits; roots: bits of nodes whose roots are all cut */
    bool edge[HEAP_GRAPH_NODES * 4];
};

static uint32_t reach_with_cut(const struct heap_graph *heap, const struct twin_cut *cut, uint32_t from) {
    struct heap_graph left = *heap;
    left.num_edges = 0;
    for (uint32_t node = 0, edge = 0; node < heap->num_nodes; node++) {
        for (; edge < heap->row[node + 1]; edge++)
            if (!cut->edge[edge])
                left.target[left.num_edges++] = heap->target[edge];
        left.row[node + 1] = left.num_edges;
    }
    return reach_without(&left, from, cut->nodes);
}

static struct hf_cut *make_cut(const struct heap_graph *heap, struct twin_cut *twin, uint64_t *random) {
    struct hf_cut *cut;
    assert_int_equal(hf_cut_create(heap->snapshot, &cut, NULL), HF_OK);
    *twin = (struct twin_cut){0};
    for (uint32_t i = random_below(random, 3); i > 0; i--)
        twin->nodes |= 1u << random_below(random, heap->num_nodes);
    for (uint32_t edge = 0; edge < heap->num_edges; edge++)
        twin->edge[edge] = random_below(random, 6) == 0;
    for (uint32_t node = 0; node < heap->num_nodes; node++) {
        if (twin->nodes >> node & 1)
            hf_bitset_add(&cut->nodes, node);
        twin->roots |= heap->roots >> node & 1 && random_below(random, 4) == 0 ? 1u << node : 0;
    }
    for (uint32_t edge = 0; edge < heap->num_edges; edge++)
        if (twin->edge[edge])
            hf_bitset_add(&cut->edges, edge);
    for (uint32_t i = 0; i < hf_num_roots(heap->snapshot); i++)
        if (twin->roots >> hf_col_roots(heap->snapshot)[i].node & 1)
            hf_bitset_add(&cut->roots, i);
    return cut;
}

static uint32_t targets_of(const struct heap_graph *heap, const struct twin_cut *twin) {
    uint32_t targets = twin->roots;
    for (uint32_t edge = 0; edge < heap->num_edges; edge++)
        targets |= twin->edge[edge] ? 1u << heap->target[edge] : 0;
    return targets & heap->live;
}

/* What the nodes refer to. */
static uint32_t next_to(const struct heap_graph *heap, uint32_t nodes) {
    uint32_t found = 0;
    for (uint32_t node = 0; node < heap->num_nodes; node++)
        for (uint32_t edge = heap->row[node]; edge < heap->row[node + 1]; edge++)
            found |= nodes >> node & 1 ? 1u << heap->target[edge] : 0;
    return found;
}

static void check_sum(struct hf_retained sum, const struct heap_graph *heap, uint32_t nodes) {
    assert_int_equal(sum.count, __builtin_popcount(nodes));
    assert_int_equal(sum.size_bytes, bytes_of(heap, nodes));
}

static void check_types(const struct hf_freed *freed, const struct heap_graph *heap, uint32_t nodes) {
    uint64_t count = 0;
    assert_int_equal(freed->num_types, freed->num_all_types);
    for (size_t i = 0; i < freed->num_types; i++) {
        uint32_t of_type = 0;
        for (uint32_t node = 0; node < heap->num_nodes; node++)
            of_type |= heap->type[node] == freed->types[i].type ? nodes & 1u << node : 0;
        check_sum(freed->types[i].freed, heap, of_type);
        assert_true(i == 0 || freed->types[i - 1].freed.size_bytes >= freed->types[i].freed.size_bytes);
        count += freed->types[i].freed.count;
    }
    assert_int_equal(count, freed->freed.count);
}

static void check_freed(const struct hf_freed *freed, const struct heap_graph *heap, const struct twin_cut *twin) {
    uint32_t left = reach_with_cut(heap, twin, heap->roots & ~twin->roots), lost = heap->live & ~left;
    uint32_t targets = targets_of(heap, twin), kept_targets = targets & left;
    uint32_t borders = (next_to(heap, lost) & left) | kept_targets;
    uint64_t grouped = 0;
    check_sum(freed->cut, heap, twin->nodes);
    check_sum(freed->freed, heap, lost);
    check_types(freed, heap, lost);
    assert_int_equal(freed->num_targets, __builtin_popcount(targets));
    assert_int_equal(freed->num_targets_kept, __builtin_popcount(kept_targets));
    check_sum(freed->kept, heap, reach_without(heap, lost | kept_targets, 0) & left);
    assert_int_equal(freed->num_borders, __builtin_popcount(borders));
    for (size_t i = 0; i < freed->num_groups; i++) {
        assert_true(borders >> freed->groups[i].example & 1);
        grouped += freed->groups[i].count;
    }
    assert_int_equal(freed->num_groups, freed->num_all_groups);
    assert_int_equal(grouped, freed->num_borders);
}

static void test_random_cuts(void **state) {
    (void)state;
    uint64_t random = 99;
    const struct hf_freed_options options = {.struct_size = sizeof options, .max_types = 100, .max_groups = 100};
    for (int round = 0; round < 5000; round++) {
        struct heap_graph heap = make_heap_graph(&random);
        struct twin_cut twin;
        struct hf_cut *cut = make_cut(&heap, &twin, &random);
        struct hf_freed *freed;
        assert_int_equal(hf_freed_create(heap.snapshot, cut, &options, &freed, NULL), HF_OK);
        check_freed(freed, &heap, &twin);
        hf_freed_destroy(freed);
        hf_cut_destroy(cut);
        hf_snapshot_destroy(heap.snapshot);
    }
}

/* One object: the search and the dominator tree must agree. */
static void test_one_object_as_the_tree_says(void **state) {
    (void)state;
    uint64_t random = 7;
    for (int round = 0; round < 1000; round++) {
        struct heap_graph heap = make_heap_graph(&random);
        const struct hf_dominators *dominators;
        assert_int_equal(hf_dominators_get(heap.snapshot, NULL, &dominators, NULL), HF_OK);
        for (hf_node_id node = 0; node < heap.num_nodes; node++) {
            struct hf_cut *cut;
            struct hf_freed *freed;
            char word[16];
            snprintf(word, sizeof word, "#%u", node);
            assert_int_equal(hf_cut_create(heap.snapshot, &cut, NULL), HF_OK);
            assert_int_equal(hf_cut_add(cut, word, HF_CUT_OBJECTS, NULL), HF_OK);
            assert_int_equal(hf_freed_create(heap.snapshot, cut, NULL, &freed, NULL), HF_OK);
            struct hf_retained retained = hf_dominators_get_retained(dominators, node);
            bool is_garbage = hf_dominators_is_garbage(dominators, node);
            assert_int_equal((is_garbage ? freed->garbage : freed->freed).count, retained.count);
            assert_int_equal((is_garbage ? freed->garbage : freed->freed).size_bytes, retained.size_bytes);
            assert_int_equal((is_garbage ? freed->freed : freed->garbage).count, 0);
            hf_freed_destroy(freed);
            hf_cut_destroy(cut);
        }
        hf_snapshot_destroy(heap.snapshot);
    }
}

static void test_failing_allocations(void **state) {
    (void)state;
    uint64_t random = 21;
    struct heap_graph heap = make_heap_graph(&random);
    enum hf_status status = HF_ERR_NOMEM;
    unsigned long n = 1;
    for (; status == HF_ERR_NOMEM; n++) {
        struct hf_cut *cut = NULL;
        struct hf_freed *freed = NULL;
        hf_memory_fail_after(n);
        status = hf_cut_create(heap.snapshot, &cut, NULL);
        if (status == HF_OK)
            status = hf_cut_add(cut, "a.A", HF_CUT_OBJECTS, NULL);
        if (status == HF_OK)
            status = hf_freed_create(heap.snapshot, cut, NULL, &freed, NULL);
        hf_memory_fail_after(0);
        hf_freed_destroy(freed);
        hf_cut_destroy(cut);
    }
    assert_int_equal(status, HF_OK);
    assert_true(n > 20);
    hf_snapshot_destroy(heap.snapshot);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_cuts),
        cmocka_unit_test(test_one_object_as_the_tree_says),
        cmocka_unit_test(test_failing_allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
