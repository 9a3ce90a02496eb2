/*
 * test_capture.c - the capture through the C API, in a program that embeds Python: what include/holdfast promises to
 * such programs, and what no test in Python can provoke: every allocation of a capture fails once.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <holdfast/capture.h>
#include <holdfast/path.h>
#include <holdfast/types.h>

#include "base/memory.h"

/* Python itself leaves memory behind when it ends; what a capture would leave has no frame of Python below it. */
__attribute__((visibility("default"))) const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void) {
    return "leak:libpython\n";
}

static const char program[] = "class Session:\n"
                              "    def __init__(self, number):\n"
                              "        self.number = number\n"
                              "class Cache:\n"
                              "    def __init__(self):\n"
                              "        self.sessions = {}\n"
                              "cache = Cache()\n"
                              "for number in range(100):\n"
                              "    cache.sessions['session', number] = Session(number)\n";

static int start_python(void **state) {
    (void)state;
    Py_InitializeEx(0);
    return PyRun_SimpleString(program);
}

static int stop_python(void **state) {
    (void)state;
    return Py_FinalizeEx();
}

static struct hf_snapshot *capture(void) {
    struct hf_snapshot *snapshot = NULL;
    struct hf_error error = {0};
    enum hf_status status = hf_capture_self(NULL, &snapshot, &error);
    if (status != HF_OK)
        fail_msg("%s", error.message);
    return snapshot;
}

static void test_counts(void **state) {
    (void)state;
    struct hf_snapshot *snapshot = capture();
    struct hf_types *types;
    struct hf_types_options options = {.struct_size = sizeof options, .pattern = "__main__.Session"};
    assert_int_equal(hf_types_create(snapshot, &options, &types, NULL), HF_OK);
    assert_int_equal(types->num_rows, 1);
    assert_int_equal(types->rows[0].count, 100);
    hf_types_destroy(types);
    hf_snapshot_destroy(snapshot);
}

static void test_path(void **state) {
    (void)state;
    struct hf_snapshot *snapshot = capture();
    struct hf_selection *selection;
    struct hf_why *why;
    assert_int_equal(hf_selection_create(snapshot, "__main__.Session", NULL, &selection, NULL), HF_OK);
    assert_int_equal(hf_why_create(snapshot, selection, NULL, &why, NULL), HF_OK);
    assert_int_equal(why->num_selected, 100);
    assert_int_equal(why->num_all_groups, 1);
    assert_string_equal(why->groups[0].owner, "__main__.Cache.sessions[*]");
    PyObject *dict = PyModule_GetDict(PyImport_AddModule("__main__"));
    PyRun_SimpleString("import sys");
    PyObject *found = PyRun_String(why->paths[0].expression, Py_eval_input, dict, dict);
    assert_non_null(found);
    assert_int_equal((uint64_t)(uintptr_t)found, why->paths[0].hops[why->paths[0].num_hops - 1].addr);
    Py_DECREF(found);
    hf_why_destroy(why);
    hf_selection_destroy(selection);
    hf_snapshot_destroy(snapshot);
}

static void test_without_previews(void **state) {
    (void)state;
    struct hf_capture_options options = {.struct_size = sizeof options, .without_previews = true};
    struct hf_snapshot *snapshot;
    assert_int_equal(hf_capture_self(&options, &snapshot, NULL), HF_OK);
    assert_false(hf_snapshot_get_origin(snapshot)->has_previews);
    hf_snapshot_destroy(snapshot);
}

/* The n-th allocation fails, and all after it: a clear error, nothing lost, and the next capture works. */
static void fail_every_allocation(enum hf_capture_method method, unsigned long at_least) {
    struct hf_capture_options options = {.struct_size = sizeof options, .method = method};
    struct hf_snapshot *snapshot = NULL;
    enum hf_status status = HF_ERR_NOMEM;
    unsigned long n = 0;
    while (status != HF_OK) {
        struct hf_error error = {0};
        hf_memory_fail_after(++n);
        status = hf_capture_self(&options, &snapshot, &error);
        hf_memory_fail_after(0);
        if (status != HF_OK) {
            /* In a copy, memory that runs out is a reason to do without one. */
            assert_true(status == HF_ERR_NOMEM || (status == HF_ERR_TARGET && method == HF_CAPTURE_COPY));
            assert_int_not_equal(error.message[0], '\0');
            assert_null(PyErr_Occurred());
        }
        assert_true(n < 100000);
    }
    assert_true(n > at_least);
    hf_snapshot_destroy(snapshot);
}

static void test_every_allocation_of_a_walk_fails_once(void **state) {
    (void)state;
    fail_every_allocation(HF_CAPTURE_WALK, 50);
}

static void test_every_allocation_of_a_copy_fails_once(void **state) {
    (void)state;
    fail_every_allocation(HF_CAPTURE_COPY, 30);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_counts),
        cmocka_unit_test(test_path),
        cmocka_unit_test(test_without_previews),
        cmocka_unit_test(test_every_allocation_of_a_walk_fails_once),
        cmocka_unit_test(test_every_allocation_of_a_copy_fails_once),
    };
    return cmocka_run_group_tests(tests, start_python, stop_python);
}
