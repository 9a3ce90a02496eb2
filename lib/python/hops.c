/* hops.c - paths and their hops as objects of Python. */
#include "python/hops.h"

#include <holdfast/info.h>

#include "python/values.h"

static PyObject *make_hop(size_t i, const void *context) {
    const struct hf_path_hop *hop = (const struct hf_path_hop *)context + i;
    bool is_known = hop->retained.count > 0;
    return hf_result("Hop", Py_BuildValue("{s:N,s:N,s:N,s:K,s:K,s:I,s:N,s:N,s:N}", "reference", hf_text(hop->reference),
                                          "type", hf_text(hop->type), "value", hf_text(hop->value),
                                          "size_bytes", hop->size_bytes, "addr", hop->addr, "node", hop->node,
                                          "retained_count", hf_known(hop->retained.count, is_known),
                                          "retained_bytes", hf_known(hop->retained.size_bytes, is_known),
                                          "allocated_at", hf_text(hop->allocated_at)));
}

PyObject *hf_make_hops(const struct hf_path_hop *hops, size_t num_hops) {
    return hf_tuple(num_hops, make_hop, hops);
}

/* "thread worker-1, handle() at shop.py:31", or "" if the root is no frame. */
static PyObject *make_frame(const struct hf_snapshot *snapshot, const struct hf_root *root) {
    if (root->kind != HF_ROOT_FRAME || root->frame == HF_NO_FRAME)
        return hf_text("");
    struct hf_frame frame = hf_snapshot_get_frame(snapshot, root->frame);
    struct hf_thread thread = hf_snapshot_get_thread(snapshot, frame.thread);
    PyObject *name = *thread.name ? hf_text(thread.name)
                                  : PyUnicode_FromFormat("%llu", (unsigned long long)thread.ident);
    PyObject *function = hf_text(frame.function), *file = hf_text(frame.file), *text = NULL;
    if (name && function && file)
        text = PyUnicode_FromFormat("thread %U, %U() at %U:%u", name, function, file, frame.line);
    Py_XDECREF(name);
    Py_XDECREF(function);
    Py_XDECREF(file);
    return text;
}

/* What the frame calls its variable; temporaries have no name. */
static PyObject *make_variable(const struct hf_root *root) {
    if (root->kind != HF_ROOT_FRAME || root->name_kind == HF_NAME_LOCAL)
        return hf_text(root->kind == HF_ROOT_FRAME ? root->name : "");
    PyObject *name = hf_text(*root->name ? root->name : "temporary");
    PyObject *text = name ? PyUnicode_FromFormat("<%U>", name) : NULL;
    Py_XDECREF(name);
    return text;
}

PyObject *hf_make_path(const struct hf_snapshot *snapshot, const struct hf_path *path) {
    return hf_result("Path", Py_BuildValue("{s:s,s:N,s:N,s:N,s:N,s:N,s:N}",
                                           "root_kind", hf_root_kind_name(path->root.kind),
                                           "root", hf_text(path->root_text),
                                           "frame", make_frame(snapshot, &path->root),
                                           "variable", make_variable(&path->root),
                                           "hops", hf_make_hops(path->hops, path->num_hops),
                                           "expression", hf_text(path->expression),
                                           "expression_gap", hf_text(path->expression_gap)));
}
