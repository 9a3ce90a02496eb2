/*
 * trace.c - ptrace on all threads of a process.
 *
 *   seize      every thread in /proc/PID/task, again until no new one is there       nothing stops
 *   interrupt  every thread                                                        ─┐
 *   wait       until each has stopped                                               │ the pause
 *   again      for threads that were made meanwhile, by those not yet stopped       │
 *   ...                                                                             │
 *   detach     every thread                                                        ─┘
 *
 * PTRACE_SEIZE and not PTRACE_ATTACH: no signal is sent, a process that was stopped by SIGSTOP stays so, and detaching
 * leaves no trace. Options stay off but where freeze.c needs them: PTRACE_O_EXITKILL above all would turn an accident
 * of holdfast into one of the target.
 *
 * A thread that a signal is about to be delivered to stops for that first: the signal goes on, and the thread stops
 * right after. One that is in the kernel and cannot be interrupted (a disk that is away, vfork) is late: the stop is
 * pending, and the kernel takes it before any instruction of the thread is executed. It stands as still as the others.
 *
 * Some system calls (epoll_wait) end with EINTR when their thread is stopped, which programs see although no signal
 * came; those that wait without limit are made to begin again (hf_machine_repeat_call).
 */
#include "memory/trace.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "memory/machine.h"
#include "memory/procfs.h"

#define LOOK_AT_STATE_AFTER_NS UINT64_C(2000000)
#define SHORTEST_NAP_NS 10000
#define LONGEST_NAP_NS 300000
#define MAX_PASSES 100

/* ---- for tests: dying at any step ---- */

static atomic_ulong steps_until_death, num_steps;

void hf_trace_die_at(unsigned long n) {
    atomic_store(&steps_until_death, n);
}

unsigned long hf_trace_num_steps(void) {
    return atomic_load(&num_steps);
}

void hf_trace_step(void) {
    atomic_fetch_add_explicit(&num_steps, 1, memory_order_relaxed);
    unsigned long left = atomic_load_explicit(&steps_until_death, memory_order_relaxed);
    if (left == 1)
        kill(getpid(), SIGKILL);
    if (left > 1)
        atomic_store(&steps_until_death, left - 1);
}

int hf_trace_request(int request, pid_t thread, uint64_t addr, uint64_t data) {
    hf_trace_step();
    return ptrace(request, thread, (void *)(uintptr_t)addr, (void *)(uintptr_t)data) == 0 ? 0 : errno;
}

/* ---- time ---- */

uint64_t hf_monotonic_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

/* Longer and longer naps: most stops come within microseconds. */
static void take_nap(long *nap_ns) {
    nanosleep(&(struct timespec){.tv_nsec = *nap_ns}, NULL);
    *nap_ns = *nap_ns * 2 < LONGEST_NAP_NS ? *nap_ns * 2 : LONGEST_NAP_NS;
}

int hf_trace_wait(pid_t thread, uint64_t deadline_ns, int *status) {
    for (long nap_ns = SHORTEST_NAP_NS;;) {
        pid_t got = waitpid(thread, status, __WALL | WNOHANG);
        if (got == thread)
            return WIFSTOPPED(*status) ? 0 : ESRCH;
        if (got < 0 && errno != EINTR)
            return ESRCH;
        if (hf_monotonic_ns() > deadline_ns)
            return ETIMEDOUT;
        take_nap(&nap_ns);
    }
}

/* ---- seizing ---- */

static bool is_known(const struct hf_trace *trace, pid_t id) {
    for (size_t i = 0; i < hf_trace_num_threads(trace); i++)
        if (hf_trace_threads(trace)[i].id == id)
            return true;
    return false;
}

/* A thread that ended between two looks, or whose end its process has not yet noticed, is none of ours. */
static bool is_dead(pid_t id) {
    struct hf_procfs_status status;
    return hf_procfs_read_status(id, &status) != 0 || status.state == 'Z' || status.state == 'X';
}

static int seize(struct hf_trace *trace, pid_t id) {
    int failure = hf_trace_request(PTRACE_SEIZE, id, 0, 0);
    if (failure != 0)
        return failure == ESRCH || is_dead(id) ? 0 : failure;
    struct hf_traced_thread thread = {.id = id};
    if (!hf_region_push(&trace->threads, &thread, sizeof thread))
        return ENOMEM;
    return 0;
}

/*
 * Seizes the threads that are not seized yet, and counts them. The list of the system is in order of age: what was
 * known after the pass before stands at its beginning, mostly in the same places.
 */
static int seize_new(struct hf_trace *trace, size_t *num_new) {
    struct hf_region ids = {0};
    size_t num_before = hf_trace_num_threads(trace);
    int failure = hf_procfs_list_threads(trace->pid, &ids);
    for (size_t i = 0; failure == 0 && i < ids.used_bytes / sizeof(pid_t); i++) {
        pid_t id = ((pid_t *)(void *)ids.data)[i];
        bool is_in_place = i < num_before && hf_trace_threads(trace)[i].id == id;
        if (!is_in_place && !is_known(trace, id))
            failure = seize(trace, id);
    }
    hf_region_deinit(&ids);
    *num_new = hf_trace_num_threads(trace) - num_before;
    return failure;
}

/* ---- stopping ---- */

static bool is_ptrace_stop(int status) {
    return status >> 16 == PTRACE_EVENT_STOP;
}

static void repeat_call(pid_t id) {
    struct hf_registers registers;
    if (hf_machine_get_registers(id, &registers) != 0 || !hf_machine_repeat_call(&registers))
        return;
    hf_trace_step();
    (void)hf_machine_set_registers(id, &registers);
}

/* What waitpid said about a thread that was asked to stop. */
static void note_event(struct hf_traced_thread *thread, int status) {
    if (!WIFSTOPPED(status)) {
        thread->is_gone = true;
    } else if (is_ptrace_stop(status)) {
        thread->is_stopped = true;
        repeat_call(thread->id);
    } else {
        /* A signal on its way. The stop that was asked for comes right behind. */
        (void)hf_trace_request(PTRACE_CONT, thread->id, 0, (uint64_t)WSTOPSIG(status));
    }
}

/* Asks for each thread by its id: asking for any makes the kernel go through all of them each time. */
static size_t take_events(struct hf_trace *trace) {
    size_t count = 0;
    for (size_t i = 0; i < hf_trace_num_threads(trace); i++) {
        struct hf_traced_thread *thread = &hf_trace_threads(trace)[i];
        int status;
        if (thread->is_stopped || thread->is_gone)
            continue;
        pid_t got = waitpid(thread->id, &status, __WALL | WNOHANG);
        if (got == thread->id)
            note_event(thread, status);
        else if (got < 0 && errno == ECHILD)
            thread->is_gone = true;
        count += got != 0;
    }
    return count;
}

/* Notes which of the threads that have not stopped cannot do so soon. Gives how many there are that can. */
static size_t look_at_states(struct hf_trace *trace) {
    size_t num_running = 0;
    for (size_t i = 0; i < hf_trace_num_threads(trace); i++) {
        struct hf_traced_thread *thread = &hf_trace_threads(trace)[i];
        struct hf_procfs_status status;
        if (thread->is_stopped || thread->is_gone || thread->is_late)
            continue;
        if (hf_procfs_read_status(thread->id, &status) != 0 || status.state == 'Z' || status.state == 'X')
            thread->is_gone = true;
        else if (status.state == 'D')
            thread->is_late = true;
        else
            num_running++;
    }
    return num_running;
}

static size_t count_running(const struct hf_trace *trace) {
    size_t count = 0;
    for (size_t i = 0; i < hf_trace_num_threads(trace); i++) {
        const struct hf_traced_thread *thread = &hf_trace_threads(trace)[i];
        count += !thread->is_stopped && !thread->is_gone && !thread->is_late;
    }
    return count;
}

static int wait_for_all(struct hf_trace *trace) {
    uint64_t started_ns = hf_monotonic_ns();
    size_t num_running = count_running(trace);
    for (long nap_ns = SHORTEST_NAP_NS; num_running > 0;) {
        if (take_events(trace) > 0)
            num_running = count_running(trace);
        else
            take_nap(&nap_ns);
        uint64_t now_ns = hf_monotonic_ns();
        if (num_running > 0 && now_ns - started_ns > LOOK_AT_STATE_AFTER_NS) {
            num_running = look_at_states(trace);
            started_ns = now_ns;
        }
        if (now_ns > trace->deadline_ns && num_running > 0)
            return ETIMEDOUT;
    }
    return 0;
}

static void interrupt_from(const struct hf_trace *trace, size_t first) {
    for (size_t i = first; i < hf_trace_num_threads(trace); i++)
        if (hf_trace_request(PTRACE_INTERRUPT, hf_trace_threads(trace)[i].id, 0, 0) != 0)
            hf_trace_threads(trace)[i].is_gone = true;
}

static int stop_seized(struct hf_trace *trace) {
    size_t num_interrupted = 0, num_new = 0;
    trace->stopped_at_ns = hf_monotonic_ns();
    for (int pass = 0; pass < MAX_PASSES; pass++) {
        interrupt_from(trace, num_interrupted);
        num_interrupted = hf_trace_num_threads(trace);
        int failure = wait_for_all(trace);
        if (failure == 0)
            failure = seize_new(trace, &num_new);
        if (failure != 0 || num_new == 0)
            return failure;
    }
    return ETIMEDOUT;
}

static bool has_stopped_thread(const struct hf_trace *trace) {
    for (size_t i = 0; i < hf_trace_num_threads(trace); i++)
        if (hf_trace_threads(trace)[i].is_stopped)
            return true;
    return false;
}

enum hf_status hf_trace_stop(struct hf_trace *trace, struct hf_error *error) {
    int failure = 0;
    size_t num_new = 1;
    for (int pass = 0; failure == 0 && num_new > 0 && pass < MAX_PASSES; pass++)
        failure = seize_new(trace, &num_new);
    if (failure == 0)
        failure = stop_seized(trace);
    if (failure == 0 && !has_stopped_thread(trace))
        failure = hf_trace_num_threads(trace) > 0 ? ETIMEDOUT : ESRCH;
    if (failure == 0)
        return HF_OK;
    hf_trace_let_go(trace);
    return hf_trace_explain(trace->pid, failure, error);
}

/* ---- letting go ---- */

/* Threads of a group that SIGSTOP has stopped stay in that stop: the kernel sees to it. */
void hf_trace_let_go(struct hf_trace *trace) {
    for (size_t i = 0; i < hf_trace_num_threads(trace); i++) {
        struct hf_traced_thread *thread = &hf_trace_threads(trace)[i];
        if (!thread->is_stopped && !thread->is_gone)
            thread->is_late = true;
        if (thread->is_stopped)
            (void)hf_trace_request(PTRACE_DETACH, thread->id, 0, 0);
        thread->is_stopped = false;
    }
}

size_t hf_trace_let_late_go(struct hf_trace *trace) {
    size_t num_late = 0;
    for (size_t i = 0; i < hf_trace_num_threads(trace); i++) {
        struct hf_traced_thread *thread = &hf_trace_threads(trace)[i];
        int status;
        if (!thread->is_late || thread->is_gone)
            continue;
        pid_t got = waitpid(thread->id, &status, __WALL | WNOHANG);
        if (got == thread->id && WIFSTOPPED(status)) {
            int signal = is_ptrace_stop(status) ? 0 : WSTOPSIG(status);
            if (signal == 0)
                repeat_call(thread->id);
            (void)hf_trace_request(PTRACE_DETACH, thread->id, 0, (uint64_t)signal);
        }
        thread->is_late = got == 0;
        num_late += thread->is_late;
    }
    return num_late;
}

void hf_trace_deinit(struct hf_trace *trace) {
    hf_region_deinit(&trace->threads);
}

/* ---- why ptrace refused ---- */

#define CAP_SYS_PTRACE_BIT 19

static int read_ptrace_scope(void) {
    FILE *file = fopen("/proc/sys/kernel/yama/ptrace_scope", "re");
    int scope = 0;
    if (file == NULL)
        return 0;
    if (fscanf(file, "%d", &scope) != 1)
        scope = 0;
    fclose(file);
    return scope;
}

static enum hf_status explain_permission(pid_t pid, struct hf_error *error) {
    struct hf_procfs_status target, own;
    if (hf_procfs_read_status(pid, &target) != 0)
        return hf_fail(error, HF_ERR_TARGET, "process %d has ended", (int)pid);
    if (target.tracer != 0) {
        struct hf_procfs_status tracer = {0};
        (void)hf_procfs_read_status(target.tracer, &tracer);
        return hf_fail(error, HF_ERR_TARGET, "process %d (%s) is being traced by process %d (%s), and a process has "
                       "one tracer at a time: end that one first, or have it stop the process", (int)pid, target.name,
                       (int)target.tracer, tracer.name[0] != '\0' ? tracer.name : "unknown");
    }
    if (hf_procfs_read_status(getpid(), &own) != 0)
        own.capabilities = 0;
    bool may_trace = own.capabilities >> CAP_SYS_PTRACE_BIT & 1;
    if (geteuid() == 0 && !may_trace)
        return hf_fail(error, HF_ERR_TARGET, "no permission to read process %d (%s): root here lacks the capability "
                       "SYS_PTRACE; in a container, start it with --cap-add SYS_PTRACE, or run holdfast on the host "
                       "with the process id that the host knows", (int)pid, target.name);
    if (!may_trace && target.uid != geteuid())
        return hf_fail(error, HF_ERR_TARGET, "no permission to read process %d (%s): it belongs to user %u; run "
                       "holdfast as that user or as root", (int)pid, target.name, (unsigned)target.uid);
    int scope = read_ptrace_scope();
    if (scope >= 3)
        return hf_fail(error, HF_ERR_TARGET, "no permission to read process %d (%s): kernel.yama.ptrace_scope is 3, "
                       "which forbids tracing until the next boot; start the program with 'holdfast run' instead",
                       (int)pid, target.name);
    if (!may_trace && scope > 0)
        return hf_fail(error, HF_ERR_TARGET, "no permission to read process %d (%s): kernel.yama.ptrace_scope is %d; "
                       "run holdfast as root, or allow it with: sysctl kernel.yama.ptrace_scope=0", (int)pid,
                       target.name, scope);
    return hf_fail(error, HF_ERR_TARGET, "no permission to read process %d (%s): it has more rights than this user, or "
                   "a security module forbids it; run holdfast as root", (int)pid, target.name);
}

enum hf_status hf_trace_explain(pid_t pid, int os_errno, struct hf_error *error) {
    struct hf_procfs_status status;
    if (os_errno == ENOMEM)
        return hf_fail_nomem(error);
    int failure = hf_procfs_read_status(pid, &status);
    if (os_errno == ESRCH || failure == ENOENT || failure == ESRCH || (failure == 0 && status.state == 'Z'))
        return hf_fail(error, HF_ERR_TARGET, kill(pid, 0) != 0 && errno == ESRCH ? "there is no process %d"
                       : "process %d has ended", (int)pid);
    if (os_errno == ETIMEDOUT)
        return hf_fail(error, HF_ERR_TARGET, "process %d (%s) did not stand still in time: it goes on as before",
                       (int)pid, status.name);
    if (os_errno == EPERM || os_errno == EACCES)
        return explain_permission(pid, error);
    return hf_fail_errno(error, os_errno, "cannot read process %d", (int)pid);
}
