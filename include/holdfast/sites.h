/*
 * sites.h - where objects were made: the lines of the program at which their memory was asked for.
 *
 * Python's tracemalloc knows them while it runs: start the program with `python -X tracemalloc=10`, or call
 * tracemalloc.start(10), where the number is that of the frames to keep. A snapshot of such a process has them; one of any
 * other has none. tracemalloc keeps files and lines. The function is that of the innermost code object of the snapshot
 * that has the line in its table, which leaves it unknown where the code is gone (a module's body, once imported).
 */
#ifndef HOLDFAST_SITES_H
#define HOLDFAST_SITES_H

#include <holdfast/snapshot.h>

HF_BEGIN_API

#define HF_NO_SITE UINT32_MAX

struct hf_site {
    uint32_t caller;         /* the site that called this one; HF_NO_SITE: none, or not known */
    bool is_cut;             /* tracemalloc kept no older frames, though there were some */
    uint32_t line;           /* 0 if unknown */
    const char *file;        /* as the code object says it: "/srv/shop/cache.py" */
    const char *function;    /* "Cache.add", from 3.11 on qualified; "" if unknown */
};

/* How many there are; 0: tracemalloc was not on. O(1). */
uint32_t hf_snapshot_num_sites(const struct hf_snapshot *snapshot);
/* Errors: NOT_FOUND when there are none, with a message that says how to get some. O(1). */
HF_MUST_CHECK enum hf_status hf_snapshot_check_sites(const struct hf_snapshot *snapshot, struct hf_error *error);
/* By index, which is checked by assert. O(1). */
struct hf_site hf_snapshot_get_site(const struct hf_snapshot *snapshot, uint32_t site);
/* Where the memory of an object was asked for; HF_NO_SITE if that is not known. O(1). */
uint32_t hf_snapshot_site_of(const struct hf_snapshot *snapshot, hf_node_id node);

HF_END_API
#endif
