/*
 * rows.c - from the branches of a level to rows, and from its members to the rows that follow them.
 *
 *   branches   row 1: [.x 90] [.y 4] [.z 1]     row 2: [.k 7] [.v 7]      each row's, the best first (level.c)
 *   rows       .x  .k  .y  .v  .z                                         made in turns
 *   told       [.x: #9 #12 #9 | .k: #4 | ...]                             the members, by row; each is placed once
 *
 * Rows are made of the best branch of each row, then of the second of each, so that when the room ends it ends for all
 * alike. An object that is placed already is counted in another row and not followed there, so that each reference is
 * looked at once and cycles end.
 */
#include "analysis/neighbours/around.h"

#include "base/error.h"

struct hf_around_row *hf_around_add_row(struct hf_around *around, uint32_t parent) {
    size_t needed_bytes = ((size_t)around->num_rows + 1) * sizeof(struct hf_around_row);
    if (!hf_region_reserve(&around->row_region, needed_bytes))
        return NULL;
    struct hf_around_row *row = &hf_around_rows(around)[around->num_rows++];
    *row = (struct hf_around_row){.public.parent = parent, .public.node = HF_NO_NODE, .first_child = HF_NO_ROW,
                        .last_child = HF_NO_ROW, .next = HF_NO_ROW};
    row->public.depth = parent == HF_NO_ROW ? 0 : hf_around_rows(around)[parent].public.depth + 1;
    return row;
}

bool hf_around_place(struct hf_around *around, struct hf_around_row *row, hf_node_id node) {
    hf_node_id dict = hf_around_dict(around, node);
    row->public.num_objects++;
    row->public.size_bytes += hf_snapshot_get_size(around->snapshot, node);
    if (dict != HF_NO_NODE)
        row->public.size_bytes += hf_snapshot_get_size(around->snapshot, dict);
    if (hf_around_placed(around)[node] != 0) {
        row->public.num_repeated++;
        return true;
    }
    if (!hf_region_push(&around->member_region, &node, sizeof node))
        return false;
    uint32_t number = (uint32_t)(row - hf_around_rows(around)) + 1;
    hf_around_placed(around)[node] = number;
    if (dict != HF_NO_NODE)
        hf_around_placed(around)[dict] = number;
    row->num_members++;
    return true;
}

/* ---- from branches to rows ---- */

static bool make_row(struct hf_around *around, struct hf_branch *branch) {
    struct hf_around_row *row = hf_around_add_row(around, branch->row);
    if (row == NULL)
        return false;
    uint32_t number = around->num_rows - 1;
    struct hf_around_row *rows = hf_around_rows(around), *parent = &rows[branch->row];
    *(parent->last_child == HF_NO_ROW ? &parent->first_child : &rows[parent->last_child].next) = number;
    parent->last_child = number;
    row->public.num_references = branch->num_references;
    row->public.node = branch->node;
    row->step = branch->step;
    branch->target = number;
    return true;
}

/* The branches of a row are branches[first[row - begin]] .. branches[first[row - begin + 1]]. */
static void find_firsts(const struct hf_around *around, uint32_t *first) {
    const struct hf_branch *branches = hf_level_branches(&around->level);
    uint32_t at = 0;
    for (uint32_t row = around->begin; row <= around->end; row++) {
        while (at < around->level.num_branches && branches[at].row < row)
            at++;
        first[row - around->begin] = at;
    }
}

/* Makes rows of the branches in turns, while there is room. */
static bool choose(struct hf_around *around, const uint32_t *first) {
    struct hf_branch *branches = hf_level_branches(&around->level);
    for (uint32_t turn = 0; turn < around->options.max_branches; turn++) {
        bool any = false;
        for (uint32_t i = 0; i < around->end - around->begin && around->num_rows <= around->options.max_rows; i++) {
            if (turn >= first[i + 1] - first[i])
                continue;
            any = true;
            if (!make_row(around, &branches[first[i] + turn]))
                return false;
        }
        if (!any)
            break;
    }
    return true;
}

static void count_hidden(struct hf_around *around) {
    const struct hf_branch *branches = hf_level_branches(&around->level);
    for (uint32_t i = 0; i < around->level.num_branches; i++) {
        if (branches[i].target != HF_NO_BRANCH_ROW)
            continue;
        hf_around_rows(around)[branches[i].row].public.num_hidden_rows++;
        hf_around_rows(around)[branches[i].row].public.num_hidden_references += branches[i].num_references;
    }
}

static enum hf_status turn_into_rows(struct hf_around *around) {
    uint32_t *first = hf_alloc(around->end - around->begin + 1, sizeof *first);
    if (first == NULL)
        return hf_fail_nomem(around->error);
    find_firsts(around, first);
    bool is_done = choose(around, first);
    hf_free(first);
    count_hidden(around);
    return is_done ? HF_OK : hf_fail_nomem(around->error);
}

/* ---- from members to the rows that follow them ---- */

/* The members of the new rows, by row, in `told`: each row's are told[row.first_member ..], num_told of them. */
static bool sort_members(struct hf_around *around, struct hf_region *told) {
    size_t num_members, num_told = 0;
    const struct hf_member *members = hf_level_members(&around->level, &num_members);
    const struct hf_branch *branches = hf_level_branches(&around->level);
    struct hf_around_row *rows = hf_around_rows(around);
    for (size_t i = 0; i < num_members; i++)
        if (branches[members[i].branch].target != HF_NO_BRANCH_ROW)
            rows[branches[members[i].branch].target].num_told++;
    for (uint32_t row = around->end; row < around->num_rows; row++) {
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
static bool place_members(struct hf_around *around, struct hf_around_row *row, const hf_node_id *told,
                          uint32_t num_told) {
    bool is_done = true;
    for (uint32_t i = 0; i < num_told && is_done; i++) {
        if (hf_bitset_has(&around->here, told[i]))
            continue;
        hf_bitset_add(&around->here, told[i]);
        is_done = hf_around_place(around, row, told[i]);
    }
    for (uint32_t i = 0; i < num_told; i++)
        hf_bitset_remove(&around->here, told[i]);
    return is_done;
}

static enum hf_status fill_rows(struct hf_around *around) {
    struct hf_region told = {0};
    bool is_done = sort_members(around, &told);
    for (uint32_t number = around->end; number < around->num_rows && is_done; number++) {
        struct hf_around_row *row = &hf_around_rows(around)[number];
        const hf_node_id *nodes = (const hf_node_id *)(const void *)told.data + row->first_member;
        row->first_member = around->member_region.used_bytes / sizeof(hf_node_id);
        is_done = place_members(around, row, nodes, row->num_told);
    }
    hf_region_deinit(&told);
    return is_done ? HF_OK : hf_fail_nomem(around->error);
}

enum hf_status hf_around_make_rows(struct hf_around *around) {
    enum hf_status status = turn_into_rows(around);
    return status == HF_OK ? fill_rows(around) : status;
}
