/*
 * core_notes.c - what the notes of a core file say.
 *
 *   [ name size | text size | type | "CORE" | text ]      one after the other, each part padded to 4 bytes
 *
 *   NT_PRSTATUS   a thread       NT_PRPSINFO  pid and command     NT_AUXV  where the program is
 *   NT_FILE       count, page size | start, end, offset in pages, for each | path NUL path NUL ...
 */
#include "memory/core_parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "memory/notes.h"

#define MAX_NOTES_BYTES ((uint64_t)1 << 28)
#define MAX_THREADS 1000000u

/* Offsets in the structures that the kernel writes on 64-bit machines. */
#define PRSTATUS_PID 32
#define PRPSINFO_PID 24
#define PRPSINFO_NAME 40
#define PRPSINFO_ARGUMENTS 56
#define PRPSINFO_BYTES 136
#define PRPSINFO_NAME_BYTES 16
#define PRPSINFO_ARGUMENTS_BYTES 80

static int compare_files(const void *left, const void *right) {
    const struct hf_core_file *a = left, *b = right;
    return a->start < b->start ? -1 : a->start > b->start;
}

void hf_core_sort_files(struct hf_core *core) {
    if (core->num_files > 0)
        qsort(core->files, core->num_files, sizeof *core->files, compare_files);
}

static uint64_t read_u64(const uint8_t *bytes) {
    uint64_t value;
    memcpy(&value, bytes, sizeof value);
    return value;
}

static uint32_t read_u32(const uint8_t *bytes) {
    uint32_t value;
    memcpy(&value, bytes, sizeof value);
    return value;
}

static enum hf_status add_thread(struct hf_core *core, const uint8_t *note, size_t size, struct hf_error *error) {
    struct hf_target *target = &core->target;
    if (size < PRSTATUS_PID + 4 || target->num_threads == MAX_THREADS)
        return HF_OK;
    if ((target->num_threads & (target->num_threads - 1)) == 0) {
        size_t capacity = target->num_threads == 0 ? 1 : (size_t)target->num_threads * 2;
        uint32_t *threads = hf_realloc(target->threads, capacity, sizeof *threads);
        if (threads == NULL)
            return hf_fail_nomem(error);
        target->threads = threads;
    }
    target->threads[target->num_threads++] = read_u32(note + PRSTATUS_PID);
    return HF_OK;
}

static void read_command(struct hf_core *core, const uint8_t *note, size_t size) {
    if (size < PRPSINFO_BYTES)
        return;
    const char *arguments = (const char *)note + PRPSINFO_ARGUMENTS, *name = (const char *)note + PRPSINFO_NAME;
    int length = (int)strnlen(arguments, PRPSINFO_ARGUMENTS_BYTES);
    while (length > 0 && arguments[length - 1] == ' ')
        length--;
    core->target.pid = read_u32(note + PRPSINFO_PID);
    core->target.program = length > 0 ? hf_target_text(&core->target, "%.*s", length, arguments)
                                      : hf_target_text(&core->target, "%.*s", PRPSINFO_NAME_BYTES, name);
}

static void read_auxiliary(struct hf_core *core, const uint8_t *note, size_t size) {
    for (size_t at = 0; size - at >= 16; at += 16)
        if (read_u64(note + at) == AT_PHDR)
            core->program_headers_addr = read_u64(note + at + 8);
}

/* count, page size; count times start, end, offset in pages; the paths one after the other. */
static enum hf_status read_files(struct hf_core *core, const uint8_t *note, size_t size, struct hf_error *error) {
    uint64_t count = size >= 16 ? read_u64(note) : 0, page_bytes = size >= 16 ? read_u64(note + 8) : 0;
    if (count == 0 || count > (size - 16) / 25 || core->files != NULL)
        return HF_OK;
    core->files = hf_alloc((size_t)count, sizeof *core->files);
    if (core->files == NULL)
        return hf_fail_nomem(error);
    const char *path = (const char *)note + 16 + count * 24, *end = (const char *)note + size;
    for (uint64_t i = 0; i < count && path < end; i++) {
        size_t length = strnlen(path, (size_t)(end - path));
        const uint8_t *entry = note + 16 + i * 24;
        struct hf_core_file file = {.start = read_u64(entry), .end = read_u64(entry + 8)};
        if (length == (size_t)(end - path))
            break;
        if (file.start < file.end && !__builtin_mul_overflow(read_u64(entry + 16), page_bytes, &file.offset)) {
            file.path = path;
            core->files[core->num_files++] = file;
        }
        path += length + 1;
    }
    hf_core_sort_files(core);
    return HF_OK;
}

static enum hf_status read_note(struct hf_core *core, uint32_t type, const uint8_t *note, size_t size,
                                struct hf_error *error) {
    switch (type) {
    case NT_PRSTATUS:
        return add_thread(core, note, size, error);
    case NT_PRPSINFO:
        read_command(core, note, size);
        return HF_OK;
    case NT_AUXV:
        read_auxiliary(core, note, size);
        return HF_OK;
    case NT_FILE:
        return read_files(core, note, size, error);
    default:
        return HF_OK;
    }
}

/* Notes of a name other than "CORE" are of registers. */
static enum hf_status parse_notes(struct hf_core *core, const uint8_t *notes, size_t size, struct hf_error *error) {
    struct hf_note_walk walk = {.at = notes, .left = size};
    enum hf_status status = HF_OK;
    while (status == HF_OK && hf_note_next(&walk))
        if (hf_note_is_of(&walk, "CORE"))
            status = read_note(core, walk.type, walk.text, walk.text_bytes, error);
    return status;
}

/* Paths of NT_FILE are borrowed from the notes, which therefore stay. */
enum hf_status hf_core_read_notes(struct hf_core *core, struct hf_error *error) {
    for (size_t i = 0; i < hf_elf_num_segments(core->elf); i++) {
        const Elf64_Phdr *segment = hf_elf_segment(core->elf, i);
        uint64_t left = segment->p_offset < core->file_bytes ? core->file_bytes - segment->p_offset : 0;
        uint64_t size = segment->p_filesz < left ? segment->p_filesz : left;
        if (segment->p_type != PT_NOTE || size == 0 || size > MAX_NOTES_BYTES)
            continue;
        if (!hf_region_reserve(&core->notes, (size_t)size))
            return hf_fail_nomem(error);
        core->notes.used_bytes = hf_elf_read_file(core->elf, segment->p_offset, core->notes.data, (size_t)size);
        return parse_notes(core, core->notes.data, core->notes.used_bytes, error);
    }
    return HF_OK;
}
