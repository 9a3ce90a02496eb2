/*
 * test_layouts.c - the table of lib/cpython/layouts for the release that this is compiled against says what its headers
 * say.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "capture/own_layout.h"
#include "capture/python_internals.h"
#include "cpython/layouts.h"

static const struct hf_layout *table(void) {
    const struct hf_layout *layout, *fitting = NULL;
    /* Where there are two, the one with the lists of the collector where the headers have them. */
    for (unsigned i = 0; (layout = hf_layout_of(PY_VERSION_HEX, i)) != NULL; i++)
        if (layout->interpreter.gc_lists[0] == hf_own_layout()->interpreter.gc_lists[0])
            fitting = layout;
    return fitting;
}

static void test_numbers(void **state) {
    (void)state;
    assert_non_null(table());
    /* Both are constants: bytes between members are zero. */
    assert_memory_equal(table(), hf_own_layout(), offsetof(struct hf_layout, interpreter_roots));
}

static void test_roots(void **state) {
    (void)state;
    const struct hf_layout_root *lists[][2] = {{table()->interpreter_roots, hf_own_layout()->interpreter_roots},
                                               {table()->thread_roots, hf_own_layout()->thread_roots}};
    for (int i = 0; i < 2; i++) {
        const struct hf_layout_root *written = lists[i][0], *own = lists[i][1];
        for (; own->name != NULL; written++, own++) {
            assert_non_null(written->name);
            assert_string_equal(written->name, own->name);
            assert_int_equal(written->offset, own->offset);
        }
        assert_null(written->name);
    }
}

static void test_checks(void **state) {
    (void)state;
    const struct hf_layout_check *written = table()->checks, *own = hf_own_layout()->checks;
    for (; own->name != NULL; written++, own++) {
        assert_non_null(written->name);
        assert_string_equal(written->name, own->name);
        assert_int_equal(written->at, own->at);
        assert_int_equal(written->expected, own->expected);
    }
    assert_null(written->name);
}

static void test_fields(void **state) {
    (void)state;
    const struct hf_layout_field *written = table()->fields, *own = hf_own_layout()->fields;
    for (; own->type != NULL; written++, own++) {
        assert_non_null(written->type);
        assert_string_equal(written->type, own->type);
        assert_int_equal(written->offset, own->offset);
        assert_int_equal(written->name, own->name);
    }
    assert_null(written->type);
}

/* Every release from 3.9.0 to 3.15 has one, and no other. */
static void test_releases(void **state) {
    (void)state;
    for (uint32_t minor = 9; minor <= 15; minor++)
        for (uint32_t micro = 0; micro < 30; micro++) {
            const struct hf_layout *layout = hf_layout_of(0x030000F0 | minor << 16 | micro << 8, 0);
            assert_non_null(layout);
            assert_int_equal(layout->version, 0x0300 | minor);
        }
    assert_null(hf_layout_of(0x030800F0, 0));
    assert_null(hf_layout_of(0x031000F0, 0));
    assert_ptr_not_equal(hf_layout_of(0x030E04F0, 0), hf_layout_of(0x030E05F0, 0));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers), cmocka_unit_test(test_roots),    cmocka_unit_test(test_checks),
        cmocka_unit_test(test_fields),  cmocka_unit_test(test_releases),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
