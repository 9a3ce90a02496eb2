/*
 * content.c - counts what is at a point, and finds the level at which it is many.
 *
 *   point          list                            level 1    16 x dict          few, and only containers
 *                  [ {k: Session, ..}, .. ]        level 2    2,000 x Session    this is what accumulates
 *                                                  level 3    2,000 x bytearray  ... and this is what it is made of
 *
 * Each level is the heaviest kind among the children of the level above; the walk ends where that is less than half of
 * what the point retains. The first level of many is taken; a class, or something that has code, behind a builtin
 * container says more than that.
 */
#include "analysis/suspects/content.h"

#include <stdlib.h>
#include <string.h>

#include "analysis/lookup.h"
#include "analysis/suspects/kids.h"
#include "base/error.h"

#define MANY 32
#define MOST 0.5
#define MAX_LEVELS 8

/* ---- parts ---- */

struct counter {
    struct hf_content *content;
    const struct hf_survey *survey;
    struct hf_suspect_part *by_type;
};

static void count_span(struct counter *counter, uint32_t first, uint32_t count) {
    const struct hf_survey *survey = counter->survey;
    const uint32_t *type = hf_col_node_type(survey->snapshot);
    for (uint32_t at = first; at < first + count; at++) {
        hf_node_id node = survey->dominators->tree.order[at];
        uint64_t weight = survey->sum[at + 1] - survey->sum[at];
        uint64_t counts = hf_survey_counts(survey, node);
        counter->by_type[type[node]].count += counts;
        counter->by_type[type[node]].size_bytes += weight;
        counter->content->count += counts;
        counter->content->size_bytes += weight;
    }
}

static void count_node(struct counter *counter, hf_node_id node) {
    count_span(counter, hf_survey_position(counter->survey, node), hf_survey_span(counter->survey, node));
}

static void count_point(struct counter *counter, const struct hf_points *points, const struct hf_point *point) {
    const struct hf_dominator_tree *tree = &counter->survey->dominators->tree;
    if (point->kind == HF_SUSPECT_GARBAGE)
        count_span(counter, tree->num_reached, tree->num_nodes - tree->num_reached);
    else if (point->kind != HF_SUSPECT_SHARED)
        count_node(counter, point->node);
    else
        for (size_t i = 0; i < point->num_members; i++)
            count_node(counter, hf_points_members(points, point)[i]);
}

static int by_size(const void *left, const void *right) {
    const struct hf_suspect_part *a = left, *b = right;
    if (a->size_bytes != b->size_bytes)
        return a->size_bytes > b->size_bytes ? -1 : 1;
    if (a->count != b->count)
        return a->count > b->count ? -1 : 1;
    return strcmp(a->type, b->type);
}

/* Moves the types that there are to the front. */
static void sort_parts(struct counter *counter, size_t max_parts) {
    const struct hf_snapshot *snapshot = counter->survey->snapshot;
    size_t count = 0;
    for (size_t type = 0; type < hf_num_types(snapshot); type++) {
        if (counter->by_type[type].count == 0 && counter->by_type[type].size_bytes == 0)
            continue;
        counter->by_type[count] = counter->by_type[type];
        counter->by_type[count++].type = hf_snapshot_get_text(snapshot, hf_col_types(snapshot)[type].name, NULL);
    }
    if (count > 1)
        qsort(counter->by_type, count, sizeof *counter->by_type, by_size);
    counter->content->parts = counter->by_type;
    counter->content->num_all_parts = count;
    counter->content->num_parts = count < max_parts ? count : max_parts;
}

/* ---- units ---- */

static bool add_unit(struct hf_content *content, hf_node_id node, uint64_t weight_bytes) {
    struct hf_region *region = &content->unit_region;
    if (!hf_region_push(region, &node, sizeof node))
        return false;
    content->units = (hf_node_id *)(void *)region->data;
    content->num_units++;
    content->unit_bytes += weight_bytes;
    return true;
}

static bool set_units(struct hf_content *content, const struct hf_kid *kids, size_t count) {
    content->unit_region.used_bytes = 0;
    content->num_units = 0;
    content->unit_bytes = 0;
    for (size_t i = 0; i < count; i++)
        if (!add_unit(content, kids[i].node, kids[i].weight_bytes))
            return false;
    return true;
}

/* The kids of one kind that weigh most, to the front of the list. Gives their number. */
static size_t keep_heaviest_kind(struct hf_kids *kids, uint64_t *weight_bytes) {
    size_t best = 0, best_count = 0;
    *weight_bytes = 0;
    hf_kids_sort_by_kind(kids->list, kids->num_kids);
    for (size_t at = 0, next; at < kids->num_kids; at = next) {
        uint64_t weight = 0;
        for (next = at; next < kids->num_kids && kids->list[next].kind == kids->list[at].kind; next++)
            weight += kids->list[next].weight_bytes;
        if (weight <= *weight_bytes)
            continue;
        *weight_bytes = weight;
        best = at;
        best_count = next - at;
    }
    if (best_count > 0)
        memmove(kids->list, kids->list + best, best_count * sizeof *kids->list);
    return kids->num_kids = best_count;
}

/* Parts of containers that C code makes, and that no one thinks of. */
static bool is_inner_type(const char *name) {
    static const char *const names[] = {"functools._lru_list_elem", "cell", "hamt", "hamt_bitmap_node",
                                        "hamt_array_node", "hamt_collision_node"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

static bool says_more(const struct hf_survey *survey, hf_node_id node, hf_node_id before) {
    const struct hf_type_record *type = hf_lookup_type(survey->snapshot, node);
    const struct hf_type_record *old = hf_lookup_type(survey->snapshot, before);
    if (is_inner_type(hf_snapshot_get_text(survey->snapshot, old->name, NULL)))
        return true;
    const uint32_t containers = HF_TYPE_DICT | HF_TYPE_LIST | HF_TYPE_TUPLE | HF_TYPE_SET;
    const uint32_t telling = HF_TYPE_HEAP | HF_TYPE_FUNCTION | HF_TYPE_METHOD | HF_TYPE_GENERATOR | HF_TYPE_COROUTINE |
                             HF_TYPE_ASYNC_GENERATOR;
    return (type->flags & telling) != 0 && (old->flags & HF_TYPE_HEAP) == 0 && (old->flags & containers) != 0;
}

/* Whether a level is a better answer than the one so far. */
static bool is_better(const struct hf_content *content, const struct hf_survey *survey, const struct hf_kids *level) {
    if (content->num_units == 0)
        return true;
    if (content->num_units < MANY)
        return level->num_kids > content->num_units;
    return level->num_kids >= content->num_units / 2 &&
           says_more(survey, level->list[0].node, content->units[0]);
}

static bool find_level(struct hf_content *content, const struct hf_survey *survey, hf_node_id node) {
    struct hf_kids level = {0}, next = {0};
    double whole = (double)hf_survey_weight(survey, node);
    bool ok = hf_kids_add(&level, survey, node);
    for (unsigned depth = 0; depth < MAX_LEVELS && ok; depth++) {
        uint64_t weight;
        if (keep_heaviest_kind(&level, &weight) == 0 || (depth > 0 && (double)weight < MOST * whole))
            break;
        if (is_better(content, survey, &level))
            ok = set_units(content, level.list, level.num_kids);
        hf_kids_clear(&next);
        for (size_t i = 0; i < level.num_kids && ok; i++)
            ok = hf_kids_add(&next, survey, level.list[i].node);
        struct hf_kids other = level;
        level = next;
        next = other;
    }
    hf_kids_deinit(&level);
    hf_kids_deinit(&next);
    return ok;
}

/* All objects of a type among `count` positions. */
static bool find_type(struct hf_content *content, const struct hf_survey *survey, uint32_t first, uint32_t count,
                      uint32_t type) {
    for (uint32_t at = first; at < first + count; at++) {
        hf_node_id node = survey->dominators->tree.order[at];
        if (hf_col_node_type(survey->snapshot)[node] == type && hf_survey_counts(survey, node) &&
            !add_unit(content, node, survey->sum[at + 1] - survey->sum[at]))
            return false;
    }
    return true;
}

/* Objects of one class below each other, as in a tree, are told all together. */
static bool find_nested(struct hf_content *content, const struct hf_survey *survey, hf_node_id node,
                        const uint64_t *counts) {
    if (!find_level(content, survey, node))
        return false;
    uint32_t type = content->num_units > 0 ? hf_col_node_type(survey->snapshot)[content->units[0]] : 0;
    bool is_class = (hf_col_types(survey->snapshot)[type].flags & HF_TYPE_HEAP) != 0;
    if (content->num_units == 0 || !is_class || counts[type] < 2 * content->num_units)
        return true;
    uint64_t unit_bytes = content->unit_bytes;
    (void)set_units(content, NULL, 0);
    bool ok = find_type(content, survey, hf_survey_position(survey, node), hf_survey_span(survey, node), type);
    content->unit_bytes = unit_bytes;
    return ok;
}

static bool find_links(struct hf_content *content, const struct hf_survey *survey, const struct hf_point *point) {
    uint32_t type = hf_col_node_type(survey->snapshot)[point->child];
    bool ok = find_type(content, survey, hf_survey_position(survey, point->node), hf_survey_span(survey, point->node),
                        type);
    content->unit_bytes = hf_survey_weight(survey, point->node);
    return ok;
}

/* How much the number of a type's objects says: a class more than a builtin type, and most one of the application. */
static uint64_t telling_count(const struct hf_survey *survey, size_t type, uint64_t count) {
    enum { OWN = 4, BUILTIN_BITS = 32 };
    const struct hf_type_record *record = &hf_col_types(survey->snapshot)[type];
    if ((record->flags & HF_TYPE_HEAP) == 0)
        return count;
    const char *module = hf_snapshot_get_text(survey->snapshot, record->module, NULL);
    return (hf_modules_origin(&survey->modules, module) == HF_MODULE_APPLICATION ? OWN * count : count)
           << BUILTIN_BITS;
}

/* Among garbage, the objects of the class that there are most of; of builtin types where there are none of a class. */
static bool find_most(struct hf_content *content, const struct hf_survey *survey, const uint64_t *counts) {
    const struct hf_dominator_tree *tree = &survey->dominators->tree;
    size_t best = 0;
    uint64_t most = 0;
    for (size_t type = 0; type < hf_num_types(survey->snapshot); type++) {
        uint64_t telling = counts[type] > 0 ? telling_count(survey, type, counts[type]) : 0;
        if (telling <= most)
            continue;
        most = telling;
        best = type;
    }
    return find_type(content, survey, tree->num_reached, tree->num_nodes - tree->num_reached, (uint32_t)best);
}

static bool find_units(struct hf_content *content, const struct hf_survey *survey, const struct hf_points *points,
                       const struct hf_point *point, const uint64_t *counts) {
    switch (point->kind) {
    case HF_SUSPECT_CROWD: return find_nested(content, survey, point->node, counts);
    case HF_SUSPECT_CHAIN: return find_links(content, survey, point);
    case HF_SUSPECT_GARBAGE: return find_most(content, survey, counts);
    case HF_SUSPECT_FEW:
    case HF_SUSPECT_SINGLE: return true;
    case HF_SUSPECT_SHARED:
    case HF_SUSPECT_NUM_KINDS: break;
    }
    const hf_node_id *members = hf_points_members(points, point);
    for (size_t i = 0; i < point->num_members; i++)
        if (!add_unit(content, members[i], hf_survey_weight(survey, members[i])))
            return false;
    return true;
}

enum hf_status hf_content_init(struct hf_content *content, const struct hf_survey *survey,
                               const struct hf_points *points, const struct hf_point *point, size_t max_parts,
                               struct hf_arena *arena, struct hf_error *error) {
    *content = (struct hf_content){0};
    size_t num_types = hf_num_types(survey->snapshot);
    struct counter counter = {content, survey, hf_arena_alloc(arena, num_types + 1, sizeof *counter.by_type)};
    uint64_t *counts = hf_alloc(num_types + 1, sizeof *counts);
    bool ok = counter.by_type != NULL && counts != NULL;
    if (ok) {
        count_point(&counter, points, point);
        for (size_t type = 0; type < num_types; type++)
            counts[type] = counter.by_type[type].count;
        sort_parts(&counter, max_parts);
        ok = find_units(content, survey, points, point, counts);
    }
    hf_free(counts);
    return ok ? HF_OK : hf_fail_nomem(error);
}

void hf_content_deinit(struct hf_content *content) {
    hf_region_deinit(&content->unit_region);
    *content = (struct hf_content){0};
}
