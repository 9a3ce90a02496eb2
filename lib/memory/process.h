/*
 * process.h - a running process as a target (target.h), in four ways.
 *
 *                what is read           the process stands still   good for
 *   live         the process            never                      a look at what it is
 *   stopped      the process            until the target is closed any machine, any size
 *   held         the process            as its debugger wants       a process that a debugger has stopped
 *   frozen       a fork of it           while it is forked         services: the default
 *
 * A process is stopped with ptrace and let go again whatever happens: when this process is killed the kernel does it.
 * A frozen copy is made by one clone system call that a thread of the process executes; the copy never runs, and it
 * is ended and reaped from inside the process, which is left as it was: registers, signals, children.
 */
#ifndef HF_MEMORY_PROCESS_H
#define HF_MEMORY_PROCESS_H

#include <sys/types.h>

#include "memory/target.h"

struct hf_process_open_options {
    size_t cache_bytes;          /* for what was read; 0: 128 MiB */
    uint64_t stop_ns;            /* to have all threads stand still, and to copy; 0: 5 seconds */
    uint64_t hold_ns;            /* how long the process is stopped, or the copy lives, at most; 0: without limit */
};

/* Errors of all: TARGET (no such process, it ended or exec'ed; why, what to do), IO, NOMEM. options may be NULL. */
HF_MUST_CHECK enum hf_status hf_process_open_live(pid_t pid, const struct hf_process_open_options *options,
                                                  struct hf_target **out, struct hf_error *error);
HF_MUST_CHECK enum hf_status hf_process_open_stopped(pid_t pid, const struct hf_process_open_options *options,
                                                     struct hf_target **out, struct hf_error *error);
/* Also TARGET: a thread of it runs, or nobody traces it. */
HF_MUST_CHECK enum hf_status hf_process_open_held(pid_t pid, const struct hf_process_open_options *options,
                                                  struct hf_target **out, struct hf_error *error);
/* Also UNSUPPORTED: it cannot be forked (seccomp, limits, headroom of memory), which `stopped` does not need. */
HF_MUST_CHECK enum hf_status hf_process_open_frozen(pid_t pid, const struct hf_process_open_options *options,
                                                    struct hf_target **out, struct hf_error *error);

/*
 * Was the target there, and still, all the time? What was read of one that was not is worth nothing. Live ones are fine
 * as long as they run. Errors: TARGET (it ended; time is up), LIMIT (memory ran short, so that the copy was ended).
 */
HF_MUST_CHECK enum hf_status hf_process_check(struct hf_target *target, struct hf_error *error);

/* Ends a target and says how long the process stood still. */
uint64_t hf_process_end(struct hf_target *target);

#endif
