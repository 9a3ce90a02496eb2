/*
 * test_live.c - live objects through the C API: the row is that of gc.get_objects(), referrers are those of
 * gc.get_referrers(), and every allocation fails once.
 */
#include "embedded.h"

#include <holdfast/live.h>

#include "base/memory.h"

static const char program[] = "import gc, random\n"
                              "rng = random.Random(3)\n"
                              "nodes = [[]]\n"
                              "for i in range(500):\n"
                              "    a, b = rng.choice(nodes), rng.choice(nodes)\n"
                              "    nodes.append([[a, b, a], {'a': a, 'b': b}, (a, b, a)][i % 3])\n"
                              "gc.collect()\n"
                              "gc.disable()\n";

static PyObject *globals(void) {
    return PyModule_GetDict(PyImport_AddModule("__main__"));
}

static int start_python(void **state) {
    (void)state;
    return start_python_with(program);
}

static PyObject *evaluate(const char *text) {
    PyObject *value = PyRun_String(text, Py_eval_input, globals(), globals());
    assert_non_null(value);
    return value;
}

static struct hf_live *index_of(PyObject *targets) {
    struct hf_live *live = NULL;
    struct hf_error error = {0};
    if (hf_live_create(&live, &error) != HF_OK ||
        hf_live_number_all(live, (void *const *)PySequence_Fast_ITEMS(targets), (size_t)PyList_GET_SIZE(targets),
                           &error) != HF_OK ||
        hf_live_index(live, &error) != HF_OK || hf_live_find_referred(live, &error) != HF_OK)
        fail_msg("%s", error.message);
    return live;
}

/* The row first: the list of gc.get_objects() is one more object. */
static void test_the_row(void **state) {
    (void)state;
    struct hf_live *live = NULL;
    PyObject *ask = evaluate("gc.get_objects");
    assert_int_equal(hf_live_create(&live, NULL), HF_OK);
    size_t num_objects;
    void *const *objects = hf_live_objects(live, &num_objects);
    PyObject *list = PyObject_CallFunctionObjArgs(ask, NULL);
    assert_non_null(list);
    assert_true(num_objects > 500);
    assert_int_equal(PyList_GET_SIZE(list), num_objects);
    for (size_t i = 0; i < num_objects; i++)
        assert_ptr_equal(PyList_GET_ITEM(list, (Py_ssize_t)i), objects[i]);
    Py_DECREF(list);
    Py_DECREF(ask);
    hf_live_destroy(live);
}

static void check_referrers(const struct hf_live *live, PyObject *target, PyObject *ask) {
    PyObject *expected = PyObject_CallFunctionObjArgs(ask, target, NULL);
    assert_non_null(expected);
    size_t num_objects;
    void *const *objects = hf_live_objects(live, &num_objects);
    uint32_t count, number = hf_live_number(live, target);
    assert_int_not_equal(number, HF_LIVE_NONE);
    const uint32_t *places = hf_live_referrers(live, number, &count);
    assert_int_equal(count, PyList_GET_SIZE(expected));
    for (uint32_t i = 0; i < count; i++)
        assert_ptr_equal(objects[places[i]], PyList_GET_ITEM(expected, i));
    assert_int_equal(hf_live_is_referred(live, number), count > 0);
    Py_DECREF(expected);
}

static void test_referrers(void **state) {
    (void)state;
    PyObject *targets = evaluate("[*nodes, 'text', len, gc]"), *ask = evaluate("gc.get_referrers");
    struct hf_live *live = index_of(targets);
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(targets); i++)
        check_referrers(live, PyList_GET_ITEM(targets, i), ask);
    uint32_t text = hf_live_number(live, PyList_GET_ITEM(targets, PyList_GET_SIZE(targets) - 3));
    assert_false(hf_live_is_in_row(live, text));
    assert_true(hf_live_is_in_row(live, hf_live_number(live, targets)));
    assert_int_equal(hf_live_number(live, &text), HF_LIVE_NONE);
    hf_live_destroy(live);
    Py_DECREF(ask);
    Py_DECREF(targets);
}

/* A scan finds the same as gc.get_referrers, also of what has no number. */
static void test_scans(void **state) {
    (void)state;
    PyObject *targets = evaluate("[*nodes, 'text', len, gc, nodes]"), *ask = evaluate("gc.get_referrers");
    struct hf_live *live = NULL;
    assert_int_equal(hf_live_create(&live, NULL), HF_OK);
    size_t num_objects;
    void *const *objects = hf_live_objects(live, &num_objects);
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(targets); i++) {
        PyObject *target = PyList_GET_ITEM(targets, i), *expected = PyObject_CallFunctionObjArgs(ask, target, NULL);
        const uint32_t *places;
        uint32_t count;
        assert_int_equal(hf_live_scan(live, target, &places, &count, NULL), HF_OK);
        assert_int_equal(count, PyList_GET_SIZE(expected));
        for (uint32_t k = 0; k < count; k++)
            assert_ptr_equal(objects[places[k]], PyList_GET_ITEM(expected, k));
        Py_DECREF(expected);
    }
    hf_live_destroy(live);
    Py_DECREF(ask);
    Py_DECREF(targets);
}

static void test_a_row_of_the_caller(void **state) {
    (void)state;
    PyObject *row = evaluate("(lambda a: [[a], a, [a, a], a, 'text'])([])");
    struct hf_live *live = NULL;
    assert_int_equal(hf_live_create_of((void *const *)PySequence_Fast_ITEMS(row), 5, &live, NULL), HF_OK);
    assert_int_equal(hf_live_number_all(live, NULL, 0, NULL), HF_OK);
    assert_int_equal(hf_live_find_referred(live, NULL), HF_OK);
    static const bool referred[] = {false, true, false, true, false};
    for (Py_ssize_t i = 0; i < 5; i++)
        assert_int_equal(hf_live_is_referred(live, hf_live_number(live, PyList_GET_ITEM(row, i))), referred[i]);
    hf_live_destroy(live);
    Py_DECREF(row);
}

/* All steps with the n-th allocation failing: true when there was no such allocation any more. */
static bool survives(PyObject *targets, unsigned long n) {
    struct hf_live *live = NULL;
    struct hf_error error = {0};
    hf_memory_fail_after(n);
    enum hf_status status = hf_live_create(&live, &error);
    const uint32_t *places;
    uint32_t count;
    if (status == HF_OK)
        status = hf_live_scan(live, PySequence_Fast_ITEMS(targets)[0], &places, &count, &error);
    if (status == HF_OK)
        status = hf_live_number_all(live, (void *const *)PySequence_Fast_ITEMS(targets), 1, &error);
    if (status == HF_OK)
        status = hf_live_index(live, &error);
    if (status == HF_OK)
        status = hf_live_find_referred(live, &error);
    hf_memory_fail_after(0);
    hf_live_destroy(live);
    if (status != HF_OK)
        assert_int_equal(status, HF_ERR_NOMEM);
    return status == HF_OK;
}

static void test_no_memory(void **state) {
    (void)state;
    PyObject *targets = evaluate("['text']");
    unsigned long n = 1;
    while (!survives(targets, n))
        n++;
    assert_true(n > 10);
    Py_DECREF(targets);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_row),
        cmocka_unit_test(test_referrers),
        cmocka_unit_test(test_scans),
        cmocka_unit_test(test_a_row_of_the_caller),
        cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, start_python, stop_python);
}
