/*
 * live_referrers.c - who refers to whom in this process: the index of <holdfast/live.h> as a Python object.
 *
 * It holds every object of its row from the moment when they are read, so that whatever the program does meanwhile none
 * of them goes away; it is itself not tracked, and in no answer. What it does not know is what is made after it.
 *
 * sys.getrefcount would count it. An object whose count is to be shown is lent: for so long it is held by the caller
 * alone, who must have a reference.
 */
#include "python/live_referrers.h"
#include "python/values.h"

#define AHEAD 16

struct referrers {
    PyObject_HEAD
    struct hf_live *live;
    bool is_holding;
    PyObject *lent;              /* borrowed; NULL: nothing is */
};

static struct referrers *self_of(PyObject *object) {
    return (struct referrers *)object;
}

static void hold_all(struct referrers *self) {
    size_t num_objects;
    PyObject *const *objects = (PyObject *const *)hf_live_objects(self->live, &num_objects);
    for (size_t i = 0; i < num_objects; i++) {
        if (i + AHEAD < num_objects)
            __builtin_prefetch(objects[i + AHEAD], 1);
        Py_INCREF(objects[i]);
    }
    self->is_holding = true;
}

static void release_all(struct referrers *self) {
    size_t num_objects;
    PyObject *const *objects = (PyObject *const *)hf_live_objects(self->live, &num_objects);
    for (size_t i = 0; i < num_objects; i++) {
        if (i + AHEAD < num_objects)
            __builtin_prefetch(objects[i + AHEAD], 1);
        Py_DECREF(objects[i]);
    }
}

static bool build(struct referrers *self, PyObject *const *targets, size_t num_targets) {
    struct hf_error error;
    self->live = hf_list_live();
    if (!self->live)
        return false;
    if (hf_live_number_all(self->live, (void *const *)targets, num_targets, &error) != HF_OK ||
        hf_live_index(self->live, &error) != HF_OK) {
        hf_raise(&error, NULL);
        return false;
    }
    hold_all(self);
    return true;
}

PyObject *hf_referrers_create(PyObject *module, PyObject *const *targets, size_t num_targets) {
    PyTypeObject *type = ((struct hf_core *)PyModule_GetState(module))->referrers_type;
    PyObject *object = type->tp_alloc(type, 0);
    if (object && !build(self_of(object), targets, num_targets))
        Py_CLEAR(object);
    return object;
}

/* Gives an object back what the index had on it. */
static void take_back(struct referrers *self) {
    Py_XINCREF(self->lent);
    self->lent = NULL;
}

static void dealloc(PyObject *object) {
    struct referrers *self = self_of(object);
    PyTypeObject *type = Py_TYPE(object);
    take_back(self);
    if (self->is_holding)
        release_all(self);
    hf_live_destroy(self->live);
    type->tp_free(object);
    Py_DECREF(type);
}

int hf_referrers_visit(PyObject *referrers, PyObject *target, visitproc visit, void *context) {
    const struct hf_live *live = self_of(referrers)->live;
    uint32_t number = hf_live_number(live, target), count;
    if (number == HF_LIVE_NONE)
        return 0;
    size_t num_objects;
    void *const *objects = hf_live_objects(live, &num_objects);
    const uint32_t *places = hf_live_referrers(live, number, &count);
    for (uint32_t i = 0; i < count; i++) {
        int stop = visit(objects[places[i]], context);
        if (stop)
            return stop;
    }
    return 0;
}

static int append(PyObject *object, void *list) {
    return PyList_Append(list, object);
}

static PyObject *of(PyObject *self, PyObject *target) {
    PyObject *list = PyList_New(0);
    if (list && hf_referrers_visit(self, target, append, list) != 0)
        Py_CLEAR(list);
    return list;
}

static PyObject *lend(PyObject *object, PyObject *wanted) {
    struct referrers *self = self_of(object);
    take_back(self);
    uint32_t number = wanted == Py_None ? HF_LIVE_NONE : hf_live_number(self->live, wanted);
    if (number != HF_LIVE_NONE && hf_live_is_in_row(self->live, number)) {
        self->lent = wanted;
        Py_DECREF(wanted);
    }
    Py_RETURN_NONE;
}

/* (list of objects): the index, for which they may be asked though they are not tracked. */
PyObject *hf_live_referrers_of(PyObject *module, PyObject *const *args, Py_ssize_t count) {
    if (!hf_live_takes(count, 1) || !hf_live_is_row(args[0]))
        return NULL;
    return hf_referrers_create(module, PySequence_Fast_ITEMS(args[0]), (size_t)PySequence_Fast_GET_SIZE(args[0]));
}

static PyObject *refuse(PyTypeObject *type, PyObject *args, PyObject *kwargs) {
    (void)type, (void)args, (void)kwargs;
    PyErr_SetString(PyExc_TypeError, "an index of referrers is made by holdfast.objgraph alone");
    return NULL;
}

static PyMethodDef methods[] = {
    {"of", of, METH_O, PyDoc_STR("The objects that refer to one, as gc.get_referrers orders them.")},
    {"lend", lend, METH_O, PyDoc_STR("Do not hold this object until the next one is lent; None: hold all.")},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot slots[] = {
    {Py_tp_new, refuse},
    {Py_tp_dealloc, dealloc},
    {Py_tp_methods, methods},
    {0, NULL},
};

PyType_Spec hf_referrers_type_spec = {
    .name = "holdfast._core._Referrers",
    .basicsize = sizeof(struct referrers),
    .flags = Py_TPFLAGS_DEFAULT,
    .slots = slots,
};
