/*
 * neighbours.c - breadth first around the selected objects, a level of rows at a time.
 *
 *   rows      [selected | .user str | .number int | ... ]      row 0 is what was selected, each other one a branch of
 *              ^level 0   ^level 1 ...                          its parent; handed out in the order of reading
 *   members   [#3 #8 #9 | #4 #7     | #5 #6       | ... ]      the objects that are followed in a row
 *   placed    per node: the row that follows it + 1; an object and its attribute dict are in one row
 *
 * Level by level: the references of all its rows are met and grouped into branches (level.c); the branches become rows
 * in turns, the best of each row, then the second of each, so that when the room ends it ends for all alike; their
 * objects are placed. An object that is placed already is counted in another row and not followed there, so that each
 * reference is looked at once and cycles end. What the last level refers to, and modules and types of libraries, is
 * counted only.
 *
 * Referrers are found by a scan over all edges with a bit set of the level (hf_referrers_scan).
 */
#include <holdfast/neighbours.h>

#include <string.h>

#include <xxhash.h>

#include "analysis/lookup.h"
#include "analysis/neighbours/level.h"
#include "analysis/roots.h"
#include "base/arena.h"
#include "base/error.h"
#include "base/options.h"
#include "graph/reverse.h"

#define DEFAULT_DEPTH 3
#define DEFAULT_ROWS 40
#define DEFAULT_BRANCHES 10
#define MAX_DEPTH 100
#define MAX_ROWS 100000
#define MAX_VALUE_CHARS 80
#define ROOT_KEY (UINT64_C(1) << 63)
#define NATIVE_CODE "<native code>"

struct answer {
    struct hf_neighbours public;   /* first, so that the one is the other */
    struct hf_arena arena;
};

struct row {
    struct hf_neighbour public;    /* texts are set at the end */
    struct hf_step step;           /* of the first reference; of a root `edge` is its index */
    size_t first_member;
    uint32_t num_members;
    uint32_t num_told;             /* members, once for each reference, that are to be placed */
    uint32_t place;                /* where it stands in the order of reading */
    uint32_t first_child, last_child, next;    /* HF_NO_ROW: none */
};

struct tree {
    const struct hf_snapshot *snapshot;
    struct hf_neighbours_options options;
    struct hf_graph graph;
    struct hf_dicts dicts;
    struct hf_bitset ends;         /* objects that are never followed, unless they are selected */
    struct hf_bitset alone;        /* attribute dicts that are selected without their owner */
    struct hf_bitset here;         /* scratch: what a row has already */
    struct hf_labels *labels;
    struct hf_region placed;
    struct hf_region row_region, member_region;
    uint32_t num_rows;
    uint32_t begin, end;           /* the level: rows */
    bool is_last;                  /* it is counted only */
    struct hf_level level;
    struct answer *answer;
    struct hf_error *error;
};

static struct row *rows_of(const struct tree *tree) {
    return (struct row *)(void *)tree->row_region.data;
}

static uint32_t *placed_in(const struct tree *tree) {
    return (uint32_t *)(void *)tree->placed.data;
}

static hf_node_id *members_of(const struct tree *tree) {
    return (hf_node_id *)(void *)tree->member_region.data;
}

/* ---- an object and its dict ---- */

static hf_node_id unit_of(const struct tree *tree, hf_node_id node) {
    return hf_bitset_has(&tree->alone, node) ? node : hf_dicts_owner(&tree->dicts, node);
}

static struct hf_step make_step(const struct tree *tree, hf_node_id source, uint32_t edge) {
    if (hf_bitset_has(&tree->alone, source))
        return (struct hf_step){source, HF_NO_NODE, edge};
    return hf_step_make(&tree->dicts, source, edge);
}

static bool is_inside(const struct tree *tree, hf_node_id source, uint32_t edge) {
    hf_node_id target = tree->graph.target[edge];
    return hf_dicts_is_inside(&tree->dicts, source, edge) && !hf_bitset_has(&tree->alone, target);
}

/* The dict that is one with a node, or HF_NO_NODE. */
static hf_node_id dict_of(const struct tree *tree, hf_node_id node) {
    hf_node_id dict = hf_dicts_find(&tree->dicts, node);
    return dict != HF_NO_NODE && !hf_bitset_has(&tree->alone, dict) ? dict : HF_NO_NODE;
}

/* ---- rows and their members ---- */

static struct row *add_row(struct tree *tree, uint32_t parent) {
    size_t needed_bytes = ((size_t)tree->num_rows + 1) * sizeof(struct row);
    if (!hf_region_reserve(&tree->row_region, needed_bytes))
        return NULL;
    struct row *row = &rows_of(tree)[tree->num_rows++];
    *row = (struct row){.public.parent = parent, .public.node = HF_NO_NODE, .first_child = HF_NO_ROW,
                        .last_child = HF_NO_ROW, .next = HF_NO_ROW};
    row->public.depth = parent == HF_NO_ROW ? 0 : rows_of(tree)[parent].public.depth + 1;
    return row;
}

/* Puts an object, told in one reference or more, into the last row. False: no memory. */
static bool place(struct tree *tree, struct row *row, hf_node_id node) {
    hf_node_id dict = dict_of(tree, node);
    row->public.num_objects++;
    row->public.size_bytes += hf_snapshot_get_size(tree->snapshot, node);
    if (dict != HF_NO_NODE)
        row->public.size_bytes += hf_snapshot_get_size(tree->snapshot, dict);
    if (placed_in(tree)[node] != 0) {
        row->public.num_repeated++;
        return true;
    }
    if (!hf_region_push(&tree->member_region, &node, sizeof node))
        return false;
    uint32_t number = (uint32_t)(row - rows_of(tree)) + 1;
    placed_in(tree)[node] = number;
    if (dict != HF_NO_NODE)
        placed_in(tree)[dict] = number;
    row->num_members++;
    return true;
}

static bool is_selected(const struct hf_selection *selection, hf_node_id node) {
    size_t low = 0, high = selection->num_nodes;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (selection->nodes[middle] < node)
            low = middle + 1;
        else
            high = middle;
    }
    return low < selection->num_nodes && selection->nodes[low] == node;
}

static enum hf_status add_focus(struct tree *tree, const struct hf_selection *selection) {
    for (size_t i = 0; i < selection->num_nodes; i++) {
        hf_node_id node = selection->nodes[i], owner = hf_dicts_owner(&tree->dicts, node);
        if (owner != node && !is_selected(selection, owner))
            hf_bitset_add(&tree->alone, node);
    }
    struct row *row = add_row(tree, HF_NO_ROW);
    if (row == NULL)
        return hf_fail_nomem(tree->error);
    for (size_t i = 0; i < selection->num_nodes; i++) {
        hf_node_id node = selection->nodes[i];
        hf_bitset_remove(&tree->ends, node);
        if (unit_of(tree, node) == node && !place(tree, row, node))
            return hf_fail_nomem(tree->error);
    }
    return HF_OK;
}

/* ---- what a level meets ---- */

static void meet(struct tree *tree, uint32_t row, hf_node_id neighbour, const struct hf_step *step) {
    enum hf_namespace space = step->dict != HF_NO_NODE ? HF_NAMESPACE_ATTRIBUTES : HF_NAMESPACE_NONE;
    uint64_t label = hf_labels_get(tree->labels, hf_step_source(step), step->edge, space);
    const struct hf_branch branch = {
        .interest = hf_interest_of(tree->snapshot, neighbour, step),
        .node = neighbour,
        .step = *step,
    };
    hf_level_meet(&tree->level, row, label << 32 | hf_col_node_type(tree->snapshot)[neighbour], 1, &branch);
}

/* The name of an attribute is read in the reference to its value: it is no neighbour by itself. */
static bool is_name_of_attribute(const struct tree *tree, const struct hf_step *step) {
    return step->dict != HF_NO_NODE && hf_graph_edge_kind(&tree->graph, step->edge) == HF_NAME_KEY;
}

static void follow_node(struct tree *tree, uint32_t row, hf_node_id source, bool is_counted_only) {
    const struct hf_graph *graph = &tree->graph;
    for (uint32_t edge = graph->row[source]; edge < graph->row[source + 1]; edge++) {
        struct hf_step step = make_step(tree, source, edge);
        if (is_inside(tree, source, edge) || is_name_of_attribute(tree, &step))
            continue;
        if (is_counted_only)
            rows_of(tree)[row].public.num_further++;
        else
            meet(tree, row, unit_of(tree, graph->target[edge]), &step);
    }
}

static void follow_references(struct tree *tree) {
    for (uint32_t row = tree->begin; row < tree->end; row++) {
        const struct row *info = &rows_of(tree)[row];
        for (size_t i = info->first_member; i < info->first_member + info->num_members; i++) {
            hf_node_id node = members_of(tree)[i], dict = dict_of(tree, node);
            bool is_counted_only = tree->is_last || hf_bitset_has(&tree->ends, node);
            follow_node(tree, row, node, is_counted_only);
            if (dict != HF_NO_NODE)
                follow_node(tree, row, dict, is_counted_only);
        }
    }
}

/* The row of the level that follows a node, or HF_NO_ROW. */
static uint32_t row_in_level(const struct tree *tree, hf_node_id node) {
    uint32_t row = placed_in(tree)[node] - 1;
    return row >= tree->begin && row < tree->end ? row : HF_NO_ROW;
}

static void meet_source(void *context, hf_node_id source, uint32_t edge) {
    struct tree *tree = context;
    hf_node_id target = tree->graph.target[edge];
    uint32_t row = row_in_level(tree, target);
    if (is_inside(tree, source, edge))
        return;
    if (tree->is_last || hf_bitset_has(&tree->ends, unit_of(tree, target))) {
        rows_of(tree)[row].public.num_further++;
        return;
    }
    struct hf_step step = make_step(tree, source, edge);
    meet(tree, row, step.owner, &step);
}

static enum hf_status scan_referrers(struct tree *tree) {
    struct hf_bitset targets;
    if (!hf_bitset_init(&targets, tree->graph.num_nodes))
        return hf_fail_nomem(tree->error);
    for (uint32_t row = tree->begin; row < tree->end; row++) {
        const struct row *info = &rows_of(tree)[row];
        for (size_t i = info->first_member; i < info->first_member + info->num_members; i++) {
            hf_node_id dict = dict_of(tree, members_of(tree)[i]);
            hf_bitset_add(&targets, members_of(tree)[i]);
            if (dict != HF_NO_NODE)
                hf_bitset_add(&targets, dict);
        }
    }
    enum hf_status status = hf_referrers_scan(&tree->graph, &targets, meet_source, tree, tree->options.progress,
                                              tree->error);
    hf_bitset_deinit(&targets);
    return status;
}

/* ---- roots, which refer as well ---- */

static void print_root(const struct tree *tree, uint32_t index, struct hf_text *text) {
    switch (hf_col_roots(tree->snapshot)[index].kind) {
    case HF_ROOT_FRAME: hf_root_print_masked(text, tree->snapshot, index); return;
    case HF_ROOT_OUTSIDE: hf_text_add(text, NATIVE_CODE); return;
    default: hf_root_print(text, tree->snapshot, index); return;
    }
}

static void meet_root(struct tree *tree, uint32_t index, struct hf_text *text) {
    const struct hf_root_record *root = &hf_col_roots(tree->snapshot)[index];
    uint32_t row = row_in_level(tree, root->node);
    bool is_module = (hf_lookup_type(tree->snapshot, root->node)->flags & HF_TYPE_MODULE) != 0;
    if (row == HF_NO_ROW || !hf_interest_in_root((enum hf_root_kind)root->kind, is_module) ||
        hf_bitset_has(&tree->ends, root->node))
        return;
    if (tree->is_last) {
        rows_of(tree)[row].public.num_further += root->count;
        return;
    }
    hf_text_cut(text, 0);
    print_root(tree, index, text);
    const struct hf_branch branch = {.node = HF_NO_NODE, .step = {HF_NO_NODE, HF_NO_NODE, index}};
    uint64_t key = ROOT_KEY | XXH3_64bits(text->data != NULL ? text->data : "", text->length);
    hf_level_meet(&tree->level, row, key, root->count, &branch);
}

static void meet_roots(struct tree *tree) {
    struct hf_text text = HF_TEXT_INIT;
    for (uint32_t i = 0; i < hf_num_roots(tree->snapshot); i++)
        meet_root(tree, i, &text);
    tree->level.failed = tree->level.failed || text.failed;
    hf_text_deinit(&text);
}

/* ---- from branches to rows ---- */

static bool make_row(struct tree *tree, struct hf_branch *branch) {
    struct row *row = add_row(tree, branch->row);
    if (row == NULL)
        return false;
    uint32_t number = tree->num_rows - 1;
    struct row *parent = &rows_of(tree)[branch->row];
    *(parent->last_child == HF_NO_ROW ? &parent->first_child : &rows_of(tree)[parent->last_child].next) = number;
    parent->last_child = number;
    row->public.num_references = branch->num_references;
    row->public.node = branch->node;
    row->step = branch->step;
    branch->target = number;
    return true;
}

/* The branches of a row are branches[first[row - begin]] .. branches[first[row - begin + 1]]. */
static void find_firsts(const struct tree *tree, uint32_t *first) {
    const struct hf_branch *branches = hf_level_branches(&tree->level);
    uint32_t at = 0;
    for (uint32_t row = tree->begin; row <= tree->end; row++) {
        while (at < tree->level.num_branches && branches[at].row < row)
            at++;
        first[row - tree->begin] = at;
    }
}

/* Makes rows of the branches in turns, while there is room. */
static bool choose(struct tree *tree, const uint32_t *first) {
    struct hf_branch *branches = hf_level_branches(&tree->level);
    for (uint32_t turn = 0; turn < tree->options.max_branches; turn++) {
        bool any = false;
        for (uint32_t i = 0; i < tree->end - tree->begin && tree->num_rows <= tree->options.max_rows; i++) {
            if (turn >= first[i + 1] - first[i])
                continue;
            any = true;
            if (!make_row(tree, &branches[first[i] + turn]))
                return false;
        }
        if (!any)
            break;
    }
    return true;
}

static void count_hidden(struct tree *tree) {
    const struct hf_branch *branches = hf_level_branches(&tree->level);
    for (uint32_t i = 0; i < tree->level.num_branches; i++) {
        if (branches[i].target != HF_NO_BRANCH_ROW)
            continue;
        rows_of(tree)[branches[i].row].public.num_hidden_rows++;
        rows_of(tree)[branches[i].row].public.num_hidden_references += branches[i].num_references;
    }
}

static enum hf_status make_rows(struct tree *tree) {
    uint32_t *first = hf_alloc(tree->end - tree->begin + 1, sizeof *first);
    if (first == NULL)
        return hf_fail_nomem(tree->error);
    find_firsts(tree, first);
    bool is_done = choose(tree, first);
    hf_free(first);
    count_hidden(tree);
    return is_done ? HF_OK : hf_fail_nomem(tree->error);
}

/* ---- from members to the rows that follow them ---- */

/* The members of the new rows, by row, in `told`: each row's are told[row.first_member ..], num_told of them. */
static bool sort_members(struct tree *tree, struct hf_region *told) {
    size_t num_members, num_told = 0;
    const struct hf_member *members = hf_level_members(&tree->level, &num_members);
    const struct hf_branch *branches = hf_level_branches(&tree->level);
    struct row *rows = rows_of(tree);
    for (size_t i = 0; i < num_members; i++)
        if (branches[members[i].branch].target != HF_NO_BRANCH_ROW)
            rows[branches[members[i].branch].target].num_told++;
    for (uint32_t row = tree->end; row < tree->num_rows; row++) {
        rows[row].first_member = num_told;
        num_told += rows[row].num_told;
        rows[row].num_told = 0;
    }
    if (!hf_region_reserve(told, (num_told + 1) * sizeof(hf_node_id)))
        return false;
    hf_node_id *nodes = (hf_node_id *)(void *)told->data;
    for (size_t i = 0; i < num_members; i++) {
        uint32_t target = branches[members[i].branch].target;
        if (target != HF_NO_BRANCH_ROW)
            nodes[rows[target].first_member + rows[target].num_told++] = members[i].node;
    }
    return true;
}

/* Places the objects of one row, each once however often it was told. */
static bool place_members(struct tree *tree, struct row *row, const hf_node_id *told, uint32_t num_told) {
    bool is_done = true;
    for (uint32_t i = 0; i < num_told && is_done; i++) {
        if (hf_bitset_has(&tree->here, told[i]))
            continue;
        hf_bitset_add(&tree->here, told[i]);
        is_done = place(tree, row, told[i]);
    }
    for (uint32_t i = 0; i < num_told; i++)
        hf_bitset_remove(&tree->here, told[i]);
    return is_done;
}

static enum hf_status fill_rows(struct tree *tree) {
    struct hf_region told = {0};
    bool is_done = sort_members(tree, &told);
    for (uint32_t number = tree->end; number < tree->num_rows && is_done; number++) {
        struct row *row = &rows_of(tree)[number];
        const hf_node_id *nodes = (const hf_node_id *)(const void *)told.data + row->first_member;
        row->first_member = tree->member_region.used_bytes / sizeof(hf_node_id);
        is_done = place_members(tree, row, nodes, row->num_told);
    }
    hf_region_deinit(&told);
    return is_done ? HF_OK : hf_fail_nomem(tree->error);
}

/* ---- level by level ---- */

static enum hf_status look_around(struct tree *tree) {
    if (tree->options.direction == HF_NEIGHBOURS_REFERENCES) {
        follow_references(tree);
        return HF_OK;
    }
    meet_roots(tree);
    return scan_referrers(tree);
}

static enum hf_status add_level(struct tree *tree) {
    hf_level_clear(&tree->level);
    enum hf_status status = look_around(tree);
    if (status == HF_OK)
        hf_level_sort(&tree->level);
    if (status == HF_OK && (tree->level.failed || tree->labels->failed))
        status = hf_fail_nomem(tree->error);
    if (status == HF_OK)
        status = make_rows(tree);
    return status == HF_OK ? fill_rows(tree) : status;
}

static enum hf_status add_levels(struct tree *tree) {
    enum hf_status status = HF_OK;
    tree->end = tree->num_rows;
    for (unsigned depth = 0; depth <= tree->options.depth && tree->begin < tree->end && status == HF_OK; depth++) {
        tree->is_last = depth == tree->options.depth;
        status = add_level(tree);
        tree->begin = tree->end;
        tree->end = tree->num_rows;
    }
    return status;
}

/* ---- texts ---- */

static const char *keep(struct tree *tree, struct hf_text *text) {
    struct hf_arena *arena = &tree->answer->arena;
    const char *copy = hf_arena_copy(arena, text->data != NULL ? text->data : "", text->length);
    arena->failed = arena->failed || text->failed;
    hf_text_cut(text, 0);
    return copy;
}

static void describe_root(struct tree *tree, struct row *row, struct hf_text *text) {
    uint32_t index = row->step.edge;
    print_root(tree, index, text);
    row->public.reference = keep(tree, text);
    if (hf_col_roots(tree->snapshot)[index].kind == HF_ROOT_FRAME && row->public.num_references == 1)
        hf_root_print(text, tree->snapshot, index);
    row->public.value = keep(tree, text);
    row->public.type = "";
}

static void print_reference(const struct tree *tree, const struct row *row, struct hf_text *text) {
    const struct hf_step *step = &row->step;
    enum hf_namespace space = step->dict != HF_NO_NODE ? HF_NAMESPACE_ATTRIBUTES : HF_NAMESPACE_NONE;
    bool is_name;
    if (row->public.num_references == 1)
        hf_step_print(text, tree->snapshot, step);
    else
        hf_label_print(text, tree->snapshot, hf_step_source(step), step->edge, space, &is_name);
}

static void describe_objects(struct tree *tree, struct row *row, struct hf_text *text) {
    char value[MAX_VALUE_CHARS * 4 + 1] = "";
    print_reference(tree, row, text);
    row->public.reference = keep(tree, text);
    if (row->public.num_objects == 1)
        hf_snapshot_print_value(tree->snapshot, row->public.node, MAX_VALUE_CHARS, value, sizeof value);
    row->public.value = hf_arena_copy(&tree->answer->arena, value, strlen(value));
    row->public.type = hf_lookup_type_name(tree->snapshot, row->public.node);
    row->public.addr = hf_snapshot_get_addr(tree->snapshot, row->public.node);
}

/* The row that is read after this one: its first child, or else the next one of the nearest row above that has one. */
static uint32_t next_in_reading(const struct row *rows, uint32_t number) {
    if (rows[number].first_child != HF_NO_ROW)
        return rows[number].first_child;
    while (number != 0 && rows[number].next == HF_NO_ROW)
        number = rows[number].public.parent;
    return rows[number].next;
}

/* Hands the rows out in the order of reading, but for row 0. */
static enum hf_status hand_out(struct tree *tree) {
    struct hf_neighbours *answer = &tree->answer->public;
    struct row *rows = rows_of(tree);
    struct hf_neighbour *out = hf_arena_alloc(&tree->answer->arena, tree->num_rows, sizeof *out);
    struct hf_text text = HF_TEXT_INIT;
    uint32_t count = 0;
    if (out == NULL)
        return hf_fail_nomem(tree->error);
    for (uint32_t at = next_in_reading(rows, 0); at != HF_NO_ROW; at = next_in_reading(rows, at)) {
        struct row *row = &rows[at];
        if (row->public.node == HF_NO_NODE)
            describe_root(tree, row, &text);
        else
            describe_objects(tree, row, &text);
        out[count] = row->public;
        out[count].parent = row->public.parent == 0 ? HF_NO_ROW : rows[row->public.parent].place;
        row->place = count++;
    }
    hf_text_deinit(&text);
    answer->rows = out;
    answer->num_rows = count;
    answer->num_hidden_rows = rows[0].public.num_hidden_rows;
    answer->num_hidden_references = answer->num_references = rows[0].public.num_hidden_references;
    for (uint32_t at = rows[0].first_child; at != HF_NO_ROW; at = rows[at].next)
        answer->num_references += rows[at].public.num_references;
    return tree->answer->arena.failed ? hf_fail_nomem(tree->error) : HF_OK;
}

/* ---- the whole ---- */

static void clamp(unsigned *value, unsigned fallback, unsigned max) {
    if (*value == 0)
        *value = fallback;
    if (*value > max)
        *value = max;
}

static enum hf_status read_options(struct tree *tree, const struct hf_neighbours_options *given) {
    struct hf_neighbours_options *options = &tree->options;
    if (!hf_options_copy(options, sizeof *options, given))
        return hf_fail(tree->error, HF_ERR_ARGUMENT, "struct_size of the options of neighbours is not set");
    if ((unsigned)options->direction > HF_NEIGHBOURS_REFERRERS)
        return hf_fail(tree->error, HF_ERR_ARGUMENT, "there is no direction %u of neighbours",
                       (unsigned)options->direction);
    clamp(&options->depth, DEFAULT_DEPTH, MAX_DEPTH);
    clamp(&options->max_rows, DEFAULT_ROWS, MAX_ROWS);
    clamp(&options->max_branches, DEFAULT_BRANCHES, MAX_ROWS);
    return HF_OK;
}

static enum hf_status prepare(struct tree *tree) {
    size_t num_nodes = tree->graph.num_nodes;
    tree->labels = hf_alloc(1, sizeof *tree->labels);
    if (tree->labels == NULL || !hf_bitset_init(&tree->alone, num_nodes) || !hf_bitset_init(&tree->here, num_nodes) ||
        !hf_interest_find_ends(&tree->ends, tree->snapshot) ||
        !hf_region_reserve(&tree->placed, (num_nodes + 1) * sizeof(uint32_t)))
        return hf_fail_nomem(tree->error);
    enum hf_status status = hf_labels_init(tree->labels, tree->snapshot, tree->error);
    return status == HF_OK ? hf_dicts_init(&tree->dicts, &tree->graph, tree->error) : status;
}

static void deinit(struct tree *tree) {
    if (tree->labels != NULL)
        hf_labels_deinit(tree->labels);
    hf_free(tree->labels);
    hf_dicts_deinit(&tree->dicts);
    hf_bitset_deinit(&tree->ends);
    hf_bitset_deinit(&tree->alone);
    hf_bitset_deinit(&tree->here);
    hf_region_deinit(&tree->placed);
    hf_region_deinit(&tree->row_region);
    hf_region_deinit(&tree->member_region);
    hf_level_deinit(&tree->level);
}

enum hf_status hf_neighbours_create(const struct hf_snapshot *snapshot, const struct hf_selection *selection,
                                    const struct hf_neighbours_options *options, struct hf_neighbours **out,
                                    struct hf_error *error) {
    struct tree tree = {.snapshot = snapshot, .graph = hf_graph_of(snapshot), .error = error};
    enum hf_status status = read_options(&tree, options);
    if (status != HF_OK)
        return status;
    tree.answer = hf_alloc(1, sizeof *tree.answer);
    if (tree.answer == NULL)
        return hf_fail_nomem(error);
    tree.answer->public.num_selected = selection->num_nodes;
    status = prepare(&tree);
    if (status == HF_OK)
        status = add_focus(&tree, selection);
    if (status == HF_OK)
        status = add_levels(&tree);
    if (status == HF_OK)
        status = hand_out(&tree);
    deinit(&tree);
    if (status == HF_OK)
        *out = &tree.answer->public;
    else
        hf_neighbours_destroy(&tree.answer->public);
    return status;
}

void hf_neighbours_destroy(struct hf_neighbours *neighbours) {
    struct answer *made = (struct answer *)neighbours;
    if (made == NULL)
        return;
    hf_arena_deinit(&made->arena);
    hf_free(made);
}
