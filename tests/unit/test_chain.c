/* test_chain.c - chains between objects: their texts, their expression, what is avoided, what is an error. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <holdfast/chain.h>

#include "world.h"

static struct hf_selection *select_nodes(const struct hf_snapshot *snapshot, const hf_node_id *nodes,
                                         size_t num_nodes) {
    struct hf_selection *selection;
    assert_int_equal(hf_selection_create_nodes(snapshot, nodes, num_nodes, &selection, NULL), HF_OK);
    return selection;
}

static struct hf_chain *ask_sets(const struct world *world, const hf_node_id *from, size_t num_from,
                                 const hf_node_id *to, size_t num_to, const struct hf_chain_options *options) {
    struct hf_selection *starts = select_nodes(world->snapshot, from, num_from);
    struct hf_selection *ends = select_nodes(world->snapshot, to, num_to);
    struct hf_chain *chain;
    struct hf_error error;
    if (hf_chain_create(world->snapshot, starts, ends, options, &chain, &error) != HF_OK)
        fail_msg("%s", error.message);
    hf_selection_destroy(starts);
    hf_selection_destroy(ends);
    return chain;
}

static struct hf_chain *ask(const struct world *world, hf_node_id from, hf_node_id to) {
    return ask_sets(world, &from, 1, &to, 1, NULL);
}

/* A chain of so many hops with that expression; ends it. */
static void check(struct hf_chain *chain, size_t num_hops, const char *expression) {
    assert_int_equal(chain->num_hops, num_hops);
    assert_string_equal(chain->expression, expression);
    hf_chain_destroy(chain);
}

/* shop.CACHE (with a dict) ._shards [1] ['k'] -> session .cache -> CACHE */
struct shop {
    struct world world;
    hf_node_id cache, dict, shards, shard, session;
};

static struct shop make_shop(void) {
    struct shop shop = {.world = begin_world()};
    struct world *world = &shop.world;
    shop.cache = add_global(world, "CACHE", T_CACHE);
    shop.dict = add_node(world, T_DICT);
    link_nodes(world, shop.cache, shop.dict, HF_NAME_DICT, "__dict__");
    shop.shards = add_node(world, T_LIST);
    set_attribute(world, shop.dict, "_shards", shop.shards);
    link_nodes(world, shop.shards, add_node(world, T_NONE), HF_NAME_ITEM, "");
    shop.shard = add_node(world, T_DICT);
    link_nodes(world, shop.shards, shop.shard, HF_NAME_ITEM, "");
    shop.session = add_node(world, T_SESSION);
    set_item(world, shop.shard, add_str(world, "k"), shop.session);
    link_nodes(world, shop.session, shop.cache, HF_NAME_ATTRIBUTE, "cache");
    finish_world(world);
    return shop;
}

static void check_hop(const struct hf_path_hop *hop, hf_node_id node, const char *reference, const char *type,
                      uint64_t size_bytes) {
    assert_int_equal(hop->node, node);
    assert_string_equal(hop->reference, reference);
    assert_string_equal(hop->type, type);
    assert_int_equal(hop->size_bytes, size_bytes);
}

static void test_texts(void **state) {
    (void)state;
    struct shop shop = make_shop();
    struct hf_chain *chain = ask(&shop.world, shop.cache, shop.session);
    assert_int_equal(chain->num_hops, 4);
    check_hop(&chain->hops[0], shop.cache, "start", "shop.cache.Cache", 128);
    check_hop(&chain->hops[1], shop.shards, "._shards", "list", 64);
    check_hop(&chain->hops[2], shop.shard, "[1]", "dict", 64);
    check_hop(&chain->hops[3], shop.session, "['k']", "shop.cache.Session", 64);
    assert_int_equal(chain->hops[0].edge, UINT32_MAX);
    assert_string_equal(chain->expression_gap, "");
    check(chain, 4, "start._shards[1]['k']");
    end_world(&shop.world);
}

/* The dict of an object is the object, unless it is asked about by itself. */
static void test_attribute_dicts(void **state) {
    (void)state;
    struct shop shop = make_shop();
    check(ask(&shop.world, shop.cache, shop.dict), 2, "start.__dict__");
    check(ask(&shop.world, shop.dict, shop.shards), 2, "start['_shards']");
    check(ask(&shop.world, shop.session, shop.dict), 3, "start.cache.__dict__");
    end_world(&shop.world);
}

static void test_cycles(void **state) {
    (void)state;
    struct shop shop = make_shop();
    check(ask(&shop.world, shop.cache, shop.cache), 5, "start._shards[1]['k'].cache");
    check(ask(&shop.world, shop.shard, shop.shard), 5, "start['k'].cache._shards[1]");
    check(ask(&shop.world, shop.world.module, shop.world.module), 0, "");
    const hf_node_id both[] = {shop.cache, shop.dict};   /* one object, told in two */
    check(ask_sets(&shop.world, both, 2, both, 2, NULL), 5, "start['_shards'][1]['k'].cache");
    end_world(&shop.world);
}

/* Between sets it is the shortest of all chains. */
static void test_sets(void **state) {
    (void)state;
    struct shop shop = make_shop();
    const hf_node_id from[] = {shop.world.module, shop.cache, shop.shards}, to[] = {shop.session, shop.world.module};
    struct hf_chain *chain = ask_sets(&shop.world, from, 3, to, 2, NULL);
    assert_int_equal(chain->hops[0].node, shop.shards);
    check(chain, 3, "start[1]['k']");
    check(ask_sets(&shop.world, from, 3, NULL, 0, NULL), 0, "");
    check(ask_sets(&shop.world, NULL, 0, to, 2, NULL), 0, "");
    end_world(&shop.world);
}

static void test_nothing_leads_there(void **state) {
    (void)state;
    struct shop shop = make_shop();
    struct hf_chain *chain = ask(&shop.world, shop.session, shop.world.module);
    assert_string_equal(chain->expression_gap, "");
    check(chain, 0, "");
    end_world(&shop.world);
}

static void test_avoid(void **state) {
    (void)state;
    struct shop shop = make_shop();
    const char *word = "list";
    const struct hf_chain_options options = {.struct_size = sizeof options, .avoid = &word, .num_avoid = 1};
    check(ask_sets(&shop.world, &shop.cache, 1, &shop.session, 1, &options), 0, "");
    check(ask_sets(&shop.world, &shop.cache, 1, &shop.shards, 1, &options), 2, "start._shards");
    check(ask_sets(&shop.world, &shop.shards, 1, &shop.session, 1, &options), 3, "start[1]['k']");
    struct hf_selection *selection = select_nodes(shop.world.snapshot, &shop.cache, 1);
    struct hf_chain *chain = NULL;
    struct hf_error error;
    word = "lsit";
    assert_int_equal(hf_chain_create(shop.world.snapshot, selection, selection, &options, &chain, &error),
                     HF_ERR_ARGUMENT);
    assert_string_equal(error.message, "cannot avoid 'lsit': no object has a type called 'lsit'");
    hf_selection_destroy(selection);
    end_world(&shop.world);
}

/* A cell that a generator's variable leads to is passed by f_locals; one at the start is not. */
static void test_expressions(void **state) {
    (void)state;
    struct world world = begin_world();
    hf_node_id generator = add_global(&world, "g", T_GENERATOR), cell = add_node(&world, T_CELL);
    hf_node_id session = add_node(&world, T_SESSION), lru = add_global(&world, "f", T_LRU);
    link_nodes(&world, generator, cell, HF_NAME_LOCAL, "v");
    link_nodes(&world, cell, session, HF_NAME_CELL, "cell_contents");
    link_nodes(&world, session, lru, HF_NAME_TYPE, "");
    link_nodes(&world, lru, generator, HF_NAME_FIELD, "cached value");
    finish_world(&world);
    check(ask(&world, generator, session), 3, "start.gi_frame.f_locals['v']");
    check(ask(&world, cell, session), 2, "start.cell_contents");
    check(ask(&world, generator, lru), 4, "type(start.gi_frame.f_locals['v'])");
    struct hf_chain *chain = ask(&world, session, generator);
    assert_string_equal(chain->expression_gap, "<cached value> of functools._lru_cache_wrapper: it is a field of C code");
    check(chain, 3, "");
    end_world(&world);
}

static void test_options_without_a_size(void **state) {
    (void)state;
    struct shop shop = make_shop();
    const struct hf_chain_options options = {0};
    struct hf_selection *selection = select_nodes(shop.world.snapshot, &shop.cache, 1);
    struct hf_chain *chain = NULL;
    assert_int_equal(hf_chain_create(shop.world.snapshot, selection, selection, &options, &chain, NULL),
                     HF_ERR_ARGUMENT);
    hf_selection_destroy(selection);
    end_world(&shop.world);
}

static void test_failing_allocations(void **state) {
    (void)state;
    struct shop shop = make_shop();
    struct hf_selection *from = select_nodes(shop.world.snapshot, &shop.cache, 1);
    struct hf_selection *to = select_nodes(shop.world.snapshot, &shop.session, 1);
    struct hf_chain *chain = NULL;
    enum hf_status status = HF_ERR_NOMEM;
    unsigned long n = 0;
    while (status != HF_OK) {
        hf_memory_fail_after(++n);
        status = hf_chain_create(shop.world.snapshot, from, to, NULL, &chain, NULL);
        hf_memory_fail_after(0);
        assert_true(status == HF_OK || (status == HF_ERR_NOMEM && chain == NULL));
    }
    assert_true(n > 8);
    check(chain, 4, "start._shards[1]['k']");
    hf_chain_destroy(NULL);
    hf_selection_destroy(from);
    hf_selection_destroy(to);
    end_world(&shop.world);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_texts),       cmocka_unit_test(test_attribute_dicts),
        cmocka_unit_test(test_cycles),      cmocka_unit_test(test_sets),
        cmocka_unit_test(test_avoid),       cmocka_unit_test(test_nothing_leads_there),
        cmocka_unit_test(test_expressions), cmocka_unit_test(test_options_without_a_size),
        cmocka_unit_test(test_failing_allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
