/*
 * capacity.c - the sizes of tables, backwards.
 *
 *   list   56                      + 8 a slot
 *   set    216, with 8 slots       + 16 a slot when there are more: 16, 32, ...
 *   dict   64                      + head + index (1, 2 or 4 bytes a slot) + an entry for two slots of three
 *
 * A table of a dict or set has a power of two of slots; a dict is filled to two thirds, a set to three fifths. So the
 * size tells the table, and a table that is smaller and holds as much tells what could be saved. Sizes include the 16
 * bytes of the collector.
 */
#include "analysis/waste/capacity.h"

#include <stdio.h>

#define SET_SMALL_SLOTS 8
#define SET_ENTRY_BYTES 16
#define DICT_MIN_LOG2 3
#define MAX_LOG2 40

bool hf_release_find(const char *version, struct hf_release *out) {
    unsigned minor;
    if (sscanf(version, "3.%u", &minor) != 1 || minor < 9 || minor > 15)
        return false;
    *out = (struct hf_release){.keys_head_bytes = minor <= 10 ? 40 : 32, .has_str_tables = minor > 10,
                               .arena_bytes = minor <= 9 ? UINT64_C(1) << 18 : UINT64_C(1) << 20,
                               .pool_bytes = minor <= 9 ? 4096 : 16384};
    return true;
}

static bool find_list(uint64_t size_bytes, uint64_t length, uint64_t *num_slots, uint64_t *spare_bytes) {
    if (size_bytes < HF_LIST_BYTES || (size_bytes - HF_LIST_BYTES) % 8 != 0 ||
        (size_bytes - HF_LIST_BYTES) / 8 < length)
        return false;
    *num_slots = (size_bytes - HF_LIST_BYTES) / 8;
    *spare_bytes = (*num_slots - length) * 8;
    return true;
}

static uint64_t set_size(uint64_t num_slots) {
    return HF_SET_BYTES + (num_slots > SET_SMALL_SLOTS ? num_slots * SET_ENTRY_BYTES : 0);
}

/* The first size that is larger than twice the items, once more than four do not fit in the small table. */
static uint64_t slots_of_new_set(uint64_t length) {
    uint64_t num_slots = SET_SMALL_SLOTS;
    while (length * 5 >= (SET_SMALL_SLOTS - 1) * 3 && num_slots <= length * 2)
        num_slots *= 2;
    return num_slots;
}

static bool find_set(uint64_t size_bytes, uint64_t length, uint64_t *num_slots, uint64_t *spare_bytes) {
    if (length > UINT64_C(1) << MAX_LOG2)
        return false;
    for (unsigned log2 = 3; log2 <= MAX_LOG2; log2++)
        if (set_size(UINT64_C(1) << log2) == size_bytes && UINT64_C(1) << log2 >= length) {
            uint64_t best = set_size(slots_of_new_set(length));
            *num_slots = UINT64_C(1) << log2;
            *spare_bytes = best < size_bytes ? size_bytes - best : 0;
            return true;
        }
    return false;
}

static uint64_t usable(unsigned log2) {
    return (UINT64_C(1) << log2) * 2 / 3;
}

static uint64_t dict_size(const struct hf_release *release, unsigned log2, unsigned entry_bytes) {
    unsigned index_bytes = log2 < 8 ? 1 : log2 < 16 ? 2 : log2 < 32 ? 4 : 8;
    return HF_DICT_BYTES + release->keys_head_bytes + (UINT64_C(1) << log2) * index_bytes + usable(log2) * entry_bytes;
}

/* The table of entries of this kind that has this size, or 0. */
static unsigned find_log2(const struct hf_release *release, unsigned entry_bytes, uint64_t size_bytes) {
    for (unsigned log2 = DICT_MIN_LOG2; log2 <= MAX_LOG2; log2++)
        if (dict_size(release, log2, entry_bytes) == size_bytes)
            return log2;
    return 0;
}

static bool find_dict(const struct hf_release *release, uint64_t size_bytes, uint64_t length, uint64_t *num_slots,
                      uint64_t *spare_bytes) {
    *num_slots = *spare_bytes = 0;
    if (size_bytes == HF_DICT_BYTES)
        return length == 0;
    unsigned entry_bytes = 24;
    unsigned log2 = find_log2(release, entry_bytes, size_bytes);
    if (log2 == 0 && release->has_str_tables) {
        entry_bytes = 16;
        log2 = find_log2(release, entry_bytes, size_bytes);
    }
    if (log2 == 0 || usable(log2) < length)
        return false;
    unsigned best = DICT_MIN_LOG2;
    while (usable(best) < length)
        best++;
    *num_slots = usable(log2);
    *spare_bytes = size_bytes - (length == 0 ? HF_DICT_BYTES : dict_size(release, best, entry_bytes));
    return true;
}

bool hf_capacity_find(const struct hf_release *release, enum hf_container container, uint64_t size_bytes,
                      uint64_t length, uint64_t *num_slots, uint64_t *spare_bytes) {
    switch (container) {
    case HF_CONTAINER_LIST: return find_list(size_bytes, length, num_slots, spare_bytes);
    case HF_CONTAINER_DICT: return find_dict(release, size_bytes, length, num_slots, spare_bytes);
    case HF_CONTAINER_SET: return find_set(size_bytes, length, num_slots, spare_bytes);
    }
    return false;
}
