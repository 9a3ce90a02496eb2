/* live_addresses.h - a set of addresses of objects. Open addressing, at most half full; 0 is an empty slot. */
#ifndef HF_PYTHON_LIVE_ADDRESSES_H
#define HF_PYTHON_LIVE_ADDRESSES_H

#include "python/module.h"

/* All zero is the empty set. */
struct hf_addresses {
    uintptr_t *slots;
    size_t num_slots, count;
};

/* 1: it is new, 0: it was there, -1: MemoryError. */
int hf_addresses_add(struct hf_addresses *set, uintptr_t addr);
bool hf_addresses_has(const struct hf_addresses *set, uintptr_t addr);
/* Adds an int, or the ints of an iterable; what is no int is no address either. False with an exception. */
bool hf_addresses_add_ids(struct hf_addresses *set, PyObject *ids);
void hf_addresses_deinit(struct hf_addresses *set);

#endif
