/*
 * capture.h - photographs the heap of the Python interpreter that runs in this process.
 *
 * Part of libholdfast-cpython-XY, which is built for one Python release, and of the extension module. The shared one
 * has all of libholdfast in it; the static one is linked before libholdfast. pkg-config knows both. The caller holds
 * the GIL and an attached thread state. Nothing in the process changes: no reference count, no __dict__, no user code
 * runs, nothing is allocated on Python's heap but the transient result of a C-level __sizeof__.
 */
#ifndef HOLDFAST_CAPTURE_H
#define HOLDFAST_CAPTURE_H

#include <holdfast/snapshot.h>

HF_BEGIN_API

/* Where the objects are visited. */
enum hf_capture_method {
    HF_CAPTURE_AUTO = 0,  /* COPY where it is the shorter pause and memory allows it, else WALK */
    HF_CAPTURE_COPY,      /* in a forked copy, while the process runs on: the pause is that of a fork */
    HF_CAPTURE_WALK,      /* in the process itself, which stands still for it */
};

struct hf_capture_options {
    uint32_t struct_size;        /* sizeof(struct hf_capture_options) */
    bool without_previews;       /* do not keep values of strings, numbers and bytes (keys of dicts are kept) */
    enum hf_capture_method method;
    /*
     * What is left out as holdfast itself is: the modules of a tool, such as a debugger, by their names ("pdb" is
     * "pdb.x" as well), and single objects of it. With them go their classes, frames and all that only they hold; what
     * they refer to stays, and is not held by them.
     */
    const char *const *hidden_modules;
    size_t num_hidden_modules;
    const void *const *hidden_objects;   /* PyObject * */
    size_t num_hidden_objects;
};

/*
 * Takes a snapshot of the calling thread's interpreter. options may be NULL. The GIL is released after the pause, while
 * the objects are visited in the copy and the snapshot is put in order, and is held again on return.
 * Errors: NOMEM, LIMIT (more than 2^32 edges, or heap spread over more than 64 GiB), UNSUPPORTED (this Python build),
 * TARGET (the collector is running: call again when it is not; or COPY was asked for and there can be none).
 * Cost: one visit of every object, about 100 ns; memory about 50 bytes per object. The pause is about 30 ms per GiB of
 * resident memory with COPY, and all visits with WALK. While a copy lives, what the process writes takes memory twice.
 */
HF_MUST_CHECK enum hf_status hf_capture_self(const struct hf_capture_options *options, struct hf_snapshot **out,
                                             struct hf_error *error);

HF_END_API
#endif
