/*
 * growth.h - what grew between two moments or more, and where it hangs.
 *
 * Snapshots are compared each with the one before it: n snapshots are n - 1 steps. Only objects that a root reaches are
 * counted; garbage that waits for the collector is told apart, because it comes and goes with the collections.
 *
 * By type: objects and bytes in each snapshot.
 *
 * By place: a place is the shortest path from a root with indexes and keys masked, as in path.h
 * (shop.cache.Cache._shards[*][*]). The roots that stay are preferred to those that go: modules before interpreter
 * state before variables of running functions, so that an object does not change its place because a function is at
 * work on it. What came below an object that came is counted with that object, at its place; so each object counts
 * once, and a leak of sessions reads as one place and not as one for each of their attributes.
 *
 * One object in two snapshots: it has the same address, a type of the same name at the same address, and its content
 * does not say otherwise. A str, number or bytes is another one when its value differs, a tuple when an item does, any
 * other object when none of its first references leads to where one led before. An address that is used again by an
 * object of the same type is recognised where content tells; where there is none to compare (an empty list, an
 * instance whose attributes are None) the object is taken for the same, and struct hf_growth_identity says how many of
 * those are probably new.
 *
 * Steady growth is growth in every step, of more than coming and going explains. See enum hf_trend.
 */
#ifndef HOLDFAST_GROWTH_H
#define HOLDFAST_GROWTH_H

#include <holdfast/snapshot.h>

HF_BEGIN_API

/* How a number went over the steps. */
enum hf_trend {
    HF_TREND_LEVEL = 0,   /* the same at the end as at the beginning */
    HF_TREND_SHRANK,
    HF_TREND_GREW,        /* in the only step: a leak or a cache that fills, one step does not tell */
    HF_TREND_FILLED,      /* grew, and not any more in the last half of the steps: a cache that has filled */
    HF_TREND_UNEVEN,      /* grew, but not in every step */
    HF_TREND_NOISY,       /* in every step, but no more than what comes and goes explains (below ten steps) */
    HF_TREND_SLOWING,     /* in every step, in the last half at most a quarter of the first: a cache that fills */
    HF_TREND_STEADY,      /* in every step */
};

/* "steady", "filled", ... Never NULL. */
const char *hf_trend_name(enum hf_trend trend);

/* One of the snapshots. */
struct hf_growth_moment {
    uint64_t taken_at_ns;        /* since 1970, 0 if unknown */
    uint32_t pid;
    uint64_t count, size_bytes;            /* objects that a root reaches */
    uint64_t garbage_count, garbage_bytes; /* those that none does */
};

struct hf_growth_type {
    const char *name;
    const uint64_t *counts, *sizes_bytes;  /* num_moments each */
    int64_t count_growth, bytes_growth;    /* the last less the first; divided by the steps, the slope */
    uint64_t num_new, num_gone;            /* objects told new and gone, summed over the steps; 0 where not told */
    enum hf_trend trend;                   /* of the count; of the bytes where the count is level */
};

struct hf_growth_place {
    const char *pattern;         /* the path, root first: "shop.CACHE._shards[*][*]" */
    const char *owner;           /* its last named owner in short: "shop.cache.Cache._shards[*][*]" */
    const char *type;            /* of most objects there that are new in the last step */
    size_t num_types;            /* that such objects there have */
    int64_t count_growth;        /* objects at the place itself; 0 where only something below or a size grew */
    int64_t all_count_growth;    /* with those that came below them */
    int64_t bytes_growth;        /* of all these */
    const int64_t *count_steps, *bytes_steps;   /* num_moments - 1 each; sum up to count_growth and bytes_growth */
    uint64_t count;              /* objects at the place in the last snapshot */
    uint64_t num_moved;          /* objects counted as come, that were elsewhere in the snapshot before */
    const char *container;       /* what holds them, if it is a container: "shop.cache.Cache._shards[*]", else "" */
    const char *container_type;  /* "dict" */
    uint64_t num_containers;     /* at that place, in the last snapshot */
    uint64_t length_then, length_now;  /* items of all of them, in the first and in the last snapshot */
    hf_node_id example;          /* an object there, in the last snapshot */
    uint64_t example_addr;
    enum hf_trend trend;         /* of all_count_growth; of the bytes where that is level */
};

/* How objects were told apart, summed over the steps. */
struct hf_growth_identity {
    bool by_address;             /* false: snapshots of different processes: counted by type and place only */
    uint64_t num_new, num_gone;
    uint64_t num_same;           /* address and type of an older object, and content that says the same */
    uint64_t num_replaced;       /* address and type of an older object, and other content: counted as new */
    uint64_t num_assumed;        /* address and type of an older object, and no content to compare: not new */
    uint64_t num_doubtful;       /* estimate, of those: new, at the rate of replaced to same among their type */
};

/* A condition, and what it found. */
struct hf_growth_check {
    const char *condition;       /* as given */
    int64_t growth;              /* objects or bytes */
    size_t num_types;            /* that the pattern names, in any of the snapshots; 0 for total and steady */
    bool is_exceeded;
};

struct hf_growth_options {
    uint32_t struct_size;        /* sizeof(struct hf_growth_options) */
    size_t limit;                /* rows at most in each of the three tables; 0: all */
    /*
     * Limits: "SUBJECT:count>N" or "SUBJECT:bytes>N", where N of bytes may end in K, M, G or T (powers of 1024), and
     * SUBJECT is "total", "steady" (what grew steadily, by places), or the full name of a type or a glob on it. The
     * limit is exceeded when the growth from the first to the last snapshot is larger than N.
     */
    const char *const *fail_if;
    size_t num_fail_if;
    const struct hf_progress *progress;
};

struct hf_growth {
    const struct hf_growth_moment *moments;  /* oldest first */
    size_t num_moments;
    const struct hf_growth_type *grown;      /* steady growth first, then by bytes */
    size_t num_grown, num_all_grown;
    const struct hf_growth_type *shrunk;     /* by bytes */
    size_t num_shrunk, num_all_shrunk;
    const struct hf_growth_place *places;    /* steady growth first, then by bytes */
    size_t num_places, num_all_places;
    size_t num_steady;                       /* of all places, those that grew steadily */
    struct hf_growth_identity identity;
    const struct hf_growth_check *checks;    /* as many as fail_if */
    size_t num_checks;
    bool is_exceeded;                        /* one of them */
};

/*
 * A series that takes in one snapshot after the other, oldest first. A snapshot must live until the next one is added
 * or the series has ended: two are needed at a time, however long the series is.
 */
struct hf_growth_series;

/* options may be NULL; what it points to must live as long as the series. Errors: ARGUMENT (a limit), NOMEM. */
HF_MUST_CHECK enum hf_status hf_growth_series_create(const struct hf_growth_options *options,
                                                     struct hf_growth_series **out, struct hf_error *error);
void hf_growth_series_destroy(struct hf_growth_series *series);

/*
 * Errors: NOMEM, CANCELLED; the series can then only be destroyed. Cost: O(nodes + edges) of the snapshot, and O(nodes)
 * of the one before. Memory: some 30 bytes per node of both, and 150 for each place of the series.
 */
HF_MUST_CHECK enum hf_status hf_growth_series_add(struct hf_growth_series *series, const struct hf_snapshot *snapshot,
                                                  struct hf_error *error);

/*
 * The answer for the snapshots added so far; it refers to none of them. The last one must still be alive.
 * Errors: ARGUMENT (fewer than two snapshots), NOMEM. Cost: O(nodes of the last snapshot + places).
 */
HF_MUST_CHECK enum hf_status hf_growth_series_finish(struct hf_growth_series *series, struct hf_growth **out,
                                                     struct hf_error *error);

/* The three in one. */
HF_MUST_CHECK enum hf_status hf_growth_create(const struct hf_snapshot *const *snapshots, size_t num_snapshots,
                                              const struct hf_growth_options *options, struct hf_growth **out,
                                              struct hf_error *error);

/*
 * The same for files, oldest first, of which two are open at a time. One path alone may be a folder: of the files of
 * one series in it, as `holdfast run` numbers them (shop-00001.hfs, shop-00002.hfs, ...).
 * Errors: those of hf_snapshot_open; ARGUMENT: fewer than two files, or a folder whose files are no series.
 */
HF_MUST_CHECK enum hf_status hf_growth_open(const char *const *paths, size_t num_paths,
                                            const struct hf_growth_options *options, struct hf_growth **out,
                                            struct hf_error *error);
void hf_growth_destroy(struct hf_growth *growth);

HF_END_API
#endif
