/*
 * stream.h - varints and bytes through zstd, in bounded memory: a section is packed and unpacked without its whole
 * intermediate form ever existing.
 */
#ifndef HF_SNAPSHOT_STREAM_H
#define HF_SNAPSHOT_STREAM_H

#include <zstd.h>

#include "base/varint.h"

#define HF_STREAM_BUFFER_BYTES ((size_t)128 << 10)

/* Packs. Errors stick in `status`; hf_pack_end reports them. */
struct hf_pack {
    ZSTD_CCtx *zstd;
    uint8_t *buffer;         /* what goes into zstd, and behind it what comes out */
    size_t used;
    enum hf_status status;
    enum hf_status (*write)(void *context, const void *bytes, size_t num_bytes);
    void *context;
};

/* ARGUMENT: zstd has no such level. */
HF_MUST_CHECK enum hf_status hf_pack_check_level(int level, struct hf_error *error);
/* Sets up what frames share. False: no memory; deinit is needed in any case. */
HF_MUST_CHECK bool hf_pack_init(struct hf_pack *pack, int level);
void hf_pack_deinit(struct hf_pack *pack);

/* Passes on what is buffered; `is_last` ends the frame. */
void hf_pack_flush(struct hf_pack *pack, bool is_last);
void hf_pack_put_bytes(struct hf_pack *pack, const void *bytes, size_t num_bytes);

static inline void hf_pack_put(struct hf_pack *pack, uint64_t value) {
    if (pack->used > HF_STREAM_BUFFER_BYTES - HF_VARINT_MAX_BYTES)
        hf_pack_flush(pack, false);
    pack->used = (size_t)(hf_varint_put(pack->buffer + pack->used, value) - pack->buffer);
}

/* Unpacks. `failed` sticks: what is read after it is zero. */
struct hf_unpack {
    ZSTD_DCtx *zstd;
    ZSTD_inBuffer input;
    uint8_t *buffer;
    const uint8_t *at, *end;
    bool is_drained;         /* the frame has ended; what is left lies in the buffer */
    bool failed;             /* damaged, or shorter than what was read from it */
};

HF_MUST_CHECK bool hf_unpack_init(struct hf_unpack *unpack);
void hf_unpack_deinit(struct hf_unpack *unpack);

/* Starts with the frame in `bytes`, which must hold it and nothing else. */
void hf_unpack_start(struct hf_unpack *unpack, const void *bytes, size_t num_bytes);
/* Gets more bytes behind those that are left, as far as there are any. */
void hf_unpack_refill(struct hf_unpack *unpack);
void hf_unpack_get_bytes(struct hf_unpack *unpack, void *out, size_t num_bytes);
/* Whether all went well and nothing is left. */
bool hf_unpack_is_complete(struct hf_unpack *unpack);

static inline uint64_t hf_unpack_get(struct hf_unpack *unpack) {
    if (unpack->end - unpack->at < HF_VARINT_MAX_BYTES && !unpack->is_drained)
        hf_unpack_refill(unpack);
    uint64_t value = 0;
    const uint8_t *next = hf_varint_get(unpack->at, unpack->end, &value);
    if (__builtin_expect(next == NULL, 0)) {
        unpack->failed = true;
        return 0;
    }
    unpack->at = next;
    return value;
}

#endif
