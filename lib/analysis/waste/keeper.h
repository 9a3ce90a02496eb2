/*
 * keeper.h - who holds an object in the fewest words, as a number: what hf_group_describe writes as its owner,
 * "shop.cache.Session.method", whatever the path from a root to the sessions.
 */
#ifndef HF_ANALYSIS_KEEPER_H
#define HF_ANALYSIS_KEEPER_H

#include "analysis/path/tree.h"
#include "base/text.h"

struct hf_keepers {
    const struct hf_snapshot *snapshot;
    const struct hf_tree *tree;
    const struct hf_placing *placing;
    struct hf_region parents;        /* hf_node_id per node: whose edge leads to it in the tree */
    struct hf_region of_place;       /* uint32_t: the number of the keeper; 0: not asked for yet */
    struct hf_numbering numbers;
    struct hf_text label;            /* scratch */
};

/*
 * What the keepers refer to must live as long. Ends with hf_keepers_deinit, also after a failure. Errors: NOMEM.
 * Cost: O(nodes), 4 bytes per node and 4 per place.
 */
HF_MUST_CHECK enum hf_status hf_keepers_init(struct hf_keepers *keepers, const struct hf_snapshot *snapshot,
                                             const struct hf_tree *tree, const struct hf_placing *placing,
                                             struct hf_error *error);
void hf_keepers_deinit(struct hf_keepers *keepers);

/*
 * The keeper of a node, from 1 on; garbage has one of its own. 0 without memory. O(1), but for the first node of a
 * place: at most 64 hops
 */
uint32_t hf_keepers_get(struct hf_keepers *keepers, hf_node_id node);

#endif
