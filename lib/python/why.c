/* why.c - Snapshot.why(): what keeps an object alive. */
#include <holdfast/path.h>

#include "python/hops.h"
#include "python/target.h"
#include "python/unlocked.h"
#include "python/values.h"
#include "python/words.h"

struct found_paths {
    const struct hf_snapshot *snapshot;
    const struct hf_path *paths;
};

static PyObject *make_path(size_t i, const void *context) {
    const struct found_paths *found = context;
    return hf_make_path(found->snapshot, &found->paths[i]);
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
