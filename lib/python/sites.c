/* sites.c - where objects were made: Snapshot.site(), and what types() and diff() say by site. */
#include "python/sites.h"

#include "python/target.h"
#include "python/unlocked.h"
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

/* ---- by site ---- */

bool hf_read_by(const char *word, bool *by_site) {
    static const char *const words[] = {"type", "site"};
    int found = hf_find_word("grouping", word, words, 2);
    *by_site = found == 1;
    return found >= 0;
}

static PyObject *make_type(size_t i, const void *context) {
    const struct hf_site_type *type = (const struct hf_site_type *)context + i;
    return Py_BuildValue("(NK)", hf_text(type->name), type->count);
}

static PyObject *make_site_types(const struct hf_site_type *types, size_t num_types) {
    return hf_tuple(num_types < HF_SITE_TYPES ? num_types : HF_SITE_TYPES, make_type, types);
}

static PyObject *make_row(size_t i, const void *context) {
    const struct hf_sites *sites = context;
    const struct hf_sites_row *row = &sites->rows[i];
    return hf_result("SiteRow", Py_BuildValue("{s:N,s:I,s:N,s:K,s:K,s:N,s:N,s:N,s:n}", "file", hf_text(row->file),
                                              "line", row->line, "function", hf_text(row->function),
                                              "count", row->count, "size_bytes", row->size_bytes,
                                              "retained_count", hf_known(row->retained.count, sites->has_retained),
                                              "retained_bytes", hf_known(row->retained.size_bytes, sites->has_retained),
                                              "types", make_site_types(row->types, row->num_types),
                                              "num_types", (Py_ssize_t)row->num_types));
}

PyObject *hf_ask_sites(PyObject *self, struct hf_types_options *options) {
    struct hf_sites *sites = NULL;
    struct hf_error error;
    struct hf_unlocked unlocked;
    hf_unlock(&unlocked);
    options->progress = &unlocked.progress;
    enum hf_status status = hf_sites_create(hf_snapshot_of(self), options, &sites, &error);
    hf_lock(&unlocked);
    if (status != HF_OK)
        return hf_raise(&error, NULL);
    PyObject *result = hf_result("Sites", Py_BuildValue("{s:N,s:n,s:K,s:K,s:K,s:K,s:K,s:K}",
                                                        "rows", hf_tuple(sites->num_rows, make_row, sites),
                                                        "num_matching", (Py_ssize_t)sites->num_matching,
                                                        "total_count", sites->total_count,
                                                        "total_bytes", sites->total_bytes,
                                                        "matching_count", sites->matching_count,
                                                        "matching_bytes", sites->matching_bytes,
                                                        "unknown_count", sites->unknown_count,
                                                        "unknown_bytes", sites->unknown_bytes));
    hf_sites_destroy(sites);
    return result;
}

/* ---- what grew by site ---- */

static PyObject *make_number(size_t i, const void *context) {
    return PyLong_FromUnsignedLongLong(((const uint64_t *)context)[i]);
}

static PyObject *make_moment(size_t i, const void *context) {
    const struct hf_growth_moment *moment = (const struct hf_growth_moment *)context + i;
    return hf_result("GrowthMoment", Py_BuildValue("{s:K,s:I,s:K,s:K,s:i,s:i}", "taken_at_ns", moment->taken_at_ns,
                                                   "pid", moment->pid, "count", moment->count,
                                                   "size_bytes", moment->size_bytes, "garbage_count", 0,
                                                   "garbage_bytes", 0));
}

static PyObject *make_grown(size_t i, const void *context) {
    const struct hf_site_growth *growth = context;
    const struct hf_site_growth_row *row = &growth->rows[i];
    return hf_result("SiteGrowthRow",
                     Py_BuildValue("{s:N,s:I,s:N,s:s,s:L,s:L,s:N,s:N,s:N,s:n}", "file", hf_text(row->file),
                                   "line", row->line, "function", hf_text(row->function),
                                   "trend", hf_trend_name(row->trend), "count_growth", row->count_growth,
                                   "bytes_growth", row->bytes_growth,
                                   "counts", hf_tuple(growth->num_moments, make_number, row->counts),
                                   "sizes_bytes", hf_tuple(growth->num_moments, make_number, row->sizes_bytes),
                                   "types", make_site_types(row->types, row->num_types),
                                   "num_types", (Py_ssize_t)row->num_types));
}

PyObject *hf_make_site_growth(enum hf_status status, struct hf_site_growth *growth, const struct hf_error *error) {
    if (status != HF_OK)
        return hf_raise(error, NULL);
    PyObject *result = hf_result(
        "SiteGrowth", Py_BuildValue("{s:N,s:N,s:n,s:N}",
                                    "moments", hf_tuple(growth->num_moments, make_moment, growth->moments),
                                    "rows", hf_tuple(growth->num_rows, make_grown, growth),
                                    "num_all_rows", (Py_ssize_t)growth->num_all_rows,
                                    "unknown_counts",
                                    hf_tuple(growth->num_moments, make_number, growth->unknown_counts)));
    hf_site_growth_destroy(growth);
    return result;
}
