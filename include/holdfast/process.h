/*
 * process.h - snapshots of other processes: a running one by its id, without code in it and without a restart, and a
 * dead one by its core file. CPython 3.9 to 3.15 on 64-bit Linux.
 *
 * Nothing runs in the target and nothing in it is changed. A running one is stopped with ptrace for a moment, which
 * takes the permission to do so, and goes on whatever happens to the caller; one of its threads is made to fork a copy
 * that is read at leisure. These functions start a thread of their own, and end it before they return.
 */
#ifndef HOLDFAST_PROCESS_H
#define HOLDFAST_PROCESS_H

#include <holdfast/snapshot.h>

HF_BEGIN_API

/* How a running process is read. */
enum hf_process_method {
    HF_PROCESS_AUTO = 0,  /* FORK where it is possible and memory allows it, else STOP */
    HF_PROCESS_FORK,      /* a copy of it, made by a fork: it stands still for the fork alone */
    HF_PROCESS_STOP,      /* itself: it stands still until all is read */
};

struct hf_process_options {
    uint32_t struct_size;            /* sizeof(struct hf_process_options) */
    enum hf_process_method method;
    bool without_previews;           /* do not keep values of strings, numbers and bytes (keys of dicts are kept) */
    uint64_t timeout_ns;             /* how long the process may be stopped, or its copy live; 0: a minute, an hour */
    uint64_t cache_bytes;            /* for what was read of it; 0: 128 MiB */
    /* Tells what the user should know, such as why a copy was not possible: a line as in struct hf_error. NULL: not. */
    void (*note)(void *context, const char *message);
    void *note_context;
    const struct hf_progress *progress;
};

/*
 * Takes a snapshot of a running process. options may be NULL. It is tried again for a few seconds while the process is
 * in a moment that does not allow it (its garbage collector is running). The origin's method is "frozen copy" or
 * "stopped process". One whose threads are all stopped by a debugger is read as it stands, but with FORK; its method is
 * "process held by a debugger", its pause 0.
 * Errors: TARGET (no such process; no permission, with what to do about it; it ended meanwhile; no good moment; FORK
 * was asked for and is not possible; time was up; a debugger lets it go, or some of its threads run), UNSUPPORTED (no
 * Python, or a build that holdfast does not know: its name), LIMIT, NOMEM, CANCELLED. Cost: about 250 ns and 60 bytes
 * for each object, and the cache. The process stands still for 10 to 35 ms per GiB of resident memory with FORK; while
 * the copy lives, what the process writes takes memory twice.
 */
HF_MUST_CHECK enum hf_status hf_capture_process(int pid, const struct hf_process_options *options,
                                                struct hf_snapshot **out, struct hf_error *error);

struct hf_core_options {
    uint32_t struct_size;            /* sizeof(struct hf_core_options) */
    const char *sysroot;             /* the folder that has the files of the machine the core is from, or NULL: "/" */
    const char *binary;              /* the program itself, if it is elsewhere now, or NULL; of a core file that
                                        was cut off before its notes the program, or libpython, in any case */
    bool without_previews;
    uint64_t cache_bytes;            /* 0: 128 MiB */
    void (*note)(void *context, const char *message);   /* what is missing, and which files are not the right ones */
    void *note_context;
    const struct hf_progress *progress;
};

/*
 * Takes a snapshot of a process that left a core file, by the kernel or by gcore. Text and read-only data, which cores
 * lack, are read from the program and its libraries; a file whose build id is not that of what was mapped is not used.
 * A truncated core gives what it holds. The origin's method is "core file".
 * Errors: IO, FORMAT (no core file, or damaged), UNSUPPORTED, TARGET (what is missing for an answer), LIMIT, NOMEM,
 * CANCELLED. Cost: as for a process.
 */
HF_MUST_CHECK enum hf_status hf_capture_core(const char *path, const struct hf_core_options *options,
                                             struct hf_snapshot **out, struct hf_error *error);

/* A running Python program. */
struct hf_process {
    int pid;
    uint32_t uid;                    /* whose it is */
    const char *python;              /* "3.11.2"; "" if it cannot be told */
    const char *problem;             /* why a snapshot is not possible, a line; "" if it is */
    const char *program;             /* the words of its command joined by blanks */
    const char *name;                /* of the process: at most 15 bytes */
    uint64_t resident_bytes;
    uint32_t num_threads;
};

struct hf_processes {
    const struct hf_process *list;   /* by pid */
    size_t count;
};

/*
 * The Python programs that run here, this one left out. Looks at each process for a moment and stops none. The caller
 * ends *out with hf_processes_destroy. Errors: IO (no /proc), NOMEM. Cost: about a millisecond for each process.
 */
HF_MUST_CHECK enum hf_status hf_processes_create(struct hf_processes **out, struct hf_error *error);
void hf_processes_destroy(struct hf_processes *processes);

HF_END_API
#endif
