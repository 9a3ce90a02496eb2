/*
 * dominators.h - what would be freed if this went away: the dominator tree of a snapshot and exact retained sizes.
 *
 * An object dominates another when every path from every root to it passes through the first. What it dominates, itself
 * included, is what it retains: exactly that could be freed if the object went away. The immediate dominator is the
 * nearest; by it all objects form a tree, whose tops are the roots themselves and whatever several roots hold together.
 *
 * Garbage, which no root reaches and which waits for the cycle collector, is a forest of its own behind the tree. It
 * has a top for each group of objects that keep each other alive and that nothing else keeps; the group and what it
 * alone holds is below it. What garbage refers to and a root reaches belongs to the root. Weak references hold nothing.
 */
#ifndef HOLDFAST_DOMINATORS_H
#define HOLDFAST_DOMINATORS_H

#include <holdfast/snapshot.h>

HF_BEGIN_API

struct hf_dominators;

/* Objects, and the sum of their shallow sizes. */
struct hf_retained {
    uint64_t count;
    uint64_t size_bytes;
};

/*
 * The dominators of a snapshot: computed when they are asked for first, kept with the snapshot, and ended with it. Any
 * number of threads may ask at once. progress may be NULL. Errors: NOMEM, CANCELLED.
 * Cost: about as much as a collection of the same heap by Python, once; 24 bytes per object as long as the snapshot
 * lives, 45 meanwhile. Source: lib/graph/dominators/tree.h.
 */
HF_MUST_CHECK enum hf_status hf_dominators_get(const struct hf_snapshot *snapshot, const struct hf_progress *progress,
                                               const struct hf_dominators **out, struct hf_error *error);

/* What a node retains, itself included. HF_NO_NODE: what the roots reach. O(1) */
struct hf_retained hf_dominators_get_retained(const struct hf_dominators *dominators, hf_node_id node);

/* All garbage. O(1) */
struct hf_retained hf_dominators_get_garbage(const struct hf_dominators *dominators);

/* True for what no root reaches. O(1) */
bool hf_dominators_is_garbage(const struct hf_dominators *dominators, hf_node_id node);

/* The immediate dominator, HF_NO_NODE for a top. O(1) */
hf_node_id hf_dominators_get_parent(const struct hf_dominators *dominators, hf_node_id node);

/* True when `above` retains `below`; every node retains itself. O(1) */
bool hf_dominators_has(const struct hf_dominators *dominators, hf_node_id above, hf_node_id below);

/*
 * The children of a node one after the other, in no order of size; HF_NO_NODE at the end. Those of HF_NO_NODE are the
 * tops of what the roots reach, and hf_dominators_first_garbage gives the first top of the garbage. O(1) each
 */
hf_node_id hf_dominators_first_child(const struct hf_dominators *dominators, hf_node_id node);
hf_node_id hf_dominators_next_child(const struct hf_dominators *dominators, hf_node_id child);
hf_node_id hf_dominators_first_garbage(const struct hf_dominators *dominators);

/*
 * All that a node retains as an array of get_retained().count nodes: the node first, each node before what it retains.
 * HF_NO_NODE: all that the roots reach. Borrowed. O(1)
 */
const hf_node_id *hf_dominators_get_nodes(const struct hf_dominators *dominators, hf_node_id node);

/*
 * What the objects of each type retain: the union, so that what lies below two objects of the type counts once.
 * retained[hf_snapshot_num_types] is the caller's. What several objects hold together and none of them alone is not in
 * it: that is a question about a set. Garbage counts like everything else. Errors: NOMEM. O(nodes)
 */
HF_MUST_CHECK enum hf_status hf_dominators_sum_types(const struct hf_dominators *dominators,
                                                     struct hf_retained *retained, struct hf_error *error);

/* The same for all types together that have is_wanted[type]. O(nodes) */
struct hf_retained hf_dominators_sum_wanted(const struct hf_dominators *dominators, const bool *is_wanted);

HF_END_API
#endif
