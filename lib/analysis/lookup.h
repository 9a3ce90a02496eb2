/* lookup.h - reads attributes out of a snapshot the way the interpreter would: dicts, classes and their mro. */
#ifndef HF_ANALYSIS_LOOKUP_H
#define HF_ANALYSIS_LOOKUP_H

#include "snapshot/snapshot.h"

static inline const struct hf_type_record *hf_lookup_type(const struct hf_snapshot *snapshot, hf_node_id node) {
    return &hf_col_types(snapshot)[hf_col_node_type(snapshot)[node]];
}

static inline const char *hf_lookup_type_name(const struct hf_snapshot *snapshot, hf_node_id node) {
    return hf_snapshot_get_text(snapshot, hf_lookup_type(snapshot, node)->name, NULL);
}

/* True for objects that are dicts and of no subclass. */
bool hf_lookup_is_exact_dict(const struct hf_snapshot *snapshot, hf_node_id node);

/* The attribute dict of an object, or HF_NO_NODE. O(edges of the node) */
hf_node_id hf_lookup_dict(const struct hf_snapshot *snapshot, hf_node_id node);

/* The value of a str key in a dict, or HF_NO_NODE. O(edges of the dict * log previews) */
hf_node_id hf_lookup_item(const struct hf_snapshot *snapshot, hf_node_id dict, const char *key, size_t length);

/* What an edge of an attribute dict calls its target: a VALUE with a str key, or an ATTRIBUTE. False if neither. */
bool hf_lookup_attribute_name(const struct hf_snapshot *snapshot, uint32_t edge, const char **name, size_t *length);

/* What an object has under `name`, in a slot or field or in its attribute dict, or HF_NO_NODE. Cost as both above. */
hf_node_id hf_lookup_attribute(const struct hf_snapshot *snapshot, hf_node_id object, const char *name);

/* What an object itself refers to by that name, be it an attribute or a field of C code; or HF_NO_NODE. */
hf_node_id hf_lookup_part(const struct hf_snapshot *snapshot, hf_node_id object, const char *name);

/*
 * Looks `name` up along the mro of a type, from the `skip`-th class on, as type.__getattribute__ does.
 * Gives the value and the class that has it, or false; *is_complete tells whether the mro and its dicts are in the
 * snapshot, so that false means "there is none". O(edges of the class dicts * log previews)
 */
struct hf_class_attribute {
    hf_node_id value;
    hf_node_id owner;      /* the class */
    uint32_t depth;        /* its place in the mro */
};
bool hf_lookup_class_attribute(const struct hf_snapshot *snapshot, uint32_t type, const char *name, size_t length,
                               uint32_t skip, struct hf_class_attribute *out, bool *is_complete);

#endif
