/*
 * watch.c - takes snapshots when they are due.
 *
 *     signal handler ── sem_post ──▶ ┌─ thread ────────────────────────────────────────────┐
 *     stop() ────────── sem_post ──▶ │ sem_clockwait, at most until the next look           │
 *                                    │ due? attach to the interpreter ▸ capture ▸ detach    │
 *                                    │      ▸ write the file while the program goes on      │
 *                                    └──────────────────────────────────────────────────────┘
 *
 * A semaphore and not a pipe: it takes no file descriptor, which programs that close all of them (daemons) would close,
 * and a forked child has its own copy, so that its signals do not wake the parent.
 *
 * Python's own signal handlers run between two byte codes of the main thread: never, while it is blocked in C. Ours
 * only notes the signal and calls the handler that was there before.
 *
 * A signal handler gets no context, hence the one variable of the process here: the watch whose signals they are.
 */
#include "python/watch.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define SECOND_NS UINT64_C(1000000000)
#define LOOK_AT_RSS_EVERY_NS (SECOND_NS / 10)

struct hf_watch {
    struct hf_output output;
    struct hf_record_options options;
    struct hf_watch_triggers triggers;
    struct sigaction previous[HF_WATCH_MAX_SIGNALS];
    PyInterpreterState *interpreter;
    pthread_t thread;
    atomic_int thread_id;        /* the system's, of the thread; 0 until it has begun */
    bool is_running;             /* the signals are ours, and a thread looks after them unless paused */
    unsigned num_pauses;         /* forks under way: several threads may fork at once */
    sem_t wake;
    atomic_bool stop_wanted;
    atomic_bool signal_came;
    atomic_bool is_busy;         /* taking a snapshot */
    unsigned num_due;            /* snapshots that were due; also those that failed, which say so themselves */
    uint64_t next_time_ns;       /* of `every` */
    uint64_t next_rss_bytes;
};

static struct hf_watch *_Atomic signal_watch;

static uint64_t now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * SECOND_NS + (uint64_t)now.tv_nsec;
}

static uint64_t read_rss_bytes(void) {
    char text[128];
    int file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return 0;
    ssize_t length = read(file, text, sizeof text - 1);
    close(file);
    text[length > 0 ? length : 0] = '\0';
    unsigned long long pages;
    return sscanf(text, "%*u %llu", &pages) == 1 ? pages * (uint64_t)sysconf(_SC_PAGESIZE) : 0;
}

/* Signals. */

static const struct sigaction *find_previous(const struct hf_watch *watch, int number) {
    for (unsigned i = 0; i < watch->triggers.num_signals; i++)
        if (watch->triggers.signals[i] == number)
            return &watch->previous[i];
    return NULL;
}

static void call_previous(const struct sigaction *previous, int number, siginfo_t *info, void *context) {
    if (!previous)
        return;
    if (previous->sa_flags & SA_SIGINFO)
        previous->sa_sigaction(number, info, context);
    else if (previous->sa_handler != SIG_DFL && previous->sa_handler != SIG_IGN)
        previous->sa_handler(number);
}

static void on_signal(int number, siginfo_t *info, void *context) {
    int saved_errno = errno;
    struct hf_watch *watch = atomic_load(&signal_watch);
    if (watch) {
        atomic_store(&watch->signal_came, true);
        sem_post(&watch->wake);
        call_previous(find_previous(watch, number), number, info, context);
    }
    errno = saved_errno;
}

static void give_signals_back(struct hf_watch *watch, unsigned count) {
    for (unsigned i = 0; i < count; i++) {
        struct sigaction current;
        int number = watch->triggers.signals[i];
        if (sigaction(number, NULL, &current) == 0 && current.sa_sigaction == on_signal)
            sigaction(number, &watch->previous[i], NULL);
    }
    atomic_store(&signal_watch, NULL);
}

static enum hf_status take_signals(struct hf_watch *watch, struct hf_error *error) {
    struct hf_watch *nobody = NULL;
    if (!atomic_compare_exchange_strong(&signal_watch, &nobody, watch)) {
        *error = (struct hf_error){.status = HF_ERR_ARGUMENT, .message = "another watch of this process is running"};
        return HF_ERR_ARGUMENT;
    }
    struct sigaction action = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_RESTART | SA_ONSTACK};
    sigemptyset(&action.sa_mask);
    for (unsigned i = 0; i < watch->triggers.num_signals; i++) {
        if (sigaction(watch->triggers.signals[i], &action, &watch->previous[i]) != 0) {
            *error = (struct hf_error){.status = HF_ERR_ARGUMENT};
            snprintf(error->message, sizeof error->message, "signal %d cannot be handled: %s",
                     watch->triggers.signals[i], strerror(errno));
            give_signals_back(watch, i);
            return HF_ERR_ARGUMENT;
        }
    }
    return HF_OK;
}

/* What is due. */

static bool is_time(struct hf_watch *watch) {
    uint64_t now = now_ns();
    if (watch->triggers.every_ns == 0 || now < watch->next_time_ns)
        return false;
    watch->next_time_ns += watch->triggers.every_ns;
    if (watch->next_time_ns <= now)
        watch->next_time_ns = now + watch->triggers.every_ns;
    return true;
}

static bool is_too_big(struct hf_watch *watch) {
    if (watch->triggers.rss_bytes == 0)
        return false;
    uint64_t rss_bytes = read_rss_bytes();
    if (rss_bytes < watch->next_rss_bytes)
        return false;
    watch->next_rss_bytes = rss_bytes + watch->triggers.rss_bytes / 2;
    return true;
}

static bool is_due(struct hf_watch *watch) {
    bool by_signal = atomic_exchange(&watch->signal_came, false);
    bool by_time = is_time(watch);
    bool by_rss = is_too_big(watch);
    return by_signal || by_time || by_rss;
}

/* Waits until something may be due; without times, until it is woken. */
static void wait_for_something(struct hf_watch *watch) {
    uint64_t until = UINT64_MAX;
    if (watch->triggers.every_ns != 0)
        until = watch->next_time_ns;
    if (watch->triggers.rss_bytes != 0 && now_ns() + LOOK_AT_RSS_EVERY_NS < until)
        until = now_ns() + LOOK_AT_RSS_EVERY_NS;
    struct timespec deadline = {.tv_sec = (time_t)(until / SECOND_NS), .tv_nsec = (long)(until % SECOND_NS)};
    if (until == UINT64_MAX)
        sem_wait(&watch->wake);
    else
        sem_clockwait(&watch->wake, CLOCK_MONOTONIC, &deadline);
}

/* The thread. */

static void detach(void *thread) {
    PyThreadState_Clear(thread);
    PyThreadState_DeleteCurrent();
}

static void take_as_guest(struct hf_watch *watch) {
    PyThreadState *thread = PyThreadState_New(watch->interpreter);
    if (!thread)
        return;
    PyEval_AcquireThread(thread);
    watch->num_due++;
    hf_record(&watch->output, &watch->options, detach, thread);
}

static void *run(void *context) {
    struct hf_watch *watch = context;
    atomic_store(&watch->thread_id, (int)syscall(SYS_gettid));
    while (!atomic_load(&watch->stop_wanted)) {
        wait_for_something(watch);
        if (atomic_load(&watch->stop_wanted) || !is_due(watch))
            continue;
        atomic_store(&watch->is_busy, true);
        take_as_guest(watch);
        atomic_store(&watch->is_busy, false);
    }
    return NULL;
}

/* Starts the thread with all signals blocked: handlers belong to the threads of the program. */
static int start_thread(struct hf_watch *watch) {
    sigset_t all, old;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    atomic_store(&watch->stop_wanted, false);
    int failure = pthread_create(&watch->thread, NULL, run, watch);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    return failure;
}

static void end_thread(struct hf_watch *watch) {
    atomic_store(&watch->stop_wanted, true);
    sem_post(&watch->wake);
    Py_BEGIN_ALLOW_THREADS
    pthread_join(watch->thread, NULL);
    Py_END_ALLOW_THREADS
}

/*
 * pthread_join returns a moment before the system has forgotten the thread, and Python (3.12+) asks the system how many
 * threads there are when it warns of a fork.
 */
static void wait_until_gone(int thread_id) {
    for (int i = 0; i < 1000 && syscall(SYS_tgkill, getpid(), thread_id, 0) == 0; i++)
        nanosleep(&(struct timespec){.tv_nsec = 10000}, NULL);
}

/* Life. */

struct hf_watch *hf_watch_create(struct hf_output *output, const struct hf_record_options *options,
                                 const struct hf_watch_triggers *triggers) {
    struct hf_watch *watch = calloc(1, sizeof *watch);
    if (!watch)
        return NULL;
    watch->output = *output;
    *output = (struct hf_output){0};
    watch->options = *options;
    watch->triggers = *triggers;
    watch->interpreter = PyInterpreterState_Get();
    return watch;
}

void hf_watch_destroy(struct hf_watch *watch) {
    if (!watch || watch->is_running)
        return;
    hf_output_deinit(&watch->output);
    free(watch);
}

enum hf_status hf_watch_start(struct hf_watch *watch, struct hf_error *error) {
    const struct hf_watch_triggers *triggers = &watch->triggers;
    if (!watch->is_running)
        watch->num_due = 0;
    if (watch->is_running || (triggers->num_signals == 0 && triggers->every_ns == 0 && triggers->rss_bytes == 0))
        return HF_OK;
    watch->next_time_ns = now_ns() + triggers->every_ns;
    watch->next_rss_bytes = triggers->rss_bytes;
    atomic_store(&watch->signal_came, false);
    sem_init(&watch->wake, 0, 0);
    enum hf_status status = take_signals(watch, error);
    if (status != HF_OK)
        return status;
    int failure = start_thread(watch);
    if (failure != 0) {
        give_signals_back(watch, triggers->num_signals);
        *error = (struct hf_error){.status = HF_ERR_IO, .os_errno = failure};
        snprintf(error->message, sizeof error->message, "cannot start a thread: %s", strerror(failure));
        return HF_ERR_IO;
    }
    watch->is_running = true;
    return HF_OK;
}

void hf_watch_stop(struct hf_watch *watch) {
    if (!watch->is_running)
        return;
    if (watch->num_pauses == 0)
        end_thread(watch);
    hf_watch_forget(watch);
}

void hf_watch_forget(struct hf_watch *watch) {
    if (!watch->is_running)
        return;
    give_signals_back(watch, watch->triggers.num_signals);
    watch->is_running = false;
    watch->num_pauses = 0;
    atomic_store(&watch->is_busy, false);
}

void hf_watch_pause(struct hf_watch *watch) {
    bool is_idle = watch->is_running && !atomic_load(&watch->is_busy);
    if ((is_idle || watch->num_pauses > 0) && watch->num_pauses++ == 0) {
        end_thread(watch);
        wait_until_gone(atomic_load(&watch->thread_id));
    }
}

void hf_watch_resume(struct hf_watch *watch) {
    if (watch->num_pauses > 0 && --watch->num_pauses == 0)
        watch->is_running = start_thread(watch) == 0;
}

struct hf_output *hf_watch_get_output(struct hf_watch *watch) {
    return &watch->output;
}

unsigned hf_watch_get_num_due(const struct hf_watch *watch) {
    return watch->num_due;
}

static void release_gil(void *thread) {
    *(PyThreadState **)thread = PyEval_SaveThread();
}

void hf_watch_take(struct hf_watch *watch) {
    PyThreadState *thread = NULL;
    watch->num_due++;
    hf_record(&watch->output, &watch->options, release_gil, &thread);
    PyEval_RestoreThread(thread);
}
