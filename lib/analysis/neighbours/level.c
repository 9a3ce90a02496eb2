/*
 * level.c - groups references by (row, key).
 *
 *   slots      [0 |2 |0 |1 |0 ...]                 hash of (row, key) -> branch + 1
 *   branches   [row 1, ".x", Cache] [row 1, "[*]", dict] ...
 *   members    [branch 0, #7] [branch 1, #9] [branch 1, #12] ...         one for each reference, in the order met
 */
#include "analysis/neighbours/level.h"

#include <stdlib.h>
#include <string.h>

void hf_level_deinit(struct hf_level *level) {
    hf_region_deinit(&level->branches);
    hf_region_deinit(&level->members);
    hf_region_deinit(&level->slots);
    *level = (struct hf_level){0};
}

void hf_level_clear(struct hf_level *level) {
    if (level->num_slots > 0)
        memset(level->slots.data, 0, level->num_slots * sizeof(uint32_t));
    level->branches.used_bytes = level->members.used_bytes = 0;
    level->num_branches = 0;
}

static uint64_t hash(uint32_t row, uint64_t key) {
    uint64_t x = (key ^ (row + UINT64_C(1)) * UINT64_C(0x9E3779B97F4A7C15)) + UINT64_C(0xD1B54A32D192ED03);
    x = (x ^ x >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    x = (x ^ x >> 27) * UINT64_C(0x94D049BB133111EB);
    return x ^ x >> 31;
}

static uint32_t *find_slot(const struct hf_level *level, const struct hf_region *slots, uint32_t num_slots,
                           uint32_t row, uint64_t key) {
    uint32_t *slot = (uint32_t *)(void *)slots->data;
    const struct hf_branch *branches = hf_level_branches(level);
    size_t at = hash(row, key) & (num_slots - 1);
    while (slot[at] != 0 && (branches[slot[at] - 1].row != row || branches[slot[at] - 1].key != key))
        at = (at + 1) & (num_slots - 1);
    return &slot[at];
}

static bool grow_slots(struct hf_level *level) {
    struct hf_region larger = {0};
    uint32_t num_slots = level->num_slots == 0 ? 1024 : 2 * level->num_slots;
    if (num_slots == 0 || !hf_region_reserve(&larger, (size_t)num_slots * sizeof(uint32_t)))
        return false;
    const struct hf_branch *branches = hf_level_branches(level);
    for (uint32_t i = 0; i < level->num_branches; i++)
        *find_slot(level, &larger, num_slots, branches[i].row, branches[i].key) = i + 1;
    hf_region_deinit(&level->slots);
    level->slots = larger;
    level->num_slots = num_slots;
    return true;
}

/* The number of the branch; a new one if there is none yet. UINT32_MAX: no memory. */
static uint32_t find_branch(struct hf_level *level, uint32_t row, uint64_t key, const struct hf_branch *like) {
    if (level->num_branches >= level->num_slots / 2 && !grow_slots(level))
        return UINT32_MAX;
    uint32_t *slot = find_slot(level, &level->slots, level->num_slots, row, key);
    if (*slot != 0)
        return *slot - 1;
    struct hf_branch *branch = hf_region_add(&level->branches, sizeof *branch);
    if (branch == NULL)
        return UINT32_MAX;
    *branch = *like;
    branch->row = row;
    branch->key = key;
    branch->num_references = 0;
    branch->target = HF_NO_BRANCH_ROW;
    *slot = ++level->num_branches;
    return *slot - 1;
}

void hf_level_meet(struct hf_level *level, uint32_t row, uint64_t key, uint64_t count,
                   const struct hf_branch *branch) {
    uint32_t number = find_branch(level, row, key, branch);
    if (number == UINT32_MAX) {
        level->failed = true;
        return;
    }
    hf_level_branches(level)[number].num_references += count;
    if (branch->node == HF_NO_NODE)
        return;
    struct hf_member *member = hf_region_add(&level->members, sizeof *member);
    if (member != NULL)
        *member = (struct hf_member){number, branch->node};
    else
        level->failed = true;
}

/* Roots before objects, and what every object has behind all else. */
static unsigned rank(const struct hf_branch *branch) {
    return branch->node == HF_NO_NODE ? 0 : branch->interest == HF_INTEREST_COMMON ? 2 : 1;
}

static int compare(const void *left, const void *right) {
    const struct hf_branch *a = left, *b = right;
    if (a->row != b->row)
        return a->row < b->row ? -1 : 1;
    if (rank(a) != rank(b))
        return rank(a) < rank(b) ? -1 : 1;
    if (a->num_references != b->num_references)
        return a->num_references > b->num_references ? -1 : 1;
    if (a->interest != b->interest)
        return a->interest < b->interest ? -1 : 1;
    return (a->step.edge > b->step.edge) - (a->step.edge < b->step.edge);
}

void hf_level_sort(struct hf_level *level) {
    struct hf_branch *branches = hf_level_branches(level);
    struct hf_region places = {0};
    if (level->num_branches == 0)
        return;
    if (!hf_region_reserve(&places, level->num_branches * sizeof(uint32_t))) {
        level->failed = true;
        return;
    }
    for (uint32_t i = 0; i < level->num_branches; i++)
        branches[i].target = i;     /* where it was, as long as they are sorted */
    qsort(branches, level->num_branches, sizeof *branches, compare);
    uint32_t *place = (uint32_t *)(void *)places.data;
    for (uint32_t i = 0; i < level->num_branches; i++) {
        place[branches[i].target] = i;
        branches[i].target = HF_NO_BRANCH_ROW;
    }
    struct hf_member *members = (struct hf_member *)(void *)level->members.data;
    for (size_t i = 0; i < level->members.used_bytes / sizeof *members; i++)
        members[i].branch = place[members[i].branch];
    hf_region_deinit(&places);
}
