/* tracing.h - tracemalloc in a target. */
#ifndef HF_CAPTURE_EXTERNAL_TRACING_H
#define HF_CAPTURE_EXTERNAL_TRACING_H

#include "capture/external/python.h"

/* The table of tracemalloc (cpython/traces.h); 0: it does not trace, or its variables cannot be found. */
uint64_t hf_python_find_traces(struct hf_target *target, const struct hf_python *python);

#endif
