/* retained.c - Snapshot.retained(), .whatif() and .dominators(): what would be freed, and who alone holds it. */
#include <holdfast/dominated.h>
#include <holdfast/retained.h>

#include "python/target.h"
#include "python/unlocked.h"
#include "python/values.h"
#include "python/words.h"

static PyObject *make_type(size_t i, const void *context) {
    const struct hf_freed_type *type = (const struct hf_freed_type *)context + i;
    return hf_result("FreedType", Py_BuildValue("{s:N,s:K,s:K}", "name", hf_text(type->name),
                                                "count", type->freed.count, "size_bytes", type->freed.size_bytes));
}

static PyObject *make_group(size_t i, const void *context) {
    const struct hf_path_group *group = (const struct hf_path_group *)context + i;
    return hf_result("PathGroup", Py_BuildValue("{s:N,s:N,s:K,s:K,s:I}", "pattern", hf_text(group->pattern),
                                                "owner", hf_text(group->owner), "count", group->count,
                                                "size_bytes", group->size_bytes, "example", group->example));
}

static PyObject *make_freed(const struct hf_freed *freed, enum hf_cut_way way) {
    return hf_result("Freed",
                     Py_BuildValue("{s:N,s:N,s:K,s:K,s:K,s:K,s:K,s:K,s:K,s:K,s:K,s:K,s:K,s:K,s:N,s:n,s:N,s:n}",
                                   "description", hf_text(freed->description),
                                   "is_whatif", PyBool_FromLong(way == HF_CUT_REFERENCES),
                                   "cut_count", freed->cut.count, "cut_bytes", freed->cut.size_bytes,
                                   "num_references", freed->num_references,
                                   "count", freed->freed.count, "size_bytes", freed->freed.size_bytes,
                                   "garbage_count", freed->garbage.count, "garbage_bytes", freed->garbage.size_bytes,
                                   "num_targets", freed->num_targets, "num_targets_kept", freed->num_targets_kept,
                                   "kept_count", freed->kept.count, "kept_bytes", freed->kept.size_bytes,
                                   "num_borders", freed->num_borders,
                                   "types", hf_tuple(freed->num_types, make_type, freed->types),
                                   "num_all_types", (Py_ssize_t)freed->num_all_types,
                                   "groups", hf_tuple(freed->num_groups, make_group, freed->groups),
                                   "num_all_groups", (Py_ssize_t)freed->num_all_groups));
}

/* What goes away: words, or a selection (NULL: none). */
struct loss {
    const struct hf_words *words;
    const struct hf_selection *selection;
    enum hf_cut_way way;
    size_t limit;
};

static enum hf_status make_cut(const struct hf_snapshot *snapshot, const struct loss *loss, struct hf_cut **cut,
                               struct hf_error *error) {
    enum hf_status status = hf_cut_create(snapshot, cut, error);
    for (size_t i = 0; i < loss->words->count && status == HF_OK; i++)
        status = hf_cut_add(*cut, loss->words->words[i], loss->way, error);
    if (status == HF_OK && loss->selection)
        status = hf_cut_add_selection(*cut, loss->selection, error);
    return status;
}

static PyObject *ask(PyObject *self, const struct loss *loss) {
    const struct hf_snapshot *snapshot = hf_snapshot_of(self);
    struct hf_cut *cut = NULL;
    struct hf_freed *freed = NULL;
    struct hf_error error;
    struct hf_unlocked unlocked;
    hf_unlock(&unlocked);
    const struct hf_freed_options options = {.struct_size = sizeof options,
                                             .max_types = loss->limit ? loss->limit : SIZE_MAX,
                                             .max_groups = loss->limit ? loss->limit : SIZE_MAX,
                                             .progress = &unlocked.progress};
    enum hf_status status = make_cut(snapshot, loss, &cut, &error);
    if (status == HF_OK)
        status = hf_freed_create(snapshot, cut, &options, &freed, &error);
    hf_lock(&unlocked);
    PyObject *result = status == HF_OK ? make_freed(freed, loss->way) : hf_raise(&error, NULL);
    hf_freed_destroy(freed);
    hf_cut_destroy(cut);
    return result;
}

PyObject *hf_snapshot_retained(PyObject *self, PyObject *args, PyObject *kwargs) {
    char *names[] = {HF_TARGET_NAMES, "limit", NULL};
    struct hf_target target = {0};
    struct hf_words words = {0};
    size_t limit = 10;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, HF_TARGET_FORMAT "O&:retained", names, HF_TARGET_ARGS(target),
                                     hf_convert_limit, &limit))
        return NULL;
    bool is_word = target.selector && !target.object && !target.value;
    if (is_word) {
        words = (struct hf_words){.words = &target.selector, .count = 1};
        return ask(self, &(struct loss){&words, NULL, HF_CUT_OBJECTS, limit});
    }
    struct hf_selection *selection = hf_target_select(self, &target);
    PyObject *result = selection ? ask(self, &(struct loss){&words, selection, HF_CUT_OBJECTS, limit}) : NULL;
    hf_selection_destroy(selection);
    return result;
}

PyObject *hf_snapshot_whatif(PyObject *self, PyObject *args, PyObject *kwargs) {
    char *names[] = {"cut", "limit", NULL};
    PyObject *cut;
    struct hf_words words;
    size_t limit = 10;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O|$O&:whatif", names, &cut, hf_convert_limit, &limit))
        return NULL;
    PyObject *result = NULL;
    if (hf_words_init(&words, "cut", cut))
        result = ask(self, &(struct loss){&words, NULL, HF_CUT_REFERENCES, limit});
    hf_words_deinit(&words);
    return result;
}

static PyObject *make_dominated_row(size_t i, const void *context) {
    static const char *const kinds[] = {"object", "type", "holder", "garbage", "cycle", "member", "rest"};
    const struct hf_dominated_row *row = (const struct hf_dominated_row *)context + i;
    bool has_node = row->node != HF_NO_NODE;
    return hf_result("DominatorRow",
                     Py_BuildValue("{s:I,s:s,s:K,s:K,s:K,s:N,s:N,s:N,s:N,s:N}", "depth", row->depth, "kind",
                                   kinds[row->kind], "num_objects", row->num_objects,
                                   "retained_count", row->retained.count, "retained_bytes", row->retained.size_bytes,
                                   "node", hf_known(row->node, has_node), "addr", hf_known(row->addr, has_node),
                                   "reference", hf_text(row->reference), "type", hf_text(row->type),
                                   "value", hf_text(row->value)));
}

static PyObject *ask_dominated(PyObject *self, struct hf_dominated_options *options) {
    struct hf_dominated *dominated = NULL;
    struct hf_error error;
    struct hf_unlocked unlocked;
    hf_unlock(&unlocked);
    options->progress = &unlocked.progress;
    enum hf_status status = hf_dominated_create(hf_snapshot_of(self), options, &dominated, &error);
    hf_lock(&unlocked);
    if (status != HF_OK)
        return hf_raise(&error, NULL);
    PyObject *result = hf_result("Dominators",
                                 Py_BuildValue("{s:N,s:K,s:K}", "rows",
                                               hf_tuple(dominated->num_rows, make_dominated_row, dominated->rows),
                                               "total_count", dominated->total.count,
                                               "total_bytes", dominated->total.size_bytes));
    hf_dominated_destroy(dominated);
    return result;
}

PyObject *hf_snapshot_dominators(PyObject *self, PyObject *args, PyObject *kwargs) {
    static const char *const words[] = {"object", "type", "module", "package", "thread", "root"};
    char *names[] = {HF_TARGET_NAMES, "by", "min_bytes", "depth", "limit", NULL};
    struct hf_target target = {0};
    struct hf_dominated_options options = {.struct_size = sizeof options};
    const char *by = "object";
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, HF_TARGET_FORMAT "sO&O&O&:dominators", names,
                                     HF_TARGET_ARGS(target), &by, hf_convert_bytes, &options.min_bytes,
                                     hf_convert_unsigned, &options.max_depth, hf_convert_limit,
                                     &options.max_children))
        return NULL;
    int found = hf_find_word("order", by, words, 6);
    if (found < 0)
        return NULL;
    options.by = (enum hf_dominated_by)found;
    if (!target.object && !target.selector && !target.value)
        return ask_dominated(self, &options);
    struct hf_selection *selection = hf_target_select(self, &target);
    options.selection = selection;
    PyObject *result = selection ? ask_dominated(self, &options) : NULL;
    hf_selection_destroy(selection);
    return result;
}
