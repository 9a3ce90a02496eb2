/*
 * dominated.c - walks down the dominator tree and writes rows.
 *
 *   entries   [node, dict, retained] [node, -, retained] ...      what stands below one row
 *   sorted by what they retain; the first ones, as long as they are big enough, are rows, and each is walked into
 *   before the next; the others are summed up in one row
 *
 * An object and its attribute dict are one entry: the dict's children are the object's. Where the dict does not hang
 * from the object but beside it (that of a module, which every function of the module holds), both retained sizes are
 * added.
 *
 * By type, the entries of one type are one row, and what hangs from all of them is below it. The walk is as deep as
 * max_depth, never as deep as the tree.
 */
#include <holdfast/dominated.h>

#include <stdlib.h>
#include <string.h>

#include "analysis/lookup.h"
#include "analysis/path/merged.h"
#include "analysis/path/tree.h"
#include "analysis/retained/garbage.h"
#include "analysis/retained/holders.h"
#include "base/error.h"
#include "base/options.h"

#define DEFAULT_DEPTH 4
#define MAX_DEPTH 64
#define DEFAULT_CHILDREN 10
#define SHARE_SHOWN 200
#define MAX_VALUE_CHARS 60

struct answer {
    struct hf_dominated public;      /* first, so that the one is the other */
    struct hf_arena arena;
    struct hf_region rows;
};

struct entry {
    hf_node_id node;
    hf_node_id dict;                 /* its attribute dict where that counts with it, or HF_NO_NODE */
    struct hf_retained retained;
};

struct entries {
    struct hf_region region;
};

struct walk {
    const struct hf_snapshot *snapshot;
    const struct hf_dominators *dominators;
    const struct hf_tree *paths;
    struct hf_dominated_options options;
    struct answer *answer;
    struct hf_bitset listed;         /* the entries at hand that count by themselves; empty in between */
    struct hf_error *error;
    bool failed;                     /* no memory */
};

static size_t num_entries(const struct entries *entries) {
    return entries->region.used_bytes / sizeof(struct entry);
}

static struct entry *get_entries(const struct entries *entries) {
    return (struct entry *)(void *)entries->region.data;
}

static void *append(struct walk *walk, struct hf_region *region, size_t bytes) {
    void *room = walk->failed ? NULL : hf_region_add(region, bytes);
    walk->failed = room == NULL;
    return room;
}

static void add_entry(struct walk *walk, struct entries *entries, hf_node_id node) {
    struct entry *entry = append(walk, &entries->region, sizeof *entry);
    if (entry != NULL)
        *entry = (struct entry){node, HF_NO_NODE, hf_dominators_get_retained(walk->dominators, node)};
}

static void add_retained(struct hf_retained *sum, struct hf_retained part) {
    sum->count += part.count;
    sum->size_bytes += part.size_bytes;
}

/* ---- entries ---- */

/* Lets each dict that hangs from its owner, or is an entry beside it, count with the owner. */
static void fold_dicts(struct walk *walk, struct entries *entries) {
    struct entry *entry = get_entries(entries);
    size_t count = num_entries(entries), kept = 0;
    for (size_t i = 0; i < count; i++)
        hf_bitset_add(&walk->listed, entry[i].node);
    for (size_t i = 0; i < count; i++) {
        hf_node_id dict = hf_lookup_dict(walk->snapshot, entry[i].node);
        if (dict == HF_NO_NODE || dict == entry[i].node || entry[i].dict != HF_NO_NODE)
            continue;
        bool is_below = hf_dominators_get_parent(walk->dominators, dict) == entry[i].node;
        if (!is_below && !hf_bitset_has(&walk->listed, dict))
            continue;
        entry[i].dict = dict;
        hf_bitset_remove(&walk->listed, dict);
        if (!is_below)
            add_retained(&entry[i].retained, hf_dominators_get_retained(walk->dominators, dict));
    }
    for (size_t i = 0; i < count; i++) {
        if (hf_bitset_has(&walk->listed, entry[i].node))
            entry[kept++] = entry[i];
        hf_bitset_remove(&walk->listed, entry[i].node);
    }
    entries->region.used_bytes = kept * sizeof *entry;
}

static void add_children(struct walk *walk, struct entries *out, hf_node_id node, hf_node_id without) {
    for (hf_node_id child = hf_dominators_first_child(walk->dominators, node); child != HF_NO_NODE && !walk->failed;
         child = hf_dominators_next_child(walk->dominators, child))
        if (child != without)
            add_entry(walk, out, child);
}

static void add_children_of(struct walk *walk, struct entries *out, const struct entry *entry) {
    add_children(walk, out, entry->node, entry->dict);
    if (entry->dict != HF_NO_NODE)
        add_children(walk, out, entry->dict, HF_NO_NODE);
}

static int by_retained(const void *left, const void *right) {
    const struct entry *a = left, *b = right;
    if (a->retained.size_bytes != b->retained.size_bytes)
        return a->retained.size_bytes > b->retained.size_bytes ? -1 : 1;
    return (a->node > b->node) - (a->node < b->node);
}

/* Sorts those that are large enough to be shown, and leaves the others behind them as they come. */
static void sort(struct entries *entries, uint64_t min_bytes) {
    struct entry *list = get_entries(entries);
    size_t count = num_entries(entries), num_large = 0;
    for (size_t i = 0; i < count; i++) {
        if (list[i].retained.size_bytes < min_bytes)
            continue;
        struct entry large = list[i];
        list[i] = list[num_large];
        list[num_large++] = large;
    }
    if (num_large > 0)
        qsort(list, num_large, sizeof *list, by_retained);
}

/* ---- rows ---- */

static struct hf_dominated_row *add_row(struct walk *walk, unsigned depth, enum hf_dominated_kind kind,
                                        uint64_t num_objects, struct hf_retained retained) {
    struct hf_dominated_row *row = append(walk, &walk->answer->rows, sizeof *row);
    if (row != NULL)
        *row = (struct hf_dominated_row){.depth = depth, .kind = kind, .num_objects = num_objects,
                                         .retained = retained, .node = HF_NO_NODE, .reference = "", .type = "",
                                         .value = ""};
    return row;
}

static void describe_node(struct walk *walk, struct hf_dominated_row *row, hf_node_id node) {
    char value[MAX_VALUE_CHARS * 4 + 1];
    size_t length = hf_snapshot_print_value(walk->snapshot, node, MAX_VALUE_CHARS, value, sizeof value);
    row->node = node;
    row->addr = hf_snapshot_get_addr(walk->snapshot, node);
    row->type = hf_lookup_type_name(walk->snapshot, node);
    row->value = hf_arena_copy(&walk->answer->arena, value, length < sizeof value ? length : sizeof value - 1);
}

static const char *keep_text(struct walk *walk, struct hf_text *text) {
    const char *copy = hf_arena_copy(&walk->answer->arena, text->data != NULL ? text->data : "", text->length);
    walk->failed |= text->failed || walk->answer->arena.failed;
    hf_text_deinit(text);
    return copy;
}

static bool print_edge_from(struct walk *walk, struct hf_text *text, hf_node_id owner, hf_node_id dict,
                            hf_node_id target) {
    const uint32_t *row = hf_col_row(walk->snapshot);
    hf_node_id source = dict != HF_NO_NODE ? dict : owner;
    for (uint32_t edge = row[source]; edge < row[source + 1]; edge++) {
        if (hf_col_edge_target(walk->snapshot)[edge] != target)
            continue;
        const struct hf_step step = {owner, dict, edge};
        hf_step_print(text, walk->snapshot, &step);
        return true;
    }
    return false;
}

/* "... [7]": by a longer way, of which the last reference is said. */
static void print_last_hop(struct walk *walk, struct hf_text *text, hf_node_id node) {
    const struct hf_paths *paths = &walk->paths->paths;
    hf_text_add(text, "... ");
    if (!hf_paths_is_reached(paths, node) || hf_paths_parent_edge(paths, node) == HF_PATHS_ROOT)
        return;
    uint32_t edge = hf_paths_parent_edge(paths, node);
    hf_node_id source = hf_graph_edge_source(&walk->paths->graph, edge), owner = source;
    bool is_dict = hf_paths_is_attribute_dict(paths, source);
    if (is_dict)
        owner = hf_graph_edge_source(&walk->paths->graph, hf_paths_parent_edge(paths, source));
    const struct hf_step step = {owner, is_dict ? source : HF_NO_NODE, edge};
    hf_step_print(text, walk->snapshot, &step);
}

static const char *reference_below(struct walk *walk, const struct entry *parent, hf_node_id node) {
    struct hf_text text = HF_TEXT_INIT;
    bool is_direct = print_edge_from(walk, &text, parent->node, HF_NO_NODE, node) ||
                     (parent->dict != HF_NO_NODE && print_edge_from(walk, &text, parent->node, parent->dict, node));
    if (!is_direct)
        print_last_hop(walk, &text, node);
    const char *kept = keep_text(walk, &text);
    return kept + strspn(kept, " ");
}

/* A root by its own words; what several roots hold by the shortest of the ways to it. */
static const char *reference_at_top(struct walk *walk, hf_node_id node) {
    struct hf_text text = HF_TEXT_INIT;
    struct hf_route route;
    struct hf_path_group group = {.owner = ""};
    uint32_t root = hf_root_order_find(&walk->paths->order, node, NULL);
    if (root != UINT32_MAX) {
        hf_root_print(&text, walk->snapshot, root);
        return keep_text(walk, &text);
    }
    if (!hf_paths_is_reached(&walk->paths->paths, node))
        return "";
    enum hf_status status = hf_route_init(&route, &walk->paths->paths, &walk->paths->order, node, HF_NO_EDGE, NULL);
    if (status == HF_OK)
        status = hf_group_describe(walk->snapshot, &route, &walk->answer->arena, &group, NULL);
    hf_route_deinit(&route);
    walk->failed |= status != HF_OK;
    bool is_held_by_several = hf_dominators_get_parent(walk->dominators, node) == HF_NO_NODE;
    hf_text_addf(&text, "%s%s", is_held_by_several ? "... " : "", group.owner);
    return keep_text(walk, &text);
}

static void add_rest(struct walk *walk, const struct entry *entry, size_t count, unsigned depth) {
    struct hf_retained sum = {0, 0};
    for (size_t i = 0; i < count; i++)
        add_retained(&sum, entry[i].retained);
    (void)add_row(walk, depth, HF_DOMINATED_REST, count, sum);
}

/* ---- by object ---- */

static void walk_objects(struct walk *walk, struct entries *entries, unsigned depth, const struct entry *parent);

static void walk_into(struct walk *walk, const struct entry *entry, unsigned depth) {
    struct entries below = {0};
    if (depth < walk->options.max_depth) {
        add_children_of(walk, &below, entry);
        walk_objects(walk, &below, depth, entry);
    }
    hf_region_deinit(&below.region);
}

/* Writes the entries of one level, and what is below them. parent NULL: they are tops. */
static void walk_objects(struct walk *walk, struct entries *entries, unsigned depth, const struct entry *parent) {
    fold_dicts(walk, entries);
    sort(entries, walk->options.min_bytes);
    const struct entry *entry = get_entries(entries);
    size_t count = num_entries(entries), i = 0;
    for (; i < count && i < walk->options.max_children && !walk->failed; i++) {
        if (entry[i].retained.size_bytes < walk->options.min_bytes)
            break;
        struct hf_dominated_row *row = add_row(walk, depth, HF_DOMINATED_OBJECT, 1, entry[i].retained);
        if (row == NULL)
            return;
        size_t at = (size_t)(row - (struct hf_dominated_row *)(void *)walk->answer->rows.data);
        describe_node(walk, row, entry[i].node);
        const char *reference = parent != NULL ? reference_below(walk, parent, entry[i].node)
                                               : reference_at_top(walk, entry[i].node);
        ((struct hf_dominated_row *)(void *)walk->answer->rows.data)[at].reference = reference;
        walk_into(walk, &entry[i], depth + 1);
    }
    if (i < count)
        add_rest(walk, entry + i, count - i, depth);
}

/* ---- by type ---- */

struct type_group {
    size_t first, count;             /* of the entries, which are sorted by type */
    struct hf_retained retained;
};

static uint32_t type_of(const struct walk *walk, const struct entry *entry) {
    return hf_col_node_type(walk->snapshot)[entry->node];
}

struct typed_entry {
    uint32_t type;
    struct entry entry;
};

static int by_type(const void *left, const void *right) {
    const struct typed_entry *a = left, *b = right;
    if (a->type != b->type)
        return a->type < b->type ? -1 : 1;
    return by_retained(&a->entry, &b->entry);
}

static int by_group(const void *left, const void *right) {
    const struct type_group *a = left, *b = right;
    if (a->retained.size_bytes != b->retained.size_bytes)
        return a->retained.size_bytes > b->retained.size_bytes ? -1 : 1;
    return (a->first > b->first) - (a->first < b->first);
}

static void sort_by_type(struct walk *walk, struct entries *entries) {
    struct hf_region region = {0};
    size_t count = num_entries(entries);
    struct typed_entry *typed = append(walk, &region, (count + 1) * sizeof *typed);
    for (size_t i = 0; typed != NULL && i < count; i++)
        typed[i] = (struct typed_entry){type_of(walk, &get_entries(entries)[i]), get_entries(entries)[i]};
    if (typed != NULL && count > 0)
        qsort(typed, count, sizeof *typed, by_type);
    for (size_t i = 0; typed != NULL && i < count; i++)
        get_entries(entries)[i] = typed[i].entry;
    hf_region_deinit(&region);
}

static size_t group_types(struct walk *walk, struct entries *entries, struct hf_region *groups) {
    sort_by_type(walk, entries);
    const struct entry *entry = get_entries(entries);
    struct type_group *group = NULL;
    for (size_t i = 0; i < num_entries(entries) && !walk->failed; i++) {
        if (group == NULL || type_of(walk, &entry[i]) != type_of(walk, &entry[group->first])) {
            group = append(walk, groups, sizeof *group);
            if (group == NULL)
                return 0;
            *group = (struct type_group){.first = i};
        }
        group->count++;
        add_retained(&group->retained, entry[i].retained);
    }
    size_t count = groups->used_bytes / sizeof *group;
    if (count > 0)
        qsort(groups->data, count, sizeof *group, by_group);
    return count;
}

static void walk_types(struct walk *walk, struct entries *entries, unsigned depth);

static void walk_type(struct walk *walk, const struct entry *members, size_t count, unsigned depth) {
    struct entries below = {0};
    for (size_t i = 0; i < count && depth < walk->options.max_depth; i++)
        add_children_of(walk, &below, &members[i]);
    if (num_entries(&below) > 0)
        walk_types(walk, &below, depth);
    hf_region_deinit(&below.region);
}

static void walk_types(struct walk *walk, struct entries *entries, unsigned depth) {
    struct hf_region region = {0};
    struct hf_retained rest = {0, 0};
    fold_dicts(walk, entries);
    size_t count = group_types(walk, entries, &region), i = 0;
    const struct type_group *groups = (const struct type_group *)(const void *)region.data;
    for (; i < count && i < walk->options.max_children && !walk->failed; i++) {
        if (groups[i].retained.size_bytes < walk->options.min_bytes)
            break;
        const struct entry *members = get_entries(entries) + groups[i].first;
        struct hf_dominated_row *row = add_row(walk, depth, HF_DOMINATED_TYPE, groups[i].count, groups[i].retained);
        if (row != NULL)
            describe_node(walk, row, members[0].node);
        walk_type(walk, members, groups[i].count, depth + 1);
    }
    for (size_t left = i; left < count; left++)
        add_retained(&rest, groups[left].retained);
    if (i < count)
        (void)add_row(walk, depth, HF_DOMINATED_REST, count - i, rest);
    hf_region_deinit(&region);
}

/* ---- by holder ---- */

struct holding {
    struct entries tops;
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
static void open_module(struct walk *walk, struct entries *tops) {
    struct entries opened = {0};
    fold_dicts(walk, tops);
    for (size_t i = 0; i < num_entries(tops) && !walk->failed; i++) {
        const struct entry *entry = &get_entries(tops)[i];
        if ((hf_lookup_type(walk->snapshot, entry->node)->flags & HF_TYPE_MODULE) != 0) {
            add_children_of(walk, &opened, entry);
        } else {
            struct entry *copy = append(walk, &opened.region, sizeof *copy);
            if (copy != NULL)
                *copy = *entry;
        }
    }
    hf_region_deinit(&tops->region);
    *tops = opened;
}

static void walk_holding(struct walk *walk, struct holding *holding) {
    bool is_module = walk->options.by == HF_DOMINATED_BY_MODULE;
    if (walk->options.max_depth < 2)
        return;
    if (is_module && holding->holder != HF_HOLDER_SHARED)
        open_module(walk, &holding->tops);
    walk_objects(walk, &holding->tops, 1, NULL);
}

static const char *holder_name(const struct hf_holders *holders, uint32_t holder) {
    return holder == HF_HOLDER_SHARED ? "several of these" : holders->names[holder - 1];
}

static void write_holdings(struct walk *walk, const struct hf_holders *holders, struct holding *holdings,
                           size_t count) {
    struct hf_retained rest = {0, 0};
    size_t i = 0;
    qsort(holdings, count, sizeof *holdings, by_holding);
    while (count > 0 && holdings[count - 1].retained.count == 0)
        count--;
    for (; i < count && i < walk->options.max_children && !walk->failed; i++) {
        if (holdings[i].retained.size_bytes < walk->options.min_bytes)
            break;
        struct hf_dominated_row *row = add_row(walk, 0, HF_DOMINATED_HOLDER, holdings[i].retained.count,
                                               holdings[i].retained);
        if (row != NULL)
            row->reference = holder_name(holders, holdings[i].holder);
        walk_holding(walk, &holdings[i]);
    }
    for (size_t left = i; left < count; left++)
        add_retained(&rest, holdings[left].retained);
    if (i < count)
        (void)add_row(walk, 0, HF_DOMINATED_REST, count - i, rest);
}

static void walk_holders(struct walk *walk, const struct hf_holders *holders) {
    size_t count = (size_t)holders->num_holders + 1;
    struct holding *holdings = hf_alloc(count, sizeof *holdings);
    walk->failed |= holdings == NULL;
    for (size_t i = 0; i < count && holdings != NULL; i++)
        holdings[i].holder = i + 1 < count ? (uint32_t)i + 1 : HF_HOLDER_SHARED;
    for (hf_node_id top = hf_dominators_first_child(walk->dominators, HF_NO_NODE);
         top != HF_NO_NODE && !walk->failed; top = hf_dominators_next_child(walk->dominators, top)) {
        uint32_t holder = holders->of_node[top];
        struct holding *holding = &holdings[holder == HF_HOLDER_SHARED ? count - 1 : holder - 1];
        add_entry(walk, &holding->tops, top);
        add_retained(&holding->retained, hf_dominators_get_retained(walk->dominators, top));
    }
    if (!walk->failed)
        write_holdings(walk, holders, holdings, count);
    for (size_t i = 0; i < count && holdings != NULL; i++)
        hf_region_deinit(&holdings[i].tops.region);
    hf_free(holdings);
}

/* ---- garbage ---- */

static void write_cycle(struct walk *walk, const struct hf_garbage *garbage, const struct hf_garbage_group *group) {
    struct hf_dominated_row *row = add_row(walk, 1, HF_DOMINATED_CYCLE, group->num_members, group->retained);
    if (row != NULL)
        describe_node(walk, row, garbage->members[group->first_member]);
    if (walk->options.max_depth < 3)
        return;
    struct hf_retained rest = group->retained;
    for (size_t i = 0; group->num_members > 1 && i < group->num_members && i < walk->options.max_children; i++) {
        hf_node_id member = garbage->members[group->first_member + i];
        struct hf_retained own = {1, hf_snapshot_get_size(walk->snapshot, member)};
        row = add_row(walk, 2, HF_DOMINATED_MEMBER, 1, own);
        if (row != NULL)
            describe_node(walk, row, member);
        rest.count -= own.count;
        rest.size_bytes -= own.size_bytes;
    }
    if (rest.count > 0 && group->num_members > 1)
        (void)add_row(walk, 2, HF_DOMINATED_REST, 0, rest);
}

/* Always shown when there is any: it is what a collection would free now. */
static enum hf_status walk_garbage(struct walk *walk) {
    struct hf_garbage garbage;
    struct hf_retained all = hf_dominators_get_garbage(walk->dominators), rest = {0, 0};
    if (all.count == 0)
        return HF_OK;
    enum hf_status status = hf_garbage_init(&garbage, walk->dominators, walk->options.progress, walk->error);
    if (status == HF_OK) {
        (void)add_row(walk, 0, HF_DOMINATED_GARBAGE, all.count, all);
        size_t shown = garbage.num_groups < walk->options.max_children ? garbage.num_groups
                                                                       : walk->options.max_children;
        for (size_t i = 0; i < shown && walk->options.max_depth > 1 && !walk->failed; i++)
            write_cycle(walk, &garbage, &garbage.groups[i]);
        for (size_t i = shown; i < garbage.num_groups; i++)
            add_retained(&rest, garbage.groups[i].retained);
        if (rest.count > 0 && walk->options.max_depth > 1)
            (void)add_row(walk, 1, HF_DOMINATED_REST, garbage.num_groups - shown, rest);
    }
    hf_garbage_deinit(&garbage);
    return status;
}

/* ---- the whole ---- */

static void add_selected(struct walk *walk, struct entries *entries, const struct hf_selection *selection) {
    struct hf_bitset is_selected;
    walk->failed |= !hf_bitset_init(&is_selected, walk->snapshot->num_nodes);
    for (size_t i = 0; i < selection->num_nodes && !walk->failed; i++)
        hf_bitset_add(&is_selected, selection->nodes[i]);
    const struct hf_dominator_tree *tree = &walk->dominators->tree;
    for (uint32_t at = 0; at < tree->num_nodes && !walk->failed;) {
        bool is_first = hf_bitset_has(&is_selected, tree->order[at]);
        if (is_first) {
            add_entry(walk, entries, tree->order[at]);
            add_retained(&walk->answer->public.total, hf_dominators_get_retained(walk->dominators, tree->order[at]));
        }
        at += is_first ? tree->count[at] : 1;
    }
    hf_bitset_deinit(&is_selected);
}

static void choose_min(struct walk *walk) {
    if (walk->options.min_bytes == 0)
        walk->options.min_bytes = walk->answer->public.total.size_bytes / SHARE_SHOWN;
}

static enum hf_status walk_selection(struct walk *walk) {
    struct entries entries = {0};
    add_selected(walk, &entries, walk->options.selection);
    choose_min(walk);
    if (walk->options.by == HF_DOMINATED_BY_TYPE)
        walk_types(walk, &entries, 0);
    else
        walk_objects(walk, &entries, 0, NULL);
    hf_region_deinit(&entries.region);
    return HF_OK;
}

static enum hf_status walk_heap(struct walk *walk) {
    struct hf_retained *total = &walk->answer->public.total;
    struct entries entries = {0};
    struct hf_holders holders;
    enum hf_status status = HF_OK;
    *total = hf_dominators_get_retained(walk->dominators, HF_NO_NODE);
    add_retained(total, hf_dominators_get_garbage(walk->dominators));
    choose_min(walk);
    if (walk->options.by > HF_DOMINATED_BY_TYPE) {
        status = hf_holders_init(&holders, walk->dominators, walk->options.by, &walk->answer->arena, walk->error);
        if (status == HF_OK)
            walk_holders(walk, &holders);
        hf_holders_deinit(&holders);
    } else {
        add_children(walk, &entries, HF_NO_NODE, HF_NO_NODE);
        if (walk->options.by == HF_DOMINATED_BY_TYPE)
            walk_types(walk, &entries, 0);
        else
            walk_objects(walk, &entries, 0, NULL);
    }
    hf_region_deinit(&entries.region);
    return status == HF_OK ? walk_garbage(walk) : status;
}

static enum hf_status run(struct walk *walk) {
    const struct hf_progress *progress = walk->options.progress;
    enum hf_status status = hf_dominators_get(walk->snapshot, progress, &walk->dominators, walk->error);
    if (status == HF_OK)
        status = hf_tree_get(walk->snapshot, progress, &walk->paths, walk->error);
    if (status == HF_OK && !hf_bitset_init(&walk->listed, walk->snapshot->num_nodes))
        status = hf_fail_nomem(walk->error);
    if (status == HF_OK)
        status = walk->options.selection != NULL ? walk_selection(walk) : walk_heap(walk);
    hf_bitset_deinit(&walk->listed);
    return status == HF_OK && (walk->failed || walk->answer->arena.failed) ? hf_fail_nomem(walk->error) : status;
}

static enum hf_status read_options(struct walk *walk, const struct hf_dominated_options *given) {
    struct hf_dominated_options *options = &walk->options;
    if (!hf_options_copy(options, sizeof *options, given))
        return hf_fail(walk->error, HF_ERR_ARGUMENT, "struct_size of the options is not set");
    if ((unsigned)options->by > HF_DOMINATED_BY_ROOT)
        return hf_fail(walk->error, HF_ERR_ARGUMENT, "there is no order %u of dominators", (unsigned)options->by);
    if (options->selection != NULL && options->by > HF_DOMINATED_BY_TYPE)
        return hf_fail(walk->error, HF_ERR_ARGUMENT,
                       "who holds the heap is a question about all of it: ask without a selector");
    if (options->max_depth == 0)
        options->max_depth = DEFAULT_DEPTH;
    if (options->max_depth > MAX_DEPTH)
        options->max_depth = MAX_DEPTH;
    if (options->max_children == 0)
        options->max_children = DEFAULT_CHILDREN;
    return HF_OK;
}

enum hf_status hf_dominated_create(const struct hf_snapshot *snapshot, const struct hf_dominated_options *given,
                                   struct hf_dominated **out, struct hf_error *error) {
    struct walk walk = {.snapshot = snapshot, .error = error};
    enum hf_status status = read_options(&walk, given);
    if (status != HF_OK)
        return status;
    struct answer *answer = walk.answer = hf_alloc(1, sizeof *answer);
    if (answer == NULL)
        return hf_fail_nomem(error);
    status = run(&walk);
    answer->public.rows = (const struct hf_dominated_row *)(const void *)answer->rows.data;
    answer->public.num_rows = answer->rows.used_bytes / sizeof(struct hf_dominated_row);
    if (status == HF_OK)
        *out = &answer->public;
    else
        hf_dominated_destroy(&answer->public);
    return status;
}

void hf_dominated_destroy(struct hf_dominated *dominated) {
    struct answer *answer = (struct answer *)dominated;
    if (answer == NULL)
        return;
    hf_region_deinit(&answer->rows);
    hf_arena_deinit(&answer->arena);
    hf_free(answer);
}
