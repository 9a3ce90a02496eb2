/* sites.c - Snapshot.site(): where an object was made. */
#include "python/sites.h"

#include "python/target.h"
#include "python/values.h"

PyObject *hf_make_site_frame(const struct hf_site *site) {
    return hf_result("SiteFrame", Py_BuildValue("{s:N,s:I,s:N}", "file", hf_text(site->file), "line", site->line,
                                                "function", hf_text(site->function)));
}

/* The line, then its callers. *is_cut is that of the last one. */
static PyObject *make_frames(const struct hf_snapshot *snapshot, uint32_t site, bool *is_cut) {
    PyObject *list = PyList_New(0);
    while (list && site != HF_NO_SITE) {
        struct hf_site found = hf_snapshot_get_site(snapshot, site);
        PyObject *frame = hf_make_site_frame(&found);
        if (!frame || PyList_Append(list, frame) != 0)
            Py_CLEAR(list);
        Py_XDECREF(frame);
        *is_cut = found.is_cut;
        site = found.caller;
    }
    PyObject *tuple = list ? PyList_AsTuple(list) : NULL;
    Py_XDECREF(list);
    return tuple;
}

PyObject *hf_make_site(const struct hf_snapshot *snapshot, uint32_t site) {
    bool is_cut = false;
    if (site == HF_NO_SITE)
        Py_RETURN_NONE;
    PyObject *frames = make_frames(snapshot, site, &is_cut);
    return hf_result("Site", Py_BuildValue("{s:N,s:N}", "frames", frames, "is_cut", PyBool_FromLong(is_cut)));
}

PyObject *hf_snapshot_site(PyObject *self, PyObject *args, PyObject *kwargs) {
    char *names[] = {HF_TARGET_NAMES, NULL};
    struct hf_target target = {0};
    struct hf_error error;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, HF_TARGET_FORMAT ":site", names, HF_TARGET_ARGS(target)))
        return NULL;
    if (hf_snapshot_check_sites(hf_snapshot_of(self), &error) != HF_OK)
        return hf_raise(&error, NULL);
    struct hf_selection *selection = hf_target_select(self, &target);
    if (!selection)
        return NULL;
    uint32_t site = hf_snapshot_site_of(hf_snapshot_of(self), selection->nodes[0]);
    hf_selection_destroy(selection);
    return hf_make_site(hf_snapshot_of(self), site);
}
