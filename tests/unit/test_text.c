/* test_text.c - growing texts, Python's repr, UTF-8, varints and messages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/utf8.h"
#include "base/varint.h"

static void check_repr(const char *utf8, size_t length, const char *expected) {
    struct hf_text text = HF_TEXT_INIT;
    hf_text_add_repr(&text, utf8, length);
    assert_string_equal(text.data, expected);
    hf_text_deinit(&text);
}

/* The expected texts are what CPython 3.11 prints. */
static void test_repr(void **state) {
    (void)state;
    check_repr("", 0, "''");
    check_repr("plain", 5, "'plain'");
    check_repr("it's", 4, "\"it's\"");
    check_repr("it's \"so\"", 9, "'it\\'s \"so\"'");
    check_repr("a\\b\n\r\t\0", 7, "'a\\\\b\\n\\r\\t\\x00'");
    check_repr("\x7f\xc2\x80\xc2\xa0", 5, "'\\x7f\\x80\\xa0'");
    check_repr("\xc3\xa9\xf0\x9f\x98\x80", 6, "'\xc3\xa9\xf0\x9f\x98\x80'");
    check_repr("\xed\xa0\x80", 3, "'\\ud800'");
    check_repr("\xe2\x80\xae", 3, "'\\u202e'");
    check_repr("\xf3\xa0\x80\x81", 4, "'\\U000e0001'");
}

static void test_repr_of_damaged_bytes(void **state) {
    (void)state;
    check_repr("a\xff" "b", 3, "'a\\xffb'");
    check_repr("\xe2\x82", 2, "'\\xe2\\x82'");
    check_repr("\xc0\x80", 2, "'\\xc0\\x80'");
    check_repr("\xf4\x90\x80\x80", 4, "'\\xf4\\x90\\x80\\x80'");
}

static void test_appends(void **state) {
    (void)state;
    struct hf_text text = HF_TEXT_INIT;
    hf_text_addf(&text, "%s-%d", "a", 5);
    hf_text_add_char(&text, ' ');
    hf_text_add_count(&text, 0);
    hf_text_add(&text, " ");
    hf_text_add_count(&text, 999);
    hf_text_add(&text, " ");
    hf_text_add_count(&text, 1234567);
    assert_string_equal(text.data, "a-5 0 999 1,234,567");
    hf_text_cut(&text, 3);
    hf_text_cut(&text, 99);
    assert_int_equal(text.length, 3);
    for (int i = 0; i < 5000; i++)
        hf_text_addf(&text, "%05d", i);
    assert_int_equal(text.length, 3 + 5 * 5000);
    char *taken = hf_text_take(&text);
    assert_memory_equal(taken, "a-50000000001", 13);
    hf_free(taken);
    assert_null(text.data);
}

static void test_failures_stick(void **state) {
    (void)state;
    struct hf_text text = HF_TEXT_INIT;
    char *empty = hf_text_take(&text);
    assert_string_equal(empty, "");
    hf_free(empty);
    hf_text_add(&text, "before");
    hf_memory_fail_after(1);
    for (int i = 0; i < 100; i++)
        hf_text_add(&text, "more than fits");
    hf_memory_fail_after(0);
    hf_text_add(&text, "after");
    assert_true(text.failed);
    assert_null(hf_text_take(&text));
}

static void test_print_copy(void **state) {
    (void)state;
    char buffer[4] = "xxx";
    assert_int_equal(hf_print_copy(buffer, sizeof buffer, "hello", 5), 5);
    assert_string_equal(buffer, "hel");
    assert_int_equal(hf_print_copy(buffer, sizeof buffer, "ok", 2), 2);
    assert_string_equal(buffer, "ok");
    assert_int_equal(hf_print_copy(NULL, 0, "hello", 5), 5);
}

static void test_utf8_round_trip(void **state) {
    (void)state;
    const uint32_t characters[] = {0, 0x7F, 0x80, 0x7FF, 0x800, 0xD800, 0xFFFF, 0x10000, 0x10FFFF};
    const char *const bytes[] = {"\0", "\x7f", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\xa0\x80", "\xef\xbf\xbf",
                                 "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"};
    for (size_t i = 0; i < sizeof characters / sizeof characters[0]; i++) {
        uint32_t c = 1;
        size_t length = i == 0 ? 1 : strlen(bytes[i]);
        assert_int_equal(hf_utf8_decode(bytes[i], length, &c), length);
        assert_int_equal(c, characters[i]);
        assert_int_equal(hf_utf8_decode(bytes[i], length - 1, &c), 0);
    }
    assert_int_equal(hf_utf8_prefix("a\xc3\xa9\xf0\x9f\x98\x80z", 8, 3), 7);
    assert_int_equal(hf_utf8_prefix("abc", 3, 99), 3);
    assert_int_equal(hf_utf8_prefix("\xff\xff", 2, 1), 1);
}

static void test_varints(void **state) {
    (void)state;
    const uint64_t values[] = {0, 1, 127, 128, 16383, 16384, UINT32_MAX, UINT64_MAX - 1, UINT64_MAX};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        uint8_t bytes[HF_VARINT_MAX_BYTES];
        uint64_t value = 0;
        uint8_t *end = hf_varint_put(bytes, values[i]);
        assert_ptr_equal(hf_varint_get(bytes, end, &value), end);
        assert_true(value == values[i]);
        assert_null(hf_varint_get(bytes, end - 1, &value));
        assert_true(hf_zigzag_encode(hf_zigzag_decode(values[i])) == values[i]);
    }
    uint64_t value;
    const uint8_t too_long[] = {0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 2};
    assert_null(hf_varint_get(too_long, too_long + sizeof too_long, &value));
    assert_true(hf_zigzag_encode(-1) == 1 && hf_zigzag_encode(INT64_MIN) == UINT64_MAX);
}

static void test_messages(void **state) {
    (void)state;
    struct hf_error error;
    assert_int_equal(hf_fail(&error, HF_ERR_FORMAT, "line\nbreak %d", 7), HF_ERR_FORMAT);
    assert_string_equal(error.message, "line?break 7");
    assert_int_equal(hf_fail_errno(&error, 2, "cannot open '%s'", "x"), HF_ERR_IO);
    assert_string_equal(error.message, "cannot open 'x': No such file or directory");
    assert_int_equal(error.os_errno, 2);
    assert_int_equal(hf_fail(NULL, HF_ERR_LIMIT, "nobody reads this"), HF_ERR_LIMIT);
    assert_string_equal(hf_status_name(HF_NOT_FOUND), "not found");
    assert_string_equal(hf_status_name((enum hf_status)999), "unknown status");
}

static void test_messages_end_between_characters(void **state) {
    (void)state;
    struct hf_error error;
    char path[1024];
    for (size_t shift = 0; shift < 4; shift++) {
        memset(path, 'x', shift);
        for (size_t at = shift; at + 4 < sizeof path; at += 4)
            memcpy(path + at, "\xf0\x9f\x98\x80", 5);
        (void)hf_fail_errno(&error, 13, "cannot open '%s'", path);
        size_t length = strlen(error.message), at = 0;
        assert_in_range(length, 500, 511);
        while (at < length) {
            uint32_t c;
            size_t width = hf_utf8_decode(error.message + at, length - at, &c);
            assert_int_not_equal(width, 0);
            at += width;
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_repr),
        cmocka_unit_test(test_repr_of_damaged_bytes),
        cmocka_unit_test(test_appends),
        cmocka_unit_test(test_failures_stick),
        cmocka_unit_test(test_print_copy),
        cmocka_unit_test(test_utf8_round_trip),
        cmocka_unit_test(test_varints),
        cmocka_unit_test(test_messages),
        cmocka_unit_test(test_messages_end_between_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
