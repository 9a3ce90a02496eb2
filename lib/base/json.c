/*
 * json.c - writes JSON.
 *
 *   depth       0   1   2
 *   has_items   1   1   0      before an item: a comma if the bit of its depth is set, then the bit is set
 *
 * The text is ASCII but for valid UTF-8, and is the same for the same values: keys come in the order of the calls.
 */
#include "base/json.h"

#include <string.h>

#include "base/utf8.h"

static void break_line(struct hf_json *json) {
    hf_text_add_char(&json->text, '\n');
    for (unsigned i = 0; i < json->depth; i++)
        hf_text_add(&json->text, "  ");
}

static void begin_item(struct hf_json *json) {
    if (json->after_key) {
        json->after_key = false;
        return;
    }
    if (json->depth == 0)
        return;
    uint64_t bit = UINT64_C(1) << (json->depth - 1);
    if ((json->has_items & bit) != 0)
        hf_text_add_char(&json->text, ',');
    json->has_items |= bit;
    break_line(json);
}

static void open_bracket(struct hf_json *json, char bracket) {
    begin_item(json);
    hf_text_add_char(&json->text, bracket);
    if (json->depth == HF_JSON_MAX_DEPTH) {
        json->text.failed = true;
        return;
    }
    json->has_items &= ~(UINT64_C(1) << json->depth);
    json->depth++;
}

static void close_bracket(struct hf_json *json, char bracket) {
    if (json->depth == 0) {
        json->text.failed = true;
        return;
    }
    json->depth--;
    if ((json->has_items >> json->depth & 1) != 0)
        break_line(json);
    hf_text_add_char(&json->text, bracket);
}

void hf_json_begin_object(struct hf_json *json) {
    open_bracket(json, '{');
}

void hf_json_end_object(struct hf_json *json) {
    close_bracket(json, '}');
}

void hf_json_begin_array(struct hf_json *json) {
    open_bracket(json, '[');
}

void hf_json_end_array(struct hf_json *json) {
    close_bracket(json, ']');
}

static void add_char(struct hf_text *text, uint32_t c, const char *bytes, size_t width) {
    switch (c) {
    case '"': hf_text_add(text, "\\\""); return;
    case '\\': hf_text_add(text, "\\\\"); return;
    case '\n': hf_text_add(text, "\\n"); return;
    case '\r': hf_text_add(text, "\\r"); return;
    case '\t': hf_text_add(text, "\\t"); return;
    default: break;
    }
    bool is_surrogate = c >= 0xD800 && c < 0xE000;
    if (c < 0x20 || c == 0x7F || is_surrogate)
        hf_text_addf(text, "\\u%04x", c);
    else
        hf_text_add_bytes(text, bytes, width);
}

static void add_quoted(struct hf_text *text, const char *utf8) {
    size_t length = strlen(utf8);
    hf_text_add_char(text, '"');
    for (size_t at = 0; at < length;) {
        uint32_t c;
        size_t width = hf_utf8_decode(utf8 + at, length - at, &c);
        if (width == 0) {
            c = 0xDC00 | (uint8_t)utf8[at];
            width = 1;
        }
        add_char(text, c, utf8 + at, width);
        at += width;
    }
    hf_text_add_char(text, '"');
}

void hf_json_key(struct hf_json *json, const char *key) {
    begin_item(json);
    add_quoted(&json->text, key);
    hf_text_add(&json->text, ": ");
    json->after_key = true;
}

void hf_json_string(struct hf_json *json, const char *utf8) {
    begin_item(json);
    add_quoted(&json->text, utf8);
}

void hf_json_uint(struct hf_json *json, uint64_t value) {
    begin_item(json);
    hf_text_addf(&json->text, "%llu", (unsigned long long)value);
}

void hf_json_int(struct hf_json *json, int64_t value) {
    begin_item(json);
    hf_text_addf(&json->text, "%lld", (long long)value);
}

void hf_json_bool(struct hf_json *json, bool value) {
    begin_item(json);
    hf_text_add(&json->text, value ? "true" : "false");
}

void hf_json_null(struct hf_json *json) {
    begin_item(json);
    hf_text_add(&json->text, "null");
}

void hf_json_addr(struct hf_json *json, uint64_t addr) {
    begin_item(json);
    hf_text_addf(&json->text, "\"0x%llx\"", (unsigned long long)addr);
}

void hf_json_put_string(struct hf_json *json, const char *key, const char *utf8) {
    hf_json_key(json, key);
    hf_json_string(json, utf8);
}

void hf_json_put_uint(struct hf_json *json, const char *key, uint64_t value) {
    hf_json_key(json, key);
    hf_json_uint(json, value);
}

void hf_json_put_int(struct hf_json *json, const char *key, int64_t value) {
    hf_json_key(json, key);
    hf_json_int(json, value);
}

void hf_json_put_bool(struct hf_json *json, const char *key, bool value) {
    hf_json_key(json, key);
    hf_json_bool(json, value);
}

void hf_json_put_addr(struct hf_json *json, const char *key, uint64_t addr) {
    hf_json_key(json, key);
    hf_json_addr(json, addr);
}

char *hf_json_take(struct hf_json *json) {
    hf_text_add_char(&json->text, '\n');
    return hf_text_take(&json->text);
}
