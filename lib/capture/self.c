/*
 * self.c - a snapshot of the interpreter that runs in this process, step by step.
 *
 *   first |  room for the columns                 walker.c, with the GIL released
 *   walk  |  hide holdfast's own objects          tool.c
 *         |  roots: modules, interpreter          own_roots.c
 *         |  threads, frames, variables           threads.c
 *         |  mark what the collector tracks       own_heap.c
 *         |  sweep                                sweep.c
 *         |  names of types, keys of dicts        walker.c
 *   then  |  numbers, columns, outside roots      finish.c, with the GIL released
 *
 * The walk takes place in one of two ways. In the process itself everything stands still for it. In a forked copy
 * (memory/own_copy.h) the process stands still for the fork alone: the walker lies in memory that both share, the copy
 * walks, and the process finishes. When there can be no copy, the process walks itself.
 */
#include <holdfast/capture.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "base/options.h"
#include "capture/interpreter.h"
#include "capture/own_layout.h"
#include "capture/own_process.h"
#include "capture/python_internals.h"
#include "cpython/type_name.h"
#include "memory/headroom.h"
#include "memory/own_copy.h"
#include "memory/process.h"

#define MAX_PROGRAM_BYTES 4096
#define COPY_LIMIT_SECONDS 10       /* and one for each COPY_OBJECTS_PER_SECOND, even on a machine with no time */
#define COPY_OBJECTS_PER_SECOND 200000
#define STATICS_CACHE_BYTES ((size_t)1 << 20)
#define COPY_NS_PER_KIB 30          /* 30 ms per GiB */
#define WALK_NS_PER_OBJECT 100
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

static bool describe_origin(struct hf_walker *walker, const char *method, uint64_t resident) {
    struct hf_snapshot *snapshot = walker->snapshot;
    char program[MAX_PROGRAM_BYTES], python[64];
    read_program(walker, program, sizeof program);
    snprintf(python, sizeof python, "%.*s", (int)strcspn(Py_GetVersion(), " "), Py_GetVersion());
    snapshot->origin.pid = (uint32_t)getpid();
    snapshot->origin.taken_at_ns = clock_ns(CLOCK_REALTIME);
    snapshot->origin.resident_bytes = resident;
    return add_text(snapshot, python, &snapshot->origin_python) &&
           add_text(snapshot, method, &snapshot->origin_method) &&
           add_text(snapshot, program, &snapshot->origin_program) &&
           add_text(snapshot, PLATFORM, &snapshot->origin_platform);
}

static struct hf_interpreter own_interpreter(struct hf_walker *walker) {
    return (struct hf_interpreter){.walker = walker,
                                   .addr = hf_own_interpreter(),
                                   .asker = (uint64_t)(uintptr_t)PyThreadState_Get(),
                                   .suffix = ""};
}

static enum hf_status prepare(struct hf_walker *walker, const char *method, uint64_t resident,
                              struct hf_error *error) {
    struct hf_interpreter interpreter = own_interpreter(walker);
    walker->decoder.interpreters[0] = interpreter.addr;
    walker->decoder.num_interpreters = 1;
    walker->decoder.plans.python_traverse = hf_interpreter_python_traverse(&interpreter);
    if (walker->decoder.plans.python_traverse == 0)
        return hf_fail(error, HF_ERR_UNSUPPORTED, "importlib of this Python is not as expected: no ModuleSpec class");
    return describe_origin(walker, method, resident) ? HF_OK : hf_fail_nomem(error);
}

static enum hf_status walk(struct hf_walker *walker) {
    struct hf_interpreter interpreter = own_interpreter(walker);
    hf_interpreter_hide_tool(&interpreter);
    hf_interpreter_add_roots(&interpreter);
    hf_interpreter_add_threads(&interpreter);
    hf_own_mark_tracked(walker);
    enum hf_status status = hf_walker_run(walker);
    return status == HF_OK ? hf_walker_describe(walker) : status;
}

static enum hf_status explain(const struct hf_walker *walker, enum hf_status status, struct hf_error *error) {
    if (status == HF_OK)
        return HF_OK;
    if (status == HF_ERR_NOMEM)
        return hf_fail_nomem(error);
    if (status == HF_ERR_LIMIT && walker->map.out_of_chunks)
        return hf_fail(error, status, "the heap is spread over more than 64 GiB, which a snapshot cannot address");
    if (status == HF_ERR_LIMIT)
        return hf_fail(error, status, "the heap has more references or values than a snapshot can hold (2^32)");
    return hf_fail(error, HF_ERR_INTERNAL, "an object lies at an address that is no object's address");
}

static enum hf_status walk_here(struct hf_walker *walker, uint64_t *pause_ns, struct hf_error *error) {
    uint64_t started = clock_ns(CLOCK_MONOTONIC);
    enum hf_status status = walk(walker);
    *pause_ns = clock_ns(CLOCK_MONOTONIC) - started;
    return explain(walker, status, error);
}

struct copy_work {
    struct hf_walker *walker;
    uint64_t num_tracked;
};

/* In the copy. What fails is noted in the walker, which the process reads afterwards. */
static void walk_in_copy(void *context) {
    struct copy_work *work = context;
    hf_walker_expect(work->walker, work->num_tracked);
    enum hf_status status = walk(work->walker);
    if (work->walker->failure == HF_OK)
        work->walker->failure = status;
}

static enum hf_status walk_copy(struct hf_walker *walker, uint64_t *pause_ns, uint64_t *cpu_ns,
                                struct hf_error *error) {
    struct copy_work work = {walker, hf_own_num_tracked()};
    uint64_t started = clock_ns(CLOCK_MONOTONIC);
    pid_t copy = hf_own_copy_start(walk_in_copy, &work,
                                   (unsigned)(COPY_LIMIT_SECONDS + work.num_tracked / COPY_OBJECTS_PER_SECOND));
    *pause_ns = clock_ns(CLOCK_MONOTONIC) - started;
    if (copy < 0)
        return hf_fail(error, HF_ERR_TARGET, "cannot make a copy of this process to walk in: %s", strerror(errno));
    bool is_done;
    Py_BEGIN_ALLOW_THREADS
    is_done = hf_own_copy_wait(copy, cpu_ns);
    Py_END_ALLOW_THREADS
    if (!is_done || walker->failure == HF_ERR_NOMEM)
        return hf_fail(error, HF_ERR_TARGET, "the copy of this process that walked its heap %s",
                       is_done ? "had too little memory for it" : "was ended before it was done");
    return explain(walker, walker->failure, error);
}

/* Without a look at the own static data, should it not be allowed, what is held from outside has no names. */
static enum hf_status finish(struct hf_walker *walker, struct hf_snapshot **out, struct hf_error *error) {
    const struct hf_process_open_options options = {.cache_bytes = STATICS_CACHE_BYTES};
    struct hf_target *target = NULL;
    if (hf_process_open_live(getpid(), &options, &target, NULL) == HF_OK)
        walker->statics = target;
    enum hf_status status = hf_walker_finish(walker, out, error);
    hf_target_destroy(target);
    return status;
}

static enum hf_status walk_and_finish(struct hf_walker *walker, struct hf_snapshot **out, struct hf_error *error) {
    if (hf_own_collector_is_running())
        return hf_fail(error, HF_ERR_TARGET,
                       "the garbage collector is running: a snapshot cannot be taken from a finalizer or a callback "
                       "of the collector");
    uint64_t cpu_started = clock_ns(CLOCK_THREAD_CPUTIME_ID), pause_ns, copy_cpu_ns = 0;
    enum hf_status status = walker->room.is_shared ? walk_copy(walker, &pause_ns, &copy_cpu_ns, error)
                                                   : walk_here(walker, &pause_ns, error);
    if (status != HF_OK)
        return status;
    Py_BEGIN_ALLOW_THREADS
    status = finish(walker, out, error);
    Py_END_ALLOW_THREADS
    if (status != HF_OK)
        return status;
    (*out)->origin.pause_ns = pause_ns;
    (*out)->origin.cpu_ns = clock_ns(CLOCK_THREAD_CPUTIME_ID) - cpu_started + copy_cpu_ns;
    return HF_OK;
}

/*
 * Other threads change tracemalloc's table without the GIL, so it is read with care. When it is read, *careful is set,
 * and ends with hf_own_memory_deinit. Without /proc there are no sites.
 */
static enum hf_status find_sites(struct hf_walker *walker, struct hf_own_memory *memory,
                                 struct hf_own_memory **careful, struct hf_error *error) {
    enum hf_status status = hf_own_is_tracing() ? hf_own_memory_init(memory, error) : HF_ERR_IO;
    if (status != HF_OK)
        return status == HF_ERR_NOMEM ? status : HF_OK;
    *careful = memory;
    walker->site_memory = &memory->memory;
    walker->site_table = hf_own_find_traces(memory);
    hf_chunks_forget(&memory->chunks);
    return HF_OK;
}

static enum hf_status capture(const struct hf_capture_options *options, bool in_copy, uint64_t resident,
                              struct hf_snapshot **out, struct hf_error *error) {
    struct hf_memory memory = {NULL};
    struct hf_walker *walker = hf_walker_create(&memory, hf_own_layout(), 0, &hf_own_host, in_copy ? resident : 0);
    if (walker == NULL)
        return in_copy ? hf_fail(error, HF_ERR_TARGET, "no address space for a copy of this process to write to")
                       : hf_fail_nomem(error);
    walker->keep_values = !options->without_previews;
    walker->hidden_modules = options->hidden_modules;
    walker->num_hidden_modules = options->num_hidden_modules;
    walker->hidden_objects = options->hidden_objects;
    walker->num_hidden_objects = options->num_hidden_objects;
    struct hf_own_memory memory_of_sites, *careful = NULL;
    walker->stack_from = (uint64_t)(uintptr_t)__builtin_frame_address(0);
    enum hf_status status = prepare(walker, in_copy ? "in-process copy" : "in-process", resident, error);
    if (status == HF_OK)
        status = find_sites(walker, &memory_of_sites, &careful, error);
    if (status == HF_OK && !in_copy) {
        uint64_t num_tracked = hf_own_num_tracked();
        Py_BEGIN_ALLOW_THREADS
        hf_walker_expect(walker, num_tracked);
        Py_END_ALLOW_THREADS
    }
    if (status == HF_OK)
        status = walk_and_finish(walker, out, error);
    if (careful != NULL)
        hf_own_memory_deinit(careful);
    hf_walker_destroy(walker);
    return status;
}

/* A fork copies page tables; a walk visits some three objects for each that the collector tracks. */
static bool copy_is_shorter(uint64_t resident) {
    uint64_t num_tracked = hf_own_num_tracked();
    return num_tracked == 0 || resident / 1024 * COPY_NS_PER_KIB < num_tracked * 3 * WALK_NS_PER_OBJECT;
}

static enum hf_status capture_by_method(const struct hf_capture_options *options, struct hf_snapshot **out,
                                        struct hf_error *error) {
    uint64_t resident = resident_bytes();
    bool try_copy = options->method == HF_CAPTURE_COPY ||
                    (options->method == HF_CAPTURE_AUTO && resident > 0 && copy_is_shorter(resident) &&
                     hf_headroom_bytes(0) > resident);
    if (try_copy) {
        enum hf_status status = capture(options, true, resident, out, error);
        if (status != HF_ERR_TARGET || options->method == HF_CAPTURE_COPY || hf_own_collector_is_running())
            return status;
    }
    return capture(options, false, resident, out, error);
}

/*
 * Layouts are those of the headers at compile time: of this minor release, within 3.14 of one side of 3.14.5, and
 * within 3.13 of the same release where the lists of the collector may have moved, which they did between 3.13.0 and
 * 3.13.5.
 */
static bool is_release_of_headers(void) {
    unsigned major = 0, minor = 0, micro = 0;
    if (sscanf(Py_GetVersion(), "%u.%u.%u", &major, &minor, &micro) != 3)
        return false;
    bool same_minor = major == PY_MAJOR_VERSION && minor == PY_MINOR_VERSION;
    if (minor == 13 && (micro < 5 || PY_MICRO_VERSION < 5))
        return same_minor && micro == PY_MICRO_VERSION;
    return same_minor && (minor != 14 || (micro >= 5) == (PY_MICRO_VERSION >= 5));
}

enum hf_status hf_capture_self(const struct hf_capture_options *options, struct hf_snapshot **out,
                               struct hf_error *error) {
    if (!is_release_of_headers())
        return hf_fail(error, HF_ERR_UNSUPPORTED,
                       "built for Python " PY_VERSION ", and this is %.*s, which lays out its memory differently: "
                       "build holdfast again with this Python",
                       (int)strcspn(Py_GetVersion(), " "), Py_GetVersion());
    struct hf_capture_options chosen = {0};
    if (!hf_options_copy(&chosen, sizeof chosen, options))
        return hf_fail(error, HF_ERR_ARGUMENT, "struct_size of the options is not set");
    /* A __sizeof__ in C may set and clear an error of its own. */
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    enum hf_status status = capture_by_method(&chosen, out, error);
    PyErr_Restore(type, value, traceback);
    return status;
}
