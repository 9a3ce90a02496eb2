/* test_capacity.c - sizes of containers backwards: how many slots one has, and what a new one would not take. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "analysis/waste/capacity.h"
#include "csr.h"

/* As sys.getsizeof has them in these releases. */
static const struct sizes {
    const char *python;
    enum hf_container container;
    uint64_t size_bytes, length;
    bool is_possible;
    uint64_t num_slots, spare_bytes;
} sizes[] = {
    {"3.11.2", HF_CONTAINER_LIST, 56, 0, true, 0, 0},
    {"3.11.2", HF_CONTAINER_LIST, 88, 1, true, 4, 24},
    {"3.11.2", HF_CONTAINER_LIST, 88, 5, false, 0, 0},
    {"3.11.2", HF_CONTAINER_LIST, 90, 1, false, 0, 0},
    {"3.11.2", HF_CONTAINER_LIST, 48, 0, false, 0, 0},
    {"3.9.18", HF_CONTAINER_SET, 216, 0, true, 8, 0},
    {"3.9.18", HF_CONTAINER_SET, 216, 4, true, 8, 0},
    {"3.9.18", HF_CONTAINER_SET, 728, 4, true, 32, 512},
    {"3.9.18", HF_CONTAINER_SET, 728, 5, true, 32, 256},
    {"3.9.18", HF_CONTAINER_SET, 728, 8, true, 32, 0},
    {"3.9.18", HF_CONTAINER_SET, 728, 16, true, 32, 0},
    {"3.9.18", HF_CONTAINER_SET, 730, 8, false, 0, 0},
    {"3.9.18", HF_CONTAINER_SET, 216, 9, false, 0, 0},
    {"3.10.13", HF_CONTAINER_DICT, 64, 0, true, 0, 0},
    {"3.10.13", HF_CONTAINER_DICT, 64, 1, false, 0, 0},
    {"3.10.13", HF_CONTAINER_DICT, 232, 5, true, 5, 0},
    {"3.10.13", HF_CONTAINER_DICT, 232, 0, true, 5, 168},
    {"3.10.13", HF_CONTAINER_DICT, 360, 5, true, 10, 128},
    {"3.10.13", HF_CONTAINER_DICT, 9312, 200, true, 341, 0},
    {"3.10.13", HF_CONTAINER_DICT, 104, 3, false, 0, 0},
    {"3.12.1", HF_CONTAINER_DICT, 184, 1, true, 5, 0},
    {"3.12.1", HF_CONTAINER_DICT, 224, 1, true, 5, 0},
    {"3.12.1", HF_CONTAINER_DICT, 272, 5, true, 10, 88},
    {"3.12.1", HF_CONTAINER_DICT, 352, 5, true, 10, 128},
    {"3.12.1", HF_CONTAINER_DICT, 6576, 200, true, 341, 0},
    {"3.12.1", HF_CONTAINER_DICT, 9304, 21, true, 341, 8672},
    {"3.12.1", HF_CONTAINER_DICT, 296, 5, false, 0, 0},
};

static void test_capacities(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct hf_release release;
        uint64_t num_slots = 0, spare_bytes = 0;
        assert_true(hf_release_find(sizes[i].python, &release));
        if (hf_capacity_find(&release, sizes[i].container, sizes[i].size_bytes, sizes[i].length, &num_slots,
                             &spare_bytes) != sizes[i].is_possible ||
            (sizes[i].is_possible && (num_slots != sizes[i].num_slots || spare_bytes != sizes[i].spare_bytes)))
            fail_msg("case %zu: %llu slots, %llu bytes to spare", i, (unsigned long long)num_slots,
                     (unsigned long long)spare_bytes);
    }
}

static void test_releases(void **state) {
    (void)state;
    struct hf_release release;
    const char *const unknown[] = {"", "2.7.18", "3.8.10", "3.16.0", "4.1", "x"};
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++)
        assert_false(hf_release_find(unknown[i], &release));
    assert_true(hf_release_find("3.15.0a2", &release));
}

/* Whatever a damaged file claims, no more is saved than there is. */
static void test_no_container_saves_more_than_it_has(void **state) {
    (void)state;
    uint64_t random = 5;
    struct hf_release release;
    assert_true(hf_release_find("3.12.0", &release));
    for (int i = 0; i < 200000; i++) {
        uint64_t size_bytes = random_below(&random, 40000), num_slots, spare_bytes;
        uint64_t length = random_below(&random, 2) ? random_below(&random, 3000) : UINT64_MAX - random_below(&random, 9);
        enum hf_container container = (enum hf_container)random_below(&random, 3);
        if (hf_capacity_find(&release, container, size_bytes, length, &num_slots, &spare_bytes))
            assert_true(spare_bytes <= size_bytes && num_slots >= length);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_capacities),
        cmocka_unit_test(test_releases),
        cmocka_unit_test(test_no_container_saves_more_than_it_has),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
