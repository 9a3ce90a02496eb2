/* live_addresses.c - a set of addresses; see live_addresses.h. */
#include "python/live_addresses.h"

#define FIRST_SLOTS 64

static uintptr_t *slot_of(uintptr_t *slots, size_t num_slots, uintptr_t addr) {
    size_t at = (size_t)((uint64_t)addr * UINT64_C(0x9E3779B97F4A7C15) >> 20) & (num_slots - 1);
    while (slots[at] != 0 && slots[at] != addr)
        at = (at + 1) & (num_slots - 1);
    return &slots[at];
}

static bool grow(struct hf_addresses *set) {
    size_t num_slots = set->num_slots != 0 ? set->num_slots * 2 : FIRST_SLOTS;
    uintptr_t *slots = PyMem_RawCalloc(num_slots, sizeof *slots);
    if (!slots) {
        PyErr_NoMemory();
        return false;
    }
    for (size_t i = 0; i < set->num_slots; i++)
        if (set->slots[i] != 0)
            *slot_of(slots, num_slots, set->slots[i]) = set->slots[i];
    PyMem_RawFree(set->slots);
    set->slots = slots;
    set->num_slots = num_slots;
    return true;
}

int hf_addresses_add(struct hf_addresses *set, uintptr_t addr) {
    if (addr == 0)
        return 0;
    if (set->count * 2 >= set->num_slots && !grow(set))
        return -1;
    uintptr_t *slot = slot_of(set->slots, set->num_slots, addr);
    if (*slot == addr)
        return 0;
    *slot = addr;
    set->count++;
    return 1;
}

bool hf_addresses_has(const struct hf_addresses *set, uintptr_t addr) {
    return set->num_slots != 0 && *slot_of(set->slots, set->num_slots, addr) == addr && addr != 0;
}

static bool add_id(struct hf_addresses *set, PyObject *id) {
    if (!PyLong_Check(id))
        return true;
    void *addr = PyLong_AsVoidPtr(id);
    if (PyErr_Occurred()) {
        PyErr_Clear();       /* larger than any address */
        return true;
    }
    return hf_addresses_add(set, (uintptr_t)addr) >= 0;
}

bool hf_addresses_add_ids(struct hf_addresses *set, PyObject *ids) {
    if (PyLong_Check(ids))
        return add_id(set, ids);
    PyObject *iterator = PyObject_GetIter(ids), *id;
    bool added = iterator != NULL;
    while (added && (id = PyIter_Next(iterator))) {
        added = add_id(set, id);
        Py_DECREF(id);
    }
    Py_XDECREF(iterator);
    return added && !PyErr_Occurred();
}

void hf_addresses_deinit(struct hf_addresses *set) {
    PyMem_RawFree(set->slots);
    *set = (struct hf_addresses){0};
}
