/*
 * dicts.h - which dict is the attribute dict of which object. The two read as one: a reference from the dict is an
 * attribute of the object, and the reference between them is no hop.
 *
 * They are pairs: a dict that several objects share stands for itself, and so does that of an object which is itself the
 * attribute dict of another one, or an object's second one.
 */
#ifndef HF_GRAPH_DICTS_H
#define HF_GRAPH_DICTS_H

#include "base/bitset.h"
#include "graph/graph.h"

struct hf_dicts {
    const struct hf_graph *graph;   /* the caller's, must outlive this */
    struct hf_region owner_region;  /* uint32_t per node: see hf_dicts_owner */
    struct hf_bitset owners;        /* nodes that have an edge of kind HF_NAME_DICT */
};

/*
 * Finds the attribute dicts. Ends with hf_dicts_deinit, also after a failure. Errors: NOMEM.
 * Cost: O(nodes + edges); memory a bit per node, and 4 bytes per node where there are attribute dicts at all.
 */
HF_MUST_CHECK enum hf_status hf_dicts_init(struct hf_dicts *dicts, const struct hf_graph *graph,
                                           struct hf_error *error);
void hf_dicts_deinit(struct hf_dicts *dicts);

/* The object that `node` is the attribute dict of in a pair, or the node itself. O(1) */
hf_node_id hf_dicts_owner(const struct hf_dicts *dicts, hf_node_id node);

/* True for the edge inside a pair. O(1) */
bool hf_dicts_is_inside(const struct hf_dicts *dicts, hf_node_id source, uint32_t edge);

/* The attribute dict that is a pair with its owner, or HF_NO_NODE. O(1), for owners O(edges of the object) */
hf_node_id hf_dicts_find(const struct hf_dicts *dicts, hf_node_id owner);

#endif
