/*
 * growth.c - what grew: diff_snapshots() and diff_files(), and the type growth around a piece of code.
 *
 * `with holdfast.growth()` must not see itself. It is a type of ours, which captures leave out, and its methods are C:
 * no function, no code and no frame of it is in the program. What is left are the objects by which the interpreter
 * calls them (struct props): these are there for every snapshot, so that a block without any growth reads as 0 objects.
 */
#include <holdfast/growth.h>

#include <string.h>

#include "python/capture.h"
#include "python/docs.h"
#include "python/sites.h"
#include "python/unlocked.h"
#include "python/values.h"
#include "python/words.h"

#define DEFAULT_LIMIT 10

/* ---- the answer ---- */

static PyObject *make_uint(size_t i, const void *context) {
    return PyLong_FromUnsignedLongLong(((const uint64_t *)context)[i]);
}

static PyObject *make_int(size_t i, const void *context) {
    return PyLong_FromLongLong(((const int64_t *)context)[i]);
}

static PyObject *make_moment(size_t i, const void *context) {
    const struct hf_growth_moment *moment = (const struct hf_growth_moment *)context + i;
    return hf_result("GrowthMoment", Py_BuildValue("{s:K,s:I,s:K,s:K,s:K,s:K}", "taken_at_ns", moment->taken_at_ns,
                                                   "pid", moment->pid, "count", moment->count,
                                                   "size_bytes", moment->size_bytes,
                                                   "garbage_count", moment->garbage_count,
                                                   "garbage_bytes", moment->garbage_bytes));
}

static PyObject *make_type(size_t i, const void *context) {
    const struct hf_growth *growth = context;
    bool is_grown = i < growth->num_grown;
    const struct hf_growth_type *type = is_grown ? &growth->grown[i] : &growth->shrunk[i - growth->num_grown];
    return hf_result("GrowthType", Py_BuildValue("{s:N,s:s,s:L,s:L,s:N,s:N,s:K,s:K}", "name", hf_text(type->name),
                                                 "trend", hf_trend_name(type->trend),
                                                 "count_growth", type->count_growth,
                                                 "bytes_growth", type->bytes_growth,
                                                 "counts", hf_tuple(growth->num_moments, make_uint, type->counts),
                                                 "sizes_bytes",
                                                 hf_tuple(growth->num_moments, make_uint, type->sizes_bytes),
                                                 "num_new", type->num_new, "num_gone", type->num_gone));
}

static PyObject *make_shrunk(size_t i, const void *context) {
    return make_type(((const struct hf_growth *)context)->num_grown + i, context);
}

static PyObject *make_place(size_t i, const void *context) {
    const struct hf_growth *growth = context;
    const struct hf_growth_place *place = &growth->places[i];
    size_t num_steps = growth->num_moments - 1;
    return hf_result("GrowthPlace",
                     Py_BuildValue("{s:N,s:N,s:N,s:n,s:s,s:L,s:L,s:L,s:N,s:N,s:K,s:K,s:N,s:N,s:K,s:K,s:K,s:I,s:K}",
                                   "pattern", hf_text(place->pattern), "owner", hf_text(place->owner),
                                   "type", hf_text(place->type), "num_types", (Py_ssize_t)place->num_types,
                                   "trend", hf_trend_name(place->trend), "count_growth", place->count_growth,
                                   "all_count_growth", place->all_count_growth, "bytes_growth", place->bytes_growth,
                                   "count_steps", hf_tuple(num_steps, make_int, place->count_steps),
                                   "bytes_steps", hf_tuple(num_steps, make_int, place->bytes_steps),
                                   "count", place->count, "num_moved", place->num_moved,
                                   "container", hf_text(place->container),
                                   "container_type", hf_text(place->container_type),
                                   "num_containers", place->num_containers, "length_then", place->length_then,
                                   "length_now", place->length_now, "example", place->example,
                                   "example_addr", place->example_addr));
}

static PyObject *make_identity(const struct hf_growth_identity *identity) {
    return hf_result("GrowthIdentity",
                     Py_BuildValue("{s:N,s:K,s:K,s:K,s:K,s:K,s:K}",
                                   "by_address", PyBool_FromLong(identity->by_address), "num_new", identity->num_new,
                                   "num_gone", identity->num_gone, "num_same", identity->num_same,
                                   "num_replaced", identity->num_replaced, "num_assumed", identity->num_assumed,
                                   "num_doubtful", identity->num_doubtful));
}

static PyObject *make_check(size_t i, const void *context) {
    const struct hf_growth_check *check = (const struct hf_growth_check *)context + i;
    return hf_result("GrowthCheck", Py_BuildValue("{s:N,s:L,s:n,s:N}", "condition", hf_text(check->condition),
                                                  "growth", check->growth, "num_types", (Py_ssize_t)check->num_types,
                                                  "is_exceeded", PyBool_FromLong(check->is_exceeded)));
}

static PyObject *make_growth(const struct hf_growth *growth) {
    return hf_result("Growth",
                     Py_BuildValue("{s:N,s:N,s:n,s:N,s:n,s:N,s:n,s:n,s:N,s:N}",
                                   "moments", hf_tuple(growth->num_moments, make_moment, growth->moments),
                                   "grown", hf_tuple(growth->num_grown, make_type, growth),
                                   "num_all_grown", (Py_ssize_t)growth->num_all_grown,
                                   "shrunk", hf_tuple(growth->num_shrunk, make_shrunk, growth),
                                   "num_all_shrunk", (Py_ssize_t)growth->num_all_shrunk,
                                   "places", hf_tuple(growth->num_places, make_place, growth),
                                   "num_all_places", (Py_ssize_t)growth->num_all_places,
                                   "num_steady", (Py_ssize_t)growth->num_steady,
                                   "identity", make_identity(&growth->identity),
                                   "checks", hf_tuple(growth->num_checks, make_check, growth->checks)));
}

static PyObject *hand_out(enum hf_status status, struct hf_growth *growth, const struct hf_error *error) {
    if (status != HF_OK)
        return hf_raise(error, NULL);
    PyObject *result = make_growth(growth);
    hf_growth_destroy(growth);
    return result;
}

/* ---- snapshots ---- */

/* The snapshots of a tuple of Snapshot, which the caller frees; NULL with an exception. */
static const struct hf_snapshot **list_snapshots(const struct hf_core *core, PyObject *tuple) {
    Py_ssize_t count = PyTuple_GET_SIZE(tuple);
    const struct hf_snapshot **list = PyMem_New(const struct hf_snapshot *, (size_t)count + 1);
    if (!list)
        return (const struct hf_snapshot **)PyErr_NoMemory();
    for (Py_ssize_t i = 0; i < count; i++) {
        PyObject *item = PyTuple_GET_ITEM(tuple, i);
        if (Py_TYPE(item) != core->snapshot_type) {
            PyErr_Format(PyExc_TypeError, "diff takes Snapshots and paths, not %s", Py_TYPE(item)->tp_name);
            PyMem_Free(list);
            return NULL;
        }
        list[i] = hf_snapshot_of(item);
    }
    return list;
}

/* Limits are about types. */
static bool read_by(const char *word, const struct hf_words *limits, bool *by_site) {
    if (!hf_read_by(word, by_site))
        return false;
    if (*by_site && limits->count > 0)
        PyErr_SetString(PyExc_ValueError, "fail_if is about types: it does not go with by='site'");
    return !*by_site || limits->count == 0;
}

static PyObject *compare(const struct hf_core *core, PyObject *tuple, struct hf_growth_options *options,
                         bool by_site) {
    struct hf_growth *growth = NULL;
    struct hf_site_growth *site_growth = NULL;
    struct hf_error error;
    struct hf_unlocked unlocked;
    const struct hf_snapshot **list = list_snapshots(core, tuple);
    if (!list)
        return NULL;
    hf_unlock(&unlocked);
    options->progress = &unlocked.progress;
    size_t count = (size_t)PyTuple_GET_SIZE(tuple);
    enum hf_status status = by_site ? hf_site_growth_create(list, count, options, &site_growth, &error)
                                    : hf_growth_create(list, count, options, &growth, &error);
    hf_lock(&unlocked);
    PyMem_Free(list);
    return by_site ? hf_make_site_growth(status, site_growth, &error) : hand_out(status, growth, &error);
}

PyObject *hf_core_diff_snapshots(PyObject *module, PyObject *args, PyObject *kwargs) {
    char *names[] = {"", "limit", "fail_if", "by", NULL};
    struct hf_growth_options options = {.struct_size = sizeof options, .limit = DEFAULT_LIMIT};
    PyObject *tuple, *fail_if = NULL, *result = NULL;
    const char *by = "type";
    bool by_site;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O!|$O&Os:diff", names, &PyTuple_Type, &tuple,
                                     hf_convert_limit, &options.limit, &fail_if, &by))
        return NULL;
    struct hf_words limits;
    if (hf_words_init(&limits, "fail_if", fail_if) && read_by(by, &limits, &by_site)) {
        options.fail_if = limits.words;
        options.num_fail_if = limits.count;
        result = compare(PyModule_GetState(module), tuple, &options, by_site);
    }
    hf_words_deinit(&limits);
    return result;
}

/* ---- files ---- */

/* The paths of files as the system takes them. */
struct paths {
    PyObject *list;          /* of bytes */
    const char **words;      /* borrowed from the list */
    size_t count;
};

static bool add_path(PyObject *list, PyObject *path) {
    PyObject *bytes;
    if (!PyUnicode_FSConverter(path, &bytes))
        return false;
    int failed = PyList_Append(list, bytes);
    Py_DECREF(bytes);
    return !failed;
}

/* False with an exception. Ends with deinit_paths, also after a failure. */
static bool init_paths(struct paths *paths, PyObject *argument) {
    PyObject *given = PySequence_Tuple(argument);
    paths->list = given ? PyList_New(0) : NULL;
    bool ok = paths->list;
    for (Py_ssize_t i = 0; ok && i < PyTuple_GET_SIZE(given); i++)
        ok = add_path(paths->list, PyTuple_GET_ITEM(given, i));
    Py_XDECREF(given);
    if (!ok)
        return false;
    paths->count = (size_t)PyList_GET_SIZE(paths->list);
    paths->words = PyMem_New(const char *, paths->count + 1);
    for (size_t i = 0; paths->words && i < paths->count; i++)
        paths->words[i] = PyBytes_AS_STRING(PyList_GET_ITEM(paths->list, (Py_ssize_t)i));
    return paths->words || PyErr_NoMemory();
}

static void deinit_paths(struct paths *paths) {
    PyMem_Free(paths->words);
    Py_XDECREF(paths->list);
}

static PyObject *read_files(const struct paths *paths, struct hf_growth_options *options, bool by_site) {
    struct hf_growth *growth = NULL;
    struct hf_site_growth *site_growth = NULL;
    struct hf_error error;
    struct hf_unlocked unlocked;
    hf_unlock(&unlocked);
    options->progress = &unlocked.progress;
    enum hf_status status = by_site ? hf_site_growth_open(paths->words, paths->count, options, &site_growth, &error)
                                    : hf_growth_open(paths->words, paths->count, options, &growth, &error);
    hf_lock(&unlocked);
    return by_site ? hf_make_site_growth(status, site_growth, &error) : hand_out(status, growth, &error);
}

PyObject *hf_core_diff_files(PyObject *module, PyObject *args, PyObject *kwargs) {
    (void)module;
    char *names[] = {"", "limit", "fail_if", "by", NULL};
    struct hf_growth_options options = {.struct_size = sizeof options, .limit = DEFAULT_LIMIT};
    PyObject *argument, *fail_if = NULL, *result = NULL;
    const char *by = "type";
    bool by_site;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O|$O&Os:diff", names, &argument, hf_convert_limit,
                                     &options.limit, &fail_if, &by))
        return NULL;
    struct paths paths = {0};
    struct hf_words limits = {0};
    if (init_paths(&paths, argument) && hf_words_init(&limits, "fail_if", fail_if) && read_by(by, &limits, &by_site)) {
        options.fail_if = limits.words;
        options.num_fail_if = limits.count;
        result = read_files(&paths, &options, by_site);
    }
    deinit_paths(&paths);
    hf_words_deinit(&limits);
    return result;
}

/* ---- around a piece of code ---- */

struct growth_object {
    PyObject_HEAD
    struct hf_growth_series *series;   /* NULL: finished, or failed */
    struct hf_growth_options options;
    struct hf_words fail_if;
    struct hf_snapshot *last;          /* which the series needs until the next one */
    size_t num_snapshots;
    bool previews;
    bool is_busy;                      /* in another thread, which has given up the GIL */
    PyObject *result;                  /* NULL: not yet */
};

static struct growth_object *growth_of(PyObject *self) {
    return (struct growth_object *)self;
}

static bool begin(struct growth_object *self) {
    struct hf_error error;
    self->options.fail_if = self->fail_if.words;
    self->options.num_fail_if = self->fail_if.count;
    if (hf_growth_series_create(&self->options, &self->series, &error) == HF_OK)
        return true;
    hf_raise(&error, NULL);
    return false;
}

static PyObject *create(PyTypeObject *type, PyObject *args, PyObject *kwargs) {
    char *names[] = {"limit", "fail_if", "previews", NULL};
    size_t limit = DEFAULT_LIMIT;
    PyObject *fail_if = NULL;
    int previews = 1;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|$O&Op:growth", names, hf_convert_limit, &limit, &fail_if,
                                     &previews))
        return NULL;
    struct growth_object *self = PyObject_New(struct growth_object, type);
    if (!self)
        return NULL;
    memset((char *)self + sizeof(PyObject), 0, sizeof *self - sizeof(PyObject));
    self->previews = previews;
    self->options = (struct hf_growth_options){.struct_size = sizeof self->options, .limit = limit};
    if (!hf_words_init(&self->fail_if, "fail_if", fail_if) || !begin(self))
        Py_CLEAR(self);
    return (PyObject *)self;
}

static void end(struct growth_object *self) {
    hf_growth_series_destroy(self->series);
    hf_snapshot_destroy(self->last);
    self->series = NULL;
    self->last = NULL;
}

static bool is_usable(const struct growth_object *self) {
    if (self->series && !self->is_busy)
        return true;
    PyErr_SetString(PyExc_RuntimeError, self->is_busy ? "another thread is working on this growth"
                                                      : "this growth has ended: make another one");
    return false;
}

/* What the interpreter holds on while it calls one of our methods, so that each snapshot has it. */
struct props {
    PyObject *step;          /* the descriptor, which is on the stack during step() */
    PyObject *enter;         /* a bound method, as during __enter__(); from 3.14 on there is none */
};

static void set_up(struct props *props, PyObject *self, bool is_first) {
    *props = (struct props){.step = PyObject_GetAttrString((PyObject *)Py_TYPE(self), "step")};
#if PY_VERSION_HEX < 0x030E0000
    if (!is_first)
        props->enter = PyObject_GetAttrString(self, "__enter__");
#endif
    PyErr_Clear();
}

static enum hf_status capture(PyObject *self, struct hf_snapshot **out, struct hf_error *error) {
    const struct hf_capture_options options = {.struct_size = sizeof options,
                                               .without_previews = !growth_of(self)->previews};
    struct props props;
    set_up(&props, self, growth_of(self)->num_snapshots == 0);
    enum hf_status status = hf_capture_patiently(&options, out, error);
    Py_XDECREF(props.step);
    Py_XDECREF(props.enter);
    return status;
}

/* False with an exception; what failed half-way cannot go on. */
static bool take_step(PyObject *self_) {
    struct growth_object *self = growth_of(self_);
    struct hf_snapshot *snapshot = NULL;
    struct hf_error error;
    if (!is_usable(self))
        return false;
    self->is_busy = true;
    enum hf_status status = capture(self_, &snapshot, &error);
    if (status == HF_OK) {
        Py_BEGIN_ALLOW_THREADS
        status = hf_growth_series_add(self->series, snapshot, &error);
        hf_snapshot_destroy(self->last);
        Py_END_ALLOW_THREADS
        self->last = snapshot;
        self->num_snapshots++;
    }
    self->is_busy = false;
    if (status == HF_OK)
        return true;
    end(self);
    hf_raise(&error, NULL);
    return false;
}

static PyObject *enter(PyObject *self, PyObject *unused) {
    (void)unused;
    if (!take_step(self))
        return NULL;
    Py_INCREF(self);
    return self;
}

static PyObject *step(PyObject *self, PyObject *unused) {
    (void)unused;
    if (growth_of(self)->num_snapshots == 0) {
        PyErr_SetString(PyExc_RuntimeError, "step() belongs into the block of `with holdfast.growth() as g:`");
        return NULL;
    }
    if (!take_step(self))
        return NULL;
    Py_RETURN_NONE;
}

/* The answer for the snapshots taken so far, which may go on. */
static PyObject *answer(struct growth_object *self) {
    struct hf_growth *growth = NULL;
    struct hf_error error;
    enum hf_status status;
    self->is_busy = true;
    Py_BEGIN_ALLOW_THREADS
    status = hf_growth_series_finish(self->series, &growth, &error);
    Py_END_ALLOW_THREADS
    self->is_busy = false;
    return hand_out(status, growth, &error);
}

static bool finish(PyObject *self_) {
    struct growth_object *self = growth_of(self_);
    if (self->num_snapshots == 1 && !take_step(self_))
        return false;
    if (!is_usable(self))
        return false;
    self->result = answer(self);
    end(self);
    return self->result;
}

/* A block that has failed has no answer. The arguments are no tuple: that would be one more in the last snapshot. */
static PyObject *leave(PyObject *self, PyObject *const *args, Py_ssize_t num_args) {
    bool has_failed = num_args > 0 && args[0] != Py_None;
    if (has_failed)
        end(growth_of(self));
    else if (!finish(self))
        return NULL;
    Py_RETURN_FALSE;
}

static PyObject *get_result(PyObject *self_, void *unused) {
    (void)unused;
    struct growth_object *self = growth_of(self_);
    if (self->result) {
        Py_INCREF(self->result);
        return self->result;
    }
    if (self->series && self->num_snapshots > 1)
        return is_usable(self) ? answer(self) : NULL;
    PyErr_SetString(PyExc_RuntimeError,
                    "what grew is known after a step(), or when the block has ended without an exception");
    return NULL;
}

static PyObject *as_text(PyObject *self) {
    PyObject *result = growth_of(self)->result;
    return result ? PyObject_Str(result) : PyObject_Repr(self);
}

static void dealloc(PyObject *self) {
    PyTypeObject *type = Py_TYPE(self);
    end(growth_of(self));
    hf_words_deinit(&growth_of(self)->fail_if);
    Py_XDECREF(growth_of(self)->result);
    PyObject_Free(self);
    Py_DECREF(type);
}

PyDoc_STRVAR(type_doc, "growth(*, limit=10, fail_if=(), previews=True)\n--\n\n" DOC_growth);
PyDoc_STRVAR(step_doc, "step($self)\n--\n\n" DOC_growth_step);
PyDoc_STRVAR(result_doc, DOC_growth_result);

static PyMethodDef methods[] = {
    {"__enter__", enter, METH_NOARGS, NULL},
    {"__exit__", (PyCFunction)(void (*)(void))leave, METH_FASTCALL, NULL},
    {"step", step, METH_NOARGS, step_doc},
    {NULL, NULL, 0, NULL},
};

static PyGetSetDef attributes[] = {
    {"result", get_result, NULL, result_doc, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyType_Slot slots[] = {
    {Py_tp_doc, (void *)type_doc},
    {Py_tp_new, create},
    {Py_tp_methods, methods},
    {Py_tp_getset, attributes},
    {Py_tp_str, as_text},
    {Py_tp_dealloc, dealloc},
    {0, NULL},
};

PyType_Spec hf_growth_type_spec = {
    .name = "holdfast.growth",
    .basicsize = sizeof(struct growth_object),
    .flags = Py_TPFLAGS_DEFAULT,
    .slots = slots,
};
