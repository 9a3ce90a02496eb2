/* why.c - Snapshot.why(): what keeps an object alive. */
#include <holdfast/info.h>
#include <holdfast/path.h>

#include "python/hops.h"
#include "python/target.h"
#include "python/unlocked.h"
#include "python/values.h"
#include "python/words.h"

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

struct found_paths {
    const struct hf_snapshot *snapshot;
    const struct hf_path *paths;
};

static PyObject *make_path(size_t i, const void *context) {
    const struct found_paths *found = context;
    const struct hf_path *path = &found->paths[i];
    return hf_result("Path", Py_BuildValue("{s:s,s:N,s:N,s:N,s:N,s:N,s:N}",
                                           "root_kind", hf_root_kind_name(path->root.kind),
                                           "root", hf_text(path->root_text),
                                           "frame", make_frame(found->snapshot, &path->root),
                                           "variable", make_variable(&path->root),
                                           "hops", hf_make_hops(path->hops, path->num_hops),
                                           "expression", hf_text(path->expression),
                                           "expression_gap", hf_text(path->expression_gap)));
}

static PyObject *make_group(size_t i, const void *context) {
    const struct hf_path_group *group = (const struct hf_path_group *)context + i;
    return hf_result("PathGroup", Py_BuildValue("{s:N,s:N,s:K,s:K,s:I}", "pattern", hf_text(group->pattern),
                                                "owner", hf_text(group->owner), "count", group->count,
                                                "size_bytes", group->size_bytes, "example", group->example));
}

/* What is asked, and the words of `avoid` that live as long as the answer is being made. */
struct question {
    PyObject *snapshot;
    const struct hf_selection *selection;
    PyObject *avoid;
};

static PyObject *make_why(const struct question *question, const struct hf_why *why) {
    const struct found_paths found = {hf_snapshot_of(question->snapshot), why->paths};
    return hf_result("Why", Py_BuildValue("{s:N,s:O,s:N,s:N,s:n,s:n,s:K,s:K}",
                                          "description", hf_text(question->selection->description),
                                          "avoid", question->avoid,
                                          "paths", hf_tuple(why->num_paths, make_path, &found),
                                          "groups", hf_tuple(why->num_groups, make_group, why->groups),
                                          "num_owners", (Py_ssize_t)why->num_owners,
                                          "num_all_groups", (Py_ssize_t)why->num_all_groups,
                                          "num_selected", why->num_selected,
                                          "num_unreachable", why->num_unreachable));
}

static PyObject *ask(const struct question *question, struct hf_why_options *options) {
    struct hf_why *why = NULL;
    struct hf_error error;
    struct hf_unlocked unlocked;
    hf_unlock(&unlocked);
    options->progress = &unlocked.progress;
    enum hf_status status = hf_why_create(hf_snapshot_of(question->snapshot), question->selection, options, &why,
                                          &error);
    hf_lock(&unlocked);
    if (status != HF_OK)
        return hf_raise(&error, NULL);
    PyObject *result = make_why(question, why);
    hf_why_destroy(why);
    return result;
}

PyObject *hf_snapshot_why(PyObject *self, PyObject *args, PyObject *kwargs) {
    char *names[] = {HF_TARGET_NAMES, "paths", "groups", "avoid", "retained", NULL};
    struct hf_target target = {0};
    struct hf_why_options options = {.struct_size = sizeof options};
    PyObject *avoid = NULL, *result = NULL;
    int retained = 0;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, HF_TARGET_FORMAT "O&O&Op:why", names, HF_TARGET_ARGS(target),
                                     hf_convert_limit, &options.max_paths, hf_convert_limit, &options.max_groups,
                                     &avoid, &retained))
        return NULL;
    options.retained = retained;
    struct hf_words words;
    struct hf_selection *selection = hf_words_init(&words, "avoid", avoid) ? hf_target_select(self, &target) : NULL;
    if (selection) {
        options.avoid = words.words;
        options.num_avoid = words.count;
        result = ask(&(struct question){self, selection, words.tuple}, &options);
    }
    hf_selection_destroy(selection);
    hf_words_deinit(&words);
    return result;
}
