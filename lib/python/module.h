/* module.h - what the files of the extension share. The extension is thin: it uses include/ only. */
#ifndef HF_PYTHON_MODULE_H
#define HF_PYTHON_MODULE_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <holdfast/snapshot.h>

/* The state of one import of holdfast._core. */
struct hf_core {
    PyTypeObject *snapshot_type;
    PyTypeObject *watch_type;
    PyTypeObject *growth_type;
    PyTypeObject *referrers_type;
};

struct hf_snapshot_object {
    PyObject_HEAD
    struct hf_snapshot *snapshot;   /* NULL only while it is being made */
    bool is_own;                    /* captured in this process: addresses are those of live objects */
};

extern PyType_Spec hf_snapshot_type_spec;
extern PyType_Spec hf_watch_type_spec;
extern PyType_Spec hf_growth_type_spec;
extern PyType_Spec hf_referrers_type_spec;

/* Functions of the module and methods of Snapshot, by file. */
PyObject *hf_core_snapshot(PyObject *module, PyObject *args, PyObject *kwargs);
PyObject *hf_core_load(PyObject *module, PyObject *args, PyObject *kwargs);
PyObject *hf_core_check_save(PyObject *module, PyObject *args, PyObject *kwargs);
PyObject *hf_core_render(PyObject *module, PyObject *args, PyObject *kwargs);
PyObject *hf_core_save_picture(PyObject *module, PyObject *args, PyObject *kwargs);
PyObject *hf_core_diff_snapshots(PyObject *module, PyObject *args, PyObject *kwargs);
PyObject *hf_core_diff_files(PyObject *module, PyObject *args, PyObject *kwargs);
PyObject *hf_snapshot_info(PyObject *self, PyObject *unused);
PyObject *hf_snapshot_types(PyObject *self, PyObject *args, PyObject *kwargs);
PyObject *hf_snapshot_find(PyObject *self, PyObject *args, PyObject *kwargs);
PyObject *hf_snapshot_suspects(PyObject *self, PyObject *args, PyObject *kwargs);
PyObject *hf_snapshot_why(PyObject *self, PyObject *args, PyObject *kwargs);
PyObject *hf_snapshot_graph(PyObject *self, PyObject *args, PyObject *kwargs);
PyObject *hf_snapshot_show(PyObject *self, PyObject *args, PyObject *kwargs);
PyObject *hf_snapshot_refs(PyObject *self, PyObject *args, PyObject *kwargs);
PyObject *hf_snapshot_referrers(PyObject *self, PyObject *args, PyObject *kwargs);
PyObject *hf_snapshot_chain(PyObject *self, PyObject *args, PyObject *kwargs);
PyObject *hf_snapshot_cycles(PyObject *self, PyObject *args, PyObject *kwargs);
PyObject *hf_snapshot_retained(PyObject *self, PyObject *args, PyObject *kwargs);
PyObject *hf_snapshot_dominators(PyObject *self, PyObject *args, PyObject *kwargs);
PyObject *hf_snapshot_site(PyObject *self, PyObject *args, PyObject *kwargs);
PyObject *hf_snapshot_waste(PyObject *self, PyObject *args, PyObject *kwargs);
PyObject *hf_snapshot_whatif(PyObject *self, PyObject *args, PyObject *kwargs);
PyObject *hf_snapshot_native(PyObject *self, PyObject *args, PyObject *kwargs);

/* A function that takes keywords, as PyMethodDef wants it. */
#define HF_METHOD(name, function, doc) \
    {name, (PyCFunction)(void (*)(void))(function), METH_VARARGS | METH_KEYWORDS, doc}

static inline struct hf_snapshot *hf_snapshot_of(PyObject *self) {
    return ((struct hf_snapshot_object *)self)->snapshot;
}

#endif
