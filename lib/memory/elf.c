/*
 * elf.c - looks things up in ELF files.
 *
 *   Elf64_Ehdr ──▶ program headers   PT_LOAD     file offset ↔ address
 *              │                     PT_NOTE     build id
 *              │                     PT_DYNAMIC ──▶ DT_GNU_HASH, DT_HASH ──▶ DT_SYMTAB, DT_STRTAB
 *              └─▶ section headers   names, .symtab
 *
 * The dynamic symbols are found as the loader finds them, by hash and without sections: a few reads of a few bytes,
 * which work on the image in a process's memory too, where no section headers are. The full table of symbols, which a
 * stripped file does not have, is searched from end to end.
 *
 * Nothing in the file is believed: counts are bounded, sums are checked, and whatever lies outside of the file is
 * absent. Loops over data of the file end after a fixed number of steps.
 */
#include "memory/elf.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/memory.h"

#define MAX_SEGMENTS ((size_t)1 << 20)         /* of a core; programs and libraries have a dozen */
#define MAX_PROGRAM_SEGMENTS 256
#define MAX_SECTIONS ((size_t)1 << 17)
#define MAX_NOTE_BYTES ((uint64_t)1 << 20)      /* where a build id is looked for */
#define MAX_DYNAMIC_ENTRIES 1024
#define MAX_CHAIN_STEPS ((uint64_t)1 << 24)
#define MAX_NAMES_BYTES ((uint64_t)1 << 30)
#define MAX_SYMBOL_NAME 256
#define SYMBOLS_AT_ONCE 1024

struct hf_elf {
    struct hf_elf_source source;
    uint64_t bias;           /* of what is mapped: see file_addr */
    char *path;
    Elf64_Ehdr header;
    Elf64_Phdr *segments;
    size_t num_segments;
    struct hf_build_id build_id;
};

size_t hf_elf_read_file(const struct hf_elf *elf, uint64_t offset, void *buffer, size_t size) {
    return elf->source.read(elf->source.context, offset, buffer, size);
}

static bool read_exactly(const struct hf_elf *elf, uint64_t offset, void *buffer, size_t size) {
    return hf_elf_read_file(elf, offset, buffer, size) == size;
}

/* ---- files ---- */

static size_t read_fd(void *context, uint64_t offset, void *buffer, size_t size) {
    int fd = (int)(intptr_t)context;
    size_t done = 0;
    while (done < size && offset + done <= INT64_MAX) {
        ssize_t got = pread(fd, (char *)buffer + done, size - done, (off_t)(offset + done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        done += (size_t)got;
    }
    return done;
}

static void close_fd(void *context) {
    close((int)(intptr_t)context);
}

enum hf_status hf_elf_open(int fd, const char *path, struct hf_elf **out, struct hf_error *error) {
    struct stat info;
    struct hf_elf_source source = {.read = read_fd, .close = close_fd, .context = (void *)(intptr_t)fd};
    if (fstat(fd, &info) == 0 && S_ISREG(info.st_mode))
        return hf_elf_open_source(&source, path, out, error);
    close(fd);
    return hf_fail(error, HF_ERR_FORMAT, "'%s' is not a regular file", path);
}

/* ---- headers ---- */

static enum hf_status check_header(const struct hf_elf *elf, struct hf_error *error) {
    const Elf64_Ehdr *header = &elf->header;
    if (memcmp(header->e_ident, ELFMAG, SELFMAG) != 0)
        return hf_fail(error, HF_ERR_FORMAT, "'%s' is not an ELF file", elf->path);
    if (header->e_ident[EI_CLASS] != ELFCLASS64 || header->e_ident[EI_DATA] != ELFDATA2LSB ||
        (header->e_machine != EM_X86_64 && header->e_machine != EM_AARCH64))
        return hf_fail(error, HF_ERR_UNSUPPORTED, "'%s' is for a machine that holdfast does not read: it reads 64-bit "
                       "x86 and ARM", elf->path);
    if (header->e_phentsize != sizeof(Elf64_Phdr) && header->e_phnum != 0)
        return hf_fail(error, HF_ERR_FORMAT, "'%s' is a damaged ELF file: its program headers have a wrong size",
                       elf->path);
    return HF_OK;
}

/* More than 65,534 segments, which cores of large programs have, are counted in the first section header. */
static uint64_t count_segments(const struct hf_elf *elf) {
    Elf64_Shdr first;
    if (elf->header.e_phnum != PN_XNUM)
        return elf->header.e_phnum;
    if (elf->header.e_shoff == 0 || !read_exactly(elf, elf->header.e_shoff, &first, sizeof first))
        return 0;
    return first.sh_info;
}

/* Of a truncated file as many as there are. */
static enum hf_status read_segments(struct hf_elf *elf, struct hf_error *error) {
    uint64_t count = count_segments(elf);
    if (count > (elf->header.e_type == ET_CORE ? MAX_SEGMENTS : MAX_PROGRAM_SEGMENTS))
        return hf_fail(error, HF_ERR_FORMAT, "'%s' is a damaged ELF file: it claims to have %llu segments", elf->path,
                       (unsigned long long)count);
    elf->segments = hf_alloc((size_t)count, sizeof(Elf64_Phdr));
    if (elf->segments == NULL)
        return hf_fail_nomem(error);
    size_t bytes = hf_elf_read_file(elf, elf->header.e_phoff, elf->segments, (size_t)count * sizeof(Elf64_Phdr));
    elf->num_segments = bytes / sizeof(Elf64_Phdr);
    return HF_OK;
}

static bool parse_build_id(const uint8_t *notes, size_t size, struct hf_build_id *out) {
    size_t at = 0;
    while (size - at >= sizeof(Elf64_Nhdr)) {
        Elf64_Nhdr note;
        memcpy(&note, notes + at, sizeof note);
        at += sizeof note;
        size_t name_bytes = ((size_t)note.n_namesz + 3) & ~(size_t)3;
        size_t text_bytes = ((size_t)note.n_descsz + 3) & ~(size_t)3;
        if (name_bytes > size - at || text_bytes > size - at - name_bytes)
            return false;
        bool is_id = note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 && memcmp(notes + at, "GNU", 4) == 0;
        if (is_id && note.n_descsz > 0 && note.n_descsz <= HF_BUILD_ID_MAX_BYTES) {
            out->length = note.n_descsz;
            memcpy(out->bytes, notes + at + name_bytes, note.n_descsz);
            return true;
        }
        at += name_bytes + text_bytes;
    }
    return false;
}

static void find_build_id(struct hf_elf *elf) {
    for (size_t i = 0; i < elf->num_segments && elf->build_id.length == 0; i++) {
        const Elf64_Phdr *segment = &elf->segments[i];
        if (segment->p_type != PT_NOTE || segment->p_filesz > MAX_NOTE_BYTES)
            continue;
        uint8_t *notes = hf_alloc((size_t)segment->p_filesz, 1);
        if (notes == NULL)
            return;
        size_t bytes = hf_elf_read_file(elf, segment->p_offset, notes, (size_t)segment->p_filesz);
        parse_build_id(notes, bytes, &elf->build_id);
        hf_free(notes);
    }
}

static enum hf_status read_headers(struct hf_elf *elf, struct hf_error *error) {
    if (!read_exactly(elf, 0, &elf->header, sizeof elf->header))
        return hf_fail(error, HF_ERR_FORMAT, "'%s' is not an ELF file", elf->path);
    enum hf_status status = check_header(elf, error);
    if (status == HF_OK)
        status = read_segments(elf, error);
    if (status == HF_OK && elf->header.e_type != ET_CORE)
        find_build_id(elf);
    return status;
}

enum hf_status hf_elf_open_source(const struct hf_elf_source *source, const char *path, struct hf_elf **out,
                                  struct hf_error *error) {
    struct hf_elf *elf = hf_alloc(1, sizeof *elf);
    char *copy = hf_strdup(path);
    if (elf == NULL || copy == NULL) {
        hf_free(elf);
        hf_free(copy);
        source->close(source->context);
        return hf_fail_nomem(error);
    }
    elf->source = *source;
    elf->path = copy;
    enum hf_status status = read_headers(elf, error);
    if (status == HF_OK)
        *out = elf;
    else
        hf_elf_destroy(elf);
    return status;
}

void hf_elf_destroy(struct hf_elf *elf) {
    if (elf == NULL)
        return;
    elf->source.close(elf->source.context);
    hf_free(elf->segments);
    hf_free(elf->path);
    hf_free(elf);
}

void hf_elf_set_bias(struct hf_elf *elf, uint64_t bias) {
    elf->bias = bias;
}

const char *hf_elf_path(const struct hf_elf *elf) {
    return elf->path;
}

uint16_t hf_elf_machine(const struct hf_elf *elf) {
    return elf->header.e_machine;
}

uint16_t hf_elf_kind(const struct hf_elf *elf) {
    return elf->header.e_type;
}

const struct hf_build_id *hf_elf_build_id(const struct hf_elf *elf) {
    return &elf->build_id;
}

size_t hf_elf_num_segments(const struct hf_elf *elf) {
    return elf->num_segments;
}

const Elf64_Phdr *hf_elf_segment(const struct hf_elf *elf, size_t index) {
    return &elf->segments[index];
}

/* ---- addresses of the file ---- */

/* The loadable segment that has the address; *left is what it has from there on. */
static const Elf64_Phdr *find_load(const struct hf_elf *elf, uint64_t addr, uint64_t *left) {
    for (size_t i = 0; i < elf->num_segments; i++) {
        const Elf64_Phdr *segment = &elf->segments[i];
        if (segment->p_type == PT_LOAD && addr >= segment->p_vaddr && addr - segment->p_vaddr < segment->p_memsz) {
            *left = segment->p_memsz - (addr - segment->p_vaddr);
            return segment;
        }
    }
    return NULL;
}

/* The file's bytes of a loadable segment, or zeros behind them. False: some are in none, or the file is too short. */
static bool read_at(const struct hf_elf *elf, uint64_t addr, void *buffer, size_t size) {
    size_t done = 0;
    while (done < size) {
        uint64_t left;
        const Elf64_Phdr *segment = find_load(elf, addr + done, &left);
        if (segment == NULL)
            return false;
        size_t wanted = left < size - done ? (size_t)left : size - done;
        uint64_t at = addr + done - segment->p_vaddr;
        if (at >= segment->p_filesz) {
            memset((char *)buffer + done, 0, wanted);
            done += wanted;
            continue;
        }
        if (wanted > segment->p_filesz - at)
            wanted = (size_t)(segment->p_filesz - at);
        size_t got = hf_elf_read_file(elf, segment->p_offset + at, (char *)buffer + done, wanted);
        done += got;
        if (got < wanted)
            return false;
    }
    return true;
}

/* ---- sections ---- */

static bool read_section(const struct hf_elf *elf, uint64_t index, Elf64_Shdr *out) {
    uint64_t offset;
    return elf->header.e_shentsize == sizeof *out && elf->header.e_shoff != 0 && index < MAX_SECTIONS &&
           !__builtin_add_overflow(elf->header.e_shoff, index * sizeof *out, &offset) &&
           read_exactly(elf, offset, out, sizeof *out);
}

/* Large numbers are in the first section header. */
static uint64_t count_sections(const struct hf_elf *elf, uint64_t *names) {
    Elf64_Shdr first = {0};
    bool has_first = read_section(elf, 0, &first);
    *names = elf->header.e_shstrndx == SHN_XINDEX ? first.sh_link : elf->header.e_shstrndx;
    if (!has_first)
        return 0;
    return elf->header.e_shnum != 0 ? elf->header.e_shnum : first.sh_size;
}

static bool has_text(const struct hf_elf *elf, uint64_t offset, const char *text) {
    char buffer[MAX_SYMBOL_NAME];
    size_t size = strlen(text) + 1;
    return size <= sizeof buffer && read_exactly(elf, offset, buffer, size) && memcmp(buffer, text, size) == 0;
}

bool hf_elf_find_section(const struct hf_elf *elf, const char *name, struct hf_elf_range *out) {
    uint64_t names_index, count = count_sections(elf, &names_index);
    Elf64_Shdr names, section;
    if (count == 0 || !read_section(elf, names_index, &names))
        return false;
    for (uint64_t i = 1; i < count && read_section(elf, i, &section); i++) {
        uint64_t offset;
        if (__builtin_add_overflow(names.sh_offset, section.sh_name, &offset) || !has_text(elf, offset, name))
            continue;
        *out = (struct hf_elf_range){section.sh_addr, section.sh_size};
        return true;
    }
    return false;
}

/* ---- dynamic symbols, as the loader finds them ---- */

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
    return find_load(elf, addr, &left) == NULL ? addr - elf->bias : addr;
}

static bool read_dynamic(const struct hf_elf *elf, struct dynamic *out) {
    const Elf64_Phdr *segment = find_dynamic(elf);
    Elf64_Dyn entry;
    *out = (struct dynamic){0};
    for (uint64_t i = 0; segment != NULL && i < MAX_DYNAMIC_ENTRIES; i++) {
        if (!read_at(elf, segment->p_vaddr + i * sizeof entry, &entry, sizeof entry) || entry.d_tag == DT_NULL)
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
    char buffer[MAX_SYMBOL_NAME];
    size_t size = strlen(name) + 1;
    if (size > sizeof buffer || !read_at(elf, dynamic->symbols + index * sizeof symbol, &symbol, sizeof symbol) ||
        symbol.st_shndx == SHN_UNDEF || !read_at(elf, dynamic->names + symbol.st_name, buffer, size) ||
        memcmp(buffer, name, size) != 0)
        return false;
    *out = (struct hf_elf_range){symbol.st_value, symbol.st_size};
    return true;
}

static bool read_u32(const struct hf_elf *elf, uint64_t addr, uint32_t *out) {
    return read_at(elf, addr, out, sizeof *out);
}

/*
 *   DT_GNU_HASH: num_buckets, first_symbol, bloom_words, shift; bloom (64 bits each); buckets; chains of hashes, one for
 *   each symbol from first_symbol on, whose lowest bit ends a chain. The bloom filter only saves time: it is passed by.
 */
static bool find_by_gnu_hash(const struct hf_elf *elf, const struct dynamic *dynamic, const char *name,
                             struct hf_elf_range *out) {
    uint32_t head[4], index, hash = 5381;
    for (const char *c = name; *c; c++)
        hash = hash * 33 + (uint8_t)*c;
    if (!read_at(elf, dynamic->gnu_hash, head, sizeof head) || head[0] == 0)
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
    if (!read_at(elf, dynamic->hash, head, sizeof head) || head[0] == 0)
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

static bool find_dynamic_symbol(const struct hf_elf *elf, const char *name, struct hf_elf_range *out) {
    struct dynamic dynamic;
    if (!read_dynamic(elf, &dynamic))
        return false;
    if (dynamic.gnu_hash != 0)
        return find_by_gnu_hash(elf, &dynamic, name, out);
    return dynamic.hash != 0 && find_by_hash(elf, &dynamic, name, out);
}

/* ---- the full table of symbols ---- */

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
    uint64_t unused, count = count_sections(elf, &unused);
    Elf64_Shdr names;
    *out = (struct symbols){0};
    for (uint64_t i = 1; i < count && read_section(elf, i, &out->table); i++) {
        if (out->table.sh_type != type)
            continue;
        if (!read_section(elf, out->table.sh_link, &names) || names.sh_size > MAX_NAMES_BYTES ||
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
    return find_dynamic_symbol(elf, name, out) || find_full_symbol(elf, name, out);
}

/* ---- which symbol an address belongs to ---- */

struct by_place {
    struct hf_elf_place *places;
    size_t count;
    struct hf_arena *arena;
};

/* The first place at or behind an address. */
static size_t find_place(const struct by_place *wanted, uint64_t addr) {
    size_t low = 0, high = wanted->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (wanted->places[middle].addr < addr)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool name_inside(void *context, const struct symbols *symbols, const Elf64_Sym *symbol) {
    const struct by_place *wanted = context;
    if (ELF64_ST_TYPE(symbol->st_info) != STT_OBJECT || symbol->st_name == 0)
        return true;
    const char *name = symbol_name(symbols, symbol->st_name), *copy = NULL;
    for (size_t i = find_place(wanted, symbol->st_value); i < wanted->count; i++) {
        struct hf_elf_place *place = &wanted->places[i];
        if (place->addr - symbol->st_value >= symbol->st_size)
            break;
        if (copy == NULL)
            copy = hf_arena_copy(wanted->arena, name, strnlen(name, MAX_SYMBOL_NAME - 1));
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
