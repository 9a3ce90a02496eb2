/*
 * headroom.h - how much memory a process could still take before the system or its control group runs short.
 *
 * A forked copy shares the memory of its process; what either of them writes meanwhile is there twice. Whoever forks a
 * process that goes on working looks here first.
 */
#ifndef HF_MEMORY_HEADROOM_H
#define HF_MEMORY_HEADROOM_H

#include <stdint.h>
#include <sys/types.h>

/* Bytes that are available to the process, 0: this one; UINT64_MAX where nothing says so. Reads some small files. */
uint64_t hf_headroom_bytes(pid_t pid);
/* The same with /proc and /sys in another folder: for tests. */
uint64_t hf_headroom_bytes_under(const char *top, pid_t pid);

#endif
