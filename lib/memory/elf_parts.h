/* elf_parts.h - what the files that look into ELF files share: the headers, and bytes by offset and by address. */
#ifndef HF_MEMORY_ELF_PARTS_H
#define HF_MEMORY_ELF_PARTS_H

#include "memory/elf.h"

#define HF_ELF_MAX_NAME 256      /* of a symbol or section, with its NUL */

struct hf_elf {
    struct hf_elf_source source;
    uint64_t bias;           /* of what is mapped: see elf_dynamic.c */
    char *path;
    Elf64_Ehdr header;
    Elf64_Phdr *segments;
    size_t num_segments;
    struct hf_build_id build_id;
};

static inline bool hf_elf_read_exactly(const struct hf_elf *elf, uint64_t offset, void *buffer, size_t size) {
    return hf_elf_read_file(elf, offset, buffer, size) == size;
}

/* ---- elf.c ---- */

/* The loadable segment that has the address, or NULL; *left is what it has from there on. */
const Elf64_Phdr *hf_elf_find_load(const struct hf_elf *elf, uint64_t addr, uint64_t *left);

/* The file's bytes of a loadable segment, or zeros behind them. False: some are in none, or the file is too short. */
bool hf_elf_read_at(const struct hf_elf *elf, uint64_t addr, void *buffer, size_t size);

/* ---- elf_sections.c ---- */

/* How many section headers the file claims to have; *names is the one of their names. 0: none. */
uint64_t hf_elf_count_sections(const struct hf_elf *elf, uint64_t *names);
/* False: there is none of that number. */
bool hf_elf_read_section(const struct hf_elf *elf, uint64_t index, Elf64_Shdr *out);

/* ---- elf_dynamic.c ---- */

bool hf_elf_find_dynamic_symbol(const struct hf_elf *elf, const char *name, struct hf_elf_range *out);

#endif
