/* own_sites.c - whether tracemalloc traces in this process, and where its table is. */
#include "capture/own_process.h"

#include "capture/own_layout.h"
#include "capture/python_internals.h"
#include "cpython/traces.h"

bool hf_own_is_tracing(void) {
#if PY_VERSION_HEX >= 0x030c0000
    return _PyRuntime.tracemalloc.config.tracing == 1;
#else
    return _Py_tracemalloc_config.tracing == 1;
#endif
}

uint64_t hf_own_find_traces(struct hf_own_memory *own) {
#if PY_VERSION_HEX >= 0x030c0000
    return hf_traces_of_runtime(&own->memory, hf_own_layout(), (uint64_t)(uintptr_t)&_PyRuntime);
#else
    return hf_traces_search(&own->memory, &own->maps, (uint64_t)(uintptr_t)&_Py_hashtable_hash_ptr,
                            (uint64_t)(uintptr_t)&_Py_hashtable_compare_direct);
#endif
}
