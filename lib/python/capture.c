/* capture.c - a snapshot of this process; its making is lib/capture's work. */
#include "python/capture.h"

#include <time.h>

#define TRIES 50
#define WAIT_NS 2000000

enum hf_status hf_capture_patiently(const struct hf_capture_options *options, struct hf_snapshot **out,
                                    struct hf_error *error) {
    enum hf_status status = hf_capture_self(options, out, error);
    for (int i = 1; i < TRIES && status == HF_ERR_TARGET; i++) {
        Py_BEGIN_ALLOW_THREADS
        nanosleep(&(struct timespec){.tv_nsec = WAIT_NS}, NULL);
        Py_END_ALLOW_THREADS
        status = hf_capture_self(options, out, error);
    }
    return status;
}
