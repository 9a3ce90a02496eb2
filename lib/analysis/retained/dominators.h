/* dominators.h - what the questions about retained sizes share beyond the public header. */
#ifndef HF_ANALYSIS_DOMINATORS_H
#define HF_ANALYSIS_DOMINATORS_H

#include <holdfast/dominators.h>

#include "graph/dominators/tree.h"
#include "snapshot/derived.h"

struct hf_dominators {
    struct hf_derived derived;       /* first, so that the one is the other */
    const struct hf_snapshot *snapshot;
    struct hf_dominator_tree tree;
    uint64_t *sum;                   /* per position, and one more: bytes before it */
    struct hf_region sum_region;
};

#endif
