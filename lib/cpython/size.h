/* size.h - shallow sizes as sys.getsizeof gives them, from the layout alone. */
#ifndef HF_CPYTHON_SIZE_H
#define HF_CPYTHON_SIZE_H

#include "cpython/decoder.h"

/* How the size of a type's instances is found: what its __sizeof__ is. */
enum hf_size_rule {
    HF_SIZE_BASIC = 0,   /* object.__sizeof__: tp_basicsize and the items */
    HF_SIZE_LIST,
    HF_SIZE_DICT,
    HF_SIZE_SET,
    HF_SIZE_STR,
    HF_SIZE_INT,
    HF_SIZE_CALL,        /* another method in C: plan->size_function, for whoever may call it */
    HF_SIZE_PYTHON,      /* Python code, which is never run: the size by HF_SIZE_BASIC, and marked so */
};

/* The size in bytes, what lies before the object (collector's head, managed dict) included. CALL counts as BASIC. */
uint64_t hf_size_of(struct hf_decoder *decoder, const struct hf_type_plan *plan, uint64_t addr);

/* What dict.__sizeof__ gives. */
uint64_t hf_size_of_dict(struct hf_decoder *decoder, const struct hf_type_plan *plan, uint64_t addr);

/* What sys.getsizeof adds to the result of __sizeof__. */
static inline uint64_t hf_size_before_object(const struct hf_type_plan *plan) {
    uint64_t before = plan->collected ? 16 : 0;
    if (plan->has_managed_dict || plan->has_managed_weakrefs)
        before += 16;
    return before;
}

#endif
