/*
 * path.h - why is this object alive? The shortest chains of references from a root to it.
 *
 * A retaining path starts at a root and follows strong references. An owner and its attribute dict count as one hop.
 * Roots are tried in tiers, and a path of an earlier tier wins however long it is: modules, builtins and frames of
 * other threads; frames of whoever took the snapshot; interpreter state and static types; immortal objects; and last
 * objects held from outside (native code).
 */
#ifndef HOLDFAST_PATH_H
#define HOLDFAST_PATH_H

#include <holdfast/dominators.h>
#include <holdfast/selector.h>
#include <holdfast/snapshot.h>

HF_BEGIN_API

struct hf_path_hop {
    hf_node_id node;
    uint32_t edge;               /* the edge that leads to this node; UINT32_MAX for the first */
    const char *reference;       /* how it is reached from the hop before: "._shards", "[7]"; root text for the first */
    const char *type;            /* full type name */
    const char *value;           /* one-line preview, "" if none */
    uint64_t size_bytes;         /* shallow; with a merged attribute dict, that dict included */
    uint64_t addr;
    struct hf_retained retained; /* with a merged attribute dict, also by that; count 0: not asked for */
    const char *allocated_at;    /* where it was made: "shop.py:31 in Cache.add"; "" if that is not known (sites.h) */
};

struct hf_path {
    struct hf_root root;
    const char *root_text;       /* "module shop.cache", "thread MainThread, handle() at shop.py:31, local 'request'" */
    const struct hf_path_hop *hops; /* root first, the object last */
    size_t num_hops;
    const char *expression;      /* one Python expression that evaluates to the object; "" where Python has none */
    const char *expression_gap;  /* where it has none: the hop that Python cannot express, else "" */
};

/* Paths of many objects with indexes and keys masked: `shop.cache.Cache._shards[*]`. */
struct hf_path_group {
    const char *pattern;         /* the merged path as text, root first */
    const char *owner;           /* its last named owner in short: "shop.cache.Cache._shards[*]" */
    uint64_t count;              /* selected objects whose shortest path this is */
    uint64_t size_bytes;         /* their shallow sizes */
    hf_node_id example;
};

struct hf_why_options {
    uint32_t struct_size;        /* sizeof(struct hf_why_options) */
    size_t max_paths;            /* paths that differ in their last owner; 0 stands for 1 */
    size_t max_groups;           /* merged paths at most, 0 stands for 10 */
    const char *const *avoid;    /* type names or patterns, "module:NAME", "0xADDR", "#ID" that no path may pass */
    size_t num_avoid;
    const struct hf_progress *progress;
    bool retained;               /* fill in what each hop retains */
};

struct hf_why {
    const struct hf_path *paths; /* of the first selected object, or of the example of the largest group if many */
    size_t num_paths;
    size_t num_owners;           /* distinct last owners of that object that could give a path */
    const struct hf_path_group *groups; /* most objects first; one group when one object is selected */
    size_t num_groups;           /* those listed */
    size_t num_all_groups;
    uint64_t num_selected;
    uint64_t num_unreachable;    /* selected objects that no root reaches (garbage, or cut off by `avoid`) */
};

/*
 * Answers for a selection. options may be NULL. When no selected object can be reached, num_paths is 0 and the status
 * is HF_OK. Errors: ARGUMENT (a bad avoid word, with near misses), NOMEM, CANCELLED. Cost: O(nodes + edges), and that
 * of hf_dominators_get where what the hops retain was asked for.
 */
HF_MUST_CHECK enum hf_status hf_why_create(const struct hf_snapshot *snapshot, const struct hf_selection *selection,
                                           const struct hf_why_options *options, struct hf_why **out,
                                           struct hf_error *error);
void hf_why_destroy(struct hf_why *why);

HF_END_API
#endif
