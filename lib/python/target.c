/*
 * target.c - which objects a question is about.
 *
 * A live object is found by its address. Memory is used again: an object that is younger than the snapshot may lie
 * where another one lay. The snapshot knows the type object of each node, and types hardly ever share an address over
 * time: an object whose type differs from the node's is not in the snapshot.
 */
#include "python/target.h"

#include "python/unlocked.h"
#include "python/values.h"

#include <unistd.h>

static bool is_of_this_process(PyObject *self) {
    const struct hf_snapshot_object *object = (struct hf_snapshot_object *)self;
    return object->is_own || hf_snapshot_get_origin(object->snapshot)->pid == (uint32_t)getpid();
}

static bool has_type_of(const struct hf_snapshot *snapshot, hf_node_id node, PyObject *object) {
    struct hf_type type = hf_snapshot_get_type(snapshot, hf_snapshot_get_node(snapshot, node).type);
    return type.node == HF_NO_NODE || hf_snapshot_get_node(snapshot, type.node).addr == (uintptr_t)Py_TYPE(object);
}

static hf_node_id find_object(PyObject *self, PyObject *object) {
    const struct hf_snapshot *snapshot = hf_snapshot_of(self);
    if (!is_of_this_process(self)) {
        PyErr_Format(PyExc_LookupError,
                     "the snapshot is of process %u, not of this one: name its objects with selector='...'",
                     (unsigned)hf_snapshot_get_origin(snapshot)->pid);
        return HF_NO_NODE;
    }
    hf_node_id node = hf_snapshot_find_addr(snapshot, (uintptr_t)object);
    if (node != HF_NO_NODE && has_type_of(snapshot, node, object))
        return node;
    PyErr_Format(PyExc_LookupError, "this object of type %s is not in the snapshot: it was made later, or is "
                 "one of holdfast's own",
                 Py_TYPE(object)->tp_name);
    return HF_NO_NODE;
}

static struct hf_selection *select_object(PyObject *self, PyObject *object) {
    hf_node_id node = find_object(self, object);
    if (node == HF_NO_NODE)
        return NULL;
    struct hf_selection *selection = NULL;
    struct hf_error error;
    if (hf_selection_create_nodes(hf_snapshot_of(self), &node, 1, &selection, &error) != HF_OK)
        hf_raise(&error, NULL);
    return selection;
}

static struct hf_selection *select_by_text(PyObject *self, const char *selector, const char *value) {
    struct hf_selection *selection = NULL;
    struct hf_error error;
    struct hf_unlocked unlocked;
    hf_unlock(&unlocked);
    struct hf_selector_options options = {.struct_size = sizeof options, .value_pattern = value,
                                          .progress = &unlocked.progress};
    enum hf_status status = hf_selection_create(hf_snapshot_of(self), selector, &options, &selection, &error);
    hf_lock(&unlocked);
    if (status != HF_OK)
        hf_raise(&error, NULL);
    return selection;
}

static void refuse_both(const struct hf_target *target) {
    PyErr_Format(PyExc_TypeError, "give an object, or %s=%s, not both", target->keyword ? target->keyword : "selector",
                 target->keyword ? "" : " and value=");
}

static void refuse_none(const struct hf_target *target) {
    PyErr_Format(PyExc_TypeError, "which object? Give it, or %s='type, pattern, 0xADDRESS or NUMBER'%s",
                 target->keyword ? target->keyword : "selector", target->keyword ? "" : ", or value=");
}

struct hf_selection *hf_target_select(PyObject *self, const struct hf_target *target) {
    bool by_text = target->selector || target->value;
    if (target->object && by_text) {
        refuse_both(target);
        return NULL;
    }
    if (target->object)
        return select_object(self, target->object);
    if (by_text)
        return select_by_text(self, target->selector, target->value);
    refuse_none(target);
    return NULL;
}
