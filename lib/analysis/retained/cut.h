/* cut.h - what goes away: nodes, edges and roots, each as bits. */
#ifndef HF_ANALYSIS_CUT_H
#define HF_ANALYSIS_CUT_H

#include <holdfast/retained.h>

#include "base/bitset.h"
#include "base/text.h"
#include "snapshot/snapshot.h"

struct hf_cut {
    const struct hf_snapshot *snapshot;
    struct hf_bitset nodes, edges, roots;   /* roots: by index */
    uint64_t num_references;                /* edges and roots, the keys of items not counted */
    struct hf_text description;
};

#endif
