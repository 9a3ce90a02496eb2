/*
 * filter.c - leaves out the values of strings, numbers and bytes that no dict has as a key.
 *
 *   edges     ... KEY -> 3 ...            is_key   [ 0 0 0 1 0 ... ]   a bit for each node
 *   index     [ 3 at 0 | 9 at 14 ]   ->   [ 3 at 0 ]
 *   previews  [ 'k' ... | secret ]   ->   [ 'k' ... ]
 *
 * Values are copied, not pointed to: what is left out must not be in the file.
 */
#include "snapshot/filter.h"

#include <string.h>

#include "base/error.h"
#include "snapshot/preview.h"

static uint64_t *find_keys(const struct hf_snapshot *snapshot) {
    uint64_t *is_key = hf_alloc((size_t)snapshot->num_nodes / 64 + 1, sizeof *is_key);
    if (is_key == NULL)
        return NULL;
    const uint16_t *name = hf_col_edge_name(snapshot);
    const uint32_t *target = hf_col_edge_target(snapshot);
    for (uint32_t i = 0; i < snapshot->num_edges; i++)
        if (hf_col_names(snapshot)[name[i]].kind == HF_NAME_KEY)
            is_key[target[i] / 64] |= UINT64_C(1) << target[i] % 64;
    return is_key;
}

static void copy_kept(const struct hf_snapshot *snapshot, const uint64_t *is_key, struct hf_region *index,
                      struct hf_region *previews) {
    const struct hf_preview_record *record = hf_col_preview_index(snapshot);
    const uint8_t *start = hf_col_previews(snapshot), *end = start + hf_num_previews(snapshot);
    for (size_t i = 0; i < hf_num_preview_index(snapshot); i++) {
        uint32_t node = record[i].node;
        const uint8_t *after = hf_preview_skip(start + record[i].at, end);
        if (after == NULL || (is_key[node / 64] >> node % 64 & 1) == 0)
            continue;
        size_t length = (size_t)(after - start - record[i].at);
        if (length > previews->capacity_bytes - previews->used_bytes)
            return; /* two values share bytes: only a crafted file gets here */
        struct hf_preview_record kept = {node, (uint32_t)previews->used_bytes};
        memcpy(index->data + index->used_bytes, &kept, sizeof kept);
        memcpy(previews->data + previews->used_bytes, start + record[i].at, length);
        index->used_bytes += sizeof kept;
        previews->used_bytes += length;
    }
}

enum hf_status hf_filter_previews(const struct hf_snapshot *snapshot, struct hf_column *index,
                                  struct hf_column *previews, struct hf_error *error) {
    *index = *previews = (struct hf_column){0};
    uint64_t *is_key = find_keys(snapshot);
    if (is_key == NULL ||
        !hf_region_reserve(&index->region, hf_num_preview_index(snapshot) * sizeof(struct hf_preview_record)) ||
        !hf_region_reserve(&previews->region, hf_num_previews(snapshot))) {
        hf_free(is_key);
        return hf_fail_nomem(error);
    }
    copy_kept(snapshot, is_key, &index->region, &previews->region);
    hf_free(is_key);
    index->data = index->region.data;
    index->count = index->region.used_bytes / sizeof(struct hf_preview_record);
    previews->data = previews->region.data;
    previews->count = previews->region.used_bytes;
    return HF_OK;
}
