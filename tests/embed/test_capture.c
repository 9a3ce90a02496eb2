/*
 * test_capture.c - the capture through the C API, in a program that embeds Python: what include/holdfast promises to
 * such programs, and what no test in Python can provoke: every allocation of a capture fails once.
 */
#include "embedded.h"

#include <holdfast/capture.h>
#include <holdfast/sites.h>
#include <holdfast/path.h>
#include <holdfast/types.h>

#include "base/memory.h"

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
    return start_python_with(program);
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

/* ---- nothing changes ---- */

/* The bytes of one object: what lies before it for the collector, the structure, and its items if they lie in it. */
struct bytes_of_object {
    const uint8_t *start;
    size_t count;
};

static struct bytes_of_object bytes_of(struct hf_node node) {
    PyObject *object = (PyObject *)(uintptr_t)node.addr;
    size_t before = node.flags & HF_NODE_GC ? 16 : 0;
    size_t size = (size_t)Py_TYPE(object)->tp_basicsize;
    if (PyTuple_Check(object) || PyBytes_Check(object))
        size += (size_t)Py_SIZE(object) * (size_t)Py_TYPE(object)->tp_itemsize;
    return (struct bytes_of_object){(const uint8_t *)object - before, before + size};
}

/* Copies all objects of a snapshot, one behind the other; NULL for `copy` gives the size alone. */
static size_t copy_objects(const struct hf_snapshot *snapshot, uint8_t *copy) {
    size_t total = 0;
    for (uint32_t i = 0; i < hf_snapshot_num_nodes(snapshot); i++) {
        struct bytes_of_object object = bytes_of(hf_snapshot_get_node(snapshot, i));
        if (copy != NULL)
            memcpy(copy + total, object.start, object.count);
        total += object.count;
    }
    return total;
}

/* No byte of any object is another one afterwards: counts, links of the collector, dicts, hashes, cached values. */
static void check_no_byte_changes(enum hf_capture_method method) {
    struct hf_capture_options options = {.struct_size = sizeof options, .method = method};
    struct hf_snapshot *objects = capture(), *snapshot;
    size_t total = copy_objects(objects, NULL);
    uint8_t *before = hf_alloc(total, 1), *after = hf_alloc(total, 1);
    assert_true(before != NULL && after != NULL && total > 1000000);
    copy_objects(objects, before);
    assert_int_equal(hf_capture_self(&options, &snapshot, NULL), HF_OK);
    copy_objects(objects, after);
    assert_int_equal(memcmp(before, after, total), 0);
    assert_int_equal(hf_snapshot_num_nodes(snapshot), hf_snapshot_num_nodes(objects));
    hf_free(before);
    hf_free(after);
    hf_snapshot_destroy(objects);
    hf_snapshot_destroy(snapshot);
}

static void test_no_byte_changes(void **state) {
    (void)state;
    check_no_byte_changes(HF_CAPTURE_WALK);
    check_no_byte_changes(HF_CAPTURE_COPY);
}

/* ---- held from outside ---- */

static uint32_t count_outside(const struct hf_snapshot *snapshot, hf_node_id node) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < hf_snapshot_num_roots(snapshot); i++) {
        struct hf_root root = hf_snapshot_get_root(snapshot, i);
        if (root.node == node && root.kind == HF_ROOT_OUTSIDE)
            count += root.count;
    }
    return count;
}

/* References that only C code has, on an object that Python holds as well, and on one that it does not. */
static void test_references_from_outside(void **state) {
    (void)state;
    PyObject *held = PyDict_GetItemString(PyModule_GetDict(PyImport_AddModule("__main__")), "cache");
    PyObject *alone = PyList_New(0);
    Py_INCREF(held);
    Py_INCREF(held);
    struct hf_snapshot *snapshot = capture();
    hf_node_id node = hf_snapshot_find_addr(snapshot, (uint64_t)(uintptr_t)held);
    assert_int_equal(count_outside(snapshot, node), 2);
    assert_int_equal(hf_snapshot_get_node(snapshot, node).refcount, 3);
    assert_int_equal(count_outside(snapshot, hf_snapshot_find_addr(snapshot, (uint64_t)(uintptr_t)alone)), 1);
    hf_snapshot_destroy(snapshot);
    Py_DECREF(held);
    Py_DECREF(held);
    Py_DECREF(alone);
    snapshot = capture();
    assert_int_equal(count_outside(snapshot, hf_snapshot_find_addr(snapshot, (uint64_t)(uintptr_t)held)), 0);
    hf_snapshot_destroy(snapshot);
}

/* The places where a snapshot saw references to an object, " stack" for one on the C stack. */
static void print_places(const struct hf_snapshot *snapshot, const PyObject *object, char *out, size_t size) {
    hf_node_id node = hf_snapshot_find_addr(snapshot, (uint64_t)(uintptr_t)object);
    out[0] = '\0';
    for (uint32_t i = 0; i < hf_snapshot_num_roots(snapshot); i++) {
        struct hf_root root = hf_snapshot_get_root(snapshot, i);
        size_t length = strlen(out);
        if (root.node == node && root.kind == HF_ROOT_OUTSIDE && root.name_kind != HF_NAME_NONE)
            snprintf(out + length, size - length, " %s", root.name_kind == HF_NAME_STACK ? "stack" : root.name);
    }
}

static PyObject *variable_of_this_test, *array_of_this_test[4];

/* Static variables are named as far as there are references: two pointers and one reference are one place. */
static void test_places_outside(void **state) {
    (void)state;
    char places[512];
    PyObject *volatile on_stack = PyList_New(0);
    variable_of_this_test = PyList_New(0);
    array_of_this_test[2] = array_of_this_test[3] = PyList_New(0);
    struct hf_snapshot *snapshot = capture();
    print_places(snapshot, variable_of_this_test, places, sizeof places);
    assert_string_equal(places, " test_capture: variable_of_this_test");
    print_places(snapshot, array_of_this_test[2], places, sizeof places);
    assert_string_equal(places, " test_capture: array_of_this_test+0x10");
    print_places(snapshot, on_stack, places, sizeof places);
    assert_string_equal(places, " stack");
    hf_snapshot_destroy(snapshot);
    Py_INCREF(array_of_this_test[2]);
    Py_INCREF(on_stack);
    snapshot = capture();
    print_places(snapshot, array_of_this_test[2], places, sizeof places);
    assert_string_equal(places, " test_capture: array_of_this_test+0x10 test_capture: array_of_this_test+0x18");
    print_places(snapshot, on_stack, places, sizeof places);
    assert_string_equal(places, "");
    assert_int_equal(count_outside(snapshot, hf_snapshot_find_addr(snapshot, (uint64_t)(uintptr_t)on_stack)), 2);
    hf_snapshot_destroy(snapshot);
    Py_DECREF(on_stack);
    Py_DECREF(on_stack);
    Py_DECREF(array_of_this_test[2]);
    Py_CLEAR(array_of_this_test[2]);
    Py_CLEAR(variable_of_this_test);
    array_of_this_test[3] = NULL;
}

/* ---- memory that runs out ---- */

/* The n-th allocation fails, and all after it: a clear error, nothing lost, and the next capture works. */
static void fail_every_allocation(enum hf_capture_method method, unsigned long at_least, bool are_sites_wanted) {
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
    assert_int_equal(hf_snapshot_check_sites(snapshot, NULL), are_sites_wanted ? HF_OK : HF_NOT_FOUND);
    hf_snapshot_destroy(snapshot);
}

static void test_every_allocation_of_a_walk_fails_once(void **state) {
    (void)state;
    fail_every_allocation(HF_CAPTURE_WALK, 50, false);
}

static void test_every_allocation_of_a_copy_fails_once(void **state) {
    (void)state;
    fail_every_allocation(HF_CAPTURE_COPY, 30, false);
}

/* With tracemalloc's table to be read as well. */
static void test_every_allocation_for_sites_fails_once(void **state) {
    (void)state;
    assert_int_equal(PyRun_SimpleString("import tracemalloc\n"
                                        "tracemalloc.start(3)\n"
                                        "made = [bytearray(1000) for i in range(1000)]\n"), 0);
    fail_every_allocation(HF_CAPTURE_WALK, 60, true);
    fail_every_allocation(HF_CAPTURE_COPY, 40, true);
    assert_int_equal(PyRun_SimpleString("tracemalloc.stop()\ndel made\n"), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_counts),
        cmocka_unit_test(test_path),
        cmocka_unit_test(test_without_previews),
        cmocka_unit_test(test_no_byte_changes),
        cmocka_unit_test(test_references_from_outside),
        cmocka_unit_test(test_places_outside),
        cmocka_unit_test(test_every_allocation_of_a_walk_fails_once),
        cmocka_unit_test(test_every_allocation_of_a_copy_fails_once),
        cmocka_unit_test(test_every_allocation_for_sites_fails_once),
    };
    return cmocka_run_group_tests(tests, start_python, stop_python);
}
