/*
 * reader.c - a file into a snapshot; format.h has the bytes.
 *
 *   file, mapped   [ header | table | plain section        | packed section | ... ]
 *                                      ^ used in place           \ zstd, codec
 *   snapshot       columns:  node_type o              edge_target o---> [ region ]
 *
 * Nothing is believed before it is checked, in this order: header, table, where each section lies and what it claims
 * to hold, the memory all of it would take, checksums, lengths of columns against each other, encodings, and last every
 * index (hf_snapshot_validate). So a decoder may rely on lengths, and nobody behind the reader needs to doubt anything.
 *
 * A region is reserved at its claimed size, which the memory limit bounds, but its pages come into being only as they
 * are filled: a small file that claims a lot costs address space.
 *
 * A mapped file must not be shortened while it is open, as with every mapped file; holdfast itself only ever replaces
 * files.
 */
#include "snapshot/reader.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <xxhash.h>

#include "base/error.h"
#include "base/options.h"
#include "snapshot/cache.h"
#include "snapshot/codec.h"
#include "snapshot/columns.h"

struct reader {
    const char *name;
    const uint8_t *bytes;
    uint64_t num_bytes;
    struct hf_open_options options;
    struct hf_format_header header;
    const struct hf_format_section *sections[HF_NUM_COLUMNS];
    const struct hf_format_section *origin;
    struct hf_unpack unpack;
    struct hf_codec *codec;
    struct hf_snapshot *snapshot;
    uint64_t num_checked_bytes;
    struct hf_error *error;
};

static const struct column_format {
    enum hf_column_id column;
    uint32_t id;
} order[HF_NUM_COLUMNS] = {
#define X(field, id, encoding) {HF_COLUMN_##field, id},
    HF_FORMAT_COLUMNS(X)
#undef X
};

#define FAIL_FORMAT(reader, ...) hf_fail((reader)->error, HF_ERR_FORMAT, __VA_ARGS__)

static enum hf_status report(struct reader *reader, uint64_t more) {
    const struct hf_progress *progress = reader->options.progress;
    reader->num_checked_bytes += more;
    uint32_t num_nodes = reader->snapshot->num_nodes;
    double share = (double)reader->num_checked_bytes / (double)reader->num_bytes;
    if (progress == NULL || progress->report(progress->context, "opening", (uint64_t)(share * num_nodes), num_nodes))
        return HF_OK;
    return hf_fail(reader->error, HF_ERR_CANCELLED, "opening '%s' was cancelled", reader->name);
}

static enum hf_status read_header(struct reader *reader) {
    const struct hf_format_header *header = &reader->header;
    size_t known = reader->num_bytes < sizeof *header ? (size_t)reader->num_bytes : sizeof *header;
    memcpy(&reader->header, reader->bytes, known);
    if (known < sizeof header->magic || memcmp(header->magic, HF_FORMAT_MAGIC, sizeof header->magic) != 0)
        return FAIL_FORMAT(reader, "'%s' is not a holdfast snapshot", reader->name);
    if (known < sizeof *header)
        return FAIL_FORMAT(reader, "'%s' is truncated: it ends in its header", reader->name);
    if (header->major > HF_FORMAT_MAJOR)
        return hf_fail(reader->error, HF_ERR_VERSION,
                       "'%s' was written by a newer holdfast (format %u.%u); this release reads %d.x", reader->name,
                       header->major, header->minor, HF_FORMAT_MAJOR);
    if (header->major < HF_FORMAT_MAJOR)
        return hf_fail(reader->error, HF_ERR_VERSION, "'%s' has the unknown format %u.%u; this release reads %d.x",
                       reader->name, header->major, header->minor, HF_FORMAT_MAJOR);
    if (XXH3_64bits(header, offsetof(struct hf_format_header, header_checksum)) != header->header_checksum)
        return FAIL_FORMAT(reader, "'%s' is damaged: the checksum of its header is wrong", reader->name);
    if (reader->num_bytes != header->file_bytes)
        return FAIL_FORMAT(reader, "'%s' is %s: it has %llu of %llu bytes", reader->name,
                           reader->num_bytes < header->file_bytes ? "truncated" : "too long",
                           (unsigned long long)reader->num_bytes, (unsigned long long)header->file_bytes);
    return HF_OK;
}

static bool is_zero(const uint8_t *bytes, uint64_t num_bytes) {
    for (uint64_t i = 0; i < num_bytes; i++)
        if (bytes[i] != 0)
            return false;
    return true;
}

/* A section lies at the next multiple of the alignment behind `end`, with zeros between, and inside the file. */
static bool is_in_place(const struct reader *reader, const struct hf_format_section *section, uint64_t end) {
    uint64_t start = (end + HF_FORMAT_ALIGNMENT - 1) & ~(uint64_t)(HF_FORMAT_ALIGNMENT - 1);
    return section->offset == start && start <= reader->num_bytes &&
           section->stored_bytes <= reader->num_bytes - start && is_zero(reader->bytes + end, start - end);
}

/* Remembers a section under its column; unknown ones are for newer releases. False: there is one already. */
static bool remember(struct reader *reader, const struct hf_format_section *section) {
    const struct hf_format_section **slot = section->id == HF_FORMAT_ORIGIN_ID ? &reader->origin : NULL;
    for (size_t i = 0; slot == NULL && i < HF_NUM_COLUMNS; i++)
        if (order[i].id == section->id)
            slot = &reader->sections[order[i].column];
    if (slot == NULL)
        return true;
    bool is_first = *slot == NULL;
    *slot = section;
    return is_first;
}

static enum hf_status read_table(struct reader *reader) {
    uint32_t count = reader->header.num_sections;
    const struct hf_format_section *table = (const void *)(reader->bytes + sizeof reader->header);
    uint64_t end = sizeof reader->header + count * (uint64_t)sizeof *table;
    if (count > HF_FORMAT_MAX_SECTIONS || end > reader->num_bytes)
        return FAIL_FORMAT(reader, "'%s' is damaged: it cannot have %u sections", reader->name, count);
    if (XXH3_64bits(table, count * sizeof *table) != reader->header.table_checksum)
        return FAIL_FORMAT(reader, "'%s' is damaged: the checksum of its table of sections is wrong", reader->name);
    for (uint32_t i = 0; i < count; i++) {
        if (!is_in_place(reader, &table[i], end))
            return FAIL_FORMAT(reader, "'%s' is damaged: section %u lies in the wrong place", reader->name,
                               table[i].id);
        if (!remember(reader, &table[i]))
            return FAIL_FORMAT(reader, "'%s' is damaged: it has two sections %u", reader->name, table[i].id);
        end = table[i].offset + table[i].stored_bytes;
    }
    if (end != reader->num_bytes)
        return FAIL_FORMAT(reader, "'%s' is damaged: there is something behind the last section", reader->name);
    return HF_OK;
}

/* A check of snapshot.h's invariants, whose message does not know the file. */
static enum hf_status check_snapshot(struct reader *reader,
                                     enum hf_status (*check)(const struct hf_snapshot *, struct hf_error *)) {
    struct hf_error reason;
    enum hf_status status = check(reader->snapshot, &reason);
    return status == HF_OK ? HF_OK : hf_fail(reader->error, status, "'%s': %s", reader->name, reason.message);
}

/* Counts the elements of a column from what its section claims. */
static enum hf_status measure(struct reader *reader, enum hf_column_id id) {
    const struct hf_format_section *section = reader->sections[id];
    size_t element_bytes = hf_column_element_bytes[id];
    if (section == NULL && hf_column_is_optional(id))
        return HF_OK;
    if (section == NULL)
        return FAIL_FORMAT(reader, "'%s' is damaged: column %s is missing", reader->name, hf_column_names[id]);
    bool fits = section->raw_bytes % element_bytes == 0 && section->raw_bytes <= SIZE_MAX / 2;
    if (section->encoding == HF_ENCODING_PLAIN)
        fits = fits && section->raw_bytes == section->stored_bytes;
    if (!fits)
        return FAIL_FORMAT(reader, "'%s' is damaged: column %s cannot have %llu bytes", reader->name,
                           hf_column_names[id], (unsigned long long)section->raw_bytes);
    reader->snapshot->columns[id].count = (size_t)(section->raw_bytes / element_bytes);
    return HF_OK;
}

static uint64_t default_limit(void) {
    long pages = sysconf(_SC_PHYS_PAGES), page_bytes = sysconf(_SC_PAGESIZE);
    return pages > 0 && page_bytes > 0 ? (uint64_t)pages / 4 * 3 * (uint64_t)page_bytes : UINT64_MAX;
}

/* What is decoded takes memory; what is used in place does not. */
static enum hf_status check_budget(struct reader *reader) {
    uint64_t limit = reader->options.max_memory_bytes != 0 ? reader->options.max_memory_bytes : default_limit();
    uint64_t needed = 0;
    for (int i = 0; i < HF_NUM_COLUMNS; i++)
        if (reader->sections[i] != NULL && reader->sections[i]->encoding != HF_ENCODING_PLAIN &&
            __builtin_add_overflow(needed, reader->sections[i]->raw_bytes, &needed))
            needed = UINT64_MAX;
    if (needed <= limit)
        return HF_OK;
    return hf_fail(reader->error, HF_ERR_LIMIT, "'%s' needs %llu MB of memory, %llu MB are allowed", reader->name,
                   (unsigned long long)(needed / 1000000), (unsigned long long)(limit / 1000000));
}

static enum hf_status measure_all(struct reader *reader) {
    enum hf_status status = HF_OK;
    for (int i = 0; status == HF_OK && i < HF_NUM_COLUMNS; i++)
        status = measure(reader, (enum hf_column_id)i);
    if (status == HF_OK)
        status = check_budget(reader);
    if (status == HF_OK)
        status = check_snapshot(reader, hf_snapshot_check_lengths);
    reader->snapshot->num_nodes = (uint32_t)hf_num_node_key(reader->snapshot);
    reader->snapshot->num_edges = (uint32_t)hf_num_edge_target(reader->snapshot);
    return status;
}

static enum hf_status check_sum(struct reader *reader, const struct hf_format_section *section, const char *what) {
    if (XXH3_64bits(reader->bytes + section->offset, section->stored_bytes) != section->checksum)
        return FAIL_FORMAT(reader, "'%s' is damaged: the checksum of %s is wrong", reader->name, what);
    return report(reader, section->stored_bytes);
}

static enum hf_status read_origin(struct reader *reader) {
    const struct hf_format_section *section = reader->origin;
    struct hf_format_origin in;
    if (section == NULL || section->encoding != HF_ENCODING_PLAIN || section->stored_bytes < sizeof in)
        return FAIL_FORMAT(reader, "'%s' is damaged: it does not say where it comes from", reader->name);
    enum hf_status status = check_sum(reader, section, "the origin");
    if (status != HF_OK)
        return status;
    memcpy(&in, reader->bytes + section->offset, sizeof in);
    struct hf_snapshot *snapshot = reader->snapshot;
    snapshot->origin_python = in.python;
    snapshot->origin_method = in.method;
    snapshot->origin_program = in.program;
    snapshot->origin_platform = in.platform;
    snapshot->origin = (struct hf_origin){
        .pid = in.pid,
        .taken_at_ns = in.taken_at_ns,
        .pause_ns = in.pause_ns,
        .cpu_ns = in.cpu_ns,
        .resident_bytes = in.resident_bytes,
        .capture_bytes = in.capture_bytes,
        .num_checked = in.num_checked,
        .num_exact = in.num_exact,
        .has_previews = (in.flags & HF_FORMAT_ORIGIN_PREVIEWS) != 0,
        .has_contents = (in.flags & HF_FORMAT_ORIGIN_CONTENTS) != 0,
        .has_extents = (in.flags & HF_FORMAT_ORIGIN_EXTENTS) != 0,
    };
    return HF_OK;
}

static enum hf_status unpack_column(struct reader *reader, enum hf_column_id id) {
    const struct hf_format_section *section = reader->sections[id];
    struct hf_column *column = &reader->snapshot->columns[id];
    if (!hf_region_reserve(&column->region, (size_t)section->raw_bytes))
        return hf_fail_nomem(reader->error);
    column->region.used_bytes = (size_t)section->raw_bytes;
    column->data = column->region.data;
    hf_unpack_start(&reader->unpack, reader->bytes + section->offset, (size_t)section->stored_bytes);
    if (hf_codec_decode(reader->codec, reader->snapshot, id, section->encoding, &reader->unpack))
        return HF_OK;
    return FAIL_FORMAT(reader, "'%s' is damaged: column %s cannot be decoded (encoding %u)", reader->name,
                       hf_column_names[id], section->encoding);
}

static enum hf_status read_column(struct reader *reader, enum hf_column_id id) {
    const struct hf_format_section *section = reader->sections[id];
    if (section == NULL)
        return HF_OK;
    enum hf_status status = check_sum(reader, section, hf_column_names[id]);
    if (status != HF_OK)
        return status;
    if (section->encoding != HF_ENCODING_PLAIN)
        status = unpack_column(reader, id);
    else
        reader->snapshot->columns[id].data = reader->bytes + section->offset;
    if (status == HF_OK && id == HF_COLUMN_row)
        status = check_snapshot(reader, hf_snapshot_check_rows);
    return status;
}

static enum hf_status read_columns(struct reader *reader) {
    enum hf_status status = HF_OK;
    for (size_t i = 0; status == HF_OK && i < HF_NUM_COLUMNS; i++)
        status = read_column(reader, order[i].column);
    if (status == HF_OK)
        status = check_snapshot(reader, hf_snapshot_validate);
    if (status == HF_OK)
        hf_snapshot_settle(reader->snapshot);
    return status;
}

static enum hf_status read_all(struct reader *reader) {
    enum hf_status status = read_header(reader);
    if (status == HF_OK)
        status = read_table(reader);
    if (status == HF_OK)
        status = measure_all(reader);
    if (status == HF_OK)
        status = read_origin(reader);
    if (status == HF_OK)
        status = read_columns(reader);
    return status;
}

/* Whether a column is used where it lies in the file. */
static bool needs_mapping(const struct hf_snapshot *snapshot) {
    for (int i = 0; i < HF_NUM_COLUMNS; i++)
        if (snapshot->columns[i].count > 0 && snapshot->columns[i].region.data == NULL)
            return true;
    return false;
}

/* Reads a mapped file, which the snapshot owns from here on. */
static enum hf_status read_snapshot(struct reader *reader, struct hf_snapshot **out) {
    bool ready = (reader->snapshot = hf_alloc(1, sizeof *reader->snapshot)) != NULL;
    if (ready) {
        reader->snapshot->mapping = (void *)reader->bytes;
        reader->snapshot->mapping_bytes = (size_t)reader->num_bytes;
    } else {
        munmap((void *)reader->bytes, (size_t)reader->num_bytes);
    }
    reader->codec = hf_alloc(1, sizeof *reader->codec);
    ready = ready && hf_unpack_init(&reader->unpack) && reader->codec != NULL;
    enum hf_status status = ready ? read_all(reader) : hf_fail_nomem(reader->error);
    hf_unpack_deinit(&reader->unpack);
    hf_free(reader->codec);
    if (status != HF_OK) {
        hf_snapshot_destroy(reader->snapshot);
        return status;
    }
    if (!needs_mapping(reader->snapshot)) {
        munmap(reader->snapshot->mapping, reader->snapshot->mapping_bytes);
        reader->snapshot->mapping = NULL;
    }
    *out = reader->snapshot;
    return HF_OK;
}

static enum hf_status start(struct reader *reader, const char *name, const struct hf_open_options *options,
                            struct hf_error *error) {
    *reader = (struct reader){.name = name, .error = error};
    if (!hf_options_copy(&reader->options, sizeof reader->options, options))
        return hf_fail(error, HF_ERR_ARGUMENT, "struct_size of the open options is not set");
    return HF_OK;
}

/* Maps the open file, or for want of bytes to map, says that it is none of ours. */
static enum hf_status map_file(struct reader *reader, int fd) {
    struct stat info;
    if (fstat(fd, &info) != 0)
        return hf_fail_errno(reader->error, errno, "cannot open '%s'", reader->name);
    if (!S_ISREG(info.st_mode))
        return hf_fail(reader->error, HF_ERR_ARGUMENT, "cannot open '%s': it is %s", reader->name,
                       S_ISDIR(info.st_mode) ? "a folder" : "not a regular file");
    if (info.st_size == 0)
        return FAIL_FORMAT(reader, "'%s' is not a holdfast snapshot: it is empty", reader->name);
    void *bytes = mmap(NULL, (size_t)info.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (bytes == MAP_FAILED)
        return hf_fail_errno(reader->error, errno, "cannot map '%s'", reader->name);
    reader->bytes = bytes;
    reader->num_bytes = (uint64_t)info.st_size;
    return HF_OK;
}

enum hf_status hf_snapshot_open(const char *path, const struct hf_open_options *options, struct hf_snapshot **out,
                                struct hf_error *error) {
    struct reader reader;
    enum hf_status status = start(&reader, path, options, error);
    if (status != HF_OK)
        return status;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK); /* a pipe must not make us wait */
    if (fd < 0)
        return hf_fail_errno(error, errno, "cannot open '%s'", path);
    status = map_file(&reader, fd);
    close(fd);
    if (status == HF_OK)
        status = read_snapshot(&reader, out);
    if (status == HF_OK && reader.options.cache && (*out)->num_nodes >= HF_CACHE_MIN_NODES)
        (*out)->cache = hf_cache_open(path, reader.header.header_checksum, reader.header.table_checksum);
    return status;
}

enum hf_status hf_snapshot_open_bytes(const void *bytes, size_t num_bytes, const char *name,
                                      const struct hf_open_options *options, struct hf_snapshot **out,
                                      struct hf_error *error) {
    struct reader reader;
    enum hf_status status = start(&reader, name, options, error);
    if (status != HF_OK)
        return status;
    if (num_bytes == 0)
        return hf_fail(error, HF_ERR_FORMAT, "'%s' is not a holdfast snapshot: it is empty", name);
    void *copy = mmap(NULL, num_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (copy == MAP_FAILED)
        return hf_fail_nomem(error);
    memcpy(copy, bytes, num_bytes);
    reader.bytes = copy;
    reader.num_bytes = num_bytes;
    return read_snapshot(&reader, out);
}
