/* answers.c - Snapshot.info(), .types() and .find(): from the library's structs to the classes of results. */
#include <holdfast/info.h>
#include <holdfast/types.h>

#include "python/sites.h"
#include "python/target.h"
#include "python/unlocked.h"
#include "python/values.h"

static PyObject *make_group(size_t i, const void *context) {
    const struct hf_info_group *group = (const struct hf_info_group *)context + i;
    return hf_result("Group", Py_BuildValue("{s:N,s:K,s:K}", "name", hf_text(group->name), "count", group->count,
                                            "size_bytes", group->size_bytes));
}

static PyObject *make_type_count(size_t i, const void *context) {
    const struct hf_info_unnamed *item = (const struct hf_info_unnamed *)context + i;
    return hf_result("TypeCount", Py_BuildValue("{s:N,s:K}", "type", hf_text(item->type), "count", item->count));
}

static PyObject *make_origin(const struct hf_origin *origin) {
    return hf_result("Origin",
                     Py_BuildValue("{s:N,s:N,s:N,s:N,s:I,s:K,s:K,s:K,s:K,s:K,s:K,s:K,s:N}",
                                   "python", hf_text(origin->python), "method", hf_text(origin->method),
                                   "program", hf_text(origin->program), "platform", hf_text(origin->platform),
                                   "pid", origin->pid, "taken_at_ns", origin->taken_at_ns,
                                   "pause_ns", origin->pause_ns, "cpu_ns", origin->cpu_ns,
                                   "resident_bytes", origin->resident_bytes, "capture_bytes", origin->capture_bytes,
                                   "num_checked", origin->num_checked, "num_exact", origin->num_exact,
                                   "has_previews", PyBool_FromLong(origin->has_previews)));
}

static PyObject *make_roots(const struct hf_info *info) {
    PyObject *roots = PyDict_New();
    for (int kind = 0; roots && kind < HF_ROOT_NUM_KINDS; kind++) {
        PyObject *count = PyLong_FromUnsignedLongLong(info->roots[kind]);
        if (!count || PyDict_SetItemString(roots, hf_root_kind_name((enum hf_root_kind)kind), count) != 0)
            Py_CLEAR(roots);
        Py_XDECREF(count);
    }
    return roots;
}

/* The innermost frame of a thread, HF_NO_FRAME if it runs no Python. */
static uint32_t find_innermost(const struct hf_snapshot *snapshot, uint32_t thread) {
    for (uint32_t i = 0; i < hf_snapshot_num_frames(snapshot); i++) {
        struct hf_frame frame = hf_snapshot_get_frame(snapshot, i);
        if (frame.thread == thread && frame.depth == 0)
            return i;
    }
    return HF_NO_FRAME;
}

static PyObject *make_thread(size_t i, const void *context) {
    const struct hf_snapshot *snapshot = context;
    struct hf_thread thread = hf_snapshot_get_thread(snapshot, (uint32_t)i);
    struct hf_frame frame = {.function = "", .file = ""};
    uint32_t innermost = find_innermost(snapshot, (uint32_t)i);
    if (innermost != HF_NO_FRAME)
        frame = hf_snapshot_get_frame(snapshot, innermost);
    return hf_result("Thread", Py_BuildValue("{s:N,s:K,s:N,s:N,s:N,s:I}", "name", hf_text(thread.name),
                                             "ident", thread.ident, "is_asker", PyBool_FromLong(thread.is_asker),
                                             "function", hf_text(frame.function), "file", hf_text(frame.file),
                                             "line", frame.line));
}

static PyObject *make_info(const struct hf_snapshot *snapshot, const struct hf_info *info) {
    return hf_result("Info",
                     Py_BuildValue("{s:N,s:K,s:K,s:K,s:K,s:N,s:K,s:K,s:K,s:K,s:K,s:K,s:K,s:N,s:K,s:N,s:N,s:N}",
                                   "origin", make_origin(info->origin), "num_nodes", info->num_nodes,
                                   "num_edges", info->num_edges, "num_types", info->num_types,
                                   "num_interpreters", info->num_interpreters,
                                   "threads", hf_tuple(info->num_threads, make_thread, snapshot),
                                   "size_bytes", info->size_bytes, "num_tracked", info->num_tracked,
                                   "num_immortal", info->num_immortal, "num_frozen", info->num_frozen,
                                   "num_unreachable", info->num_unreachable,
                                   "unreachable_bytes", info->unreachable_bytes,
                                   "num_named_edges", info->num_named_edges, "roots", make_roots(info),
                                   "outside_references", info->outside_references,
                                   "groups", hf_tuple(info->num_groups, make_group, info->groups),
                                   "unnamed", hf_tuple(info->num_unnamed, make_type_count, info->unnamed),
                                   "outside", hf_tuple(info->num_outside, make_type_count, info->outside)));
}

PyObject *hf_snapshot_info(PyObject *self, PyObject *unused) {
    (void)unused;
    struct hf_info *info = NULL;
    struct hf_error error;
    struct hf_unlocked unlocked;
    hf_unlock(&unlocked);
    enum hf_status status = hf_info_create(hf_snapshot_of(self), &unlocked.progress, &info, &error);
    hf_lock(&unlocked);
    if (status != HF_OK)
        return hf_raise(&error, NULL);
    PyObject *result = make_info(hf_snapshot_of(self), info);
    hf_info_destroy(info);
    return result;
}

static PyObject *make_types_row(size_t i, const void *context) {
    const struct hf_types *types = context;
    const struct hf_types_row *row = &types->rows[i];
    return hf_result("TypeRow",
                     Py_BuildValue("{s:N,s:K,s:K,s:N,s:N}", "name", hf_text(row->name), "count", row->count,
                                   "size_bytes", row->size_bytes,
                                   "retained_count", hf_known(row->retained.count, types->has_retained),
                                   "retained_bytes", hf_known(row->retained.size_bytes, types->has_retained)));
}

static PyObject *make_types(const struct hf_types *types) {
    const struct hf_retained *retained = &types->matching_retained;
    return hf_result("Types", Py_BuildValue("{s:N,s:n,s:K,s:K,s:K,s:K,s:N,s:N}",
                                            "rows", hf_tuple(types->num_rows, make_types_row, types),
                                            "num_matching", (Py_ssize_t)types->num_matching,
                                            "total_count", types->total_count, "total_bytes", types->total_bytes,
                                            "matching_count", types->matching_count,
                                            "matching_bytes", types->matching_bytes,
                                            "retained_count", hf_known(retained->count, types->has_retained),
                                            "retained_bytes", hf_known(retained->size_bytes, types->has_retained)));
}

static bool set_sort(const char *word, enum hf_types_sort *out) {
    static const char *const words[] = {[HF_TYPES_BY_BYTES] = "bytes", [HF_TYPES_BY_COUNT] = "count",
                                        [HF_TYPES_BY_NAME] = "name", [HF_TYPES_BY_RETAINED] = "retained"};
    int found = hf_find_word("order", word, words, 4);
    *out = (enum hf_types_sort)found;
    return found >= 0;
}

static PyObject *ask_types(PyObject *self, struct hf_types_options *options) {
    struct hf_types *types = NULL;
    struct hf_error error;
    struct hf_unlocked unlocked;
    hf_unlock(&unlocked);
    options->progress = &unlocked.progress;
    enum hf_status status = hf_types_create(hf_snapshot_of(self), options, &types, &error);
    hf_lock(&unlocked);
    if (status != HF_OK)
        return hf_raise(&error, NULL);
    PyObject *result = make_types(types);
    hf_types_destroy(types);
    return result;
}

PyObject *hf_snapshot_types(PyObject *self, PyObject *args, PyObject *kwargs) {
    char *names[] = {"pattern", "module", "sort", "limit", "retained", "by", NULL};
    struct hf_types_options options = {.struct_size = sizeof options};
    const char *sort = "bytes", *by = "type";
    int retained = 0;
    bool by_site;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|z$zsO&ps:types", names, &options.pattern, &options.module, &sort,
                                     hf_convert_limit, &options.limit, &retained, &by))
        return NULL;
    options.retained = retained;
    if (!set_sort(sort, &options.sort) || !hf_read_by(by, &by_site))
        return NULL;
    return by_site ? hf_ask_sites(self, &options) : ask_types(self, &options);
}

#define MAX_VALUE_CHARS 60

struct found {
    const struct hf_snapshot *snapshot;
    const hf_node_id *nodes;
};

static PyObject *make_node(size_t i, const void *context) {
    const struct found *found = context;
    hf_node_id id = found->nodes[i];
    struct hf_node node = hf_snapshot_get_node(found->snapshot, id);
    struct hf_type type = hf_snapshot_get_type(found->snapshot, node.type);
    char value[MAX_VALUE_CHARS * 4 + 8];
    hf_snapshot_print_value(found->snapshot, id, MAX_VALUE_CHARS, value, sizeof value);
    return hf_result("Node", Py_BuildValue("{s:I,s:K,s:N,s:N,s:K,s:I,s:I}", "id", id, "addr", node.addr,
                                           "type", hf_text(type.name), "value", hf_text(value),
                                           "size_bytes", node.size_bytes, "refcount", node.refcount,
                                           "num_references", node.num_edges));
}

PyObject *hf_snapshot_find(PyObject *self, PyObject *args, PyObject *kwargs) {
    char *names[] = {HF_TARGET_NAMES, "limit", NULL};
    struct hf_target target = {0};
    size_t limit = 0;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, HF_TARGET_FORMAT "O&:find", names, HF_TARGET_ARGS(target),
                                     hf_convert_limit, &limit))
        return NULL;
    struct hf_selection *selection = hf_target_select(self, &target);
    if (!selection)
        return NULL;
    size_t count = limit != 0 && limit < selection->num_nodes ? limit : selection->num_nodes;
    PyObject *tuple = hf_tuple(count, make_node, &(struct found){hf_snapshot_of(self), selection->nodes});
    hf_selection_destroy(selection);
    PyObject *list = tuple ? PySequence_List(tuple) : NULL;
    Py_XDECREF(tuple);
    return list;
}
