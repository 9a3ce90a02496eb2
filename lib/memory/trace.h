/*
 * trace.h - stops all threads of a process, and lets them go.
 *
 * ptrace belongs to a thread: all functions here are called by the thread that seized the process (tracer.c). When that
 * thread ends, for whatever reason, the kernel lets all go.
 */
#ifndef HF_MEMORY_TRACE_H
#define HF_MEMORY_TRACE_H

#include <sys/types.h>

#include "base/memory.h"

struct hf_traced_thread {
    pid_t id;
    bool is_stopped;
    bool is_late;            /* in the kernel for long (a disk, vfork): it will stop before it runs code of its own */
    bool is_gone;
};

struct hf_trace {
    pid_t pid;
    struct hf_region threads;    /* struct hf_traced_thread, the main thread first if it is there */
    uint64_t stopped_at_ns;      /* when the first thread was asked to stop; 0: none was */
    uint64_t deadline_ns;        /* for what follows; monotonic */
};

static inline size_t hf_trace_num_threads(const struct hf_trace *trace) {
    return trace->threads.used_bytes / sizeof(struct hf_traced_thread);
}

static inline struct hf_traced_thread *hf_trace_threads(const struct hf_trace *trace) {
    return (struct hf_traced_thread *)(void *)trace->threads.data;
}

/*
 * Seizes and stops all threads. On failure all are let go. Errors: TARGET (no such process; no permission: what to do;
 * ended; a thread does not stop in time), NOMEM.
 */
HF_MUST_CHECK enum hf_status hf_trace_stop(struct hf_trace *trace, struct hf_error *error);

/* Lets all threads go that stand still. Late ones are let go by hf_trace_let_late_go. */
void hf_trace_let_go(struct hf_trace *trace);
/* Lets those late threads go that have stopped by now; gives how many have not. */
size_t hf_trace_let_late_go(struct hf_trace *trace);
void hf_trace_deinit(struct hf_trace *trace);

/*
 * Waits until the thread stops, and gives the status that waitpid gave. 0, ESRCH when it is gone, ETIMEDOUT.
 */
int hf_trace_wait(pid_t thread, uint64_t deadline_ns, int *status);

/* A ptrace request. 0 or errno. All requests and writes to a target go through hf_trace_step first. */
int hf_trace_request(int request, pid_t thread, uint64_t addr, uint64_t data);

/* Why ptrace refused: what to do about it. Sets the error and gives its status. */
enum hf_status hf_trace_explain(pid_t pid, int os_errno, struct hf_error *error);

uint64_t hf_monotonic_ns(void);

/*
 * For tests: this process is killed right before the n-th step from now that touches a target (1: the next); 0 switches
 * it off. hf_trace_num_steps counts the steps so far.
 */
void hf_trace_die_at(unsigned long n);
unsigned long hf_trace_num_steps(void);
void hf_trace_step(void);

#endif
