/*
 * values.c - from the library's words to Python's.
 *
 * The classes of results are Python (holdfast.results): there they are read, documented and typed. They are imported
 * with the first answer, not with the module, so that `holdfast run` does not load into the user's program what it will
 * not use.
 */
#include "python/values.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

static PyObject *exception_for(enum hf_status status) {
    switch (status) {
    case HF_NOT_FOUND: return PyExc_LookupError;
    case HF_ERR_NOMEM: return PyExc_MemoryError;
    case HF_ERR_ARGUMENT:
    case HF_ERR_FORMAT:
    case HF_ERR_VERSION: return PyExc_ValueError;
    case HF_ERR_UNSUPPORTED: return PyExc_NotImplementedError;
    case HF_ERR_INTERNAL: return PyExc_SystemError;
    default: return PyExc_RuntimeError;
    }
}

/* The errno behind an error, 0 if there is none. That a folder is no file is an argument to the library, in C. */
static int find_errno(const struct hf_error *error, const char *path) {
    struct stat status;
    if (error->status == HF_ERR_ARGUMENT && path && stat(path, &status) == 0 && S_ISDIR(status.st_mode))
        return EISDIR;
    return error->os_errno;
}

static void raise_os_error(int number, const char *message, const char *path) {
    PyObject *file = path ? PyUnicode_DecodeFSDefault(path) : NULL;
    PyObject *arguments = file ? Py_BuildValue("(isO)", number, strerror(number), file)
                               : Py_BuildValue("(is)", number, message);
    if (arguments)
        PyErr_SetObject(PyExc_OSError, arguments);
    Py_XDECREF(arguments);
    Py_XDECREF(file);
}

PyObject *hf_raise(const struct hf_error *error, const char *path) {
    if (PyErr_Occurred())
        return NULL;
    int number = find_errno(error, path);
    if (number != 0) {
        raise_os_error(number, error->message, path);
        return NULL;
    }
    PyObject *message = hf_text(error->message);
    if (message)
        PyErr_SetObject(exception_for(error->status), message);
    Py_XDECREF(message);
    return NULL;
}

PyObject *hf_none_or_raise(enum hf_status status, const struct hf_error *error, PyObject *path) {
    if (status != HF_OK)
        hf_raise(error, PyBytes_AS_STRING(path));
    Py_DECREF(path);
    if (status != HF_OK)
        return NULL;
    Py_RETURN_NONE;
}

PyObject *hf_text(const char *utf8) {
    Py_ssize_t length = (Py_ssize_t)strlen(utf8);
    PyObject *text = PyUnicode_DecodeUTF8(utf8, length, "surrogatepass");
    if (text || !PyErr_ExceptionMatches(PyExc_UnicodeDecodeError))
        return text;
    PyErr_Clear();
    return PyUnicode_DecodeUTF8(utf8, length, "backslashreplace");
}

PyObject *hf_known(uint64_t number, bool is_known) {
    if (is_known)
        return PyLong_FromUnsignedLongLong(number);
    Py_RETURN_NONE;
}

PyObject *hf_result(const char *name, PyObject *fields) {
    PyObject *results = fields ? PyImport_ImportModule("holdfast.results") : NULL;
    PyObject *class = results ? PyObject_GetAttrString(results, name) : NULL;
    PyObject *nothing = class ? PyTuple_New(0) : NULL;
    PyObject *result = nothing ? PyObject_Call(class, nothing, fields) : NULL;
    Py_XDECREF(nothing);
    Py_XDECREF(class);
    Py_XDECREF(results);
    Py_XDECREF(fields);
    return result;
}

PyObject *hf_tuple(size_t count, PyObject *(*make)(size_t i, const void *context), const void *context) {
    PyObject *tuple = PyTuple_New((Py_ssize_t)count);
    for (size_t i = 0; tuple && i < count; i++) {
        PyObject *item = make(i, context);
        if (item)
            PyTuple_SET_ITEM(tuple, (Py_ssize_t)i, item);
        else
            Py_CLEAR(tuple);
    }
    return tuple;
}

/* A positive integer of at most `max`, 0 for None; false with an exception. */
static bool convert_positive(PyObject *object, unsigned long long max, unsigned long long *out) {
    *out = 0;
    if (object == Py_None)
        return true;
    PyObject *index = PyNumber_Index(object);
    if (!index)
        return false;
    *out = PyLong_AsUnsignedLongLong(index);
    Py_DECREF(index);
    bool overflowed = *out == ULLONG_MAX && PyErr_Occurred();
    if (!overflowed && *out >= 1 && *out <= max)
        return true;
    PyErr_Format(PyExc_ValueError, "a limit is an integer from 1 to %llu, or None, not %R", max, object);
    return false;
}

int hf_convert_limit(PyObject *object, void *size) {
    unsigned long long number;
    bool converted = convert_positive(object, PY_SSIZE_T_MAX, &number);
    *(size_t *)size = (size_t)number;
    return converted;
}

int hf_convert_unsigned(PyObject *object, void *number) {
    unsigned long long wide;
    bool converted = convert_positive(object, UINT_MAX, &wide);
    *(unsigned *)number = (unsigned)wide;
    return converted;
}

int hf_convert_bytes(PyObject *object, void *number) {
    unsigned long long wide;
    bool converted = convert_positive(object, INT64_MAX, &wide);
    *(uint64_t *)number = wide;
    return converted;
}

int hf_find_word(const char *what, const char *word, const char *const *words, int count) {
    for (int i = 0; i < count; i++)
        if (strcmp(word, words[i]) == 0)
            return i;
    PyObject *known = PyUnicode_FromString(words[0]);
    for (int i = 1; known && i < count; i++) {
        PyObject *longer = PyUnicode_FromFormat("%U, %s", known, words[i]);
        Py_SETREF(known, longer);
    }
    if (known)
        PyErr_Format(PyExc_ValueError, "unknown %s '%s': choose one of %U", what, word, known);
    Py_XDECREF(known);
    return -1;
}
