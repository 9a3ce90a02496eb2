/*
 * unlocked.h - work of the library without the GIL. Signals are looked after meanwhile: Ctrl-C ends the work with
 * HF_ERR_CANCELLED, and KeyboardInterrupt is then the exception that is set.
 *
 *     struct hf_unlocked unlocked;
 *     hf_unlock(&unlocked);
 *     status = hf_work(..., &unlocked.progress, ...);
 *     hf_lock(&unlocked);
 */
#ifndef HF_PYTHON_UNLOCKED_H
#define HF_PYTHON_UNLOCKED_H

#include "python/module.h"

struct hf_unlocked {
    struct hf_progress progress;
    PyThreadState *thread;
    uint64_t looked_at_ns;
};

void hf_unlock(struct hf_unlocked *unlocked);
void hf_lock(struct hf_unlocked *unlocked);

#endif
