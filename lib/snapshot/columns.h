/* columns.h - what the makers of snapshots (builder, reader) know about columns and nobody else needs. */
#ifndef HF_SNAPSHOT_COLUMNS_H
#define HF_SNAPSHOT_COLUMNS_H

#include "snapshot/snapshot.h"

extern const size_t hf_column_element_bytes[HF_NUM_COLUMNS];
extern const char *const hf_column_names[HF_NUM_COLUMNS];

/* A column that a file has only when there is something in it. */
static inline bool hf_column_is_optional(enum hf_column_id id) {
    return id == HF_COLUMN_node_site || id == HF_COLUMN_sites || id == HF_COLUMN_contents ||
           id == HF_COLUMN_views || id == HF_COLUMN_rooms;
}

/* The chunk an address lies in: its MiB, and 8 more for an object at 8 mod 16. */
static inline uint64_t hf_chunk_base_of(uint64_t addr) {
    return (addr & ~(HF_CHUNK_BYTES - 1)) | (addr & 8);
}

/* Takes the counts and the origin's texts from the columns, once they are in place. hf_snapshot_seal does it too. */
void hf_snapshot_settle(struct hf_snapshot *snapshot);

/* The part of hf_snapshot_validate that needs nothing but the counts, and the one that looks at `row`. */
HF_MUST_CHECK enum hf_status hf_snapshot_check_lengths(const struct hf_snapshot *snapshot, struct hf_error *error);
HF_MUST_CHECK enum hf_status hf_snapshot_check_rows(const struct hf_snapshot *snapshot, struct hf_error *error);

/* Whether a text lies in `strings` with its length and its NUL. */
bool hf_snapshot_has_text(const struct hf_snapshot *snapshot, hf_text_id text);

#endif
