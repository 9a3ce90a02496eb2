/*
 * extent.h - sizes that sys.getsizeof does not tell: how many bytes of another object a view shows, and what an
 * instance of a Python class takes for having attributes that no __slots__ names.
 */
#ifndef HF_CPYTHON_EXTENT_H
#define HF_CPYTHON_EXTENT_H

#include "cpython/decoder.h"

/* The bytes of the elements of a numpy.ndarray. False: they cannot be told. */
bool hf_ndarray_bytes(struct hf_decoder *decoder, uint64_t addr, uint64_t *num_bytes);

/* Whether instances may show memory that is another object's: memoryview, numpy.ndarray. */
bool hf_type_has_views(struct hf_decoder *decoder, const struct hf_type_plan *plan);

/* The bytes that an instance of such a type shows. False: its memory is its own, or it cannot be told. */
bool hf_view_bytes(struct hf_decoder *decoder, const struct hf_type_plan *plan, uint64_t addr, uint64_t *num_bytes);

/* What an instance takes for its attributes, beside an attribute dict that is an object of its own. */
struct hf_attribute_room {
    uint32_t head_bytes;         /* of its size: pointers to the dict and to weak references */
    uint32_t values_bytes;       /* memory beside its size: the values of a new instance */
    bool is_inside;              /* ... which lie in the instance, also when it has a dict */
};

/*
 * For a class that is written in Python, as are all its bases but `object`, and has no __slots__ so far. False for
 * others: what __slots__ would save is not known of them.
 */
bool hf_attribute_room_find(struct hf_decoder *decoder, const struct hf_type_plan *plan, struct hf_attribute_room *out);

#endif
