/*
 * labels.c - numbers for masked names, each text once.
 *
 *   edge -> name code --of_name--> label            one array access, for almost every edge
 *   edge -> VALUE in an attribute dict -> key node --keys--> label       a small direct-mapped cache of key nodes
 *   text "._shards" --hash--> texts --> label       only when neither knows
 *
 * Attribute names are interned in Python, so a few thousand key nodes stand for all VALUE edges of attribute dicts.
 */
#include "analysis/naming/labels.h"

#include <string.h>

#include <xxhash.h>

#include "analysis/lookup.h"
#include "base/error.h"

enum hf_status hf_labels_init(struct hf_labels *labels, const struct hf_snapshot *snapshot, struct hf_error *error) {
    *labels = (struct hf_labels){.snapshot = snapshot};
    size_t bytes = (hf_num_names(snapshot) + 1) * sizeof(uint32_t);
    if (!hf_region_reserve(&labels->name_regions[0], bytes) || !hf_region_reserve(&labels->name_regions[1], bytes))
        return hf_fail_nomem(error);
    labels->of_name = (uint32_t *)(void *)labels->name_regions[0].data;
    labels->of_attribute = (uint32_t *)(void *)labels->name_regions[1].data;
    return HF_OK;
}

void hf_labels_deinit(struct hf_labels *labels) {
    hf_region_deinit(&labels->name_regions[0]);
    hf_region_deinit(&labels->name_regions[1]);
    hf_numbering_deinit(&labels->texts);
    hf_region_deinit(&labels->hashes);
}

uint64_t hf_label_hash(const char *text, size_t length) {
    uint64_t hash = XXH3_64bits(text, length);
    return hash != 0 ? hash : 1;
}

uint64_t hf_label_hash_of_items(void) {
    return hf_label_hash("[*]", 3);
}

static uint32_t intern(struct hf_labels *labels, const struct hf_text *text) {
    uint64_t hash = hf_label_hash(text->data != NULL ? text->data : "", text->length);
    uint32_t number = text->failed ? 0 : hf_number_of(&labels->texts, hash);
    if (number == 0 || !hf_region_reserve(&labels->hashes, number * sizeof hash)) {
        labels->failed = true;
        return 0;
    }
    ((uint64_t *)(void *)labels->hashes.data)[number - 1] = hash;
    return number - 1;
}

enum hf_namespace hf_namespace_of(const struct hf_snapshot *snapshot, uint32_t edge) {
    const struct hf_name_record *name = &hf_col_names(snapshot)[hf_col_edge_name(snapshot)[edge]];
    if (name->kind == HF_NAME_DICT)
        return HF_NAMESPACE_ATTRIBUTES;
    if (name->kind != HF_NAME_ATTRIBUTE)
        return HF_NAMESPACE_NONE;
    const char *text = hf_snapshot_get_text(snapshot, name->text, NULL);
    return strcmp(text, "__globals__") == 0 || strcmp(text, "f_globals") == 0 ? HF_NAMESPACE_GLOBALS
                                                                             : HF_NAMESPACE_NONE;
}

static uint32_t intern_edge(struct hf_labels *labels, hf_node_id source, uint32_t edge, enum hf_namespace space) {
    struct hf_text text = HF_TEXT_INIT;
    bool is_name;
    hf_label_print(&text, labels->snapshot, source, edge, space, &is_name);
    uint32_t label = intern(labels, &text);
    hf_text_deinit(&text);
    return label;
}

/* An ATTRIBUTE of an exact dict is a key; there are few such edges outside attribute dicts. */
static bool depends_on_source(const struct hf_snapshot *snapshot, hf_node_id source, enum hf_name_kind kind) {
    return kind == HF_NAME_ATTRIBUTE && hf_lookup_is_exact_dict(snapshot, source);
}

static uint32_t label_of_key(struct hf_labels *labels, hf_node_id source, uint32_t edge, enum hf_namespace space) {
    hf_node_id key = hf_col_edge_target(labels->snapshot)[edge - 1];
    size_t slot = key % HF_LABEL_KEY_SLOTS, table = space == HF_NAMESPACE_GLOBALS;
    if (labels->keys[table][slot].label == 0 || labels->keys[table][slot].key != key) {
        labels->keys[table][slot].key = key;
        labels->keys[table][slot].label = intern_edge(labels, source, edge, space) + 1;
    }
    return labels->keys[table][slot].label - 1;
}

uint32_t hf_labels_get(struct hf_labels *labels, hf_node_id source, uint32_t edge, enum hf_namespace space) {
    const struct hf_snapshot *snapshot = labels->snapshot;
    uint16_t code = hf_col_edge_name(snapshot)[edge];
    enum hf_name_kind kind = (enum hf_name_kind)hf_col_names(snapshot)[code].kind;
    if (kind == HF_NAME_VALUE && space != HF_NAMESPACE_NONE)
        return label_of_key(labels, source, edge, space);
    if (space == HF_NAMESPACE_GLOBALS ||
        (space == HF_NAMESPACE_NONE && depends_on_source(snapshot, source, kind)))
        return intern_edge(labels, source, edge, space);
    uint32_t *known = space == HF_NAMESPACE_ATTRIBUTES ? &labels->of_attribute[code] : &labels->of_name[code];
    if (*known == 0)
        *known = intern_edge(labels, source, edge, space) + 1;
    return *known - 1;
}

static void print_name(struct hf_text *text, const char *name, size_t length, enum hf_namespace space) {
    hf_text_add(text, space == HF_NAMESPACE_GLOBALS ? "[" : ".");
    if (space == HF_NAMESPACE_GLOBALS)
        hf_text_add_repr(text, name, length);
    else
        hf_text_add_bytes(text, name, length);
    if (space == HF_NAMESPACE_GLOBALS)
        hf_text_add_char(text, ']');
}

static void print_mask(struct hf_text *text, const struct hf_edge *edge, bool *is_name) {
    *is_name = false;
    switch (edge->kind) {
    case HF_NAME_ITEM:
    case HF_NAME_VALUE:
    case HF_NAME_MEMBER:
    case HF_NAME_ATTRIBUTE: hf_text_add(text, "[*]"); return;
    case HF_NAME_KEY: hf_text_add(text, " key [*]"); return;
    case HF_NAME_DICT: hf_text_add(text, ".__dict__"); return;
    case HF_NAME_STACK: hf_text_add(text, " temporary value"); return;
    case HF_NAME_CELL: hf_text_add(text, ".cell_contents"); return;
    case HF_NAME_TYPE: hf_text_add(text, ".__class__"); return;
    case HF_NAME_FIELD: hf_text_addf(text, "<%s>", edge->text); return;
    case HF_NAME_TEMPLATE: hf_text_add(text, edge->text + (edge->text[0] == '@')); return;
    case HF_NAME_LOCAL:
        *is_name = true;
        hf_text_addf(text, " local '%s'", edge->text);
        return;
    case HF_NAME_NONE:
    case HF_NAME_NUM_KINDS: break;
    }
    hf_text_add_char(text, '?');
}

void hf_label_print(struct hf_text *text, const struct hf_snapshot *snapshot, hf_node_id source, uint32_t at,
                    enum hf_namespace space, bool *is_name) {
    struct hf_edge edge = hf_snapshot_get_edge(snapshot, at);
    const char *name;
    size_t length;
    bool is_item = space == HF_NAMESPACE_NONE &&
                   (edge.kind == HF_NAME_VALUE || depends_on_source(snapshot, source, edge.kind));
    if (!is_item && hf_lookup_attribute_name(snapshot, at, &name, &length)) {
        *is_name = true;
        print_name(text, name, length, space);
        return;
    }
    if (space == HF_NAMESPACE_ATTRIBUTES)
        hf_text_add(text, ".__dict__");
    print_mask(text, &edge, is_name);
}
