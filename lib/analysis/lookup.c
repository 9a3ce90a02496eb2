/*
 * lookup.c - reads attributes out of a snapshot.
 *
 *   type record -> class node --__mro__--> tuple --[i]--> class --DICT--> dict  [KEY 'x', VALUE -> property, ...]
 *
 * Static types of the interpreter may have no dict in a snapshot, and a type may be no node: what cannot be looked at
 * is reported as such, never as "not there".
 */
#include "analysis/lookup.h"

#include <string.h>

static enum hf_name_kind kind_of(const struct hf_snapshot *snapshot, uint32_t edge) {
    return (enum hf_name_kind)hf_col_names(snapshot)[hf_col_edge_name(snapshot)[edge]].kind;
}

static bool is_str(const struct hf_snapshot *snapshot, hf_node_id node, const char *text, size_t length) {
    const char *found;
    size_t found_length;
    return hf_snapshot_find_str(snapshot, node, &found, &found_length) && found_length == length &&
           memcmp(found, text, length) == 0;
}

bool hf_lookup_is_exact_dict(const struct hf_snapshot *snapshot, hf_node_id node) {
    const struct hf_type_record *type = hf_lookup_type(snapshot, node);
    return (type->flags & HF_TYPE_DICT) != 0 && strcmp(hf_snapshot_get_text(snapshot, type->name, NULL), "dict") == 0;
}

hf_node_id hf_lookup_dict(const struct hf_snapshot *snapshot, hf_node_id node) {
    const uint32_t *row = hf_col_row(snapshot);
    for (uint32_t edge = row[node]; edge < row[node + 1]; edge++)
        if (kind_of(snapshot, edge) == HF_NAME_DICT)
            return hf_col_edge_target(snapshot)[edge];
    return HF_NO_NODE;
}

bool hf_lookup_attribute_name(const struct hf_snapshot *snapshot, uint32_t edge, const char **name, size_t *length) {
    if (kind_of(snapshot, edge) == HF_NAME_VALUE)
        return hf_snapshot_find_str(snapshot, hf_col_edge_target(snapshot)[edge - 1], name, length);
    if (kind_of(snapshot, edge) != HF_NAME_ATTRIBUTE)
        return false;
    *name = hf_snapshot_get_text(snapshot, hf_col_names(snapshot)[hf_col_edge_name(snapshot)[edge]].text, length);
    return true;
}

hf_node_id hf_lookup_item(const struct hf_snapshot *snapshot, hf_node_id dict, const char *key, size_t length) {
    const uint32_t *row = hf_col_row(snapshot), *target = hf_col_edge_target(snapshot);
    for (uint32_t edge = row[dict]; edge < row[dict + 1]; edge++) {
        enum hf_name_kind kind = kind_of(snapshot, edge);
        const char *name;
        size_t name_length;
        if (kind == HF_NAME_VALUE && is_str(snapshot, target[edge - 1], key, length))
            return target[edge];
        if (kind == HF_NAME_ATTRIBUTE && hf_lookup_attribute_name(snapshot, edge, &name, &name_length) &&
            name_length == length && memcmp(name, key, length) == 0)
            return target[edge];
    }
    return HF_NO_NODE;
}

/* The target of an edge of the object itself that has that name and one of two kinds. */
static hf_node_id find_own(const struct hf_snapshot *snapshot, hf_node_id object, const char *wanted,
                           enum hf_name_kind kind, enum hf_name_kind other) {
    const uint32_t *row = hf_col_row(snapshot);
    for (uint32_t edge = row[object]; edge < row[object + 1]; edge++) {
        const struct hf_name_record *name = &hf_col_names(snapshot)[hf_col_edge_name(snapshot)[edge]];
        if ((name->kind == kind || name->kind == other) &&
            strcmp(hf_snapshot_get_text(snapshot, name->text, NULL), wanted) == 0)
            return hf_col_edge_target(snapshot)[edge];
    }
    return HF_NO_NODE;
}

hf_node_id hf_lookup_part(const struct hf_snapshot *snapshot, hf_node_id object, const char *name) {
    return find_own(snapshot, object, name, HF_NAME_ATTRIBUTE, HF_NAME_FIELD);
}

hf_node_id hf_lookup_attribute(const struct hf_snapshot *snapshot, hf_node_id object, const char *name) {
    hf_node_id found = find_own(snapshot, object, name, HF_NAME_ATTRIBUTE, HF_NAME_ATTRIBUTE);
    if (found != HF_NO_NODE)
        return found;
    hf_node_id dict = hf_lookup_dict(snapshot, object);
    return dict == HF_NO_NODE ? HF_NO_NODE : hf_lookup_item(snapshot, dict, name, strlen(name));
}

bool hf_lookup_class_attribute(const struct hf_snapshot *snapshot, uint32_t type, const char *name, size_t length,
                               uint32_t skip, struct hf_class_attribute *out, bool *is_complete) {
    hf_node_id class_node = hf_col_types(snapshot)[type].node;
    hf_node_id mro = class_node == HF_NO_NODE ? HF_NO_NODE : hf_lookup_part(snapshot, class_node, "__mro__");
    *is_complete = mro != HF_NO_NODE;
    if (mro == HF_NO_NODE)
        return false;
    const uint32_t *row = hf_col_row(snapshot);
    uint32_t depth = 0;
    for (uint32_t edge = row[mro]; edge < row[mro + 1]; edge++) {
        if (kind_of(snapshot, edge) != HF_NAME_ITEM || depth++ < skip)
            continue;
        hf_node_id owner = hf_col_edge_target(snapshot)[edge];
        hf_node_id dict = hf_lookup_dict(snapshot, owner);
        hf_node_id value = dict == HF_NO_NODE ? HF_NO_NODE : hf_lookup_item(snapshot, dict, name, length);
        *is_complete = *is_complete && dict != HF_NO_NODE;
        if (value != HF_NO_NODE) {
            *out = (struct hf_class_attribute){value, owner, depth - 1};
            return true;
        }
    }
    return false;
}
