/*
 * literal.c - writes small values the way Python's repr does.
 *
 * The shortest digits that give the same double back are found by trying 15, 16 and 17 of them: where 15 suffice, fewer
 * that suffice are the same with zeros behind them. A table-driven algorithm (Grisu, Ryu) would be faster and longer
 * than the rest of this folder; few floats are printed.
 */
#include "snapshot/literal.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "snapshot/preview.h"

#define ELLIPSIS "\xE2\x80\xA6"
#define MAX_TUPLE_ITEMS 8
#define MAX_TUPLE_DEPTH 3

static bool add_any(struct hf_text *text, const struct hf_snapshot *snapshot, hf_node_id node, size_t max_chars,
                    bool *is_whole, unsigned depth);

static void add_str(struct hf_text *text, const struct hf_preview *preview, size_t max_chars, bool *is_whole) {
    size_t kept = hf_utf8_prefix(preview->bytes, preview->num_bytes, max_chars);
    hf_text_add_repr(text, preview->bytes, kept);
    if (kept == preview->num_bytes && preview->is_whole)
        return;
    *is_whole = false;
    hf_text_cut(text, text->length - 1);
    hf_text_add(text, ELLIPSIS);
}

static void add_byte(struct hf_text *text, uint8_t byte, char quote) {
    switch (byte) {
    case '\t': hf_text_add(text, "\\t"); return;
    case '\n': hf_text_add(text, "\\n"); return;
    case '\r': hf_text_add(text, "\\r"); return;
    default: break;
    }
    if (byte < 0x20 || byte >= 0x7F) {
        hf_text_addf(text, "\\x%02x", byte);
        return;
    }
    if (byte == (uint8_t)quote || byte == '\\')
        hf_text_add_char(text, '\\');
    hf_text_add_char(text, (char)byte);
}

static void add_bytes(struct hf_text *text, const struct hf_preview *preview, size_t max_chars, bool *is_whole) {
    const char *bytes = preview->bytes;
    size_t kept = preview->num_bytes < max_chars ? preview->num_bytes : max_chars;
    bool has_single = kept > 0 && memchr(bytes, '\'', kept) != NULL;
    char quote = has_single && memchr(bytes, '"', kept) == NULL ? '"' : '\'';
    hf_text_add_char(text, 'b');
    hf_text_add_char(text, quote);
    for (size_t i = 0; i < kept; i++)
        add_byte(text, (uint8_t)bytes[i], quote);
    bool whole = kept == preview->num_bytes && preview->is_whole;
    *is_whole = *is_whole && whole;
    if (whole)
        hf_text_add_char(text, quote);
    else
        hf_text_add(text, ELLIPSIS);
}

/*
 * The fewest digits after the first one, in exponent form, that give the value back; `digits` has them and maybe zeros.
 */
static int shortest_precision(double value, char *digits, size_t size) {
    int precision = fabs(value) < DBL_MIN ? 0 : 14;     /* subnormal numbers have less than 15 digits */
    for (;; precision++) {
        snprintf(digits, size, "%.*e", precision, value);
        if (precision == 16 || strtod(digits, NULL) == value)
            break;
    }
    const char *last = strchr(digits, 'e') - 1;
    for (; precision > 0 && *last == '0'; last--)
        precision--;
    return precision;
}

/* As float.__repr__; `bare` leaves out ".0", as complex numbers do. */
static void add_float(struct hf_text *text, double value, bool bare) {
    char digits[40];
    if (isnan(value) || isinf(value)) {
        hf_text_add(text, isnan(value) ? "nan" : value < 0 ? "-inf" : "inf");
        return;
    }
    int precision = shortest_precision(value, digits, sizeof digits);
    int exponent = atoi(strchr(digits, 'e') + 1);
    if (exponent < -4 || exponent >= 16)
        hf_text_addf(text, "%.*e", precision, value);
    else if (precision > exponent)
        hf_text_addf(text, "%.*f", precision - exponent, value);
    else
        hf_text_addf(text, bare ? "%.0f" : "%.1f", value);
}

static void add_complex(struct hf_text *text, double real, double imaginary) {
    bool pure = real == 0 && !signbit(real);
    if (!pure) {
        hf_text_add_char(text, '(');
        add_float(text, real, true);
        if (!signbit(imaginary) || isnan(imaginary))
            hf_text_add_char(text, '+');
    }
    add_float(text, imaginary, true);
    hf_text_add(text, pure ? "j" : "j)");
}

static void add_preview(struct hf_text *text, const struct hf_preview *preview, size_t max_chars, bool *is_whole) {
    switch (preview->tag) {
    case HF_PREVIEW_STR:
        add_str(text, preview, max_chars, is_whole);
        break;
    case HF_PREVIEW_BYTES:
        add_bytes(text, preview, max_chars, is_whole);
        break;
    case HF_PREVIEW_BYTEARRAY:
        hf_text_add(text, "bytearray(");
        add_bytes(text, preview, max_chars, is_whole);
        hf_text_add_char(text, ')');
        break;
    case HF_PREVIEW_INT:
        hf_text_add_int(text, preview->integer);
        break;
    case HF_PREVIEW_BIG_INT:
        hf_text_addf(text, "<%sint of %llu bits>", preview->is_negative ? "negative " : "",
                     (unsigned long long)preview->num_bits);
        *is_whole = false;
        break;
    case HF_PREVIEW_FLOAT:
        add_float(text, preview->real, false);
        break;
    case HF_PREVIEW_COMPLEX:
        add_complex(text, preview->real, preview->imaginary);
        break;
    case HF_PREVIEW_TRUE:
        hf_text_add(text, "True");
        break;
    case HF_PREVIEW_FALSE:
        hf_text_add(text, "False");
        break;
    }
}

static const char *constant_of(const char *type) {
    static const char *const constants[][2] = {
        {"NoneType", "None"}, {"ellipsis", "Ellipsis"}, {"NotImplementedType", "NotImplemented"},
    };
    for (size_t i = 0; i < sizeof constants / sizeof constants[0]; i++)
        if (strcmp(type, constants[i][0]) == 0)
            return constants[i][1];
    return NULL;
}

static bool add_tuple(struct hf_text *text, const struct hf_snapshot *snapshot, hf_node_id node, size_t max_chars,
                      bool *is_whole, unsigned depth) {
    struct hf_node tuple = hf_snapshot_get_node(snapshot, node);
    uint32_t num_items = 0;
    if (depth == MAX_TUPLE_DEPTH || tuple.num_edges > MAX_TUPLE_ITEMS + 1)
        return false;
    hf_text_add_char(text, '(');
    for (uint32_t i = 0; i < tuple.num_edges; i++) {
        struct hf_edge edge = hf_snapshot_get_edge(snapshot, tuple.first_edge + i);
        if (edge.kind != HF_NAME_ITEM)
            continue;
        if (num_items++ > 0)
            hf_text_add(text, ", ");
        if (!add_any(text, snapshot, edge.target, max_chars, is_whole, depth + 1))
            return false;
    }
    hf_text_add(text, num_items == 1 ? ",)" : ")");
    return true;
}

static bool add_any(struct hf_text *text, const struct hf_snapshot *snapshot, hf_node_id node, size_t max_chars,
                    bool *is_whole, unsigned depth) {
    const struct hf_type_record *record = &hf_col_types(snapshot)[hf_col_node_type(snapshot)[node]];
    const uint32_t containers = HF_TYPE_DICT | HF_TYPE_LIST | HF_TYPE_TUPLE | HF_TYPE_SET;
    struct hf_preview preview;
    if ((record->flags & containers) == 0 && hf_snapshot_read_preview(snapshot, node, &preview)) {
        add_preview(text, &preview, max_chars, is_whole);
        return true;
    }
    const char *type = hf_snapshot_get_text(snapshot, record->name, NULL);
    const char *constant = constant_of(type);
    if (constant != NULL)
        hf_text_add(text, constant);
    return constant != NULL ||
           (strcmp(type, "tuple") == 0 && add_tuple(text, snapshot, node, max_chars, is_whole, depth));
}

bool hf_literal_add(struct hf_text *text, const struct hf_snapshot *snapshot, hf_node_id node, size_t max_chars,
                    bool *is_whole) {
    size_t start = text->length;
    bool whole = true;
    bool done = add_any(text, snapshot, node, max_chars, &whole, 0);
    if (!done)
        hf_text_cut(text, start);
    if (is_whole != NULL)
        *is_whole = whole;
    return done;
}
