/*
 * hunt.h - what all kinds of waste share: the snapshot, who holds its objects, and the rows that objects are counted
 * in. A kind is a function that adds its objects one by one, and another that puts a row into words.
 */
#ifndef HF_ANALYSIS_HUNT_H
#define HF_ANALYSIS_HUNT_H

#include <holdfast/waste.h>

#include "analysis/waste/keeper.h"
#include "base/text.h"

/* Objects of a type that one keeper has. The last members are the kind's own. */
struct hf_find {
    uint64_t count, size_bytes, saving_bytes;
    uint32_t type;
    hf_node_id example;
    uint64_t best;           /* of the example: its copies here; what it would save */
    uint64_t used, slots;    /* containers: of all objects. duplicates: copies of `value` here, number of values */
    uint64_t num_held;       /* slots: by the holder that is told; 0: all */
    uint32_t group;          /* duplicates: the value that is being counted. slots: the holder that is ahead */
    hf_node_id value;        /* ... and its first copy here */
};

struct hf_hunt {
    const struct hf_snapshot *snapshot;
    const struct hf_tree *tree;
    struct hf_placing *placing;
    struct hf_keepers *keepers;
    const uint8_t *edge_kind;          /* enum hf_name_kind by code of a name */
    const struct hf_bitset *attribute_dicts;
    const struct hf_progress *progress;
    struct hf_numbering numbers;       /* of finds, by type and keeper */
    struct hf_region finds;            /* struct hf_find by number; [0] is unused */
    struct hf_region words;            /* what a kind keeps until its rows are described */
    struct hf_text note;               /* what a kind has to say of its answer as a whole */
};

/* All finds so far are finds[1 .. numbers.count]. */
static inline struct hf_find *hf_hunt_finds(const struct hf_hunt *hunt) {
    return (struct hf_find *)(void *)hunt->finds.data;
}

/* A hash of both, which numbers them. */
uint64_t hf_hunt_hash(uint32_t type, uint32_t keeper);

/* The row of a type and a holder, a new one with `node` as its example. As hf_hunt_add. */
struct hf_find *hf_hunt_row(struct hf_hunt *hunt, uint32_t type, uint32_t keeper, hf_node_id node);

/* Counts an object. Gives its row, until the next one is added; NULL without memory. O(1) */
struct hf_find *hf_hunt_add(struct hf_hunt *hunt, hf_node_id node, uint64_t saving_bytes);

/* False, and CANCELLED in *error, when whoever waits has had enough. */
HF_MUST_CHECK enum hf_status hf_hunt_report(const struct hf_hunt *hunt, uint64_t done, struct hf_error *error);

/* ---- the kinds ---- */

/* duplicates.c. Errors: NOMEM, CANCELLED. O(nodes + edges of tuples) */
HF_MUST_CHECK enum hf_status hf_find_duplicates(struct hf_hunt *hunt, struct hf_error *error);
void hf_describe_duplicates(const struct hf_hunt *hunt, const struct hf_find *find, struct hf_text *text);
const char *hf_doubt_duplicates(const struct hf_snapshot *snapshot, bool *is_answered);

/* containers.c. Errors: NOMEM, CANCELLED. O(nodes + edges of containers) */
HF_MUST_CHECK enum hf_status hf_find_empty(struct hf_hunt *hunt, struct hf_error *error);
HF_MUST_CHECK enum hf_status hf_find_single(struct hf_hunt *hunt, struct hf_error *error);
HF_MUST_CHECK enum hf_status hf_find_spare(struct hf_hunt *hunt, struct hf_error *error);
void hf_describe_empty(const struct hf_hunt *hunt, const struct hf_find *find, struct hf_text *text);
void hf_describe_single(const struct hf_hunt *hunt, const struct hf_find *find, struct hf_text *text);
void hf_describe_spare(const struct hf_hunt *hunt, const struct hf_find *find, struct hf_text *text);
const char *hf_doubt_capacity(const struct hf_snapshot *snapshot, bool *is_answered);

/* slots.c. Errors: NOMEM, CANCELLED. O(nodes + edges of instances) */
HF_MUST_CHECK enum hf_status hf_find_slots(struct hf_hunt *hunt, struct hf_error *error);
void hf_describe_slots(const struct hf_hunt *hunt, const struct hf_find *find, struct hf_text *text);
const char *hf_doubt_extents(const struct hf_snapshot *snapshot, bool *is_answered);

/* views.c. Errors: NOMEM. O(edges), and nothing where there are no views */
HF_MUST_CHECK enum hf_status hf_find_views(struct hf_hunt *hunt, struct hf_error *error);
void hf_describe_views(const struct hf_hunt *hunt, const struct hf_find *find, struct hf_text *text);

/* arenas.c. Errors: NOMEM, CANCELLED. O(nodes) */
HF_MUST_CHECK enum hf_status hf_find_arenas(struct hf_hunt *hunt, struct hf_error *error);
void hf_describe_arenas(const struct hf_hunt *hunt, const struct hf_find *find, struct hf_text *text);

#endif
