/*
 * python_internals.h - CPython's headers with the internal ones, the same way for every file that needs them: the
 * in-process capture, and nothing else.
 */
#ifndef HF_CAPTURE_PYTHON_INTERNALS_H
#define HF_CAPTURE_PYTHON_INTERNALS_H

#define Py_BUILD_CORE 1
#include <Python.h>

#ifdef Py_GIL_DISABLED
#error "free-threaded builds of Python are not supported yet: build holdfast for a Python with the GIL"
#endif
#if defined(Py_DEBUG) || defined(Py_TRACE_REFS)
#error "debug builds of Python are not supported: their objects are laid out differently; use a release build"
#endif
#if PY_VERSION_HEX < 0x03090000
#error "holdfast needs Python 3.9 or newer"
#endif

#include <structmember.h>

#include <internal/pycore_gc.h>
#include <internal/pycore_hashtable.h>
#include <internal/pycore_interp.h>
#include <internal/pycore_pymem.h>
#include <internal/pycore_pystate.h>
#include <internal/pycore_runtime.h>

#if PY_VERSION_HEX < 0x030b0000
#include <frameobject.h>
#else
#include <internal/pycore_code.h>
#include <internal/pycore_dict.h>
#include <internal/pycore_frame.h>
#endif
#if PY_VERSION_HEX >= 0x030a0000
#include <internal/pycore_moduleobject.h>
#else
/* Objects/moduleobject.c of 3.9. */
typedef struct {
    PyObject_HEAD
    PyObject *md_dict;
    struct PyModuleDef *md_def;
    void *md_state;
    PyObject *md_weaklist;
    PyObject *md_name;
} PyModuleObject;
#endif
#if PY_VERSION_HEX >= 0x030e0000
#include <internal/pycore_interpframe.h>
#include <internal/pycore_interpframe_structs.h>
#endif

#endif
