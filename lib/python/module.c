/*
 * module.c - the extension module holdfast._core: its functions, its types, its life.
 *
 * Multi-phase initialisation with per-module state; the one variable of the process is the signal handler's (watch.c).
 */
#include "python/docs.h"
#include "python/live.h"
#include "python/module.h"

PyDoc_STRVAR(module_doc, DOC_module);
PyDoc_STRVAR(snapshot_doc,
             "snapshot(*, previews=True, method='auto', hidden_modules=(), hidden_objects=())\n--\n\n" DOC_snapshot);
PyDoc_STRVAR(load_doc, "load(path, /, *, cache=True)\n--\n\n" DOC_load);
PyDoc_STRVAR(render_doc, "render(dot, format, *, seconds=30, memory_bytes=1073741824)\n--\n\n" DOC_render);
PyDoc_STRVAR(save_picture_doc,
             "save_picture(dot, path, *, seconds=30, memory_bytes=1073741824)\n--\n\n" DOC_save_picture);
PyDoc_STRVAR(check_save_doc, "check_save(path, *, level=0)\n--\n\n" DOC_check_save);
PyDoc_STRVAR(diff_snapshots_doc,
             "diff_snapshots(snapshots, /, *, limit=10, fail_if=(), by='type')\n--\n\n" DOC_diff_snapshots);
PyDoc_STRVAR(diff_files_doc, "diff_files(paths, /, *, limit=10, fail_if=(), by='type')\n--\n\n" DOC_diff_files);

static PyMethodDef functions[] = {
    HF_METHOD("snapshot", hf_core_snapshot, snapshot_doc),
    HF_METHOD("load", hf_core_load, load_doc),
    HF_METHOD("check_save", hf_core_check_save, check_save_doc),
    HF_METHOD("render", hf_core_render, render_doc),
    HF_METHOD("save_picture", hf_core_save_picture, save_picture_doc),
    HF_METHOD("diff_snapshots", hf_core_diff_snapshots, diff_snapshots_doc),
    HF_METHOD("diff_files", hf_core_diff_files, diff_files_doc),
    HF_ARRAY_METHOD("_count_types", hf_live_count_types),
    HF_ARRAY_METHOD("_by_type", hf_live_by_type),
    HF_ARRAY_METHOD("_ids_by_type", hf_live_ids_by_type),
    HF_ARRAY_METHOD("_at", hf_live_at),
    HF_ARRAY_METHOD("_leaking", hf_live_leaking),
    HF_ARRAY_METHOD("_chain", hf_live_chain),
    HF_ARRAY_METHOD("_scan_referrers", hf_live_scan_referrers),
    HF_ARRAY_METHOD("_referrers", hf_live_referrers_of),
    {NULL, NULL, 0, NULL},
};

static PyTypeObject *add_type(PyObject *module, PyType_Spec *spec) {
    PyTypeObject *type = (PyTypeObject *)PyType_FromModuleAndSpec(module, spec, NULL);
    if (type && PyModule_AddType(module, type) != 0)
        Py_CLEAR(type);
    return type;
}

static int execute(PyObject *module) {
    struct hf_core *core = PyModule_GetState(module);
    core->snapshot_type = add_type(module, &hf_snapshot_type_spec);
    core->watch_type = core->snapshot_type ? add_type(module, &hf_watch_type_spec) : NULL;
    core->growth_type = core->watch_type ? add_type(module, &hf_growth_type_spec) : NULL;
    if (core->growth_type)
        core->referrers_type = (PyTypeObject *)PyType_FromModuleAndSpec(module, &hf_referrers_type_spec, NULL);
    return core->referrers_type ? PyModule_AddStringConstant(module, "__version__", hf_version()) : -1;
}

static int traverse(PyObject *module, visitproc visit, void *arg) {
    struct hf_core *core = PyModule_GetState(module);
    Py_VISIT(core->snapshot_type);
    Py_VISIT(core->watch_type);
    Py_VISIT(core->growth_type);
    Py_VISIT(core->referrers_type);
    return 0;
}

static int clear(PyObject *module) {
    struct hf_core *core = PyModule_GetState(module);
    Py_CLEAR(core->snapshot_type);
    Py_CLEAR(core->watch_type);
    Py_CLEAR(core->growth_type);
    Py_CLEAR(core->referrers_type);
    return 0;
}

static void release(void *module) {
    clear(module);
}

static PyModuleDef_Slot slots[] = {
    {Py_mod_exec, execute},
#if PY_VERSION_HEX >= 0x030C0000
    {Py_mod_multiple_interpreters, Py_MOD_PER_INTERPRETER_GIL_SUPPORTED},
#endif
#if PY_VERSION_HEX >= 0x030D0000
    {Py_mod_gil, Py_MOD_GIL_USED},
#endif
    {0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "holdfast._core",
    .m_doc = module_doc,
    .m_size = sizeof(struct hf_core),
    .m_methods = functions,
    .m_slots = slots,
    .m_traverse = traverse,
    .m_clear = clear,
    .m_free = release,
};

PyMODINIT_FUNC PyInit__core(void);

PyMODINIT_FUNC PyInit__core(void) {
    return PyModuleDef_Init(&definition);
}
