/*
 * external.h - fills a snapshot from a target that stands still (lib/memory), without running any code in it.
 *
 * The files of this folder know no Python.h: they are part of the library proper.
 */
#ifndef HF_CAPTURE_EXTERNAL_EXTERNAL_H
#define HF_CAPTURE_EXTERNAL_EXTERNAL_H

#include <holdfast/snapshot.h>

#include "memory/target.h"

/* What Python a target runs. */
struct hf_external_python {
    char release[32];        /* "3.11.2", "3.13.1+", "3.15.0b2" */
    uint64_t runtime_addr;   /* of _PyRuntime */
    const struct hf_module *module;   /* that it is in: libpython or the program */
};

/*
 * Finds the interpreter in a target, which may be a live one. The error names the build when there is one and it cannot
 * be read. Errors: NOT_FOUND (it runs no Python), UNSUPPORTED (release, debug build, free-threaded build, machine).
 */
HF_MUST_CHECK enum hf_status hf_external_identify(struct hf_target *target, struct hf_external_python *out,
                                                  struct hf_error *error);

struct hf_external_options {
    bool without_previews;
    const struct hf_progress *progress;
};

/*
 * Takes the snapshot: everything but the origin's method, pause_ns and cpu_ns, which the caller knows. options may be
 * NULL. *is_passing (NULL allowed) is set on failure: the target was caught in a bad moment (the collector runs, a list
 * is being changed), another attempt in a millisecond may do.
 * Errors: those of hf_external_identify, TARGET (what is inconsistent), LIMIT, NOMEM, CANCELLED.
 */
HF_MUST_CHECK enum hf_status hf_external_capture(struct hf_target *target, const struct hf_external_options *options,
                                                 bool *is_passing, struct hf_snapshot **out, struct hf_error *error);

#endif
