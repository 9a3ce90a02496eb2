/*
 * maps.h - the memory of a process as a sorted list of ranges: where it comes from and what may be done with it.
 *
 *   start        end     permissions  offset  path
 *   55d0c0a00000 ..c000  READ         0       /usr/bin/python3.11      ┐ module 0
 *   55d0c0a0c000 ..f000  READ EXECUTE c000    /usr/bin/python3.11      ┘
 *   7f31e8000000 ..1000  READ WRITE   0       ""                         anonymous
 */
#ifndef HF_MEMORY_MAPS_H
#define HF_MEMORY_MAPS_H

#include "base/arena.h"

#define HF_NO_MODULE UINT32_MAX
#define HF_MAX_MAPS 1000000u     /* the kernel allows 65,530 unless told otherwise */

enum {
    HF_MAP_READ = 1 << 0,
    HF_MAP_WRITE = 1 << 1,
    HF_MAP_EXECUTE = 1 << 2,
    HF_MAP_SHARED = 1 << 3,      /* writes reach the file, or other processes */
};

struct hf_map {
    uint64_t start, end;         /* [start, end), start < end */
    uint64_t offset;             /* of start in the file */
    uint64_t inode;              /* of the file; 0: none, or unknown */
    uint32_t device_major, device_minor;
    uint32_t permissions;        /* 0: nobody may touch it */
    uint32_t module;             /* of the target's modules, or HF_NO_MODULE */
    const char *path;            /* as the target sees it: "/usr/lib/libc.so.6", "[heap]", "" */
};

/* In order of addresses, without overlaps. All zero is the empty list. */
struct hf_maps {
    struct hf_map *list;
    size_t count, capacity;
    struct hf_arena paths;
};

/*
 * Appends a range, its path copied. False when it is empty, overlaps or precedes the one before it, when there are
 * HF_MAX_MAPS, or when memory runs out.
 */
bool hf_maps_add(struct hf_maps *maps, const struct hf_map *map);

/*
 * Reads the text of /proc/PID/maps, of which nothing is believed: lines that are no ranges are left out.
 * Errors: NOMEM.
 */
HF_MUST_CHECK enum hf_status hf_maps_parse(struct hf_maps *maps, const char *text, size_t length,
                                           struct hf_error *error);

/* The range that holds an address, or NULL. O(log ranges). */
const struct hf_map *hf_maps_find(const struct hf_maps *maps, uint64_t addr);
/* The first range that ends behind an address, or NULL. */
const struct hf_map *hf_maps_find_from(const struct hf_maps *maps, uint64_t addr);

void hf_maps_deinit(struct hf_maps *maps);

#endif
