/* test_info.c - counts over a whole snapshot. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <holdfast/info.h>

#include "world.h"

/* module + dict, x: session --?--> node; a list and a str in a cycle that no root reaches; an outside tuple. */
static struct world make_heap(void) {
    struct world world = begin_world();
    hf_node_id session = add_global(&world, "x", T_SESSION), node = add_node(&world, T_NODE);
    link_nodes(&world, session, node, HF_NAME_NONE, "");
    link_nodes(&world, session, node, HF_NAME_NONE, "");
    link_nodes(&world, session, node, HF_NAME_ATTRIBUTE, "n");
    hf_node_id list = add_node(&world, T_LIST), text = add_str(&world, "t");
    link_nodes(&world, list, list, HF_NAME_ITEM, "");
    link_nodes(&world, list, text, HF_NAME_ITEM, "");
    world.next_addr += 64;
    hf_node_id tuple = hf_builder_add_node(world.builder, world.next_addr, T_TUPLE, 100, 2,
                                           HF_NODE_TRACKED | HF_NODE_IMMORTAL | HF_NODE_FROZEN);
    hf_builder_add_root(world.builder, tuple, HF_ROOT_OUTSIDE, "", HF_NO_FRAME);
    hf_builder_add_root(world.builder, tuple, HF_ROOT_OUTSIDE, "", HF_NO_FRAME);
    finish_world(&world);
    return world;
}

static const struct hf_info_group *find_group(const struct hf_info *info, const char *name) {
    for (size_t i = 0; i < info->num_groups; i++)
        if (strcmp(info->groups[i].name, name) == 0)
            return &info->groups[i];
    fail_msg("no group is called %s", name);
    return NULL;
}

static void test_counts(void **state) {
    (void)state;
    struct world world = make_heap();
    struct hf_info *info;
    assert_int_equal(hf_info_create(world.snapshot, NULL, &info, NULL), HF_OK);
    assert_string_equal(info->origin->method, "builder");
    assert_int_equal(info->num_nodes, 8);
    assert_int_equal(info->num_edges, 8);
    assert_int_equal(info->num_named_edges, 6);
    assert_int_equal(info->size_bytes, 7 * 64 + 100);
    assert_int_equal(info->num_tracked, 1);
    assert_int_equal(info->num_immortal, 1);
    assert_int_equal(info->num_frozen, 1);
    assert_int_equal(info->num_unreachable, 2);
    assert_int_equal(info->unreachable_bytes, 128);
    assert_int_equal(info->roots[HF_ROOT_MODULE], 1);
    assert_int_equal(info->roots[HF_ROOT_OUTSIDE], 2);
    assert_int_equal(info->outside_references, 2);
    assert_int_equal(info->num_unnamed, 1);
    assert_string_equal(info->unnamed[0].type, "shop.cache.Session");
    assert_int_equal(info->unnamed[0].count, 2);
    assert_int_equal(info->num_outside, 1);
    assert_string_equal(info->outside[0].type, "tuple");
    assert_int_equal(info->outside[0].count, 2);
    hf_info_destroy(info);
    end_world(&world);
}

static void test_groups(void **state) {
    (void)state;
    struct world world = make_heap();
    struct hf_info *info;
    assert_int_equal(hf_info_create(world.snapshot, NULL, &info, NULL), HF_OK);
    assert_int_equal(find_group(info, "containers")->count, 3);
    assert_int_equal(find_group(info, "containers")->size_bytes, 2 * 64 + 100);
    assert_int_equal(find_group(info, "strings and bytes")->count, 2);
    assert_int_equal(find_group(info, "instances")->count, 2);
    assert_int_equal(find_group(info, "code")->count, 1);
    uint64_t count = 0;
    for (size_t i = 0; i < info->num_groups; i++) {
        count += info->groups[i].count;
        assert_true(i == 0 || info->groups[i - 1].size_bytes >= info->groups[i].size_bytes);
    }
    assert_int_equal(count, info->num_nodes);
    hf_info_destroy(info);
    end_world(&world);
}

static void test_kind_names(void **state) {
    (void)state;
    for (int kind = 0; kind < HF_ROOT_NUM_KINDS; kind++)
        assert_string_not_equal(hf_root_kind_name((enum hf_root_kind)kind), "unknown");
    assert_string_equal(hf_root_kind_name(HF_ROOT_NUM_KINDS), "unknown");
}

static void test_failing_allocations(void **state) {
    (void)state;
    struct world world = make_heap();
    enum hf_status status = HF_ERR_NOMEM;
    unsigned long n = 0;
    while (status != HF_OK) {
        struct hf_info *info = NULL;
        assert_true(++n < 100);
        hf_memory_fail_after(n);
        status = hf_info_create(world.snapshot, NULL, &info, NULL);
        hf_memory_fail_after(0);
        assert_true(status == HF_OK || (status == HF_ERR_NOMEM && info == NULL));
        hf_info_destroy(info);
    }
    assert_true(n > 8);
    end_world(&world);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_counts),
        cmocka_unit_test(test_groups),
        cmocka_unit_test(test_kind_names),
        cmocka_unit_test(test_failing_allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
