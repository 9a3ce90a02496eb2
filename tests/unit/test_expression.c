/* test_expression.c - what each kind of reference becomes in a Python expression, and where Python has none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <holdfast/path.h>

#include "analysis/path/route.h"
#include "world.h"

static struct hf_why *ask(const struct world *world, hf_node_id node) {
    struct hf_selection *selection;
    struct hf_why *why;
    assert_int_equal(hf_selection_create_nodes(world->snapshot, &node, 1, &selection, NULL), HF_OK);
    assert_int_equal(hf_why_create(world->snapshot, selection, NULL, &why, NULL), HF_OK);
    hf_selection_destroy(selection);
    assert_int_equal(why->num_paths, 1);
    return why;
}

static void check_expression(const struct world *world, hf_node_id node, const char *expected) {
    struct hf_why *why = ask(world, node);
    assert_string_equal(why->paths[0].expression, expected);
    assert_string_equal(why->paths[0].expression_gap, "");
    hf_why_destroy(why);
}

static void check_gap(const struct world *world, hf_node_id node, const char *expected) {
    struct hf_why *why = ask(world, node);
    assert_string_equal(why->paths[0].expression, "");
    assert_string_equal(why->paths[0].expression_gap, expected);
    hf_why_destroy(why);
}

/* One reference behind shop.x. */
struct single {
    enum world_type owner;
    enum hf_name_kind kind;
    const char *text;
    const char *expected;    /* the whole expression, or the gap when it does not start with a name */
};

static const struct single singles[] = {
    {T_CACHE, HF_NAME_ATTRIBUTE, "_shards", "sys.modules['shop'].x._shards"},
    {T_CACHE, HF_NAME_ATTRIBUTE, "class", "getattr(sys.modules['shop'].x, 'class')"},
    {T_CACHE, HF_NAME_ATTRIBUTE, "a b", "getattr(sys.modules['shop'].x, 'a b')"},
    {T_CACHE, HF_NAME_DICT, "__dict__", "sys.modules['shop'].x.__dict__"},
    {T_CACHE, HF_NAME_TYPE, "", "type(sys.modules['shop'].x)"},
    {T_DICT, HF_NAME_ATTRIBUTE, "k", "sys.modules['shop'].x['k']"},
    {T_DEFAULTDICT, HF_NAME_ATTRIBUTE, "default_factory", "sys.modules['shop'].x.default_factory"},
    {T_LIST, HF_NAME_ITEM, "", "sys.modules['shop'].x[0]"},
    {T_DEQUE, HF_NAME_ITEM, "", "sys.modules['shop'].x[0]"},
    {T_ROWS, HF_NAME_ITEM, "", "list.__getitem__(sys.modules['shop'].x, 0)"},
    {T_POINT, HF_NAME_ITEM, "", "tuple.__getitem__(sys.modules['shop'].x, 0)"},
    {T_DICT, HF_NAME_KEY, "", "list(dict.keys(sys.modules['shop'].x))[0]"},
    {T_SET, HF_NAME_MEMBER, "", "list(sys.modules['shop'].x)[0]"},
    {T_CELL, HF_NAME_CELL, "cell_contents", "sys.modules['shop'].x.cell_contents"},
    {T_FRAME, HF_NAME_LOCAL, "v", "sys.modules['shop'].x.f_locals['v']"},
    {T_GENERATOR, HF_NAME_LOCAL, "v", "sys.modules['shop'].x.gi_frame.f_locals['v']"},
    {T_COROUTINE, HF_NAME_LOCAL, "v", "sys.modules['shop'].x.cr_frame.f_locals['v']"},
    {T_ASYNC_GENERATOR, HF_NAME_LOCAL, ".0", "sys.modules['shop'].x.ag_frame.f_locals['.0']"},
    {T_ITERATOR, HF_NAME_TEMPLATE, "@.__reduce__()[1][0]", "sys.modules['shop'].x.__reduce__()[1][0]"},
    {T_ITERATOR, HF_NAME_TEMPLATE, "next(@)", "next(sys.modules['shop'].x)"},
    {T_ITERATOR, HF_NAME_TEMPLATE, "nothing", "! nothing of list_iterator: its name is not understood"},
    {T_LRU, HF_NAME_FIELD, "cached value",
     "!<cached value> of functools._lru_cache_wrapper: it is a field of C code"},
    {T_FRAME, HF_NAME_STACK, "", "! temporary value of frame: it is a temporary value on a frame's stack"},
    {T_CACHE, HF_NAME_NONE, "", "!? of shop.cache.Cache: the reference has no name"},
    {T_CACHE, HF_NAME_LOCAL, "v",
     "! local 'v' of shop.cache.Cache: the variables of such an object cannot be read"},
    {T_TYPE, HF_NAME_DICT, "__dict__", "!.__dict__ of type: __dict__ of a class gives a proxy, not the dict"},
};

static void test_each_kind(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof singles / sizeof singles[0]; i++) {
        struct world world = begin_world();
        hf_node_id owner = add_global(&world, "x", singles[i].owner);
        hf_node_id target = add_node(&world, T_SESSION);
        link_nodes(&world, owner, target, singles[i].kind, singles[i].text);
        finish_world(&world);
        if (singles[i].expected[0] == '!')
            check_gap(&world, target, singles[i].expected + 1);
        else
            check_expression(&world, target, singles[i].expected);
        end_world(&world);
    }
}

static void test_positions_count_their_own_kind(void **state) {
    (void)state;
    struct world world = begin_world();
    hf_node_id list = add_global(&world, "rows", T_LIST), object = add_node(&world, T_SESSION);
    link_nodes(&world, list, add_node(&world, T_NONE), HF_NAME_ITEM, "");
    link_nodes(&world, list, add_node(&world, T_TYPE), HF_NAME_TYPE, "");
    link_nodes(&world, list, object, HF_NAME_ITEM, "");
    hf_node_id set = add_global(&world, "all", T_SET), member = add_node(&world, T_SESSION);
    link_nodes(&world, set, add_node(&world, T_NONE), HF_NAME_MEMBER, "");
    link_nodes(&world, set, member, HF_NAME_MEMBER, "");
    finish_world(&world);
    check_expression(&world, object, "sys.modules['shop'].rows[1]");
    check_expression(&world, member, "list(sys.modules['shop'].all)[1]");
    end_world(&world);
}

static void test_keys_of_dicts(void **state) {
    (void)state;
    struct world world = begin_world();
    hf_node_id dict = add_global(&world, "d", T_DICT);
    hf_node_id by_str = add_node(&world, T_SESSION), by_int = add_node(&world, T_SESSION);
    hf_node_id by_none = add_node(&world, T_SESSION), by_tuple = add_node(&world, T_SESSION);
    hf_node_id by_object = add_node(&world, T_SESSION), by_word = add_node(&world, T_SESSION);
    hf_node_id key = add_node(&world, T_OBJECT), tuple = add_node(&world, T_TUPLE), word = add_node(&world, T_WORD);
    link_nodes(&world, tuple, add_str(&world, "session"), HF_NAME_ITEM, "");
    link_nodes(&world, tuple, add_int(&world, 7), HF_NAME_ITEM, "");
    hf_builder_add_str(world.builder, word, "word");
    set_item(&world, dict, add_str(&world, "it's \n\xF0\x9F\x98\x80"), by_str);
    set_item(&world, dict, add_int(&world, -5), by_int);
    set_item(&world, dict, add_node(&world, T_NONE), by_none);
    set_item(&world, dict, tuple, by_tuple);
    set_item(&world, dict, key, by_object);
    set_item(&world, dict, word, by_word);
    finish_world(&world);
    check_expression(&world, by_str, "sys.modules['shop'].d[\"it's \\n\xF0\x9F\x98\x80\"]");
    check_expression(&world, by_int, "sys.modules['shop'].d[-5]");
    check_expression(&world, by_none, "sys.modules['shop'].d[None]");
    check_expression(&world, by_tuple, "sys.modules['shop'].d[('session', 7)]");
    check_expression(&world, by_object, "list(dict.values(sys.modules['shop'].d))[4]");
    check_expression(&world, by_word, "list(dict.values(sys.modules['shop'].d))[5]");
    check_expression(&world, key, "list(dict.keys(sys.modules['shop'].d))[4]");
    end_world(&world);
}

static void test_dict_subclass(void **state) {
    (void)state;
    struct world world = begin_world();
    hf_node_id conf = add_global(&world, "conf", T_CONF);
    hf_node_id by_str = add_node(&world, T_SESSION), by_object = add_node(&world, T_SESSION);
    set_item(&world, conf, add_str(&world, "k"), by_str);
    set_item(&world, conf, add_node(&world, T_OBJECT), by_object);
    finish_world(&world);
    check_expression(&world, by_str, "dict.__getitem__(sys.modules['shop'].conf, 'k')");
    check_expression(&world, by_object, "list(dict.values(sys.modules['shop'].conf))[1]");
    end_world(&world);
}

/* Names in attribute dicts: identifiers, keywords, other texts, keys that are no str, keys themselves. */
static void test_attribute_dict(void **state) {
    (void)state;
    struct world world = begin_world();
    hf_node_id cache = add_global(&world, "cache", T_CACHE), dict = add_node(&world, T_DICT);
    hf_node_id values[5], odd_key = add_node(&world, T_OBJECT);
    for (int i = 0; i < 5; i++)
        values[i] = add_node(&world, T_SESSION);
    link_nodes(&world, cache, dict, HF_NAME_DICT, "__dict__");
    set_attribute(&world, dict, "name", values[0]);
    set_attribute(&world, dict, "class", values[1]);
    set_attribute(&world, dict, "\xC3\xA9t\xC3\xA9", values[2]);
    set_item(&world, dict, odd_key, values[3]);
    link_nodes(&world, dict, values[4], HF_NAME_ATTRIBUTE, "shared");
    finish_world(&world);
    check_expression(&world, values[0], "sys.modules['shop'].cache.name");
    check_expression(&world, values[1], "sys.modules['shop'].cache.__dict__['class']");
    check_expression(&world, values[2], "sys.modules['shop'].cache.__dict__['\xC3\xA9t\xC3\xA9']");
    check_expression(&world, values[3], "list(dict.values(sys.modules['shop'].cache.__dict__))[3]");
    check_expression(&world, odd_key, "list(dict.keys(sys.modules['shop'].cache.__dict__))[3]");
    check_expression(&world, values[4], "sys.modules['shop'].cache.shared");
    check_expression(&world, dict, "sys.modules['shop'].cache.__dict__");
    end_world(&world);
}

/* What a class has that is a descriptor must not be read through the class. */
static void test_class_attributes(void **state) {
    (void)state;
    struct world world = begin_world();
    hf_node_id dict, class_node = add_class(&world, T_CACHE, HF_NO_NODE, &dict);
    hf_node_id plain = add_node(&world, T_LIST), function = add_node(&world, T_FUNCTION);
    hf_node_id property = add_node(&world, T_PROPERTY), odd_key = add_node(&world, T_OBJECT);
    hf_node_id by_object = add_node(&world, T_LIST);
    set_attribute(&world, world.globals, "Cache", class_node);
    set_attribute(&world, dict, "instances", plain);
    set_attribute(&world, dict, "get", function);
    set_attribute(&world, dict, "size", property);
    set_item(&world, dict, odd_key, by_object);
    finish_world(&world);
    check_expression(&world, plain, "sys.modules['shop'].Cache.instances");
    check_expression(&world, function, "sys.modules['shop'].Cache.get");
    check_expression(&world, property, "sys.modules['shop'].Cache.__dict__['size']");
    check_expression(&world, by_object, "list(sys.modules['shop'].Cache.__dict__.values())[3]");
    check_expression(&world, odd_key, "list(sys.modules['shop'].Cache.__dict__.keys())[3]");
    check_gap(&world, dict, ".__dict__ of type: __dict__ of a class gives a proxy, not the dict");
    end_world(&world);
}

/* A property of the class hides the attribute of the instance; a slot of the class is the attribute. */
static void test_descriptors_of_the_class(void **state) {
    (void)state;
    struct world world = begin_world();
    hf_node_id base_dict, dict, base = add_class(&world, T_NODE, HF_NO_NODE, &base_dict);
    (void)add_class(&world, T_CACHE, base, &dict);
    set_attribute(&world, base_dict, "hidden", add_node(&world, T_PROPERTY));
    set_attribute(&world, base_dict, "slot", add_node(&world, T_MEMBER));
    set_attribute(&world, base_dict, "both", add_node(&world, T_MEMBER));
    set_attribute(&world, base_dict, "method", add_node(&world, T_FUNCTION));
    set_attribute(&world, dict, "both", add_node(&world, T_PROPERTY));
    hf_node_id cache = add_global(&world, "cache", T_CACHE), own = add_node(&world, T_DICT);
    hf_node_id values[5];
    for (int i = 0; i < 5; i++)
        values[i] = add_node(&world, T_SESSION);
    link_nodes(&world, cache, values[0], HF_NAME_ATTRIBUTE, "hidden");
    link_nodes(&world, cache, values[1], HF_NAME_ATTRIBUTE, "slot");
    link_nodes(&world, cache, values[2], HF_NAME_ATTRIBUTE, "both");
    link_nodes(&world, cache, own, HF_NAME_DICT, "__dict__");
    set_attribute(&world, own, "hidden", values[3]);
    set_attribute(&world, own, "method", values[4]);
    finish_world(&world);
    check_expression(&world, values[0], "sys.modules['shop'].cache.__dict__['hidden']");
    check_expression(&world, values[1], "sys.modules['shop'].cache.slot");
    check_gap(&world, values[2], ".both of shop.cache.Cache: the slot is hidden by another attribute of that name");
    check_expression(&world, values[3], "sys.modules['shop'].cache.__dict__['hidden']");
    check_expression(&world, values[4], "sys.modules['shop'].cache.method");
    end_world(&world);
}

/* Code of the program that reading would run. */
static void test_overridden_methods(void **state) {
    (void)state;
    struct world world = begin_world();
    hf_node_id cache_dict, set_dict, deque_dict;
    (void)add_class(&world, T_CACHE, HF_NO_NODE, &cache_dict);
    (void)add_class(&world, T_NODE, HF_NO_NODE, &set_dict);
    (void)add_class(&world, T_LRU, HF_NO_NODE, &deque_dict);
    set_attribute(&world, cache_dict, "__getattribute__", add_node(&world, T_FUNCTION));
    set_attribute(&world, set_dict, "__getitem__", add_node(&world, T_FUNCTION));
    hf_node_id cache = add_global(&world, "cache", T_CACHE), dict = add_node(&world, T_DICT);
    hf_node_id inline_value = add_node(&world, T_SESSION), dict_value = add_node(&world, T_SESSION);
    hf_node_id key = add_node(&world, T_OBJECT), keyed = add_node(&world, T_SESSION);
    link_nodes(&world, cache, inline_value, HF_NAME_ATTRIBUTE, "a");
    link_nodes(&world, cache, dict, HF_NAME_DICT, "__dict__");
    set_attribute(&world, dict, "b", dict_value);
    set_item(&world, dict, key, keyed);
    hf_node_id node = add_global(&world, "node", T_NODE), item = add_node(&world, T_SESSION);
    link_nodes(&world, node, item, HF_NAME_ITEM, "");
    hf_node_id lru = add_global(&world, "lru", T_LRU), lru_item = add_node(&world, T_SESSION);
    link_nodes(&world, lru, lru_item, HF_NAME_ITEM, "");
    finish_world(&world);
    check_expression(&world, inline_value, "object.__getattribute__(sys.modules['shop'].cache, 'a')");
    check_expression(&world, dict_value, "object.__getattribute__(sys.modules['shop'].cache, 'b')");
    check_expression(&world, keyed,
                     "list(dict.values(object.__getattribute__(sys.modules['shop'].cache, '__dict__')))[1]");
    check_gap(&world, item, "[0] of shop.Node: reading an item would run its __getitem__");
    check_gap(&world, lru_item, "[0] of functools._lru_cache_wrapper: it has no __getitem__");
    end_world(&world);
}

/* Before-texts and behind-texts of several steps nest in the right order. */
static void test_nesting(void **state) {
    (void)state;
    struct world world = begin_world();
    hf_node_id rows = add_global(&world, "rows", T_ROWS), point = add_node(&world, T_POINT);
    hf_node_id conf = add_node(&world, T_CONF), type = add_node(&world, T_TYPE);
    link_nodes(&world, rows, point, HF_NAME_ITEM, "");
    link_nodes(&world, point, conf, HF_NAME_ITEM, "");
    link_nodes(&world, conf, type, HF_NAME_TYPE, "");
    finish_world(&world);
    check_expression(&world, type,
                     "type(tuple.__getitem__(list.__getitem__(sys.modules['shop'].rows, 0), 0))");
    end_world(&world);
}

/* f_locals gives what is in a closure cell. */
static void test_cells_of_variables(void **state) {
    (void)state;
    struct world world = begin_world();
    hf_node_id generator = add_global(&world, "g", T_GENERATOR), cell = add_node(&world, T_CELL);
    hf_node_id content = add_node(&world, T_SESSION);
    link_nodes(&world, generator, cell, HF_NAME_LOCAL, "v");
    link_nodes(&world, cell, content, HF_NAME_CELL, "cell_contents");
    finish_world(&world);
    check_expression(&world, content, "sys.modules['shop'].g.gi_frame.f_locals['v']");
    check_gap(&world, cell,
              " local 'v' of generator: f_locals gives the content of a closure cell, not the cell");
    end_world(&world);
}

static void test_frames(void **state) {
    (void)state;
    struct world world = begin_world();
    uint32_t worker = hf_builder_add_thread(world.builder, 1234, "worker", false);
    uint32_t asker = hf_builder_add_thread(world.builder, 99, "MainThread", true);
    uint32_t inner = hf_builder_add_frame(world.builder, worker, 0, "Queue.get", "/usr/lib/queue.py", 10);
    uint32_t outer = hf_builder_add_frame(world.builder, worker, 2, "run", "/srv/shop.py", 0);
    (void)hf_builder_add_frame(world.builder, asker, 0, "Test.again", "/srv/test.py", 3);
    uint32_t test = hf_builder_add_frame(world.builder, asker, 1, "again", "/srv/test.py", 7);
    hf_node_id a = add_node(&world, T_SESSION), b = add_node(&world, T_SESSION), c = add_node(&world, T_SESSION);
    hf_node_id cell = add_node(&world, T_CELL), content = add_node(&world, T_SESSION);
    link_nodes(&world, cell, content, HF_NAME_CELL, "cell_contents");
    hf_builder_add_root(world.builder, a, HF_ROOT_FRAME, "job", inner);
    hf_builder_add_root(world.builder, b, HF_ROOT_FRAME, "job", outer);
    hf_builder_add_root(world.builder, c, HF_ROOT_FRAME, "x", test);
    hf_builder_add_root(world.builder, cell, HF_ROOT_FRAME, "y", inner);
    finish_world(&world);
    check_expression(&world, a, "sys._current_frames()[1234].f_locals['job']");
    check_expression(&world, b, "sys._current_frames()[1234].f_back.f_back.f_locals['job']");
    check_expression(&world, c,
                     "[f.frame for f in __import__('inspect').stack(0) if f.function == 'again'][1].f_locals['x']");
    check_expression(&world, content, "sys._current_frames()[1234].f_locals['y']");
    check_gap(&world, cell, "thread worker, Queue.get() at queue.py:10, local 'y': "
                            "f_locals gives the content of a closure cell, not the cell");
    end_world(&world);
}

static void test_other_roots(void **state) {
    (void)state;
    struct world world = begin_world();
    hf_node_id nodes[5], builtins = add_node(&world, T_DICT), name = add_node(&world, T_LIST);
    for (int i = 0; i < 5; i++)
        nodes[i] = add_node(&world, T_SESSION);
    hf_builder_add_root(world.builder, builtins, HF_ROOT_BUILTINS, "", HF_NO_FRAME);
    set_attribute(&world, builtins, "open", name);
    hf_builder_add_root(world.builder, nodes[0], HF_ROOT_INTERPRETER, "codec_search_path", HF_NO_FRAME);
    hf_builder_add_root(world.builder, nodes[1], HF_ROOT_STATIC_TYPE, "", HF_NO_FRAME);
    hf_builder_add_root(world.builder, nodes[2], HF_ROOT_IMMORTAL, "", HF_NO_FRAME);
    hf_builder_add_root(world.builder, nodes[3], HF_ROOT_OUTSIDE, "", HF_NO_FRAME);
    finish_world(&world);
    check_expression(&world, world.module, "sys.modules['shop']");
    check_expression(&world, name, "sys.modules['builtins'].__dict__['open']");
    check_gap(&world, nodes[0], "interpreter, codec_search_path: it is a field of the interpreter");
    check_gap(&world, nodes[1], "static type: no module has it");
    check_gap(&world, nodes[2], "immortal: no reference to it was found");
    check_gap(&world, nodes[3], "held from outside by native code (1 reference): native code has it");
    end_world(&world);
}

static void test_identifiers(void **state) {
    (void)state;
    assert_true(hf_is_plain_identifier("_a9", 3));
    assert_true(hf_is_plain_identifier("match", 5));
    assert_false(hf_is_plain_identifier("", 0));
    assert_false(hf_is_plain_identifier("9a", 2));
    assert_false(hf_is_plain_identifier("lambda", 6));
    assert_false(hf_is_plain_identifier("a.b", 3));
    assert_false(hf_is_plain_identifier("\xC3\xA9", 2));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_kind),
        cmocka_unit_test(test_positions_count_their_own_kind),
        cmocka_unit_test(test_keys_of_dicts),
        cmocka_unit_test(test_dict_subclass),
        cmocka_unit_test(test_attribute_dict),
        cmocka_unit_test(test_class_attributes),
        cmocka_unit_test(test_descriptors_of_the_class),
        cmocka_unit_test(test_overridden_methods),
        cmocka_unit_test(test_nesting),
        cmocka_unit_test(test_cells_of_variables),
        cmocka_unit_test(test_frames),
        cmocka_unit_test(test_other_roots),
        cmocka_unit_test(test_identifiers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
