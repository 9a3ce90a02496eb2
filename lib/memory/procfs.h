/*
 * procfs.h - what the system says of a process in /proc/PID. Everything here is a moment's truth: the process may end,
 * or become another program, between two questions.
 */
#ifndef HF_MEMORY_PROCFS_H
#define HF_MEMORY_PROCFS_H

#include <sys/types.h>

#include "base/memory.h"

/*
 * Appends the whole of /proc/PID/NAME to a region (used_bytes counts), with a NUL behind it that is not counted.
 * 0, or the errno of the failure; ENOMEM too.
 */
int hf_procfs_read(pid_t pid, const char *name, struct hf_region *out);

/* The same into a buffer, cut to size - 1 bytes, terminated. Gives the length, or -1 with errno. */
ssize_t hf_procfs_read_into(pid_t pid, const char *name, char *buffer, size_t size);

/* Where a link in /proc/PID points to: "exe", "root". False with errno. */
bool hf_procfs_read_link(pid_t pid, const char *name, char *buffer, size_t size);

/* What /proc/PID/status says. */
struct hf_procfs_status {
    char name[64];
    char state;                  /* R, S, D, T (stopped), t (traced), Z (zombie), X */
    pid_t pid_in_namespace;      /* in the innermost namespace */
    pid_t thread_in_namespace;   /* the same of the thread */
    pid_t parent;
    pid_t tracer;                /* 0: none */
    uid_t uid;                   /* effective */
    uint32_t num_threads;
    uint64_t resident_bytes, anonymous_bytes, swapped_bytes;
    uint64_t blocked_signals;
    uint32_t seccomp_mode;       /* 0: off, 1: strict, 2: filters */
    uint32_t num_seccomp_filters;/* UINT32_MAX: the kernel does not say */
    uint64_t capabilities;       /* effective */
    uint64_t num_switches;       /* of the thread: how often it gave up its processor, by itself or not */
    bool has_shadow_stack;
};

/* Of a process, or of a thread by its id. 0 or errno. */
int hf_procfs_read_status(pid_t pid, struct hf_procfs_status *out);

/*
 * The ids of the threads, appended as pid_t: the first ones of the list are old, new ones come at its end. 0 or errno.
 */
int hf_procfs_list_threads(pid_t pid, struct hf_region *out);

#endif
