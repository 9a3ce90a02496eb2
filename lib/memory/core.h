/*
 * core.h - a core file as a target (target.h): of the kernel, or of gdb's gcore.
 *
 * Text and read-only data, which cores lack, come from the program and its libraries, as far as the files are found and
 * have the build id of what was mapped.
 */
#ifndef HF_MEMORY_CORE_H
#define HF_MEMORY_CORE_H

#include "memory/target.h"

struct hf_core_open_options {
    size_t cache_bytes;          /* for what was read; 0: 128 MiB */
    const char *sysroot;         /* the folder in which the files of the machine lie that the core came from, or NULL */
    const char *binary;          /* the program itself, wherever it was, or NULL; of a core without notes: any module */
};

/*
 * A truncated file gives what it holds: target->missing_bytes says how much it does not. options may be NULL.
 * Errors: IO, FORMAT (no core file, or damaged), UNSUPPORTED (machine), NOMEM.
 */
HF_MUST_CHECK enum hf_status hf_core_open(const char *path, const struct hf_core_open_options *options,
                                          struct hf_target **out, struct hf_error *error);

#endif
