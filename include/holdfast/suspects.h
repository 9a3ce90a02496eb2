/*
 * suspects.h - where the memory went, in words: what accumulates, how much, who holds it, and what to look at first.
 *
 * A suspect is an object that retains more than a share of the heap (10 %, or 2 % when two snapshots are compared), or
 * many objects of one kind that do so together at one place. It is followed down to where the memory accumulates, and
 * its retaining path is judged reference by reference: which one is expected, which one holds something that has come
 * to its end, and which are left over between the two. These are underlined: one of them should have been let go.
 *
 * The thresholds and the walk to the accumulation point follow the leak suspects of Eclipse MAT, the verdicts and the
 * fingerprint those of LeakCanary.
 */
#ifndef HOLDFAST_SUSPECTS_H
#define HOLDFAST_SUSPECTS_H

#include <holdfast/path.h>

HF_BEGIN_API

enum hf_verdict {
    HF_VERDICT_UNKNOWN = 0,
    HF_VERDICT_EXPECTED,         /* every program has it, or it is at work: a module, a class, a running function */
    HF_VERDICT_LEAKING,          /* leads to what has come to its end, or to what only that holds */
};

enum hf_suspect_kind {
    HF_SUSPECT_CROWD = 0,        /* an object in which many objects of one kind accumulate */
    HF_SUSPECT_CHAIN,            /* the first of many objects that hold each other one behind the other */
    HF_SUSPECT_FEW,              /* an object that holds most of it in a few attributes or items */
    HF_SUSPECT_SINGLE,           /* an object that is that large by itself */
    HF_SUSPECT_SHARED,           /* many objects of one kind at one merged path, held by several others together */
    HF_SUSPECT_GARBAGE,          /* objects that no root reaches and that are not collected */
    HF_SUSPECT_NUM_KINDS
};

/* One reference on the path, and the object to which it leads. */
struct hf_suspect_hop {
    enum hf_verdict verdict;
    const char *reason;          /* "module of the application", "the task is finished"; "" where nothing is known */
    bool is_underlined;          /* one of those that should perhaps have been let go */
    bool is_point;               /* the object in which it accumulates */
};

/* Objects of one type among all that a suspect is made of. */
struct hf_suspect_part {
    const char *type;
    uint64_t count, size_bytes;  /* shallow */
};

struct hf_suspect {
    enum hf_suspect_kind kind;
    const char *reference;       /* the last name on the path, in short: "shop.cache.Cache._shards[*][*]" */
    const char *pattern;         /* the whole path with indexes and keys masked; "" for garbage */
    const char *const *also;     /* SHARED: other merged paths that hold one of them, nearest first */
    size_t num_also;
    hf_node_id node;             /* where it accumulates; HF_NO_NODE for SHARED and GARBAGE */
    const char *expression;      /* a Python expression for that object, for SHARED for one of them; "" if none */
    const char *expression_gap;  /* where there is none: what Python cannot express, else "" */
    uint64_t count, size_bytes;  /* all that it retains; when two snapshots are compared, what of this is new */
    const char *unit_type;       /* of what accumulates, "" where it is one large object */
    uint64_t unit_count, unit_bytes;           /* how many, and what they retain */
    const struct hf_suspect_part *parts;       /* by type, largest first */
    size_t num_parts, num_all_parts;
    const struct hf_path *path;  /* from a root to one of the units, or to the object, with what each hop retains; NULL
                                    for garbage */
    const struct hf_suspect_hop *hops;         /* path->num_hops */
    const char *owner_kind;      /* what of the application has the last of its references on the path: "class", */
    const char *owner;           /* "module", "function", and its full name; both "" if it has none */
    const char *owner_file;      /* of its module, "" if unknown */
    const char *known;           /* name of the known pattern that fits, "" if none */
    const size_t *related;       /* indexes of suspects that hold the same objects, or that the same object holds */
    size_t num_related;
    const char *fingerprint;     /* 16 hexadecimal digits: the same for the same leak in another process */
    const char *text;            /* a paragraph: what accumulates, how much, in which object, and who holds that */
    const char *advice;          /* a paragraph: what to look at first */
};

/* An object at the top that holds much, suspect or not. */
struct hf_holder {
    hf_node_id node;
    const char *reference;       /* as in struct hf_suspect */
    const char *type;
    uint64_t size_bytes;         /* that it retains; when two snapshots are compared, what of this is new */
};

struct hf_suspects {
    const struct hf_suspect *list;   /* largest first */
    size_t num_suspects;
    size_t num_all_suspects;         /* before `max_suspects` */
    const struct hf_holder *holders; /* the largest, also when nothing stands out */
    size_t num_holders;
    uint64_t total_count, total_bytes;         /* the whole heap */
    uint64_t new_count, new_bytes;   /* compared: objects that the older snapshot has not; else 0 */
    uint64_t threshold_bytes;
    bool is_comparison;
    const char *note;            /* what the snapshot does not tell: files of modules; "" if nothing is missing */
};

struct hf_suspects_options {
    uint32_t struct_size;        /* sizeof(struct hf_suspects_options) */
    double threshold;            /* share of the heap, between 0 and 1; 0 stands for 0.1, or 0.02 when comparing */
    size_t max_suspects;         /* 0 stands for 5 */
    size_t max_parts;            /* 0 stands for 6 */
    const char *patterns;        /* known patterns to be tried before those that come with holdfast; NULL: none */
    const struct hf_progress *progress;
};

/*
 * Looks for suspects in a snapshot, or in what it has more than `old` (NULL: the whole of it). options may be NULL.
 * When nothing stands out there are none, and the status is HF_OK.
 * Errors: ARGUMENT (a threshold that is no share, a line of the patterns, snapshots of two processes), NOMEM,
 * CANCELLED.
 * Cost: O(nodes + edges), with the dominators (dominators.h) about as much as a collection of the same heap by Python;
 * about 20 bytes per node besides.
 */
HF_MUST_CHECK enum hf_status hf_suspects_create(const struct hf_snapshot *snapshot, const struct hf_snapshot *old,
                                                const struct hf_suspects_options *options, struct hf_suspects **out,
                                                struct hf_error *error);
void hf_suspects_destroy(struct hf_suspects *suspects);

/* "expected", "leaking", "unknown". Never NULL. */
const char *hf_verdict_name(enum hf_verdict verdict);

/* "crowd", "chain", ... Never NULL. */
const char *hf_suspect_kind_name(enum hf_suspect_kind kind);

HF_END_API
#endif
