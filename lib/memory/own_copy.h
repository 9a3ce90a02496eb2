/*
 * own_copy.h - work in a copy of this process, as it is at this moment, while the process itself goes on.
 *
 * The copy is a forked child with one thread: the caller's. It shares no memory with its parent but shared mappings
 * (hf_region_init_shared), through which the work gives its result. Locks that other threads held stay locked in it for
 * ever, so the work must not call malloc, stdio or anything else that takes one.
 */
#ifndef HF_MEMORY_OWN_COPY_H
#define HF_MEMORY_OWN_COPY_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * Starts work(context) in a copy. It has limit_seconds for it. Gives the copy's process id, or -1 (errno) when there
 * can be none: limits, memory, seccomp. Cost: about 30 ms per GiB of resident memory, for its page tables.
 */
pid_t hf_own_copy_start(void (*work)(void *context), void *context, unsigned limit_seconds);

/*
 * Waits for the end of a copy and gives its CPU time. True when its work is done; false when it crashed, was killed, or
 * took too long.
 */
bool hf_own_copy_wait(pid_t copy, uint64_t *cpu_ns);

#endif
