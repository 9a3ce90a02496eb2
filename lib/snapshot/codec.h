/* codec.h - the encodings of format.h: a column as a stream, and back. */
#ifndef HF_SNAPSHOT_CODEC_H
#define HF_SNAPSHOT_CODEC_H

#include "snapshot/format.h"
#include "snapshot/stream.h"

/* Tables of what came last. 384 KiB: on the heap. */
struct hf_codec {
    uint32_t last[65536];
    uint16_t follower[65536];
};

/* Puts a column into the stream. The snapshot is valid. */
void hf_codec_encode(struct hf_codec *codec, const struct hf_snapshot *snapshot, enum hf_column_id id,
                     enum hf_encoding encoding, struct hf_pack *pack);

/*
 * Fills column.region, whose size is set, from the stream. The columns before it in HF_FORMAT_COLUMNS are in place,
 * column lengths fit each other, and for NAMES and TARGETS `row` is valid. False if the encoding is unknown, cannot
 * stand for this column, or the stream does not fit; what is in the column then means nothing.
 */
HF_MUST_CHECK bool hf_codec_decode(struct hf_codec *codec, struct hf_snapshot *snapshot, enum hf_column_id id,
                                   enum hf_encoding encoding, struct hf_unpack *unpack);

#endif
