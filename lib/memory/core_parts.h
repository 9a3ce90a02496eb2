/* core_parts.h - what a core file is read into: core.c has the ranges of memory, core_notes.c the notes. */
#ifndef HF_MEMORY_CORE_PARTS_H
#define HF_MEMORY_CORE_PARTS_H

#include "base/memory.h"
#include "memory/target_parts.h"

struct hf_core_load {
    uint64_t start, end;
    uint64_t offset, in_core_bytes;  /* of the core, as far as the file goes */
    uint32_t permissions;
    bool is_complete;                /* the core has all that it claims to have of it */
};

struct hf_core_file {
    uint64_t start, end;
    uint64_t offset;
    const char *path;
};

struct hf_core {
    struct hf_target target;         /* the first member */
    struct hf_elf *elf;
    uint64_t file_bytes;
    struct hf_core_load *loads;              /* in order of addresses, without overlaps */
    size_t num_loads;
    struct hf_core_file *files;       /* the same */
    size_t num_files;
    struct hf_region notes;
    uint64_t program_headers_addr;   /* of AT_PHDR; 0: unknown */
    const char *sysroot, *binary;    /* NULL: not given */
};

/* core_notes.c: threads, command, program headers and files, as far as the notes are there. Errors: NOMEM. */
HF_MUST_CHECK enum hf_status hf_core_read_notes(struct hf_core *core, struct hf_error *error);
/* Puts the files in order of addresses. */
void hf_core_sort_files(struct hf_core *core);

#endif
