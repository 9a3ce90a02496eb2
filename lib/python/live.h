/* live.h - the live objects of this process, for holdfast.objgraph: private functions of the module, by file. */
#ifndef HF_PYTHON_LIVE_H
#define HF_PYTHON_LIVE_H

#include <holdfast/live.h>

#include "python/module.h"

/*
 * Their arguments come as an array: a tuple of arguments would be an object that the collector tracks, and be counted.
 * For the same reason their lists are unknown to the collector while they are filled.
 */
#define HF_ARRAY_METHOD(name, function) {name, (PyCFunction)(void (*)(void))(function), METH_FASTCALL, NULL}

/* live_types.c */
PyObject *hf_live_count_types(PyObject *module, PyObject *const *args, Py_ssize_t count);
PyObject *hf_live_by_type(PyObject *module, PyObject *const *args, Py_ssize_t count);
PyObject *hf_live_ids_by_type(PyObject *module, PyObject *const *args, Py_ssize_t count);
/* live_rows.c */
PyObject *hf_live_at(PyObject *module, PyObject *const *args, Py_ssize_t count);
PyObject *hf_live_leaking(PyObject *module, PyObject *const *args, Py_ssize_t count);
/* live_chain.c */
PyObject *hf_live_chain(PyObject *module, PyObject *const *args, Py_ssize_t count);
/* live_referrers.c */
PyObject *hf_live_scan_referrers(PyObject *module, PyObject *const *args, Py_ssize_t count);
PyObject *hf_live_referrers_of(PyObject *module, PyObject *const *args, Py_ssize_t count);

/* The row of what the collector tracks. NULL with an exception. */
struct hf_live *hf_list_live(void);
/* Whether there are as many arguments as a function wants; false with TypeError. */
bool hf_live_takes(Py_ssize_t count, Py_ssize_t wanted);
/* Whether an argument is a list or a tuple; false with TypeError. */
bool hf_live_is_row(PyObject *argument);
/* A new list that the collector does not know yet; NULL with an exception. PyObject_GC_Track makes it known. */
PyObject *hf_new_hidden_list(void);

#endif
