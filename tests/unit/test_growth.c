/*
 * test_growth.c - trends, limits, files of a series, failures, and shapes that are large. What the numbers are is tested
 * against a twin in Python: tests/python/test_growth_twin.py.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <holdfast/growth.h>
#include <stdio.h>

#include "analysis/growth/limits.h"
#include "analysis/growth/trend.h"
#include "base/numbering.h"
#include "folder.h"
#include "patience.h"
#include "world.h"

/* ---- trends ---- */

static const struct hf_exchange nothing = {0, 1};

static void check_trend(enum hf_trend wanted, struct hf_exchange exchange, size_t num_steps, const int64_t *steps) {
    assert_string_equal(hf_trend_name(hf_trend_of(steps, num_steps, exchange)), hf_trend_name(wanted));
}

#define STEPS(...) sizeof((const int64_t[]){__VA_ARGS__}) / sizeof(int64_t), (const int64_t[]){__VA_ARGS__}

static void test_trends(void **state) {
    (void)state;
    check_trend(HF_TREND_LEVEL, nothing, STEPS(0));
    check_trend(HF_TREND_LEVEL, nothing, STEPS(5, -5));
    check_trend(HF_TREND_SHRANK, nothing, STEPS(5, -6));
    check_trend(HF_TREND_GREW, nothing, STEPS(1));
    check_trend(HF_TREND_STEADY, nothing, STEPS(1, 1));
    check_trend(HF_TREND_STEADY, nothing, STEPS(3, 1, 2, 1, 9));
    check_trend(HF_TREND_STEADY, nothing, STEPS(100, 26));
    check_trend(HF_TREND_SLOWING, nothing, STEPS(100, 25));
    check_trend(HF_TREND_SLOWING, nothing, STEPS(800, 160, 32, 8));
    check_trend(HF_TREND_FILLED, nothing, STEPS(900, 60, 0, 0));
    check_trend(HF_TREND_FILLED, nothing, STEPS(900, 60, 5, -5));
    check_trend(HF_TREND_UNEVEN, nothing, STEPS(100, 0, 0, 100));
    check_trend(HF_TREND_UNEVEN, nothing, STEPS(0, 1));
    check_trend(HF_TREND_FILLED, nothing, STEPS(1, 0));
    /* Sizes from a file may be anything. */
    check_trend(HF_TREND_SHRANK, nothing, STEPS(INT64_MAX, INT64_MAX));
    check_trend(HF_TREND_LEVEL, nothing, STEPS(INT64_MIN, INT64_MIN));
}

/* 50 things exchanged at random make the sum vary by 10. */
static void test_noise(void **state) {
    (void)state;
    check_trend(HF_TREND_NOISY, (struct hf_exchange){50, 1}, STEPS(8, 8, 7, 7));
    check_trend(HF_TREND_STEADY, (struct hf_exchange){50, 1}, STEPS(8, 8, 8, 7));
    check_trend(HF_TREND_NOISY, (struct hf_exchange){50, 2}, STEPS(8, 8, 8, 7));
    check_trend(HF_TREND_NOISY, (struct hf_exchange){50, 1}, STEPS(50, 50));
    check_trend(HF_TREND_STEADY, (struct hf_exchange){50, 1}, STEPS(51, 50));
    check_trend(HF_TREND_NOISY, (struct hf_exchange){50, 1}, STEPS(1, 1, 1, 1, 1, 1, 1, 1, 1));
    check_trend(HF_TREND_STEADY, (struct hf_exchange){50, 1}, STEPS(1, 1, 1, 1, 1, 1, 1, 1, 1, 1));
    struct hf_exchange exchange = hf_exchange_of(10, 300, 20);
    assert_int_equal(exchange.num_things, 10);
    assert_true(exchange.amount == 15);
    assert_true(hf_exchange_of(10, 300, 0).amount == 300);
}

/* ---- limits ---- */

static void test_limits(void **state) {
    (void)state;
    static const struct { const char *text; enum hf_limit_subject subject; size_t length; bool of_bytes; uint64_t number; }
    good[] = {
        {"total:count>0", HF_LIMIT_TOTAL, 5, false, 0},
        {"steady:bytes>10M", HF_LIMIT_STEADY, 6, true, 10 << 20},
        {"shop.*:count>100", HF_LIMIT_TYPES, 6, false, 100},
        {"a:b:bytes>1.5K", HF_LIMIT_TYPES, 3, true, 1536},
        {"totals:bytes>2g", HF_LIMIT_TYPES, 6, true, UINT64_C(2) << 30},
        {"x:bytes>1TiB", HF_LIMIT_TYPES, 1, true, UINT64_C(1) << 40},
        {"x:bytes>7kb", HF_LIMIT_TYPES, 1, true, 7168},
    };
    static const char *const bad[] = {
        "", ":", "total", ":count>1", "total:", "total:count", "total:count>", "total:count<5", "total:count>=5",
        "total:count>5K", "total:count>1.5", "total:count>-1", "total:bytes>1..5", "total:bytes>5Q", "total:bytes>5Kx",
        "total:bytes>.", "total:bytes> 5", "total:bytes>99999999999999999999", "total:bytes>9999999T", "total:size>5",
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct hf_limit limit;
        assert_int_equal(hf_limit_read(good[i].text, &limit, NULL), HF_OK);
        assert_int_equal(limit.subject, good[i].subject);
        assert_int_equal(limit.pattern_length, good[i].length);
        assert_int_equal(limit.of_bytes, good[i].of_bytes);
        assert_int_equal(limit.number, good[i].number);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct hf_limit limit;
        struct hf_error error;
        assert_int_equal(hf_limit_read(bad[i], &limit, &error), HF_ERR_ARGUMENT);
        assert_non_null(strstr(error.message, "write it as"));
    }
}

/* ---- series ---- */

/* shop.CACHE is a list of `count` sessions, each with a str of its own. */
static struct world make_shop(unsigned count) {
    struct world world = begin_world();
    hf_node_id cache = add_global(&world, "CACHE", T_LIST);
    for (unsigned i = 0; i < count; i++) {
        char text[16];
        snprintf(text, sizeof text, "user-%u", i);
        hf_node_id session = add_node(&world, T_SESSION);
        link_nodes(&world, cache, session, HF_NAME_ITEM, "");
        link_nodes(&world, session, add_str(&world, text), HF_NAME_ATTRIBUTE, "user");
    }
    finish_world(&world);
    return world;
}

static void test_series(void **state) {
    (void)state;
    struct world worlds[3] = {make_shop(2), make_shop(5), make_shop(8)};
    const struct hf_snapshot *snapshots[3];
    const char *const limits[] = {"shop.*:count>5", "total:count>12", "steady:count>5", "shop.Nothing:count>0"};
    const struct hf_growth_options options = {.struct_size = sizeof options, .fail_if = limits, .num_fail_if = 4};
    for (int i = 0; i < 3; i++)
        snapshots[i] = worlds[i].snapshot;
    struct hf_growth *growth;
    assert_int_equal(hf_growth_create(snapshots, 3, &options, &growth, NULL), HF_OK);
    for (int i = 0; i < 3; i++)
        end_world(&worlds[i]);     /* the answer refers to none of them */
    assert_int_equal(growth->num_moments, 3);
    assert_int_equal(growth->moments[2].count - growth->moments[0].count, 12);
    assert_int_equal(growth->num_all_grown, 2);
    assert_string_equal(growth->grown[0].name, "str");
    assert_string_equal(growth->grown[1].name, "shop.cache.Session");
    assert_int_equal(growth->grown[1].counts[1], 5);
    assert_int_equal(growth->grown[1].trend, HF_TREND_STEADY);
    assert_int_equal(growth->num_all_places, 1);
    const struct hf_growth_place *place = &growth->places[0];
    assert_string_equal(place->pattern, "shop.CACHE[*]");
    assert_int_equal(place->count_growth, 6);
    assert_int_equal(place->all_count_growth, 12);
    assert_int_equal(place->bytes_steps[0] + place->bytes_steps[1], place->bytes_growth);
    assert_int_equal(place->length_now, 8);
    static const bool exceeded[] = {true, false, true, false};
    for (int i = 0; i < 4; i++)
        assert_int_equal(growth->checks[i].is_exceeded, exceeded[i]);
    assert_true(growth->is_exceeded);
    hf_growth_destroy(growth);
    hf_growth_destroy(NULL);
    hf_growth_series_destroy(NULL);
}

static void test_too_few(void **state) {
    (void)state;
    struct world world = make_shop(1);
    struct hf_growth *growth = NULL;
    struct hf_error error;
    const struct hf_growth_options no_size = {.limit = 1};
    const struct hf_snapshot *one = world.snapshot;
    for (size_t count = 0; count < 2; count++)
        assert_int_equal(hf_growth_create(&one, count, NULL, &growth, &error), HF_ERR_ARGUMENT);
    assert_int_equal(hf_growth_create(&one, 1, &no_size, &growth, &error), HF_ERR_ARGUMENT);
    assert_null(growth);
    end_world(&world);
}

/* ---- large shapes ---- */

/* shop.x --.next--> node --.next--> ... */
static struct world make_list(uint32_t count) {
    struct world world = begin_world();
    hf_node_id before = add_global(&world, "x", T_NODE);
    for (uint32_t i = 1; i < count; i++) {
        hf_node_id node = add_node(&world, T_NODE);
        link_nodes(&world, before, node, HF_NAME_ATTRIBUTE, "next");
        before = node;
    }
    finish_world(&world);
    return world;
}

static void compare(struct world *before, struct world *now, struct hf_growth **out) {
    const struct hf_snapshot *pair[] = {before->snapshot, now->snapshot};
    assert_int_equal(hf_growth_create(pair, 2, NULL, out, NULL), HF_OK);
    end_world(before);
    end_world(now);
}

static void test_long_list(void **state) {
    (void)state;
    const uint32_t count = 1500000;
    struct world before = make_list(count), now = make_list(count + 2);
    const struct hf_progress progress = {.report = refuse};
    const struct hf_growth_options options = {.struct_size = sizeof options, .progress = &progress};
    const struct hf_snapshot *pair[] = {before.snapshot, now.snapshot};
    struct hf_growth *growth = NULL;
    assert_int_equal(hf_growth_create(pair, 2, &options, &growth, NULL), HF_ERR_CANCELLED);
    assert_null(growth);
    compare(&before, &now, &growth);
    assert_int_equal(growth->num_all_places, 1);
    assert_string_equal(growth->places[0].pattern, "shop.x(.next)+");
    assert_int_equal(growth->places[0].count_growth, 2);
    assert_int_equal(growth->places[0].count, count + 1);
    hf_growth_destroy(growth);
}

static void test_large_container(void **state) {
    (void)state;
    struct world before = make_shop(1000), now = make_shop(300000);
    struct hf_growth *growth;
    compare(&before, &now, &growth);
    assert_int_equal(growth->num_all_places, 1);
    assert_int_equal(growth->places[0].count_growth, 299000);
    assert_int_equal(growth->places[0].length_now, 300000);
    hf_growth_destroy(growth);
}

/* One object with as many attributes as a snapshot can name. */
static void test_many_places(void **state) {
    (void)state;
    struct world worlds[2];
    for (unsigned k = 0; k < 2; k++) {
        worlds[k] = begin_world();
        hf_node_id owner = add_global(&worlds[k], "x", T_CACHE);
        for (unsigned i = 0; i < 30000 + k * 20000; i++) {
            char name[16];
            snprintf(name, sizeof name, "a%u", i);
            link_nodes(&worlds[k], owner, add_node(&worlds[k], T_SESSION), HF_NAME_ATTRIBUTE, name);
        }
        finish_world(&worlds[k]);
    }
    struct hf_growth *growth;
    compare(&worlds[0], &worlds[1], &growth);
    assert_int_equal(growth->num_places, 20000);
    assert_int_equal(growth->places[0].count_growth, 1);
    hf_growth_destroy(growth);
}

static void test_numbering(void **state) {
    (void)state;
    struct hf_numbering numbering = {0};
    for (uint64_t round = 0; round < 2; round++)
        for (uint64_t i = 1; i <= 100000; i++)
            assert_int_equal(hf_number_of(&numbering, i * UINT64_C(0x9E3779B97F4A7C15)), i);
    assert_int_equal(hf_number_of(&numbering, 0), 100001);
    hf_memory_fail_after(1);
    uint32_t last = 1;
    for (uint64_t i = 100001; last != 0 && i < 300000; i++)
        last = hf_number_of(&numbering, i * UINT64_C(0x9E3779B97F4A7C15));
    hf_memory_fail_after(0);
    assert_int_equal(last, 0);
    hf_numbering_deinit(&numbering);
}

/* ---- files ---- */

static void save(struct folder *folder, const char *name, unsigned count) {
    struct world world = make_shop(count);
    assert_int_equal(hf_snapshot_save(world.snapshot, folder_file(folder, name), NULL, NULL), HF_OK);
    end_world(&world);
}

static enum hf_status open_folder(struct folder *folder, struct hf_growth **out, struct hf_error *error) {
    const char *path = folder->path;
    return hf_growth_open(&path, 1, NULL, out, error);
}

/* The numbers count, not their digits; other files do not matter; a second series does. */
static void test_files(void **state) {
    struct folder *folder = *state;
    struct hf_growth *growth = NULL;
    struct hf_error error;
    assert_int_equal(open_folder(folder, &growth, &error), HF_ERR_FORMAT);
    save(folder, "shop-9.hfs", 1);
    assert_int_equal(open_folder(folder, &growth, &error), HF_ERR_FORMAT);
    save(folder, "shop-10.hfs", 2);
    save(folder, "shop-00011.hfs", 4);
    fclose(fopen(folder_file(folder, "shop-12.txt"), "w"));
    fclose(fopen(folder_file(folder, ".hfs"), "w"));
    assert_int_equal(open_folder(folder, &growth, &error), HF_OK);
    assert_int_equal(growth->num_moments, 3);
    assert_int_equal(growth->places[0].count_steps[0], 1);
    assert_int_equal(growth->places[0].count_steps[1], 2);
    hf_growth_destroy(growth);
    save(folder, "other.hfs", 1);
    assert_int_equal(open_folder(folder, &growth, &error), HF_ERR_ARGUMENT);
    assert_non_null(strstr(error.message, "other.hfs, shop-*.hfs"));
    const char *missing[] = {"/missing/a.hfs", "/missing/b.hfs"};
    assert_int_equal(hf_growth_open(missing, 1, NULL, &growth, &error), HF_ERR_IO);
    assert_int_equal(hf_growth_open(missing, 2, NULL, &growth, &error), HF_ERR_IO);
    assert_int_equal(hf_growth_open(missing, 0, NULL, &growth, &error), HF_ERR_ARGUMENT);
    folder_count(folder, true);
}

/* ---- failures ---- */

static void test_failing_allocations(void **state) {
    struct folder *folder = *state;
    const char *const limits[] = {"shop.*:count>5", "total:count>1"};
    const struct hf_growth_options options = {.struct_size = sizeof options, .fail_if = limits, .num_fail_if = 2};
    save(folder, "shop-1.hfs", 2);
    save(folder, "shop-2.hfs", 3);
    save(folder, "shop-3.hfs", 9);
    const char *path = folder->path;
    enum hf_status status = HF_ERR_NOMEM;
    unsigned long n = 0;
    while (status != HF_OK) {
        struct hf_growth *growth = NULL;
        assert_true(++n < 10000);
        hf_memory_fail_after(n);
        status = hf_growth_open(&path, 1, &options, &growth, NULL);
        hf_memory_fail_after(0);
        assert_true(status == HF_OK || (status == HF_ERR_NOMEM && growth == NULL));
        hf_growth_destroy(growth);
    }
    assert_true(n > 100);
    folder_count(folder, true);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_trends),
        cmocka_unit_test(test_noise),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_series),
        cmocka_unit_test(test_too_few),
        cmocka_unit_test(test_long_list),
        cmocka_unit_test(test_large_container),
        cmocka_unit_test(test_many_places),
        cmocka_unit_test(test_numbering),
        cmocka_unit_test_setup_teardown(test_files, folder_setup, folder_teardown),
        cmocka_unit_test_setup_teardown(test_failing_allocations, folder_setup, folder_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
