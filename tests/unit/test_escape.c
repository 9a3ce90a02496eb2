/* test_escape.c - DOT strings, byte for byte. What Graphviz makes of them is tested in test_picture.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <string.h>

#include "base/memory.h"
#include "render/escape.h"

static void check(const char *bytes, size_t length, enum hf_dot_use use, const char *expected) {
    struct hf_text text = HF_TEXT_INIT;
    hf_dot_add_escaped(&text, bytes, length, use);
    char *made = hf_text_take(&text);
    assert_non_null(made);
    assert_string_equal(made, expected);
    hf_free(made);
}

static void check_label(const char *bytes, const char *expected) {
    check(bytes, strlen(bytes), HF_DOT_LABEL, expected);
}

static void test_plain_text_stays(void **state) {
    (void)state;
    check_label("", "");
    check_label("shop.cache.Session <b>%s</b> {|} 'x' /", "shop.cache.Session <b>%s</b> {|} 'x' /");
    check_label("caf\xC3\xA9 \xF0\x9F\x98\x80 \xE4\xB8\xAD", "caf\xC3\xA9 \xF0\x9F\x98\x80 \xE4\xB8\xAD");
}

static void test_what_is_special_in_dot(void **state) {
    (void)state;
    check_label("say \"hi\"", "say \\\"hi\\\"");
    check_label("\\N\\G\\l\\", "\\\\N\\\\G\\\\l\\\\");
    check_label("&amp; & &lt;", "&amp;amp; &amp; &amp;lt;");
    check("\\N\"&", 4, HF_DOT_TOOLTIP, "\\\\\\\\N\\\"&amp;");
}

static void test_what_cannot_be_seen(void **state) {
    (void)state;
    check_label("a\nb\tc\rd", "a\\\\nb\\\\tc\\\\rd");
    check("\0\x1b\x7f", 3, HF_DOT_LABEL, "\\\\x00\\\\x1b\\\\x7f");
    check_label("\xC2\x85\xE2\x80\xAE\xEF\xBB\xBF", "\\\\x85\\\\u202e\\\\ufeff");
    check_label("\xED\xA0\x80", "\\\\ud800");
    check_label("\xEF\xBF\xBE\xEF\xBF\xBF\xF0\x9F\xBF\xBF", "\\\\ufffe\\\\uffff\\\\U0001ffff");
    check_label("\xF3\xA0\x80\x81", "\\\\U000e0001");
    check("\n", 1, HF_DOT_TOOLTIP, "\\\\\\\\n");
}

static void test_what_is_no_text(void **state) {
    (void)state;
    check_label("\xFFx\xC3", "\\\\xffx\\\\xc3");
    check_label("\xC0\x80\xF4\x90\x80\x80", "\\\\xc0\\\\x80\\\\xf4\\\\x90\\\\x80\\\\x80");
}

static void check_cut(const char *bytes, size_t max_chars, const char *expected) {
    struct hf_text text = HF_TEXT_INIT;
    hf_dot_add_cut(&text, bytes, strlen(bytes), max_chars, HF_DOT_LABEL);
    char *made = hf_text_take(&text);
    assert_non_null(made);
    assert_string_equal(made, expected);
    hf_free(made);
}

static void test_cutting_counts_characters(void **state) {
    (void)state;
    check_cut("\xC3\xA9\xC3\xA9\xC3\xA9", 3, "\xC3\xA9\xC3\xA9\xC3\xA9");
    check_cut("\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9", 3, "\xC3\xA9\xC3\xA9\xE2\x80\xA6");
    check_cut("\"\"\"\"", 2, "\\\"\xE2\x80\xA6");
    check_cut("ab", 1, "\xE2\x80\xA6");
    check_cut("", 0, "");
}

static void test_without_memory(void **state) {
    (void)state;
    struct hf_text text = HF_TEXT_INIT;
    hf_memory_fail_after(1);
    hf_dot_add_escaped(&text, "a&b", 3, HF_DOT_LABEL);
    hf_memory_fail_after(0);
    assert_true(text.failed);
    assert_null(hf_text_take(&text));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain_text_stays),     cmocka_unit_test(test_what_is_special_in_dot),
        cmocka_unit_test(test_what_cannot_be_seen),  cmocka_unit_test(test_what_is_no_text),
        cmocka_unit_test(test_cutting_counts_characters), cmocka_unit_test(test_without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
