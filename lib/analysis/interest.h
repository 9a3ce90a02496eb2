/* interest.h - which objects say most to somebody who looks for a leak, and where their story ends. */
#ifndef HF_ANALYSIS_INTEREST_H
#define HF_ANALYSIS_INTEREST_H

#include "analysis/path/route.h"
#include "base/bitset.h"

/* The most telling first. */
enum hf_interest {
    HF_INTEREST_MODULE,
    HF_INTEREST_INSTANCE,      /* of a class or a type that was made at run time */
    HF_INTEREST_FRAME,         /* and generators, coroutines */
    HF_INTEREST_FUNCTION,      /* and classes, cells, bound methods */
    HF_INTEREST_OTHER,         /* containers and other objects of C types */
    HF_INTEREST_VALUE,         /* strings, numbers, code */
    HF_INTEREST_COMMON,        /* what is true of every object: its type, the names of its attributes */
};

enum hf_interest hf_interest_of_node(const struct hf_snapshot *snapshot, hf_node_id node);

/* The same for the object at the other end of a reference. */
enum hf_interest hf_interest_of(const struct hf_snapshot *snapshot, hf_node_id node, const struct hf_step *step);

/*
 * True for roots that somebody wants to see beside the object. Static types and immortal objects are kept by Python
 * itself: to tell it of each would drown the rest; and a module is its own name.
 */
bool hf_interest_in_root(enum hf_root_kind kind, bool is_module);

/*
 * A module in sys.modules and a type that is part of a library live as long as the program does. What refers to them
 * (functions, importing modules, subclasses) and what they refer to is counted where it is met, and not followed.
 * Makes the set of these nodes; ends with hf_bitset_deinit. False: no memory. O(roots)
 */
bool hf_interest_find_ends(struct hf_bitset *ends, const struct hf_snapshot *snapshot);

#endif
