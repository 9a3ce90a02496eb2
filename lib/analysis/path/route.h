/* route.h - one path through the tree of shortest paths, as steps that read as one hop each. */
#ifndef HF_ANALYSIS_ROUTE_H
#define HF_ANALYSIS_ROUTE_H

#include "analysis/roots.h"
#include "base/text.h"
#include "graph/dicts.h"
#include "graph/paths.h"
#include "graph/search.h"

#define HF_NO_EDGE UINT32_MAX
#define HF_NO_ROOT UINT32_MAX

/* From `owner` by `edge`; when `dict` is a node, the edge is one of the owner's attribute dict. */
struct hf_step {
    hf_node_id owner;
    hf_node_id dict;       /* HF_NO_NODE: the edge is one of the owner itself */
    uint32_t edge;
};

struct hf_route {
    uint32_t root;         /* index for hf_snapshot_get_root, or HF_NO_ROOT: the way begins at an object */
    hf_node_id start;      /* the root's node, or that object */
    const struct hf_step *steps;
    size_t num_steps;
    struct hf_region region;
};

/*
 * The path that the tree has to a reached node, then along `last` (an edge of that node, or HF_NO_EDGE).
 * Ends with hf_route_deinit, also after a failure. Errors: NOMEM. Cost: O(hops * log nodes + roots).
 */
HF_MUST_CHECK enum hf_status hf_route_init(struct hf_route *route, const struct hf_paths *paths,
                                           const struct hf_root_order *order, hf_node_id node, uint32_t last,
                                           struct hf_error *error);
/*
 * The chain that a search has found, up to and along its last edge. *route is all zero, or one that this function has
 * made: its memory is used again. Ends likewise. Errors: NOMEM.
 */
HF_MUST_CHECK enum hf_status hf_route_init_chain(struct hf_route *route, const struct hf_search *search,
                                                 uint32_t last_edge, struct hf_error *error);
/* The path that consists of a root alone. */
void hf_route_init_root(struct hf_route *route, uint32_t root, hf_node_id node);
void hf_route_deinit(struct hf_route *route);

/* The step along an edge of `source`, which may be an object or the attribute dict of one. */
struct hf_step hf_step_make(const struct hf_dicts *dicts, hf_node_id source, uint32_t edge);

/* The node whose edge a step follows. */
static inline hf_node_id hf_step_source(const struct hf_step *step) {
    return step->dict != HF_NO_NODE ? step->dict : step->owner;
}

/* Python's identifiers in ASCII that are no keyword: what can stand behind a dot. */
bool hf_is_plain_identifier(const char *text, size_t length);

/* Appends how a step reads: "._shards", "[7]", " local 'x'". O(edges of its source) */
void hf_step_print(struct hf_text *text, const struct hf_snapshot *snapshot, const struct hf_step *step);

#endif
