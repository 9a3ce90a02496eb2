/* chain.h - the shortest chains of references from a root to the selected objects, as a drawing. */
#ifndef HF_RENDER_CHAIN_H
#define HF_RENDER_CHAIN_H

#include "render/drawing.h"

/*
 * Adds the chains to the selected objects (the first max_neighbours of them), as the tree of shortest paths has them.
 * The middle of a chain that is too long becomes one arrow that says how many objects it skips.
 * Errors: NOMEM. Cost: O(length of the chains * log nodes).
 */
HF_MUST_CHECK enum hf_status hf_chain_add(struct hf_drawing *drawing, const struct hf_selection *selection,
                                          const struct hf_paths *paths, const struct hf_root_order *order,
                                          struct hf_error *error);

#endif
