/*
 * parts.h - the stages of the computation, and what they hand on.
 *
 *   trim       leaves with one referrer: their dominator is known, no other stage looks at them
 *   pack       the other nodes with their edges, one beside the other
 *   number     these in the order of a depth-first search, from 1; 0 stands above all roots
 *   unpack     what the search found, in columns by number
 *   dominate   semi-NCA on these numbers
 *   layout     from numbers to positions in the tree, where the leaves are hung in again
 *
 * A stage before `layout` needs a few words for each number and none of them to the end, so two words of a slot have
 * one use after the other:
 *
 *   unpack     ancestor: the parent                low: the smallest number that refers to it from above
 *   dominate   ancestor: where to climb to         low: the smallest semidominator on the way there
 *              dominator                           jump: a dominator further up
 *   layout     dominator                           count: nodes below, itself included
 */
#ifndef HF_GRAPH_DOMINATORS_PARTS_H
#define HF_GRAPH_DOMINATORS_PARTS_H

#include "base/bitset.h"
#include "graph/dominators/tree.h"

struct hf_slot {
    union { uint32_t ancestor, dominator; };
    union { uint32_t low, jump, count; };
};

/* A reference from a node to one with a smaller number, which its depth-first search had met before. */
struct hf_back_link {
    uint32_t source;
    uint32_t next;             /* link + 1 of the same target, or 0 */
};

/* A node during the search, with its edges behind it. Its place counts in units of 8 bytes. */
struct hf_vertex {
    uint32_t number;           /* 0: none (yet) */
    union {
        uint32_t degree;       /* without a number: how many targets there are */
        uint32_t low;          /* with one: the smallest number that refers to it from above, so far */
    };
    uint32_t link;             /* link + 1 of the last back link to it, or 0 */
    hf_node_id node;
    uint32_t target[];         /* places */
};

struct hf_dominating {
    const struct hf_graph *graph;
    const struct hf_progress *progress;
    struct hf_error *error;

    struct hf_bitset aside;    /* roots and trimmed leaves: no edge to them is followed */
    struct hf_bitset trimmed;
    uint32_t num_trimmed;
    union {                    /* per node */
        uint32_t *referrer;    /* of a trimmed leaf: node + 1 */
        uint32_t *place;       /* of another, to the end of the search */
        uint32_t *number;      /* ... and from then on */
    };
    uint64_t *vertices;
    uint32_t num_numbers;      /* 0 included */
    union {                    /* per number; so are the next three */
        uint32_t *place_at;    /* during the search */
        hf_node_id *node;
    };
    uint32_t *parent;          /* in the depth-first search; in layout: the next free position below it */
    uint32_t *semi;            /* unpack: link + 1 of the last back link to it; dominate: semidominator, then depth */
    struct hf_slot *slots;     /* where the way of the search was */
    uint32_t num_links;
    uint32_t first_garbage;    /* numbers from here on are not reached by a root */
    struct hf_region number_region, vertex_region, node_region, parent_region, semi_region, slot_region, link_region;
};

/* Each fills in its part. Errors: NOMEM, CANCELLED. */
HF_MUST_CHECK enum hf_status hf_dominators_trim(struct hf_dominating *work, const hf_node_id *roots,
                                                uint32_t num_roots);
HF_MUST_CHECK enum hf_status hf_dominators_pack(struct hf_dominating *work);
HF_MUST_CHECK enum hf_status hf_dominators_number(struct hf_dominating *work, const hf_node_id *roots,
                                                  uint32_t num_roots);
HF_MUST_CHECK enum hf_status hf_dominators_unpack(struct hf_dominating *work);
HF_MUST_CHECK enum hf_status hf_dominators_dominate(struct hf_dominating *work);
HF_MUST_CHECK enum hf_status hf_dominators_layout(struct hf_dominating *work, struct hf_dominator_tree *tree);

/* The tops of what has no number yet: nodes from which all of it is reached, none of them from another. */
HF_MUST_CHECK enum hf_status hf_dominators_find_tops(const struct hf_dominating *work, struct hf_region *tops);

/* Room for `count` elements of `size` bytes in a region, or NULL. */
void *hf_dominators_reserve(struct hf_region *region, size_t count, size_t size);

static inline struct hf_vertex *hf_dominators_vertex(const struct hf_dominating *work, uint32_t place) {
    return (struct hf_vertex *)(void *)(work->vertices + place);
}

/* Every now and then in long loops. False: cancelled. */
static inline bool hf_dominators_go_on(const struct hf_dominating *work, uint64_t done, uint64_t total) {
    return work->progress == NULL || work->progress->report(work->progress->context, "dominators", done, total);
}
#define HF_DOMINATORS_REPORT_EVERY (1u << 20)

#endif
