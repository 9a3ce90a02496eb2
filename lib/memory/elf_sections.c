/*
 * elf_sections.c - sections by name.
 *
 *   Elf64_Ehdr ──▶ section headers   [0 | .text | .PyRuntime | ... | .shstrtab]
 *                                     sh_name ────────────────▶ the texts of this one
 *
 * A file whose section headers were stripped has none, and so does what is mapped of it.
 */
#include "memory/elf_parts.h"

#include <string.h>

#define MAX_SECTIONS ((size_t)1 << 17)

bool hf_elf_read_section(const struct hf_elf *elf, uint64_t index, Elf64_Shdr *out) {
    uint64_t offset;
    return elf->header.e_shentsize == sizeof *out && elf->header.e_shoff != 0 && index < MAX_SECTIONS &&
           !__builtin_add_overflow(elf->header.e_shoff, index * sizeof *out, &offset) &&
           hf_elf_read_exactly(elf, offset, out, sizeof *out);
}

/* Large numbers are in the first section header. */
uint64_t hf_elf_count_sections(const struct hf_elf *elf, uint64_t *names) {
    Elf64_Shdr first = {0};
    bool has_first = hf_elf_read_section(elf, 0, &first);
    *names = elf->header.e_shstrndx == SHN_XINDEX ? first.sh_link : elf->header.e_shstrndx;
    if (!has_first)
        return 0;
    return elf->header.e_shnum != 0 ? elf->header.e_shnum : first.sh_size;
}

static bool has_text(const struct hf_elf *elf, uint64_t offset, const char *text) {
    char buffer[HF_ELF_MAX_NAME];
    size_t size = strlen(text) + 1;
    return size <= sizeof buffer && hf_elf_read_exactly(elf, offset, buffer, size) && memcmp(buffer, text, size) == 0;
}

bool hf_elf_find_section(const struct hf_elf *elf, const char *name, struct hf_elf_range *out) {
    uint64_t names_index, count = hf_elf_count_sections(elf, &names_index);
    Elf64_Shdr names, section;
    if (count == 0 || !hf_elf_read_section(elf, names_index, &names))
        return false;
    for (uint64_t i = 1; i < count && hf_elf_read_section(elf, i, &section); i++) {
        uint64_t offset;
        if (__builtin_add_overflow(names.sh_offset, section.sh_name, &offset) || !has_text(elf, offset, name))
            continue;
        *out = (struct hf_elf_range){section.sh_addr, section.sh_size};
        return true;
    }
    return false;
}
