/*
 * derived.c - slots that are filled once, by compare and exchange. They are the only part of a snapshot that is written
 * after it was made, which no reader of its columns can see.
 */
#include "snapshot/derived.h"

#include "snapshot/snapshot.h"

static hf_derived_slot *slot_of(const struct hf_snapshot *snapshot, enum hf_derived_kind kind) {
    return &((struct hf_snapshot *)snapshot)->derived[kind];
}

struct hf_derived *hf_derived_find(const struct hf_snapshot *snapshot, enum hf_derived_kind kind) {
    return atomic_load(slot_of(snapshot, kind));
}

struct hf_derived *hf_derived_keep(const struct hf_snapshot *snapshot, enum hf_derived_kind kind,
                                   struct hf_derived *made) {
    struct hf_derived *found = NULL;
    if (atomic_compare_exchange_strong(slot_of(snapshot, kind), &found, made))
        return made;
    made->destroy(made);
    return found;
}

void hf_derived_deinit(struct hf_snapshot *snapshot) {
    for (int kind = 0; kind < HF_NUM_DERIVED; kind++) {
        struct hf_derived *found = atomic_exchange(slot_of(snapshot, (enum hf_derived_kind)kind), NULL);
        if (found != NULL)
            found->destroy(found);
    }
}
