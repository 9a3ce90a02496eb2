/*
 * watch.h - takes snapshots of this process when a signal comes, every so often, or when the resident memory has passed
 * a mark. A thread of C does it, so that it works while every thread of Python is blocked.
 */
#ifndef HF_PYTHON_WATCH_H
#define HF_PYTHON_WATCH_H

#include "python/record.h"

#define HF_WATCH_MAX_SIGNALS 8

struct hf_watch_triggers {
    int signals[HF_WATCH_MAX_SIGNALS];
    unsigned num_signals;
    uint64_t every_ns;       /* 0: never */
    uint64_t rss_bytes;      /* 0: never; else at this mark, and whenever half of it has been added since */
};

struct hf_watch;

/* Takes over the texts of *output. NULL: no memory. Not running yet. */
struct hf_watch *hf_watch_create(struct hf_output *output, const struct hf_record_options *options,
                                 const struct hf_watch_triggers *triggers);
/* Leaves the memory to a thread that could not be stopped. */
void hf_watch_destroy(struct hf_watch *watch);

/* Starts the thread and takes over the signals; nothing to do without triggers. One watch of a process may run. */
HF_MUST_CHECK enum hf_status hf_watch_start(struct hf_watch *watch, struct hf_error *error);
/* Ends the thread, after the snapshot that it is taking, and gives the signals back. The caller holds the GIL. */
void hf_watch_stop(struct hf_watch *watch);
/* In a forked child, where the thread does not exist: gives the signals back. */
void hf_watch_forget(struct hf_watch *watch);

/*
 * Around fork: without its thread the child cannot inherit half of a snapshot, and Python (3.12+) does not warn of a
 * fork with threads. A thread that is taking a snapshot is left alone.
 */
void hf_watch_pause(struct hf_watch *watch);
void hf_watch_resume(struct hf_watch *watch);

struct hf_output *hf_watch_get_output(struct hf_watch *watch);
/* Snapshots that have been due since the start, those that failed included. Not while the watch is running. */
unsigned hf_watch_get_num_due(const struct hf_watch *watch);
/* Takes a snapshot now, from the calling thread, which holds the GIL. Not while the watch is running. */
void hf_watch_take(struct hf_watch *watch);

#endif
