/*
 * own_memory.h - the memory of this process, read through the kernel: where other threads may free what is being read,
 * a page that is gone is an answer (no view) and not the end of the process. Works in a copy of the process
 * (own_copy.h) as well, which reads its own. Ordinary reading is the empty struct hf_memory.
 */
#ifndef HF_MEMORY_OWN_MEMORY_H
#define HF_MEMORY_OWN_MEMORY_H

#include <sys/types.h>

#include "memory/chunks.h"
#include "memory/maps.h"
#include "memory/memory.h"

struct hf_own_memory {
    struct hf_memory memory;     /* the first member */
    struct hf_chunks chunks;
    struct hf_maps maps;         /* as they are when it is opened */
    pid_t opened_by;
    int fd;                      /* /proc/self/mem of the process `opened_by`; -1: none */
};

/* Errors: NOMEM, IO (no /proc). On failure there is nothing to deinit. */
HF_MUST_CHECK enum hf_status hf_own_memory_init(struct hf_own_memory *own, struct hf_error *error);
void hf_own_memory_deinit(struct hf_own_memory *own);

#endif
