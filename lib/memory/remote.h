/* remote.h - what is done to a process that is traced and stopped: reads and writes of its memory, and system calls. */
#ifndef HF_MEMORY_REMOTE_H
#define HF_MEMORY_REMOTE_H

#include <sys/types.h>

#include "memory/machine.h"

/* All of the bytes, or false. */
bool hf_remote_read(pid_t pid, uint64_t addr, void *buffer, size_t size);
bool hf_remote_write(pid_t pid, uint64_t addr, const void *bytes, size_t size);

struct hf_remote_caller {
    pid_t thread;
    const struct hf_gadgets *gadgets;
    struct hf_registers registers;   /* to begin calls with */
    uint64_t deadline_ns;
};

/* What a status of wait() says: an event of ptrace. */
static inline bool hf_remote_is_event(int status, int event) {
    return status >> 16 == event;
}

/* Sets the registers of a call, with which the thread goes on when it is let go. 0 or errno. */
int hf_remote_begin_call(const struct hf_remote_caller *caller, const struct hf_call *call);

/*
 * The whole of a call. 0 and *result, or errno of the way there: ETIMEDOUT behind the caller's deadline. A clone ends
 * at its event, with *child set; a signal sends it back before it has begun. child is NULL for other calls.
 */
int hf_remote_call(const struct hf_remote_caller *caller, const struct hf_call *call, pid_t *child, int64_t *result);

/* A thread or process that was just born under ptrace stops before it does anything. 0 or errno. */
int hf_remote_await_birth(pid_t born, uint64_t deadline_ns);

#endif
