/* static_data.h - where the static variables of a target lie: in the data of its program and libraries. */
#ifndef HF_CAPTURE_STATIC_DATA_H
#define HF_CAPTURE_STATIC_DATA_H

#include "base/memory.h"
#include "memory/target.h"

struct hf_data_range {
    uint64_t start, end;
    uint32_t module;             /* of the target; HF_NO_MODULE: of none */
    bool is_constant;            /* the loader has filled it, and nobody writes there any more */
};

/*
 * Appends the ranges (struct hf_data_range) of all modules, in the order of modules and within each in that of its
 * segments. The files of modules are opened. False: no memory. O(modules and their ranges)
 */
HF_MUST_CHECK bool hf_static_data_find(struct hf_target *target, struct hf_region *ranges);

#endif
