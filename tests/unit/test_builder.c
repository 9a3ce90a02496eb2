/* test_builder.c - graphs that are added in any order, and those that are refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "sample.h"

static enum hf_status finish(struct hf_builder *builder, struct hf_snapshot **out, struct hf_error *error) {
    enum hf_status status = hf_builder_finish(builder, out, error);
    hf_builder_destroy(builder);
    return status;
}

static void test_nothing(void **state) {
    (void)state;
    struct hf_snapshot *snapshot = NULL;
    assert_int_equal(finish(hf_builder_create(), &snapshot, NULL), HF_OK);
    assert_int_equal(hf_snapshot_num_nodes(snapshot), 0);
    assert_int_equal(hf_snapshot_find_addr(snapshot, 4096), HF_NO_NODE);
    hf_snapshot_destroy(snapshot);
    hf_builder_destroy(NULL);
}

/* Edges of many sources mixed: each row keeps the order in which its edges came. */
static void test_rows_keep_their_order(void **state) {
    (void)state;
    enum { NODES = 7, EDGES = 1000 };
    struct hf_builder *builder = hf_builder_create();
    uint32_t type = hf_builder_add_type(builder, "thing", "builtins", 0);
    for (uint32_t i = 0; i < NODES; i++)
        hf_builder_add_node(builder, 0x1000 + 16 * i, type, 16, 1, 0);
    for (uint32_t i = 0; i < EDGES; i++)
        hf_builder_add_edge(builder, i * 5 % NODES, i * 3 % NODES, HF_NAME_ATTRIBUTE, i % 2 == 0 ? "even" : "odd");
    struct hf_snapshot *snapshot;
    assert_int_equal(finish(builder, &snapshot, NULL), HF_OK);
    for (uint32_t node = 0; node < NODES; node++) {
        uint32_t edge = hf_snapshot_get_node(snapshot, node).first_edge;
        for (uint32_t i = 0; i < EDGES; i++) {
            if (i * 5 % NODES != node)
                continue;
            struct hf_edge found = hf_snapshot_get_edge(snapshot, edge++);
            assert_int_equal(found.target, i * 3 % NODES);
            assert_string_equal(found.text, i % 2 == 0 ? "even" : "odd");
        }
    }
    assert_int_equal(hf_num_names(snapshot), 2);
    hf_snapshot_destroy(snapshot);
}

static void test_many_names(void **state) {
    (void)state;
    for (uint32_t count = 65536; count <= 65537; count++) {
        struct hf_builder *builder = hf_builder_create();
        uint32_t type = hf_builder_add_type(builder, "thing", "builtins", 0);
        hf_builder_add_node(builder, 0x1000, type, 16, 1, 0);
        for (uint32_t i = 0; i < count; i++) {
            char name[16];
            snprintf(name, sizeof name, "n%u", i);
            hf_builder_add_edge(builder, 0, 0, HF_NAME_ATTRIBUTE, name);
        }
        struct hf_snapshot *snapshot = NULL;
        enum hf_status status = finish(builder, &snapshot, NULL);
        assert_int_equal(status, count == 65536 ? HF_OK : HF_ERR_LIMIT);
        if (status == HF_OK)
            assert_string_equal(hf_snapshot_get_edge(snapshot, 65535).text, "n65535");
        hf_snapshot_destroy(snapshot);
    }
}

static enum hf_status build_two(uint64_t first, uint64_t second, uint32_t type, uint32_t source, uint32_t target) {
    struct hf_builder *builder = hf_builder_create();
    hf_builder_add_type(builder, "thing", "builtins", 0);
    hf_builder_add_node(builder, first, 0, 16, 1, 0);
    hf_builder_add_node(builder, second, type, 16, 1, 0);
    hf_builder_add_edge(builder, source, target, HF_NAME_ITEM, "");
    struct hf_snapshot *snapshot = NULL;
    enum hf_status status = finish(builder, &snapshot, NULL);
    hf_snapshot_destroy(snapshot);
    return status;
}

static void test_refusals(void **state) {
    (void)state;
    assert_int_equal(build_two(0x1000, 0x2000, 0, 0, 1), HF_OK);
    assert_int_equal(build_two(0x1000, 0x100000, 0, 1, 1), HF_OK);
    assert_int_equal(build_two(0x2000, 0x1000, 0, 0, 1), HF_ERR_FORMAT);
    assert_int_equal(build_two(0x1000, 0x1000, 0, 0, 1), HF_ERR_FORMAT);
    assert_int_equal(build_two(0x200000, 0x1000, 0, 0, 1), HF_ERR_FORMAT);
    assert_int_equal(build_two(0x1000, 0x2004, 0, 0, 1), HF_ERR_FORMAT);
    assert_int_equal(build_two(0x1000, 0x2000, 1, 0, 1), HF_ERR_FORMAT);
    assert_int_equal(build_two(0x1000, 0x2000, 0, 2, 1), HF_ERR_FORMAT);
    assert_int_equal(build_two(0x1000, 0x2000, 0, 0, 2), HF_ERR_FORMAT);
}

static void test_each_allocation_fails(void **state) {
    (void)state;
    for (unsigned long n = 1;; n++) {
        assert_true(n < 1000);
        struct hf_snapshot *snapshot = NULL;
        hf_memory_fail_after(n);
        struct hf_builder *builder = hf_builder_create();
        enum hf_status status = builder != NULL ? build_sample(builder, &snapshot, NULL) : HF_ERR_NOMEM;
        hf_memory_fail_after(0);
        hf_builder_destroy(builder);
        hf_snapshot_destroy(snapshot);
        if (status == HF_OK)
            return;
        assert_int_equal(status, HF_ERR_NOMEM);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing),
        cmocka_unit_test(test_rows_keep_their_order),
        cmocka_unit_test(test_many_names),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_each_allocation_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
