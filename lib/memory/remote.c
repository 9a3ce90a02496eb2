/*
 * remote.c - one call of the system, made by a stopped thread.
 *
 *   registers of the call ─▶ stop at the entry ─▶ stop at the exit: the result is in the registers
 *                                   └─▶ or, of a clone, at the event: the child is known, and the call goes on
 *
 * Signals are blocked by then but for SIGSTOP, which is let through.
 */
#include "memory/remote.h"

#include <errno.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/wait.h>

#include "memory/trace.h"

#define MAX_ATTEMPTS 10

/* ---- memory of the process ---- */

bool hf_remote_read(pid_t pid, uint64_t addr, void *buffer, size_t size) {
    struct iovec local = {buffer, size}, remote = {(void *)(uintptr_t)addr, size};
    return process_vm_readv(pid, &local, 1, &remote, 1, 0) == (ssize_t)size;
}

bool hf_remote_write(pid_t pid, uint64_t addr, const void *bytes, size_t size) {
    struct iovec local = {(void *)(uintptr_t)bytes, size}, remote = {(void *)(uintptr_t)addr, size};
    hf_trace_step();
    return process_vm_writev(pid, &local, 1, &remote, 1, 0) == (ssize_t)size;
}

/* ---- one call ---- */

/* With PTRACE_O_TRACESYSGOOD. */
static bool is_call_stop(int status) {
    return WSTOPSIG(status) == (SIGTRAP | 0x80);
}

/*
 * Lets a thread go on to its next stop around a system call, or at a clone. SIGSTOP, the one signal that cannot be held
 * off but SIGKILL, is let through, and the stop of the thread's group is passed by: the thread joins the others in it
 * when it is let go.
 */
static int go_on(pid_t thread, uint64_t deadline_ns, int *status) {
    uint64_t signal = 0;
    for (;;) {
        int failure = hf_trace_request(PTRACE_SYSCALL, thread, 0, signal);
        if (failure == 0)
            failure = hf_trace_wait(thread, deadline_ns, status);
        if (failure != 0 || is_call_stop(*status) || hf_remote_is_event(*status, PTRACE_EVENT_CLONE))
            return failure;
        signal = hf_remote_is_event(*status, PTRACE_EVENT_STOP) ? 0 : SIGSTOP;
        if (signal == SIGSTOP && WSTOPSIG(*status) != SIGSTOP)
            return EINTR;
    }
}

/*
 * Executes a call whose registers are set. At a clone event *child is set, and the call is not finished yet; else the
 * thread stops behind the call. EINTR if a signal got in the way, which none should.
 */
static int execute(pid_t thread, uint64_t deadline_ns, pid_t *child) {
    int status, failure = go_on(thread, deadline_ns, &status);     /* into the call */
    if (failure == 0)
        failure = go_on(thread, deadline_ns, &status);             /* out of it, or to the event */
    if (failure != 0 || child == NULL || !hf_remote_is_event(status, PTRACE_EVENT_CLONE))
        return failure;
    unsigned long message = 0;
    failure = hf_trace_request(PTRACE_GETEVENTMSG, thread, 0, (uint64_t)(uintptr_t)&message);
    *child = (pid_t)message;
    return failure;
}

int hf_remote_begin_call(const struct hf_remote_caller *caller, const struct hf_call *call) {
    struct hf_registers registers = caller->registers;
    hf_machine_set_call(&registers, caller->gadgets, call);
    hf_trace_step();
    return hf_machine_set_registers(caller->thread, &registers);
}

int hf_remote_call(const struct hf_remote_caller *caller, const struct hf_call *call, pid_t *child, int64_t *result) {
    struct hf_registers registers;
    int failure = 0;
    *result = 0;
    for (int i = 0; i < MAX_ATTEMPTS && failure == 0 && (i == 0 || hf_machine_is_in_call(&registers)); i++) {
        failure = hf_remote_begin_call(caller, call);
        if (failure == 0)
            failure = execute(caller->thread, caller->deadline_ns, child);
        if (failure != 0 || (child != NULL && *child != 0))
            return failure;
        failure = hf_machine_get_registers(caller->thread, &registers);
        *result = hf_machine_result(&registers);
    }
    return failure;
}

int hf_remote_await_birth(pid_t born, uint64_t deadline_ns) {
    int status, failure = hf_trace_wait(born, deadline_ns, &status);
    return failure == 0 && !hf_remote_is_event(status, PTRACE_EVENT_STOP) ? EINTR : failure;
}
