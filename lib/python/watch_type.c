/*
 * watch_type.c - the type Watch, with which _run.py photographs a program from its start to its end.
 *
 * Its methods are handed to atexit and os.register_at_fork as they are: a C method leaves no frame in the program.
 */
#include <signal.h>
#include <unistd.h>

#include "python/docs.h"
#include "python/values.h"
#include "python/watch.h"

struct watch_object {
    PyObject_HEAD
    struct hf_watch *watch;
    bool at_exit;
    bool with_children;
    pid_t pid;               /* the process that it works for */
};

static struct hf_watch *watch_of(PyObject *self) {
    return ((struct watch_object *)self)->watch;
}

static bool read_signals(PyObject *numbers, struct hf_watch_triggers *triggers) {
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(numbers); i++) {
        long number = PyLong_AsLong(PyTuple_GET_ITEM(numbers, i));
        if (number == -1 && PyErr_Occurred())
            return false;
        if (triggers->num_signals == HF_WATCH_MAX_SIGNALS || number < 1 || number > SIGRTMAX) {
            PyErr_Format(PyExc_ValueError, "at most eight signals, with numbers from 1 to %d", SIGRTMAX);
            return false;
        }
        triggers->signals[triggers->num_signals++] = (int)number;
    }
    return true;
}

static PyObject *make(PyTypeObject *type, struct hf_watch *watch, bool at_exit, bool with_children) {
    struct watch_object *self = watch ? PyObject_New(struct watch_object, type) : NULL;
    if (!self) {
        hf_watch_destroy(watch);
        return PyErr_NoMemory();
    }
    self->watch = watch;
    self->at_exit = at_exit;
    self->with_children = with_children;
    self->pid = getpid();
    return (PyObject *)self;
}

static PyObject *create(PyTypeObject *type, PyObject *args, PyObject *kwargs) {
    char *names[] = {"stem", "shown_stem", "suffix", "numbered", "pid", "signals", "every_ns", "rss_bytes", "at_exit",
                     "children", "plain", "previews", NULL};
    PyObject *stem = NULL, *shown_stem = NULL, *suffix = NULL, *signals, *self = NULL;
    int numbered, at_exit, children, plain, previews;
    unsigned pid;
    unsigned long long every_ns, rss_bytes;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O&O&O&pIO!KKpppp:Watch", names, PyUnicode_FSConverter, &stem,
                                     PyUnicode_FSConverter, &shown_stem, PyUnicode_FSConverter, &suffix, &numbered,
                                     &pid, &PyTuple_Type, &signals, &every_ns, &rss_bytes, &at_exit, &children,
                                     &plain, &previews))
        goto done;
    struct hf_watch_triggers triggers = {.every_ns = every_ns, .rss_bytes = rss_bytes};
    struct hf_record_options options = {.plain = plain, .previews = previews};
    struct hf_output output = {0};
    if (!read_signals(signals, &triggers))
        goto done;
    if (!hf_output_init(&output, PyBytes_AS_STRING(stem), PyBytes_AS_STRING(shown_stem), PyBytes_AS_STRING(suffix))) {
        PyErr_NoMemory();
        goto done;
    }
    output.is_numbered = numbered;
    output.pid = pid;
    self = make(type, hf_watch_create(&output, &options, &triggers), at_exit, children);
    hf_output_deinit(&output);
done:
    Py_XDECREF(stem);
    Py_XDECREF(shown_stem);
    Py_XDECREF(suffix);
    return self;
}

static PyObject *start(PyObject *self, PyObject *unused) {
    (void)unused;
    struct hf_error error;
    if (hf_watch_start(watch_of(self), &error) != HF_OK)
        return hf_raise(&error, NULL);
    Py_RETURN_NONE;
}

static bool is_mine(PyObject *self) {
    return ((struct watch_object *)self)->pid == getpid();
}

static PyObject *finish(PyObject *self, PyObject *unused) {
    (void)unused;
    if (!is_mine(self))
        Py_RETURN_NONE;
    hf_watch_stop(watch_of(self));
    if (((struct watch_object *)self)->at_exit)
        hf_watch_take(watch_of(self));
    ((struct watch_object *)self)->pid = 0;
    Py_RETURN_NONE;
}

/* Without a frame of Python, which the last snapshot would have. */
static PyObject *finish_run(PyObject *self, PyObject *unused) {
    bool is_first_process = is_mine(self) && hf_watch_get_output(watch_of(self))->pid == 0;
    Py_XDECREF(finish(self, unused));
    if (is_first_process && hf_watch_get_num_due(watch_of(self)) == 0)
        hf_record_say_none_due();
    Py_RETURN_NONE;
}

static PyObject *abandon(PyObject *self, PyObject *unused) {
    (void)unused;
    if (is_mine(self))
        hf_watch_stop(watch_of(self));
    ((struct watch_object *)self)->pid = 0;
    Py_RETURN_NONE;
}

static PyObject *before_fork(PyObject *self, PyObject *unused) {
    (void)unused;
    if (is_mine(self))
        hf_watch_pause(watch_of(self));
    Py_RETURN_NONE;
}

static PyObject *after_fork_in_parent(PyObject *self, PyObject *unused) {
    (void)unused;
    if (is_mine(self))
        hf_watch_resume(watch_of(self));
    Py_RETURN_NONE;
}

static PyObject *after_fork_in_child(PyObject *self, PyObject *unused) {
    struct watch_object *object = (struct watch_object *)self;
    bool was_working = object->pid != 0;
    hf_watch_forget(object->watch);
    if (!was_working || !object->with_children)
        Py_RETURN_NONE;
    struct hf_output *output = hf_watch_get_output(object->watch);
    object->pid = getpid();
    output->pid = (unsigned)object->pid;
    output->number = 0;
    return start(self, unused);
}

static void dealloc(PyObject *self) {
    PyTypeObject *type = Py_TYPE(self);
    hf_watch_destroy(watch_of(self));
    PyObject_Free(self);
    Py_DECREF(type);
}

PyDoc_STRVAR(type_doc,
             "Watch(stem, shown_stem, suffix, numbered, pid, signals, every_ns, rss_bytes, at_exit, children, plain,\n"
             "      previews)\n--\n\n" DOC_Watch);
PyDoc_STRVAR(start_doc, "start($self)\n--\n\n" DOC_Watch_start);
PyDoc_STRVAR(finish_doc, "finish($self)\n--\n\n" DOC_Watch_finish);
PyDoc_STRVAR(finish_run_doc, "finish_run($self)\n--\n\n" DOC_Watch_finish_run);
PyDoc_STRVAR(abandon_doc, "abandon($self)\n--\n\n" DOC_Watch_abandon);
PyDoc_STRVAR(before_doc, "before_fork($self)\n--\n\n" DOC_Watch_before_fork);
PyDoc_STRVAR(parent_doc, "after_fork_in_parent($self)\n--\n\n" DOC_Watch_after_fork_in_parent);
PyDoc_STRVAR(child_doc, "after_fork_in_child($self)\n--\n\n" DOC_Watch_after_fork_in_child);

static PyMethodDef methods[] = {
    {"start", start, METH_NOARGS, start_doc},
    {"finish", finish, METH_NOARGS, finish_doc},
    {"finish_run", finish_run, METH_NOARGS, finish_run_doc},
    {"abandon", abandon, METH_NOARGS, abandon_doc},
    {"before_fork", before_fork, METH_NOARGS, before_doc},
    {"after_fork_in_parent", after_fork_in_parent, METH_NOARGS, parent_doc},
    {"after_fork_in_child", after_fork_in_child, METH_NOARGS, child_doc},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot slots[] = {
    {Py_tp_doc, (void *)type_doc},
    {Py_tp_new, create},
    {Py_tp_methods, methods},
    {Py_tp_dealloc, dealloc},
    {0, NULL},
};

PyType_Spec hf_watch_type_spec = {
    .name = "holdfast._core.Watch",
    .basicsize = sizeof(struct watch_object),
    .flags = Py_TPFLAGS_DEFAULT,
    .slots = slots,
};
