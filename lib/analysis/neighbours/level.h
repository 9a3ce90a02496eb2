/* level.h - the neighbours of one level of rows, grouped into branches: the rows that may come below. */
#ifndef HF_ANALYSIS_LEVEL_H
#define HF_ANALYSIS_LEVEL_H

#include "analysis/interest.h"
#include "analysis/naming/labels.h"

/* References of one row that are alike. */
struct hf_branch {
    uint32_t row;                  /* whose */
    uint32_t target;               /* the row that was made of it, or HF_NO_BRANCH_ROW */
    uint64_t key;                  /* label and type, or the hash of a root's text */
    uint64_t num_references;
    enum hf_interest interest;
    hf_node_id node;               /* the first neighbour; HF_NO_NODE: a root */
    struct hf_step step;           /* its reference; of a root `edge` is the root's index */
};

#define HF_NO_BRANCH_ROW UINT32_MAX

/* A neighbour of a branch, told once for each reference. */
struct hf_member {
    uint32_t branch;
    hf_node_id node;
};

/* All zero is the empty level. */
struct hf_level {
    struct hf_region branches;     /* struct hf_branch */
    struct hf_region members;      /* struct hf_member */
    struct hf_region slots;        /* uint32_t: branch + 1, open addressing by row and key */
    uint32_t num_branches, num_slots;
    bool failed;                   /* no memory: the level is not complete */
};

void hf_level_deinit(struct hf_level *level);

/* Empties it for the next level. */
void hf_level_clear(struct hf_level *level);

/*
 * Counts `count` references of `row` that have this key. `branch` says what the first one is like; its row, key and
 * count are set here. A member is noted unless the node is HF_NO_NODE. Sets `failed` for want of memory. O(1)
 */
void hf_level_meet(struct hf_level *level, uint32_t row, uint64_t key, uint64_t count, const struct hf_branch *branch);

/*
 * Sorts the branches: by row; within a row first roots, last what is true of every object, and else most references
 * first. Members are told of their branches' new places. O(branches log branches + members)
 */
void hf_level_sort(struct hf_level *level);

static inline struct hf_branch *hf_level_branches(const struct hf_level *level) {
    return (struct hf_branch *)(void *)level->branches.data;
}

static inline const struct hf_member *hf_level_members(const struct hf_level *level, size_t *count) {
    *count = level->members.used_bytes / sizeof(struct hf_member);
    return (const struct hf_member *)(const void *)level->members.data;
}

#endif
