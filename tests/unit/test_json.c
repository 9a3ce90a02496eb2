/* test_json.c - the JSON writer, and each answer as JSON, letter for letter. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <holdfast/json.h>
#include <stdio.h>

#include "base/json.h"
#include "world.h"

static void check_text(struct hf_json *json, const char *expected) {
    char *text = hf_json_take(json);
    assert_non_null(text);
    assert_string_equal(text, expected);
    hf_free(text);
}

static void test_structure(void **state) {
    (void)state;
    struct hf_json json = HF_JSON_INIT;
    hf_json_begin_object(&json);
    hf_json_put_uint(&json, "a", UINT64_MAX);
    hf_json_key(&json, "b");
    hf_json_begin_array(&json);
    hf_json_end_array(&json);
    hf_json_key(&json, "c");
    hf_json_begin_array(&json);
    hf_json_bool(&json, true);
    hf_json_null(&json);
    hf_json_begin_object(&json);
    hf_json_end_object(&json);
    hf_json_addr(&json, 0x7f00);
    hf_json_end_array(&json);
    hf_json_put_bool(&json, "d", false);
    hf_json_end_object(&json);
    check_text(&json, "{\n  \"a\": 18446744073709551615,\n  \"b\": [],\n  \"c\": [\n    true,\n    null,\n    {},\n"
                      "    \"0x7f00\"\n  ],\n  \"d\": false\n}\n");
}

static void test_strings(void **state) {
    (void)state;
    static const char *const cases[][2] = {
        {"", "\"\"\n"},
        {"say \"hi\" \\ \n\r\t\x01\x7F", "\"say \\\"hi\\\" \\\\ \\n\\r\\t\\u0001\\u007f\"\n"},
        {"\xC3\xA9 \xF0\x9F\x98\x80", "\"\xC3\xA9 \xF0\x9F\x98\x80\"\n"},
        {"a\xED\xA0\x80z", "\"a\\ud800z\"\n"},
        {"\xFFz\xC3", "\"\\udcffz\\udcc3\"\n"},
        {"</script>", "\"</script>\"\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct hf_json json = HF_JSON_INIT;
        hf_json_string(&json, cases[i][0]);
        check_text(&json, cases[i][1]);
    }
}

static void test_depth(void **state) {
    (void)state;
    struct hf_json json = HF_JSON_INIT;
    for (int i = 0; i < HF_JSON_MAX_DEPTH; i++)
        hf_json_begin_array(&json);
    for (int i = 0; i < HF_JSON_MAX_DEPTH; i++)
        hf_json_end_array(&json);
    char *text = hf_json_take(&json);
    assert_non_null(text);
    hf_free(text);
    for (int i = 0; i <= HF_JSON_MAX_DEPTH; i++)
        hf_json_begin_array(&json);
    assert_null(hf_json_take(&json));
}

static struct world make_heap(void) {
    struct world world = begin_world();
    hf_node_id cache = add_global(&world, "CACHE", T_CACHE), text = add_str(&world, "a\"b");
    link_nodes(&world, cache, text, HF_NAME_ATTRIBUTE, "x");
    link_nodes(&world, cache, add_node(&world, T_NODE), HF_NAME_NONE, "");
    finish_world(&world);
    return world;
}

static void test_why(void **state) {
    (void)state;
    struct world world = make_heap();
    struct hf_selection *selection;
    struct hf_why *why;
    char *text;
    const struct hf_selector_options options = {.struct_size = sizeof options, .value_pattern = "a*"};
    assert_int_equal(hf_selection_create(world.snapshot, "str", &options, &selection, NULL), HF_OK);
    assert_int_equal(hf_why_create(world.snapshot, selection, NULL, &why, NULL), HF_OK);
    assert_int_equal(hf_json_why(why, &text, NULL), HF_OK);
    assert_string_equal(text,
        "{\n  \"schema_version\": 1,\n  \"kind\": \"why\",\n  \"num_selected\": 1,\n  \"num_unreachable\": 0,\n"
        "  \"num_owners\": 1,\n  \"num_all_groups\": 1,\n  \"groups\": [\n    {\n      \"pattern\": \"shop.CACHE.x\",\n"
        "      \"owner\": \"shop.cache.Cache.x\",\n      \"count\": 1,\n      \"size_bytes\": 64,\n"
        "      \"example\": 4\n    }\n  ],\n  \"paths\": [\n    {\n      \"root\": {\n        \"kind\": \"module\",\n"
        "        \"name\": \"shop\",\n        \"count\": 1,\n        \"text\": \"module shop\"\n      },\n"
        "      \"expression\": \"sys.modules['shop'].CACHE.x\",\n      \"expression_gap\": \"\",\n"
        "      \"hops\": [\n        {\n          \"reference\": \"module shop\",\n          \"type\": \"module\",\n"
        "          \"value\": \"<module 'shop'>\",\n          \"size_bytes\": 128,\n"
        "          \"addr\": \"0x7f0000000040\",\n          \"node\": 0\n        },\n        {\n"
        "          \"reference\": \".CACHE\",\n          \"type\": \"shop.cache.Cache\",\n          \"value\": \"\",\n"
        "          \"size_bytes\": 64,\n          \"addr\": \"0x7f00000000c0\",\n          \"node\": 2\n        },\n"
        "        {\n          \"reference\": \".x\",\n          \"type\": \"str\",\n"
        "          \"value\": \"'a\\\"b'\",\n          \"size_bytes\": 64,\n"
        "          \"addr\": \"0x7f0000000140\",\n          \"node\": 4\n        }\n      ]\n    }\n  ]\n}\n");
    hf_free(text);
    hf_why_destroy(why);
    hf_selection_destroy(selection);
    end_world(&world);
}

static void test_types(void **state) {
    (void)state;
    struct world world = make_heap();
    const struct hf_types_options options = {.struct_size = sizeof options, .pattern = "shop.cache.*"};
    struct hf_types *types;
    char *text;
    assert_int_equal(hf_types_create(world.snapshot, &options, &types, NULL), HF_OK);
    assert_int_equal(hf_json_types(types, &text, NULL), HF_OK);
    char expected[600];
    snprintf(expected, sizeof expected,
             "{\n  \"schema_version\": 1,\n  \"kind\": \"types\",\n  \"total_count\": 6,\n  \"total_bytes\": 384,\n"
             "  \"matching_count\": 1,\n  \"matching_bytes\": 64,\n  \"num_matching\": 1,\n  \"types\": [\n    {\n"
             "      \"name\": \"shop.cache.Cache\",\n      \"type\": %d,\n      \"count\": 1,\n"
             "      \"size_bytes\": 64\n    }\n  ]\n}\n", T_CACHE);
    assert_string_equal(text, expected);
    hf_free(text);
    hf_types_destroy(types);
    end_world(&world);
}

static void test_info(void **state) {
    (void)state;
    struct world world = make_heap();
    struct hf_info *info;
    char *text;
    assert_int_equal(hf_info_create(world.snapshot, NULL, &info, NULL), HF_OK);
    assert_int_equal(hf_json_info(info, &text, NULL), HF_OK);
    assert_non_null(strstr(text, "{\n  \"schema_version\": 1,\n  \"kind\": \"info\",\n  \"origin\": {\n"
                                 "    \"python\": \"\",\n    \"method\": \"builder\",\n"));
    assert_non_null(strstr(text, "  \"num_nodes\": 6,\n  \"num_edges\": 5,\n"));
    assert_non_null(strstr(text, "  \"roots\": {\n    \"module\": 1,\n    \"frame\": 0,\n    \"builtins\": 0,\n"
                                 "    \"interpreter\": 0,\n    \"static_type\": 0,\n    \"immortal\": 0,\n"
                                 "    \"outside\": 0\n  },\n"));
    assert_non_null(strstr(text, "  \"unnamed\": [\n    {\n      \"type\": \"shop.cache.Cache\",\n"
                                 "      \"count\": 1\n    }\n  ],\n  \"outside\": []\n}\n"));
    hf_free(text);
    hf_info_destroy(info);
    end_world(&world);
}

static void test_picture(void **state) {
    (void)state;
    const struct hf_picture picture = {.dot = "digraph \"x\" {\n}\n", .num_nodes = 2, .num_edges = 1, .num_omitted = 7};
    char *text;
    assert_int_equal(hf_json_picture(&picture, &text, NULL), HF_OK);
    assert_string_equal(text, "{\n  \"schema_version\": 1,\n  \"kind\": \"picture\",\n  \"num_nodes\": 2,\n"
                              "  \"num_edges\": 1,\n  \"num_omitted\": 7,\n"
                              "  \"dot\": \"digraph \\\"x\\\" {\\n}\\n\"\n}\n");
    hf_free(text);
}

static void test_failing_allocations(void **state) {
    (void)state;
    struct world world = make_heap();
    struct hf_info *info;
    assert_int_equal(hf_info_create(world.snapshot, NULL, &info, NULL), HF_OK);
    enum hf_status status = HF_ERR_NOMEM;
    unsigned long n = 0;
    while (status != HF_OK) {
        char *text = NULL;
        assert_true(++n < 100);
        hf_memory_fail_after(n);
        status = hf_json_info(info, &text, NULL);
        hf_memory_fail_after(0);
        assert_true(status == HF_OK || (status == HF_ERR_NOMEM && text == NULL));
        hf_free(text);
    }
    assert_true(n > 3);
    hf_info_destroy(info);
    end_world(&world);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_structure), cmocka_unit_test(test_strings),
        cmocka_unit_test(test_depth),     cmocka_unit_test(test_why),
        cmocka_unit_test(test_types),     cmocka_unit_test(test_info),
        cmocka_unit_test(test_picture),   cmocka_unit_test(test_failing_allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
