/* test_print.c - values and names of references as people read them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "sample.h"

#define ELLIPSIS "\xE2\x80\xA6"

static void check_value(const struct hf_snapshot *snapshot, hf_node_id node, size_t max_chars, const char *expected) {
    char buffer[200];
    assert_int_equal(hf_snapshot_print_value(snapshot, node, max_chars, buffer, sizeof buffer), strlen(expected));
    assert_string_equal(buffer, expected);
}

static void test_values(void **state) {
    const struct hf_snapshot *snapshot = *state;
    check_value(snapshot, SAMPLE_MODULE, 80, "<module 'shop'>");
    check_value(snapshot, SAMPLE_GLOBALS, 80, "dict of 2 items");
    check_value(snapshot, SAMPLE_ITEMS, 80, "dict of 3 items");
    check_value(snapshot, SAMPLE_CACHE, 80, "");
    check_value(snapshot, SAMPLE_FUNCTION, 80, "<function shop.get>");
    check_value(snapshot, SAMPLE_SEVEN, 80, "7");
    check_value(snapshot, SAMPLE_ONE, 80, "-1234567890123");
    check_value(snapshot, SAMPLE_TUPLE, 80, "(-1234567890123, 'shop')");
    check_value(snapshot, SAMPLE_LIST, 80, "list of 3 items");
    check_value(snapshot, SAMPLE_CLASS, 80, "<class 'shop.cache.Cache'>");
    check_value(snapshot, SAMPLE_NONE, 80, "None");
    check_value(snapshot, SAMPLE_ERROR, 80, "ShopError('shop')");
    check_value(snapshot, SAMPLE_FRAME, 80, "<frame get>");
    check_value(snapshot, SAMPLE_CODE, 80, "<code get>");
    check_value(snapshot, SAMPLE_SET, 80, "set of 1 item");
    check_value(snapshot, SAMPLE_STATIC, 80, "'lone \\ud800 surrogate'");
}

/* What has a name only in its dict, in a cell, or in C. */
static void test_values_found_further_away(void **state) {
    (void)state;
    enum { CLASS, DICT, KEY, MODULE, NAME, CELL, EMPTY_CELL, METHOD, NUM_NODES };
    struct hf_builder *b = hf_builder_create();
    uint32_t dict = hf_builder_add_type(b, "dict", "builtins", HF_TYPE_DICT);
    uint32_t str = hf_builder_add_type(b, "str", "builtins", HF_TYPE_STR);
    uint32_t type = hf_builder_add_type(b, "type", "builtins", HF_TYPE_TYPE);
    uint32_t cell = hf_builder_add_type(b, "cell", "builtins", HF_TYPE_CELL);
    uint32_t method = hf_builder_add_type(b, "method_descriptor", "builtins", 0);
    const uint32_t types[NUM_NODES] = {type, dict, str, str, str, cell, cell, method};
    for (uint32_t i = 0; i < NUM_NODES; i++)
        hf_builder_add_node(b, 0x1000 + 16 * i, types[i], 16, 1, 0);
    hf_builder_add_edge(b, CLASS, DICT, HF_NAME_DICT, "__dict__");
    hf_builder_add_edge(b, CLASS, NAME, HF_NAME_ATTRIBUTE, "__qualname__");
    add_sample_item(b, DICT, NAME, NAME);
    add_sample_item(b, DICT, KEY, MODULE);
    hf_builder_add_edge(b, CELL, DICT, HF_NAME_CELL, "");
    hf_builder_add_edge(b, METHOD, NAME, HF_NAME_ATTRIBUTE, "__name__");
    hf_builder_add_str(b, KEY, "__module__");
    hf_builder_add_str(b, MODULE, "shop");
    hf_builder_add_str(b, NAME, "line\nbreak");
    struct hf_snapshot *snapshot = NULL;
    assert_int_equal(hf_builder_finish(b, &snapshot, NULL), HF_OK);
    hf_builder_destroy(b);
    check_value(snapshot, CLASS, 80, "<class 'shop.'line\\nbreak''>");
    check_value(snapshot, CELL, 80, "cell of dict");
    check_value(snapshot, EMPTY_CELL, 80, "empty cell");
    check_value(snapshot, METHOD, 80, "<method_descriptor 'line\\nbreak'>");
    hf_snapshot_destroy(snapshot);
}

static void test_values_are_cut(void **state) {
    const struct hf_snapshot *snapshot = *state;
    check_value(snapshot, SAMPLE_SECRET, 12, "'the secret'");
    check_value(snapshot, SAMPLE_SECRET, 11, "'the secre" ELLIPSIS);
    check_value(snapshot, SAMPLE_SECRET, 2, "'" ELLIPSIS);
    check_value(snapshot, SAMPLE_SECRET, 1, ELLIPSIS);
    check_value(snapshot, SAMPLE_SECRET, 0, "");
    check_value(snapshot, SAMPLE_CLASS, 10, "<class 's" ELLIPSIS);
    char small[5];
    assert_int_equal(hf_snapshot_print_value(snapshot, SAMPLE_SECRET, 80, small, sizeof small), 12);
    assert_string_equal(small, "'the");
    assert_int_equal(hf_snapshot_print_value(snapshot, SAMPLE_SECRET, 80, NULL, 0), 12);
}

static void test_values_without_memory(void **state) {
    char buffer[40] = "x";
    hf_memory_fail_after(1);
    assert_int_equal(hf_snapshot_print_value(*state, SAMPLE_SECRET, 80, buffer, sizeof buffer), 0);
    hf_memory_fail_after(0);
    assert_string_equal(buffer, "");
}

static void check_edges(const struct hf_snapshot *snapshot, hf_node_id source, const char *const *expected) {
    struct hf_node node = hf_snapshot_get_node(snapshot, source);
    for (uint32_t i = 0; i < node.num_edges; i++) {
        char buffer[200];
        hf_snapshot_print_edge(snapshot, source, node.first_edge + i, buffer, sizeof buffer);
        assert_string_equal(buffer, expected[i]);
    }
    assert_null(expected[node.num_edges]);
}

static void test_edges(void **state) {
    check_edges(*state, SAMPLE_MODULE, (const char *const[]){".__dict__", NULL});
    check_edges(*state, SAMPLE_GLOBALS,
                (const char *const[]){" key 'CACHE'", "['CACHE']", " key 'get'", "['get']", NULL});
    check_edges(*state, SAMPLE_CACHE, (const char *const[]){".__class__", ".items", ".secret", "<lock>", "?", NULL});
    check_edges(*state, SAMPLE_ITEMS,
                (const char *const[]){" key 'k'", "['k']", " key (-1234567890123, 'shop')",
                                      "[(-1234567890123, 'shop')]", "['shared']", NULL});
    check_edges(*state, SAMPLE_LIST, (const char *const[]){"[0]", "[1]", "[2]", NULL});
    check_edges(*state, SAMPLE_FRAME,
                (const char *const[]){" local self", ".f_code", " temporary value", ".f_locals['x']", " vars(@)",
                                      NULL});
    check_edges(*state, SAMPLE_SET, (const char *const[]){" member", ".cell_contents", ".'two words'", NULL});
}

/* A snapshot of one node whose value is `bytes`. */
static struct hf_snapshot *make_value(const void *bytes, size_t num_bytes) {
    struct hf_builder *builder = hf_builder_create();
    uint32_t type = hf_builder_add_type(builder, "thing", "builtins", 0);
    hf_builder_add_int(builder, hf_builder_add_node(builder, 0x1000, type, 16, 1, 0), 0);
    struct hf_snapshot *snapshot = NULL;
    assert_int_equal(hf_builder_finish(builder, &snapshot, NULL), HF_OK);
    hf_builder_destroy(builder);
    struct hf_region *previews = &snapshot->columns[HF_COLUMN_previews].region;
    memcpy(previews->data, bytes, num_bytes);
    previews->used_bytes = num_bytes;
    hf_snapshot_seal(snapshot);
    return snapshot;
}

static void check_bytes(const void *bytes, size_t num_bytes, const char *expected) {
    struct hf_snapshot *snapshot = make_value(bytes, num_bytes);
    check_value(snapshot, 0, 80, expected);
    hf_snapshot_destroy(snapshot);
}

static void check_float(double value, const char *expected) {
    uint8_t bytes[9] = {'F'};
    memcpy(bytes + 1, &value, 8);
    check_bytes(bytes, sizeof bytes, expected);
}

/* The expected texts are what CPython prints. */
static void test_floats(void **state) {
    (void)state;
    check_float(0, "0.0");
    check_float(-0.0, "-0.0");
    check_float(3.5, "3.5");
    check_float(0.1, "0.1");
    check_float(1.0 / 3, "0.3333333333333333");
    check_float(100, "100.0");
    check_float(123456.789, "123456.789");
    check_float(1e15, "1000000000000000.0");
    check_float(9007199254740993.0, "9007199254740992.0");
    check_float(1e16, "1e+16");
    check_float(1.5e-5, "1.5e-05");
    check_float(0.0001, "0.0001");
    check_float(1.7976931348623157e308, "1.7976931348623157e+308");
    check_float(5e-324, "5e-324");
    check_float(__builtin_inf(), "inf");
    check_float(-__builtin_inf(), "-inf");
    check_float(__builtin_nan(""), "nan");
}

static void check_complex(double real, double imaginary, const char *expected) {
    uint8_t bytes[17] = {'C'};
    memcpy(bytes + 1, &real, 8);
    memcpy(bytes + 9, &imaginary, 8);
    check_bytes(bytes, sizeof bytes, expected);
}

static void test_other_literals(void **state) {
    (void)state;
    check_complex(0, 2, "2j");
    check_complex(1, -2.5, "(1-2.5j)");
    check_complex(-0.0, 1e20, "(-0+1e+20j)");
    check_bytes("T", 1, "True");
    check_bytes("f", 1, "False");
    check_bytes("B\x05\x05" "a'\n\xff\\", 8, "b\"a'\\n\\xff\\\\\"");
    check_bytes("B\x09\x02" "ab", 5, "b'ab" ELLIPSIS);
    check_bytes("Y\x01\x01" "z", 4, "bytearray(b'z')");
    check_bytes("L\x80\x01-", 4, "<negative int of 128 bits>");
    check_bytes("S\x09\x03" "abc", 6, "'abc" ELLIPSIS);
}

static void test_damaged_values_are_none(void **state) {
    (void)state;
    check_bytes("S", 1, "");
    check_bytes("S\x05\x05" "abc", 6, "");
    check_bytes("S\x05\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 12, "");
    check_bytes("I\x80", 2, "");
    check_bytes("F1234567", 8, "");
    check_bytes("L\x01", 2, "");
    check_bytes("?", 1, "");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_values_found_further_away),
        cmocka_unit_test(test_values_are_cut),
        cmocka_unit_test(test_values_without_memory),
        cmocka_unit_test(test_edges),
        cmocka_unit_test(test_floats),
        cmocka_unit_test(test_other_literals),
        cmocka_unit_test(test_damaged_values_are_none),
    };
    return cmocka_run_group_tests(tests, make_sample_state, end_sample_state);
}
