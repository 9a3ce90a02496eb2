/*
 * capture.h - photographs the heap of the Python interpreter that runs in this process.
 *
 * Part of libholdfast-cpython-XY (built for one Python release, linked before libholdfast) and of the extension module.
 * The caller holds the GIL and an attached thread state. Nothing in the process changes: no reference count, no
 * __dict__, no user code runs, nothing is allocated on Python's heap but the transient result of a C-level __sizeof__.
 */
#ifndef HOLDFAST_CAPTURE_H
#define HOLDFAST_CAPTURE_H

#include <holdfast/snapshot.h>

#ifdef __cplusplus
extern "C" {
#endif

struct hf_capture_options {
    uint32_t struct_size;        /* sizeof(struct hf_capture_options) */
    bool without_previews;       /* do not keep values of strings, numbers and bytes (keys of dicts are kept) */
};

/*
 * Takes a snapshot of the calling thread's interpreter. options may be NULL. The GIL is released after the pause, while
 * the snapshot is put in order, and is held again on return.
 * Errors: NOMEM, LIMIT (more than 2^32 edges, or heap spread over more than 64 GiB), UNSUPPORTED (this Python build),
 * TARGET (the collector is running: call again when it is not).
 * Cost: one visit of every object during the pause; memory about 50 bytes per object.
 */
HF_MUST_CHECK enum hf_status hf_capture_self(const struct hf_capture_options *options, struct hf_snapshot **out,
                                             struct hf_error *error);

#ifdef __cplusplus
}
#endif
#endif
