/* attributes.h - what the interpreter would do to read an attribute, told from the classes in a snapshot. */
#ifndef HF_ANALYSIS_ATTRIBUTES_H
#define HF_ANALYSIS_ATTRIBUTES_H

#include "snapshot/snapshot.h"

enum hf_attribute_way {
    HF_WAY_PLAIN = 0,      /* owner.x gives what the reference leads to */
    HF_WAY_DICT,           /* a descriptor of that name comes first: owner.__dict__['x'] */
    HF_WAY_NONE,           /* a slot that is hidden by another attribute of that name */
};

#define HF_ATTRIBUTE_CACHE_SIZE 64

/* Answers are remembered by (type, name): a long path often repeats one reference. All zero is an empty cache. */
struct hf_attributes {
    const struct hf_snapshot *snapshot;
    struct {
        uint64_t key;
        uint8_t value;     /* answer + 1; 0: empty */
    } cache[HF_ATTRIBUTE_CACHE_SIZE];
};

/* How to read attribute `name` of `owner`, whose attribute dict has it. O(edges of the class dicts) */
enum hf_attribute_way hf_attribute_in_dict(struct hf_attributes *attributes, hf_node_id owner, hf_node_id value,
                                           const char *name, size_t length);

/* The same for an attribute that the object itself keeps: in a slot, in a field of C code, or inline. */
enum hf_attribute_way hf_attribute_in_object(struct hf_attributes *attributes, hf_node_id owner, const char *name,
                                             size_t length);

/* True when the type has a method of that name that is written in Python: calling it would run the program's code. */
bool hf_attribute_is_python(struct hf_attributes *attributes, uint32_t type, const char *name);

/* True when the type is known not to have an attribute of that name at all. */
bool hf_attribute_is_absent(struct hf_attributes *attributes, uint32_t type, const char *name);

#endif
