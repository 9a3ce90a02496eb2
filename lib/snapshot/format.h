/*
 * format.h - the bytes of a snapshot file, format 1, minor versions 0 to 2. All integers are little endian.
 *
 *   +--------+---------+-----------+-----------+--      --+-----------+
 *   | header |  table  | section 0 | section 1 |   ...    | section n |
 *   +--------+---------+-----------+-----------+--      --+-----------+
 *   0        64        multiples of 64, the gaps are zero             file size
 *
 * HEADER, 64 bytes
 *   offset  size
 *        0     8   magic: 89 'H' 'F' 'S' 0D 0A 1A 0A. As in PNG, the bytes show a transfer that was not binary
 *        8     2   major version, 1. Another one: the rest may mean anything
 *       10     2   minor version. All of one major version are read alike; it tells what a file may have:
 *                    0   sections 1 to 19. Roots have no flags, and those of kind OUTSIDE no names
 *                    1   also the sections 22 to 24
 *                    2   also the sections 20 and 21, which such a file does have
 *                    a higher one: more sections, and a longer origin, than are known here
 *       12     4   number of sections
 *       16     8   size of the file
 *       24     8   XXH3-64 of the table
 *       32    24   zero; later minor versions may use them
 *       56     8   XXH3-64 of the bytes 0 to 55
 *
 * TABLE, 48 bytes for each section, in the order in which the sections lie in the file
 *        0     4   id, see below
 *        4     2   encoding, see below
 *        6     2   zero
 *        8     8   offset in the file
 *       16     8   stored bytes
 *       24     8   raw bytes: those of the column in memory
 *       32     8   XXH3-64 of the stored bytes
 *       40     8   zero
 *
 * SECTIONS. Each column of snapshot.h is one section, whose raw bytes are the column as it is in memory (snapshot.h has
 * the records; they have no padding but fields that are zero). 1 to 19 are there, if only with no bytes; 20 to 24 are
 * left out when they have none. Unknown ids are skipped.
 *
 *     id  column           encoding when compressed          why
 *      1  origin           0 stored                          small
 *      2  chunk_base       2 differences                     ascending
 *      3  node_key         2 differences                     neighbours are a few granules apart
 *      4  node_type        4 varints                         most types have a low number
 *      5  node_size        5 difference to the last          objects of a type have a size
 *      6  node_refcount    4 varints
 *      7  node_flags       5 difference to the last          ... and flags
 *      8  row              3 lengths
 *      9  edge_name        6 names
 *     10  edge_target      7 targets
 *     11  big_sizes        1 bytes
 *     12  types            1 bytes
 *     13  names            1 bytes
 *     14  roots            1 bytes
 *     15  threads          1 bytes
 *     16  frames           1 bytes
 *     17  preview_index    8 index
 *     18  previews         1 bytes
 *     19  strings          1 bytes
 *     20  node_site        5 difference to the last          objects of a type are made at few places
 *     21  sites            1 bytes
 *     22  contents         8 index
 *     23  views            1 bytes
 *     24  rooms            1 bytes
 *
 * ENCODINGS. Encoding 0 is the raw bytes, so that a column is used where it lies in a mapped file. All others are one
 * zstd frame, of a stream of varints (base/varint.h) except for encoding 1:
 *      1  bytes         the raw bytes
 *      2  differences   of ascending numbers: the first one, then each one less the one before
 *      3  lengths       of the rows: row[i + 1] - row[i]
 *      4  varints       the numbers
 *      5  last          zigzag of the number less the last one of a node of the same type (at first 0)
 *      6  names         for each edge: 0 if the name is the predicted one, else the name + 1. Predicted is what last
 *                       followed the same name (at the start of a row: none) in a row of the same type
 *      7  targets       for each edge: zigzag of the target less the last one of an edge with the same name and type of
 *                       source (at first 0)
 *      8  index         ascending nodes as 2, then for each the zigzag of its second number less the one before
 * What "the last time" was is kept in tables of 65,536 slots, in which different types and names may share a slot:
 * codec.c has the functions that choose it, and they are part of the format.
 *
 * ORIGIN, 96 bytes; a later minor version may make it longer
 *        0    16   text ids of python, method, program, platform
 *       16     4   pid
 *       20     4   flags: 1: previews were kept; 2: the contents of strings were compared;
 *                 4: there are views and rooms, if there is what they tell of
 *       24    56   taken_at_ns, pause_ns, cpu_ns, resident_bytes, capture_bytes, num_checked, num_exact
 *       80    16   zero
 *
 * A file is believed when the header's and the table's checksums, every section's checksum, every decoding, and every
 * invariant of snapshot.h hold.
 */
#ifndef HF_SNAPSHOT_FORMAT_H
#define HF_SNAPSHOT_FORMAT_H

#include "snapshot/snapshot.h"

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "columns are read and written as they are in memory: little endian"
#endif

#define HF_FORMAT_MAGIC "\x89HFS\r\n\x1a\n"
#define HF_FORMAT_MAJOR 1
#define HF_FORMAT_MINOR 1
#define HF_FORMAT_MINOR_SITES 2
#define HF_FORMAT_ALIGNMENT 64
#define HF_FORMAT_MAX_SECTIONS 1024

enum hf_encoding {
    HF_ENCODING_PLAIN = 0,
    HF_ENCODING_BYTES = 1,
    HF_ENCODING_DIFFERENCES = 2,
    HF_ENCODING_LENGTHS = 3,
    HF_ENCODING_VARINTS = 4,
    HF_ENCODING_LAST = 5,
    HF_ENCODING_NAMES = 6,
    HF_ENCODING_TARGETS = 7,
    HF_ENCODING_INDEX = 8,
};

struct hf_format_header {
    uint8_t magic[8];
    uint16_t major, minor;
    uint32_t num_sections;
    uint64_t file_bytes;
    uint64_t table_checksum;
    uint64_t reserved[3];
    uint64_t header_checksum;
};

struct hf_format_section {
    uint32_t id;
    uint16_t encoding;
    uint16_t reserved;
    uint64_t offset;
    uint64_t stored_bytes;
    uint64_t raw_bytes;
    uint64_t checksum;
    uint64_t reserved_too;
};

struct hf_format_origin {
    uint32_t python, method, program, platform;
    uint32_t pid;
    uint32_t flags;
    uint64_t taken_at_ns, pause_ns, cpu_ns, resident_bytes, capture_bytes, num_checked, num_exact;
    uint64_t reserved[2];
};

#define HF_FORMAT_ORIGIN_PREVIEWS 1u
#define HF_FORMAT_ORIGIN_CONTENTS 2u
#define HF_FORMAT_ORIGIN_EXTENTS 4u
#define HF_FORMAT_ORIGIN_ID 1u
#define HF_FORMAT_NUM_SECTIONS (HF_NUM_COLUMNS + 1)

_Static_assert(sizeof(struct hf_format_header) == 64, "the header as described above");
_Static_assert(sizeof(struct hf_format_section) == 48, "the table as described above");
_Static_assert(sizeof(struct hf_format_origin) == 96, "the origin as described above");

/* The columns in the order of the file, which is one in which they can be decoded: X(column, id, encoding). */
#define HF_FORMAT_COLUMNS(X)          \
    X(chunk_base, 2, DIFFERENCES)     \
    X(node_key, 3, DIFFERENCES)       \
    X(node_type, 4, VARINTS)          \
    X(node_size, 5, LAST)             \
    X(node_refcount, 6, VARINTS)      \
    X(node_flags, 7, LAST)            \
    X(row, 8, LENGTHS)                \
    X(edge_name, 9, NAMES)            \
    X(edge_target, 10, TARGETS)       \
    X(big_sizes, 11, BYTES)           \
    X(types, 12, BYTES)               \
    X(names, 13, BYTES)               \
    X(roots, 14, BYTES)               \
    X(threads, 15, BYTES)             \
    X(frames, 16, BYTES)              \
    X(preview_index, 17, INDEX)       \
    X(previews, 18, BYTES)            \
    X(strings, 19, BYTES)             \
    X(node_site, 20, LAST)            \
    X(sites, 21, BYTES)               \
    X(contents, 22, INDEX)            \
    X(views, 23, BYTES)               \
    X(rooms, 24, BYTES)

#endif
