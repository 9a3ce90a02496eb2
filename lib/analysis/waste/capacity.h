/* capacity.h - how many slots a builtin container has, and how many it would have if it were made anew. */
#ifndef HF_ANALYSIS_CAPACITY_H
#define HF_ANALYSIS_CAPACITY_H

#include <holdfast/holdfast.h>

enum hf_container {
    HF_CONTAINER_LIST,
    HF_CONTAINER_DICT,
    HF_CONTAINER_SET,
};

/* The containers themselves, without their tables, and with the 16 bytes of the collector. */
#define HF_LIST_BYTES 56
#define HF_SET_BYTES 216
#define HF_DICT_BYTES 64

/* Sizes differ between releases of Python. */
struct hf_release {
    unsigned keys_head_bytes;        /* of the table of a dict */
    bool has_str_tables;             /* a dict whose keys are all str has entries of 16 bytes, else of 24 */
    uint64_t arena_bytes, pool_bytes;  /* of the allocator of small objects */
};

/* The release of a version as hf_origin has it, "3.11.2". False: not one whose sizes are known. */
bool hf_release_find(const char *version, struct hf_release *out);

/*
 * The slots of a container of exactly this type from its size (sys.getsizeof) and the number of its items, and the
 * bytes that a new one would not take: a list with just these slots, a dict to which the items were added one by one, a
 * set that was made from this one, set(x). False: no such container has this size: a dict that shares its keys with a
 * class, or a damaged file.
 */
bool hf_capacity_find(const struct hf_release *release, enum hf_container container, uint64_t size_bytes,
                      uint64_t length, uint64_t *num_slots, uint64_t *spare_bytes);

#endif
