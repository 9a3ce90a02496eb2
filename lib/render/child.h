/* child.h - runs a function in a forked child that cannot harm the caller: limits, pipes, no zombie. */
#ifndef HF_RENDER_CHILD_H
#define HF_RENDER_CHILD_H

#include "base/text.h"

struct hf_child_limits {
    unsigned wall_ms;            /* the child is killed after this time */
    unsigned cpu_seconds;
    uint64_t memory_bytes;       /* of address space, above what the caller has */
};

/*
 * What the child does. It has standard input from `input`, its standard output and error are collected as messages,
 * and it writes its result to `result_fd`. All other descriptors are closed, all signals have their default action, and
 * what the function returns is the exit code; exit() ends it with HF_CHILD_EXITED without running the caller's
 * handlers.
 */
typedef int (*hf_child_body)(void *context, int result_fd);

#define HF_CHILD_EXITED 70           /* a library called exit() */
#define HF_CHILD_NOMEM 71            /* the limit of memory was hit */
#define HF_CHILD_BROKEN 72           /* the child could not be set up */

enum hf_child_end {
    HF_CHILD_END_EXIT,           /* code: the exit code */
    HF_CHILD_END_SIGNAL,         /* code: the signal */
    HF_CHILD_END_WALL,           /* killed: no time left */
    HF_CHILD_END_CPU,            /* killed by its limit of CPU time */
    HF_CHILD_END_SIZE,           /* killed: more than HF_CHILD_MAX_RESULT bytes came */
};

#define HF_CHILD_MAX_RESULT ((size_t)512 << 20)
#define HF_CHILD_MAX_MESSAGES ((size_t)16 << 10)

struct hf_child_result {
    enum hf_child_end end;
    int code;
    struct hf_text bytes;        /* what was written to result_fd */
    struct hf_text messages;     /* the first HF_CHILD_MAX_MESSAGES bytes of standard output and error */
};

/*
 * Runs body(context) in a child and waits for it. *result is valid on HF_OK and ends with hf_child_result_deinit.
 * Safe in a process with threads: SIGCHLD may be ignored and other threads may wait for children.
 * Errors: IO (no process or pipe to be had), NOMEM.
 */
HF_MUST_CHECK enum hf_status hf_child_run(hf_child_body body, void *context, const char *input, size_t input_length,
                                          const struct hf_child_limits *limits, struct hf_child_result *result,
                                          struct hf_error *error);
void hf_child_result_deinit(struct hf_child_result *result);

/* In the child: true when so little address space is left that a failure is most likely due to the limit. */
bool hf_child_lacks_memory(void);

#endif
