/*
 * target.h - a process to be photographed, whatever it is by now: running, stopped, frozen in a copy, or a core file.
 * What it says does not change while it is open, but for a live one (hf_target_open_live), which is only good for a
 * look at what it is.
 *
 *            ┌ memory   view(addr, size), through a cache of chunks of bounded size
 *   target ──┤ maps     ranges of memory                                            maps.h
 *            ├ modules  program and libraries: file, build id, symbols, sections    elf.h
 *            └ who      pid, words of the command, threads, resident memory
 *
 * Nothing here knows Python. The decoders get &target->memory.
 */
#ifndef HF_MEMORY_TARGET_H
#define HF_MEMORY_TARGET_H

#include "base/memory.h"
#include "memory/chunks.h"
#include "memory/elf.h"
#include "memory/maps.h"
#include "memory/memory.h"

enum hf_target_kind {
    HF_TARGET_LIVE,      /* it runs: what is read may be inconsistent */
    HF_TARGET_STOPPED,   /* all its threads stand still while the target is open */
    HF_TARGET_HELD,      /* the same by the hand of another tracer, such as a debugger */
    HF_TARGET_FROZEN,    /* a stopped copy, made by a fork; the process itself goes on */
    HF_TARGET_CORE,      /* a core file */
};

/* A file of which the target maps the beginning: a program, a library, or just data. */
struct hf_module {
    const char *path;            /* as the target sees it */
    uint64_t start, end;         /* from its first range to its last */
    uint32_t first_map, num_maps;    /* target->maps; ranges of others may lie between */
    struct hf_module_file *file; /* modules.c: opened by the first look-up */
};

/* What became of the file of a module. */
struct hf_module_state {
    const struct hf_elf *file;   /* borrowed; NULL: not found, or not what is mapped, or no ELF file */
    const char *problem;         /* a line for the user: why `file` is NULL, or why it is doubtful; else "" */
    struct hf_build_id build_id; /* of what is mapped, if it can be told */
    uint64_t bias;               /* address in the target = address in the file + bias, modulo 2^64 */
};

struct hf_target {
    struct hf_memory memory;     /* the first member: hf_memory_view(&target->memory, ...) */
    struct hf_chunks chunks;     /* behind it */
    enum hf_target_kind kind;
    struct hf_maps maps;
    struct hf_module *modules;   /* in order of addresses */
    uint32_t num_modules;
    uint32_t main_module;        /* the program itself; HF_NO_MODULE: unknown */
    uint16_t machine;            /* EM_X86_64, EM_AARCH64 */
    uint32_t pid;                /* in the target's own namespace; 0 if unknown */
    const char *program;         /* the words of its command joined by blanks, or its name, or "" */
    uint32_t *threads;           /* the system's ids, in the target's own namespace; the main thread first */
    uint32_t num_threads;
    uint64_t resident_bytes;     /* 0 if unknown */
    uint64_t pause_ns;           /* how long the process stood still; of a stopped one known when it is closed */
    uint64_t taken_at_ns;        /* since 1970, UTC; of a core the time of the file */
    uint64_t missing_bytes;      /* memory that a core file should have and does not */
    bool lacks_written_memory;   /* a core file that was made without any memory that the process could write */
    struct hf_region loaded;     /* data of a module that a core file lacks (loaded.h), in memory from ... */
    uint64_t loaded_addr;        /* ... here on */
    struct hf_arena texts;
    const struct hf_target_class *class;
};

/* Ends the target: lets a stopped process go, ends a frozen copy. NULL is allowed. */
void hf_target_destroy(struct hf_target *target);

/* The module that has the address, or NULL. */
const struct hf_module *hf_target_module_at(const struct hf_target *target, uint64_t addr);

/* Opens the file of a module if that has not been done, and says what came of it. */
struct hf_module_state hf_target_open_module(struct hf_target *target, const struct hf_module *module);

/*
 * Where a symbol or section of a module lies in the target: hf_elf_find_symbol and hf_elf_find_section with the bias
 * added. Without the file a symbol is looked for in what is mapped of it. False: there is none.
 */
bool hf_target_find_symbol(struct hf_target *target, const struct hf_module *module, const char *name,
                           struct hf_elf_range *out);
bool hf_target_find_section(struct hf_target *target, const struct hf_module *module, const char *name,
                            struct hf_elf_range *out);

#endif
