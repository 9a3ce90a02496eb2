/*
 * text.h - a growing text. Errors stick: after a failed allocation appends do nothing, and the end of the work
 * (hf_text_take) reports it once.
 */
#ifndef HF_BASE_TEXT_H
#define HF_BASE_TEXT_H

#include <holdfast/holdfast.h>

struct hf_text {
    char *data;              /* NUL-terminated once anything was appended */
    size_t length;
    size_t capacity;
    bool failed;
};
#define HF_TEXT_INIT {NULL, 0, 0, false}

void hf_text_add(struct hf_text *text, const char *s);
void hf_text_add_bytes(struct hf_text *text, const char *bytes, size_t length);
void hf_text_add_char(struct hf_text *text, char c);
HF_PRINTF(2, 3) void hf_text_addf(struct hf_text *text, const char *format, ...);
/* 1234567 as "1,234,567". */
void hf_text_add_count(struct hf_text *text, uint64_t count);
void hf_text_add_int(struct hf_text *text, int64_t number);
/* "56 B", "4.5 MiB". */
void hf_text_add_size(struct hf_text *text, uint64_t bytes);
/* "46.4 %"; 100 and 0 only where that is exact, "<0.1 %" for less, "-" of nothing. */
void hf_text_add_share(struct hf_text *text, uint64_t part, uint64_t whole);
/* Python's repr of a str given as UTF-8, quotes chosen as Python does; a surrogate (WTF-8) comes out as \udXXX. */
void hf_text_add_repr(struct hf_text *text, const char *utf8, size_t length);
/* Shortens to `length`. */
void hf_text_cut(struct hf_text *text, size_t length);
/* Hands the text over (never NULL on success; the caller hf_free()s it), or NULL when an append had failed. */
char *hf_text_take(struct hf_text *text);
void hf_text_deinit(struct hf_text *text);

/* Copies `text` snprintf-like into buffer[size] and gives its length. */
size_t hf_print_copy(char *buffer, size_t size, const char *text, size_t length);

#endif
