/*
 * self.c - a snapshot of the interpreter that runs in this process, step by step.
 *
 *   first |  room for the columns             walker.c, with the GIL released
 *   pause |  hide holdfast's own objects      own_objects.c
 *         |  roots: modules, interpreter      own_roots.c
 *         |  threads, frames, variables       own_threads.c
 *         |  mark what the collector tracks   own_heap.c
 *         |  sweep                            walker.c
 *         |  names of types, keys of dicts    walker.c
 *   then  |  numbers, columns, outside roots  finish.c, with the GIL released
 */
#include <holdfast/capture.h>

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "capture/own_layout.h"
#include "capture/own_process.h"
#include "capture/python_internals.h"
#include "cpython/type_name.h"

#define MAX_PROGRAM_BYTES 4096
#if defined(__x86_64__)
#define PLATFORM "linux-x86_64"
#elif defined(__aarch64__)
#define PLATFORM "linux-aarch64"
#else
#error "holdfast is for 64-bit Linux on x86 and ARM"
#endif

static uint64_t clock_ns(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

static uint64_t resident_bytes(void) {
    unsigned long long size = 0, resident = 0;
    FILE *file = fopen("/proc/self/statm", "re");
    if (file == NULL)
        return 0;
    if (fscanf(file, "%llu %llu", &size, &resident) != 2)
        resident = 0;
    fclose(file);
    return (uint64_t)resident * (uint64_t)sysconf(_SC_PAGESIZE);
}

/* sys.argv joined by blanks, as far as it is a list of str. */
static void read_program(struct hf_walker *walker, char *program, size_t size) {
    struct hf_decoder *decoder = &walker->decoder;
    uint64_t sys_dict = (uint64_t)(uintptr_t)PyThreadState_Get()->interp->sysdict;
    PyObject *argv = (PyObject *)(uintptr_t)hf_dict_find_str(decoder, sys_dict, "argv");
    size_t length = 0;
    program[0] = '\0';
    if (argv == NULL || !PyList_CheckExact(argv))
        return;
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(argv) && length + 2 < size; i++) {
        if (i > 0)
            program[length++] = ' ';
        if (!hf_str_copy(decoder, (uint64_t)(uintptr_t)PyList_GET_ITEM(argv, i), program + length, size - length))
            program[length] = '\0';
        length += strlen(program + length);
    }
}

static bool add_text(struct hf_snapshot *snapshot, const char *text, hf_text_id *out) {
    return hf_snapshot_add_text(snapshot, text, strlen(text), out);
}

static bool describe_origin(struct hf_walker *walker) {
    struct hf_snapshot *snapshot = walker->snapshot;
    char program[MAX_PROGRAM_BYTES], python[64];
    read_program(walker, program, sizeof program);
    snprintf(python, sizeof python, "%.*s", (int)strcspn(Py_GetVersion(), " "), Py_GetVersion());
    snapshot->origin.pid = (uint32_t)getpid();
    snapshot->origin.taken_at_ns = clock_ns(CLOCK_REALTIME);
    snapshot->origin.resident_bytes = resident_bytes();
    return add_text(snapshot, python, &snapshot->origin_python) &&
           add_text(snapshot, "in-process", &snapshot->origin_method) &&
           add_text(snapshot, program, &snapshot->origin_program) &&
           add_text(snapshot, PLATFORM, &snapshot->origin_platform);
}

/* Everything for which the process stands still. */
static enum hf_status walk(struct hf_walker *walker) {
    if (!describe_origin(walker))
        return HF_ERR_NOMEM;
    hf_own_hide_tool(walker);
    hf_own_add_roots(walker);
    hf_own_add_threads(walker);
    hf_own_mark_tracked(walker);
    enum hf_status status = hf_walker_run(walker);
    return status == HF_OK ? hf_walker_describe(walker) : status;
}

static enum hf_status explain(const struct hf_walker *walker, enum hf_status status, struct hf_error *error) {
    if (status == HF_ERR_NOMEM)
        return hf_fail_nomem(error);
    if (status == HF_ERR_LIMIT && walker->map.out_of_chunks)
        return hf_fail(error, status, "the heap is spread over more than 64 GiB, which a snapshot cannot address");
    if (status == HF_ERR_LIMIT)
        return hf_fail(error, status, "the heap has more references or values than a snapshot can hold (2^32)");
    return hf_fail(error, HF_ERR_INTERNAL, "an object lies at an address that is no object's address");
}

static enum hf_status walk_and_finish(struct hf_walker *walker, struct hf_snapshot **out, struct hf_error *error) {
    if (hf_own_collector_is_running())
        return hf_fail(error, HF_ERR_TARGET,
                       "the garbage collector is running: a snapshot cannot be taken from a finalizer or a callback "
                       "of the collector");
    uint64_t started = clock_ns(CLOCK_MONOTONIC), cpu_started = clock_ns(CLOCK_THREAD_CPUTIME_ID);
    walker->decoder.find_type_parts = hf_own_find_type_parts;
    walker->decoder.plans.python_traverse = hf_own_python_traverse(walker);
    if (walker->decoder.plans.python_traverse == 0)
        return hf_fail(error, HF_ERR_UNSUPPORTED, "importlib of this Python is not as expected: no ModuleSpec class");
    enum hf_status status = walk(walker);
    uint64_t pause = clock_ns(CLOCK_MONOTONIC) - started;
    if (status != HF_OK)
        return explain(walker, status, error);
    Py_BEGIN_ALLOW_THREADS
    status = hf_walker_finish(walker, out, error);
    Py_END_ALLOW_THREADS
    if (status != HF_OK)
        return status;
    (*out)->origin.pause_ns = pause;
    (*out)->origin.cpu_ns = clock_ns(CLOCK_THREAD_CPUTIME_ID) - cpu_started;
    return HF_OK;
}

/* Layouts are those of the headers at compile time: of this minor release, and within 3.14 of one side of 3.14.5. */
static bool is_release_of_headers(void) {
    unsigned major = 0, minor = 0, micro = 0;
    if (sscanf(Py_GetVersion(), "%u.%u.%u", &major, &minor, &micro) != 3)
        return false;
    bool same_minor = major == PY_MAJOR_VERSION && minor == PY_MINOR_VERSION;
    return same_minor && (minor != 14 || (micro >= 5) == (PY_MICRO_VERSION >= 5));
}

enum hf_status hf_capture_self(const struct hf_capture_options *options, struct hf_snapshot **out,
                               struct hf_error *error) {
    if (!is_release_of_headers())
        return hf_fail(error, HF_ERR_UNSUPPORTED,
                       "built for Python " PY_VERSION ", and this is %.*s, which lays out its memory differently: build "
                       "holdfast again with this Python",
                       (int)strcspn(Py_GetVersion(), " "), Py_GetVersion());
    struct hf_memory memory = {NULL};
    struct hf_walker *walker = hf_alloc(1, sizeof *walker);
    if (walker == NULL || hf_walker_init(walker, &memory, hf_own_layout(), 0, &hf_own_host) != HF_OK) {
        hf_free(walker);
        return hf_fail_nomem(error);
    }
    walker->keep_values = options == NULL || !options->without_previews;
    uint64_t num_blocks = hf_own_num_blocks();
    Py_BEGIN_ALLOW_THREADS
    hf_walker_expect(walker, num_blocks);
    Py_END_ALLOW_THREADS
    /* A __sizeof__ in C may set and clear an error of its own. */
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    enum hf_status status = walk_and_finish(walker, out, error);
    PyErr_Restore(type, value, traceback);
    hf_walker_deinit(walker);
    hf_free(walker);
    return status;
}
