/* test_object.c - everything that is known of one object, in a world where all of it is known. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <holdfast/object.h>

#include "patience.h"
#include "world.h"

/* shop.CACHE (with a dict) ._sessions -> [session, session]; the second one is a worker's too, a third is garbage */
struct shop {
    struct world world;
    hf_node_id cache, dict, list, session[3], class_node;
};

static struct shop make_shop(void) {
    struct shop shop = {.world = begin_world()};
    struct world *world = &shop.world;
    hf_node_id class_dict;
    shop.class_node = add_class(world, T_SESSION, HF_NO_NODE, &class_dict);
    shop.cache = add_global(world, "CACHE", T_CACHE);
    shop.dict = add_node(world, T_DICT);
    link_nodes(world, shop.cache, shop.dict, HF_NAME_DICT, "__dict__");
    shop.list = add_node(world, T_LIST);
    set_attribute(world, shop.dict, "_sessions", shop.list);
    for (int i = 0; i < 3; i++)
        shop.session[i] = add_node(world, T_SESSION);
    link_nodes(world, shop.list, shop.session[0], HF_NAME_ITEM, "");
    link_nodes(world, shop.list, shop.session[1], HF_NAME_ITEM, "");
    link_nodes(world, shop.session[0], add_str(world, "anna"), HF_NAME_ATTRIBUTE, "user");
    uint32_t thread = hf_builder_add_thread(world->builder, 1, "worker", false);
    uint32_t frame = hf_builder_add_frame(world->builder, thread, 0, "handle", "/srv/shop.py", 31);
    hf_builder_add_root(world->builder, shop.session[1], HF_ROOT_FRAME, "session", frame);
    hf_builder_add_root(world->builder, shop.session[1], HF_ROOT_OUTSIDE, "", HF_NO_FRAME);
    finish_world(world);
    return shop;
}

static struct hf_object *ask(const struct world *world, hf_node_id node) {
    struct hf_object *object;
    struct hf_error error;
    if (hf_object_create(world->snapshot, node, NULL, &object, &error) != HF_OK)
        fail_msg("%s", error.message);
    return object;
}

static void test_an_object(void **state) {
    (void)state;
    struct shop shop = make_shop();
    struct hf_object *object = ask(&shop.world, shop.session[0]);
    assert_int_equal(object->node, shop.session[0]);
    assert_int_equal(object->addr, hf_snapshot_get_node(shop.world.snapshot, shop.session[0]).addr);
    assert_string_equal(object->type, "shop.cache.Session");
    assert_int_equal(object->type_node, shop.class_node);
    assert_int_equal(object->type_count, 3);
    assert_int_equal(object->type_bytes, 3 * 64);
    assert_string_equal(object->value, "");
    assert_int_equal(object->size_bytes, 64);
    assert_int_equal(object->dict, HF_NO_NODE);
    assert_int_equal(object->retained.count, 2);
    assert_int_equal(object->retained.size_bytes, 2 * 64);
    assert_int_equal(object->dominator, shop.list);
    assert_string_equal(object->dominator_type, "list");
    assert_int_equal(object->refcount, 1);
    assert_int_equal(object->num_incoming, 1);
    assert_int_equal(object->num_flags + object->num_roots, 0);
    assert_string_equal(object->owner, "module shop");
    assert_string_equal(object->path->expression, "sys.modules['shop'].CACHE._sessions[0]");
    assert_int_equal(object->referrers->num_rows, 1);
    assert_string_equal(object->referrers->rows[0].reference, "[0]");
    assert_int_equal(object->references->num_rows, 1);
    assert_string_equal(object->references->rows[0].value, "'anna'");
    hf_object_destroy(object);
    end_world(&shop.world);
}

static void test_roots_and_owner(void **state) {
    (void)state;
    struct shop shop = make_shop();
    struct hf_object *object = ask(&shop.world, shop.session[1]);
    assert_int_equal(object->num_roots, 2);
    assert_string_equal(object->roots[0], "thread worker, handle() at shop.py:31, local 'session'");
    assert_string_equal(object->roots[1], "held from outside by native code (1 reference)");
    assert_string_equal(object->owner, "thread worker, handle() at shop.py:31");
    assert_int_equal(object->dominator, HF_NO_NODE);
    assert_string_equal(object->dominator_type, "");
    assert_int_equal(object->referrers->num_references, 3);
    hf_object_destroy(object);
    object = ask(&shop.world, shop.cache);
    assert_int_equal(object->dict, shop.dict);
    assert_int_equal(object->dict_bytes, 64);
    assert_string_equal(object->owner, "module shop");
    hf_object_destroy(object);
    object = ask(&shop.world, shop.class_node);
    assert_int_equal(object->num_flags, 1);
    assert_string_equal(object->flags[0], "a type");
    hf_object_destroy(object);
    end_world(&shop.world);
}

static void test_garbage(void **state) {
    (void)state;
    struct shop shop = make_shop();
    struct hf_object *object = ask(&shop.world, shop.session[2]);
    assert_null(object->path);
    assert_string_equal(object->owner, "");
    assert_int_equal(object->retained.count, 1);
    assert_int_equal(object->referrers->num_rows + object->references->num_rows, 0);
    hf_object_destroy(object);
    hf_object_destroy(NULL);
    end_world(&shop.world);
}

static void test_limit(void **state) {
    (void)state;
    struct shop shop = make_shop();
    const struct hf_object_options options = {.struct_size = sizeof options, .max_rows = 2};
    struct hf_object *object;
    assert_int_equal(hf_object_create(shop.world.snapshot, shop.session[1], &options, &object, NULL), HF_OK);
    assert_int_equal(object->referrers->num_rows, 2);
    assert_int_equal(object->referrers->num_hidden_rows, 1);
    hf_object_destroy(object);
    end_world(&shop.world);
}

static void test_errors(void **state) {
    (void)state;
    struct shop shop = make_shop();
    const struct hf_progress progress = {refuse, NULL};
    struct hf_object_options options = {.struct_size = sizeof options, .progress = &progress};
    struct hf_object *object = NULL;
    struct hf_error error;
    assert_int_equal(hf_object_create(shop.world.snapshot, 4711, NULL, &object, &error), HF_ERR_ARGUMENT);
    assert_non_null(strstr(error.message, "there is no object #4711"));
    assert_int_equal(hf_object_create(shop.world.snapshot, shop.cache, &options, &object, NULL), HF_ERR_CANCELLED);
    options.struct_size = 0;
    assert_int_equal(hf_object_create(shop.world.snapshot, shop.cache, &options, &object, NULL), HF_ERR_ARGUMENT);
    assert_null(object);
    end_world(&shop.world);
}

static void test_failing_allocations(void **state) {
    (void)state;
    struct shop shop = make_shop();
    struct hf_object *object = NULL;
    enum hf_status status = HF_ERR_NOMEM;
    unsigned long n = 0;
    while (status != HF_OK) {
        hf_memory_fail_after(++n);
        status = hf_object_create(shop.world.snapshot, shop.session[1], NULL, &object, NULL);
        hf_memory_fail_after(0);
        assert_true(status == HF_OK || (status == HF_ERR_NOMEM && object == NULL));
    }
    assert_true(n > 40);
    hf_object_destroy(object);
    end_world(&shop.world);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_object), cmocka_unit_test(test_roots_and_owner),
        cmocka_unit_test(test_garbage),   cmocka_unit_test(test_limit),
        cmocka_unit_test(test_errors),    cmocka_unit_test(test_failing_allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
