/*
 * writer.c - a snapshot into a file; format.h has the bytes.
 *
 *   1. zeros where the header and the table will be
 *   2. section after section: plain columns as they are, others column -> codec -> zstd -> file, hashed on the way
 *   3. the table and the header, when offsets, lengths and checksums are known
 *
 * Memory is two buffers of 128 KiB, the codec's tables and zstd's own, however large the snapshot is.
 */

#include <xxhash.h>

#include "base/error.h"
#include "base/file.h"
#include "base/options.h"
#include "snapshot/codec.h"
#include "snapshot/columns.h"
#include "snapshot/filter.h"

#define DEFAULT_LEVEL 1   /* 3 saves 1 % and takes half as long again: bench_snapshot */

struct writer {
    const struct hf_snapshot *snapshot;
    struct hf_save_options options;
    struct hf_file_writer file;
    struct hf_pack pack;
    struct hf_codec *codec;
    XXH3_state_t *hash;
    struct hf_format_section table[HF_FORMAT_NUM_SECTIONS];
    uint32_t num_sections, num_all_sections;
    uint64_t raw_done, raw_total;
    struct hf_error *error;
};

static enum hf_status report(struct writer *writer) {
    const struct hf_progress *progress = writer->options.progress;
    uint32_t num_nodes = writer->snapshot->num_nodes;
    double share = (double)writer->raw_done / (double)writer->raw_total;
    if (progress == NULL || progress->report(progress->context, "saving", (uint64_t)(share * num_nodes), num_nodes))
        return HF_OK;
    return hf_fail(writer->error, HF_ERR_CANCELLED, "saving was cancelled");
}

/* Appends bytes of the current section. */
static enum hf_status store(void *context, const void *bytes, size_t num_bytes) {
    struct writer *writer = context;
    XXH3_64bits_update(writer->hash, bytes, num_bytes);
    writer->table[writer->num_sections].stored_bytes += num_bytes;
    enum hf_status status = hf_file_writer_write(&writer->file, bytes, num_bytes, writer->error);
    return status == HF_OK ? report(writer) : status;
}

static enum hf_status pad(struct writer *writer) {
    static const uint8_t zeros[HF_FORMAT_ALIGNMENT];
    size_t past = writer->file.num_bytes % HF_FORMAT_ALIGNMENT;
    return past == 0 ? HF_OK : hf_file_writer_write(&writer->file, zeros, HF_FORMAT_ALIGNMENT - past, writer->error);
}

static enum hf_status begin_section(struct writer *writer, uint32_t id, enum hf_encoding encoding,
                                    uint64_t raw_bytes) {
    enum hf_status status = pad(writer);
    writer->table[writer->num_sections] = (struct hf_format_section){
        .id = id, .encoding = (uint16_t)encoding, .offset = writer->file.num_bytes, .raw_bytes = raw_bytes};
    XXH3_64bits_reset(writer->hash);
    return status == HF_OK ? report(writer) : status;
}

static void end_section(struct writer *writer) {
    struct hf_format_section *section = &writer->table[writer->num_sections++];
    section->checksum = XXH3_64bits_digest(writer->hash);
    writer->raw_done += section->raw_bytes;
}

static enum hf_status write_plain(struct writer *writer, uint32_t id, const void *bytes, size_t num_bytes) {
    enum hf_status status = begin_section(writer, id, HF_ENCODING_PLAIN, num_bytes);
    if (status == HF_OK)
        status = store(writer, bytes, num_bytes);
    end_section(writer);
    return status;
}

static enum hf_status write_packed(struct writer *writer, uint32_t id, enum hf_column_id column,
                                   enum hf_encoding encoding, size_t num_bytes) {
    enum hf_status status = begin_section(writer, id, encoding, num_bytes);
    if (status != HF_OK)
        return status;
    hf_codec_encode(writer->codec, writer->snapshot, column, encoding, &writer->pack);
    hf_pack_flush(&writer->pack, true);
    end_section(writer);
    return writer->pack.status == HF_ERR_NOMEM ? hf_fail_nomem(writer->error) : writer->pack.status;
}

static bool is_left_out(const struct writer *writer, enum hf_column_id column) {
    return hf_column_is_optional(column) && writer->snapshot->columns[column].count == 0;
}

static enum hf_status write_column(struct writer *writer, enum hf_column_id column, uint32_t id,
                                   enum hf_encoding encoding) {
    size_t num_bytes = writer->snapshot->columns[column].count * hf_column_element_bytes[column];
    if (is_left_out(writer, column))
        return HF_OK;
    if (writer->options.plain)
        return write_plain(writer, id, writer->snapshot->columns[column].data, num_bytes);
    return write_packed(writer, id, column, encoding, num_bytes);
}

static enum hf_status write_origin(struct writer *writer) {
    const struct hf_snapshot *snapshot = writer->snapshot;
    const struct hf_origin *origin = &snapshot->origin;
    struct hf_format_origin out = {
        .python = snapshot->origin_python,
        .method = snapshot->origin_method,
        .program = snapshot->origin_program,
        .platform = snapshot->origin_platform,
        .pid = origin->pid,
        .flags = (origin->has_previews ? HF_FORMAT_ORIGIN_PREVIEWS : 0) |
                 (origin->has_contents ? HF_FORMAT_ORIGIN_CONTENTS : 0) |
                 (origin->has_extents ? HF_FORMAT_ORIGIN_EXTENTS : 0),
        .taken_at_ns = origin->taken_at_ns,
        .pause_ns = origin->pause_ns,
        .cpu_ns = origin->cpu_ns,
        .resident_bytes = origin->resident_bytes,
        .capture_bytes = origin->capture_bytes,
        .num_checked = origin->num_checked,
        .num_exact = origin->num_exact,
    };
    return write_plain(writer, HF_FORMAT_ORIGIN_ID, &out, sizeof out);
}

static enum hf_status write_columns(struct writer *writer) {
    static const struct {
        enum hf_column_id column;
        uint32_t id;
        enum hf_encoding encoding;
    } order[HF_NUM_COLUMNS] = {
#define X(field, id, encoding) {HF_COLUMN_##field, id, HF_ENCODING_##encoding},
        HF_FORMAT_COLUMNS(X)
#undef X
    };
    enum hf_status status = HF_OK;
    for (size_t i = 0; status == HF_OK && i < HF_NUM_COLUMNS; i++)
        status = write_column(writer, order[i].column, order[i].id, order[i].encoding);
    return status;
}

/* Step 3. The first step left exactly this much room. */
static enum hf_status write_head(struct writer *writer) {
    struct hf_format_header header = {
        .magic = HF_FORMAT_MAGIC, /* without its NUL */
        .major = HF_FORMAT_MAJOR,
        .minor = is_left_out(writer, HF_COLUMN_sites) ? HF_FORMAT_MINOR : HF_FORMAT_MINOR_SITES,
        .num_sections = writer->num_sections,
        .file_bytes = writer->file.num_bytes,
        .table_checksum = XXH3_64bits(writer->table, writer->num_sections * sizeof *writer->table),
    };
    header.header_checksum = XXH3_64bits(&header, offsetof(struct hf_format_header, header_checksum));
    enum hf_status status = hf_file_writer_write_at(&writer->file, 0, &header, sizeof header, writer->error);
    if (status == HF_OK)
        status = hf_file_writer_write_at(&writer->file, sizeof header, writer->table,
                                         writer->num_sections * sizeof *writer->table, writer->error);
    return status;
}

static enum hf_status write_all(struct writer *writer) {
    static const uint8_t zeros[sizeof(struct hf_format_header) + sizeof writer->table];
    size_t head_bytes = sizeof(struct hf_format_header) + writer->num_all_sections * sizeof *writer->table;
    enum hf_status status = hf_file_writer_write(&writer->file, zeros, head_bytes, writer->error);
    if (status == HF_OK)
        status = write_origin(writer);
    if (status == HF_OK)
        status = write_columns(writer);
    if (status == HF_OK)
        status = write_head(writer);
    return status;
}

static enum hf_status prepare(struct writer *writer) {
    int level = writer->options.compression_level;
    writer->num_all_sections = 1;
    for (int i = 0; i < HF_NUM_COLUMNS; i++) {
        writer->raw_total += writer->snapshot->columns[i].count * hf_column_element_bytes[i];
        writer->num_all_sections += !is_left_out(writer, (enum hf_column_id)i);
    }
    writer->raw_total += sizeof(struct hf_format_origin);
    writer->hash = XXH3_createState();
    writer->codec = hf_alloc(1, sizeof *writer->codec);
    writer->pack.write = store;
    writer->pack.context = writer;
    bool ready = writer->hash != NULL && writer->codec != NULL &&
                 hf_pack_init(&writer->pack, level != 0 ? level : DEFAULT_LEVEL);
    return ready ? HF_OK : hf_fail_nomem(writer->error);
}

static enum hf_status save(struct writer *writer, const char *path) {
    enum hf_status status = prepare(writer);
    if (status == HF_OK)
        status = hf_file_writer_begin(&writer->file, path, 0600, writer->error);
    if (status == HF_OK)
        status = write_all(writer);
    if (status == HF_OK)
        status = hf_file_writer_commit(&writer->file, writer->error);
    hf_file_writer_abort(&writer->file);
    hf_pack_deinit(&writer->pack);
    hf_free(writer->codec);
    XXH3_freeState(writer->hash);
    return status;
}

/* Saves a copy of the snapshot's head that points to the same columns but for the values. */
static enum hf_status save_without_previews(struct writer *writer, const char *path) {
    struct hf_snapshot view = *writer->snapshot;
    struct hf_column *index = &view.columns[HF_COLUMN_preview_index];
    struct hf_column *previews = &view.columns[HF_COLUMN_previews];
    enum hf_status status = hf_filter_previews(writer->snapshot, index, previews, writer->error);
    view.origin.has_previews = view.origin.has_contents = false;
    view.columns[HF_COLUMN_contents] = (struct hf_column){0};
    writer->snapshot = &view;
    if (status == HF_OK)
        status = save(writer, path);
    hf_region_deinit(&index->region);
    hf_region_deinit(&previews->region);
    return status;
}

static enum hf_status read_options(struct hf_save_options *out, const struct hf_save_options *options,
                                   struct hf_error *error) {
    if (!hf_options_copy(out, sizeof *out, options))
        return hf_fail(error, HF_ERR_ARGUMENT, "struct_size of the save options is not set");
    return hf_pack_check_level(out->compression_level, error);
}

enum hf_status hf_snapshot_check_save(const char *path, const struct hf_save_options *options,
                                      struct hf_error *error) {
    struct hf_save_options copy = {0};
    struct hf_file_writer file;
    enum hf_status status = read_options(&copy, options, error);
    if (status == HF_OK)
        status = hf_file_writer_begin(&file, path, 0600, error);
    if (status == HF_OK)
        hf_file_writer_abort(&file);
    return status;
}

enum hf_status hf_snapshot_save(const struct hf_snapshot *snapshot, const char *path,
                                const struct hf_save_options *options, struct hf_error *error) {
    struct writer *writer = hf_alloc(1, sizeof *writer);
    if (writer == NULL)
        return hf_fail_nomem(error);
    writer->snapshot = snapshot;
    writer->error = error;
    enum hf_status status = read_options(&writer->options, options, error);
    if (status == HF_OK)
        status = writer->options.without_previews ? save_without_previews(writer, path) : save(writer, path);
    hf_free(writer);
    return status;
}
