/*
 * cycles.c - components of the object graph, grouped by the way in which they lead back to themselves.
 *
 *   graph --components.c--> components
 *   paths from the roots ----> which are garbage, and the first object of each that a root reaches: its entry
 *   entry --shape.c--> cycle --hash--> group            one search per component, each within the component alone
 *
 * The entry decides how a cycle reads, so it has to be alike for alike components. One that is held is entered by the
 * object that is nearest to a root; one that is garbage by an object of those that say most, of the type that is rarest
 * in it: a parent and not one of its children.
 *
 * Memory above the snapshot: 8 bytes per node for the paths, which are kept with it; 4 for the components, 4 where
 * there are attribute dicts, 12 for the nodes of the largest component; and 32 per component.
 */
#include <holdfast/cycles.h>

#include <stdlib.h>

#include "analysis/cycles/shape.h"
#include "analysis/interest.h"
#include "analysis/naming/expression.h"
#include "analysis/path/hops.h"
#include "analysis/path/merged.h"
#include "analysis/path/tree.h"
#include "base/arena.h"
#include "base/error.h"
#include "base/options.h"

#define DEFAULT_GROUPS 20
#define REPORT_EVERY (1u << 16)

struct answer {
    struct hf_cycles public;     /* first, so that the one is the other */
    struct hf_arena arena;
};

/* What is known of a component. */
struct component {
    uint64_t size_bytes;
    uint32_t num_references;
    uint32_t num_outside_references;
    hf_node_id entry;            /* HF_NO_NODE: not known yet */
    bool is_garbage;
    bool is_wanted;
};

/* Components of one shape. */
struct group {
    uint64_t shape;
    uint64_t num_components;     /* 0: the slot is empty */
    uint64_t num_objects, size_bytes, num_references, num_outside_references;
    uint32_t largest;
    bool is_garbage;
};

struct finder {
    const struct hf_snapshot *snapshot;
    struct hf_cycles_options options;
    struct hf_graph graph;
    struct hf_dicts dicts;
    struct hf_components components;
    struct hf_shaper shaper;
    struct component *of_part;
    struct hf_region part_region;
    struct hf_region slots;      /* struct group: open addressing by shape */
    size_t num_slots, num_groups;
    struct answer *answer;
    struct hf_error *error;
};

/* ---- components ---- */

static bool make_parts(struct finder *finder) {
    const struct hf_components *components = &finder->components;
    if (!hf_region_reserve(&finder->part_region, ((size_t)components->num_parts + 1) * sizeof(struct component)))
        return false;
    finder->of_part = (struct component *)(void *)finder->part_region.data;
    const struct hf_selection *selection = finder->options.selection;
    for (uint32_t part = 0; part < components->num_parts; part++)
        finder->of_part[part] = (struct component){.entry = HF_NO_NODE, .is_wanted = selection == NULL};
    for (size_t i = 0; selection != NULL && i < selection->num_nodes; i++)
        if (components->part[selection->nodes[i]] != 0)
            finder->of_part[components->part[selection->nodes[i]] - 1].is_wanted = true;
    return true;
}

static void measure_parts(struct finder *finder) {
    const struct hf_graph *graph = &finder->graph;
    const uint32_t *part = finder->components.part;
    for (hf_node_id node = 0; node < graph->num_nodes; node++) {
        if (part[node] != 0)
            finder->of_part[part[node] - 1].size_bytes += hf_snapshot_get_size(finder->snapshot, node);
        for (uint32_t edge = graph->row[node]; edge < graph->row[node + 1]; edge++) {
            uint32_t target_part = part[graph->target[edge]];
            if (target_part == 0)
                continue;
            finder->of_part[target_part - 1].num_references += target_part == part[node];
            finder->of_part[target_part - 1].num_outside_references += target_part != part[node];
        }
    }
}

/* ---- entries ---- */

/* Those that are held: the first of their objects in the order of the tree. */
static void enter_held(struct finder *finder, const struct hf_paths *paths) {
    for (uint32_t i = 0; i < paths->num_ordered; i++) {
        uint32_t part = finder->components.part[paths->order[i]];
        if (part != 0 && finder->of_part[part - 1].entry == HF_NO_NODE)
            finder->of_part[part - 1].entry = paths->order[i];
    }
}

/* counts[type]: how many of the component are of it. */
static bool says_more(const struct hf_snapshot *snapshot, const uint32_t *counts, hf_node_id node, hf_node_id than) {
    enum hf_interest a = hf_interest_of_node(snapshot, node), b = hf_interest_of_node(snapshot, than);
    uint32_t type = hf_col_node_type(snapshot)[node], than_type = hf_col_node_type(snapshot)[than];
    if (a != b)
        return a < b;
    return counts[type] != counts[than_type] ? counts[type] < counts[than_type] : type < than_type;
}

static hf_node_id find_most_telling(const struct finder *finder, uint32_t *counts, uint32_t part) {
    const struct hf_components *components = &finder->components;
    const hf_node_id *begin = components->members + components->start[part];
    const hf_node_id *end = components->members + components->start[part + 1];
    const uint32_t *type = hf_col_node_type(finder->snapshot);
    hf_node_id best = *begin;
    for (const hf_node_id *node = begin; node < end; node++)
        counts[type[*node]]++;
    for (const hf_node_id *node = begin; node < end; node++)
        if (says_more(finder->snapshot, counts, *node, best))
            best = *node;
    for (const hf_node_id *node = begin; node < end; node++)
        counts[type[*node]] = 0;
    return best;
}

/* Those that no root reaches. False: no memory. */
static bool enter_garbage(struct finder *finder) {
    uint32_t *counts = hf_alloc(hf_num_types(finder->snapshot) + 1, sizeof *counts);
    if (counts == NULL)
        return false;
    for (uint32_t part = 0; part < finder->components.num_parts; part++) {
        if (finder->of_part[part].entry != HF_NO_NODE)
            continue;
        finder->of_part[part].is_garbage = true;
        finder->of_part[part].entry = find_most_telling(finder, counts, part);
    }
    hf_free(counts);
    return true;
}

static enum hf_status find_entries(struct finder *finder) {
    const struct hf_tree *tree;
    enum hf_status status = hf_tree_get(finder->snapshot, finder->options.progress, &tree, finder->error);
    if (status != HF_OK)
        return status;
    enter_held(finder, &tree->paths);
    return enter_garbage(finder) ? HF_OK : hf_fail_nomem(finder->error);
}

/* ---- groups ---- */

static struct group *groups_of(const struct finder *finder) {
    return (struct group *)(void *)finder->slots.data;
}

static struct group *find_slot(struct group *slots, size_t num_slots, uint64_t shape, bool is_garbage) {
    size_t at = shape & (num_slots - 1);
    while (slots[at].num_components != 0 && (slots[at].shape != shape || slots[at].is_garbage != is_garbage))
        at = (at + 1) & (num_slots - 1);
    return &slots[at];
}

static bool grow_slots(struct finder *finder) {
    struct hf_region larger = {0};
    size_t num_slots = finder->num_slots == 0 ? 1024 : 2 * finder->num_slots;
    if (!hf_region_reserve(&larger, num_slots * sizeof(struct group)))
        return false;
    const struct group *old = groups_of(finder);
    for (size_t i = 0; i < finder->num_slots; i++)
        if (old[i].num_components != 0)
            *find_slot((struct group *)(void *)larger.data, num_slots, old[i].shape, old[i].is_garbage) = old[i];
    hf_region_deinit(&finder->slots);
    finder->slots = larger;
    finder->num_slots = num_slots;
    return true;
}

static bool add_to_group(struct finder *finder, uint32_t part, uint64_t shape) {
    if (finder->num_groups >= finder->num_slots / 2 && !grow_slots(finder))
        return false;
    const struct component *component = &finder->of_part[part];
    struct group *group = find_slot(groups_of(finder), finder->num_slots, shape, component->is_garbage);
    if (group->num_components++ == 0) {
        finder->num_groups++;
        group->shape = shape;
        group->is_garbage = component->is_garbage;
        group->largest = part;
    }
    uint32_t size = hf_components_size(&finder->components, part);
    if (size > hf_components_size(&finder->components, group->largest))
        group->largest = part;
    group->num_objects += size;
    group->size_bytes += component->size_bytes;
    group->num_references += component->num_references;
    group->num_outside_references += component->num_outside_references;
    return true;
}

static void count_component(struct finder *finder, uint32_t part) {
    struct hf_cycles *cycles = &finder->answer->public;
    const struct component *component = &finder->of_part[part];
    uint32_t size = hf_components_size(&finder->components, part);
    cycles->num_components++;
    cycles->num_objects += size;
    cycles->size_bytes += component->size_bytes;
    if (!component->is_garbage)
        return;
    cycles->num_garbage_components++;
    cycles->num_garbage_objects += size;
    cycles->garbage_bytes += component->size_bytes;
}

static enum hf_status group_part(struct finder *finder, uint32_t part) {
    enum hf_status status = hf_shaper_find(&finder->shaper, part, finder->of_part[part].entry, finder->error);
    if (status != HF_OK)
        return status;
    uint64_t shape = hf_shaper_hash(&finder->shaper, finder->error);
    if (shape == 0 || !add_to_group(finder, part, shape))
        return hf_fail_nomem(finder->error);
    count_component(finder, part);
    return HF_OK;
}

static bool may_go_on(const struct finder *finder, uint32_t part) {
    const struct hf_progress *progress = finder->options.progress;
    uint64_t num_nodes = finder->graph.num_nodes;
    return part % REPORT_EVERY != 0 || progress == NULL ||
           progress->report(progress->context, "comparing cycles", part * num_nodes / finder->components.num_parts,
                            num_nodes);
}

static enum hf_status group_all(struct finder *finder) {
    enum hf_status status = HF_OK;
    for (uint32_t part = 0; part < finder->components.num_parts && status == HF_OK; part++) {
        if (!may_go_on(finder, part))
            return hf_fail(finder->error, HF_ERR_CANCELLED, "cancelled while comparing cycles");
        if (finder->of_part[part].is_wanted)
            status = group_part(finder, part);
    }
    return status;
}

static int compare_groups(const void *left, const void *right) {
    const struct group *a = left, *b = right;
    if (a->is_garbage != b->is_garbage)
        return a->is_garbage ? -1 : 1;
    if (a->size_bytes != b->size_bytes)
        return a->size_bytes > b->size_bytes ? -1 : 1;
    return (a->largest > b->largest) - (a->largest < b->largest);
}

/* Moves the used slots to the front, and sorts them. */
static const struct group *sort_groups(struct finder *finder) {
    struct group *groups = groups_of(finder);
    size_t used = 0;
    for (size_t i = 0; i < finder->num_slots; i++)
        if (groups[i].num_components != 0)
            groups[used++] = groups[i];
    if (used > 0)
        qsort(groups, used, sizeof *groups, compare_groups);
    return groups;
}

/* ---- the answer ---- */

static enum hf_status describe_cycle(struct finder *finder, const struct group *group, struct hf_cycle_group *out) {
    struct hf_arena *arena = &finder->answer->arena;
    struct hf_route *route = &finder->shaper.route;
    enum hf_status status = hf_shaper_find(&finder->shaper, group->largest, finder->of_part[group->largest].entry,
                                           finder->error);
    if (status == HF_OK)
        status = hf_pattern_describe(finder->snapshot, route, arena, &out->pattern, finder->error);
    out->length = route->num_steps;
    out->expression_gap = "it is too long";
    bool is_whole = route->num_steps < HF_CYCLE_MAX_HOPS;
    if (!is_whole)
        route->num_steps = HF_CYCLE_MAX_HOPS - 1;
    out->num_hops = route->num_steps + 1;
    if (status == HF_OK)
        status = hf_hops_build(finder->snapshot, route, HF_EXPRESSION_START, NULL, arena, &out->hops,
                               finder->error);
    if (status == HF_OK && is_whole)
        status = hf_expression_build(finder->snapshot, route, arena, &out->expression, &out->expression_gap,
                                     finder->error);
    return status;
}

static enum hf_status describe_group(struct finder *finder, const struct group *group, struct hf_cycle_group *out) {
    *out = (struct hf_cycle_group){
        .expression = "",
        .is_garbage = group->is_garbage,
        .num_components = group->num_components,
        .num_objects = group->num_objects,
        .size_bytes = group->size_bytes,
        .num_references = group->num_references,
        .num_outside_references = group->num_outside_references,
        .largest_objects = hf_components_size(&finder->components, group->largest),
        .largest_bytes = finder->of_part[group->largest].size_bytes,
    };
    return describe_cycle(finder, group, out);
}

static enum hf_status hand_out(struct finder *finder) {
    struct hf_cycles *cycles = &finder->answer->public;
    const struct group *sorted = sort_groups(finder);
    cycles->num_all_groups = finder->num_groups;
    size_t count = finder->num_groups < finder->options.max_groups ? finder->num_groups : finder->options.max_groups;
    struct hf_cycle_group *groups = hf_arena_alloc(&finder->answer->arena, count + 1, sizeof *groups);
    if (groups == NULL)
        return hf_fail_nomem(finder->error);
    enum hf_status status = HF_OK;
    for (size_t i = 0; i < count && status == HF_OK; i++)
        status = describe_group(finder, &sorted[i], &groups[i]);
    cycles->groups = groups;
    cycles->num_groups = count;
    return status;
}

static enum hf_status find(struct finder *finder) {
    enum hf_status status = hf_components_init(&finder->components, &finder->graph, finder->options.progress,
                                               finder->error);
    if (status == HF_OK && !make_parts(finder))
        status = hf_fail_nomem(finder->error);
    if (status == HF_OK) {
        measure_parts(finder);
        status = find_entries(finder);
    }
    if (status == HF_OK)
        status = hf_dicts_init(&finder->dicts, &finder->graph, finder->error);
    if (status == HF_OK)
        status = hf_shaper_init(&finder->shaper, finder->snapshot, &finder->components, &finder->dicts, finder->error);
    if (status == HF_OK)
        status = group_all(finder);
    return status == HF_OK ? hand_out(finder) : status;
}

enum hf_status hf_cycles_create(const struct hf_snapshot *snapshot, const struct hf_cycles_options *options,
                                struct hf_cycles **out, struct hf_error *error) {
    struct finder finder = {.snapshot = snapshot, .graph = hf_graph_of(snapshot), .error = error};
    if (!hf_options_copy(&finder.options, sizeof finder.options, options))
        return hf_fail(error, HF_ERR_ARGUMENT, "struct_size of the options of cycles is not set");
    if (finder.options.max_groups == 0)
        finder.options.max_groups = DEFAULT_GROUPS;
    finder.answer = hf_alloc(1, sizeof *finder.answer);
    if (finder.answer == NULL)
        return hf_fail_nomem(error);
    enum hf_status status = find(&finder);
    hf_shaper_deinit(&finder.shaper);
    hf_components_deinit(&finder.components);
    hf_dicts_deinit(&finder.dicts);
    hf_region_deinit(&finder.part_region);
    hf_region_deinit(&finder.slots);
    if (status == HF_OK)
        *out = &finder.answer->public;
    else
        hf_cycles_destroy(&finder.answer->public);
    return status;
}

void hf_cycles_destroy(struct hf_cycles *cycles) {
    struct answer *made = (struct answer *)cycles;
    if (made == NULL)
        return;
    hf_arena_deinit(&made->arena);
    hf_free(made);
}
