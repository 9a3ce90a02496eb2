/*
 * by_holder.c - what each module, package, thread or kind of root alone holds (holders.c), one row for each.
 *
 *   tops of the tree     #3  #8  #9  #12        each with its holder, or with several
 *   holdings             [shop: #3 #9] [django: #12] [several of these: #8]       sorted by what they retain
 */
#include "analysis/dominated/descent.h"

#include <stdlib.h>

#include "analysis/dominated/holders.h"
#include "analysis/lookup.h"

struct holding {
    struct hf_entries tops;
    struct hf_retained retained;
    uint32_t holder;
};

static int by_holding(const void *left, const void *right) {
    const struct holding *a = left, *b = right;
    if (a->retained.size_bytes != b->retained.size_bytes)
        return a->retained.size_bytes > b->retained.size_bytes ? -1 : 1;
    return (a->holder > b->holder) - (a->holder < b->holder);
}

/* A module's own object says nothing more than its row: what is in it takes its place. */
static void open_module(struct hf_descent *descent, struct hf_entries *tops) {
    struct hf_entries opened = {0};
    hf_entries_fold_dicts(descent, tops);
    for (size_t i = 0; i < hf_entries_count(tops) && !descent->failed; i++) {
        const struct hf_entry *entry = &hf_entries_list(tops)[i];
        if ((hf_lookup_type(descent->snapshot, entry->node)->flags & HF_TYPE_MODULE) != 0) {
            hf_entries_add_below(descent, &opened, entry);
        } else {
            struct hf_entry *copy = hf_descent_append(descent, &opened.region, sizeof *copy);
            if (copy != NULL)
                *copy = *entry;
        }
    }
    hf_region_deinit(&tops->region);
    *tops = opened;
}

static void walk_holding(struct hf_descent *descent, struct holding *holding) {
    bool is_module = descent->options.by == HF_DOMINATED_BY_MODULE;
    if (descent->options.max_depth < 2)
        return;
    if (is_module && holding->holder != HF_HOLDER_SHARED)
        open_module(descent, &holding->tops);
    hf_descent_by_object(descent, &holding->tops, 1, NULL);
}

static const char *holder_name(const struct hf_holders *holders, uint32_t holder) {
    return holder == HF_HOLDER_SHARED ? "several of these" : holders->names[holder - 1];
}

static void write_holdings(struct hf_descent *descent, const struct hf_holders *holders, struct holding *holdings,
                           size_t count) {
    struct hf_retained rest = {0, 0};
    size_t i = 0;
    qsort(holdings, count, sizeof *holdings, by_holding);
    while (count > 0 && holdings[count - 1].retained.count == 0)
        count--;
    for (; i < count && i < descent->options.max_children && !descent->failed; i++) {
        if (holdings[i].retained.size_bytes < descent->options.min_bytes)
            break;
        struct hf_dominated_row *row = hf_descent_add_row(descent, 0, HF_DOMINATED_HOLDER, holdings[i].retained.count,
                                                          holdings[i].retained);
        if (row != NULL)
            row->reference = holder_name(holders, holdings[i].holder);
        walk_holding(descent, &holdings[i]);
    }
    for (size_t left = i; left < count; left++)
        hf_retained_add(&rest, holdings[left].retained);
    if (i < count)
        (void)hf_descent_add_row(descent, 0, HF_DOMINATED_REST, count - i, rest);
}

static void divide_tops(struct hf_descent *descent, const struct hf_holders *holders) {
    size_t count = (size_t)holders->num_holders + 1;
    struct holding *holdings = hf_alloc(count, sizeof *holdings);
    descent->failed |= holdings == NULL;
    for (size_t i = 0; i < count && holdings != NULL; i++)
        holdings[i].holder = i + 1 < count ? (uint32_t)i + 1 : HF_HOLDER_SHARED;
    for (hf_node_id top = hf_dominators_first_child(descent->dominators, HF_NO_NODE);
         top != HF_NO_NODE && !descent->failed; top = hf_dominators_next_child(descent->dominators, top)) {
        uint32_t holder = holders->of_node[top];
        struct holding *holding = &holdings[holder == HF_HOLDER_SHARED ? count - 1 : holder - 1];
        hf_entries_add(descent, &holding->tops, top);
        hf_retained_add(&holding->retained, hf_dominators_get_retained(descent->dominators, top));
    }
    if (!descent->failed)
        write_holdings(descent, holders, holdings, count);
    for (size_t i = 0; i < count && holdings != NULL; i++)
        hf_region_deinit(&holdings[i].tops.region);
    hf_free(holdings);
}

enum hf_status hf_descent_by_holder(struct hf_descent *descent) {
    struct hf_holders holders;
    enum hf_status status =
        hf_holders_init(&holders, descent->dominators, descent->options.by, &descent->answer->arena, descent->error);
    if (status == HF_OK)
        divide_tops(descent, &holders);
    hf_holders_deinit(&holders);
    return status;
}
