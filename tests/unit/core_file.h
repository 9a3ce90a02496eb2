/*
 * core_file.h - a core file and the library that was mapped in it, byte by byte, for the tests of lib/memory.
 *
 *   library   page 0: ELF header, program headers, build id       page 1: read-only data, i * 7, not to its end
 *   core      [ headers | notes | page 0 of the library | heap, words i * 3 | stack, all 0x55 ]
 *               of the library's two pages the core has the first, as the kernel writes it
 */
#ifndef CORE_FILE_H
#define CORE_FILE_H

#include <elf.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define CORE_PAGE 4096u
#define CORE_LIBRARY UINT64_C(0x7f0000400000)
#define CORE_HEAP UINT64_C(0x7f0001000000)
#define CORE_HEAP_BYTES (20 * CORE_PAGE)
#define CORE_STACK UINT64_C(0x7f0002000000)
#define CORE_STACK_BYTES (2 * CORE_PAGE)
#define CORE_SEGMENT_BYTES (2 * CORE_PAGE - 1000)   /* ends in the middle of a page, of which all is mapped */
#define CORE_LIBRARY_BYTES (2 * CORE_PAGE - 100)    /* and so does the file: the rest is zeros */
#define CORE_PID 4711
#define CORE_BUILD_ID "0123456789abcdefghij"

struct core_bytes {
    uint8_t *data;
    size_t size, capacity;
};

static inline void core_put_at(struct core_bytes *out, size_t at, const void *bytes, size_t size) {
    if (at + size > out->capacity) {
        out->capacity = (at + size) * 2;
        out->data = realloc(out->data, out->capacity);
    }
    if (at > out->size)
        memset(out->data + out->size, 0, at - out->size);
    memcpy(out->data + at, bytes, size);
    out->size = at + size > out->size ? at + size : out->size;
}

static inline void core_put(struct core_bytes *out, const void *bytes, size_t size) {
    core_put_at(out, out->size, bytes, size);
}

static inline void core_put_note(struct core_bytes *out, uint32_t type, const char *name, const void *text,
                                 size_t size) {
    Elf64_Nhdr note = {(Elf64_Word)strlen(name) + 1, (Elf64_Word)size, type};
    const uint8_t zeros[4] = {0};
    core_put(out, &note, sizeof note);
    core_put(out, name, strlen(name) + 1);
    core_put(out, zeros, (4 - out->size % 4) % 4);
    core_put(out, text, size);
    core_put(out, zeros, (4 - out->size % 4) % 4);
}

static inline Elf64_Ehdr core_header(uint16_t kind, uint16_t num_segments) {
    Elf64_Ehdr header = {
        .e_type = kind, .e_machine = EM_X86_64, .e_version = EV_CURRENT, .e_phoff = sizeof(Elf64_Ehdr),
        .e_ehsize = sizeof(Elf64_Ehdr), .e_phentsize = sizeof(Elf64_Phdr), .e_phnum = num_segments,
    };
    memcpy(header.e_ident, ELFMAG, SELFMAG);
    header.e_ident[EI_CLASS] = ELFCLASS64;
    header.e_ident[EI_DATA] = ELFDATA2LSB;
    header.e_ident[EI_VERSION] = EV_CURRENT;
    return header;
}

/* The library with a build id; the caller frees data. */
static inline struct core_bytes core_make_library(const char *build_id) {
    struct core_bytes out = {NULL, 0, 0};
    Elf64_Ehdr header = core_header(ET_DYN, 2);
    Elf64_Phdr segments[2] = {
        {.p_type = PT_LOAD, .p_flags = PF_R, .p_filesz = CORE_SEGMENT_BYTES, .p_memsz = CORE_SEGMENT_BYTES,
         .p_align = CORE_PAGE},
        {.p_type = PT_NOTE, .p_flags = PF_R, .p_offset = 512, .p_vaddr = 512, .p_filesz = 36, .p_memsz = 36},
    };
    core_put(&out, &header, sizeof header);
    core_put(&out, segments, sizeof segments);
    core_put_at(&out, 512, "", 0);
    core_put_note(&out, NT_GNU_BUILD_ID, "GNU", build_id, 20);
    for (uint32_t i = 0; i < CORE_LIBRARY_BYTES - CORE_PAGE; i++) {
        uint8_t byte = (uint8_t)(i * 7);
        core_put_at(&out, CORE_PAGE + i, &byte, 1);
    }
    return out;
}

static inline void core_put_process_notes(struct core_bytes *out, const char *library_path) {
    uint8_t status[336] = {0}, info[136] = {0};
    uint64_t auxiliary[] = {AT_PHDR, CORE_LIBRARY + sizeof(Elf64_Ehdr), AT_NULL, 0};
    for (uint32_t i = 0; i < 3; i++) {
        uint32_t id = CORE_PID + i;
        memcpy(status + 32, &id, sizeof id);
        core_put_note(out, NT_PRSTATUS, "CORE", status, sizeof status);
    }
    uint32_t pid = CORE_PID;
    memcpy(info + 24, &pid, sizeof pid);
    strcpy((char *)info + 40, "server");
    strcpy((char *)info + 56, "python3 server.py ");
    core_put_note(out, NT_PRPSINFO, "CORE", info, sizeof info);
    core_put_note(out, NT_AUXV, "CORE", auxiliary, sizeof auxiliary);
    struct core_bytes files = {NULL, 0, 0};
    uint64_t head[] = {1, CORE_PAGE, CORE_LIBRARY, CORE_LIBRARY + 2 * CORE_PAGE, 0};
    core_put(&files, head, sizeof head);
    core_put(&files, library_path, strlen(library_path) + 1);
    core_put_note(out, NT_FILE, "CORE", files.data, files.size);
    free(files.data);
}

/* The core of a process that had mapped the library from `library_path`; the caller frees data. */
static inline struct core_bytes core_make(const char *library_path, const struct core_bytes *library) {
    struct core_bytes out = {NULL, 0, 0};
    Elf64_Ehdr header = core_header(ET_CORE, 4);
    Elf64_Phdr segments[4] = {
        {.p_type = PT_NOTE, .p_offset = sizeof header + sizeof segments},
        {.p_type = PT_LOAD, .p_flags = PF_R, .p_vaddr = CORE_LIBRARY, .p_filesz = CORE_PAGE, .p_memsz = 2 * CORE_PAGE},
        {.p_type = PT_LOAD, .p_flags = PF_R | PF_W, .p_vaddr = CORE_HEAP, .p_filesz = CORE_HEAP_BYTES,
         .p_memsz = CORE_HEAP_BYTES},
        {.p_type = PT_LOAD, .p_flags = PF_R | PF_W, .p_vaddr = CORE_STACK, .p_filesz = CORE_STACK_BYTES,
         .p_memsz = CORE_STACK_BYTES},
    };
    core_put(&out, &header, sizeof header);
    core_put(&out, segments, sizeof segments);
    core_put_process_notes(&out, library_path);
    segments[0].p_filesz = out.size - segments[0].p_offset;
    segments[1].p_offset = (out.size + CORE_PAGE - 1) / CORE_PAGE * CORE_PAGE;
    segments[2].p_offset = segments[1].p_offset + CORE_PAGE;
    segments[3].p_offset = segments[2].p_offset + CORE_HEAP_BYTES;
    core_put_at(&out, sizeof header, segments, sizeof segments);
    core_put_at(&out, segments[1].p_offset, library->data, CORE_PAGE);
    for (uint64_t i = 0; i < CORE_HEAP_BYTES / 8; i++) {
        uint64_t word = i * 3;
        core_put(&out, &word, sizeof word);
    }
    for (size_t i = 0; i < CORE_STACK_BYTES; i++)
        core_put(&out, "\x55", 1);
    return out;
}

#endif
