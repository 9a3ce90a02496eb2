/*
 * elf_symbols.c - symbols by name and by place, in a table that is read from end to end.
 *
 *   .symtab   [name, address, size] [name, address, size] ...      a stripped file has .dynsym alone
 *   .strtab   "pool\0cache\0..."                                   which is read as a whole
 */
#include "memory/elf_parts.h"

#include <string.h>

#include "base/memory.h"
#include "base/sorted.h"

#define MAX_NAMES_BYTES ((uint64_t)1 << 30)
#define SYMBOLS_AT_ONCE 1024

/* A table of symbols, with all their names. */
struct symbols {
    Elf64_Shdr table;
    struct hf_region names;
    uint64_t names_bytes;
};

/* The text at an offset, which may be cut at the end of the file; it is not ended by NUL where it is damaged. */
static const char *symbol_name(const struct symbols *symbols, uint64_t start) {
    return (const char *)symbols->names.data + start;
}

/* Calls visit for each defined symbol until it says false; true when it did. */
static bool each_symbol(const struct hf_elf *elf, const struct symbols *symbols,
                        bool (*visit)(void *context, const struct symbols *symbols, const Elf64_Sym *symbol),
                        void *context) {
    Elf64_Sym piece[SYMBOLS_AT_ONCE];
    for (uint64_t at = 0; at < symbols->table.sh_size;) {
        uint64_t left = symbols->table.sh_size - at, wanted = left < sizeof piece ? left : sizeof piece;
        size_t count = hf_elf_read_file(elf, symbols->table.sh_offset + at, piece, (size_t)wanted) / sizeof *piece;
        for (size_t i = 0; i < count; i++)
            if (piece[i].st_shndx != SHN_UNDEF && piece[i].st_name < symbols->names_bytes &&
                !visit(context, symbols, &piece[i]))
                return true;
        if (count == 0)
            return false;
        at += count * sizeof *piece;
    }
    return false;
}

/* Ends with hf_region_deinit of the names, also after a failure. */
static bool find_table(const struct hf_elf *elf, uint32_t type, struct symbols *out) {
    uint64_t unused, count = hf_elf_count_sections(elf, &unused);
    Elf64_Shdr names;
    *out = (struct symbols){0};
    for (uint64_t i = 1; i < count && hf_elf_read_section(elf, i, &out->table); i++) {
        if (out->table.sh_type != type)
            continue;
        if (!hf_elf_read_section(elf, out->table.sh_link, &names) || names.sh_size > MAX_NAMES_BYTES ||
            !hf_region_reserve(&out->names, (size_t)names.sh_size + 1))
            return false;
        out->names_bytes = hf_elf_read_file(elf, names.sh_offset, out->names.data, (size_t)names.sh_size);
        return true;
    }
    return false;
}

struct by_name {
    const char *name;
    size_t length;
    struct hf_elf_range range;
};

static bool is_other_name(void *context, const struct symbols *symbols, const Elf64_Sym *symbol) {
    struct by_name *wanted = context;
    uint64_t start = symbol->st_name;
    if (symbols->names_bytes - start <= wanted->length ||
        memcmp(symbol_name(symbols, start), wanted->name, wanted->length + 1) != 0)
        return true;
    wanted->range = (struct hf_elf_range){symbol->st_value, symbol->st_size};
    return false;
}

static bool find_full_symbol(const struct hf_elf *elf, const char *name, struct hf_elf_range *out) {
    struct by_name wanted = {.name = name, .length = strlen(name)};
    struct symbols symbols;
    bool found = find_table(elf, SHT_SYMTAB, &symbols) && each_symbol(elf, &symbols, is_other_name, &wanted);
    hf_region_deinit(&symbols.names);
    if (found)
        *out = wanted.range;
    return found;
}

bool hf_elf_find_symbol(const struct hf_elf *elf, const char *name, struct hf_elf_range *out) {
    return hf_elf_find_dynamic_symbol(elf, name, out) || find_full_symbol(elf, name, out);
}

/* ---- which symbol an address belongs to ---- */

struct by_place {
    struct hf_elf_place *places;
    size_t count;
    struct hf_arena *arena;
};

static bool name_inside(void *context, const struct symbols *symbols, const Elf64_Sym *symbol) {
    const struct by_place *wanted = context;
    if (ELF64_ST_TYPE(symbol->st_info) != STT_OBJECT || symbol->st_name == 0)
        return true;
    const char *name = symbol_name(symbols, symbol->st_name), *copy = NULL;
    size_t first = hf_sorted_find_u64(wanted->places, wanted->count, sizeof *wanted->places, symbol->st_value);
    for (size_t i = first; i < wanted->count; i++) {
        struct hf_elf_place *place = &wanted->places[i];
        if (place->addr - symbol->st_value >= symbol->st_size)
            break;
        if (copy == NULL)
            copy = hf_arena_copy(wanted->arena, name, strnlen(name, HF_ELF_MAX_NAME - 1));
        place->symbol = copy;
        place->offset = place->addr - symbol->st_value;
    }
    return true;
}

void hf_elf_name_places(const struct hf_elf *elf, struct hf_elf_place *places, size_t count, struct hf_arena *arena) {
    struct by_place wanted = {places, count, arena};
    struct symbols symbols;
    bool found = find_table(elf, SHT_SYMTAB, &symbols);
    if (!found) {
        hf_region_deinit(&symbols.names);
        found = find_table(elf, SHT_DYNSYM, &symbols);
    }
    if (found)
        each_symbol(elf, &symbols, name_inside, &wanted);
    hf_region_deinit(&symbols.names);
}
