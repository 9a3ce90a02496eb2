/*
 * numbering.c - an open table by hash.
 *
 *   slots   [ hash, 3 | - | hash, 1 | - | hash, 2 | ... ]      at most three quarters used; 0: empty
 *
 * The hash stands in the slot, so that most looks end in one read from memory.
 */
#include "base/numbering.h"

#define FIRST_SLOTS 1024

struct slot {
    uint64_t hash;
    uint32_t number;
    uint32_t reserved;
};

static struct slot *find(const struct hf_numbering *numbering, uint64_t hash) {
    struct slot *slots = (struct slot *)(void *)numbering->slots.data;
    uint32_t at = (uint32_t)hash & (numbering->num_slots - 1);
    while (slots[at].number != 0 && slots[at].hash != hash)
        at = (at + 1) & (numbering->num_slots - 1);
    return &slots[at];
}

static bool grow(struct hf_numbering *numbering) {
    struct hf_numbering larger = {.num_slots = numbering->num_slots == 0 ? FIRST_SLOTS : numbering->num_slots * 2,
                                  .count = numbering->count};
    if (larger.num_slots == 0 || !hf_region_reserve(&larger.slots, (size_t)larger.num_slots * sizeof(struct slot)))
        return false;
    const struct slot *slots = (const struct slot *)(const void *)numbering->slots.data;
    for (uint32_t i = 0; i < numbering->num_slots; i++)
        if (slots[i].number != 0)
            *find(&larger, slots[i].hash) = slots[i];
    hf_region_deinit(&numbering->slots);
    *numbering = larger;
    return true;
}

uint32_t hf_number_of(struct hf_numbering *numbering, uint64_t hash) {
    if (numbering->count >= numbering->num_slots / 4 * 3 && !grow(numbering))
        return 0;
    struct slot *slot = find(numbering, hash);
    if (slot->number == 0)
        *slot = (struct slot){.hash = hash, .number = ++numbering->count};
    return slot->number;
}

uint32_t hf_number_find(const struct hf_numbering *numbering, uint64_t hash) {
    return numbering->num_slots != 0 ? find(numbering, hash)->number : 0;
}

void hf_numbering_deinit(struct hf_numbering *numbering) {
    hf_region_deinit(&numbering->slots);
    *numbering = (struct hf_numbering){0};
}
