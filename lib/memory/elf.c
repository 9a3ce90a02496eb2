/*
 * elf.c - opens ELF files.
 *
 *   Elf64_Ehdr ──▶ program headers   PT_LOAD     file offset ↔ address
 *              │                     PT_NOTE     build id
 *              │                     PT_DYNAMIC  elf_dynamic.c
 *              └─▶ section headers   elf_sections.c ──▶ .symtab, .dynsym   elf_symbols.c
 *
 * Nothing in the file is believed: counts are bounded, sums are checked, and whatever lies outside of the file is
 * absent. Loops over data of the file end after a fixed number of steps.
 */
#include "memory/elf_parts.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/memory.h"
#include "memory/notes.h"

#define MAX_SEGMENTS ((size_t)1 << 20)         /* of a core; programs and libraries have a dozen */
#define MAX_PROGRAM_SEGMENTS 256
#define MAX_NOTE_BYTES ((uint64_t)1 << 20)      /* where a build id is looked for */

size_t hf_elf_read_file(const struct hf_elf *elf, uint64_t offset, void *buffer, size_t size) {
    return elf->source.read(elf->source.context, offset, buffer, size);
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
    if (elf->header.e_shoff == 0 || !hf_elf_read_exactly(elf, elf->header.e_shoff, &first, sizeof first))
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
    struct hf_note_walk walk = {.at = notes, .left = size};
    while (hf_note_next(&walk)) {
        if (walk.type != NT_GNU_BUILD_ID || !hf_note_is_of(&walk, "GNU") || walk.text_bytes == 0 ||
            walk.text_bytes > HF_BUILD_ID_MAX_BYTES)
            continue;
        out->length = walk.text_bytes;
        memcpy(out->bytes, walk.text, walk.text_bytes);
        return true;
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
    if (!hf_elf_read_exactly(elf, 0, &elf->header, sizeof elf->header))
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

const Elf64_Phdr *hf_elf_find_load(const struct hf_elf *elf, uint64_t addr, uint64_t *left) {
    for (size_t i = 0; i < elf->num_segments; i++) {
        const Elf64_Phdr *segment = &elf->segments[i];
        if (segment->p_type == PT_LOAD && addr >= segment->p_vaddr && addr - segment->p_vaddr < segment->p_memsz) {
            *left = segment->p_memsz - (addr - segment->p_vaddr);
            return segment;
        }
    }
    return NULL;
}

bool hf_elf_read_at(const struct hf_elf *elf, uint64_t addr, void *buffer, size_t size) {
    size_t done = 0;
    while (done < size) {
        uint64_t left;
        const Elf64_Phdr *segment = hf_elf_find_load(elf, addr + done, &left);
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
