/* census.h - the types of a series of snapshots by name, and how many objects each has in each snapshot. */
#ifndef HF_ANALYSIS_CENSUS_H
#define HF_ANALYSIS_CENSUS_H

#include "base/arena.h"
#include "base/numbering.h"
#include "snapshot/snapshot.h"

typedef uint32_t hf_census_id;     /* from 1 on */

struct hf_tally {
    uint64_t count, size_bytes;
};

struct hf_census_type {
    const char *name;              /* in the arena */
    uint64_t num_new, num_gone;    /* over all steps */
    uint64_t num_exchanged;        /* over all steps, the lesser of the two */
};

/* What a snapshot counted. Types that came later have no tally in it. */
struct hf_roll {
    struct hf_tally *tallies;      /* by hf_census_id; in the arena */
    uint32_t num_tallies;          /* the highest id + 1 */
    struct hf_tally total, garbage;
    uint64_t taken_at_ns;
    uint32_t pid;
};

/* All zero is the empty census. */
struct hf_census {
    struct hf_arena arena;
    struct hf_numbering names;
    struct hf_region types;        /* struct hf_census_type by id */
    struct hf_region rolls;        /* struct hf_roll, one for each snapshot */
};

void hf_census_deinit(struct hf_census *census);

static inline struct hf_census_type *hf_census_types(const struct hf_census *census) {
    return (struct hf_census_type *)(void *)census->types.data;
}

static inline const struct hf_roll *hf_census_rolls(const struct hf_census *census) {
    return (const struct hf_roll *)(const void *)census->rolls.data;
}

static inline size_t hf_census_num_rolls(const struct hf_census *census) {
    return census->rolls.used_bytes / sizeof(struct hf_roll);
}

/* The tally of a type in a snapshot, zero if it had no objects there. */
static inline struct hf_tally hf_census_tally(const struct hf_census *census, size_t roll, hf_census_id type) {
    const struct hf_roll *at = &hf_census_rolls(census)[roll];
    return type < at->num_tallies ? at->tallies[type] : (struct hf_tally){0};
}

/*
 * Gives each type of a snapshot its id: ids[] by type index, in a region that the caller ends. Errors: NOMEM. O(types)
 */
HF_MUST_CHECK enum hf_status hf_census_identify(struct hf_census *census, const struct hf_snapshot *snapshot,
                                                struct hf_region *ids, struct hf_error *error);

/*
 * Counts a snapshot: nodes that are not in `counted`, a place per node (0: not), are garbage. Errors: NOMEM. O(nodes)
 */
HF_MUST_CHECK enum hf_status hf_census_count(struct hf_census *census, const struct hf_snapshot *snapshot,
                                             const hf_census_id *ids, const uint32_t *counted,
                                             struct hf_error *error);

#endif
