/*
 * tracer.c - a thread for ptrace.
 *
 *   start()  ── creates ──▶ stop ▸ copy ▸ let go ── ready ──▶ look now and then ...   ── done
 *   (waits)  ◀───────────── result                             │ threads that stop late
 *                                                              │ has the copy ended, has the target?
 *   end()    ── end_wanted ───────────────────────────────────▶│ time, memory
 *
 * It looks every few milliseconds while a thread is late, else every fiftieth of a second: what it waits for has no
 * common way to be waited for.
 */
#include "memory/tracer.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "memory/headroom.h"
#include "memory/procfs.h"

#define MILLISECOND_NS UINT64_C(1000000)
#define LOOK_EVERY_NS (20 * MILLISECOND_NS)
#define LOOK_SOON_NS (MILLISECOND_NS / 2)

enum end_reason { HELD, ENDED, TIME_IS_UP, MEMORY_IS_SHORT };

struct hf_tracer {
    pid_t pid;
    struct hf_tracer_options options;
    struct hf_gadgets gadgets;
    struct hf_trace trace;
    struct hf_frozen frozen;
    pid_t readable;                  /* whose memory is read: the process, or its copy */
    pid_t witness;                   /* a thread of it */
    pthread_t thread;
    pid_t thread_id;                 /* the system's, of the thread: it is the tracer */
    sem_t ready, end_wanted;
    enum hf_status status;           /* of the start */
    struct hf_error error;
    atomic_int reason;               /* enum end_reason: why it is not held any more */
    atomic_ullong pause_ns;          /* 0: it stands still */
};

/* ---- the thread ---- */

static void let_go(struct hf_tracer *tracer) {
    hf_trace_let_go(&tracer->trace);
    if (tracer->trace.stopped_at_ns != 0)
        atomic_store(&tracer->pause_ns, hf_monotonic_ns() - tracer->trace.stopped_at_ns);
}

static enum hf_status begin(struct hf_tracer *tracer) {
    tracer->trace.deadline_ns = hf_monotonic_ns() + tracer->options.stop_ns;
    enum hf_status status = hf_trace_stop(&tracer->trace, &tracer->error);
    if (status != HF_OK)
        return status;
    tracer->readable = tracer->pid;
    tracer->witness = hf_trace_threads(&tracer->trace)[0].id;
    if (!tracer->options.freeze)
        return HF_OK;
    status = hf_freeze(&tracer->trace, &tracer->gadgets, &tracer->frozen, &tracer->error);
    let_go(tracer);
    tracer->readable = tracer->witness = tracer->frozen.copy;
    if (status == HF_OK)
        hf_freeze_settle(&tracer->frozen, &tracer->gadgets);
    return status;
}

static bool is_process_gone(pid_t pid) {
    return kill(pid, 0) != 0 && errno == ESRCH;
}

/* Has what is held ended? Takes note of threads that have ended, which would hold up the end of their process. */
static bool has_ended(struct hf_tracer *tracer) {
    int status = 0;
    if (tracer->options.freeze) {
        if (waitpid(tracer->frozen.copy, &status, __WALL | WNOHANG) == 0 || WIFSTOPPED(status))
            return false;
        tracer->frozen.copy = 0;
        return true;
    }
    bool has_thread = false;
    for (size_t i = 0; i < hf_trace_num_threads(&tracer->trace); i++) {
        struct hf_traced_thread *thread = &hf_trace_threads(&tracer->trace)[i];
        if (!thread->is_gone && waitpid(thread->id, &status, __WALL | WNOHANG) == thread->id && !WIFSTOPPED(status))
            thread->is_gone = true;
        has_thread = has_thread || !thread->is_gone;
    }
    return !has_thread || is_process_gone(tracer->pid);
}

static enum end_reason look(struct hf_tracer *tracer, uint64_t deadline_ns) {
    if (has_ended(tracer))
        return ENDED;
    if (hf_monotonic_ns() > deadline_ns)
        return TIME_IS_UP;
    bool may_be_short = tracer->options.freeze && tracer->options.floor_bytes > 0;
    return may_be_short && hf_headroom_bytes(tracer->pid) < tracer->options.floor_bytes ? MEMORY_IS_SHORT : HELD;
}

static bool is_end_wanted(struct hf_tracer *tracer, uint64_t within_ns) {
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    within_ns += (uint64_t)until.tv_nsec;
    until.tv_sec += (time_t)(within_ns / 1000000000);
    until.tv_nsec = (long)(within_ns % 1000000000);
    return sem_clockwait(&tracer->end_wanted, CLOCK_MONOTONIC, &until) == 0;
}

/* Holds what is held until the end is wanted or comes by itself. */
static void hold(struct hf_tracer *tracer) {
    uint64_t deadline_ns = tracer->options.hold_ns != 0 ? hf_monotonic_ns() + tracer->options.hold_ns : UINT64_MAX;
    size_t num_late = 1;
    for (;;) {
        if (tracer->options.freeze && num_late > 0)
            num_late = hf_trace_let_late_go(&tracer->trace);
        uint64_t nap_ns = num_late > 0 && tracer->options.freeze ? LOOK_SOON_NS : LOOK_EVERY_NS;
        uint64_t now_ns = hf_monotonic_ns();
        if (deadline_ns > now_ns && deadline_ns - now_ns < nap_ns)
            nap_ns = deadline_ns - now_ns;
        if (is_end_wanted(tracer, nap_ns))
            return;
        enum end_reason reason = look(tracer, deadline_ns);
        if (reason != HELD) {
            atomic_store(&tracer->reason, reason);
            return;
        }
    }
}

static void *run(void *context) {
    struct hf_tracer *tracer = context;
    prctl(PR_SET_TIMERSLACK, 1);     /* naps between two looks at a thread are to be as short as they say */
    tracer->thread_id = (pid_t)syscall(SYS_gettid);
    tracer->status = begin(tracer);
    bool is_held = tracer->status == HF_OK;
    sem_post(&tracer->ready);
    if (is_held)
        hold(tracer);
    if (tracer->options.freeze)
        hf_freeze_end(&tracer->frozen, tracer->pid);
    else
        let_go(tracer);
    return NULL;                     /* and the kernel lets go what is left */
}

/* ---- for the others ---- */

static int start_thread(struct hf_tracer *tracer) {
    sigset_t all, old;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    int failure = pthread_create(&tracer->thread, NULL, run, tracer);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    return failure;
}

static void destroy(struct hf_tracer *tracer) {
    hf_trace_deinit(&tracer->trace);
    sem_destroy(&tracer->ready);
    sem_destroy(&tracer->end_wanted);
    hf_free(tracer);
}

enum hf_status hf_tracer_start(pid_t pid, const struct hf_tracer_options *options, struct hf_tracer **out,
                               struct hf_error *error) {
    struct hf_tracer *tracer = hf_alloc(1, sizeof *tracer);
    if (tracer == NULL)
        return hf_fail_nomem(error);
    tracer->pid = pid;
    tracer->trace.pid = pid;
    tracer->options = *options;
    sem_init(&tracer->ready, 0, 0);
    sem_init(&tracer->end_wanted, 0, 0);
    enum hf_status status = HF_OK;
    if (options->freeze)
        status = hf_freeze_find_gadgets(pid, &tracer->gadgets, error);
    if (status == HF_OK) {
        int failure = start_thread(tracer);
        if (failure != 0)
            status = hf_fail_errno(error, failure, "cannot start a thread");
    }
    if (status != HF_OK) {
        destroy(tracer);
        return status;
    }
    while (sem_wait(&tracer->ready) != 0)
        ;
    if (tracer->status == HF_OK) {
        *out = tracer;
        return HF_OK;
    }
    pthread_join(tracer->thread, NULL);
    status = tracer->status;
    if (error != NULL)
        *error = tracer->error;
    destroy(tracer);
    return status;
}

pid_t hf_tracer_get_pid(const struct hf_tracer *tracer) {
    return tracer->readable;
}

/* By the system's word, for the thread here looks only now and then, and numbers of processes are used again. */
static bool is_held_now(const struct hf_tracer *tracer) {
    struct hf_procfs_status status;
    return hf_procfs_read_status(tracer->witness, &status) == 0 && status.state != 'Z' && status.state != 'X' &&
           status.tracer == tracer->thread_id;
}

enum hf_status hf_tracer_check(const struct hf_tracer *tracer, struct hf_error *error) {
    int pid = (int)tracer->pid;
    enum end_reason reason = (enum end_reason)atomic_load(&tracer->reason);
    if (reason == HELD && is_held_now(tracer))
        return HF_OK;
    if (reason == TIME_IS_UP)
        return hf_fail(error, HF_ERR_TARGET, "reading process %d took longer than was allowed: it goes on as before; "
                       "give it more time with --timeout", pid);
    if (reason == MEMORY_IS_SHORT)
        return hf_fail(error, HF_ERR_LIMIT, "memory ran short while the frozen copy of process %d was read: the copy "
                       "was ended", pid);
    return hf_fail(error, HF_ERR_TARGET, tracer->options.freeze ? "the frozen copy of process %d was killed"
                   : "process %d ended while it was read", pid);
}

uint64_t hf_tracer_pause_ns(const struct hf_tracer *tracer) {
    uint64_t pause_ns = atomic_load(&tracer->pause_ns);
    return pause_ns != 0 ? pause_ns : hf_monotonic_ns() - tracer->trace.stopped_at_ns;
}

uint64_t hf_tracer_end(struct hf_tracer *tracer) {
    sem_post(&tracer->end_wanted);
    pthread_join(tracer->thread, NULL);
    uint64_t pause_ns = atomic_load(&tracer->pause_ns);
    destroy(tracer);
    return pause_ns;
}
