/*
 * neighbourhood.c - breadth first around the selected objects, a level at a time.
 *
 *   boxes        [focus, focus | depth 1 .......... | depth 2 ...... ]
 *                               ^begin               ^end               a level
 *   candidates   one row of max_neighbours for each box of the level, the most interesting first:
 *                box 2   [module shop | instance | dict    |    ]
 *                box 3   [function    | dict     |         |    ]
 *
 * A level is first looked at in full: every reference is counted, and each box keeps its best neighbours. Then they are
 * drawn in turns (the best of each box, the second of each, ...), so that when the room ends it ends for all alike.
 * The level at the depth limit, modules and static types are counted only.
 *
 * Neighbours that say most about a leak survive (analysis/interest.h).
 *
 * Referrers are found by a scan over all edges with a bit set of the level, a few milliseconds per million edges, which
 * is cheaper than turning all edges round for the four levels that are asked for.
 */
#include "render/neighbourhood.h"

#include "analysis/interest.h"
#include "base/bitset.h"
#include "base/error.h"
#include "graph/referrers.h"

struct candidate {
    hf_node_id node;
    enum hf_interest interest;
    uint32_t num_steps;
    uint64_t num_references;
    struct hf_step steps[HF_ARROW_STEPS];
};

struct level {
    struct hf_drawing *drawing;
    uint32_t begin, end;             /* boxes */
    uint32_t per_box;
    bool is_last;                    /* count only */
    struct candidate *candidates;    /* per_box for each box */
    uint32_t *num_candidates;
};

static void add_step(struct candidate *candidate, const struct hf_step *step) {
    candidate->num_references++;
    if (candidate->num_steps < HF_ARROW_STEPS)
        candidate->steps[candidate->num_steps++] = *step;
}

/* Counts a reference between `box` and `neighbour`, and keeps it if it is among the best. */
static void meet(struct level *level, uint32_t box, hf_node_id neighbour, const struct hf_step *step) {
    level->drawing->boxes[box].num_references++;
    if (level->is_last || level->drawing->boxes[box].is_end)
        return;
    struct candidate *row = &level->candidates[(size_t)(box - level->begin) * level->per_box];
    uint32_t *count = &level->num_candidates[box - level->begin];
    for (uint32_t i = *count; i-- > 0;)
        if (row[i].node == neighbour) {
            add_step(&row[i], step);
            return;
        }
    enum hf_interest interest = hf_interest_of(level->drawing->snapshot, neighbour, step);
    if (*count == level->per_box) {
        if (row[*count - 1].interest <= interest)
            return;
        (*count)--;
    }
    uint32_t at = (*count)++;
    for (; at > 0 && row[at - 1].interest > interest; at--)
        row[at] = row[at - 1];
    row[at] = (struct candidate){.node = neighbour, .interest = interest};
    add_step(&row[at], step);
}

/* A text that is a key or the name of an attribute stands at the arrow of its value: it needs no box. */
static bool is_shown_as_name(const struct hf_drawing *drawing, hf_node_id source, uint32_t edge) {
    const struct hf_graph *graph = &drawing->graph;
    const char *text;
    size_t length;
    return hf_graph_edge_kind(graph, edge) == HF_NAME_KEY && edge + 1 < graph->row[source + 1] &&
           hf_graph_edge_kind(graph, edge + 1) == HF_NAME_VALUE &&
           hf_snapshot_find_str(drawing->snapshot, graph->target[edge], &text, &length);
}

static void meet_targets(struct level *level, uint32_t box, hf_node_id source) {
    const struct hf_drawing *drawing = level->drawing;
    const struct hf_graph *graph = &drawing->graph;
    for (uint32_t edge = graph->row[source]; edge < graph->row[source + 1]; edge++) {
        if (hf_dicts_is_inside(&drawing->dicts, source, edge) || is_shown_as_name(drawing, source, edge))
            continue;
        struct hf_step step = hf_step_make(&drawing->dicts, source, edge);
        meet(level, box, hf_dicts_owner(&drawing->dicts, graph->target[edge]), &step);
    }
}

static void look_at_references(struct level *level) {
    for (uint32_t box = level->begin; box < level->end; box++) {
        meet_targets(level, box, level->drawing->boxes[box].node);
        if (level->drawing->boxes[box].dict != HF_NO_NODE)
            meet_targets(level, box, level->drawing->boxes[box].dict);
    }
}

static bool make_frontier(const struct level *level, struct hf_bitset *frontier) {
    if (!hf_bitset_init(frontier, level->drawing->graph.num_nodes))
        return false;
    for (uint32_t i = level->begin; i < level->end; i++) {
        const struct hf_box *box = &level->drawing->boxes[i];
        hf_bitset_add(frontier, box->node);
        if (box->dict != HF_NO_NODE)
            hf_bitset_add(frontier, box->dict);
    }
    return true;
}

static void meet_source(void *context, hf_node_id source, uint32_t edge) {
    struct level *level = context;
    const struct hf_drawing *drawing = level->drawing;
    if (hf_dicts_is_inside(&drawing->dicts, source, edge))
        return;
    struct hf_step step = hf_step_make(&drawing->dicts, source, edge);
    meet(level, hf_drawing_find_box(drawing, drawing->graph.target[edge]), step.owner, &step);
}

static enum hf_status look_at_referrers(struct level *level, struct hf_error *error) {
    const struct hf_drawing *drawing = level->drawing;
    struct hf_bitset frontier;
    if (!make_frontier(level, &frontier))
        return hf_fail_nomem(error);
    enum hf_status status = hf_referrers_scan(&drawing->graph, &frontier, meet_source, level,
                                              drawing->options.progress, error);
    hf_bitset_deinit(&frontier);
    return status;
}

static void draw_candidate(struct level *level, uint32_t box, const struct candidate *candidate) {
    struct hf_drawing *drawing = level->drawing;
    if (drawing->num_arrows == drawing->max_arrows)
        return;
    uint32_t other = hf_drawing_add_box(drawing, candidate->node, drawing->boxes[box].depth + 1);
    if (other == HF_NO_BOX)
        return;
    bool outwards = drawing->options.direction == HF_PICTURE_REFERENCES;
    struct hf_arrow *arrow = hf_drawing_add_arrow(drawing, outwards ? box : other, outwards ? other : box);
    arrow->num_references = candidate->num_references;
    for (uint32_t i = 0; i < candidate->num_steps; i++)
        arrow->steps[i] = candidate->steps[i];
    drawing->boxes[box].num_drawn += candidate->num_references;
    drawing->boxes[box].is_followed = true;
}

static void draw_level(struct level *level) {
    for (uint32_t turn = 0; turn < level->per_box; turn++)
        for (uint32_t box = level->begin; box < level->end; box++)
            if (turn < level->num_candidates[box - level->begin])
                draw_candidate(level, box, &level->candidates[(size_t)(box - level->begin) * level->per_box + turn]);
}

static enum hf_status add_level(struct level *level, struct hf_error *error) {
    size_t num_boxes = level->end - level->begin;
    level->num_candidates = hf_alloc(num_boxes, sizeof *level->num_candidates);
    level->candidates = hf_alloc(level->is_last ? 0 : num_boxes * level->per_box, sizeof *level->candidates);
    enum hf_status status = HF_OK;
    if (level->candidates == NULL || level->num_candidates == NULL)
        status = hf_fail_nomem(error);
    else if (level->drawing->options.direction == HF_PICTURE_REFERENCES)
        look_at_references(level);
    else
        status = look_at_referrers(level, error);
    if (status == HF_OK && !level->is_last)
        draw_level(level);
    hf_free(level->candidates);
    hf_free(level->num_candidates);
    return status;
}

enum hf_status hf_neighbourhood_add(struct hf_drawing *drawing, const struct hf_selection *selection,
                                    struct hf_error *error) {
    uint32_t max_focus = drawing->options.max_neighbours;
    for (size_t i = 0; i < selection->num_nodes && drawing->num_boxes < max_focus; i++)
        hf_drawing_add_box(drawing, selection->nodes[i], 0);
    enum hf_status status = HF_OK;
    uint32_t begin = 0;
    for (unsigned depth = 0; depth <= drawing->options.depth && status == HF_OK; depth++) {
        if (begin == drawing->num_boxes)
            break;
        struct level level = {
            .drawing = drawing,
            .begin = begin,
            .end = drawing->num_boxes,
            .per_box = drawing->options.max_neighbours,
            .is_last = depth == drawing->options.depth,
        };
        begin = level.end;
        status = add_level(&level, error);
    }
    return status;
}
