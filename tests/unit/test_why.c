/*
 * test_why.c - the texts of paths, which of several paths is chosen, what --avoid leaves out, and merged paths against
 * a twin that walks each path by itself.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <holdfast/json.h>
#include <holdfast/path.h>
#include <stdio.h>

#include "analysis/path/merged.h"
#include "csr.h"
#include "world.h"

static struct hf_why *ask_many(const struct hf_snapshot *snapshot, const hf_node_id *nodes, size_t num_nodes,
                               const struct hf_why_options *options) {
    struct hf_selection *selection;
    struct hf_error error;
    struct hf_why *why;
    assert_int_equal(hf_selection_create_nodes(snapshot, nodes, num_nodes, &selection, &error), HF_OK);
    if (hf_why_create(snapshot, selection, options, &why, &error) != HF_OK)
        fail_msg("%s", error.message);
    hf_selection_destroy(selection);
    return why;
}

static struct hf_why *ask(const struct world *world, hf_node_id node, size_t max_paths) {
    const struct hf_why_options options = {.struct_size = sizeof options, .max_paths = max_paths};
    return ask_many(world->snapshot, &node, 1, &options);
}

static struct hf_why *ask_avoiding(const struct world *world, hf_node_id node, const char *word) {
    const struct hf_why_options options = {.struct_size = sizeof options, .avoid = &word, .num_avoid = 1};
    return ask_many(world->snapshot, &node, 1, &options);
}

/* shop.CACHE (with a dict of 64 bytes) ._shards [1] ['k'] -> session */
struct shop {
    struct world world;
    hf_node_id cache, shards, shard, session;
};

static struct shop make_shop(void) {
    struct shop shop = {.world = begin_world()};
    struct world *world = &shop.world;
    hf_node_id dict;
    shop.cache = add_global(world, "CACHE", T_CACHE);
    dict = add_node(world, T_DICT);
    link_nodes(world, shop.cache, dict, HF_NAME_DICT, "__dict__");
    shop.shards = add_node(world, T_LIST);
    set_attribute(world, dict, "_shards", shop.shards);
    link_nodes(world, shop.shards, add_node(world, T_NONE), HF_NAME_ITEM, "");
    shop.shard = add_node(world, T_DICT);
    link_nodes(world, shop.shards, shop.shard, HF_NAME_ITEM, "");
    shop.session = add_node(world, T_SESSION);
    set_item(world, shop.shard, add_str(world, "k"), shop.session);
    return shop;
}

static void check_hop(const struct hf_path_hop *hop, hf_node_id node, const char *reference, const char *type,
                      const char *value, uint64_t size_bytes) {
    assert_int_equal(hop->node, node);
    assert_string_equal(hop->reference, reference);
    assert_string_equal(hop->type, type);
    assert_string_equal(hop->value, value);
    assert_int_equal(hop->size_bytes, size_bytes);
}

static void test_texts_of_a_path(void **state) {
    (void)state;
    struct shop shop = make_shop();
    finish_world(&shop.world);
    struct hf_why *why = ask(&shop.world, shop.session, 0);
    assert_int_equal(why->num_paths, 1);
    assert_int_equal(why->num_owners, 1);
    assert_int_equal(why->num_selected, 1);
    assert_int_equal(why->num_unreachable, 0);
    const struct hf_path *path = &why->paths[0];
    assert_string_equal(path->root_text, "module shop");
    assert_int_equal(path->root.kind, HF_ROOT_MODULE);
    assert_string_equal(path->expression, "sys.modules['shop'].CACHE._shards[1]['k']");
    assert_int_equal(path->num_hops, 5);
    check_hop(&path->hops[0], shop.world.module, "module shop", "module", "<module 'shop'>", 128);
    check_hop(&path->hops[1], shop.cache, ".CACHE", "shop.cache.Cache", "", 128);
    check_hop(&path->hops[2], shop.shards, "._shards", "list", "list of 2 items", 64);
    check_hop(&path->hops[3], shop.shard, "[1]", "dict", "dict of 1 item", 64);
    check_hop(&path->hops[4], shop.session, "['k']", "shop.cache.Session", "", 64);
    assert_int_equal(path->hops[0].edge, UINT32_MAX);
    assert_int_equal(hf_snapshot_get_edge(shop.world.snapshot, path->hops[4].edge).target, shop.session);
    assert_int_equal(why->num_groups, 1);
    assert_string_equal(why->groups[0].pattern, "shop.CACHE._shards[*][*]");
    assert_string_equal(why->groups[0].owner, "shop.cache.Cache._shards[*][*]");
    assert_int_equal(why->groups[0].count, 1);
    hf_why_destroy(why);
    end_world(&shop.world);
}

/* One reference behind shop.x, its text in the hop and in the merged path. */
static const struct {
    enum world_type owner;
    enum hf_name_kind kind;
    const char *text, *reference, *pattern, *group_owner;
} singles[] = {
    {T_CACHE, HF_NAME_ATTRIBUTE, "_a", "._a", "shop.x._a", "shop.cache.Cache._a"},
    {T_CACHE, HF_NAME_DICT, "__dict__", ".__dict__", "shop.x.__dict__", "shop.x.__dict__"},
    {T_LIST, HF_NAME_ITEM, "", "[0]", "shop.x[*]", "shop.x[*]"},
    {T_DICT, HF_NAME_KEY, "", " key <shop.cache.Session>", "shop.x key [*]", "shop.x key [*]"},
    {T_DICT, HF_NAME_ATTRIBUTE, "k", "['k']", "shop.x[*]", "shop.x[*]"},
    {T_SET, HF_NAME_MEMBER, "", " member", "shop.x[*]", "shop.x[*]"},
    {T_GENERATOR, HF_NAME_LOCAL, "v", " local 'v'", "shop.x local 'v'", "generator local 'v'"},
    {T_FRAME, HF_NAME_STACK, "", " temporary value", "shop.x temporary value", "shop.x temporary value"},
    {T_CELL, HF_NAME_CELL, "cell_contents", ".cell_contents", "shop.x.cell_contents", "shop.x.cell_contents"},
    {T_CACHE, HF_NAME_TYPE, "", ".__class__", "shop.x.__class__", "shop.x.__class__"},
    {T_LRU, HF_NAME_FIELD, "cached value", "<cached value>", "shop.x<cached value>", "shop.x<cached value>"},
    {T_ITERATOR, HF_NAME_TEMPLATE, "@.__reduce__()[1][0]", ".__reduce__()[1][0]", "shop.x.__reduce__()[1][0]",
     "shop.x.__reduce__()[1][0]"},
    {T_CACHE, HF_NAME_NONE, "", "?", "shop.x?", "shop.x?"},
};

static void test_texts_of_each_kind(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof singles / sizeof singles[0]; i++) {
        struct world world = begin_world();
        hf_node_id owner = add_global(&world, "x", singles[i].owner), target = add_node(&world, T_SESSION);
        link_nodes(&world, owner, target, singles[i].kind, singles[i].text);
        finish_world(&world);
        struct hf_why *why = ask(&world, target, 1);
        assert_int_equal(why->paths[0].num_hops, 3);
        assert_string_equal(why->paths[0].hops[2].reference, singles[i].reference);
        assert_string_equal(why->groups[0].pattern, singles[i].pattern);
        assert_string_equal(why->groups[0].owner, singles[i].group_owner);
        hf_why_destroy(why);
        end_world(&world);
    }
}

static void test_texts_of_attribute_dicts(void **state) {
    (void)state;
    struct world world = begin_world();
    hf_node_id cache = add_global(&world, "x", T_CACHE), dict = add_node(&world, T_DICT);
    hf_node_id odd = add_node(&world, T_SESSION), by_object = add_node(&world, T_SESSION);
    link_nodes(&world, cache, dict, HF_NAME_DICT, "__dict__");
    set_attribute(&world, dict, "a b", odd);
    set_item(&world, dict, add_node(&world, T_OBJECT), by_object);
    finish_world(&world);
    struct hf_why *why = ask(&world, odd, 1);
    assert_string_equal(why->paths[0].hops[2].reference, ".__dict__['a b']");
    hf_why_destroy(why);
    why = ask(&world, by_object, 1);
    assert_string_equal(why->paths[0].hops[2].reference, ".__dict__[<object>]");
    assert_string_equal(why->groups[0].pattern, "shop.x.__dict__[*]");
    hf_why_destroy(why);
    end_world(&world);
}

static void test_texts_of_roots(void **state) {
    (void)state;
    struct world world = begin_world();
    uint32_t thread = hf_builder_add_thread(world.builder, 77, "MainThread", false);
    uint32_t nameless = hf_builder_add_thread(world.builder, 78, "", false);
    uint32_t frame = hf_builder_add_frame(world.builder, thread, 0, "handle", "/srv/app/shop.py", 31);
    uint32_t other = hf_builder_add_frame(world.builder, nameless, 0, "run", "run.py", 0);
    static const struct { enum hf_root_kind kind; const char *name, *text, *pattern; } roots[] = {
        {HF_ROOT_FRAME, "request", "thread MainThread, handle() at shop.py:31, local 'request'",
         "handle() local 'request'"},
        {HF_ROOT_FRAME, "job", "thread 78, run() at run.py, local 'job'", "run() local 'job'"},
        {HF_ROOT_BUILTINS, "", "builtins", "builtins"},
        {HF_ROOT_INTERPRETER, "codecs", "interpreter, codecs", "<interpreter codecs>"},
        {HF_ROOT_STATIC_TYPE, "", "static type", "<static type shop.cache.Session>"},
        {HF_ROOT_IMMORTAL, "", "immortal", "<immortal shop.cache.Session>"},
        {HF_ROOT_OUTSIDE, "", "held from outside by native code (1 reference)",
         "<held from outside: shop.cache.Session>"},
    };
    hf_node_id nodes[sizeof roots / sizeof roots[0]];
    for (size_t i = 0; i < sizeof roots / sizeof roots[0]; i++) {
        nodes[i] = add_node(&world, T_SESSION);
        uint32_t of_frame = i == 0 ? frame : i == 1 ? other : HF_NO_FRAME;
        hf_builder_add_root(world.builder, nodes[i], roots[i].kind, roots[i].name, of_frame);
    }
    finish_world(&world);
    for (size_t i = 0; i < sizeof roots / sizeof roots[0]; i++) {
        struct hf_why *why = ask(&world, nodes[i], 1);
        assert_string_equal(why->paths[0].root_text, roots[i].text);
        assert_string_equal(why->paths[0].hops[0].reference, roots[i].text);
        assert_int_equal(why->paths[0].num_hops, 1);
        assert_string_equal(why->groups[0].pattern, roots[i].pattern);
        assert_string_equal(why->groups[0].owner, roots[i].pattern);
        hf_why_destroy(why);
    }
    end_world(&world);
}

/* ---- which path ---- */

/* A long path of an earlier tier wins over a root of a later one; the later one is still another way. */
static void test_tiers(void **state) {
    (void)state;
    struct shop shop = make_shop();
    uint32_t asker = hf_builder_add_thread(shop.world.builder, 1, "MainThread", true);
    uint32_t frame = hf_builder_add_frame(shop.world.builder, asker, 0, "test", "t.py", 1);
    hf_builder_add_root(shop.world.builder, shop.session, HF_ROOT_OUTSIDE, "", HF_NO_FRAME);
    hf_builder_add_root(shop.world.builder, shop.session, HF_ROOT_FRAME, "mine", frame);
    finish_world(&shop.world);
    struct hf_why *why = ask(&shop.world, shop.session, 9);
    assert_int_equal(why->num_owners, 2);
    assert_int_equal(why->num_paths, 2);
    assert_string_equal(why->paths[0].root_text, "module shop");
    assert_string_equal(why->paths[1].root_text, "thread MainThread, test() at t.py:1, local 'mine'");
    hf_why_destroy(why);
    end_world(&shop.world);
}

static hf_node_id add_module_with(struct world *world, const char *name, const char *file, hf_node_id value) {
    hf_node_id globals, module = add_module(world, name, &globals);
    if (file != NULL)
        set_attribute(world, globals, "__file__", add_str(world, file));
    set_attribute(world, globals, "held", value);
    return module;
}

/* Among modules: __main__, the application's, then libraries. */
static void test_own_modules_come_first(void **state) {
    (void)state;
    struct world world = begin_world();
    hf_node_id object = add_node(&world, T_SESSION), other = add_node(&world, T_SESSION);
    (void)add_module_with(&world, "json", "/usr/lib/python3.11/json/__init__.py", object);
    (void)add_module_with(&world, "django", "/x/site-packages/django/__init__.py", other);
    (void)add_module_with(&world, "app", "/srv/app.py", object);
    (void)add_module_with(&world, "app2", "/srv/app2.py", other);
    (void)add_module_with(&world, "__main__", "/srv/main.py", object);
    finish_world(&world);
    static const char *const expected[] = {"module __main__", "module app", "module json"};
    struct hf_why *why = ask(&world, object, 5);
    assert_int_equal(why->num_paths, 3);
    for (int i = 0; i < 3; i++)
        assert_string_equal(why->paths[i].root_text, expected[i]);
    hf_why_destroy(why);
    why = ask(&world, other, 1);
    assert_string_equal(why->paths[0].root_text, "module app2");
    hf_why_destroy(why);
    end_world(&world);
}

/* An instance that has the object in its dict and in a slot is one owner; a self reference is none. */
static void test_owners_differ(void **state) {
    (void)state;
    struct world world = begin_world();
    hf_node_id object = add_node(&world, T_SESSION), a = add_global(&world, "a", T_CACHE);
    hf_node_id dict = add_node(&world, T_DICT), list = add_global(&world, "l", T_LIST);
    link_nodes(&world, a, dict, HF_NAME_DICT, "__dict__");
    link_nodes(&world, a, object, HF_NAME_ATTRIBUTE, "slot");
    set_attribute(&world, dict, "x", object);
    set_attribute(&world, dict, "y", object);
    link_nodes(&world, list, object, HF_NAME_ITEM, "");
    link_nodes(&world, list, object, HF_NAME_ITEM, "");
    link_nodes(&world, object, object, HF_NAME_ATTRIBUTE, "myself");
    hf_node_id garbage = add_node(&world, T_LIST);
    link_nodes(&world, garbage, object, HF_NAME_ITEM, "");
    hf_node_id behind = add_node(&world, T_LIST);
    link_nodes(&world, object, behind, HF_NAME_ATTRIBUTE, "children");
    link_nodes(&world, behind, object, HF_NAME_ITEM, "");
    finish_world(&world);
    struct hf_why *why = ask(&world, object, 10);
    assert_int_equal(why->num_owners, 2);
    assert_int_equal(why->num_paths, 2);
    assert_string_equal(why->paths[0].expression, "sys.modules['shop'].a.slot");
    assert_string_equal(why->paths[1].expression, "sys.modules['shop'].l[0]");
    hf_why_destroy(why);
    why = ask(&world, behind, 10);
    assert_int_equal(why->num_owners, 1);
    assert_string_equal(why->paths[0].expression, "sys.modules['shop'].a.slot.children");
    hf_why_destroy(why);
    why = ask(&world, garbage, 10);
    assert_int_equal(why->num_paths, 0);
    assert_int_equal(why->num_unreachable, 1);
    hf_why_destroy(why);
    end_world(&world);
}

/* Of several references that one owner has, that which Python can write is shown. */
static void test_readable_reference_is_shown(void **state) {
    (void)state;
    struct world world = begin_world();
    hf_node_id name = add_str(&world, "shop"), other = add_global(&world, "other", T_FRAME);
    link_nodes(&world, world.module, name, HF_NAME_FIELD, "md_name");
    set_attribute(&world, world.globals, "__name__", name);
    hf_node_id value = add_node(&world, T_SESSION);
    link_nodes(&world, other, value, HF_NAME_STACK, "");
    link_nodes(&world, other, value, HF_NAME_LOCAL, "v");
    finish_world(&world);
    struct hf_why *why = ask(&world, name, 5);
    assert_int_equal(why->num_paths, 1);
    assert_string_equal(why->paths[0].expression, "sys.modules['shop'].__name__");
    hf_why_destroy(why);
    why = ask(&world, value, 1);
    assert_string_equal(why->paths[0].expression, "sys.modules['shop'].other.f_locals['v']");
    hf_why_destroy(why);
    end_world(&world);
}

/* No path goes through the object itself: the longer way that does not is the answer. */
static void test_not_through_the_object(void **state) {
    (void)state;
    struct world world = begin_world();
    hf_node_id object = add_global(&world, "object", T_SESSION), holder = add_node(&world, T_LIST);
    hf_node_id outer = add_global(&world, "outer", T_LIST), middle = add_node(&world, T_LIST);
    link_nodes(&world, object, holder, HF_NAME_ATTRIBUTE, "holder");
    link_nodes(&world, holder, object, HF_NAME_ITEM, "");
    link_nodes(&world, outer, middle, HF_NAME_ITEM, "");
    link_nodes(&world, middle, holder, HF_NAME_ITEM, "");
    finish_world(&world);
    struct hf_why *why = ask(&world, object, 5);
    assert_int_equal(why->num_paths, 2);
    assert_string_equal(why->paths[0].expression, "sys.modules['shop'].object");
    assert_string_equal(why->paths[1].expression, "sys.modules['shop'].outer[0][0][0]");
    hf_why_destroy(why);
    end_world(&world);
}

static void test_avoid(void **state) {
    (void)state;
    struct world world = begin_world();
    hf_node_id object = add_node(&world, T_SESSION), cache = add_global(&world, "cache", T_CACHE);
    hf_node_id node = add_global(&world, "node", T_NODE), globals, list = add_node(&world, T_LIST);
    link_nodes(&world, cache, object, HF_NAME_ATTRIBUTE, "a");
    link_nodes(&world, node, list, HF_NAME_ATTRIBUTE, "b");
    link_nodes(&world, list, object, HF_NAME_ITEM, "");
    (void)add_module(&world, "other", &globals);
    hf_node_id tuple = add_node(&world, T_TUPLE), inner = add_node(&world, T_TUPLE), last = add_node(&world, T_TUPLE);
    set_attribute(&world, globals, "t", tuple);
    link_nodes(&world, tuple, inner, HF_NAME_ITEM, "");
    link_nodes(&world, inner, last, HF_NAME_ITEM, "");
    link_nodes(&world, last, object, HF_NAME_ITEM, "");
    finish_world(&world);
    char addr[32], id[32];
    snprintf(addr, sizeof addr, "0x%llx", (unsigned long long)hf_snapshot_get_node(world.snapshot, cache).addr);
    snprintf(id, sizeof id, "#%u", cache);
    const char *const b = "sys.modules['shop'].node.b[0]", *const t = "sys.modules['other'].t[0][0][0]";
    const struct { const char *word, *expression; } cases[] = {
        {"shop.cache.Cache", b}, {"shop.cache.*", b}, {addr, b}, {id, b}, {"module:shop", t}, {"shop.*", t},
        {"tuple", "sys.modules['shop'].cache.a"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct hf_why *why = ask_avoiding(&world, object, cases[i].word);
        assert_string_equal(why->paths[0].expression, cases[i].expression);
        hf_why_destroy(why);
    }
    struct hf_why *why = ask_avoiding(&world, object, "module");
    assert_int_equal(why->num_paths, 0);
    assert_int_equal(why->num_unreachable, 1);
    hf_why_destroy(why);
    end_world(&world);
}

static void test_avoid_errors(void **state) {
    (void)state;
    struct shop shop = make_shop();
    finish_world(&shop.world);
    static const char *const cases[][2] = {
        {"module:shp", "cannot avoid module 'shp': the process has not imported it; did you mean 'shop'?"},
        {"dct", "cannot avoid 'dct': no object has a type called 'dct'; did you mean 'dict'?"},
        {"0xzz", "cannot avoid '0xzz': '0xzz' is not an address: expected 0x and up to 16 hexadecimal digits"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct hf_why_options options = {.struct_size = sizeof options, .avoid = &cases[i][0], .num_avoid = 1};
        struct hf_selection *selection;
        struct hf_why *why = NULL;
        struct hf_error error;
        assert_int_equal(hf_selection_create(shop.world.snapshot, "Session", NULL, &selection, NULL), HF_OK);
        assert_int_equal(hf_why_create(shop.world.snapshot, selection, &options, &why, &error), HF_ERR_ARGUMENT);
        assert_string_equal(error.message, cases[i][1]);
        assert_null(why);
        hf_selection_destroy(selection);
    }
    end_world(&shop.world);
}

/* ---- many objects ---- */

static void test_merged_paths(void **state) {
    (void)state;
    struct shop shop = make_shop();
    struct world *world = &shop.world;
    hf_node_id nodes[10], lost = add_node(world, T_SESSION);
    for (int i = 0; i < 6; i++) {
        nodes[i] = add_node(world, T_SESSION);
        set_item(world, shop.shard, add_int(world, i), nodes[i]);
    }
    hf_node_id other = add_global(world, "other", T_LIST);
    for (int i = 6; i < 8; i++) {
        nodes[i] = add_node(world, T_SESSION);
        link_nodes(world, other, nodes[i], HF_NAME_ITEM, "");
    }
    nodes[8] = lost;
    nodes[9] = shop.session;
    finish_world(world);
    const struct hf_why_options options = {.struct_size = sizeof options, .max_groups = 1};
    struct hf_why *why = ask_many(world->snapshot, nodes, 10, &options);
    assert_int_equal(why->num_selected, 10);
    assert_int_equal(why->num_unreachable, 1);
    assert_int_equal(why->num_all_groups, 2);
    assert_int_equal(why->num_groups, 1);
    assert_string_equal(why->groups[0].owner, "shop.cache.Cache._shards[*][*]");
    assert_int_equal(why->groups[0].count, 7);
    assert_int_equal(why->groups[0].size_bytes, 7 * 64);
    assert_int_equal(why->groups[0].example, shop.session);
    assert_string_equal(why->paths[0].expression, "sys.modules['shop'].CACHE._shards[1]['k']");
    hf_why_destroy(why);
    end_world(world);
}

/* Inline attributes and those in dicts are one name; so are threads that run the same function. */
static void test_merged_names(void **state) {
    (void)state;
    struct world world = begin_world();
    hf_node_id list = add_global(&world, "all", T_LIST), nodes[4];
    for (int i = 0; i < 2; i++) {
        hf_node_id cache = add_node(&world, T_CACHE);
        link_nodes(&world, list, cache, HF_NAME_ITEM, "");
        nodes[i] = add_node(&world, T_SESSION);
        if (i == 0) {
            link_nodes(&world, cache, nodes[i], HF_NAME_ATTRIBUTE, "x");
        } else {
            hf_node_id dict = add_node(&world, T_DICT);
            link_nodes(&world, cache, dict, HF_NAME_DICT, "__dict__");
            set_attribute(&world, dict, "x", nodes[i]);
        }
        uint32_t thread = hf_builder_add_thread(world.builder, 5 + (uint64_t)i, i == 0 ? "a" : "b", false);
        uint32_t frame = hf_builder_add_frame(world.builder, thread, 0, "work", "w.py", 3 + (uint32_t)i);
        nodes[2 + i] = add_node(&world, T_SESSION);
        hf_builder_add_root(world.builder, nodes[2 + i], HF_ROOT_FRAME, "job", frame);
    }
    finish_world(&world);
    struct hf_why *why = ask_many(world.snapshot, nodes, 4, NULL);
    assert_int_equal(why->num_all_groups, 2);
    assert_string_equal(why->groups[0].pattern, "shop.all[*].x");
    assert_int_equal(why->groups[0].count, 2);
    assert_string_equal(why->groups[1].pattern, "work() local 'job'");
    assert_int_equal(why->groups[1].count, 2);
    hf_why_destroy(why);
    end_world(&world);
}

static void test_function_globals(void **state) {
    (void)state;
    struct world world = begin_world();
    hf_node_id function = add_global(&world, "f", T_FUNCTION), globals = add_node(&world, T_DICT);
    hf_node_id cache = add_node(&world, T_CACHE);
    link_nodes(&world, function, globals, HF_NAME_ATTRIBUTE, "__globals__");
    set_attribute(&world, globals, "CACHE", cache);
    finish_world(&world);
    struct hf_why *why = ask(&world, cache, 1);
    assert_string_equal(why->groups[0].pattern, "shop.f.__globals__['CACHE']");
    assert_string_equal(why->paths[0].expression, "sys.modules['shop'].f.__globals__['CACHE']");
    hf_why_destroy(why);
    end_world(&world);
}

/* A list of three million nodes: one merged path, one path of three million hops, one expression. */
static void test_linked_list(void **state) {
    (void)state;
    enum { LENGTH = 3000000 };
    struct world world = begin_world();
    hf_node_id first = add_global(&world, "HEAD", T_NODE), last = first;
    for (int i = 1; i < LENGTH; i++) {
        hf_node_id node = add_node(&world, T_NODE);
        link_nodes(&world, last, node, HF_NAME_ATTRIBUTE, "next");
        last = node;
    }
    finish_world(&world);
    struct hf_selection *selection;
    struct hf_why *why;
    assert_int_equal(hf_selection_create(world.snapshot, "shop.Node", NULL, &selection, NULL), HF_OK);
    assert_int_equal(hf_why_create(world.snapshot, selection, NULL, &why, NULL), HF_OK);
    assert_int_equal(why->num_all_groups, 2);
    assert_string_equal(why->groups[0].pattern, "shop.HEAD(.next)+");
    assert_string_equal(why->groups[0].owner, "shop.Node(.next)+");
    assert_int_equal(why->groups[0].count, LENGTH - 1);
    assert_string_equal(why->groups[1].pattern, "shop.HEAD");
    hf_why_destroy(why);
    hf_selection_destroy(selection);
    why = ask(&world, last, 1);
    assert_int_equal(why->paths[0].num_hops, LENGTH + 1);
    assert_int_equal(strlen(why->paths[0].expression), strlen("sys.modules['shop'].HEAD") + 5 * (size_t)(LENGTH - 1));
    hf_why_destroy(why);
    end_world(&world);
}

/* Labels that alternate do not merge; the text of such a path stays short. */
static void test_long_pattern(void **state) {
    (void)state;
    enum { LENGTH = 1000 };
    struct world world = begin_world();
    hf_node_id last = add_global(&world, "x", T_NODE);
    for (int i = 0; i < LENGTH; i++) {
        hf_node_id node = add_node(&world, T_NODE);
        link_nodes(&world, last, node, HF_NAME_ATTRIBUTE, i % 2 == 0 ? "a" : "b");
        last = node;
    }
    finish_world(&world);
    struct hf_why *why = ask(&world, last, 1);
    assert_int_equal(why->paths[0].num_hops, LENGTH + 2);
    assert_true(strlen(why->groups[0].pattern) < 200);
    assert_non_null(strstr(why->groups[0].pattern, " ... 941 more ... "));
    hf_why_destroy(why);
    end_world(&world);
}

/* ---- against a twin ---- */

#define MAX_RANDOM_NODES 24

/* Some instances get one of the dicts as their attribute dict; two may share one. */
static void give_dicts(struct world *world, uint64_t *random, const hf_node_id *nodes, const enum world_type *types,
                       uint32_t num_nodes) {
    for (uint32_t i = 0; i < num_nodes; i++) {
        uint32_t dict = random_below(random, num_nodes);
        if (types[i] != T_DICT && types[dict] == T_DICT)
            link_nodes(world, nodes[i], nodes[dict], HF_NAME_DICT, "__dict__");
    }
}

static void make_random_world(struct world *world, uint64_t *random) {
    static const enum hf_name_kind kinds[] = {HF_NAME_ATTRIBUTE, HF_NAME_ATTRIBUTE, HF_NAME_ITEM, HF_NAME_CELL,
                                              HF_NAME_MEMBER};
    static const enum world_type all_types[] = {T_NODE, T_CACHE, T_DICT, T_LIST, T_SESSION};
    hf_node_id nodes[MAX_RANDOM_NODES];
    enum world_type types[MAX_RANDOM_NODES];
    uint32_t num_nodes = 2 + random_below(random, MAX_RANDOM_NODES - 2);
    *world = begin_world();
    for (uint32_t i = 0; i < num_nodes; i++) {
        types[i] = all_types[random_below(random, 5)];
        nodes[i] = add_node(world, types[i]);
    }
    for (uint32_t i = random_below(random, 4); i > 0; i--)
        set_attribute(world, world->globals, i % 2 == 0 ? "a" : "b", nodes[random_below(random, num_nodes)]);
    for (uint32_t i = random_below(random, num_nodes * 2); i > 0; i--) {
        enum hf_name_kind kind = kinds[random_below(random, 5)];
        const char *text = kind == HF_NAME_ATTRIBUTE ? (random_below(random, 2) ? "next" : "other") : "";
        link_nodes(world, nodes[random_below(random, num_nodes)], nodes[random_below(random, num_nodes)], kind, text);
    }
    give_dicts(world, random, nodes, types, num_nodes);
    if (random_below(random, 2) == 0)
        hf_builder_add_root(world->builder, nodes[0], HF_ROOT_OUTSIDE, "", HF_NO_FRAME);
    (void)add_node(world, T_NONE);      /* the last one has nothing to do with the others */
    finish_world(world);
}

/* The merged text of one object, by its own path alone. */
static char *pattern_of(const struct hf_snapshot *snapshot, const struct hf_paths *paths,
                        const struct hf_root_order *order, hf_node_id node) {
    struct hf_arena arena = {0};
    struct hf_route route;
    struct hf_path_group group = {0};
    assert_int_equal(hf_route_init(&route, paths, order, node, HF_NO_EDGE, NULL), HF_OK);
    assert_int_equal(hf_group_describe(snapshot, &route, &arena, &group, NULL), HF_OK);
    char *pattern = strdup(group.pattern);
    hf_route_deinit(&route);
    hf_arena_deinit(&arena);
    return pattern;
}

/* "x.next" and "x(.next)+" are one group: without the marks of repetition both read the same. */
static void drop_marks(char *pattern) {
    char *out = pattern;
    for (const char *c = pattern; *c != '\0'; c++)
        if (*c != '(' && *c != ')' && *c != '+')
            *out++ = *c;
    *out = '\0';
}

static void check_groups_against_twin(const struct world *world) {
    struct hf_graph graph = hf_graph_of(world->snapshot);
    struct hf_paths paths;
    struct hf_root_order order;
    hf_node_id nodes[64];
    uint32_t num_nodes = graph.num_nodes;
    assert_true(num_nodes <= 64);
    for (uint32_t i = 0; i < num_nodes; i++)
        nodes[i] = i;
    assert_int_equal(hf_root_order_init(&order, world->snapshot, NULL), HF_OK);
    assert_int_equal(hf_paths_init(&paths, &graph, NULL), HF_OK);
    assert_int_equal(hf_paths_compute(&paths, &order.roots, NULL, NULL, NULL), HF_OK);
    const struct hf_why_options options = {.struct_size = sizeof options, .max_groups = 64};
    struct hf_why *why = ask_many(world->snapshot, nodes, num_nodes, &options);
    uint64_t sum = why->num_unreachable, counts[64] = {0};
    for (uint32_t i = 0; i < num_nodes; i++) {
        if (!hf_paths_is_reached(&paths, i))
            continue;
        char *pattern = pattern_of(world->snapshot, &paths, &order, i);
        drop_marks(pattern);
        for (size_t g = 0; g < why->num_groups; g++) {
            char *other = strdup(why->groups[g].pattern);
            drop_marks(other);
            counts[g] += strcmp(pattern, other) == 0;
            free(other);
        }
        free(pattern);
    }
    for (size_t g = 0; g < why->num_groups; g++) {
        assert_int_equal(why->groups[g].count, counts[g]);
        sum += why->groups[g].count;
    }
    assert_int_equal(sum, num_nodes);
    hf_why_destroy(why);
    hf_paths_deinit(&paths);
    hf_root_order_deinit(&order);
}

static void test_groups_against_twin(void **state) {
    (void)state;
    uint64_t random = 99;
    for (int round = 0; round < 2000; round++) {
        struct world world;
        make_random_world(&world, &random);
        check_groups_against_twin(&world);
        end_world(&world);
    }
}

/* Each path starts at a root, follows edges that exist, and does not pass the object; the last owners differ. */
static void check_paths(const struct hf_snapshot *snapshot, const struct hf_why *why, hf_node_id object) {
    for (size_t p = 0; p < why->num_paths; p++) {
        const struct hf_path *path = &why->paths[p];
        assert_int_equal(path->hops[0].node, path->root.node);
        assert_int_equal(path->hops[path->num_hops - 1].node, object);
        for (size_t i = 1; i < path->num_hops; i++) {
            assert_int_equal(hf_snapshot_get_edge(snapshot, path->hops[i].edge).target, path->hops[i].node);
            assert_int_not_equal(path->hops[i - 1].node, object);
        }
        for (size_t q = 0; q < p && path->num_hops > 1; q++)
            if (why->paths[q].num_hops > 1)
                assert_int_not_equal(path->hops[path->num_hops - 2].node,
                                     why->paths[q].hops[why->paths[q].num_hops - 2].node);
        if (p > 0 && path->root.kind == why->paths[p - 1].root.kind)
            assert_true(path->num_hops >= why->paths[p - 1].num_hops);
    }
}

static void test_random_paths(void **state) {
    (void)state;
    uint64_t random = 123;
    for (int round = 0; round < 1000; round++) {
        struct world world;
        make_random_world(&world, &random);
        for (hf_node_id node = 0; node < world.snapshot->num_nodes; node++) {
            struct hf_why *why = ask(&world, node, 100);
            assert_int_equal(why->num_paths, why->num_owners);
            check_paths(world.snapshot, why, node);
            hf_why_destroy(why);
        }
        end_world(&world);
    }
}

/*
 * The answer from the tree of all paths, as far as it does, is the one from a tree that is computed without the object:
 * that is made when something is to be avoided, even if it is on no path.
 */
static void check_tree_is_enough(const struct hf_snapshot *snapshot, hf_node_id node) {
    char *texts[2];
    char word[16];
    const char *words[] = {word};
    snprintf(word, sizeof word, "#%u", snapshot->num_nodes - 1);
    for (size_t i = 0; i < 2; i++) {
        const struct hf_why_options options = {.struct_size = sizeof options, .max_paths = 100, .avoid = words,
                                               .num_avoid = i};
        struct hf_why *why = ask_many(snapshot, &node, 1, &options);
        assert_int_equal(hf_json_why(why, &texts[i], NULL), HF_OK);
        hf_why_destroy(why);
    }
    assert_string_equal(texts[0], texts[1]);
    hf_free(texts[0]);
    hf_free(texts[1]);
}

static void test_tree_is_enough(void **state) {
    (void)state;
    uint64_t random = 321;
    for (int round = 0; round < 1000; round++) {
        struct world world;
        make_random_world(&world, &random);
        for (hf_node_id node = 0; node + 1 < world.snapshot->num_nodes; node++)
            check_tree_is_enough(world.snapshot, node);
        end_world(&world);
    }
}

/* ---- failures ---- */

static void test_failing_allocations(void **state) {
    (void)state;
    struct shop shop = make_shop();
    finish_world(&shop.world);
    const hf_node_id nodes[] = {shop.session, shop.shard, shop.cache};
    const char *const avoid[] = {"0x0", "module:shop"};
    for (size_t count = 1; count <= 3; count += 2) {
        struct hf_selection *selection;
        assert_int_equal(hf_selection_create_nodes(shop.world.snapshot, nodes, count, &selection, NULL), HF_OK);
        const struct hf_why_options options = {.struct_size = sizeof options, .max_paths = 3, .avoid = avoid + 1,
                                               .num_avoid = count == 3 ? 1 : 0};
        enum hf_status status = HF_ERR_NOMEM;
        unsigned long n = 0;
        while (status != HF_OK) {
            struct hf_why *why = NULL;
            assert_true(++n < 10000);
            hf_memory_fail_after(n);
            status = hf_why_create(shop.world.snapshot, selection, &options, &why, NULL);
            hf_memory_fail_after(0);
            assert_true(status == HF_OK || (status == HF_ERR_NOMEM && why == NULL));
            hf_why_destroy(why);
        }
        assert_true(n > 5);
        hf_selection_destroy(selection);
    }
    end_world(&shop.world);
}

static void test_nothing_selected(void **state) {
    (void)state;
    struct world world = begin_world();
    finish_world(&world);
    struct hf_why *why = ask_many(world.snapshot, NULL, 0, NULL);
    assert_int_equal(why->num_selected, 0);
    assert_int_equal(why->num_paths, 0);
    assert_int_equal(why->num_groups, 0);
    hf_why_destroy(why);
    hf_why_destroy(NULL);
    end_world(&world);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_texts_of_a_path),
        cmocka_unit_test(test_texts_of_each_kind),
        cmocka_unit_test(test_texts_of_attribute_dicts),
        cmocka_unit_test(test_texts_of_roots),
        cmocka_unit_test(test_tiers),
        cmocka_unit_test(test_own_modules_come_first),
        cmocka_unit_test(test_owners_differ),
        cmocka_unit_test(test_readable_reference_is_shown),
        cmocka_unit_test(test_not_through_the_object),
        cmocka_unit_test(test_avoid),
        cmocka_unit_test(test_avoid_errors),
        cmocka_unit_test(test_merged_paths),
        cmocka_unit_test(test_merged_names),
        cmocka_unit_test(test_function_globals),
        cmocka_unit_test(test_linked_list),
        cmocka_unit_test(test_long_pattern),
        cmocka_unit_test(test_groups_against_twin),
        cmocka_unit_test(test_random_paths),
        cmocka_unit_test(test_tree_is_enough),
        cmocka_unit_test(test_failing_allocations),
        cmocka_unit_test(test_nothing_selected),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
