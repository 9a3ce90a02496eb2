/* test_memory.c - allocations that fail on request, and regions that grow without losing what is in them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"

static void test_small_allocations(void **state) {
    (void)state;
    uint8_t *bytes = hf_alloc(100, 3);
    for (int i = 0; i < 300; i++)
        assert_int_equal(bytes[i], 0);
    bytes = hf_realloc(bytes, 1000, 3);
    assert_non_null(bytes);
    hf_free(bytes);
    assert_null(hf_alloc(SIZE_MAX, 2));
    assert_null(hf_realloc(NULL, SIZE_MAX / 2, 3));
    void *nothing = hf_alloc(0, 8);
    assert_non_null(nothing);
    hf_free(nothing);
    hf_free(NULL);
}

static void test_the_nth_fails(void **state) {
    (void)state;
    struct hf_region region = {0};
    hf_memory_fail_after(3);
    void *first = hf_alloc(1, 1);
    char *second = hf_strdup("two");
    assert_non_null(first);
    assert_non_null(second);
    assert_null(hf_alloc(1, 1));
    assert_null(hf_strdup("again"));
    assert_false(hf_region_reserve(&region, 1));
    hf_memory_fail_after(0);
    assert_true(hf_region_reserve(&region, 1));
    hf_region_deinit(&region);
    hf_free(first);
    hf_free(second);
}

static void test_regions_grow(void **state) {
    (void)state;
    struct hf_region region = {0};
    const size_t count = 3000000;
    for (size_t i = 0; i < count; i++) {
        assert_true(hf_region_reserve(&region, region.used_bytes + sizeof(uint32_t)));
        assert_int_equal(((uint32_t *)region.data)[i], 0);
        ((uint32_t *)region.data)[i] = (uint32_t)i;
        region.used_bytes += sizeof(uint32_t);
    }
    size_t before = region.capacity_bytes;
    hf_region_trim(&region);
    assert_true(region.capacity_bytes <= before && region.capacity_bytes >= region.used_bytes);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(((uint32_t *)region.data)[i], i);
    hf_region_deinit(&region);
    assert_null(region.data);
}

static void test_region_limits(void **state) {
    (void)state;
    struct hf_region region = {0};
    assert_true(hf_region_reserve(&region, 0));
    assert_false(hf_region_reserve(&region, SIZE_MAX));
    assert_false(hf_region_reserve(&region, SIZE_MAX / 2));
    assert_true(hf_region_reserve(&region, 10));
    memcpy(region.data, "0123456789", 10);
    assert_false(hf_region_reserve(&region, SIZE_MAX / 2));
    assert_memory_equal(region.data, "0123456789", 10);
    hf_region_trim(&region);
    assert_int_equal(region.capacity_bytes, 0);
    hf_region_deinit(&region);
}

/* Dropped pages read as zero, the bytes around them stay. */
static void test_drop(void **state) {
    (void)state;
    for (int is_shared = 0; is_shared < 2; is_shared++) {
        struct hf_region region = {0};
        assert_true(is_shared ? hf_region_init_shared(&region, 65536) : hf_region_reserve(&region, 65536));
        memset(region.data, 7, 65536);
        hf_region_drop(&region, 4097, 20000);
        for (size_t i = 0; i < 65536; i++)
            assert_int_equal(region.data[i], i >= 8192 && i < 16384 ? 0 : 7);
        hf_region_drop(&region, 60000, 1 << 20);
        assert_int_equal(region.data[61440], 7);
        hf_region_deinit(&region);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_small_allocations),
        cmocka_unit_test(test_the_nth_fails),
        cmocka_unit_test(test_regions_grow),
        cmocka_unit_test(test_region_limits),
        cmocka_unit_test(test_drop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
