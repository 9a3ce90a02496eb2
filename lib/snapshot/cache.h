/*
 * cache.h - indexes that were computed from a snapshot, in a file beside it for the next process that asks.
 *
 *   shop.hfs         a snapshot
 *   shop.hfs.cache   +--------+---------+-----------+--      --+-----------+
 *                    | header |  table  | section 0 |   ...    | section n |      all integers are little endian,
 *                    +--------+---------+-----------+--      --+-----------+      sections lie at multiples of 64
 *
 * HEADER, 64 bytes
 *   offset  size
 *        0     8   magic: 89 'H' 'F' 'C' 0D 0A 1A 0A
 *        8     4   format: HF_CACHE_FORMAT
 *       12     4   number of sections
 *       16     8   size of the file
 *       24    16   checksums of the snapshot's header and of its table, which has those of all its bytes
 *       40     8   XXH3-64 of the table
 *       48     8   zero
 *       56     8   XXH3-64 of the bytes 0 to 55
 *
 * TABLE, 32 bytes for each section
 *        0     4   id, one of HF_CACHE_SECTIONS
 *        4     4   zero
 *        8     8   offset
 *       16     8   bytes
 *       24     8   XXH3-64 of the bytes
 *
 * A cache is used if it belongs to what is in the snapshot, if nobody but the user can have written it (owner and
 * mode), and if its checksums hold. Otherwise it is as good as not there, and the next index that is saved replaces it.
 * Whoever takes an index out of it makes sure that it is one, as with any file: an index for which that takes as long
 * as to compute it does not belong here.
 *
 * Nothing depends on it: it may be deleted at any time, and where it cannot be written there is none. It has no values
 * of the program in it, only numbers of nodes and edges.
 */
#ifndef HF_SNAPSHOT_CACHE_H
#define HF_SNAPSHOT_CACHE_H

#include "snapshot/snapshot.h"

/* To be raised when the meaning of a section changes, and with it the way to compute it. */
#define HF_CACHE_FORMAT 1

/* Smaller snapshots have none: every question to them takes less than a tenth of a second. */
#define HF_CACHE_MIN_NODES 500000u

/* X(name, id): all sections. */
#define HF_CACHE_SECTIONS(X)   \
    X(PLACES, 1)               \
    X(PLACES_REPEATS, 2)       \
    X(DOMINATORS_ORDER, 3)     \
    X(DOMINATORS_COUNT, 4)     \
    X(DOMINATORS_REACHED, 5)

enum hf_cache_section {
#define X(name, id) HF_CACHE_##name = id,
    HF_CACHE_SECTIONS(X)
#undef X
    HF_CACHE_NUM_IDS = 32
};

struct hf_cache;

struct hf_cache_part {
    enum hf_cache_section section;
    const void *data;
    size_t num_bytes;
};

/* The cache of the snapshot at `path`, which has these checksums; what is in the file so far is mapped. NULL: none. */
struct hf_cache *hf_cache_open(const char *path, uint64_t header_checksum, uint64_t table_checksum);
void hf_cache_destroy(struct hf_cache *cache);

/*
 * The bytes of a section, which live as long as the snapshot; NULL if the snapshot has no cache or this is not in it
 * with so many bytes. They are aligned to 64. Cost: O(bytes) for the checksum.
 */
const void *hf_cache_find(const struct hf_snapshot *snapshot, enum hf_cache_section section, size_t num_bytes);

/*
 * Writes the parts to the file with all that was in it: mode 0600, as a whole or not at all. Their bytes must live as
 * long as the snapshot. Nothing happens if there is no cache, if it cannot be written, or if it would take more than a
 * tenth of the room that is free there. Cost: O(bytes of the file).
 */
void hf_cache_save(const struct hf_snapshot *snapshot, const struct hf_cache_part *parts, size_t num_parts);

#endif
