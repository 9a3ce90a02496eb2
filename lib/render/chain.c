/*
 * chain.c - draws paths of the tree of shortest paths.
 *
 *   root --> box --> box --> ... 2,999,850 objects ... --> box --> box --> selected object
 *            <--- head ---->                               <--- tail -->
 *
 * A chain is walked from the selected object upwards and ends early at a box that an earlier chain has drawn: in a tree
 * the rest is the same. The room is shared among the chains that are still to come.
 */
#include "render/chain.h"

struct chain {
    struct hf_drawing *drawing;
    struct hf_route route;
    hf_node_id end;              /* the last object of the route */
};

static hf_node_id node_at(const struct chain *chain, size_t i) {
    return i < chain->route.num_steps ? chain->route.steps[i].owner : chain->end;
}

static void connect(const struct chain *chain, size_t from, size_t to) {
    struct hf_drawing *drawing = chain->drawing;
    const struct hf_step *step = &chain->route.steps[from];
    uint32_t source = hf_drawing_find_box(drawing, node_at(chain, from));
    uint32_t target = hf_drawing_find_box(drawing, node_at(chain, to));
    if (hf_dicts_is_inside(&drawing->dicts, hf_step_source(step), step->edge))
        return;
    struct hf_arrow *arrow = hf_drawing_add_arrow(drawing, source, target);
    if (arrow == NULL)
        return;
    arrow->num_skipped = to - from - 1;
    arrow->num_references = 1;
    arrow->steps[0] = hf_step_make(&drawing->dicts, hf_step_source(step), step->edge);
}

static void add_start(struct hf_drawing *drawing, const struct hf_route *route) {
    uint32_t at = hf_drawing_find_box(drawing, route->start);
    const struct hf_root_record *root = &hf_col_roots(drawing->snapshot)[route->root];
    drawing->boxes[at].is_root = true;
    if (drawing->boxes[at].is_module && (root->kind == HF_ROOT_MODULE || root->kind == HF_ROOT_BUILTINS))
        return;
    if (drawing->num_roots < drawing->max_roots)
        drawing->roots[drawing->num_roots++] = (struct hf_root_arrow){route->root, at};
}

/*
 * Draws nodes 0 .. num_steps of the route, all of them or the `room` at its ends. A box can occur twice: as an object
 * and as its dict.
 */
static void draw(const struct chain *chain, size_t room) {
    size_t count = chain->route.num_steps + 1, below = count;
    size_t tail = count <= room ? count : room - room / 2;
    uint32_t first_box = chain->drawing->num_boxes;
    for (size_t i = count; i-- > 0;) {
        if (count > room && count - i > tail && i >= room - tail)
            i = room - tail - 1; /* jump over the middle */
        uint32_t box = hf_drawing_add_box(chain->drawing, node_at(chain, i), (unsigned)(count - 1 - i));
        if (box == HF_NO_BOX)
            return;
        if (below < count)
            connect(chain, i, below);
        if (box < first_box)
            return;
        below = i;
    }
    add_start(chain->drawing, &chain->route);
}

static enum hf_status add_chain(struct hf_drawing *drawing, hf_node_id node, size_t room, const struct hf_paths *paths,
                                const struct hf_root_order *order, struct hf_error *error) {
    struct chain chain = {.drawing = drawing, .end = node};
    hf_node_id owner = hf_dicts_owner(&drawing->dicts, node);
    if (hf_paths_is_reached(paths, owner))
        chain.end = owner;
    if (!hf_paths_is_reached(paths, chain.end)) {
        hf_drawing_add_box(drawing, node, 0);
        return HF_OK;
    }
    enum hf_status status = hf_route_init(&chain.route, paths, order, chain.end, HF_NO_EDGE, error);
    if (status == HF_OK)
        draw(&chain, room);
    hf_route_deinit(&chain.route);
    return status;
}

enum hf_status hf_chain_add(struct hf_drawing *drawing, const struct hf_selection *selection,
                            const struct hf_paths *paths, const struct hf_root_order *order, struct hf_error *error) {
    size_t num_chains = selection->num_nodes;
    if (num_chains > drawing->options.max_neighbours)
        num_chains = drawing->options.max_neighbours;
    enum hf_status status = HF_OK;
    for (size_t i = 0; i < num_chains && status == HF_OK; i++) {
        size_t room = (drawing->max_boxes - drawing->num_boxes) / (num_chains - i);
        if (room < 2)
            break;
        status = add_chain(drawing, selection->nodes[i], room, paths, order, error);
    }
    return status;
}
