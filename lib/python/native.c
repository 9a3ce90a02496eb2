/* native.c - Snapshot.native() and native(old, new): references from code in C. */
#include <holdfast/native.h>

#include "python/unlocked.h"
#include "python/values.h"

static PyObject *make_row(size_t i, const void *context) {
    const struct hf_native_row *row = (const struct hf_native_row *)context + i;
    return hf_result("NativeRow",
                     Py_BuildValue("{s:N,s:s,s:N,s:K,s:K,s:I,s:K,s:N,s:N}", "type", hf_text(row->type),
                                   "reason", hf_native_reason_name(row->reason), "where", hf_text(row->where),
                                   "num_objects", row->num_objects, "num_references", row->num_references,
                                   "example", row->example, "example_references", row->example_references,
                                   "example_value", hf_text(row->example_value),
                                   "example_variable", hf_text(row->example_variable)));
}

static PyObject *make_danger(size_t i, const void *context) {
    const struct hf_native_danger *danger = (const struct hf_native_danger *)context + i;
    return hf_result("NativeDanger",
                     Py_BuildValue("{s:I,s:N,s:N,s:K,s:K,s:N,s:N}", "node", danger->node,
                                   "type", hf_text(danger->type), "value", hf_text(danger->value),
                                   "refcount", danger->refcount, "num_found", danger->num_found,
                                   "is_doubtful", PyBool_FromLong(danger->is_doubtful),
                                   "text", hf_text(danger->text)));
}

/* A number, or None where calls were not counted. */
static PyObject *make_rate(const struct hf_native *native, double per_call) {
    if (native->num_calls > 0)
        return PyFloat_FromDouble(per_call);
    Py_RETURN_NONE;
}

static PyObject *make_growth(size_t i, const void *context) {
    const struct hf_native *native = context;
    const struct hf_native_growth *growth = &native->grown[i];
    return hf_result("NativeGrowth",
                     Py_BuildValue("{s:N,s:s,s:N,s:L,s:L,s:K,s:K,s:K,s:N,s:K,s:K,s:N,s:N,s:N}",
                                   "type", hf_text(growth->type), "reason", hf_native_reason_name(growth->reason),
                                   "where", hf_text(growth->where), "references_growth", growth->references_growth,
                                   "objects_growth", growth->objects_growth, "num_new", growth->num_new,
                                   "num_gone", growth->num_gone, "num_raised", growth->num_raised,
                                   "example", hf_known(growth->example, growth->example != HF_NO_NODE),
                                   "example_then", growth->example_then, "example_now", growth->example_now,
                                   "example_value", hf_text(growth->example_value), "per_call",
                                   make_rate(native, growth->per_call), "text", hf_text(growth->text)));
}

static PyObject *make_native(const struct hf_native *native) {
    return hf_result("Native",
                     Py_BuildValue("{s:N,s:n,s:K,s:K,s:K,s:K,s:K,s:N,s:n,s:N,s:N,s:K,s:N,s:n,s:n}",
                                   "rows", hf_tuple(native->num_rows, make_row, native->rows),
                                   "num_all_rows", (Py_ssize_t)native->num_all_rows,
                                   "num_objects", native->num_objects, "num_references", native->num_references,
                                   "num_unexplained_objects", native->num_unexplained_objects,
                                   "num_unexplained_references", native->num_unexplained_references,
                                   "num_immortal", native->num_immortal,
                                   "dangers", hf_tuple(native->num_dangers, make_danger, native->dangers),
                                   "num_all_dangers", (Py_ssize_t)native->num_all_dangers,
                                   "is_comparison", PyBool_FromLong(native->is_comparison),
                                   "by_address", PyBool_FromLong(native->by_address),
                                   "num_calls", native->num_calls,
                                   "grown", hf_tuple(native->num_grown, make_growth, native),
                                   "num_all_grown", (Py_ssize_t)native->num_all_grown,
                                   "num_unexplained_grown", (Py_ssize_t)native->num_unexplained_grown));
}

PyObject *hf_snapshot_native(PyObject *self, PyObject *args, PyObject *kwargs) {
    char *names[] = {"", "limit", "calls", NULL};
    struct hf_native_options options = {.struct_size = sizeof options, .limit = 10};
    PyObject *old = Py_None;
    unsigned num_calls = 0;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|O$O&O&:native", names, &old, hf_convert_limit, &options.limit,
                                     hf_convert_unsigned, &num_calls))
        return NULL;
    if (old != Py_None && Py_TYPE(old) != Py_TYPE(self))
        return PyErr_Format(PyExc_TypeError, "native() compares with a Snapshot, not with %s", Py_TYPE(old)->tp_name);
    struct hf_native *native = NULL;
    struct hf_error error;
    struct hf_unlocked unlocked;
    hf_unlock(&unlocked);
    options.num_calls = num_calls;
    options.progress = &unlocked.progress;
    enum hf_status status = hf_native_create(hf_snapshot_of(self), old != Py_None ? hf_snapshot_of(old) : NULL,
                                             &options, &native, &error);
    hf_lock(&unlocked);
    if (status != HF_OK)
        return hf_raise(&error, NULL);
    PyObject *result = make_native(native);
    hf_native_destroy(native);
    return result;
}
