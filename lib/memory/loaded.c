/*
 * loaded.c - a module's data as the loader left them.
 *
 *   file    [ header ][ text ][ relro ][ data ]                   addresses count from 0
 *   made              start ->[ relro ][ data ]<- end             copied, and each word that a relocation names is set
 *   bss                                        [ ... ]            is zero as far as it shares the last page, and missing
 *
 *   DT_RELA   { where, kind, symbol, addend }    word = bias + addend              RELATIVE
 *                                                word = bias + symbol + addend     ABS64, GLOB_DAT
 *   DT_RELR   addresses and bitmaps: the words there count from 0 and get the bias
 *
 * Symbols of other modules are not looked for: such a word stays 0. Words of the core replace those made here, except
 * that nothing is taken from a page that the core does not have.
 */
#include "memory/loaded.h"

#include "memory/target_parts.h"

#define MAX_DATA_BYTES ((uint64_t)256 << 20)
#define MAX_DYNAMIC_ENTRIES 1024
#define MAX_RELOCATIONS ((uint64_t)1 << 24)
#define RELOCATIONS_AT_ONCE 512
#define PAGE_BYTES UINT64_C(4096)
#define TAG_RELR 36             /* DT_RELR and DT_RELRSZ, which older headers lack */
#define TAG_RELRSZ 35

struct loading {
    struct hf_target *target;
    const struct hf_elf *elf;
    uint64_t bias;
    uint64_t start, end;         /* addresses of the file */
    uint64_t rela, rela_bytes, jump, jump_bytes, relr, relr_bytes, symbols;
};

/* ---- addresses of the file ---- */

/* The file's bytes at an address; false: not all of them are in it. */
static bool read_at(const struct loading *loading, uint64_t addr, void *buffer, size_t size) {
    for (size_t i = 0; i < hf_elf_num_segments(loading->elf); i++) {
        const Elf64_Phdr *segment = hf_elf_segment(loading->elf, i);
        if (segment->p_type == PT_LOAD && addr >= segment->p_vaddr && addr - segment->p_vaddr < segment->p_filesz &&
            segment->p_filesz - (addr - segment->p_vaddr) >= size)
            return hf_elf_read_file(loading->elf, segment->p_offset + (addr - segment->p_vaddr), buffer, size) == size;
    }
    return false;
}

static bool is_data(const Elf64_Phdr *segment) {
    return segment->p_type == PT_LOAD && (segment->p_flags & PF_W) && segment->p_filesz > 0;
}

/* From the first byte of data to the last that the file has. */
static bool find_extent(struct loading *loading) {
    loading->start = UINT64_MAX;
    loading->end = 0;
    for (size_t i = 0; i < hf_elf_num_segments(loading->elf); i++) {
        const Elf64_Phdr *segment = hf_elf_segment(loading->elf, i);
        uint64_t end;
        if (!is_data(segment) || __builtin_add_overflow(segment->p_vaddr, segment->p_filesz, &end))
            continue;
        if (segment->p_vaddr < loading->start)
            loading->start = segment->p_vaddr;
        if (end > loading->end)
            loading->end = end;
    }
    loading->start &= ~(PAGE_BYTES - 1);
    return loading->start < loading->end && loading->end - loading->start <= MAX_DATA_BYTES - PAGE_BYTES;
}

static bool copy_segments(const struct loading *loading) {
    uint8_t *data = loading->target->loaded.data;
    for (size_t i = 0; i < hf_elf_num_segments(loading->elf); i++) {
        const Elf64_Phdr *segment = hf_elf_segment(loading->elf, i);
        if (is_data(segment) &&
            hf_elf_read_file(loading->elf, segment->p_offset, data + (segment->p_vaddr - loading->start),
                             (size_t)segment->p_filesz) != segment->p_filesz)
            return false;
    }
    return true;
}

/* ---- relocations ---- */

static void find_tables(struct loading *loading) {
    const Elf64_Phdr *dynamic = NULL;
    Elf64_Dyn entry;
    for (size_t i = 0; i < hf_elf_num_segments(loading->elf); i++)
        if (hf_elf_segment(loading->elf, i)->p_type == PT_DYNAMIC)
            dynamic = hf_elf_segment(loading->elf, i);
    for (uint64_t i = 0; dynamic != NULL && i < MAX_DYNAMIC_ENTRIES; i++) {
        if (!read_at(loading, dynamic->p_vaddr + i * sizeof entry, &entry, sizeof entry) || entry.d_tag == DT_NULL)
            return;
        uint64_t *member = entry.d_tag == DT_RELA       ? &loading->rela
                           : entry.d_tag == DT_RELASZ   ? &loading->rela_bytes
                           : entry.d_tag == DT_JMPREL   ? &loading->jump
                           : entry.d_tag == DT_PLTRELSZ ? &loading->jump_bytes
                           : entry.d_tag == TAG_RELR    ? &loading->relr
                           : entry.d_tag == TAG_RELRSZ  ? &loading->relr_bytes
                           : entry.d_tag == DT_SYMTAB   ? &loading->symbols
                                                        : NULL;
        if (member != NULL)
            *member = entry.d_un.d_val;
    }
}

/* Where a word of the data lies, by its address in the file; NULL: it is none. */
static uint8_t *word_at(const struct loading *loading, uint64_t addr) {
    return addr >= loading->start && addr < loading->end && loading->end - addr >= sizeof(uint64_t)
               ? loading->target->loaded.data + (addr - loading->start)
               : NULL;
}

static uint64_t value_of_symbol(const struct loading *loading, uint64_t index, uint64_t addend) {
    Elf64_Sym symbol;
    if (!read_at(loading, loading->symbols + index * sizeof symbol, &symbol, sizeof symbol) ||
        symbol.st_shndx == SHN_UNDEF)
        return 0;
    return loading->bias + symbol.st_value + addend;
}

/* False: of a kind that makes no address of data. */
static bool make_value(const struct loading *loading, const Elf64_Rela *relocation, uint64_t *value) {
    uint64_t addend = (uint64_t)relocation->r_addend;
    bool is_arm = hf_elf_machine(loading->elf) == EM_AARCH64;
    uint32_t kind = ELF64_R_TYPE(relocation->r_info);
    if (kind == (is_arm ? R_AARCH64_RELATIVE : R_X86_64_RELATIVE))
        *value = loading->bias + addend;
    else if (kind == (is_arm ? R_AARCH64_ABS64 : R_X86_64_64) ||
             kind == (is_arm ? R_AARCH64_GLOB_DAT : R_X86_64_GLOB_DAT) ||
             kind == (is_arm ? R_AARCH64_JUMP_SLOT : R_X86_64_JUMP_SLOT))
        *value = value_of_symbol(loading, ELF64_R_SYM(relocation->r_info), addend);
    else
        return false;
    return true;
}

static void apply_rela(const struct loading *loading, uint64_t table, uint64_t table_bytes) {
    Elf64_Rela relocations[RELOCATIONS_AT_ONCE];
    uint64_t count = table_bytes / sizeof *relocations;
    for (uint64_t done = 0; done < count && done < MAX_RELOCATIONS;) {
        uint64_t wanted = count - done < RELOCATIONS_AT_ONCE ? count - done : RELOCATIONS_AT_ONCE;
        if (!read_at(loading, table + done * sizeof *relocations, relocations, (size_t)wanted * sizeof *relocations))
            return;
        for (uint64_t i = 0; i < wanted; i++) {
            uint8_t *word = word_at(loading, relocations[i].r_offset);
            uint64_t value;
            if (word != NULL && make_value(loading, &relocations[i], &value))
                memcpy(word, &value, sizeof value);
        }
        done += wanted;
    }
}

static void add_bias(const struct loading *loading, uint64_t addr) {
    uint8_t *word = word_at(loading, addr);
    if (word == NULL)
        return;
    uint64_t value = hf_view_u64(word, 0) + loading->bias;
    memcpy(word, &value, sizeof value);
}

/* An even entry is the address of a word; an odd one a bitmap of the 63 words that follow. */
static void apply_relr(const struct loading *loading) {
    uint64_t at = 0, entry;
    for (uint64_t i = 0; i < loading->relr_bytes / sizeof entry && i < MAX_RELOCATIONS; i++) {
        if (!read_at(loading, loading->relr + i * sizeof entry, &entry, sizeof entry))
            return;
        if ((entry & 1) == 0) {
            add_bias(loading, entry);
            at = entry + 8;
            continue;
        }
        for (unsigned bit = 1; bit < 64; bit++)
            if (entry >> bit & 1)
                add_bias(loading, at + (bit - 1) * 8);
        at += 63 * 8;
    }
}

/* ---- the target ---- */

/* While the data are not in the target its reader gives what the core has. */
static void take_from_core(struct hf_target *target, uint64_t addr, uint8_t *data, size_t size) {
    for (size_t at = 0; at < size;) {
        size_t page = (size_t)(PAGE_BYTES - ((addr + at) & (PAGE_BYTES - 1)));
        size_t wanted = page < size - at ? page : size - at;
        const struct hf_map *map = hf_maps_find(&target->maps, addr + at);
        uint8_t bytes[PAGE_BYTES];
        if (map != NULL && (map->permissions & HF_MAP_WRITE) &&
            target->class->read(target, addr + at, bytes, wanted) == wanted)
            memcpy(data + at, bytes, wanted);
        at += wanted;
    }
}

bool hf_loaded_data_add(struct hf_target *target, const struct hf_module *module) {
    struct hf_module_state state = hf_target_open_module(target, module);
    struct loading loading = {.target = target, .elf = state.file, .bias = state.bias};
    target->loaded.used_bytes = 0;
    if (state.file == NULL || !find_extent(&loading))
        return false;
    size_t size = (size_t)(loading.end - loading.start + PAGE_BYTES - 1) & ~(size_t)(PAGE_BYTES - 1);
    hf_region_deinit(&target->loaded);
    if (!hf_region_reserve(&target->loaded, size) || !copy_segments(&loading))
        return false;
    find_tables(&loading);
    apply_relr(&loading);
    apply_rela(&loading, loading.rela, loading.rela_bytes);
    apply_rela(&loading, loading.jump, loading.jump_bytes);
    target->loaded_addr = loading.start + loading.bias;
    take_from_core(target, target->loaded_addr, target->loaded.data, size);
    target->loaded.used_bytes = size;
    hf_chunks_forget(&target->chunks);
    return true;
}

void hf_loaded_data_set(struct hf_target *target, uint64_t addr, uint64_t word) {
    size_t size = target->loaded.used_bytes;
    if (addr < target->loaded_addr || size < sizeof word || addr - target->loaded_addr > size - sizeof word)
        return;
    memcpy(target->loaded.data + (addr - target->loaded_addr), &word, sizeof word);
    hf_chunks_forget(&target->chunks);
}

size_t hf_loaded_data_read(const struct hf_target *target, uint64_t addr, void *buffer, size_t size) {
    if (addr < target->loaded_addr || addr - target->loaded_addr >= target->loaded.used_bytes)
        return 0;
    size_t at = (size_t)(addr - target->loaded_addr), left = target->loaded.used_bytes - at;
    size_t got = left < size ? left : size;
    memcpy(buffer, target->loaded.data + at, got);
    return got;
}
