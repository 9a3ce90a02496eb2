/* unicode.h - str objects as UTF-8. Lone surrogates come out in the same way (WTF-8). */
#ifndef HF_CPYTHON_UNICODE_H
#define HF_CPYTHON_UNICODE_H

#include "cpython/layout.h"
#include "memory/memory.h"

/* The characters of a str: `kind` bytes each, in the target at `data`. */
struct hf_str {
    uint64_t data;
    uint64_t length;         /* in characters */
    uint8_t kind;            /* 1, 2 or 4 bytes a character */
    bool ascii;
    bool compact;            /* the data follow the object */
};

/* False when the object is not a readable, ready str. */
bool hf_str_read(struct hf_memory *memory, const struct hf_layout *layout, uint64_t addr, struct hf_str *out);

/*
 * Writes at most `max_chars` characters, and no more than fit in buffer[size], as UTF-8. Gives the number of bytes and
 * in *num_chars the number of characters written. Nothing is terminated.
 */
size_t hf_str_to_utf8(struct hf_memory *memory, const struct hf_str *str, uint64_t max_chars, char *buffer,
                      size_t size, uint64_t *num_chars);

#endif
