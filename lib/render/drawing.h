/* drawing.h - what a picture shows: boxes, arrows and roots, chosen out of a snapshot. */
#ifndef HF_RENDER_DRAWING_H
#define HF_RENDER_DRAWING_H

#include <holdfast/dominators.h>
#include <holdfast/picture.h>

#include "analysis/path/route.h"
#include "base/bitset.h"

#define HF_NO_BOX UINT32_MAX
#define HF_ARROW_STEPS 3
#define HF_BOX_ROOTS 3

/* An object; an instance, module or class together with its attribute dict. */
struct hf_box {
    hf_node_id node;
    hf_node_id dict;             /* drawn as one with the node, or HF_NO_NODE */
    unsigned depth;              /* hops from the focus */
    bool is_focus;               /* selected by the user */
    bool is_module;
    bool is_root;
    bool is_end;                 /* a module or a static type, not selected: its references are not followed */
    bool is_followed;            /* its references were looked at one by one and drawn as far as there was room */
    uint32_t num_roots_drawn;
    uint64_t num_references;     /* that the object has, of the drawn direction; roots count as references */
    uint64_t num_drawn;
    struct hf_retained retained; /* by the object and its attribute dict; 0 where it was not asked for */
};

/* All references from one box to another. */
struct hf_arrow {
    uint32_t source, target;
    uint64_t num_references;
    uint64_t num_skipped;        /* objects of a chain between the two that are not drawn */
    struct hf_step steps[HF_ARROW_STEPS];   /* the first of the references */
};

struct hf_root_arrow {
    uint32_t root;               /* index for hf_snapshot_get_root */
    uint32_t box;
};

struct hf_drawing {
    const struct hf_snapshot *snapshot;
    struct hf_graph graph;
    struct hf_picture_options options;   /* with all defaults filled in */
    struct hf_box *boxes;
    struct hf_arrow *arrows;
    struct hf_root_arrow *roots;
    uint32_t num_boxes, max_boxes;
    uint32_t num_arrows, max_arrows;
    uint32_t num_roots, max_roots;
    uint64_t num_selected;               /* objects; not all of them may be drawn */
    uint64_t num_selected_drawn;
    struct hf_bitset ends;               /* nodes that are modules of sys.modules or static types */
    struct hf_dicts dicts;
    struct hf_region box_region;         /* uint32_t per node: box + 1, or 0 */
};

/*
 * Finds which dicts are the attribute dict of one object, and makes room for options->max_nodes boxes. Ends with
 * hf_drawing_deinit, also after a failure. Errors: NOMEM. O(nodes + edges)
 */
HF_MUST_CHECK enum hf_status hf_drawing_init(struct hf_drawing *drawing, const struct hf_snapshot *snapshot,
                                             const struct hf_picture_options *options, struct hf_error *error);
void hf_drawing_deinit(struct hf_drawing *drawing);

/* The box that shows a node, or HF_NO_BOX. */
uint32_t hf_drawing_find_box(const struct hf_drawing *drawing, hf_node_id node);

/* The same, and a new box at `depth` if there is none yet and room for one. */
uint32_t hf_drawing_add_box(struct hf_drawing *drawing, hf_node_id node, unsigned depth);

/* A new arrow without references, or NULL where there is no room. */
struct hf_arrow *hf_drawing_add_arrow(struct hf_drawing *drawing, uint32_t source, uint32_t target);

/* Marks the boxes that are selected (not for their attribute dict alone), and counts them. O(selected) */
void hf_drawing_mark_selection(struct hf_drawing *drawing, const struct hf_selection *selection);

/* Marks the boxes that are roots and draws arrows from them, the most preferred first. O(roots) */
void hf_drawing_add_roots(struct hf_drawing *drawing, const struct hf_root_order *order);

/* References that were left out: of boxes that were followed, and of those that were not. */
uint64_t hf_drawing_count_omitted(const struct hf_drawing *drawing, bool of_followed);

#endif
