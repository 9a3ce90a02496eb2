/*
 * snapshot.c - the type Snapshot: taken, loaded, saved, and asked. The answers are in answers.c, why.c and graph.c.
 *
 * A Snapshot never changes, so that its methods work without the GIL and from any number of threads at once.
 * It holds no Python object: not the ones in the picture, and not those that it was asked about.
 */
#include "python/capture.h"
#include "python/docs.h"
#include "python/unlocked.h"
#include "python/values.h"
#include "python/words.h"

PyDoc_STRVAR(save_doc, "save($self, path, *, plain=False, previews=True, level=0)\n--\n\n" DOC_Snapshot_save);
PyDoc_STRVAR(info_doc, "info($self)\n--\n\n" DOC_Snapshot_info);
PyDoc_STRVAR(types_doc,
             "types($self, pattern=None, *, module=None, sort='bytes', limit=None, retained=False,\n"
             "      by='type')\n--\n\n" DOC_Snapshot_types);
PyDoc_STRVAR(find_doc,
             "find($self, target=..., /, *, selector=None, value=None, limit=None)\n--\n\n" DOC_Snapshot_find);
PyDoc_STRVAR(suspects_doc,
             "suspects($self, old=None, /, *, threshold=None, limit=5, parts=6, patterns=None)\n--\n\n"
             DOC_Snapshot_suspects);
PyDoc_STRVAR(why_doc,
             "why($self, target=..., /, *, selector=None, value=None, paths=1, groups=10, avoid=(),\n"
             "    retained=False)\n--\n\n" DOC_Snapshot_why);
PyDoc_STRVAR(graph_doc,
             "graph($self, target=..., /, *, selector=None, value=None, direction='referrers',\n"
             "      depth=4, limit=60, neighbours=10, refcounts=False, sizes=False,\n"
             "      retained=False)\n--\n\n" DOC_Snapshot_graph);
PyDoc_STRVAR(show_doc, "show($self, target=..., /, *, selector=None, value=None, limit=10)\n--\n\n" DOC_Snapshot_show);
PyDoc_STRVAR(refs_doc,
             "refs($self, target=..., /, *, selector=None, value=None, depth=3, limit=40, branches=10)\n--\n\n"
             DOC_Snapshot_refs);
PyDoc_STRVAR(referrers_doc,
             "referrers($self, target=..., /, *, selector=None, value=None, depth=3, limit=40, branches=10)\n--\n\n"
             DOC_Snapshot_referrers);
PyDoc_STRVAR(chain_doc,
             "chain($self, source=..., target=..., *, source_selector=None, target_selector=None, avoid=())\n--\n\n"
             DOC_Snapshot_chain);
PyDoc_STRVAR(retained_doc,
             "retained($self, target=..., /, *, selector=None, value=None, limit=10)\n--\n\n" DOC_Snapshot_retained);
PyDoc_STRVAR(dominators_doc,
             "dominators($self, target=..., /, *, selector=None, value=None, by='object', min_bytes=None,\n"
             "           depth=4, limit=10)\n--\n\n" DOC_Snapshot_dominators);
PyDoc_STRVAR(whatif_doc, "whatif($self, cut, *, limit=10)\n--\n\n" DOC_Snapshot_whatif);
PyDoc_STRVAR(site_doc, "site($self, target=..., /, *, selector=None, value=None)\n--\n\n" DOC_Snapshot_site);
PyDoc_STRVAR(waste_doc, "waste($self, *, kinds=(), min_bytes=None, limit=10)\n--\n\n" DOC_Snapshot_waste);
PyDoc_STRVAR(cycles_doc,
             "cycles($self, target=..., /, *, selector=None, value=None, limit=20)\n--\n\n" DOC_Snapshot_cycles);
PyDoc_STRVAR(native_doc, "native($self, old=None, /, *, limit=10, calls=None)\n--\n\n" DOC_Snapshot_native);

static PyObject *wrap(PyTypeObject *type, struct hf_snapshot *snapshot, bool is_own) {
    struct hf_snapshot_object *self = PyObject_New(struct hf_snapshot_object, type);
    if (!self) {
        hf_snapshot_destroy(snapshot);
        return NULL;
    }
    self->snapshot = snapshot;
    self->is_own = is_own;
    return (PyObject *)self;
}

/* The objects of a tool that are left out, with the two tuples by which we know what to leave out. */
struct hidden {
    PyObject *tuple;
    const void **list;
    size_t count;
};

/* False with an exception, and nothing to end. `objects` is an iterable, or NULL. */
static bool init_hidden(struct hidden *hidden, PyObject *objects, PyObject *words) {
    hidden->tuple = objects ? PySequence_Tuple(objects) : PyTuple_New(0);
    if (!hidden->tuple)
        return false;
    size_t count = (size_t)PyTuple_GET_SIZE(hidden->tuple);
    hidden->list = PyMem_New(const void *, count + 2);
    if (!hidden->list) {
        Py_DECREF(hidden->tuple);
        PyErr_NoMemory();
        return false;
    }
    for (size_t i = 0; i < count; i++)
        hidden->list[i] = PyTuple_GET_ITEM(hidden->tuple, (Py_ssize_t)i);
    hidden->count = count;
    if (PyTuple_GET_SIZE(words) > 0)     /* the empty tuple is everybody's */
        hidden->list[hidden->count++] = words;
    if (count > 0)
        hidden->list[hidden->count++] = hidden->tuple;
    return true;
}

static void deinit_hidden(struct hidden *hidden) {
    PyMem_Free(hidden->list);
    Py_DECREF(hidden->tuple);
}

PyObject *hf_core_snapshot(PyObject *module, PyObject *args, PyObject *kwargs) {
    static const char *const methods[] = {[HF_CAPTURE_AUTO] = "auto", [HF_CAPTURE_COPY] = "copy",
                                          [HF_CAPTURE_WALK] = "walk"};
    char *names[] = {"previews", "method", "hidden_modules", "hidden_objects", NULL};
    int previews = 1;
    const char *method = "auto";
    PyObject *modules = NULL, *objects = NULL, *result = NULL;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|$psOO:snapshot", names, &previews, &method, &modules, &objects))
        return NULL;
    int found = hf_find_word("method", method, methods, 3);
    if (found < 0)
        return NULL;
    struct hf_core *core = PyModule_GetState(module);
    struct hf_words words;
    struct hidden hidden;
    if (hf_words_init(&words, "hidden_modules", modules) && init_hidden(&hidden, objects, words.tuple)) {
        struct hf_capture_options options = {.struct_size = sizeof options,
                                             .without_previews = !previews,
                                             .method = (enum hf_capture_method)found,
                                             .hidden_modules = words.words,
                                             .num_hidden_modules = words.count,
                                             .hidden_objects = hidden.list,
                                             .num_hidden_objects = hidden.count};
        struct hf_snapshot *snapshot;
        struct hf_error error;
        result = hf_capture_patiently(&options, &snapshot, &error) == HF_OK ? wrap(core->snapshot_type, snapshot, true)
                                                                            : hf_raise(&error, NULL);
        deinit_hidden(&hidden);
    }
    hf_words_deinit(&words);
    return result;
}

PyObject *hf_core_load(PyObject *module, PyObject *args, PyObject *kwargs) {
    char *names[] = {"", "cache", NULL};
    PyObject *bytes;
    int cache = 1;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O&|$p:load", names, PyUnicode_FSConverter, &bytes, &cache))
        return NULL;
    struct hf_core *core = PyModule_GetState(module);
    struct hf_snapshot *snapshot = NULL;
    struct hf_error error;
    struct hf_unlocked unlocked;
    hf_unlock(&unlocked);
    struct hf_open_options options = {.struct_size = sizeof options, .progress = &unlocked.progress, .cache = cache};
    enum hf_status status = hf_snapshot_open(PyBytes_AS_STRING(bytes), &options, &snapshot, &error);
    hf_lock(&unlocked);
    PyObject *self = status == HF_OK ? wrap(core->snapshot_type, snapshot, false)
                                     : hf_raise(&error, PyBytes_AS_STRING(bytes));
    Py_DECREF(bytes);
    return self;
}

/* Which levels there are, the library says; here those that no int can hold. */
static int convert_level(PyObject *object, void *level) {
    int overflow;
    PyObject *index = PyNumber_Index(object);
    long number = index ? PyLong_AsLongAndOverflow(index, &overflow) : -1;
    Py_XDECREF(index);
    if (!index)
        return false;
    *(int *)level = (int)number;
    if (overflow == 0 && number == *(int *)level)
        return true;
    PyErr_Format(PyExc_ValueError, "zstd has no compression level %R", object);
    return false;
}

PyObject *hf_core_check_save(PyObject *module, PyObject *args, PyObject *kwargs) {
    (void)module;
    char *names[] = {"path", "level", NULL};
    struct hf_save_options options = {.struct_size = sizeof options};
    struct hf_error error;
    PyObject *path;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O&|$O&:check_save", names, PyUnicode_FSConverter, &path,
                                     convert_level, &options.compression_level))
        return NULL;
    enum hf_status status = hf_snapshot_check_save(PyBytes_AS_STRING(path), &options, &error);
    return hf_none_or_raise(status, &error, path);
}

static PyObject *save(PyObject *self, PyObject *args, PyObject *kwargs) {
    char *names[] = {"path", "plain", "previews", "level", NULL};
    PyObject *path;
    int plain = 0, previews = 1, level = 0;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O&|$ppO&:save", names, PyUnicode_FSConverter, &path, &plain,
                                     &previews, convert_level, &level))
        return NULL;
    struct hf_error error;
    struct hf_unlocked unlocked;
    hf_unlock(&unlocked);
    struct hf_save_options options = {.struct_size = sizeof options,
                                      .plain = plain,
                                      .without_previews = !previews,
                                      .compression_level = level,
                                      .progress = &unlocked.progress};
    enum hf_status status = hf_snapshot_save(hf_snapshot_of(self), PyBytes_AS_STRING(path), &options, &error);
    hf_lock(&unlocked);
    return hf_none_or_raise(status, &error, path);
}

static Py_ssize_t length(PyObject *self) {
    return (Py_ssize_t)hf_snapshot_num_nodes(hf_snapshot_of(self));
}

static PyObject *repr(PyObject *self) {
    const struct hf_origin *origin = hf_snapshot_get_origin(hf_snapshot_of(self));
    PyObject *python = hf_text(origin->python);
    if (!python)
        return NULL;
    PyObject *text = PyUnicode_FromFormat("<holdfast.Snapshot of %u objects, Python %U, process %u>",
                                          (unsigned)length(self), python, (unsigned)origin->pid);
    Py_DECREF(python);
    return text;
}

static PyObject *refuse(PyTypeObject *type, PyObject *args, PyObject *kwargs) {
    (void)type, (void)args, (void)kwargs;
    PyErr_SetString(PyExc_TypeError, "a Snapshot comes from holdfast.snapshot() or holdfast.load(path)");
    return NULL;
}

static void dealloc(PyObject *self) {
    PyTypeObject *type = Py_TYPE(self);
    hf_snapshot_destroy(hf_snapshot_of(self));
    PyObject_Free(self);
    Py_DECREF(type);
}

static PyMethodDef methods[] = {
    HF_METHOD("save", save, save_doc),
    {"info", hf_snapshot_info, METH_NOARGS, info_doc},
    HF_METHOD("types", hf_snapshot_types, types_doc),
    HF_METHOD("find", hf_snapshot_find, find_doc),
    HF_METHOD("suspects", hf_snapshot_suspects, suspects_doc),
    HF_METHOD("why", hf_snapshot_why, why_doc),
    HF_METHOD("graph", hf_snapshot_graph, graph_doc),
    HF_METHOD("show", hf_snapshot_show, show_doc),
    HF_METHOD("refs", hf_snapshot_refs, refs_doc),
    HF_METHOD("referrers", hf_snapshot_referrers, referrers_doc),
    HF_METHOD("chain", hf_snapshot_chain, chain_doc),
    HF_METHOD("cycles", hf_snapshot_cycles, cycles_doc),
    HF_METHOD("retained", hf_snapshot_retained, retained_doc),
    HF_METHOD("dominators", hf_snapshot_dominators, dominators_doc),
    HF_METHOD("whatif", hf_snapshot_whatif, whatif_doc),
    HF_METHOD("native", hf_snapshot_native, native_doc),
    HF_METHOD("site", hf_snapshot_site, site_doc),
    HF_METHOD("waste", hf_snapshot_waste, waste_doc),
    {NULL, NULL, 0, NULL},
};

PyDoc_STRVAR(type_doc, DOC_Snapshot);

static PyType_Slot slots[] = {
    {Py_tp_doc, (void *)type_doc},
    {Py_tp_new, refuse},
    {Py_tp_methods, methods},
    {Py_tp_repr, repr},
    {Py_tp_dealloc, dealloc},
    {Py_sq_length, length},
    {0, NULL},
};

PyType_Spec hf_snapshot_type_spec = {
    .name = "holdfast.Snapshot",
    .basicsize = sizeof(struct hf_snapshot_object),
    .flags = Py_TPFLAGS_DEFAULT,
    .slots = slots,
};
