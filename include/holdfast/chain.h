/*
 * chain.h - how one object leads to another: the shortest chain of references between them.
 *
 * As everywhere an owner and its attribute dict count as one hop, and weak references are none.
 */
#ifndef HOLDFAST_CHAIN_H
#define HOLDFAST_CHAIN_H

#include <holdfast/path.h>

HF_BEGIN_API

struct hf_chain_options {
    uint32_t struct_size;        /* sizeof(struct hf_chain_options) */
    const char *const *avoid;    /* as in struct hf_why_options: the chain may start and end there, not pass */
    size_t num_avoid;
    const struct hf_progress *progress;
};

struct hf_chain {
    const struct hf_path_hop *hops; /* from an object of `from`, whose reference is "start", to one of `to` */
    size_t num_hops;                /* 0: no chain leads from any of `from` to any of `to` */
    const char *expression;         /* a Python expression on `start`, the first object; "" where Python has none */
    const char *expression_gap;     /* where it has none: the hop that Python cannot express, else "" */
};

/*
 * Finds a shortest chain from one of `from` to one of `to`. It has at least one reference, so that from an object to
 * itself it is a shortest cycle. options may be NULL. Errors: ARGUMENT (a bad avoid word, with near misses), NOMEM,
 * CANCELLED. Cost: one pass over all references, then O(nodes + edges) that are nearer than the goal; memory up to 8
 * bytes per node. Breadth first: Moore, The shortest path through a maze, 1959.
 */
HF_MUST_CHECK enum hf_status hf_chain_create(const struct hf_snapshot *snapshot, const struct hf_selection *from,
                                             const struct hf_selection *to, const struct hf_chain_options *options,
                                             struct hf_chain **out, struct hf_error *error);
void hf_chain_destroy(struct hf_chain *chain);

HF_END_API
#endif
