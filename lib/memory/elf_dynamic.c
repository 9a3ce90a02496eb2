/*
 * elf_dynamic.c - symbols as the loader finds them: by hash, and without sections.
 *
 *   PT_DYNAMIC ──▶ DT_GNU_HASH, DT_HASH ──▶ DT_SYMTAB, DT_STRTAB
 *
 * It takes a few reads of a few bytes, which work on the image in a process's memory too, where no section headers are.
 */
#include "memory/elf_parts.h"

#include <string.h>

#define MAX_DYNAMIC_ENTRIES 1024
#define MAX_CHAIN_STEPS ((uint64_t)1 << 24)

struct dynamic {
    uint64_t symbols, names, hash, gnu_hash;
};

static const Elf64_Phdr *find_dynamic(const struct hf_elf *elf) {
    for (size_t i = 0; i < elf->num_segments; i++)
        if (elf->segments[i].p_type == PT_DYNAMIC)
            return &elf->segments[i];
    return NULL;
}

/* In memory the loader may have added the bias to the addresses. */
static uint64_t file_addr(const struct hf_elf *elf, uint64_t addr) {
    uint64_t left;
    return hf_elf_find_load(elf, addr, &left) == NULL ? addr - elf->bias : addr;
}

static bool read_dynamic(const struct hf_elf *elf, struct dynamic *out) {
    const Elf64_Phdr *segment = find_dynamic(elf);
    Elf64_Dyn entry;
    *out = (struct dynamic){0};
    for (uint64_t i = 0; segment != NULL && i < MAX_DYNAMIC_ENTRIES; i++) {
        if (!hf_elf_read_at(elf, segment->p_vaddr + i * sizeof entry, &entry, sizeof entry) || entry.d_tag == DT_NULL)
            break;
        uint64_t *member = entry.d_tag == DT_SYMTAB     ? &out->symbols
                           : entry.d_tag == DT_STRTAB   ? &out->names
                           : entry.d_tag == DT_HASH     ? &out->hash
                           : entry.d_tag == DT_GNU_HASH ? &out->gnu_hash
                                                        : NULL;
        if (member != NULL)
            *member = file_addr(elf, entry.d_un.d_ptr);
    }
    return out->symbols != 0 && out->names != 0;
}

static bool is_named(const struct hf_elf *elf, const struct dynamic *dynamic, uint64_t index, const char *name,
                     struct hf_elf_range *out) {
    Elf64_Sym symbol;
    char buffer[HF_ELF_MAX_NAME];
    size_t size = strlen(name) + 1;
    uint64_t addr = dynamic->symbols + index * sizeof symbol;
    if (size > sizeof buffer || !hf_elf_read_at(elf, addr, &symbol, sizeof symbol) || symbol.st_shndx == SHN_UNDEF ||
        !hf_elf_read_at(elf, dynamic->names + symbol.st_name, buffer, size) || memcmp(buffer, name, size) != 0)
        return false;
    *out = (struct hf_elf_range){symbol.st_value, symbol.st_size};
    return true;
}

static bool read_u32(const struct hf_elf *elf, uint64_t addr, uint32_t *out) {
    return hf_elf_read_at(elf, addr, out, sizeof *out);
}

/*
 *   DT_GNU_HASH: num_buckets, first_symbol, bloom_words, shift; bloom (64 bits each); buckets; chains of hashes, one
 *   for each symbol from first_symbol on, whose lowest bit ends a chain. The bloom filter only saves time: it is passed
 *   by.
 */
static bool find_by_gnu_hash(const struct hf_elf *elf, const struct dynamic *dynamic, const char *name,
                             struct hf_elf_range *out) {
    uint32_t head[4], index, hash = 5381;
    for (const char *c = name; *c; c++)
        hash = hash * 33 + (uint8_t)*c;
    if (!hf_elf_read_at(elf, dynamic->gnu_hash, head, sizeof head) || head[0] == 0)
        return false;
    uint64_t buckets = dynamic->gnu_hash + sizeof head + (uint64_t)head[2] * 8;
    uint64_t chains = buckets + (uint64_t)head[0] * 4;
    if (!read_u32(elf, buckets + (uint64_t)(hash % head[0]) * 4, &index) || index < head[1])
        return false;
    for (uint64_t steps = 0; steps < MAX_CHAIN_STEPS; steps++, index++) {
        uint32_t found;
        if (!read_u32(elf, chains + (uint64_t)(index - head[1]) * 4, &found))
            return false;
        if ((found | 1) == (hash | 1) && is_named(elf, dynamic, index, name, out))
            return true;
        if (found & 1)
            return false;
    }
    return false;
}

/* DT_HASH: num_buckets, num_chains; buckets; chains, each the index of the next symbol, 0 at the end. */
static bool find_by_hash(const struct hf_elf *elf, const struct dynamic *dynamic, const char *name,
                         struct hf_elf_range *out) {
    uint32_t head[2], index, hash = 0;
    for (const char *c = name; *c; c++) {
        hash = (hash << 4) + (uint8_t)*c;
        hash = (hash ^ (hash >> 24 & 0xF0)) & 0x0FFFFFFF;
    }
    if (!hf_elf_read_at(elf, dynamic->hash, head, sizeof head) || head[0] == 0)
        return false;
    uint64_t buckets = dynamic->hash + sizeof head, chains = buckets + (uint64_t)head[0] * 4;
    if (!read_u32(elf, buckets + (uint64_t)(hash % head[0]) * 4, &index))
        return false;
    for (uint64_t steps = 0; index != 0 && steps < MAX_CHAIN_STEPS; steps++) {
        if (is_named(elf, dynamic, index, name, out))
            return true;
        if (!read_u32(elf, chains + (uint64_t)index * 4, &index))
            return false;
    }
    return false;
}

bool hf_elf_find_dynamic_symbol(const struct hf_elf *elf, const char *name, struct hf_elf_range *out) {
    struct dynamic dynamic;
    if (!read_dynamic(elf, &dynamic))
        return false;
    if (dynamic.gnu_hash != 0)
        return find_by_gnu_hash(elf, &dynamic, name, out);
    return dynamic.hash != 0 && find_by_hash(elf, &dynamic, name, out);
}
