/*
 * dominated.h - the dominator tree as rows to read: the biggest first, cut by size, depth and number, and what was cut
 * counted. By object, by type, or by who holds it: modules, packages, threads, kinds of roots.
 */
#ifndef HOLDFAST_DOMINATED_H
#define HOLDFAST_DOMINATED_H

#include <holdfast/dominators.h>
#include <holdfast/selector.h>

HF_BEGIN_API

enum hf_dominated_by {
    HF_DOMINATED_BY_OBJECT = 0,
    HF_DOMINATED_BY_TYPE,       /* objects of one type below one row are one row */
    HF_DOMINATED_BY_MODULE,     /* first what each module alone holds, with its variables */
    HF_DOMINATED_BY_PACKAGE,    /* the same by the part of its name before the first dot */
    HF_DOMINATED_BY_THREAD,     /* first what the frames of each thread alone hold */
    HF_DOMINATED_BY_ROOT,       /* first what each kind of root alone holds */
};

enum hf_dominated_kind {
    HF_DOMINATED_OBJECT = 0,    /* an object, with its attribute dict */
    HF_DOMINATED_TYPE,          /* objects of a type */
    HF_DOMINATED_HOLDER,        /* a module, package, thread or kind of root, or "several of these" */
    HF_DOMINATED_GARBAGE,       /* all that no root reaches */
    HF_DOMINATED_CYCLE,         /* of that, objects that keep each other alive, and what they hold */
    HF_DOMINATED_MEMBER,        /* one of these objects, by itself */
    HF_DOMINATED_REST,          /* what was cut here */
};

struct hf_dominated_row {
    unsigned depth;
    enum hf_dominated_kind kind;
    uint64_t num_objects;        /* that the row stands for; REST: rows that were cut, 0: what cycle members hold */
    struct hf_retained retained; /* REST: by these rows; MEMBER: the object alone */
    hf_node_id node;             /* OBJECT, MEMBER; CYCLE and TYPE: the first or largest of them; else HF_NO_NODE */
    uint64_t addr;               /* of the node */
    const char *reference;       /* how it is reached: "._shards", "... [7]" by a longer way; HOLDER: its name */
    const char *type;            /* full name of the node's type, "" without a node */
    const char *value;           /* one-line preview, "" if none */
};

struct hf_dominated_options {
    uint32_t struct_size;        /* sizeof(struct hf_dominated_options) */
    enum hf_dominated_by by;
    const struct hf_selection *selection;  /* start at these, without those below others; NULL: the whole heap */
    uint64_t min_bytes;          /* rows that retain less are cut; 0 stands for 1/200 of what is shown */
    unsigned max_depth;          /* 0 stands for 4; at most 64 */
    size_t max_children;         /* rows below a row; 0 stands for 10 */
    const struct hf_progress *progress;
};

struct hf_dominated {
    const struct hf_dominated_row *rows;   /* each before what is below it */
    size_t num_rows;
    struct hf_retained total;              /* of what is shown: the selection, or all objects */
};

/*
 * What a module (package, thread, kind of root) alone holds is exact: all that would be freed if it went away, a module
 * with its dict of variables, and the others stayed. options may be NULL. The caller ends *out with
 * hf_dominated_destroy, before the snapshot. Errors: ARGUMENT, NOMEM, CANCELLED.
 * Cost: hf_dominators_get, then O(children of the rows shown); by holders O(nodes + edges).
 */
HF_MUST_CHECK enum hf_status hf_dominated_create(const struct hf_snapshot *snapshot,
                                                 const struct hf_dominated_options *options,
                                                 struct hf_dominated **out, struct hf_error *error);
void hf_dominated_destroy(struct hf_dominated *dominated);

HF_END_API
#endif
