/*
 * drawing.c - the boxes and arrows of a picture.
 *
 *   box_of    per node   [0 |1 |0     |0      |2 ...]     its box, + 1; a dict has the box of its owner
 *   boxes                [focus |focus |depth 1 ... |depth 2 ...]
 *
 * An object and its attribute dict are one box, so that an arrow reads ".x" and not ".__dict__" and "['x']". A dict
 * that serves several objects is a box of its own.
 *
 * What refers to a module or to a type of a library would fill the picture with what nobody asked for (interest.h).
 *
 * The column is sparse, and pages that are never written take no memory: an array is cheaper here than a hash table.
 */
#include "render/drawing.h"

#include "analysis/interest.h"
#include "base/error.h"
#include "base/memory.h"

#define ARROWS_PER_BOX 2

static uint32_t *boxes_of(const struct hf_drawing *drawing) {
    return (uint32_t *)(void *)drawing->box_region.data;
}

enum hf_status hf_drawing_init(struct hf_drawing *drawing, const struct hf_snapshot *snapshot,
                               const struct hf_picture_options *options, struct hf_error *error) {
    *drawing = (struct hf_drawing){.snapshot = snapshot, .graph = hf_graph_of(snapshot), .options = *options};
    drawing->max_boxes = options->max_nodes;
    drawing->max_arrows = options->max_nodes * ARROWS_PER_BOX;
    drawing->max_roots = options->max_nodes;
    drawing->boxes = hf_alloc(drawing->max_boxes, sizeof *drawing->boxes);
    drawing->arrows = hf_alloc(drawing->max_arrows, sizeof *drawing->arrows);
    drawing->roots = hf_alloc(drawing->max_roots, sizeof *drawing->roots);
    size_t bytes = ((size_t)snapshot->num_nodes + 1) * sizeof(uint32_t);
    if (drawing->boxes == NULL || drawing->arrows == NULL || drawing->roots == NULL ||
        !hf_region_reserve(&drawing->box_region, bytes) || !hf_interest_find_ends(&drawing->ends, snapshot))
        return hf_fail_nomem(error);
    return hf_dicts_init(&drawing->dicts, &drawing->graph, error);
}

void hf_drawing_deinit(struct hf_drawing *drawing) {
    hf_free(drawing->boxes);
    hf_free(drawing->arrows);
    hf_free(drawing->roots);
    hf_dicts_deinit(&drawing->dicts);
    hf_region_deinit(&drawing->box_region);
    hf_bitset_deinit(&drawing->ends);
    *drawing = (struct hf_drawing){0};
}

uint32_t hf_drawing_find_box(const struct hf_drawing *drawing, hf_node_id node) {
    return boxes_of(drawing)[node] - 1; /* 0 becomes HF_NO_BOX */
}

static bool is_module(const struct hf_drawing *drawing, hf_node_id node) {
    uint32_t type = hf_col_node_type(drawing->snapshot)[node];
    return (hf_col_types(drawing->snapshot)[type].flags & HF_TYPE_MODULE) != 0;
}

uint32_t hf_drawing_add_box(struct hf_drawing *drawing, hf_node_id node, unsigned depth) {
    node = hf_dicts_owner(&drawing->dicts, node);
    uint32_t box = hf_drawing_find_box(drawing, node);
    if (box != HF_NO_BOX || drawing->num_boxes == drawing->max_boxes)
        return box;
    box = drawing->num_boxes++;
    drawing->boxes[box] = (struct hf_box){
        .node = node,
        .dict = hf_dicts_find(&drawing->dicts, node),
        .depth = depth,
        .is_module = is_module(drawing, node),
        .is_end = depth > 0 && hf_bitset_has(&drawing->ends, node),
    };
    boxes_of(drawing)[node] = box + 1;
    if (drawing->boxes[box].dict != HF_NO_NODE)
        boxes_of(drawing)[drawing->boxes[box].dict] = box + 1;
    return box;
}

struct hf_arrow *hf_drawing_add_arrow(struct hf_drawing *drawing, uint32_t source, uint32_t target) {
    if (drawing->num_arrows == drawing->max_arrows)
        return NULL;
    struct hf_arrow *arrow = &drawing->arrows[drawing->num_arrows++];
    *arrow = (struct hf_arrow){.source = source, .target = target};
    return arrow;
}

void hf_drawing_mark_selection(struct hf_drawing *drawing, const struct hf_selection *selection) {
    drawing->num_selected = selection->num_nodes;
    for (size_t i = 0; i < selection->num_nodes; i++) {
        uint32_t box = hf_drawing_find_box(drawing, selection->nodes[i]);
        if (box == HF_NO_BOX)
            continue;
        bool is_itself = drawing->boxes[box].node == selection->nodes[i];
        drawing->boxes[box].is_focus |= is_itself || drawing->boxes[box].depth == 0;
        drawing->num_selected_drawn++;
    }
}

static void add_root(struct hf_drawing *drawing, uint32_t index) {
    const struct hf_root_record *root = &hf_col_roots(drawing->snapshot)[index];
    uint32_t at = hf_drawing_find_box(drawing, root->node);
    if (at == HF_NO_BOX)
        return;
    struct hf_box *box = &drawing->boxes[at];
    box->is_root |= root->kind != HF_ROOT_IMMORTAL;
    if (drawing->options.direction != HF_PICTURE_REFERRERS ||
        !hf_interest_in_root((enum hf_root_kind)root->kind, box->is_module))
        return;
    box->num_references += root->count;
    if (box->is_end || box->num_roots_drawn == HF_BOX_ROOTS || drawing->num_roots == drawing->max_roots)
        return;
    box->num_drawn += root->count;
    box->num_roots_drawn++;
    drawing->roots[drawing->num_roots++] = (struct hf_root_arrow){index, at};
}

void hf_drawing_add_roots(struct hf_drawing *drawing, const struct hf_root_order *order) {
    for (uint32_t i = 0; i < order->num_roots; i++)
        add_root(drawing, order->indexes[i]);
}

uint64_t hf_drawing_count_omitted(const struct hf_drawing *drawing, bool of_followed) {
    uint64_t count = 0;
    for (uint32_t i = 0; i < drawing->num_boxes; i++) {
        const struct hf_box *box = &drawing->boxes[i];
        if (box->is_followed == of_followed)
            count += box->num_references - box->num_drawn;
    }
    return count;
}
