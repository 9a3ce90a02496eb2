/* suspects.c - Snapshot.suspects(): where the memory went, in words. */
#include <holdfast/suspects.h>

#include "python/hops.h"
#include "python/unlocked.h"
#include "python/values.h"

static PyObject *make_part(size_t i, const void *context) {
    const struct hf_suspect_part *part = (const struct hf_suspect_part *)context + i;
    return hf_result("SuspectPart", Py_BuildValue("{s:N,s:K,s:K}", "type", hf_text(part->type), "count", part->count,
                                                  "size_bytes", part->size_bytes));
}

static PyObject *make_verdict(size_t i, const void *context) {
    const struct hf_suspect_hop *hop = (const struct hf_suspect_hop *)context + i;
    return hf_result("Verdict", Py_BuildValue("{s:s,s:N,s:N,s:N}", "verdict", hf_verdict_name(hop->verdict),
                                              "reason", hf_text(hop->reason),
                                              "is_underlined", PyBool_FromLong(hop->is_underlined),
                                              "is_point", PyBool_FromLong(hop->is_point)));
}

static PyObject *make_pattern(size_t i, const void *context) {
    return hf_text(((const char *const *)context)[i]);
}

static PyObject *make_index(size_t i, const void *context) {
    return PyLong_FromSize_t(((const size_t *)context)[i]);
}

static PyObject *make_path(const struct hf_snapshot *snapshot, const struct hf_path *path) {
    if (path)
        return hf_make_path(snapshot, path);
    Py_RETURN_NONE;
}

struct found_suspects {
    const struct hf_snapshot *snapshot;
    const struct hf_suspect *list;
};

static PyObject *make_suspect(size_t i, const void *context) {
    const struct found_suspects *found = context;
    const struct hf_suspect *suspect = &found->list[i];
    size_t num_hops = suspect->path ? suspect->path->num_hops : 0;
    return hf_result("Suspect",
                     Py_BuildValue("{s:s,s:N,s:N,s:N,s:N,s:N,s:K,s:K,s:N,s:K,s:K,s:N,s:n,s:N,s:N,s:N,s:N,s:N,s:N,s:N,"
                                   "s:N,s:N,s:N}",
                                   "kind", hf_suspect_kind_name(suspect->kind),
                                   "reference", hf_text(suspect->reference), "pattern", hf_text(suspect->pattern),
                                   "also", hf_tuple(suspect->num_also, make_pattern, suspect->also),
                                   "expression", hf_text(suspect->expression),
                                   "expression_gap", hf_text(suspect->expression_gap), "count", suspect->count,
                                   "size_bytes", suspect->size_bytes, "unit_type", hf_text(suspect->unit_type),
                                   "unit_count", suspect->unit_count, "unit_bytes", suspect->unit_bytes,
                                   "parts", hf_tuple(suspect->num_parts, make_part, suspect->parts),
                                   "num_all_parts", (Py_ssize_t)suspect->num_all_parts,
                                   "path", make_path(found->snapshot, suspect->path),
                                   "verdicts", hf_tuple(num_hops, make_verdict, suspect->hops),
                                   "owner_kind", hf_text(suspect->owner_kind), "owner", hf_text(suspect->owner),
                                   "owner_file", hf_text(suspect->owner_file), "known", hf_text(suspect->known),
                                   "related", hf_tuple(suspect->num_related, make_index, suspect->related),
                                   "fingerprint", hf_text(suspect->fingerprint), "text", hf_text(suspect->text),
                                   "advice", hf_text(suspect->advice)));
}

static PyObject *make_holder(size_t i, const void *context) {
    const struct hf_holder *holder = (const struct hf_holder *)context + i;
    return hf_result("Holder", Py_BuildValue("{s:N,s:N,s:I,s:K}", "reference", hf_text(holder->reference),
                                             "type", hf_text(holder->type), "node", holder->node,
                                             "size_bytes", holder->size_bytes));
}

static PyObject *make_suspects(const struct hf_snapshot *snapshot, const struct hf_suspects *suspects) {
    const struct found_suspects found = {snapshot, suspects->list};
    return hf_result("Suspects", Py_BuildValue("{s:N,s:n,s:N,s:K,s:K,s:K,s:K,s:K,s:N,s:N}",
                                               "suspects", hf_tuple(suspects->num_suspects, make_suspect, &found),
                                               "num_all_suspects", (Py_ssize_t)suspects->num_all_suspects,
                                               "holders", hf_tuple(suspects->num_holders, make_holder,
                                                                   suspects->holders),
                                               "total_count", suspects->total_count,
                                               "total_bytes", suspects->total_bytes,
                                               "new_count", suspects->new_count, "new_bytes", suspects->new_bytes,
                                               "threshold_bytes", suspects->threshold_bytes,
                                               "is_comparison", PyBool_FromLong(suspects->is_comparison),
                                               "note", hf_text(suspects->note)));
}

static PyObject *ask(PyObject *self, PyObject *old, struct hf_suspects_options *options) {
    struct hf_suspects *suspects = NULL;
    struct hf_error error;
    struct hf_unlocked unlocked;
    const struct hf_snapshot *before = old != Py_None ? hf_snapshot_of(old) : NULL;
    hf_unlock(&unlocked);
    options->progress = &unlocked.progress;
    enum hf_status status = hf_suspects_create(hf_snapshot_of(self), before, options, &suspects, &error);
    hf_lock(&unlocked);
    if (status != HF_OK)
        return hf_raise(&error, NULL);
    PyObject *result = make_suspects(hf_snapshot_of(self), suspects);
    hf_suspects_destroy(suspects);
    return result;
}

/* A share of the heap; None stands for the default. */
static int convert_share(PyObject *object, void *share) {
    double value = object == Py_None ? 0.1 : PyFloat_AsDouble(object);
    if (PyErr_Occurred())
        return 0;
    if (!(value > 0 && value < 1)) {
        PyErr_SetString(PyExc_ValueError, "threshold is a share of the heap, between 0 and 1");
        return 0;
    }
    *(double *)share = object == Py_None ? 0 : value;
    return 1;
}

PyObject *hf_snapshot_suspects(PyObject *self, PyObject *args, PyObject *kwargs) {
    char *names[] = {"", "threshold", "limit", "parts", "patterns", NULL};
    struct hf_suspects_options options = {.struct_size = sizeof options};
    PyObject *old = Py_None;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|O$O&O&O&z:suspects", names, &old, convert_share,
                                     &options.threshold, hf_convert_limit, &options.max_suspects, hf_convert_limit,
                                     &options.max_parts, &options.patterns))
        return NULL;
    if (old != Py_None && Py_TYPE(old) != Py_TYPE(self))
        return PyErr_Format(PyExc_TypeError, "suspects() compares with a Snapshot, not with %s", Py_TYPE(old)->tp_name);
    return ask(self, old, &options);
}
