/* options.h - reading a caller's options struct, which may be older (shorter) or newer (longer) than the library's. */
#ifndef HF_BASE_OPTIONS_H
#define HF_BASE_OPTIONS_H

#include <string.h>

#include <holdfast/holdfast.h>

/*
 * Copies what both know into *out, which the caller has zeroed: fields that an older caller does not have keep their
 * zero. `options` NULL stands for all zeros. False if struct_size, the first field, was not set.
 */
static inline bool hf_options_copy(void *out, size_t out_size, const void *options) {
    if (options == NULL)
        return true;
    uint32_t struct_size;
    memcpy(&struct_size, options, sizeof struct_size);
    if (struct_size < sizeof struct_size)
        return false;
    memcpy(out, options, struct_size < out_size ? struct_size : out_size);
    return true;
}

#endif
