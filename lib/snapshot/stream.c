/*
 * stream.c - varints and bytes through zstd.
 *
 *   put --> [ buffer, first half ] --zstd--> [ second half ] --> write(context, ...)
 *
 *   mapped file --zstd--> [ ....| at ... end |....... ] --> get
 *                          read   left   room for more
 *
 * A refill moves what is left (less than one varint) to the front. The decoder's window is limited, so that a crafted
 * frame cannot ask for more memory than the largest one that zstd makes at its usual levels.
 */
#include "snapshot/stream.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"

#define MAX_WINDOW_LOG 27   /* 128 MiB: zstd's level 22 */

enum hf_status hf_pack_check_level(int level, struct hf_error *error) {
    ZSTD_bounds levels = ZSTD_cParam_getBounds(ZSTD_c_compressionLevel);
    if (level >= levels.lowerBound && level <= levels.upperBound)
        return HF_OK;
    return hf_fail(error, HF_ERR_ARGUMENT, "zstd has no compression level %d: its levels go from %d to %d", level,
                   levels.lowerBound, levels.upperBound);
}

bool hf_pack_init(struct hf_pack *pack, int level) {
    pack->zstd = ZSTD_createCCtx();
    pack->buffer = hf_alloc(HF_STREAM_BUFFER_BYTES, 2);
    return pack->zstd != NULL && pack->buffer != NULL &&
           !ZSTD_isError(ZSTD_CCtx_setParameter(pack->zstd, ZSTD_c_compressionLevel, level));
}

void hf_pack_deinit(struct hf_pack *pack) {
    ZSTD_freeCCtx(pack->zstd);
    hf_free(pack->buffer);
    pack->zstd = NULL;
    pack->buffer = NULL;
}

void hf_pack_flush(struct hf_pack *pack, bool is_last) {
    ZSTD_inBuffer input = {pack->buffer, pack->used, 0};
    ZSTD_EndDirective mode = is_last ? ZSTD_e_end : ZSTD_e_continue;
    size_t left = 1;
    pack->used = 0;
    while (pack->status == HF_OK && (is_last ? left > 0 : input.pos < input.size)) {
        ZSTD_outBuffer output = {pack->buffer + HF_STREAM_BUFFER_BYTES, HF_STREAM_BUFFER_BYTES, 0};
        left = ZSTD_compressStream2(pack->zstd, &output, &input, mode);
        if (ZSTD_isError(left)) /* with valid parameters it has no other reason */
            pack->status = HF_ERR_NOMEM;
        else if (output.pos > 0)
            pack->status = pack->write(pack->context, output.dst, output.pos);
    }
}

void hf_pack_put_bytes(struct hf_pack *pack, const void *bytes, size_t num_bytes) {
    const uint8_t *at = bytes;
    while (num_bytes > 0) {
        if (pack->used == HF_STREAM_BUFFER_BYTES)
            hf_pack_flush(pack, false);
        size_t room = HF_STREAM_BUFFER_BYTES - pack->used;
        size_t part = num_bytes < room ? num_bytes : room;
        memcpy(pack->buffer + pack->used, at, part);
        pack->used += part;
        at += part;
        num_bytes -= part;
    }
}

bool hf_unpack_init(struct hf_unpack *unpack) {
    unpack->zstd = ZSTD_createDCtx();
    unpack->buffer = hf_alloc(HF_STREAM_BUFFER_BYTES, 1);
    return unpack->zstd != NULL && unpack->buffer != NULL &&
           !ZSTD_isError(ZSTD_DCtx_setParameter(unpack->zstd, ZSTD_d_windowLogMax, MAX_WINDOW_LOG));
}

void hf_unpack_deinit(struct hf_unpack *unpack) {
    ZSTD_freeDCtx(unpack->zstd);
    hf_free(unpack->buffer);
    unpack->zstd = NULL;
    unpack->buffer = NULL;
}

void hf_unpack_start(struct hf_unpack *unpack, const void *bytes, size_t num_bytes) {
    ZSTD_DCtx_reset(unpack->zstd, ZSTD_reset_session_only);
    unpack->input = (ZSTD_inBuffer){bytes, num_bytes, 0};
    unpack->at = unpack->end = unpack->buffer;
    unpack->is_drained = false;
    unpack->failed = false;
}

void hf_unpack_refill(struct hf_unpack *unpack) {
    size_t left = (size_t)(unpack->end - unpack->at);
    memmove(unpack->buffer, unpack->at, left);
    ZSTD_outBuffer output = {unpack->buffer, HF_STREAM_BUFFER_BYTES, left};
    while (output.pos < output.size && !unpack->is_drained) {
        size_t hint = ZSTD_decompressStream(unpack->zstd, &output, &unpack->input);
        bool starved = hint != 0 && unpack->input.pos == unpack->input.size && output.pos < output.size;
        if (ZSTD_isError(hint) || starved || (hint == 0 && unpack->input.pos < unpack->input.size))
            unpack->failed = true;
        unpack->is_drained = hint == 0 || unpack->failed;
    }
    unpack->at = unpack->buffer;
    unpack->end = unpack->buffer + output.pos;
}

void hf_unpack_get_bytes(struct hf_unpack *unpack, void *out, size_t num_bytes) {
    uint8_t *to = out;
    while (num_bytes > 0) {
        if (unpack->at == unpack->end && !unpack->is_drained)
            hf_unpack_refill(unpack);
        size_t ready = (size_t)(unpack->end - unpack->at);
        size_t part = num_bytes < ready ? num_bytes : ready;
        if (part == 0) {
            unpack->failed = true;
            return;
        }
        memcpy(to, unpack->at, part);
        unpack->at += part;
        to += part;
        num_bytes -= part;
    }
}

bool hf_unpack_is_complete(struct hf_unpack *unpack) {
    if (unpack->at == unpack->end && !unpack->is_drained)
        hf_unpack_refill(unpack);
    return !unpack->failed && unpack->is_drained && unpack->at == unpack->end;
}
