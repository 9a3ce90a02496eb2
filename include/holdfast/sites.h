/*
 * sites.h - where objects were made: the lines of the program at which their memory was asked for.
 *
 * Python's tracemalloc knows them while it runs: start the program with `python -X tracemalloc=10`, or call
 * tracemalloc.start(10), where the number is that of the frames to keep. A snapshot of such a process has them; one of
 * any other has none.
 *
 * tracemalloc keeps files and lines. The function is that of the innermost code object of the snapshot that has the
 * line in its table. So of code on one line (a lambda, a comprehension and what is around it) the innermost is named,
 * and where the code is gone (a module's body, once imported) none. An object made in memory that Python had kept from
 * before tracemalloc began (its free lists) has no site.
 */
#ifndef HOLDFAST_SITES_H
#define HOLDFAST_SITES_H

#include <holdfast/growth.h>
#include <holdfast/types.h>

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

/* ---- by site ---- */

#define HF_SITE_TYPES 3

struct hf_site_type {
    const char *name;
    uint64_t count;
};

/* The objects that were made at one line. Lines with other callers are the same row. */
struct hf_sites_row {
    uint32_t site;               /* one of its sites, for hf_snapshot_get_site */
    uint32_t line;
    const char *file, *function;
    uint64_t count;
    uint64_t size_bytes;         /* sum of shallow sizes */
    struct hf_retained retained; /* the union, as hf_dominators_sum_types has it */
    struct hf_site_type types[HF_SITE_TYPES];   /* most objects first */
    size_t num_types;            /* that its objects have, which may be more */
};

struct hf_sites {
    const struct hf_sites_row *rows;
    size_t num_rows;
    size_t num_matching;         /* lines with objects that pass the filters, before `limit` */
    uint64_t total_count, total_bytes;         /* of the whole heap */
    uint64_t matching_count, matching_bytes;   /* of the objects that pass the filters, wherever they were made */
    uint64_t unknown_count, unknown_bytes;     /* those of them of which that is not known: no row has them */
    bool has_retained;           /* it was asked for; else it is 0 in the rows */
};

/*
 * Objects by the line that made them: hf_types_create with another grouping, and the same options; by name is by file,
 * then line. The answer refers to the snapshot. options may be NULL. Errors: NOT_FOUND (the snapshot has no sites, see
 * hf_snapshot_check_sites), ARGUMENT, NOMEM, CANCELLED.
 * Cost: O(nodes), and that of hf_dominators_get where what they retain was asked for.
 */
HF_MUST_CHECK enum hf_status hf_sites_create(const struct hf_snapshot *snapshot, const struct hf_types_options *options,
                                             struct hf_sites **out, struct hf_error *error);
void hf_sites_destroy(struct hf_sites *sites);

/* ---- what grew by site ---- */

struct hf_site_growth_row {
    uint32_t line;
    const char *file, *function;
    const uint64_t *counts, *sizes_bytes;      /* num_moments each */
    int64_t count_growth, bytes_growth;        /* the last less the first */
    struct hf_site_type types[HF_SITE_TYPES];  /* in the last snapshot, most objects first */
    size_t num_types;
    enum hf_trend trend;                       /* of the count; of the bytes where the count is level */
};

struct hf_site_growth {
    size_t num_moments;
    const struct hf_growth_moment *moments;    /* oldest first; without counts of garbage, which is left out */
    const struct hf_site_growth_row *rows;     /* lines that grew: steadily first, then by bytes */
    size_t num_rows;
    size_t num_all_rows;                       /* before `limit` */
    const uint64_t *unknown_counts;            /* num_moments: objects of which it is not known where they were made */
};

/*
 * Objects that a root reaches, by the line that made them, in two snapshots or more, oldest first. Of the options
 * `limit` and `progress` count, and they may be NULL. The answer refers to no snapshot. Errors: NOT_FOUND (a snapshot
 * has no sites), ARGUMENT (fewer than two snapshots), NOMEM, CANCELLED. Cost: O(nodes + edges) of each snapshot.
 */
HF_MUST_CHECK enum hf_status hf_site_growth_create(const struct hf_snapshot *const *snapshots, size_t num_snapshots,
                                                   const struct hf_growth_options *options,
                                                   struct hf_site_growth **out, struct hf_error *error);

/* The same for files, of which one is open at a time, or for a folder, as hf_growth_open takes it. */
HF_MUST_CHECK enum hf_status hf_site_growth_open(const char *const *paths, size_t num_paths,
                                                 const struct hf_growth_options *options, struct hf_site_growth **out,
                                                 struct hf_error *error);
void hf_site_growth_destroy(struct hf_site_growth *growth);

HF_END_API
#endif
