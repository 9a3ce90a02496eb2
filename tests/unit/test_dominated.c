/*
 * test_dominated.c - the dominator tree as rows: what is shown adds up, and what a module alone holds is what a twin
 * finds that takes the module away.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <holdfast/dominated.h>

#include "heap_graph.h"

static struct hf_dominated *ask(const struct heap_graph *heap, enum hf_dominated_by by, unsigned depth, size_t limit) {
    const struct hf_dominated_options options = {
        .struct_size = sizeof options, .by = by, .min_bytes = 1, .max_depth = depth, .max_children = limit};
    struct hf_dominated *dominated;
    assert_int_equal(hf_dominated_create(heap->snapshot, &options, &dominated, NULL), HF_OK);
    return dominated;
}

/* The rows right below row `at` (or at the top, SIZE_MAX) add up to `expected`. */
static void check_sum(const struct hf_dominated *dominated, size_t at, struct hf_retained expected) {
    unsigned depth = at == SIZE_MAX ? 0 : dominated->rows[at].depth + 1;
    struct hf_retained sum = {0, 0};
    for (size_t i = at == SIZE_MAX ? 0 : at + 1; i < dominated->num_rows && dominated->rows[i].depth >= depth; i++) {
        if (dominated->rows[i].depth != depth)
            continue;
        sum.count += dominated->rows[i].retained.count;
        sum.size_bytes += dominated->rows[i].retained.size_bytes;
    }
    if (sum.count == 0 && at != SIZE_MAX)
        return;
    assert_int_equal(sum.count, expected.count);
    assert_int_equal(sum.size_bytes, expected.size_bytes);
}

/* What stands below an object is what it retains without itself; below a group, what its objects do. */
static void check_rows(const struct hf_dominated *dominated, const struct heap_graph *heap) {
    check_sum(dominated, SIZE_MAX, dominated->total);
    for (size_t i = 0; i < dominated->num_rows; i++) {
        const struct hf_dominated_row *row = &dominated->rows[i];
        struct hf_retained below = row->retained;
        if (row->kind == HF_DOMINATED_OBJECT) {
            below.count--;
            below.size_bytes -= heap->size_bytes[row->node];
        }
        if (row->kind != HF_DOMINATED_TYPE && row->kind != HF_DOMINATED_REST && below.count > 0)
            check_sum(dominated, i, below);
    }
}

static void test_rows_add_up(void **state) {
    (void)state;
    uint64_t random = 31;
    for (int round = 0; round < 3000; round++) {
        struct heap_graph heap = make_heap_graph(&random);
        for (enum hf_dominated_by by = 0; by <= HF_DOMINATED_BY_ROOT; by++) {
            struct hf_dominated *dominated = ask(&heap, by, 1 + random_below(&random, 6), 1 + random_below(&random, 4));
            assert_int_equal(dominated->total.count, heap.num_nodes);
            check_rows(dominated, &heap);
            hf_dominated_destroy(dominated);
        }
        hf_snapshot_destroy(heap.snapshot);
    }
}

/* ---- holders ---- */

static uint32_t nodes_of_module(const struct heap_graph *heap, const char *name) {
    uint32_t nodes = 0;
    for (uint32_t i = 0; i < hf_snapshot_num_roots(heap->snapshot); i++) {
        struct hf_root root = hf_snapshot_get_root(heap->snapshot, i);
        if (root.kind == HF_ROOT_MODULE && strcmp(root.name, name) == 0)
            nodes |= 1u << root.node;
    }
    return nodes;
}

static void check_module(const struct heap_graph *heap, const struct hf_dominated_row *row) {
    uint32_t lost = lost_without(heap, nodes_of_module(heap, row->reference));
    assert_int_equal(row->retained.count, __builtin_popcount(lost));
    assert_int_equal(row->retained.size_bytes, bytes_of(heap, lost));
}

static void test_modules_against_the_twin(void **state) {
    (void)state;
    uint64_t random = 77;
    int num_modules = 0;
    for (int round = 0; round < 6000; round++) {
        struct heap_graph heap = make_heap_graph_of(&random, true);
        struct hf_dominated *dominated = ask(&heap, HF_DOMINATED_BY_MODULE, 1, 100);
        check_sum(dominated, SIZE_MAX, dominated->total);
        for (size_t i = 0; i < dominated->num_rows; i++) {
            const struct hf_dominated_row *row = &dominated->rows[i];
            if (row->kind != HF_DOMINATED_HOLDER || row->reference[0] != 'm')
                continue;
            check_module(&heap, row);
            num_modules++;
        }
        hf_dominated_destroy(dominated);
        hf_snapshot_destroy(heap.snapshot);
    }
    assert_true(num_modules > 3000);
}

static void test_failing_allocations(void **state) {
    (void)state;
    uint64_t random = 8;
    struct heap_graph heap = make_heap_graph_of(&random, true);
    for (enum hf_dominated_by by = 0; by <= HF_DOMINATED_BY_ROOT; by++) {
        enum hf_status status = HF_ERR_NOMEM;
        unsigned long n = 1;
        for (; status == HF_ERR_NOMEM; n++) {
            const struct hf_dominated_options options = {.struct_size = sizeof options, .by = by, .min_bytes = 1};
            struct hf_dominated *dominated = NULL;
            hf_memory_fail_after(n);
            status = hf_dominated_create(heap.snapshot, &options, &dominated, NULL);
            hf_memory_fail_after(0);
            hf_dominated_destroy(dominated);
        }
        assert_int_equal(status, HF_OK);
        assert_true(n > 3);
    }
    hf_snapshot_destroy(heap.snapshot);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows_add_up),
        cmocka_unit_test(test_modules_against_the_twin),
        cmocka_unit_test(test_failing_allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
