/* graph.c - Snapshot.graph() chooses what is drawn; render() and save_picture() lay it out with Graphviz. */
#include <holdfast/picture.h>

#include "python/target.h"
#include "python/unlocked.h"
#include "python/values.h"

static bool set_direction(const char *word, enum hf_picture_direction *out) {
    static const char *const words[] = {[HF_PICTURE_REFERRERS] = "referrers", [HF_PICTURE_REFERENCES] = "references",
                                        [HF_PICTURE_CHAIN] = "chain"};
    int found = hf_find_word("direction", word, words, 3);
    *out = (enum hf_picture_direction)found;
    return found >= 0;
}

static PyObject *draw(PyObject *self, const struct hf_selection *selection, struct hf_picture_options *options) {
    struct hf_picture *picture = NULL;
    struct hf_error error;
    struct hf_unlocked unlocked;
    hf_unlock(&unlocked);
    options->progress = &unlocked.progress;
    enum hf_status status = hf_picture_create(hf_snapshot_of(self), selection, options, &picture, &error);
    hf_lock(&unlocked);
    if (status != HF_OK)
        return hf_raise(&error, NULL);
    PyObject *result = hf_result("Picture", Py_BuildValue("{s:N,s:N,s:n,s:n,s:n}",
                                                          "description", hf_text(selection->description),
                                                          "dot", hf_text(picture->dot),
                                                          "num_nodes", (Py_ssize_t)picture->num_nodes,
                                                          "num_edges", (Py_ssize_t)picture->num_edges,
                                                          "num_omitted", (Py_ssize_t)picture->num_omitted));
    hf_picture_destroy(picture);
    return result;
}

PyObject *hf_snapshot_graph(PyObject *self, PyObject *args, PyObject *kwargs) {
    char *names[] = {HF_TARGET_NAMES, "direction", "depth", "limit", "neighbours", "refcounts", "sizes", "retained",
                     NULL};
    struct hf_target target = {0};
    struct hf_picture_options options = {.struct_size = sizeof options};
    const char *direction = "referrers";
    int refcounts = 0, sizes = 0, retained = 0;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, HF_TARGET_FORMAT "sO&O&O&ppp:graph", names, HF_TARGET_ARGS(target),
                                     &direction, hf_convert_unsigned, &options.depth, hf_convert_unsigned,
                                     &options.max_nodes, hf_convert_unsigned, &options.max_neighbours, &refcounts,
                                     &sizes, &retained))
        return NULL;
    if (!set_direction(direction, &options.direction))
        return NULL;
    options.refcounts = refcounts;
    options.sizes = sizes;
    options.retained = retained;
    struct hf_selection *selection = hf_target_select(self, &target);
    PyObject *result = selection ? draw(self, selection, &options) : NULL;
    hf_selection_destroy(selection);
    return result;
}

/* The limits that render() and save_picture() share. */
#define LIMITS_FORMAT "|$O&O&"
#define LIMITS_NAMES "seconds", "memory_bytes"
#define LIMITS_ARGS(limits) hf_convert_unsigned, &(limits).seconds, hf_convert_bytes, &(limits).memory_bytes

PyObject *hf_core_render(PyObject *module, PyObject *args, PyObject *kwargs) {
    (void)module;
    static const char *const words[] = {[HF_PICTURE_SVG] = "svg", [HF_PICTURE_PNG] = "png", [HF_PICTURE_PDF] = "pdf",
                                        [HF_PICTURE_DOT] = "dot"};
    char *names[] = {"dot", "format", LIMITS_NAMES, NULL};
    struct hf_render_limits limits = {.struct_size = sizeof limits};
    const char *dot, *word;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "ss" LIMITS_FORMAT ":render", names, &dot, &word,
                                     LIMITS_ARGS(limits)))
        return NULL;
    int format = hf_find_word("format", word, words, 4);
    if (format < 0)
        return NULL;
    uint8_t *bytes = NULL;
    size_t num_bytes = 0;
    struct hf_error error;
    enum hf_status status;
    Py_BEGIN_ALLOW_THREADS
    status = hf_picture_render(dot, (enum hf_picture_format)format, &limits, &bytes, &num_bytes, &error);
    Py_END_ALLOW_THREADS
    if (status != HF_OK)
        return hf_raise(&error, NULL);
    PyObject *result = PyBytes_FromStringAndSize((const char *)bytes, (Py_ssize_t)num_bytes);
    hf_free(bytes);
    return result;
}

PyObject *hf_core_save_picture(PyObject *module, PyObject *args, PyObject *kwargs) {
    (void)module;
    char *names[] = {"dot", "path", LIMITS_NAMES, NULL};
    struct hf_render_limits limits = {.struct_size = sizeof limits};
    struct hf_picture picture = {0};
    PyObject *path;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "sO&" LIMITS_FORMAT ":save_picture", names, &picture.dot,
                                     PyUnicode_FSConverter, &path, LIMITS_ARGS(limits)))
        return NULL;
    struct hf_error error;
    enum hf_status status;
    Py_BEGIN_ALLOW_THREADS
    status = hf_picture_save(&picture, PyBytes_AS_STRING(path), &limits, &error);
    Py_END_ALLOW_THREADS
    return hf_none_or_raise(status, &error, path);
}
