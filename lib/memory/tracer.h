/*
 * tracer.h - a thread that holds a process still, or a copy of it, until it is told to end.
 *
 * ptrace belongs to the thread that began it. With a thread of its own, targets can be closed from any thread, and
 * whatever is left when it ends, the kernel lets go.
 */
#ifndef HF_MEMORY_TRACER_H
#define HF_MEMORY_TRACER_H

#include "memory/freeze.h"

struct hf_tracer;

struct hf_tracer_options {
    bool freeze;                 /* copy the process; else keep it stopped */
    uint64_t stop_ns;            /* to have all threads stand still, and to copy */
    uint64_t hold_ns;            /* how long the process or its copy is held at most; 0: without limit */
    uint64_t floor_bytes;        /* a copy ends when less memory than this is left */
};

/*
 * Starts the thread and waits until the process stands still or its copy is made. Errors: those of hf_trace_stop and
 * hf_freeze, IO (no thread).
 */
HF_MUST_CHECK enum hf_status hf_tracer_start(pid_t pid, const struct hf_tracer_options *options,
                                             struct hf_tracer **out, struct hf_error *error);

/* The process whose memory is to be read. */
pid_t hf_tracer_get_pid(const struct hf_tracer *tracer);

/* Is it still held? Errors: TARGET (it ended, or was let go: why), LIMIT (memory is short). */
HF_MUST_CHECK enum hf_status hf_tracer_check(const struct hf_tracer *tracer, struct hf_error *error);

/* Lets the process go, or ends its copy, and gives how long the process stood still. */
uint64_t hf_tracer_end(struct hf_tracer *tracer);
/* How long it stood still, or has by now. */
uint64_t hf_tracer_pause_ns(const struct hf_tracer *tracer);

#endif
