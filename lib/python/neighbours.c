/* neighbours.c - Snapshot.refs() and .referrers(): what objects refer to, and who refers to them. */
#include "python/neighbours.h"

#include "python/target.h"
#include "python/unlocked.h"
#include "python/values.h"

/* An index, or None for `none`. */
static PyObject *make_index(uint32_t index, uint32_t none) {
    if (index == none)
        Py_RETURN_NONE;
    return PyLong_FromUnsignedLong(index);
}

static PyObject *make_row(size_t i, const void *context) {
    const struct hf_neighbour *row = (const struct hf_neighbour *)context + i;
    return hf_result("Neighbour",
                     Py_BuildValue("{s:I,s:N,s:N,s:N,s:K,s:K,s:K,s:K,s:K,s:K,s:K,s:N,s:K,s:N}",
                                   "depth", row->depth, "parent", make_index(row->parent, HF_NO_ROW),
                                   "reference", hf_text(row->reference), "type", hf_text(row->type),
                                   "num_references", row->num_references, "num_objects", row->num_objects,
                                   "num_repeated", row->num_repeated, "size_bytes", row->size_bytes,
                                   "num_further", row->num_further, "num_hidden_rows", row->num_hidden_rows,
                                   "num_hidden_references", row->num_hidden_references,
                                   "node", make_index(row->node, HF_NO_NODE), "addr", row->addr,
                                   "value", hf_text(row->value)));
}

PyObject *hf_make_neighbours(const char *description, enum hf_neighbours_direction direction,
                             const struct hf_neighbours *neighbours) {
    bool outwards = direction == HF_NEIGHBOURS_REFERENCES;
    return hf_result("Neighbours",
                     Py_BuildValue("{s:N,s:s,s:N,s:K,s:K,s:K,s:K}", "description", hf_text(description),
                                   "direction", outwards ? "references" : "referrers",
                                   "rows", hf_tuple(neighbours->num_rows, make_row, neighbours->rows),
                                   "num_selected", neighbours->num_selected,
                                   "num_references", neighbours->num_references,
                                   "num_hidden_rows", neighbours->num_hidden_rows,
                                   "num_hidden_references", neighbours->num_hidden_references));
}

static PyObject *ask(PyObject *self, const struct hf_selection *selection, struct hf_neighbours_options *options) {
    struct hf_neighbours *neighbours = NULL;
    struct hf_error error;
    struct hf_unlocked unlocked;
    hf_unlock(&unlocked);
    options->progress = &unlocked.progress;
    enum hf_status status = hf_neighbours_create(hf_snapshot_of(self), selection, options, &neighbours, &error);
    hf_lock(&unlocked);
    if (status != HF_OK)
        return hf_raise(&error, NULL);
    PyObject *result = hf_make_neighbours(selection->description, options->direction, neighbours);
    hf_neighbours_destroy(neighbours);
    return result;
}

/* `format` is that of the arguments, with the name of the method for messages. */
static PyObject *list(PyObject *self, PyObject *args, PyObject *kwargs, const char *format,
                      enum hf_neighbours_direction direction) {
    char *names[] = {HF_TARGET_NAMES, "depth", "limit", "branches", NULL};
    struct hf_target target = {0};
    struct hf_neighbours_options options = {.struct_size = sizeof options, .direction = direction};
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, format, names, HF_TARGET_ARGS(target), hf_convert_unsigned,
                                     &options.depth, hf_convert_unsigned, &options.max_rows, hf_convert_unsigned,
                                     &options.max_branches))
        return NULL;
    struct hf_selection *selection = hf_target_select(self, &target);
    PyObject *result = selection ? ask(self, selection, &options) : NULL;
    hf_selection_destroy(selection);
    return result;
}

PyObject *hf_snapshot_refs(PyObject *self, PyObject *args, PyObject *kwargs) {
    return list(self, args, kwargs, HF_TARGET_FORMAT "O&O&O&:refs", HF_NEIGHBOURS_REFERENCES);
}

PyObject *hf_snapshot_referrers(PyObject *self, PyObject *args, PyObject *kwargs) {
    return list(self, args, kwargs, HF_TARGET_FORMAT "O&O&O&:referrers", HF_NEIGHBOURS_REFERRERS);
}
