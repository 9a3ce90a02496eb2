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

static int visit_places(const struct hf_live *live, const uint32_t *places, uint32_t count, visitproc visit,
                        void *context) {
    size_t num_objects;
    void *const *objects = hf_live_objects(live, &num_objects);
    int stop = 0;
    for (uint32_t i = 0; i < count && stop == 0; i++)
        stop = visit(objects[places[i]], context);
    return stop;
}

int hf_referrers_visit(PyObject *referrers, PyObject *target, visitproc visit, void *context) {
    const struct hf_live *live = self_of(referrers)->live;
    uint32_t number = hf_live_number(live, target), count;
    if (number == HF_LIVE_NONE)
        return 0;
    const uint32_t *places = hf_live_referrers(live, number, &count);
    return visit_places(live, places, count, visit, context);
}

int hf_scan_referrers(PyObject *target, visitproc visit, void *context) {
    struct hf_live *live = hf_list_live();
    struct hf_error error;
    const uint32_t *places;
    uint32_t count;
    int stop = -1;
    if (!live)
        return -1;
    if (hf_live_scan(live, target, &places, &count, &error) == HF_OK)
        stop = visit_places(live, places, count, visit, context);
    else
        hf_raise(&error, NULL);
    hf_live_destroy(live);
    return stop;
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

/* (object): a list of what refers to it. */
PyObject *hf_live_scan_referrers(PyObject *module, PyObject *const *args, Py_ssize_t count) {
    (void)module;
    PyObject *list = hf_live_takes(count, 1) ? hf_new_hidden_list() : NULL;
    if (!list)
        return NULL;
    bool is_whole = hf_scan_referrers(args[0], append, list) == 0;
    PyObject_GC_Track(list);
    if (!is_whole)
        Py_CLEAR(list);
    return list;
}

/* Appends what an iterable of the caller holds, which goes on holding it. */
static bool append_all(PyObject *iterable, PyObject **list, size_t room, size_t *count) {
    PyObject *iterator = PyObject_GetIter(iterable), *object;
    while (iterator && *count < room && (object = PyIter_Next(iterator))) {
        list[(*count)++] = object;
        Py_DECREF(object);
    }
    Py_XDECREF(iterator);
    return !PyErr_Occurred();
}

/* (object, objects, further objects): the index, for which they may be asked though they are not tracked. */
PyObject *hf_live_referrers_of(PyObject *module, PyObject *const *args, Py_ssize_t count) {
    Py_ssize_t first = hf_live_takes(count, 3) ? PyObject_Size(args[1]) : -1;
    Py_ssize_t second = first >= 0 ? PyObject_Size(args[2]) : -1;
    if (second < 0)
        return NULL;
    size_t room = 1 + (size_t)first + (size_t)second, num_targets = 1;
    PyObject *index = NULL, **targets = PyMem_RawCalloc(room, sizeof *targets);
    if (!targets)
        return PyErr_NoMemory();
    targets[0] = args[0];
    if (append_all(args[1], targets, room, &num_targets) && append_all(args[2], targets, room, &num_targets))
        index = hf_referrers_create(module, targets, num_targets);
    PyMem_RawFree(targets);
    return index;
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
