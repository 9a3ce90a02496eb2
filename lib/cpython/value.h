/* value.h - short previews of the values of str, bytes, int, float, complex and bool objects. */
#ifndef HF_CPYTHON_VALUE_H
#define HF_CPYTHON_VALUE_H

#include "cpython/decoder.h"

/* A preview needs at most this many bytes beside its characters. */
#define HF_VALUE_OVERHEAD 32

/* True for kinds that have a preview. */
static inline bool hf_value_has_preview(enum hf_kind kind) {
    return kind >= HF_KIND_STR && kind <= HF_KIND_COMPLEX;
}

/* The value of an int that has at most 63 bits, negative ones as two's complement. False: it has more, or is no int. */
bool hf_int_read(struct hf_decoder *decoder, uint64_t addr, uint64_t *value);

/*
 * Writes the preview of the object in the encoding of lib/snapshot/snapshot.h (struct hf_preview_record): at most
 * max_chars characters or bytes of text. out[size] holds at least 4 * max_chars + HF_VALUE_OVERHEAD bytes. Gives its
 * length, 0 when there is none; *is_cut tells that characters were left out.
 */
size_t hf_value_preview(struct hf_decoder *decoder, enum hf_kind kind, uint64_t addr, size_t max_chars, uint8_t *out,
                        size_t size, bool *is_cut);

#endif
