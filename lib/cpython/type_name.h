/* type_name.h - the full name of a type, as repr(type) shows it. */
#ifndef HF_CPYTHON_TYPE_NAME_H
#define HF_CPYTHON_TYPE_NAME_H

#include "cpython/decoder.h"

#define HF_TYPE_NAME_BYTES 1024

/*
 * Writes "shop.cache.Cache" and "shop.cache" (for builtins "dict" and "builtins") into buffers of HF_TYPE_NAME_BYTES.
 * What cannot be read comes out as "?".
 */
void hf_type_name(struct hf_decoder *decoder, const struct hf_type_plan *plan, char *name, char *module);

/*
 * The value of a str key in the dict at `dict`, by content, without hashing or comparing in Python; 0 if there is none.
 * O(entries).
 */
uint64_t hf_dict_find_str(struct hf_decoder *decoder, uint64_t dict, const char *key);

/* Copies a str as UTF-8 with a NUL into buffer[size], cut to what fits. False when it is not a readable str. */
bool hf_str_copy(struct hf_decoder *decoder, uint64_t addr, char *buffer, size_t size);

#endif
