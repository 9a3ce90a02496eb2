/*
 * assemble.h - takes a snapshot file apart and puts it together again, with right checksums and places, so that a test
 * can make a file that is wrong in exactly one thing.
 */
#ifndef HF_TESTS_UNIT_ASSEMBLE_H
#define HF_TESTS_UNIT_ASSEMBLE_H

#include <string.h>

#include <xxhash.h>

#include "snapshot/format.h"

#define ASSEMBLE_MAX_SECTIONS 40

struct part {
    uint32_t id;
    uint16_t encoding;
    uint64_t raw_bytes;
    const void *bytes;
    size_t num_bytes;
};

struct parts {
    uint16_t major, minor;
    uint32_t count;
    struct part part[ASSEMBLE_MAX_SECTIONS];
};

static inline struct parts take_apart(const uint8_t *file) {
    struct hf_format_header header;
    memcpy(&header, file, sizeof header);
    struct parts parts = {header.major, header.minor, header.num_sections, {{0}}};
    for (uint32_t i = 0; i < header.num_sections; i++) {
        struct hf_format_section section;
        memcpy(&section, file + sizeof header + i * sizeof section, sizeof section);
        parts.part[i] = (struct part){section.id, section.encoding, section.raw_bytes, file + section.offset,
                                      (size_t)section.stored_bytes};
    }
    return parts;
}

static inline struct part *find_part(struct parts *parts, uint32_t id) {
    for (uint32_t i = 0; i < parts->count; i++)
        if (parts->part[i].id == id)
            return &parts->part[i];
    return NULL;
}

/* Makes header and table fit the bytes behind them. */
static inline void reseal(uint8_t *file) {
    struct hf_format_header header;
    memcpy(&header, file, sizeof header);
    header.table_checksum = XXH3_64bits(file + sizeof header, header.num_sections * sizeof(struct hf_format_section));
    header.header_checksum = XXH3_64bits(&header, offsetof(struct hf_format_header, header_checksum));
    memcpy(file, &header, sizeof header);
}

static inline uint64_t aligned(uint64_t offset) {
    return (offset + HF_FORMAT_ALIGNMENT - 1) & ~(uint64_t)(HF_FORMAT_ALIGNMENT - 1);
}

/* A whole file, which the caller frees with hf_free. */
static inline uint8_t *put_together(const struct parts *parts, size_t *num_bytes) {
    uint64_t end = sizeof(struct hf_format_header) + parts->count * sizeof(struct hf_format_section);
    for (uint32_t i = 0; i < parts->count; i++)
        end = aligned(end) + parts->part[i].num_bytes;
    struct hf_format_header header = {.magic = HF_FORMAT_MAGIC, .major = parts->major, .minor = parts->minor,
                                      .num_sections = parts->count, .file_bytes = end};
    uint8_t *file = hf_alloc((size_t)end, 1);
    memcpy(file, &header, sizeof header);
    end = sizeof header + parts->count * sizeof(struct hf_format_section);
    for (uint32_t i = 0; i < parts->count; i++) {
        const struct part *part = &parts->part[i];
        struct hf_format_section section = {.id = part->id, .encoding = part->encoding, .offset = aligned(end),
                                            .stored_bytes = part->num_bytes, .raw_bytes = part->raw_bytes,
                                            .checksum = XXH3_64bits(part->bytes, part->num_bytes)};
        memcpy(file + sizeof header + i * sizeof section, &section, sizeof section);
        if (part->num_bytes > 0)
            memcpy(file + section.offset, part->bytes, part->num_bytes);
        end = section.offset + section.stored_bytes;
    }
    reseal(file);
    *num_bytes = (size_t)end;
    return file;
}

#endif
