/*
 * attributes.c - what reading an attribute would do.
 *
 *   object.__getattribute__(owner, 'x'):   1. a data descriptor `x` in the mro of the type: it answers
 *                                          2. the attribute dict of the owner
 *                                          3. any other `x` in the mro
 *
 * A snapshot tells whether the type of a class attribute has __get__, not whether it has __set__. So every descriptor
 * that is no function is taken for a data descriptor; owner.__dict__['x'] is right in either case.
 * For classes step 2 runs along their own mro and binds descriptors, and their metatype takes the place of the type.
 */
#include "analysis/naming/attributes.h"

#include <string.h>

#include <xxhash.h>

#include "analysis/lookup.h"

static bool is_descriptor(const struct hf_snapshot *snapshot, hf_node_id value) {
    uint32_t flags = hf_lookup_type(snapshot, value)->flags;
    return (flags & HF_TYPE_DESCRIPTOR) != 0 && (flags & HF_TYPE_FUNCTION) == 0;
}

/* Descriptors that the interpreter itself makes for slots and fields of C code. */
static bool is_field_descriptor(const struct hf_snapshot *snapshot, hf_node_id value) {
    const char *name = hf_lookup_type_name(snapshot, value);
    return strcmp(name, "member_descriptor") == 0 || strcmp(name, "getset_descriptor") == 0;
}

static enum hf_attribute_way find_way_in_dict(const struct hf_snapshot *snapshot, uint32_t type, const char *name,
                                              size_t length) {
    struct hf_class_attribute found;
    bool is_complete;
    if (!hf_lookup_class_attribute(snapshot, type, name, length, 0, &found, &is_complete))
        return HF_WAY_PLAIN;
    return is_descriptor(snapshot, found.value) ? HF_WAY_DICT : HF_WAY_PLAIN;
}

static enum hf_attribute_way find_way_in_object(const struct hf_snapshot *snapshot, uint32_t type, const char *name,
                                                size_t length) {
    struct hf_class_attribute found, hidden;
    bool is_complete;
    if (!hf_lookup_class_attribute(snapshot, type, name, length, 0, &found, &is_complete) ||
        is_field_descriptor(snapshot, found.value) || !is_descriptor(snapshot, found.value))
        return HF_WAY_PLAIN;
    if ((hf_col_types(snapshot)[type].flags & HF_TYPE_HEAP) == 0)
        return HF_WAY_PLAIN;    /* a descriptor of a C type for its own field */
    for (uint32_t skip = found.depth + 1;
         hf_lookup_class_attribute(snapshot, type, name, length, skip, &hidden, &is_complete);
         skip = hidden.depth + 1)
        if (is_field_descriptor(snapshot, hidden.value))
            return HF_WAY_NONE;
    return HF_WAY_DICT;
}

enum question { IN_DICT, IN_OBJECT, IS_PYTHON, IS_ABSENT };

static uint8_t answer(const struct hf_snapshot *snapshot, enum question question, uint32_t type, const char *name,
                      size_t length) {
    struct hf_class_attribute found;
    bool is_complete;
    switch (question) {
    case IN_DICT: return (uint8_t)find_way_in_dict(snapshot, type, name, length);
    case IN_OBJECT: return (uint8_t)find_way_in_object(snapshot, type, name, length);
    case IS_PYTHON:
        return hf_lookup_class_attribute(snapshot, type, name, length, 0, &found, &is_complete) &&
               (hf_lookup_type(snapshot, found.value)->flags & HF_TYPE_FUNCTION) != 0;
    case IS_ABSENT:
        return !hf_lookup_class_attribute(snapshot, type, name, length, 0, &found, &is_complete) && is_complete;
    }
    return 0;
}

static uint8_t ask(struct hf_attributes *attributes, enum question question, uint32_t type, const char *name,
                   size_t length) {
    uint64_t key = XXH3_64bits_withSeed(name, length, (uint64_t)type << 2 | question);
    size_t slot = key % HF_ATTRIBUTE_CACHE_SIZE;
    if (attributes->cache[slot].value == 0 || attributes->cache[slot].key != key) {
        attributes->cache[slot].key = key;
        attributes->cache[slot].value = (uint8_t)(answer(attributes->snapshot, question, type, name, length) + 1);
    }
    return (uint8_t)(attributes->cache[slot].value - 1);
}

static uint32_t type_of(const struct hf_attributes *attributes, hf_node_id node) {
    return hf_col_node_type(attributes->snapshot)[node];
}

enum hf_attribute_way hf_attribute_in_dict(struct hf_attributes *attributes, hf_node_id owner, hf_node_id value,
                                           const char *name, size_t length) {
    bool is_class = (hf_lookup_type(attributes->snapshot, owner)->flags & HF_TYPE_TYPE) != 0;
    if (is_class && is_descriptor(attributes->snapshot, value))
        return HF_WAY_DICT;
    return (enum hf_attribute_way)ask(attributes, IN_DICT, type_of(attributes, owner), name, length);
}

enum hf_attribute_way hf_attribute_in_object(struct hf_attributes *attributes, hf_node_id owner, const char *name,
                                             size_t length) {
    if ((hf_lookup_type(attributes->snapshot, owner)->flags & HF_TYPE_TYPE) != 0)
        return HF_WAY_PLAIN;
    return (enum hf_attribute_way)ask(attributes, IN_OBJECT, type_of(attributes, owner), name, length);
}

bool hf_attribute_is_python(struct hf_attributes *attributes, uint32_t type, const char *name) {
    return ask(attributes, IS_PYTHON, type, name, strlen(name)) != 0;
}

bool hf_attribute_is_absent(struct hf_attributes *attributes, uint32_t type, const char *name) {
    return ask(attributes, IS_ABSENT, type, name, strlen(name)) != 0;
}
