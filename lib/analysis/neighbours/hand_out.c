/* hand_out.c - the rows as the caller gets them: with texts, in the order of reading. */
#include "analysis/neighbours/around.h"

#include <string.h>

#include "analysis/lookup.h"
#include "analysis/roots.h"
#include "base/error.h"

#define MAX_VALUE_CHARS 80

static const char *keep(struct hf_around *around, struct hf_text *text) {
    struct hf_arena *arena = &around->answer->arena;
    const char *copy = hf_arena_copy(arena, text->data != NULL ? text->data : "", text->length);
    arena->failed = arena->failed || text->failed;
    hf_text_cut(text, 0);
    return copy;
}

static void describe_root(struct hf_around *around, struct hf_around_row *row, struct hf_text *text) {
    uint32_t index = row->step.edge;
    hf_around_print_root(around, index, text);
    row->public.reference = keep(around, text);
    if (hf_col_roots(around->snapshot)[index].kind == HF_ROOT_FRAME && row->public.num_references == 1)
        hf_root_print(text, around->snapshot, index);
    row->public.value = keep(around, text);
    row->public.type = "";
}

static void print_reference(const struct hf_around *around, const struct hf_around_row *row, struct hf_text *text) {
    const struct hf_step *step = &row->step;
    enum hf_namespace space = step->dict != HF_NO_NODE ? HF_NAMESPACE_ATTRIBUTES : HF_NAMESPACE_NONE;
    bool is_name;
    if (row->public.num_references == 1)
        hf_step_print(text, around->snapshot, step);
    else
        hf_label_print(text, around->snapshot, hf_step_source(step), step->edge, space, &is_name);
}

static void describe_objects(struct hf_around *around, struct hf_around_row *row, struct hf_text *text) {
    char value[MAX_VALUE_CHARS * 4 + 1] = "";
    print_reference(around, row, text);
    row->public.reference = keep(around, text);
    if (row->public.num_objects == 1)
        hf_snapshot_print_value(around->snapshot, row->public.node, MAX_VALUE_CHARS, value, sizeof value);
    row->public.value = hf_arena_copy(&around->answer->arena, value, strlen(value));
    row->public.type = hf_lookup_type_name(around->snapshot, row->public.node);
    row->public.addr = hf_snapshot_get_addr(around->snapshot, row->public.node);
}

/* The row that is read after this one: its first child, or else the next one of the nearest row above that has one. */
static uint32_t next_in_reading(const struct hf_around_row *rows, uint32_t number) {
    if (rows[number].first_child != HF_NO_ROW)
        return rows[number].first_child;
    while (number != 0 && rows[number].next == HF_NO_ROW)
        number = rows[number].public.parent;
    return rows[number].next;
}

/* Hands the rows out in the order of reading, but for row 0. */
enum hf_status hf_around_hand_out(struct hf_around *around) {
    struct hf_neighbours *answer = &around->answer->public;
    struct hf_around_row *rows = hf_around_rows(around);
    struct hf_neighbour *out = hf_arena_alloc(&around->answer->arena, around->num_rows, sizeof *out);
    struct hf_text text = HF_TEXT_INIT;
    uint32_t count = 0;
    if (out == NULL)
        return hf_fail_nomem(around->error);
    for (uint32_t at = next_in_reading(rows, 0); at != HF_NO_ROW; at = next_in_reading(rows, at)) {
        struct hf_around_row *row = &rows[at];
        if (row->public.node == HF_NO_NODE)
            describe_root(around, row, &text);
        else
            describe_objects(around, row, &text);
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
    return around->answer->arena.failed ? hf_fail_nomem(around->error) : HF_OK;
}
