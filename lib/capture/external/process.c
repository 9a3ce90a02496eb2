/*
 * process.c - a snapshot of a running process: how it is held while it is read, and what is done when that fails.
 *
 *   look at it while it runs      no Python, no permission: said before anything stops
 *   frozen copy ──────────────▶ read ──▶ snapshot
 *     │ not possible              │ a bad moment: let go, wait, again
 *     ▼                           │ memory ran short, and the method is ours to choose
 *   stopped process ◀─────────────┘
 *
 * A process that a debugger holds still is read as it stands: it has one tracer at a time, and needs no other.
 */
#include <holdfast/process.h>

#include <string.h>
#include <time.h>

#include "base/error.h"
#include "base/options.h"
#include "capture/external/external.h"
#include "capture/external/notes.h"
#include "memory/process.h"
#include "memory/procfs.h"
#include "memory/stillness.h"
#include "snapshot/snapshot.h"

#define SECOND_NS UINT64_C(1000000000)
#define HOLD_STOPPED_NS (60 * SECOND_NS)
#define HOLD_FROZEN_NS (3600 * SECOND_NS)
#define FIRST_WAIT_NS UINT64_C(1000000)
#define LONGEST_WAIT_NS UINT64_C(200000000)
#define PATIENCE_NS (5 * SECOND_NS)
#define NUM_LOOKS_AT_THE_END 10
#define BETWEEN_LOOKS_NS 2000000

struct attempt {
    pid_t pid;
    struct hf_process_options options;
    enum hf_target_kind kind;    /* how it is held: HELD, STOPPED or FROZEN */
    bool is_passing;             /* it failed in a way that may be over in a moment */
    bool is_copy_the_reason;     /* it failed because a copy was not possible, or did not last */
};

static uint64_t clock_ns(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * SECOND_NS + (uint64_t)now.tv_nsec;
}

static enum hf_status open_target(struct attempt *attempt, struct hf_target **out, struct hf_error *error) {
    const struct hf_process_options *options = &attempt->options;
    uint64_t hold_ns = attempt->kind == HF_TARGET_FROZEN ? HOLD_FROZEN_NS : HOLD_STOPPED_NS;
    const struct hf_process_open_options open_options = {
        .cache_bytes = options->cache_bytes,
        .hold_ns = options->timeout_ns != 0 ? options->timeout_ns : hold_ns,
    };
    if (attempt->kind == HF_TARGET_HELD)
        return hf_process_open_held(attempt->pid, &open_options, out, error);
    if (attempt->kind == HF_TARGET_STOPPED)
        return hf_process_open_stopped(attempt->pid, &open_options, out, error);
    enum hf_status status = hf_process_open_frozen(attempt->pid, &open_options, out, error);
    attempt->is_copy_the_reason = status == HF_ERR_UNSUPPORTED;
    return status;
}

static const char *method_name(enum hf_target_kind kind) {
    switch (kind) {
    case HF_TARGET_FROZEN: return "frozen copy";
    case HF_TARGET_HELD: return "process held by a debugger";
    default: return "stopped process";
    }
}

static bool name_method(struct hf_snapshot *snapshot, const char *method) {
    bool is_named = hf_snapshot_add_text(snapshot, method, strlen(method), &snapshot->origin_method);
    hf_snapshot_seal(snapshot);
    return is_named;
}

/* One attempt: hold, read, look whether it was held all the time, let go. */
static enum hf_status try_once(struct attempt *attempt, struct hf_snapshot **out, struct hf_error *error) {
    const struct hf_external_options capture_options = {
        .without_previews = attempt->options.without_previews, .progress = attempt->options.progress};
    uint64_t cpu_started_ns = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
    struct hf_target *target = NULL;
    struct hf_snapshot *snapshot = NULL;
    struct hf_error held_error;
    attempt->is_passing = attempt->is_copy_the_reason = false;
    enum hf_status status = open_target(attempt, &target, error);
    if (status != HF_OK)
        return status;
    status = hf_external_capture(target, &capture_options, &attempt->is_passing, &snapshot, error);
    /* Whatever was read of a process that was not held is no answer, and its failure is not the reason. */
    if (status != HF_ERR_CANCELLED && hf_process_check(target, &held_error) != HF_OK) {
        hf_snapshot_destroy(snapshot);
        snapshot = NULL;
        attempt->is_passing = false;
        attempt->is_copy_the_reason = attempt->kind == HF_TARGET_FROZEN && held_error.status == HF_ERR_LIMIT;
        status = held_error.status;
        if (error != NULL)
            *error = held_error;
    }
    uint64_t pause_ns = hf_process_end(target);
    if (status != HF_OK)
        return status;
    if (!name_method(snapshot, method_name(attempt->kind))) {
        hf_snapshot_destroy(snapshot);
        return hf_fail_nomem(error);
    }
    snapshot->origin.pause_ns = pause_ns;
    snapshot->origin.cpu_ns = clock_ns(CLOCK_PROCESS_CPUTIME_ID) - cpu_started_ns;
    *out = snapshot;
    return HF_OK;
}

static enum hf_status try_patiently(struct attempt *attempt, struct hf_snapshot **out, struct hf_error *error) {
    uint64_t give_up_ns = clock_ns(CLOCK_MONOTONIC) + PATIENCE_NS;
    uint64_t wait_ns = FIRST_WAIT_NS;
    for (;;) {
        enum hf_status status = try_once(attempt, out, error);
        if (status == HF_OK || !attempt->is_passing || clock_ns(CLOCK_MONOTONIC) > give_up_ns)
            return status;
        nanosleep(&(struct timespec){.tv_nsec = (long)wait_ns}, NULL);
        wait_ns = wait_ns * 2 < LONGEST_WAIT_NS ? wait_ns * 2 : LONGEST_WAIT_NS;
    }
}

static bool begins_with(const char *path, const char *start) {
    const char *slash = strrchr(path, '/');
    return strncmp(slash != NULL ? slash + 1 : path, start, strlen(start)) == 0;
}

/* One that has no Python (yet), or just became another program, or whose Python is none that is known. */
static enum hf_status explain_no_python(struct hf_target *target, pid_t pid, struct hf_error *error) {
    for (uint32_t i = 0; i < target->num_modules; i++)
        if (begins_with(target->modules[i].path, "libpypy") ||
            (i == target->main_module && begins_with(target->modules[i].path, "pypy")))
            return hf_fail(error, HF_ERR_UNSUPPORTED, "process %d runs PyPy (%s): holdfast reads the objects of CPython",
                           (int)pid, target->modules[i].path);
    if (target->main_module < target->num_modules) {
        struct hf_module_state state = hf_target_open_module(target, &target->modules[target->main_module]);
        if (state.file == NULL && *state.problem != '\0')
            return hf_fail(error, HF_ERR_UNSUPPORTED, "process %d: %s", (int)pid, state.problem);
    }
    return hf_fail(error, HF_ERR_TARGET, "process %d runs no Python: %s", (int)pid, target->program);
}

/* While it runs: most of what can be wrong is found without stopping anything. */
static enum hf_status look_at_it(pid_t pid, struct hf_error *error) {
    struct hf_target *target = NULL;
    struct hf_external_python python;
    enum hf_status status = hf_process_open_live(pid, NULL, &target, error);
    if (status != HF_OK)
        return status;
    status = hf_external_identify(target, &python, error);
    if (status == HF_NOT_FOUND)
        status = explain_no_python(target, pid, error);
    hf_target_destroy(target);
    return status;
}

static enum hf_status try_methods(struct attempt *attempt, const struct hf_notes *notes, struct hf_snapshot **out,
                                  struct hf_error *error) {
    struct hf_error copy_error;
    enum hf_process_method method = attempt->options.method;
    if (method != HF_PROCESS_FORK && hf_stillness_is_held(attempt->pid)) {
        attempt->kind = HF_TARGET_HELD;
        return try_patiently(attempt, out, error);
    }
    if (method != HF_PROCESS_STOP) {
        attempt->kind = HF_TARGET_FROZEN;
        enum hf_status status = try_patiently(attempt, out, &copy_error);
        if (status == HF_OK || method == HF_PROCESS_FORK || !attempt->is_copy_the_reason) {
            if (status != HF_OK && error != NULL)
                *error = copy_error;
            return status;
        }
        hf_note(notes, "the process is stopped while it is read, because a copy is not possible: %s",
                copy_error.message);
    }
    attempt->kind = HF_TARGET_STOPPED;
    return try_patiently(attempt, out, error);
}

static bool is_there(pid_t pid) {
    struct hf_procfs_status status;
    return hf_procfs_read_status(pid, &status) == 0 && status.state != 'Z' && status.resident_bytes > 0;
}

/* One that was killed has a little way to go until it is seen, and its memory goes first. */
static bool ends(pid_t pid) {
    for (int i = 0; i < NUM_LOOKS_AT_THE_END; i++) {
        if (!is_there(pid))
            return true;
        nanosleep(&(struct timespec){.tv_nsec = BETWEEN_LOOKS_NS}, NULL);
    }
    return false;
}

static enum hf_status capture(struct attempt *attempt, const struct hf_notes *notes, struct hf_snapshot **out,
                              struct hf_error *error) {
    bool was_there = is_there(attempt->pid);
    enum hf_status status = look_at_it(attempt->pid, error);
    if (status == HF_OK)
        status = try_methods(attempt, notes, out, error);
    /* What was found in the memory of one that ended meanwhile, or was not found, is not the reason. */
    if ((status == HF_ERR_TARGET || status == HF_ERR_UNSUPPORTED) && was_there && ends(attempt->pid))
        return hf_fail(error, HF_ERR_TARGET, "process %d ended while it was read", (int)attempt->pid);
    return status;
}

enum hf_status hf_capture_process(int pid, const struct hf_process_options *options, struct hf_snapshot **out,
                                  struct hf_error *error) {
    struct attempt attempt = {.pid = pid};
    if (!hf_options_copy(&attempt.options, sizeof attempt.options, options) ||
        attempt.options.method > HF_PROCESS_STOP)
        return hf_fail(error, HF_ERR_ARGUMENT, "struct hf_process_options is not set up: struct_size or method");
    if (pid <= 0)
        return hf_fail(error, HF_ERR_ARGUMENT, "%d is no process id", pid);
    const struct hf_notes notes = {attempt.options.note, attempt.options.note_context};
    enum hf_status status = capture(&attempt, &notes, out, error);
    if (status == HF_OK)
        hf_note_doubt(&notes, hf_snapshot_get_origin(*out));
    return status;
}
