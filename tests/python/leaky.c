/*
 * leaky.c - an extension module with the mistakes that `holdfast native` finds. The limited API: one file for all
 * releases of Python.
 *
 *   keep(obj)   a Py_DECREF is missing: one reference more per call
 *   make()      ... on a new object of its own: one Thing more per call, which the collector tracks
 *   make_plain()  ... one Plain, which it does not
 *   drop(obj)   one Py_DECREF too many: a reference of somebody else is given back
 *   store(obj)  no mistake: `stored` has it
 */
#define PY_SSIZE_T_CLEAN
#define Py_LIMITED_API 0x03090000
#include <Python.h>

PyObject *stored, *thing_type, *plain_type;

static PyObject *keep(PyObject *module, PyObject *object) {
    (void)module;
    Py_INCREF(object);
    Py_RETURN_NONE;
}

static PyObject *drop(PyObject *module, PyObject *object) {
    (void)module;
    Py_DECREF(object);
    Py_RETURN_NONE;
}

static PyObject *store(PyObject *module, PyObject *object) {
    (void)module;
    Py_XDECREF(stored);
    Py_INCREF(object);
    stored = object;
    Py_RETURN_NONE;
}

static PyObject *make(PyObject *module, PyObject *unused) {
    (void)module, (void)unused;
    PyObject *thing = PyObject_CallNoArgs(thing_type);
    if (thing == NULL)
        return NULL;
    Py_RETURN_NONE;
}

static PyObject *make_plain(PyObject *module, PyObject *unused) {
    (void)module, (void)unused;
    PyObject *plain = PyObject_CallNoArgs(plain_type);
    if (plain == NULL)
        return NULL;
    Py_RETURN_NONE;
}

static int traverse_thing(PyObject *thing, visitproc visit, void *arg) {
    Py_VISIT((PyObject *)Py_TYPE(thing));
    return 0;
}

static PyMethodDef functions[] = {
    {"keep", keep, METH_O, NULL},
    {"drop", drop, METH_O, NULL},
    {"store", store, METH_O, NULL},
    {"make", make, METH_NOARGS, NULL},
    {"make_plain", make_plain, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, .m_name = "_leaky", .m_size = -1, .m_methods = functions};

static PyType_Slot thing_slots[] = {{Py_tp_traverse, (void *)traverse_thing}, {0, NULL}};
static PyType_Spec thing_spec = {.name = "_leaky.Thing", .basicsize = 32,
                                 .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC, .slots = thing_slots};
static PyType_Slot plain_slots[] = {{0, NULL}};
static PyType_Spec plain_spec = {.name = "_leaky.Plain", .basicsize = 32, .flags = Py_TPFLAGS_DEFAULT,
                                 .slots = plain_slots};

PyMODINIT_FUNC PyInit__leaky(void) {
    thing_type = PyType_FromSpec(&thing_spec);
    plain_type = PyType_FromSpec(&plain_spec);
    return thing_type != NULL && plain_type != NULL ? PyModule_Create(&definition) : NULL;
}
