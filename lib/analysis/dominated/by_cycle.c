/* by_cycle.c - what waits for the cycle collector (garbage.c): a row for each cycle, and below it its objects. */
#include "analysis/dominated/descent.h"

#include "analysis/dominated/garbage.h"

static void write_cycle(struct hf_descent *descent, const struct hf_garbage *garbage,
                        const struct hf_garbage_group *group) {
    struct hf_dominated_row *row =
        hf_descent_add_row(descent, 1, HF_DOMINATED_CYCLE, group->num_members, group->retained);
    if (row != NULL)
        hf_descent_describe(descent, row, garbage->members[group->first_member]);
    if (descent->options.max_depth < 3)
        return;
    struct hf_retained rest = group->retained;
    for (size_t i = 0; group->num_members > 1 && i < group->num_members && i < descent->options.max_children; i++) {
        hf_node_id member = garbage->members[group->first_member + i];
        struct hf_retained own = {1, hf_snapshot_get_size(descent->snapshot, member)};
        row = hf_descent_add_row(descent, 2, HF_DOMINATED_MEMBER, 1, own);
        if (row != NULL)
            hf_descent_describe(descent, row, member);
        rest.count -= own.count;
        rest.size_bytes -= own.size_bytes;
    }
    if (rest.count > 0 && group->num_members > 1)
        (void)hf_descent_add_row(descent, 2, HF_DOMINATED_REST, 0, rest);
}

enum hf_status hf_descent_by_cycle(struct hf_descent *descent) {
    struct hf_garbage garbage;
    struct hf_retained all = hf_dominators_get_garbage(descent->dominators), rest = {0, 0};
    if (all.count == 0)
        return HF_OK;
    enum hf_status status = hf_garbage_init(&garbage, descent->dominators, descent->options.progress, descent->error);
    if (status == HF_OK) {
        (void)hf_descent_add_row(descent, 0, HF_DOMINATED_GARBAGE, all.count, all);
        size_t shown = garbage.num_groups < descent->options.max_children ? garbage.num_groups
                                                                       : descent->options.max_children;
        for (size_t i = 0; i < shown && descent->options.max_depth > 1 && !descent->failed; i++)
            write_cycle(descent, &garbage, &garbage.groups[i]);
        for (size_t i = shown; i < garbage.num_groups; i++)
            hf_retained_add(&rest, garbage.groups[i].retained);
        if (rest.count > 0 && descent->options.max_depth > 1)
            (void)hf_descent_add_row(descent, 1, HF_DOMINATED_REST, garbage.num_groups - shown, rest);
    }
    hf_garbage_deinit(&garbage);
    return status;
}
