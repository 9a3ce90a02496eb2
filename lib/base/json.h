/*
 * json.h - writes JSON into a text. Commas, line breaks and indentation come by themselves; the caller keeps begin and
 * end in pairs, at most HF_JSON_MAX_DEPTH deep, and gives a key before each value in an object.
 */
#ifndef HF_BASE_JSON_H
#define HF_BASE_JSON_H

#include "base/text.h"

#define HF_JSON_MAX_DEPTH 64

struct hf_json {
    struct hf_text text;
    unsigned depth;
    uint64_t has_items;      /* a bit per depth: a comma is due */
    bool after_key;
};
#define HF_JSON_INIT {HF_TEXT_INIT, 0, 0, false}

void hf_json_begin_object(struct hf_json *json);
void hf_json_end_object(struct hf_json *json);
void hf_json_begin_array(struct hf_json *json);
void hf_json_end_array(struct hf_json *json);
void hf_json_key(struct hf_json *json, const char *key);
/* UTF-8; what is not valid UTF-8 is escaped: a surrogate as \udXXX, any other byte as \udcXX, as Python does. */
void hf_json_string(struct hf_json *json, const char *utf8);
void hf_json_uint(struct hf_json *json, uint64_t value);
void hf_json_int(struct hf_json *json, int64_t value);
void hf_json_bool(struct hf_json *json, bool value);
void hf_json_null(struct hf_json *json);
/* "0x7f3a5c0de010" */
void hf_json_addr(struct hf_json *json, uint64_t addr);

/* A key and its value in one. */
void hf_json_put_string(struct hf_json *json, const char *key, const char *utf8);
void hf_json_put_uint(struct hf_json *json, const char *key, uint64_t value);
void hf_json_put_int(struct hf_json *json, const char *key, int64_t value);
void hf_json_put_bool(struct hf_json *json, const char *key, bool value);
void hf_json_put_addr(struct hf_json *json, const char *key, uint64_t addr);

/* Hands the text over, with a line break at its end; NULL when memory ran out on the way. */
char *hf_json_take(struct hf_json *json);

#endif
