/* cycles.c - Snapshot.cycles(): which objects keep each other alive. */
#include <holdfast/cycles.h>

#include "python/hops.h"
#include "python/target.h"
#include "python/unlocked.h"
#include "python/values.h"

static PyObject *make_group(size_t i, const void *context) {
    const struct hf_cycle_group *group = (const struct hf_cycle_group *)context + i;
    return hf_result("CycleGroup",
                     Py_BuildValue("{s:N,s:N,s:K,s:K,s:K,s:K,s:K,s:K,s:K,s:K,s:N,s:N,s:N}",
                                   "pattern", hf_text(group->pattern),
                                   "is_garbage", PyBool_FromLong(group->is_garbage),
                                   "num_components", group->num_components, "num_objects", group->num_objects,
                                   "size_bytes", group->size_bytes, "num_references", group->num_references,
                                   "num_outside_references", group->num_outside_references,
                                   "largest_objects", group->largest_objects, "largest_bytes", group->largest_bytes,
                                   "length", group->length, "hops", hf_make_hops(group->hops, group->num_hops),
                                   "expression", hf_text(group->expression),
                                   "expression_gap", hf_text(group->expression_gap)));
}

static PyObject *make_cycles(const struct hf_cycles *cycles) {
    return hf_result("Cycles", Py_BuildValue("{s:N,s:n,s:K,s:K,s:K,s:K,s:K,s:K}",
                                             "groups", hf_tuple(cycles->num_groups, make_group, cycles->groups),
                                             "num_all_groups", (Py_ssize_t)cycles->num_all_groups,
                                             "num_components", cycles->num_components,
                                             "num_objects", cycles->num_objects, "size_bytes", cycles->size_bytes,
                                             "num_garbage_components", cycles->num_garbage_components,
                                             "num_garbage_objects", cycles->num_garbage_objects,
                                             "garbage_bytes", cycles->garbage_bytes));
}

static PyObject *ask(PyObject *self, const struct hf_selection *selection, size_t limit) {
    struct hf_cycles *cycles = NULL;
    struct hf_error error;
    struct hf_unlocked unlocked;
    hf_unlock(&unlocked);
    struct hf_cycles_options options = {.struct_size = sizeof options,
                                        .selection = selection,
                                        .max_groups = limit ? limit : SIZE_MAX,
                                        .progress = &unlocked.progress};
    enum hf_status status = hf_cycles_create(hf_snapshot_of(self), &options, &cycles, &error);
    hf_lock(&unlocked);
    if (status != HF_OK)
        return hf_raise(&error, NULL);
    PyObject *result = make_cycles(cycles);
    hf_cycles_destroy(cycles);
    return result;
}

PyObject *hf_snapshot_cycles(PyObject *self, PyObject *args, PyObject *kwargs) {
    char *names[] = {HF_TARGET_NAMES, "limit", NULL};
    struct hf_target target = {0};
    size_t limit = 20;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, HF_TARGET_FORMAT "O&:cycles", names, HF_TARGET_ARGS(target),
                                     hf_convert_limit, &limit))
        return NULL;
    if (!target.object && !target.selector && !target.value)
        return ask(self, NULL, limit);
    struct hf_selection *selection = hf_target_select(self, &target);
    PyObject *result = selection ? ask(self, selection, limit) : NULL;
    hf_selection_destroy(selection);
    return result;
}
