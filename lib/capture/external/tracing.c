/* tracing.c - whether tracemalloc traces in a target, and where its table is. */
#include "capture/external/tracing.h"

#include "cpython/traces.h"

#define CONFIG_IS_TRACING 4      /* in _Py_tracemalloc_config of 3.9 to 3.11 */

static uint64_t symbol(struct hf_target *target, const struct hf_python *python, const char *name) {
    struct hf_elf_range range;
    return hf_target_find_symbol(target, python->found.module, name, &range) ? range.addr : 0;
}

uint64_t hf_python_find_traces(struct hf_target *target, const struct hf_python *python) {
    if (python->layout.tracemalloc.traces != 0)
        return hf_traces_of_runtime(&target->memory, &python->layout, python->found.runtime_addr);
    uint64_t config = symbol(target, python, "_Py_tracemalloc_config");
    if (config == 0 || (uint32_t)hf_memory_word(&target->memory, config + CONFIG_IS_TRACING) != 1)
        return 0;
    return hf_traces_search(&target->memory, &target->maps, symbol(target, python, "_Py_hashtable_hash_ptr"),
                            symbol(target, python, "_Py_hashtable_compare_direct"));
}
