/* stillness.c - looks at each thread of a process in /proc: its tracer, its state, how often it was scheduled. */
#include "memory/stillness.h"

#include "base/error.h"
#include "base/memory.h"
#include "memory/procfs.h"
#include "memory/trace.h"

static bool is_stopped(const struct hf_procfs_status *thread) {
    return thread->state == 't' || thread->state == 'T';
}

static enum hf_status look_at_thread(pid_t pid, pid_t id, struct hf_stillness *out, struct hf_error *error) {
    struct hf_procfs_status thread;
    int failure = hf_procfs_read_status(id, &thread);
    if (failure != 0)
        return hf_trace_explain(pid, failure, error);
    if (thread.tracer == 0)
        return hf_fail(error, HF_ERR_TARGET, "process %d is not held by a debugger", (int)pid);
    if (!is_stopped(&thread))
        return hf_fail(error, HF_ERR_TARGET, "thread %d of process %d runs under its debugger: stop all threads there, "
                       "and try again", (int)id, (int)pid);
    out->num_threads++;
    out->num_switches += thread.num_switches;
    return HF_OK;
}

enum hf_status hf_stillness_look(pid_t pid, struct hf_stillness *out, struct hf_error *error) {
    struct hf_region ids = {0};
    struct hf_stillness seen = {0};
    int failure = hf_procfs_list_threads(pid, &ids);
    enum hf_status status = failure == 0 ? HF_OK : hf_trace_explain(pid, failure, error);
    for (size_t i = 0; status == HF_OK && i < ids.used_bytes / sizeof(pid_t); i++)
        status = look_at_thread(pid, ((pid_t *)(void *)ids.data)[i], &seen, error);
    hf_region_deinit(&ids);
    if (status == HF_OK)
        *out = seen;
    return status;
}

enum hf_status hf_stillness_check(pid_t pid, const struct hf_stillness *first, struct hf_error *error) {
    struct hf_stillness now;
    enum hf_status status = hf_stillness_look(pid, &now, error);
    if (status == HF_OK && (now.num_threads != first->num_threads || now.num_switches != first->num_switches))
        status = hf_fail(error, HF_ERR_TARGET, "process %d was let go by its debugger while it was read: hold it until "
                         "the snapshot is written", (int)pid);
    return status;
}

bool hf_stillness_is_held(pid_t pid) {
    struct hf_procfs_status main;
    return hf_procfs_read_status(pid, &main) == 0 && main.tracer != 0 && is_stopped(&main);
}
