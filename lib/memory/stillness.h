/*
 * stillness.h - a process that another tracer, such as a debugger, holds still.
 *
 * A process has one tracer at a time, so this one cannot hold it as well; but nothing is needed to read what stands
 * still. That it stood still all the time is seen in how often its threads were scheduled.
 */
#ifndef HF_MEMORY_STILLNESS_H
#define HF_MEMORY_STILLNESS_H

#include <holdfast/holdfast.h>

#include <sys/types.h>

struct hf_stillness {
    size_t num_threads;
    uint64_t num_switches;       /* how often they gave up their processor so far */
};

/*
 * Does it stand still, and when did it move last? *out is set on success alone. Errors: TARGET (a thread runs; there is
 * no tracer; it ended; no permission), IO (/proc cannot be read), NOMEM. O(threads), a file of /proc for each.
 */
HF_MUST_CHECK enum hf_status hf_stillness_look(pid_t pid, struct hf_stillness *out, struct hf_error *error);

/* Has it moved since the first look? Errors: those of hf_stillness_look, and TARGET if it has. O(threads) */
HF_MUST_CHECK enum hf_status hf_stillness_check(pid_t pid, const struct hf_stillness *first, struct hf_error *error);

/* Is it stopped by a tracer? One glance at its main thread. */
bool hf_stillness_is_held(pid_t pid);

#endif
