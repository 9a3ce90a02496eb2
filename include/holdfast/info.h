/* info.h - a snapshot as a whole: counts, bytes by group, roots by kind, how much is named and how well it adds up. */
#ifndef HOLDFAST_INFO_H
#define HOLDFAST_INFO_H

#include <holdfast/snapshot.h>

HF_BEGIN_API

struct hf_info_group {
    const char *name;         /* "strings and bytes", "containers", "numbers", "code", "types", "instances", "other" */
    uint64_t count;
    uint64_t size_bytes;
};

struct hf_info_unnamed {
    const char *type;         /* type of the objects whose references have no name */
    uint64_t count;           /* unnamed references */
};

struct hf_info {
    const struct hf_origin *origin;
    uint64_t num_nodes, num_edges, num_types, num_threads, num_frames;
    uint64_t num_interpreters;                /* the main one and its sub-interpreters: all are captured */
    uint64_t size_bytes;                      /* sum of shallow sizes */
    uint64_t num_tracked, num_immortal, num_frozen;
    uint64_t num_unreachable, unreachable_bytes; /* garbage cycles that wait for the collector */
    uint64_t num_named_edges;                 /* edges with a name */
    uint64_t roots[HF_ROOT_NUM_KINDS];        /* by kind */
    uint64_t outside_references;              /* sum of the counts of OUTSIDE roots */
    const struct hf_info_group *groups;       /* largest first */
    size_t num_groups;
    const struct hf_info_unnamed *unnamed;    /* most first */
    size_t num_unnamed;
    const struct hf_info_unnamed *outside;    /* types of objects held from outside, by number of references */
    size_t num_outside;
};

/* Computes *out; the caller ends it with hf_info_destroy. Errors: NOMEM, CANCELLED. Cost: O(nodes + edges). */
HF_MUST_CHECK enum hf_status hf_info_create(const struct hf_snapshot *snapshot, const struct hf_progress *progress,
                                            struct hf_info **out, struct hf_error *error);
void hf_info_destroy(struct hf_info *info);

/* "module", "frame", ... Never NULL. */
const char *hf_root_kind_name(enum hf_root_kind kind);

HF_END_API
#endif
