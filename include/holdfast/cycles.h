/*
 * cycles.h - which objects keep each other alive: the strongly connected components of the object graph that have a
 * cycle, those that are garbage first.
 *
 * Components whose cycles read alike with indexes and keys masked ("shop.Node.children[*].parent") are told together.
 */
#ifndef HOLDFAST_CYCLES_H
#define HOLDFAST_CYCLES_H

#include <holdfast/path.h>

HF_BEGIN_API

#define HF_CYCLE_MAX_HOPS 1000

struct hf_cycles_options {
    uint32_t struct_size;         /* sizeof(struct hf_cycles_options) */
    const struct hf_selection *selection; /* only components that have one of these objects; NULL: all */
    size_t max_groups;            /* 0 stands for 20 */
    const struct hf_progress *progress;
};

/* Components that read alike. `cycle` is one of the largest of them. */
struct hf_cycle_group {
    const char *pattern;          /* the references from an object back to itself, behind the name of its type */
    bool is_garbage;              /* no root reaches them: they wait for the collector */
    uint64_t num_components;
    uint64_t num_objects, size_bytes;    /* in all of them; shallow sizes */
    uint64_t num_references;      /* among the objects of each */
    uint64_t num_outside_references;     /* to them from other objects; what refers to garbage is garbage */
    uint64_t largest_objects, largest_bytes;  /* of the largest one, which is shown: */
    uint64_t length;              /* references of a shortest cycle through the object by which it is reached first */
    const struct hf_path_hop *hops;      /* that cycle, HF_CYCLE_MAX_HOPS at most: from that object, whose reference */
    size_t num_hops;              /* is "start", back to it or to its attribute dict */
    const char *expression;       /* the whole way as a Python expression on `start`; "" where there is none */
    const char *expression_gap;   /* where it has none: the hop that Python cannot express, or that it is too long */
};

struct hf_cycles {
    const struct hf_cycle_group *groups;  /* garbage first, then by bytes */
    size_t num_groups;            /* those listed */
    size_t num_all_groups;
    uint64_t num_components, num_objects, size_bytes;
    uint64_t num_garbage_components, num_garbage_objects, garbage_bytes;
};

/*
 * Finds all cycles. options may be NULL. Errors: NOMEM, CANCELLED.
 * Cost: O(nodes + edges); memory up to 40 bytes per node.
 * Strongly connected components: Tarjan 1972, in the form of Pearce, doi:10.1016/j.ipl.2015.08.010.
 */
HF_MUST_CHECK enum hf_status hf_cycles_create(const struct hf_snapshot *snapshot,
                                              const struct hf_cycles_options *options, struct hf_cycles **out,
                                              struct hf_error *error);
void hf_cycles_destroy(struct hf_cycles *cycles);

HF_END_API
#endif
