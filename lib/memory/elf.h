/*
 * elf.h - looks into an ELF file of a target: its build id, where a symbol or a section lies, what its read-only data
 * are. The file may be of another machine and may be damaged: everything in it is bounded and checked.
 *
 * Addresses here are those of the file; in a target the module's bias is added (target.h).
 */
#ifndef HF_MEMORY_ELF_H
#define HF_MEMORY_ELF_H

#include <elf.h>

#include <holdfast/holdfast.h>

#include "base/arena.h"

#define HF_BUILD_ID_MAX_BYTES 64

struct hf_build_id {
    uint32_t length;             /* 0: the file has none */
    uint8_t bytes[HF_BUILD_ID_MAX_BYTES];
};

/* Where something lies. */
struct hf_elf_range {
    uint64_t addr;
    uint64_t size_bytes;
};

struct hf_elf;

/* Where the bytes of a file come from: a file, or what of it is mapped in a process. */
struct hf_elf_source {
    /* Copies bytes at an offset of the file and gives how many there were. */
    size_t (*read)(void *context, uint64_t offset, void *buffer, size_t size);
    void (*close)(void *context);
    void *context;
};

/*
 * Opens a 64-bit little-endian ELF file: program, library or core. Takes over fd, on failure too; `path` is for
 * messages. Errors: IO, FORMAT, NOMEM, UNSUPPORTED (32 bits, big-endian, another kind of machine than x86_64 and
 * aarch64). Cost: reads the headers alone.
 */
HF_MUST_CHECK enum hf_status hf_elf_open(int fd, const char *path, struct hf_elf **out, struct hf_error *error);
/* The same from any source, which is closed on failure too. */
HF_MUST_CHECK enum hf_status hf_elf_open_source(const struct hf_elf_source *source, const char *path,
                                                struct hf_elf **out, struct hf_error *error);
void hf_elf_destroy(struct hf_elf *elf);

/* For what is mapped in a process: the loader may have added this to addresses that stand in it. */
void hf_elf_set_bias(struct hf_elf *elf, uint64_t bias);

const char *hf_elf_path(const struct hf_elf *elf);
uint16_t hf_elf_machine(const struct hf_elf *elf);          /* EM_X86_64, EM_AARCH64 */
uint16_t hf_elf_kind(const struct hf_elf *elf);             /* ET_EXEC, ET_DYN, ET_CORE */
const struct hf_build_id *hf_elf_build_id(const struct hf_elf *elf);

/* Program headers, all of which lie inside the file as far as the file goes. */
size_t hf_elf_num_segments(const struct hf_elf *elf);
const Elf64_Phdr *hf_elf_segment(const struct hf_elf *elf, size_t index);

/* A section by name, ".PyRuntime". False: there is none, or the file was stripped of section headers. O(sections). */
bool hf_elf_find_section(const struct hf_elf *elf, const char *name, struct hf_elf_range *out);

/*
 * A defined symbol by name: of the dynamic table, else of the full one. False: there is none.
 * Cost: O(symbols), read in pieces of bounded size.
 */
bool hf_elf_find_symbol(const struct hf_elf *elf, const char *name, struct hf_elf_range *out);

/* An address in the file's data, and the variable that it lies in. */
struct hf_elf_place {
    uint64_t addr;
    const char *symbol;          /* NULL: no symbol has it */
    uint64_t offset;             /* from the start of the symbol */
};

/*
 * Names places, which ascend in address and have no symbol yet, by the symbols of data in the full table, or in the
 * dynamic one of a stripped file. Names live in the arena; without memory there are none, and the arena says so.
 * Cost: O(symbols * log places), read in pieces of bounded size.
 */
void hf_elf_name_places(const struct hf_elf *elf, struct hf_elf_place *places, size_t count, struct hf_arena *arena);

/* The bytes at an offset of the file; gives how many there were. */
size_t hf_elf_read_file(const struct hf_elf *elf, uint64_t offset, void *buffer, size_t size);

#endif
