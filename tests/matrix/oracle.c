/*
 * oracle.c - a module for the tests of the external reader: snapshots of one moment.
 *
 *   take(own_path, other_path)    the heap of this process as its own tp_traverse tells it, and as the external reader
 *                                 finds it through process_vm_readv
 *   take(own, other, pid_path)    and a copy of this process that stands still, for core files of the same moment; its
 *                                 number is written to pid_path
 *
 * Between them nothing runs: the GIL is held, but for a moment in which other threads should have nothing to do.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <libgen.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <holdfast/capture.h>

#include "capture/external/external.h"
#include "memory/process.h"
#include "snapshot/snapshot.h"

#define COPY_SECONDS 300

static PyObject *raise(const struct hf_error *error) {
    PyErr_Format(PyExc_RuntimeError, "%s", error->message);
    return NULL;
}

static uint64_t cpu_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

static enum hf_status take_other(struct hf_snapshot **out, struct hf_error *error) {
    struct hf_target *target;
    uint64_t started = cpu_ns();
    enum hf_status status = hf_process_open_live(getpid(), NULL, &target, error);
    if (status != HF_OK)
        return status;
    status = hf_external_capture(target, NULL, NULL, out, error);
    hf_target_destroy(target);
    if (status == HF_OK)
        (*out)->origin.cpu_ns = cpu_ns() - started;
    return status;
}

/* The copy lies in wait in the folder of the file, where the kernel writes its core, for somebody to end it. */
static bool leave_copy(const char *pid_path) {
    char folder[PATH_MAX] = "";
    FILE *file = fopen(pid_path, "w");
    if (file == NULL)
        return false;
    strncpy(folder, pid_path, sizeof folder - 1);
    pid_t copy = fork();
    if (copy == 0) {
        if (chdir(dirname(folder)) != 0)
            _exit(1);
        alarm(COPY_SECONDS);
        for (;;)
            pause();
    }
    fprintf(file, "%d\n", (int)copy);
    return fclose(file) == 0 && copy > 0;
}

static PyObject *take(PyObject *module, PyObject *args) {
    (void)module;
    const char *own_path, *other_path, *pid_path = NULL;
    struct hf_snapshot *own = NULL, *other = NULL;
    struct hf_error error = {0};
    struct hf_capture_options options = {.struct_size = sizeof options, .method = HF_CAPTURE_WALK};
    if (!PyArg_ParseTuple(args, "ss|z", &own_path, &other_path, &pid_path))
        return NULL;
    enum hf_status status = take_other(&other, &error);
    if (status == HF_OK)
        status = hf_capture_self(&options, &own, &error);
    if (status == HF_OK)
        status = hf_snapshot_save(own, own_path, NULL, &error);
    if (status == HF_OK)
        status = hf_snapshot_save(other, other_path, NULL, &error);
    hf_snapshot_destroy(own);
    hf_snapshot_destroy(other);
    if (status != HF_OK)
        return raise(&error);
    if (pid_path != NULL && !leave_copy(pid_path))
        return PyErr_SetFromErrnoWithFilename(PyExc_OSError, pid_path);
    Py_RETURN_NONE;
}

static PyMethodDef methods[] = {{"take", take, METH_VARARGS, NULL}, {NULL, NULL, 0, NULL}};

static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, .m_name = "holdfast_oracle", .m_methods = methods};

PyMODINIT_FUNC PyInit_holdfast_oracle(void);
PyMODINIT_FUNC PyInit_holdfast_oracle(void) {
    return PyModule_Create(&definition);
}
