/*
 * steps.c - cuts "shop.cache.CACHE._shards[7]['a]b']" into a start and steps. A bracket ends at its own closing
 * bracket; brackets inside quotes are text.
 */
#include "analysis/reference/steps.h"

#include <stdlib.h>
#include <string.h>

static bool is_name_char(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || (c & 0x80) != 0;
}

static size_t name_length(const char *text) {
    size_t length = 0;
    while (is_name_char(text[length]))
        length++;
    return length;
}

/* Names with dots between them. */
static size_t names_length(const char *text) {
    size_t length = name_length(text);
    while (length > 0 && text[length] == '.' && name_length(text + length + 1) > 0)
        length += 1 + name_length(text + length + 1);
    return length;
}

static bool read_number(const char *digits, int base, struct hf_start *out) {
    size_t length = strspn(digits, base == 16 ? "0123456789abcdefABCDEF" : "0123456789");
    if (length == 0 || length > (base == 16 ? 16 : 10))
        return false;
    char *end;
    out->kind = base == 16 ? HF_START_ADDR : HF_START_NODE;
    out->number = strtoull(digits, &end, base);
    out->rest = end;
    return true;
}

/* The text behind the quoted one at `text`, or NULL. */
static const char *skip_quoted(const char *text) {
    char quote = *text++;
    while (*text != '\0' && *text != quote)
        text += *text == '\\' && text[1] != '\0' ? 2 : 1;
    return *text == quote ? text + 1 : NULL;
}

/* sys.modules['shop'] */
static bool read_module(const char *text, struct hf_start *out) {
    static const char head[] = "sys.modules[";
    const char *quoted = text + sizeof head - 1;
    if (strncmp(text, head, sizeof head - 1) != 0 || (*quoted != '\'' && *quoted != '"'))
        return false;
    const char *end = skip_quoted(quoted);
    if (end == NULL || *end != ']')
        return false;
    *out = (struct hf_start){.kind = HF_START_MODULE, .name = quoted + 1, .length = (size_t)(end - quoted) - 2,
                             .rest = end + 1};
    return true;
}

bool hf_start_read(const char *text, struct hf_start *out) {
    *out = (struct hf_start){0};
    if (text[0] == '#')
        return read_number(text + 1, 10, out);
    if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X'))
        return read_number(text + 2, 16, out);
    if (read_module(text, out))
        return true;
    *out = (struct hf_start){.kind = HF_START_NAMES, .name = text, .length = names_length(text), .rest = text};
    return out->length > 0;
}

/* The text behind the bracket at `text`, or NULL. */
static const char *skip_bracket(const char *text) {
    size_t depth = 0;
    while (text != NULL && *text != '\0') {
        if (*text == '\'' || *text == '"') {
            text = skip_quoted(text);
            continue;
        }
        depth += *text == '[' || *text == '(';
        depth -= *text == ']' || *text == ')';
        text++;
        if (depth == 0)
            return text;
    }
    return NULL;
}

static const char *skip_step(const char *text) {
    static const char local[] = " local ";
    switch (*text) {
    case '.': return name_length(text + 1) > 0 ? text + 1 + name_length(text + 1) : NULL;
    case '[': return skip_bracket(text);
    case '<': return strchr(text, '>') != NULL ? strchr(text, '>') + 1 : NULL;
    case ' ':
        if (strncmp(text, local, sizeof local - 1) != 0)
            return NULL;
        text += sizeof local - 1;
        return *text == '\'' ? skip_quoted(text) : name_length(text) > 0 ? text + name_length(text) : NULL;
    default: return NULL;
    }
}

bool hf_written_step_read(const char **text, struct hf_written_step *out) {
    const char *end = skip_step(*text);
    if (end == NULL)
        return false;
    *out = (struct hf_written_step){*text, (size_t)(end - *text)};
    *text = end;
    return true;
}
