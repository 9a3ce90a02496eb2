/* object.h - one object with everything that is known of it. */
#ifndef HOLDFAST_OBJECT_H
#define HOLDFAST_OBJECT_H

#include <holdfast/dominators.h>
#include <holdfast/neighbours.h>
#include <holdfast/path.h>

HF_BEGIN_API

struct hf_object_options {
    uint32_t struct_size;          /* sizeof(struct hf_object_options) */
    unsigned max_rows;             /* of referrers and of references, each; 0 stands for 10 */
    const struct hf_progress *progress;
};

struct hf_object {
    hf_node_id node;
    uint64_t addr;
    const char *type;              /* full type name */
    hf_node_id type_node;          /* the type object, HF_NO_NODE if it is not a node */
    uint64_t type_count, type_bytes; /* all objects of that type */
    const char *value;             /* one-line preview, "" if none */
    uint64_t size_bytes;           /* shallow */
    hf_node_id dict;               /* its attribute dict, HF_NO_NODE if it has none or shares it */
    uint64_t dict_bytes;           /* shallow size of that */
    struct hf_retained retained;   /* what would be freed with it, itself included */
    hf_node_id dominator;          /* the nearest object that every path to it passes, HF_NO_NODE if there is none */
    const char *dominator_type;    /* "" if there is none */
    uint32_t refcount;             /* UINT32_MAX stands for that many or more */
    uint64_t num_incoming;         /* references to it that were found in objects */
    const char *const *flags;      /* in words: "tracked by the collector", "immortal", ... */
    size_t num_flags;
    const char *const *roots;      /* each reason why it is a root, in words: "module shop.cache" */
    size_t num_roots;
    const char *owner;             /* the module, or the thread and its function, at the root of its retaining path: */
    const struct hf_path *path;    /* NULL and "" if no root reaches it */
    const struct hf_neighbours *referrers, *references;  /* one level deep */
    const char *const *allocated_at; /* where it was made: "shop.py:31 in Cache.add", then what called that */
    size_t num_allocated_at;       /* 0: not known (sites.h) */
};

/*
 * Looks at a node of the snapshot. options may be NULL. Errors: ARGUMENT (no such node), NOMEM, CANCELLED.
 * Cost: that of hf_why_create, hf_neighbours_create and hf_dominators_get (both ways and paths: a few passes over all
 * references; dominators and paths are kept with the snapshot for the next question).
 */
HF_MUST_CHECK enum hf_status hf_object_create(const struct hf_snapshot *snapshot, hf_node_id node,
                                              const struct hf_object_options *options, struct hf_object **out,
                                              struct hf_error *error);
void hf_object_destroy(struct hf_object *object);

HF_END_API
#endif
