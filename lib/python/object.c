/* object.c - Snapshot.show(): one object with everything that is known of it. */
#include <holdfast/object.h>

#include "python/hops.h"
#include "python/neighbours.h"
#include "python/target.h"
#include "python/unlocked.h"
#include "python/values.h"

static PyObject *make_word(size_t i, const void *context) {
    return hf_text(((const char *const *)context)[i]);
}

/* A node, or None for none. */
static PyObject *make_node(hf_node_id node) {
    if (node == HF_NO_NODE)
        Py_RETURN_NONE;
    return PyLong_FromUnsignedLong(node);
}

static PyObject *make_path(const struct hf_snapshot *snapshot, const struct hf_path *path) {
    if (!path)
        Py_RETURN_NONE;
    return hf_make_path(snapshot, path);
}

/* What is asked. */
struct question {
    PyObject *snapshot;
    const struct hf_selection *selection;
};

static PyObject *make_object(const struct question *question, const struct hf_object *object) {
    const struct hf_selection *selection = question->selection;
    return hf_result("Object",
                     Py_BuildValue("{s:N,s:n,s:I,s:K,s:N,s:N,s:K,s:K,s:N,s:K,s:N,s:K,s:K,s:K,s:N,s:N,s:I,s:K,"
                                   "s:N,s:N,s:N,s:N,s:N,s:N,s:N}",
                                   "description", hf_text(selection->description),
                                   "num_selected", (Py_ssize_t)selection->num_nodes, "node", object->node,
                                   "addr", object->addr, "type", hf_text(object->type),
                                   "type_node", make_node(object->type_node), "type_count", object->type_count,
                                   "type_bytes", object->type_bytes, "value", hf_text(object->value),
                                   "size_bytes", object->size_bytes, "dict", make_node(object->dict),
                                   "dict_bytes", object->dict_bytes, "retained_count", object->retained.count,
                                   "retained_bytes", object->retained.size_bytes,
                                   "dominator", make_node(object->dominator),
                                   "dominator_type", hf_text(object->dominator_type), "refcount", object->refcount,
                                   "num_incoming", object->num_incoming,
                                   "flags", hf_tuple(object->num_flags, make_word, object->flags),
                                   "roots", hf_tuple(object->num_roots, make_word, object->roots),
                                   "owner", hf_text(object->owner),
                                   "path", make_path(hf_snapshot_of(question->snapshot), object->path),
                                   "referrers", hf_make_neighbours(selection->description, HF_NEIGHBOURS_REFERRERS,
                                                                   object->referrers),
                                   "references", hf_make_neighbours(selection->description,
                                                                    HF_NEIGHBOURS_REFERENCES, object->references),
                                   "allocated_at",
                                   hf_tuple(object->num_allocated_at, make_word, object->allocated_at)));
}

static PyObject *ask(const struct question *question, struct hf_object_options *options) {
    struct hf_object *object = NULL;
    struct hf_error error;
    struct hf_unlocked unlocked;
    hf_unlock(&unlocked);
    options->progress = &unlocked.progress;
    enum hf_status status = hf_object_create(hf_snapshot_of(question->snapshot), question->selection->nodes[0], options,
                                             &object, &error);
    hf_lock(&unlocked);
    if (status != HF_OK)
        return hf_raise(&error, NULL);
    PyObject *result = make_object(question, object);
    hf_object_destroy(object);
    return result;
}

PyObject *hf_snapshot_show(PyObject *self, PyObject *args, PyObject *kwargs) {
    char *names[] = {HF_TARGET_NAMES, "limit", NULL};
    struct hf_target target = {0};
    struct hf_object_options options = {.struct_size = sizeof options};
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, HF_TARGET_FORMAT "O&:show", names, HF_TARGET_ARGS(target),
                                     hf_convert_unsigned, &options.max_rows))
        return NULL;
    struct hf_selection *selection = hf_target_select(self, &target);
    PyObject *result = selection ? ask(&(struct question){self, selection}, &options) : NULL;
    hf_selection_destroy(selection);
    return result;
}
