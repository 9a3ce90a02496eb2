/*
 * print_edge.c - the name of a reference, as a reader writes it behind its owner.
 *
 *   ATTRIBUTE  .x   on a dict, whose keys are then shared with a class: ['x']        ITEM   [3]: counted in its row
 *   VALUE      ['k']: the KEY right before it          TEMPLATE  @.f_locals['x'] without its owner @
 *
 * Where Python has no expression it is a word behind a blank (" key 'k'", " local x") or a field of C: <cache>.
 */
#include <assert.h>
#include <string.h>

#include "snapshot/print.h"

#define MAX_KEY_CHARS 120   /* of a key that names a reference */

/* A key as it stands in brackets: its value, or its type where it has none. */
static void add_key(struct hf_text *text, const struct hf_snapshot *snapshot, hf_node_id key) {
    size_t start = text->length;
    hf_print_add_value(text, snapshot, key, MAX_KEY_CHARS);
    if (text->length > start)
        return;
    const char *type = hf_snapshot_get_type(snapshot, hf_col_node_type(snapshot)[key]).name;
    hf_text_add_char(text, '<');
    hf_print_add_name(text, type, strlen(type));
    hf_text_add_char(text, '>');
}

static uint32_t count_items_before(const struct hf_snapshot *snapshot, uint32_t first_edge, uint32_t edge) {
    const uint16_t *code = hf_col_edge_name(snapshot);
    uint32_t count = 0;
    for (uint32_t i = first_edge; i < edge; i++)
        count += hf_col_names(snapshot)[code[i]].kind == HF_NAME_ITEM;
    return count;
}

static bool is_identifier(const char *text, size_t length) {
    for (size_t i = 0; i < length; i++) {
        uint8_t c = (uint8_t)text[i];
        bool is_letter = ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '_' || c >= 0x80;
        bool is_digit = c >= '0' && c <= '9';
        if (!is_letter && (i == 0 || !is_digit))
            return false;
    }
    return length > 0 && hf_print_is_line(text, length);
}

static void add_attribute(struct hf_text *text, const struct hf_edge *edge, bool on_dict) {
    bool as_item = on_dict || !is_identifier(edge->text, edge->text_length);
    hf_text_add(text, on_dict ? "[" : ".");
    if (as_item)
        hf_text_add_repr(text, edge->text, edge->text_length);
    else
        hf_text_add_bytes(text, edge->text, edge->text_length);
    if (on_dict)
        hf_text_add_char(text, ']');
}

/* "@.x[0]" behind the owner is ".x[0]"; what does not start with the owner stands alone. */
static void add_template(struct hf_text *text, const struct hf_edge *edge) {
    if (edge->text_length > 1 && edge->text[0] == '@') {
        hf_print_add_name(text, edge->text + 1, edge->text_length - 1);
        return;
    }
    hf_text_add_char(text, ' ');
    hf_print_add_name(text, edge->text, edge->text_length);
}

static bool is_exact_dict(const struct hf_snapshot *snapshot, hf_node_id node) {
    return strcmp(hf_snapshot_get_type(snapshot, hf_col_node_type(snapshot)[node]).name, "dict") == 0;
}

static void add_edge(struct hf_text *text, const struct hf_snapshot *snapshot, hf_node_id source, uint32_t at) {
    struct hf_edge edge = hf_snapshot_get_edge(snapshot, at);
    switch (edge.kind) {
    case HF_NAME_ATTRIBUTE: add_attribute(text, &edge, is_exact_dict(snapshot, source)); return;
    case HF_NAME_DICT: hf_text_add(text, ".__dict__"); return;
    case HF_NAME_ITEM:
        hf_text_addf(text, "[%u]", count_items_before(snapshot, hf_col_row(snapshot)[source], at));
        return;
    case HF_NAME_KEY:
        hf_text_add(text, " key ");
        add_key(text, snapshot, edge.target);
        return;
    case HF_NAME_VALUE:
        hf_text_add_char(text, '[');
        add_key(text, snapshot, hf_col_edge_target(snapshot)[at - 1]);
        hf_text_add_char(text, ']');
        return;
    case HF_NAME_MEMBER: hf_text_add(text, " member"); return;
    case HF_NAME_LOCAL:
        hf_text_add(text, " local ");
        hf_print_add_name(text, edge.text, edge.text_length);
        return;
    case HF_NAME_STACK: hf_text_add(text, " temporary value"); return;
    case HF_NAME_CELL: hf_text_add(text, ".cell_contents"); return;
    case HF_NAME_TYPE: hf_text_add(text, ".__class__"); return;
    case HF_NAME_FIELD:
        hf_text_add_char(text, '<');
        hf_print_add_name(text, edge.text, edge.text_length);
        hf_text_add_char(text, '>');
        return;
    case HF_NAME_TEMPLATE: add_template(text, &edge); return;
    case HF_NAME_NONE:
    case HF_NAME_NUM_KINDS: break;
    }
    hf_text_add_char(text, '?');
}

size_t hf_snapshot_print_edge(const struct hf_snapshot *snapshot, hf_node_id source, uint32_t edge, char *buffer,
                              size_t size) {
    assert(source < snapshot->num_nodes);
    assert(edge >= hf_col_row(snapshot)[source] && edge < hf_col_row(snapshot)[source + 1]);
    struct hf_text text = HF_TEXT_INIT;
    add_edge(&text, snapshot, source, edge);
    return hf_print_hand_out(&text, buffer, size);
}
