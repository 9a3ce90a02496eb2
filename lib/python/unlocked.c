/*
 * unlocked.c - work of the library without the GIL.
 *
 * The library reports progress far more often than a person can press Ctrl-C. Taking the GIL may wait for another
 * thread for a whole switch interval, so that signals are looked at ten times a second and not at every report.
 */
#include "python/unlocked.h"

#include <time.h>

#define LOOK_EVERY_NS 100000000u

static uint64_t now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static bool look_at_signals(void *context, const char *phase, uint64_t done, uint64_t total) {
    (void)phase, (void)done, (void)total;
    struct hf_unlocked *unlocked = context;
    if (now_ns() - unlocked->looked_at_ns < LOOK_EVERY_NS)
        return true;
    PyEval_RestoreThread(unlocked->thread);
    bool go_on = PyErr_CheckSignals() == 0;
    unlocked->thread = PyEval_SaveThread();
    unlocked->looked_at_ns = now_ns();
    return go_on;
}

void hf_unlock(struct hf_unlocked *unlocked) {
    *unlocked = (struct hf_unlocked){.looked_at_ns = now_ns()};
    unlocked->progress = (struct hf_progress){.report = look_at_signals, .context = unlocked};
    unlocked->thread = PyEval_SaveThread();
}

void hf_lock(struct hf_unlocked *unlocked) {
    PyEval_RestoreThread(unlocked->thread);
}
