/* test_selector.c - what a word selects, what is said when it selects nothing, and the patterns behind it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <holdfast/selector.h>
#include <stdio.h>

#include "analysis/selector/glob.h"
#include "analysis/selector/near.h"
#include "csr.h"
#include "world.h"

struct shelf {
    struct world world;
    hf_node_id sessions[3], cache, text, bytes, number;
};

static struct shelf make_shelf(void) {
    struct shelf shelf = {.world = begin_world()};
    for (int i = 0; i < 3; i++)
        shelf.sessions[i] = add_node(&shelf.world, T_SESSION);
    shelf.cache = add_node(&shelf.world, T_CACHE);
    shelf.text = add_str(&shelf.world, "GET /index.html");
    shelf.number = add_int(&shelf.world, 4096);
    finish_world(&shelf.world);
    return shelf;
}

static void check_selects(const struct shelf *shelf, const char *word, const char *value, const char *description,
                          size_t count, hf_node_id first) {
    const struct hf_selector_options options = {.struct_size = sizeof options, .value_pattern = value};
    struct hf_selection *selection;
    struct hf_error error;
    if (hf_selection_create(shelf->world.snapshot, word, &options, &selection, &error) != HF_OK)
        fail_msg("%s", error.message);
    assert_int_equal(selection->num_nodes, count);
    assert_int_equal(selection->nodes[0], first);
    for (size_t i = 1; i < count; i++)
        assert_true(selection->nodes[i] > selection->nodes[i - 1]);
    assert_string_equal(selection->description, description);
    hf_selection_destroy(selection);
}

static void check_fails(const struct shelf *shelf, const char *word, const char *value, enum hf_status status,
                        const char *message) {
    const struct hf_selector_options options = {.struct_size = sizeof options, .value_pattern = value};
    struct hf_selection *selection = NULL;
    struct hf_error error;
    assert_int_equal(hf_selection_create(shelf->world.snapshot, word, &options, &selection, &error), status);
    assert_string_equal(error.message, message);
    assert_null(selection);
}

static void test_types(void **state) {
    (void)state;
    struct shelf shelf = make_shelf();
    const char *const sessions = "3 objects of type shop.cache.Session";
    check_selects(&shelf, "shop.cache.Session", NULL, sessions, 3, shelf.sessions[0]);
    check_selects(&shelf, "Session", NULL, sessions, 3, shelf.sessions[0]);
    check_selects(&shelf, "cache.Session", NULL, sessions, 3, shelf.sessions[0]);
    check_selects(&shelf, "shop.cache.*", NULL, "4 objects of 2 types that match 'shop.cache.*'", 4, shelf.sessions[0]);
    check_selects(&shelf, "*.Sess[h-j]on", NULL, "3 objects of 1 type that matches '*.Sess[h-j]on'", 3,
                  shelf.sessions[0]);
    check_selects(&shelf, "module", NULL, "1 object of type module", 1, shelf.world.module);
    check_selects(&shelf, "*", NULL, "8 objects", 8, 0);
    check_selects(&shelf, NULL, NULL, "8 objects", 8, 0);
    end_world(&shelf.world);
}

static void test_one_object(void **state) {
    (void)state;
    struct shelf shelf = make_shelf();
    char word[64], description[64];
    unsigned long long addr = hf_snapshot_get_node(shelf.world.snapshot, shelf.cache).addr;
    snprintf(description, sizeof description, "object 0x%llx of type shop.cache.Cache", addr);
    snprintf(word, sizeof word, "0x%llx", addr);
    check_selects(&shelf, word, NULL, description, 1, shelf.cache);
    snprintf(word, sizeof word, "0X%llX", addr);
    check_selects(&shelf, word, NULL, description, 1, shelf.cache);
    snprintf(word, sizeof word, "#%u", shelf.cache);
    check_selects(&shelf, word, NULL, description, 1, shelf.cache);
    check_selects(&shelf, word + 1, NULL, description, 1, shelf.cache);
    end_world(&shelf.world);
}

static void test_values(void **state) {
    (void)state;
    struct shelf shelf = make_shelf();
    check_selects(&shelf, NULL, "GET *", "1 object whose value matches 'GET *'", 1, shelf.text);
    check_selects(&shelf, "str", "*.html", "1 object of type str whose value matches '*.html'", 1, shelf.text);
    check_selects(&shelf, "*", "4?96", "1 object whose value matches '4?96'", 1, shelf.number);
    check_selects(&shelf, NULL, "<module *>", "1 object whose value matches '<module *>'", 1, shelf.world.module);
    check_fails(&shelf, NULL, "POST *", HF_NOT_FOUND,
                "no object has a value that matches 'POST *'; a pattern must match the whole value, '*' stands for any "
                "text");
    check_fails(&shelf, "str", "GET", HF_NOT_FOUND,
                "no object of type str has a value that matches 'GET'; a pattern must match the whole value, '*' "
                "stands for any text");
    check_fails(&shelf, "#0", "x", HF_NOT_FOUND, "the value of #0 does not match 'x'");
    end_world(&shelf.world);
}

static void test_errors(void **state) {
    (void)state;
    struct shelf shelf = make_shelf();
    check_fails(&shelf, "shop.cache.Sesion", NULL, HF_NOT_FOUND,
                "no object has a type called 'shop.cache.Sesion'; did you mean 'shop.cache.Session'?");
    check_fails(&shelf, "session", NULL, HF_NOT_FOUND,
                "no object has a type called 'session'; did you mean 'shop.cache.Session'?");
    check_fails(&shelf, "zebra", NULL, HF_NOT_FOUND, "no object has a type called 'zebra'");
    check_fails(&shelf, "list", NULL, HF_NOT_FOUND, "no object has a type called 'list'");
    check_fails(&shelf, "shop.web.*", NULL, HF_NOT_FOUND, "no object has a type that matches 'shop.web.*'");
    check_fails(&shelf, "0x", NULL, HF_ERR_ARGUMENT,
                "'0x' is not an address: expected 0x and up to 16 hexadecimal digits");
    check_fails(&shelf, "0x12345678901234567", NULL, HF_ERR_ARGUMENT,
                "'0x12345678901234567' is not an address: expected 0x and up to 16 hexadecimal digits");
    check_fails(&shelf, "0x10", NULL, HF_NOT_FOUND, "no object is at address 0x10");
    check_fails(&shelf, "#-1", NULL, HF_ERR_ARGUMENT, "'#-1' is not a node: expected # and a number");
    check_fails(&shelf, "8", NULL, HF_NOT_FOUND, "there is no object #8: the snapshot has 8");
    check_fails(&shelf, "#8", NULL, HF_NOT_FOUND, "there is no object #8: the snapshot has 8");
    check_fails(&shelf, "#99999999999999999999", NULL, HF_ERR_ARGUMENT,
                "'#99999999999999999999' is not a node: expected # and a number");
    check_fails(&shelf, "", NULL, HF_ERR_ARGUMENT, "the selector is empty: give a type, 0xADDRESS or NUMBER");
    end_world(&shelf.world);
}

static void test_long_selector(void **state) {
    (void)state;
    struct shelf shelf = make_shelf();
    char *word = malloc(5001);
    assert_non_null(word);
    memset(word, 'a', 5000);
    word[5000] = '\0';
    check_fails(&shelf, word, NULL, HF_ERR_ARGUMENT, "the selector is longer than 4096 bytes");
    free(word);
    end_world(&shelf.world);
}

static void test_ambiguous_name(void **state) {
    (void)state;
    struct shelf shelf = {.world = begin_world()};
    uint32_t a = hf_builder_add_type(shelf.world.builder, "a.Thing", "a", HF_TYPE_HEAP);
    uint32_t b = hf_builder_add_type(shelf.world.builder, "b.Thing", "b", HF_TYPE_HEAP);
    uint32_t b_again = hf_builder_add_type(shelf.world.builder, "b.Thing", "b", HF_TYPE_HEAP);
    hf_node_id first = add_node(&shelf.world, (enum world_type)b);
    (void)add_node(&shelf.world, (enum world_type)b_again);
    (void)add_node(&shelf.world, (enum world_type)a);
    finish_world(&shelf.world);
    check_fails(&shelf, "Thing", NULL, HF_ERR_ARGUMENT,
                "more than one type is called 'Thing': a.Thing, b.Thing; write the whole name, or '*.Thing' for all of "
                "them");
    check_selects(&shelf, "b.Thing", NULL, "2 objects of type b.Thing", 2, first);
    end_world(&shelf.world);
}

static void test_from_numbers(void **state) {
    (void)state;
    struct shelf shelf = make_shelf();
    const hf_node_id nodes[] = {5, 2, 5, 3}, bad[] = {1, 8};
    struct hf_selection *selection = NULL;
    struct hf_error error;
    assert_int_equal(hf_selection_create_nodes(shelf.world.snapshot, nodes, 4, &selection, NULL), HF_OK);
    assert_int_equal(selection->num_nodes, 3);
    assert_true(selection->nodes[0] == 2 && selection->nodes[1] == 3 && selection->nodes[2] == 5);
    assert_string_equal(selection->description, "3 objects");
    hf_selection_destroy(selection);
    assert_int_equal(hf_selection_create_nodes(shelf.world.snapshot, bad, 2, &selection, &error), HF_ERR_ARGUMENT);
    assert_string_equal(error.message, "there is no object #8: the snapshot has 8");
    end_world(&shelf.world);
}

static void test_failing_allocations(void **state) {
    (void)state;
    struct shelf shelf = make_shelf();
    static const char *const words[] = {"Session", "#1", "*", "Sesion"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        enum hf_status status = HF_ERR_NOMEM, wanted = i == 3 ? HF_NOT_FOUND : HF_OK;
        unsigned long n = 0;
        while (status != wanted) {
            struct hf_selection *selection = NULL;
            assert_true(++n < 100);
            hf_memory_fail_after(n);
            status = hf_selection_create(shelf.world.snapshot, words[i], NULL, &selection, NULL);
            hf_memory_fail_after(0);
            assert_true(status == wanted || (status == HF_ERR_NOMEM && selection == NULL));
            hf_selection_destroy(selection);
        }
        assert_true(n > 2);
    }
    end_world(&shelf.world);
}

/* ---- patterns ---- */

static bool matches(const char *pattern, const char *text) {
    return hf_glob_match(pattern, text, strlen(text));
}

static void test_patterns(void **state) {
    (void)state;
    assert_true(matches("", ""));
    assert_true(matches("*", ""));
    assert_true(matches("shop.*Cache", "shop.cache.LRUCache"));
    assert_true(matches("a*b*c", "a--b--b--c"));
    assert_true(matches("?", "\xC3\xA9"));
    assert_true(matches("[a-c]x", "bx"));
    assert_true(matches("[!a-c]x", "dx"));
    assert_true(matches("[]x]", "]"));
    assert_true(matches("[\xC3\xA0-\xC3\xBF]", "\xC3\xA9"));
    assert_true(matches("a[", "a["));
    assert_true(matches("\\*", "*"));
    assert_true(matches("?", "\xFF"));
    assert_false(matches("", "a"));
    assert_false(matches("a", ""));
    assert_false(matches("a*b", "a-c"));
    assert_false(matches("[a-c]", "d"));
    assert_false(matches("[!a-c]", "a"));
    assert_false(matches("\\*", "a"));
    assert_false(matches("shop.?", "shop."));
}

/* The meaning of a pattern of letters, ? and *, by recursion. */
static bool twin_matches(const char *pattern, const char *text) {
    if (*pattern == '\0')
        return *text == '\0';
    if (*pattern == '*')
        return twin_matches(pattern + 1, text) || (*text != '\0' && twin_matches(pattern, text + 1));
    return *text != '\0' && (*pattern == '?' || *pattern == *text) && twin_matches(pattern + 1, text + 1);
}

static void test_patterns_against_twin(void **state) {
    (void)state;
    uint64_t random = 5;
    unsigned num_matches = 0;
    for (int round = 0; round < 200000; round++) {
        char pattern[9] = {0}, text[11] = {0};
        for (uint32_t i = random_below(&random, 9); i > 0; i--)
            pattern[i - 1] = "ab?**"[random_below(&random, 5)];
        for (uint32_t i = random_below(&random, 11); i > 0; i--)
            text[i - 1] = "ab"[random_below(&random, 2)];
        assert_int_equal(matches(pattern, text), twin_matches(pattern, text));
        num_matches += matches(pattern, text);
    }
    assert_in_range(num_matches, 20000, 180000);
}

/* A pattern that takes exponential time when every star is gone back to. */
static void test_hostile_pattern(void **state) {
    (void)state;
    enum { LENGTH = 20000 };
    char *pattern = malloc(2 * LENGTH + 2), *text = malloc(LENGTH + 1);
    assert_true(pattern != NULL && text != NULL);
    for (int i = 0; i < 100; i++)
        memcpy(pattern + 2 * i, "*a", 2);
    strcpy(pattern + 200, "b");
    memset(text, 'a', LENGTH);
    text[LENGTH] = '\0';
    assert_false(matches(pattern, text));
    free(pattern);
    free(text);
}

static void test_near_names(void **state) {
    (void)state;
    static const char *const names[] = {"a.Sessions", "Session", "b.Session", "Sassion", "Sesion", "zebra"};
    struct hf_near near = {.wanted = "Session"};
    struct hf_text text = HF_TEXT_INIT;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        hf_near_offer(&near, names[i]);
    hf_near_offer(&near, "Session");
    hf_near_print(&near, &text);
    assert_string_equal(text.data, "; did you mean 'Session', 'b.Session' or 'Sassion'?");
    hf_text_deinit(&text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_types),
        cmocka_unit_test(test_one_object),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_errors),
        cmocka_unit_test(test_long_selector),
        cmocka_unit_test(test_ambiguous_name),
        cmocka_unit_test(test_from_numbers),
        cmocka_unit_test(test_failing_allocations),
        cmocka_unit_test(test_patterns),
        cmocka_unit_test(test_patterns_against_twin),
        cmocka_unit_test(test_hostile_pattern),
        cmocka_unit_test(test_near_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
