/*
 * live_rows.c - live objects by their addresses, and those that nobody refers to.
 *
 * From the moment when the row is read until the answer holds what it names, nothing is allocated that could start the
 * collector and no Python code runs.
 */
#include "python/live_addresses.h"
#include "python/live.h"
#include "python/values.h"

struct hf_live *hf_list_live(void) {
    struct hf_live *live = NULL;
    struct hf_error error;
    if (hf_live_create(&live, &error) != HF_OK)
        hf_raise(&error, NULL);
    return live;
}

bool hf_live_takes(Py_ssize_t count, Py_ssize_t wanted) {
    if (count != wanted)
        PyErr_Format(PyExc_TypeError, "%zd arguments are wanted, not %zd", wanted, count);
    return count == wanted;
}

bool hf_live_is_row(PyObject *argument) {
    bool is_row = PyList_Check(argument) || PyTuple_Check(argument);
    if (!is_row)
        PyErr_Format(PyExc_TypeError, "a list or tuple of objects is wanted, not %.100s", Py_TYPE(argument)->tp_name);
    return is_row;
}

PyObject *hf_new_hidden_list(void) {
    PyObject *list = PyList_New(0);
    if (list)
        PyObject_GC_UnTrack(list);
    return list;
}

/* Ends a list that was hidden: gives it, or drops it with the exception that there is. */
static PyObject *finish(PyObject *list, bool is_whole) {
    PyObject_GC_Track(list);
    if (!is_whole)
        Py_CLEAR(list);
    return list;
}

/* ---- by address ---- */

static bool append_at(const struct hf_live *live, const struct hf_addresses *wanted, PyObject *found) {
    size_t num_objects;
    void *const *objects = hf_live_objects(live, &num_objects);
    for (size_t i = 0; i < num_objects; i++)
        if (hf_addresses_has(wanted, (uintptr_t)objects[i]) && PyList_Append(found, objects[i]) != 0)
            return false;
    return true;
}

/* (an address, or an iterable of them): a list of the tracked objects that are there. */
PyObject *hf_live_at(PyObject *module, PyObject *const *args, Py_ssize_t count) {
    (void)module;
    struct hf_addresses wanted = {0};
    PyObject *found = hf_live_takes(count, 1) && hf_addresses_add_ids(&wanted, args[0]) ? hf_new_hidden_list() : NULL;
    if (found) {
        struct hf_live *live = hf_list_live();
        found = finish(found, live && append_at(live, &wanted, found));
        hf_live_destroy(live);
    }
    hf_addresses_deinit(&wanted);
    return found;
}

/* ---- what nobody refers to ---- */

static bool append_unreferred(struct hf_live *live, PyObject *found) {
    struct hf_error error;
    if (hf_live_number_all(live, NULL, 0, &error) != HF_OK || hf_live_find_referred(live, &error) != HF_OK) {
        hf_raise(&error, NULL);
        return false;
    }
    size_t num_objects;
    void *const *objects = hf_live_objects(live, &num_objects);
    for (size_t i = 0; i < num_objects; i++)
        if (!hf_live_is_referred(live, hf_live_number(live, objects[i])) && PyList_Append(found, objects[i]) != 0)
            return false;
    return true;
}

static struct hf_live *row_of(PyObject *objects) {
    struct hf_live *live = NULL;
    struct hf_error error;
    if (objects == Py_None)
        return hf_list_live();
    if (hf_live_create_of((void *const *)PySequence_Fast_ITEMS(objects), (size_t)PySequence_Fast_GET_SIZE(objects),
                          &live, &error) != HF_OK)
        hf_raise(&error, NULL);
    return live;
}

/* (a list or tuple of objects, or None for those that are tracked): a list of those to which none of them refers. */
PyObject *hf_live_leaking(PyObject *module, PyObject *const *args, Py_ssize_t count) {
    (void)module;
    bool is_asked = hf_live_takes(count, 1) && (args[0] == Py_None || hf_live_is_row(args[0]));
    PyObject *found = is_asked ? hf_new_hidden_list() : NULL;
    if (!found)
        return NULL;
    struct hf_live *live = row_of(args[0]);
    found = finish(found, live && append_unreferred(live, found));
    hf_live_destroy(live);
    return found;
}
