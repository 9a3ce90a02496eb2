/* test_types.c - objects per type: counts, order, filters. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <holdfast/types.h>

#include "world.h"

/* 1 module, 1 dict, 3 sessions, 2 caches, 1 node of more than 4 GiB. */
static struct world make_heap(void) {
    struct world world = begin_world();
    for (int i = 0; i < 3; i++)
        (void)add_node(&world, T_SESSION);
    (void)add_node(&world, T_CACHE);
    (void)add_node(&world, T_CACHE);
    world.next_addr += 64;
    (void)hf_builder_add_node(world.builder, world.next_addr, T_NODE, UINT64_C(5) << 30, 1, 0);
    finish_world(&world);
    return world;
}

static struct hf_types *ask(const struct world *world, const struct hf_types_options *options) {
    struct hf_types *types;
    assert_int_equal(hf_types_create(world->snapshot, options, &types, NULL), HF_OK);
    return types;
}

static void check_row(const struct hf_types *types, size_t row, const char *name, uint64_t count, uint64_t bytes) {
    assert_true(row < types->num_rows);
    assert_string_equal(types->rows[row].name, name);
    assert_int_equal(types->rows[row].count, count);
    assert_int_equal(types->rows[row].size_bytes, bytes);
}

static void test_by_bytes(void **state) {
    (void)state;
    struct world world = make_heap();
    struct hf_types *types = ask(&world, NULL);
    assert_int_equal(types->num_rows, 5);
    check_row(types, 0, "shop.Node", 1, UINT64_C(5) << 30);
    check_row(types, 1, "shop.cache.Session", 3, 192);
    check_row(types, 2, "shop.cache.Cache", 2, 128);
    check_row(types, 3, "dict", 1, 64);
    check_row(types, 4, "module", 1, 64);
    assert_int_equal(types->rows[1].type, T_SESSION);
    assert_int_equal(types->total_count, 8);
    assert_int_equal(types->total_bytes, (UINT64_C(5) << 30) + 7 * 64);
    assert_int_equal(types->matching_count, types->total_count);
    assert_int_equal(types->matching_bytes, types->total_bytes);
    hf_types_destroy(types);
    end_world(&world);
}

static void test_other_orders(void **state) {
    (void)state;
    struct world world = make_heap();
    struct hf_types_options options = {.struct_size = sizeof options, .sort = HF_TYPES_BY_COUNT};
    struct hf_types *types = ask(&world, &options);
    check_row(types, 0, "shop.cache.Session", 3, 192);
    check_row(types, 2, "shop.Node", 1, UINT64_C(5) << 30);
    hf_types_destroy(types);
    options.sort = HF_TYPES_BY_NAME;
    types = ask(&world, &options);
    check_row(types, 0, "dict", 1, 64);
    check_row(types, 4, "shop.cache.Session", 3, 192);
    hf_types_destroy(types);
    end_world(&world);
}

static void test_filters(void **state) {
    (void)state;
    struct world world = make_heap();
    struct hf_types_options options = {.struct_size = sizeof options, .pattern = "shop.*", .limit = 1};
    struct hf_types *types = ask(&world, &options);
    assert_int_equal(types->num_rows, 1);
    assert_int_equal(types->num_matching, 3);
    assert_int_equal(types->matching_count, 6);
    assert_int_equal(types->matching_bytes, (UINT64_C(5) << 30) + 5 * 64);
    assert_int_equal(types->total_count, 8);
    hf_types_destroy(types);
    options = (struct hf_types_options){.struct_size = sizeof options, .module = "shop.cache"};
    types = ask(&world, &options);
    assert_int_equal(types->num_matching, 2);
    hf_types_destroy(types);
    options.module = "shop";
    types = ask(&world, &options);
    assert_int_equal(types->num_matching, 3);
    hf_types_destroy(types);
    options.module = "sho";
    types = ask(&world, &options);
    assert_int_equal(types->num_matching, 0);
    assert_int_equal(types->num_rows, 0);
    hf_types_destroy(types);
    end_world(&world);
}

/* A whole name comes before the last part of others; a part alone may be that of several. */
static void test_names(void **state) {
    (void)state;
    struct world world = make_heap();
    static const struct { const char *pattern; size_t num_matching; uint64_t count; } cases[] = {
        {"shop.cache.Session", 1, 3}, {"Session", 1, 3}, {"cache.Session", 1, 3}, {"dict", 1, 1},
        {"ession", 0, 0}, {".Session", 0, 0}, {"Sess*", 0, 0}, {"", 0, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct hf_types_options options = {.struct_size = sizeof options, .pattern = cases[i].pattern, .retained = true};
        struct hf_types *types = ask(&world, &options);
        assert_int_equal(types->num_matching, cases[i].num_matching);
        assert_int_equal(types->matching_count, cases[i].count);
        assert_true(types->matching_retained.count >= cases[i].count);
        hf_types_destroy(types);
    }
    end_world(&world);
}

static void test_failing_allocations(void **state) {
    (void)state;
    struct world world = make_heap();
    for (unsigned long n = 1; n <= 2; n++) {
        struct hf_types *types = NULL;
        hf_memory_fail_after(n);
        assert_int_equal(hf_types_create(world.snapshot, NULL, &types, NULL), HF_ERR_NOMEM);
        hf_memory_fail_after(0);
        assert_null(types);
    }
    hf_types_destroy(NULL);
    end_world(&world);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_by_bytes),
        cmocka_unit_test(test_other_orders),
        cmocka_unit_test(test_filters),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_failing_allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
