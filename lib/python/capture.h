/* capture.h - a snapshot of this process, as both holdfast.snapshot() and the watcher take it. */
#ifndef HF_PYTHON_CAPTURE_H
#define HF_PYTHON_CAPTURE_H

#include <holdfast/capture.h>

#include "python/module.h"

/*
 * hf_capture_self, tried again for a tenth of a second while the collector of another thread is running.
 * The caller holds the GIL; it is released now and then. Errors: those of hf_capture_self.
 */
HF_MUST_CHECK enum hf_status hf_capture_patiently(const struct hf_capture_options *options, struct hf_snapshot **out,
                                                  struct hf_error *error);

#endif
