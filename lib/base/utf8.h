/* utf8.h - characters of UTF-8 and of WTF-8, which is UTF-8 that may hold surrogates, as a Python str may. */
#ifndef HF_BASE_UTF8_H
#define HF_BASE_UTF8_H

#include <holdfast/holdfast.h>

#define HF_UTF8_MAX_BYTES 4      /* of a character */

/* Decodes the first character into *out and gives its length in bytes, or 0 if the bytes are not WTF-8. */
size_t hf_utf8_decode(const char *bytes, size_t length, uint32_t *out);

/* False for what Python's repr escapes: controls, formats, separators but the blank, surrogates, private use. */
bool hf_utf8_is_printable(uint32_t c);

/* The length in bytes of the first `max_chars` characters; a byte that is not WTF-8 counts as a character. */
size_t hf_utf8_prefix(const char *bytes, size_t length, size_t max_chars);

#endif
