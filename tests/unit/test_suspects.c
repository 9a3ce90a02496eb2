/*
 * test_suspects.c - each kind of suspect on a heap of its own, verdicts and how they spread, fingerprints, patterns;
 * long chains, large stars, and memory that runs out at any step.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <holdfast/suspects.h>
#include <stdio.h>

#include "analysis/suspects/patterns.h"
#include "world.h"

static hf_node_id add_sized(struct world *world, enum world_type type, uint64_t size_bytes) {
    world->next_addr += (size_bytes + 63) / 64 * 64;
    return hf_builder_add_node(world->builder, world->next_addr, type, size_bytes, 1, 0);
}

static hf_node_id add_sized_global(struct world *world, const char *name, enum world_type type, uint64_t size_bytes) {
    hf_node_id node = add_sized(world, type, size_bytes);
    set_attribute(world, world->globals, name, node);
    return node;
}

static void add_items(struct world *world, hf_node_id list, enum world_type type, unsigned count, uint64_t size_bytes) {
    for (unsigned i = 0; i < count; i++)
        link_nodes(world, list, add_sized(world, type, size_bytes), HF_NAME_ITEM, "");
}

static struct hf_suspects *ask_with(const struct world *world, const struct hf_suspects_options *options) {
    struct hf_suspects *suspects;
    struct hf_error error;
    if (hf_suspects_create(world->snapshot, NULL, options, &suspects, &error) != HF_OK)
        fail_msg("%s", error.message);
    return suspects;
}

static struct hf_suspects *ask(struct world *world) {
    finish_world(world);
    return ask_with(world, NULL);
}

static void end(struct world *world, struct hf_suspects *suspects) {
    hf_suspects_destroy(suspects);
    end_world(world);
}

static void check_first(const struct hf_suspects *suspects, enum hf_suspect_kind kind, const char *reference) {
    assert_true(suspects->num_suspects > 0);
    assert_int_equal(suspects->list[0].kind, kind);
    assert_string_equal(suspects->list[0].reference, reference);
    assert_int_equal(strlen(suspects->list[0].fingerprint), 16);
}

/* ---- two moments ---- */

/* A list of strings whose values begin with `prefix`, at the same addresses each time; the last ones are garbage. */
static struct world make_moment(char prefix, unsigned count) {
    struct world world = begin_world();
    hf_node_id list = add_sized_global(&world, "ALL", T_LIST, 56);
    for (unsigned i = 0; i < count; i++) {
        char text[16];
        snprintf(text, sizeof text, "%c-%u", prefix, i);
        hf_node_id node = add_str(&world, text);
        if (i < 100)
            link_nodes(&world, list, node, HF_NAME_ITEM, "");
    }
    finish_world(&world);
    return world;
}

static uint64_t count_new(const struct world *world, const struct world *old) {
    struct hf_suspects *suspects;
    assert_int_equal(hf_suspects_create(world->snapshot, old->snapshot, NULL, &suspects, NULL), HF_OK);
    uint64_t count = suspects->new_count;
    hf_suspects_destroy(suspects);
    return count;
}

/* An address is used again: what has another value is another object. Garbage is told by its address and type. */
static void test_what_is_new(void **state) {
    (void)state;
    struct world old = make_moment('a', 120), same = make_moment('a', 120);
    struct world others = make_moment('b', 120), more = make_moment('a', 150);
    assert_int_equal(count_new(&same, &old), 0);
    assert_int_equal(count_new(&others, &old), 100);
    assert_int_equal(count_new(&more, &old), 30);
    end_world(&old);
    end_world(&same);
    end_world(&others);
    end_world(&more);
}

/* A heap of 100 kB, and a list that grows. */
static struct world make_growing(unsigned num_items) {
    struct world world = begin_world();
    hf_node_id list = add_global(&world, "LOG", T_LIST);
    (void)add_sized_global(&world, "BASE", T_OBJECT, 100000);
    add_items(&world, list, T_SESSION, num_items, 60);
    finish_world(&world);
    return world;
}

static size_t count_suspects(const struct world *world, const struct world *old) {
    struct hf_suspects *suspects;
    assert_int_equal(hf_suspects_create(world->snapshot, old->snapshot, NULL, &suspects, NULL), HF_OK);
    size_t count = suspects->num_suspects;
    if (count > 0)
        check_first(suspects, HF_SUSPECT_CROWD, "shop.LOG[*]");
    hf_suspects_destroy(suspects);
    return count;
}

/* A fiftieth of the heap is enough when it is new. */
static void test_how_much_is_too_much_when_compared(void **state) {
    (void)state;
    struct world old = make_growing(0), little = make_growing(32), much = make_growing(36);
    assert_int_equal(count_suspects(&little, &old), 0);
    assert_int_equal(count_suspects(&much, &old), 1);
    end_world(&old);
    end_world(&little);
    end_world(&much);
}

/* ---- kinds ---- */

static void test_many_in_a_container(void **state) {
    (void)state;
    struct world world = begin_world();
    hf_node_id list = add_global(&world, "SESSIONS", T_LIST);
    add_items(&world, list, T_SESSION, 50, 1000);
    struct hf_suspects *suspects = ask(&world);
    check_first(suspects, HF_SUSPECT_CROWD, "shop.SESSIONS[*]");
    const struct hf_suspect *first = &suspects->list[0];
    assert_int_equal(suspects->num_suspects, 1);
    assert_int_equal(first->node, list);
    assert_int_equal(first->unit_count, 50);
    assert_int_equal(first->unit_bytes, 50000);
    assert_int_equal(first->size_bytes, 50064);
    assert_string_equal(first->unit_type, "shop.cache.Session");
    assert_string_equal(first->expression, "sys.modules['shop'].SESSIONS");
    assert_string_equal(first->owner, "shop");
    end(&world, suspects);
}

/* Sixteen shards in a list are a crowd, but what accumulates is in them. */
static void test_many_below_a_container(void **state) {
    (void)state;
    struct world world = begin_world();
    hf_node_id shards = add_global(&world, "SHARDS", T_LIST);
    for (unsigned i = 0; i < 16; i++) {
        hf_node_id shard = add_node(&world, T_LIST);
        link_nodes(&world, shards, shard, HF_NAME_ITEM, "");
        add_items(&world, shard, T_SESSION, 10, 500);
    }
    struct hf_suspects *suspects = ask(&world);
    check_first(suspects, HF_SUSPECT_CROWD, "shop.SHARDS[*][*]");
    assert_int_equal(suspects->list[0].node, shards);
    assert_int_equal(suspects->list[0].unit_count, 160);
    end(&world, suspects);
}

static void test_a_chain(void **state) {
    (void)state;
    struct world world = begin_world();
    hf_node_id head = add_global(&world, "HEAD", T_NODE);
    for (hf_node_id node = head, i = 0; i < 1000000; i++) {
        hf_node_id next = add_node(&world, T_NODE);
        link_nodes(&world, node, next, HF_NAME_ATTRIBUTE, "next");
        node = next;
    }
    struct hf_suspects *suspects = ask(&world);
    check_first(suspects, HF_SUSPECT_CHAIN, "shop.HEAD");
    assert_int_equal(suspects->list[0].node, head);
    assert_int_equal(suspects->list[0].unit_count, 1000001);
    end(&world, suspects);
}

static void test_a_large_object(void **state) {
    (void)state;
    struct world world = begin_world();
    hf_node_id blob = add_sized_global(&world, "BLOB", T_OBJECT, 1 << 20);
    struct hf_suspects *suspects = ask(&world);
    check_first(suspects, HF_SUSPECT_SINGLE, "shop.BLOB");
    assert_int_equal(suspects->list[0].node, blob);
    assert_int_equal(suspects->list[0].unit_count, 0);
    end(&world, suspects);
}

/* Two attributes that are each too heavy are suspects of their own, and related: one object holds both. */
static void test_heavy_attributes_of_one_object(void **state) {
    (void)state;
    struct world world = begin_world();
    hf_node_id cache = add_global(&world, "CACHE", T_CACHE);
    hf_node_id users = add_node(&world, T_LIST), pages = add_node(&world, T_LIST);
    link_nodes(&world, cache, users, HF_NAME_ATTRIBUTE, "users");
    link_nodes(&world, cache, pages, HF_NAME_ATTRIBUTE, "pages");
    add_items(&world, users, T_SESSION, 40, 1000);
    add_items(&world, pages, T_OBJECT, 40, 900);
    struct hf_suspects *suspects = ask(&world);
    assert_int_equal(suspects->num_suspects, 2);
    assert_string_equal(suspects->list[0].reference, "shop.cache.Cache.users[*]");
    assert_string_equal(suspects->list[1].reference, "shop.cache.Cache.pages[*]");
    assert_int_equal(suspects->list[0].num_related, 1);
    assert_int_equal(suspects->list[0].related[0], 1);
    assert_string_not_equal(suspects->list[0].fingerprint, suspects->list[1].fingerprint);
    end(&world, suspects);
}

static void test_a_few_heavy_parts(void **state) {
    (void)state;
    struct world world = begin_world();
    hf_node_id cache = add_global(&world, "CACHE", T_CACHE);
    static const char *const names[] = {"a", "b", "c"};
    for (unsigned i = 0; i < 3; i++)
        link_nodes(&world, cache, add_sized(&world, T_OBJECT, 900), HF_NAME_ATTRIBUTE, names[i]);
    add_sized_global(&world, "OTHER", T_OBJECT, 7000);
    finish_world(&world);
    const struct hf_suspects_options options = {.struct_size = sizeof options, .threshold = 0.2};
    struct hf_suspects *suspects = ask_with(&world, &options);
    assert_int_equal(suspects->num_suspects, 2);
    assert_int_equal(suspects->list[1].kind, HF_SUSPECT_FEW);
    assert_int_equal(suspects->list[1].node, cache);
    end(&world, suspects);
}

/* Three parts make 0.7 of it, or they do not. */
static void test_how_much_a_few_parts_have_to_be(void **state) {
    (void)state;
    for (unsigned num_others = 9; num_others <= 15; num_others += 6) {
        struct world world = begin_world();
        hf_node_id cache = add_global(&world, "CACHE", T_CACHE);
        for (unsigned i = 0; i < 3 + num_others; i++) {
            char name[16];
            snprintf(name, sizeof name, "part_%u", i);
            link_nodes(&world, cache, add_sized(&world, T_OBJECT, i < 3 ? 900 : 100), HF_NAME_ATTRIBUTE, name);
        }
        add_sized_global(&world, "OTHER", T_OBJECT, 7000);
        finish_world(&world);
        const struct hf_suspects_options options = {.struct_size = sizeof options, .threshold = 0.2};
        struct hf_suspects *suspects = ask_with(&world, &options);
        assert_int_equal(suspects->num_suspects, num_others == 9 ? 2 : 1);
        end(&world, suspects);
    }
}

/* Each in two modules, so that no single object keeps it. */
static void test_what_several_hold_together(void **state) {
    (void)state;
    struct world world = begin_world();
    hf_node_id other_globals;
    (void)add_module(&world, "other", &other_globals);
    hf_node_id mine = add_global(&world, "MINE", T_LIST), other = add_node(&world, T_LIST);
    set_attribute(&world, other_globals, "OTHER", other);
    for (unsigned i = 0; i < 40; i++) {
        hf_node_id session = add_sized(&world, T_SESSION, 1000);
        link_nodes(&world, mine, session, HF_NAME_ITEM, "");
        link_nodes(&world, other, session, HF_NAME_ITEM, "");
    }
    struct hf_suspects *suspects = ask(&world);
    check_first(suspects, HF_SUSPECT_SHARED, "shop.MINE[*]");
    assert_int_equal(suspects->list[0].node, HF_NO_NODE);
    assert_int_equal(suspects->list[0].unit_count, 40);
    assert_int_equal(suspects->list[0].num_also, 1);
    assert_string_equal(suspects->list[0].also[0], "other.OTHER[*]");
    end(&world, suspects);
}

static void test_garbage(void **state) {
    (void)state;
    struct world world = begin_world();
    for (unsigned i = 0; i < 40; i++) {
        hf_node_id node = add_sized(&world, T_NODE, 1000);
        link_nodes(&world, node, node, HF_NAME_ATTRIBUTE, "self");
    }
    struct hf_suspects *suspects = ask(&world);
    check_first(suspects, HF_SUSPECT_GARBAGE, "garbage");
    assert_null(suspects->list[0].path);
    assert_int_equal(suspects->list[0].unit_count, 40);
    end(&world, suspects);
}

/* Much, but of all kinds and under names of their own: it accumulates nothing. */
static void test_nothing_stands_out(void **state) {
    (void)state;
    struct world world = begin_world();
    char name[16];
    for (unsigned i = 0; i < 30; i++) {
        snprintf(name, sizeof name, "LIST_%u", i);
        add_items(&world, add_global(&world, name, T_LIST), i % 2 ? T_SESSION : T_NODE, 10, 100);
    }
    struct hf_suspects *suspects = ask(&world);
    assert_int_equal(suspects->num_suspects, 0);
    assert_int_equal(suspects->num_holders, 5);
    assert_int_equal(suspects->holders[0].size_bytes, 1064);
    end(&world, suspects);
}

/* ---- verdicts ---- */

static void test_verdicts_spread_and_underline_what_is_between(void **state) {
    (void)state;
    struct world world = begin_world();
    hf_node_id cache = add_global(&world, "CACHE", T_CACHE), list = add_node(&world, T_LIST);
    link_nodes(&world, cache, list, HF_NAME_ATTRIBUTE, "streams");
    for (unsigned i = 0; i < 40; i++) {
        hf_node_id generator = add_node(&world, T_GENERATOR);     /* it has no frame any more */
        link_nodes(&world, list, generator, HF_NAME_ITEM, "");
        link_nodes(&world, generator, add_sized(&world, T_OBJECT, 1000), HF_NAME_ATTRIBUTE, "__name__");
    }
    struct hf_suspects *suspects = ask(&world);
    const struct hf_suspect *first = &suspects->list[0];
    const struct hf_suspect_hop *hops = first->hops;
    assert_int_equal(first->path->num_hops, 4);
    assert_int_equal(hops[0].verdict, HF_VERDICT_EXPECTED);
    assert_int_equal(hops[1].verdict, HF_VERDICT_UNKNOWN);
    assert_int_equal(hops[2].verdict, HF_VERDICT_UNKNOWN);
    assert_int_equal(hops[3].verdict, HF_VERDICT_LEAKING);
    assert_string_equal(hops[3].reason, "all 40: the generator is exhausted");
    assert_false(hops[0].is_underlined);
    assert_true(hops[1].is_underlined && hops[2].is_underlined && hops[3].is_underlined);
    assert_true(hops[2].is_point);
    end(&world, suspects);
}

/* Whatever hangs below what has ended leaks with it, and is not underlined: nothing can be done there. */
static void test_a_verdict_spreads_down(void **state) {
    (void)state;
    struct world world = begin_world();
    hf_node_id cache = add_global(&world, "CACHE", T_CACHE), stream = add_node(&world, T_GENERATOR);
    hf_node_id list = add_node(&world, T_LIST);
    link_nodes(&world, cache, stream, HF_NAME_ATTRIBUTE, "stream");
    link_nodes(&world, stream, list, HF_NAME_ATTRIBUTE, "__name__");
    add_items(&world, list, T_SESSION, 40, 1000);
    struct hf_suspects *suspects = ask(&world);
    const struct hf_suspect_hop *hops = suspects->list[0].hops;
    assert_int_equal(suspects->list[0].path->num_hops, 5);
    assert_int_equal(hops[1].verdict, HF_VERDICT_UNKNOWN);
    assert_string_equal(hops[2].reason, "the generator is exhausted");
    for (size_t i = 2; i < 5; i++)
        assert_int_equal(hops[i].verdict, HF_VERDICT_LEAKING);
    assert_true(hops[3].is_point);
    assert_string_equal(hops[4].reason, "held by what is leaking");
    assert_true(hops[1].is_underlined && hops[2].is_underlined);
    assert_false(hops[3].is_underlined || hops[4].is_underlined);
    end(&world, suspects);
}

/* A generator that has a frame is at work. */
static void test_what_is_suspended_has_not_ended(void **state) {
    (void)state;
    struct world world = begin_world();
    hf_node_id list = add_global(&world, "STREAMS", T_LIST);
    for (unsigned i = 0; i < 40; i++) {
        hf_node_id generator = add_sized(&world, T_GENERATOR, 1000);
        link_nodes(&world, list, generator, HF_NAME_ITEM, "");
        link_nodes(&world, generator, add_node(&world, T_FUNCTION), HF_NAME_FIELD, "function");
    }
    struct hf_suspects *suspects = ask(&world);
    const struct hf_suspect *first = &suspects->list[0];
    assert_int_equal(first->hops[first->path->num_hops - 1].verdict, HF_VERDICT_UNKNOWN);
    end(&world, suspects);
}

/* ---- fingerprints ---- */

static void make_keyed(struct world *world, int64_t first_key, uint64_t shift) {
    *world = begin_world();
    world->next_addr += shift;
    hf_node_id dict = add_global(world, "BY_KEY", T_DICT);
    for (unsigned i = 0; i < 40; i++)
        set_item(world, dict, add_int(world, first_key + i), add_sized(world, T_SESSION, 1000));
}

static void test_keys_and_addresses_do_not_matter(void **state) {
    (void)state;
    struct world a, b;
    make_keyed(&a, 0, 0);
    make_keyed(&b, 5000, 1 << 24);
    struct hf_suspects *left = ask(&a), *right = ask(&b);
    assert_string_equal(left->list[0].fingerprint, right->list[0].fingerprint);
    end(&a, left);
    end(&b, right);
}

/* ---- patterns ---- */

static void test_the_patterns_that_come_with_it(void **state) {
    (void)state;
    struct hf_patterns patterns;
    struct hf_error error;
    if (hf_patterns_init(&patterns, NULL, &error) != HF_OK)
        fail_msg("%s", error.message);
    assert_true(patterns.num_patterns >= 15);
    assert_string_equal(hf_patterns_find(&patterns, "linecache.cache")->name, "linecache");
    assert_string_equal(hf_patterns_find(&patterns, "asyncio.unix_events._UnixSelectorEventLoop._scheduled")->name,
                        "asyncio-timers");
    assert_null(hf_patterns_find(&patterns, "shop.CACHE"));
    hf_patterns_deinit(&patterns);
}

/* ---- limits ---- */

static void test_a_large_star(void **state) {
    (void)state;
    struct world world = begin_world();
    hf_node_id set = add_global(&world, "SEEN", T_SET);
    for (unsigned i = 0; i < 1000000; i++)
        link_nodes(&world, set, add_node(&world, T_INT), HF_NAME_MEMBER, "");
    struct hf_suspects *suspects = ask(&world);
    check_first(suspects, HF_SUSPECT_CROWD, "shop.SEEN[*]");
    assert_int_equal(suspects->list[0].unit_count, 1000000);
    end(&world, suspects);
}

static void test_memory_runs_out(void **state) {
    (void)state;
    struct world world;
    make_keyed(&world, 0, 0);
    finish_world(&world);
    enum hf_status status = HF_ERR_NOMEM;
    unsigned long n;
    for (n = 1; status == HF_ERR_NOMEM && n < 2000; n++) {
        struct hf_suspects *suspects = NULL;
        hf_memory_fail_after(n);
        status = hf_suspects_create(world.snapshot, NULL, NULL, &suspects, NULL);
        hf_memory_fail_after(0);
        hf_suspects_destroy(suspects);
    }
    assert_int_equal(status, HF_OK);
    assert_true(n > 20);
    end_world(&world);
}

static void test_wrong_options(void **state) {
    (void)state;
    struct world world;
    make_keyed(&world, 0, 0);
    finish_world(&world);
    struct hf_suspects *suspects;
    struct hf_error error;
    const struct hf_suspects_options options[] = {
        {.struct_size = 0},
        {.struct_size = sizeof *options, .threshold = 1},
        {.struct_size = sizeof *options, .threshold = -0.1},
        {.struct_size = sizeof *options, .patterns = "what"},
    };
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        assert_int_equal(hf_suspects_create(world.snapshot, NULL, &options[i], &suspects, &error), HF_ERR_ARGUMENT);
    end_world(&world);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_many_in_a_container),
        cmocka_unit_test(test_many_below_a_container),
        cmocka_unit_test(test_a_chain),
        cmocka_unit_test(test_a_large_object),
        cmocka_unit_test(test_heavy_attributes_of_one_object),
        cmocka_unit_test(test_a_few_heavy_parts),
        cmocka_unit_test(test_what_several_hold_together),
        cmocka_unit_test(test_garbage),
        cmocka_unit_test(test_nothing_stands_out),
        cmocka_unit_test(test_verdicts_spread_and_underline_what_is_between),
        cmocka_unit_test(test_what_is_suspended_has_not_ended),
        cmocka_unit_test(test_keys_and_addresses_do_not_matter),
        cmocka_unit_test(test_the_patterns_that_come_with_it),
        cmocka_unit_test(test_a_large_star),
        cmocka_unit_test(test_memory_runs_out),
        cmocka_unit_test(test_what_is_new),
        cmocka_unit_test(test_how_much_is_too_much_when_compared),
        cmocka_unit_test(test_how_much_a_few_parts_have_to_be),
        cmocka_unit_test(test_a_verdict_spreads_down),
        cmocka_unit_test(test_wrong_options),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
