/*
 * points.c - walks down from what stands out to where it accumulates.
 *
 *   below the expected top      CACHE 41 %                 too heavy: walked down
 *                                 \ ._shards 41 %            one child keeps 0.7 of it: go on
 *                                     \ [*] 16 x 2.5 %       many children at one place: the list is the point
 *
 *                               1,000 x Session 0.02 %     each too light, together 20 %: their merged paths are looked
 *                                                          at, and most hang at shop.BY_NAME[*]
 *
 * Differences from MAT's walk, all because one Python object often holds the whole application: children that are too
 * heavy themselves and that their parent names (attributes, keys of a small dict) are walked down each by itself; an
 * object whose parts are many and of all kinds holds much and accumulates nothing, so it is no suspect; a linked list,
 * in which each link keeps all of the next, ends where it begins.
 */
#include "analysis/suspects/points.h"

#include <stdlib.h>
#include <string.h>

#include "analysis/lookup.h"
#include "analysis/suspects/kids.h"
#include "base/error.h"

#define KEEPS 0.7            /* of its parent: the child is where the memory is */
#define SHARE 0.8            /* of the objects: the merged path is theirs */
#define MOST 0.5             /* of an object's weight: what it accumulates */
#define FEW 3                /* parts that make most of an object */
#define MANY 32              /* objects of one kind, however they are called */
#define MANY_NAMED 128       /* variables of one kind in a module: more than anybody writes down */
#define CHAIN_LINKS 16
#define OUTSTANDING 8        /* times as heavy as its like */
#define NAMESPACE_ITEMS 16   /* a dict with that many str keys at most is taken for a namespace */

struct finder {
    const struct hf_survey *survey;
    const struct hf_expected *expected;
    struct hf_points *points;
    struct hf_kids kids;
    struct hf_region stack;          /* hf_node_id: still to be walked down */
    struct hf_region links;          /* struct link: steps of this walk, open addressing */
    size_t num_links;
};

static bool push_point(struct finder *finder, const struct hf_point *point) {
    struct hf_region *region = &finder->points->region;
    if (!hf_region_push(region, point, sizeof *point))
        return false;
    finder->points->list = (const struct hf_point *)(const void *)region->data;
    finder->points->num_points++;
    return true;
}

static bool push_node(struct finder *finder, hf_node_id node) {
    struct hf_region *stack = &finder->stack;
    return hf_region_push(stack, &node, sizeof node);
}

static bool pop_node(struct finder *finder, hf_node_id *node) {
    if (finder->stack.used_bytes == 0)
        return false;
    finder->stack.used_bytes -= sizeof *node;
    memcpy(node, finder->stack.data + finder->stack.used_bytes, sizeof *node);
    return true;
}

static bool is_heavy(const struct finder *finder, uint64_t weight_bytes) {
    return weight_bytes >= finder->survey->threshold_bytes && weight_bytes > 0;
}

static bool is_most(uint64_t part, uint64_t whole) {
    return (double)part >= MOST * (double)whole;
}

/* ---- chains ---- */

/* A step down: by which label to which type, and how often this walk has made it. */
struct link {
    uint64_t label;
    uint32_t type;
    uint32_t count;          /* 0: empty */
    hf_node_id first;        /* from where it was made first */
};

static struct link *find_link(const struct hf_region *region, size_t num_slots, uint64_t label, uint32_t type) {
    struct link *links = (struct link *)(void *)region->data;
    size_t at = (label ^ type) & (num_slots - 1);
    while (links[at].count != 0 && (links[at].label != label || links[at].type != type))
        at = (at + 1) & (num_slots - 1);
    return &links[at];
}

#define LINK_SLOTS 1024

static void forget_links(struct finder *finder) {
    memset(finder->links.data, 0, LINK_SLOTS * sizeof(struct link));
    finder->num_links = 0;
}

/* Where the chain begins, once the walk has made one step again and again; else HF_NO_NODE. */
static hf_node_id note_step(struct finder *finder, hf_node_id from, const struct hf_kid *to) {
    if (to->place == HF_NO_PLACE || finder->num_links >= LINK_SLOTS / 2)
        return HF_NO_NODE;
    uint64_t label = finder->survey->places.list[to->place].label;
    uint32_t type = hf_col_node_type(finder->survey->snapshot)[to->node];
    struct link *link = find_link(&finder->links, LINK_SLOTS, label, type);
    if (link->count == 0) {
        *link = (struct link){label, type, 0, from};
        finder->num_links++;
    }
    return ++link->count >= CHAIN_LINKS ? link->first : HF_NO_NODE;
}

/* ---- the children of one object ---- */

/* Kids at one place, all of them. */
struct run {
    const struct hf_kid *kids;
    size_t count;
    uint64_t weight_bytes;
};

/* What a look at the children has found. */
struct look {
    uint64_t crowd_bytes;            /* of children that are many of a kind */
    uint64_t walked_bytes;           /* of those that are walked down by themselves */
};

static struct run next_run(const struct hf_kid *kids, size_t count, bool by_kind) {
    struct run run = {kids, 0, 0};
    while (run.count < count && (by_kind ? kids[run.count].kind == kids->kind : kids[run.count].place == kids->place))
        run.weight_bytes += kids[run.count++].weight_bytes;
    return run;
}

/* True for the value of a str key: one of a few of them is as good as an attribute. */
static bool is_named(const struct finder *finder, hf_node_id node) {
    const struct hf_graph *graph = &finder->survey->graph;
    uint32_t edge = hf_paths_parent_edge(&finder->survey->tree->paths, node);
    if (edge == HF_PATHS_ROOT || hf_graph_edge_kind(graph, edge) != HF_NAME_VALUE)
        return false;
    return (hf_lookup_type(finder->survey->snapshot, graph->target[edge - 1])->flags & HF_TYPE_STR) != 0;
}

static bool is_outstanding(const struct run *run, const struct hf_kid *kid) {
    double others = (double)(run->weight_bytes - kid->weight_bytes) / (double)(run->count - 1);
    return (double)kid->weight_bytes >= OUTSTANDING * others;
}

/* Whether a child that is too heavy is a matter of its own, and not one of a crowd. */
static bool stands_alone(const struct finder *finder, const struct run *run, const struct hf_kid *kid) {
    if (run->count == 1)
        return true;
    return is_outstanding(run, kid) || (run->count <= NAMESPACE_ITEMS && is_named(finder, kid->node));
}

static bool look_at_run(struct finder *finder, const struct run *run, struct look *look) {
    uint64_t rest = run->weight_bytes;
    for (size_t i = 0; i < run->count; i++) {
        const struct hf_kid *kid = &run->kids[i];
        if (!is_heavy(finder, kid->weight_bytes) || !stands_alone(finder, run, kid))
            continue;
        if (!push_node(finder, kid->node))
            return false;
        look->walked_bytes += kid->weight_bytes;
        rest -= kid->weight_bytes;
    }
    if (run->count > 1)
        look->crowd_bytes += rest;
    return true;
}

/* Children that each have a name of their own are a crowd when they are many of one kind: setattr(self, name, ...). */
static void look_at_singles(struct hf_kid *singles, size_t count, struct look *look) {
    hf_kids_sort_by_kind(singles, count);
    for (size_t at = 0; at < count;) {
        struct run run = next_run(singles + at, count - at, true);
        if (run.count >= MANY)
            look->crowd_bytes += run.weight_bytes;
        at += run.count;
    }
}

static bool look_at_kids(struct finder *finder, struct look *look) {
    struct hf_kid *kids = finder->kids.list;
    size_t num_singles = 0;
    hf_kids_sort_by_place(kids, finder->kids.num_kids);
    for (size_t at = 0; at < finder->kids.num_kids;) {
        struct run run = next_run(kids + at, finder->kids.num_kids - at, false);
        if (!look_at_run(finder, &run, look))
            return false;
        if (run.count == 1)
            kids[num_singles++] = kids[at];
        at += run.count;
    }
    look_at_singles(kids, num_singles, look);
    return true;
}

static const struct hf_kid *find_heaviest(const struct finder *finder) {
    const struct hf_kid *heaviest = NULL;
    for (size_t i = 0; i < finder->kids.num_kids; i++)
        if (heaviest == NULL || finder->kids.list[i].weight_bytes > heaviest->weight_bytes)
            heaviest = &finder->kids.list[i];
    return heaviest;
}

/* The bytes of the FEW heaviest. */
static uint64_t sum_heaviest(const struct finder *finder) {
    uint64_t top[FEW] = {0}, sum = 0;
    for (size_t i = 0; i < finder->kids.num_kids; i++) {
        uint64_t weight = finder->kids.list[i].weight_bytes;
        for (size_t rank = 0; rank < FEW; rank++) {
            if (weight <= top[rank])
                continue;
            uint64_t other = top[rank];
            top[rank] = weight;
            weight = other;
        }
    }
    for (size_t rank = 0; rank < FEW; rank++)
        sum += top[rank];
    return sum;
}

/* ---- the walk ---- */

static bool add_point(struct finder *finder, enum hf_suspect_kind kind, hf_node_id node, hf_node_id child,
                      uint64_t weight_bytes) {
    const struct hf_point point = {.kind = kind, .node = node, .child = child, .weight_bytes = weight_bytes,
                                   .place = finder->survey->placing.of_node[node]};
    return push_point(finder, &point);
}

/* The walk has come to its end at `node`, whose children are in finder->kids. */
static bool judge(struct finder *finder, hf_node_id node) {
    uint64_t weight = hf_survey_weight(finder->survey, node);
    const struct hf_kid *found = find_heaviest(finder);
    hf_node_id heaviest = found != NULL ? found->node : HF_NO_NODE;
    uint64_t few_bytes = sum_heaviest(finder);
    struct look look = {0};
    if (!look_at_kids(finder, &look))
        return false;
    uint64_t rest = weight - look.walked_bytes;
    if (look.crowd_bytes > 0 && (is_heavy(finder, look.crowd_bytes) || is_most(look.crowd_bytes, weight)))
        return add_point(finder, HF_SUSPECT_CROWD, node, heaviest, rest);
    if (is_most(hf_survey_own_weight(finder->survey, node), weight))
        return add_point(finder, HF_SUSPECT_SINGLE, node, HF_NO_NODE, weight);
    if (look.walked_bytes == 0 && (double)few_bytes >= KEEPS * (double)weight)
        return add_point(finder, HF_SUSPECT_FEW, node, heaviest, weight);
    return true;
}

static bool walk_down(struct finder *finder, hf_node_id node) {
    forget_links(finder);
    for (;;) {
        hf_kids_clear(&finder->kids);
        if (!hf_kids_add(&finder->kids, finder->survey, node))
            return false;
        const struct hf_kid *heaviest = find_heaviest(finder);
        uint64_t weight = hf_survey_weight(finder->survey, node);
        if (heaviest == NULL || (double)heaviest->weight_bytes < KEEPS * (double)weight)
            return judge(finder, node);
        hf_node_id head = note_step(finder, node, heaviest);
        if (head != HF_NO_NODE)
            return add_point(finder, HF_SUSPECT_CHAIN, head, heaviest->node, hf_survey_weight(finder->survey, head));
        node = heaviest->node;
    }
}

static bool walk_all(struct finder *finder) {
    for (size_t i = 0; i < finder->expected->num_below; i++) {
        hf_node_id node = finder->expected->below[i];
        if (is_heavy(finder, hf_survey_weight(finder->survey, node)) && !push_node(finder, node))
            return false;
    }
    hf_node_id node;
    while (pop_node(finder, &node))
        if (!walk_down(finder, node))
            return false;
    return true;
}

/* ---- many objects that no single one holds ---- */

/* What is at a place, and at all places below it. */
struct below {
    uint64_t weight_bytes, count;
    hf_place_id heaviest, fullest;   /* of its children */
};

static void sum_up(struct below *below, const struct hf_places *places, const struct hf_kid *kids, size_t count) {
    memset(below, 0, ((size_t)places->num_places + 1) * sizeof *below);
    for (size_t i = 0; i < count; i++) {
        below[kids[i].place].weight_bytes += kids[i].weight_bytes;
        below[kids[i].place].count++;
    }
    for (hf_place_id place = places->num_places; place > 0; place--) {
        struct below *parent = &below[places->list[place].parent];
        parent->weight_bytes += below[place].weight_bytes;
        parent->count += below[place].count;
        if (parent->heaviest == 0 || below[place].weight_bytes > below[parent->heaviest].weight_bytes)
            parent->heaviest = place;
        if (parent->fullest == 0 || below[place].count > below[parent->fullest].count)
            parent->fullest = place;
    }
}

/* Goes down from the roots while one place has most of the objects, or else one that is too heavy. 0: no such place. */
static hf_place_id find_shared_place(const struct finder *finder, const struct below *below) {
    hf_place_id place = HF_NO_PLACE;
    for (;;) {
        hf_place_id next = below[place].fullest;
        if (next == 0)
            return place;
        bool is_shared = (double)below[next].count >= SHARE * (double)below[place].count;
        if (!is_shared || !is_heavy(finder, below[next].weight_bytes))
            next = is_heavy(finder, below[below[place].heaviest].weight_bytes) ? below[place].heaviest : HF_NO_PLACE;
        if (next == HF_NO_PLACE)
            return place;
        place = next;
    }
}

static bool push_members(struct finder *finder, const struct hf_kid *kids, size_t count, hf_place_id place) {
    struct hf_region *region = &finder->points->member_region;
    struct hf_point point = {.kind = HF_SUSPECT_SHARED, .node = HF_NO_NODE, .place = place, .child = HF_NO_NODE,
                             .first_member = region->used_bytes / sizeof(hf_node_id)};
    for (size_t i = 0; i < count; i++) {
        if (!hf_survey_is_below(finder->survey, kids[i].place, place))
            continue;
        if (!hf_region_push(region, &kids[i].node, sizeof kids->node))
            return false;
        point.num_members++;
        point.weight_bytes += kids[i].weight_bytes;
    }
    return push_point(finder, &point);
}

/* Whether they hang there itself, and not each below it by a name of its own. */
static bool is_one_place(const struct run *run, hf_place_id place) {
    size_t count = 0;
    for (size_t i = 0; i < run->count; i++)
        count += run->kids[i].place == place;
    return count >= 2;
}

static bool look_at_kind(struct finder *finder, const struct run *run, struct below *below) {
    sum_up(below, &finder->survey->places, run->kids, run->count);
    hf_place_id place = find_shared_place(finder, below);
    if (place == HF_NO_PLACE || below[place].count < (is_one_place(run, place) ? 2 : MANY_NAMED))
        return true;
    return push_members(finder, run->kids, run->count, place);
}

static bool look_at_the_rest(struct finder *finder) {
    hf_kids_clear(&finder->kids);
    for (size_t i = 0; i < finder->expected->num_below; i++) {
        uint64_t weight = hf_survey_weight(finder->survey, finder->expected->below[i]);
        if (weight > 0 && !is_heavy(finder, weight) &&
            !hf_kids_add_node(&finder->kids, finder->survey, finder->expected->below[i]))
            return false;
    }
    struct hf_region region = {0};
    bool ok = hf_region_reserve(&region, ((size_t)finder->survey->places.num_places + 1) * sizeof(struct below));
    hf_kids_sort_by_kind(finder->kids.list, finder->kids.num_kids);
    for (size_t at = 0; at < finder->kids.num_kids && ok;) {
        struct run run = next_run(finder->kids.list + at, finder->kids.num_kids - at, true);
        if (is_heavy(finder, run.weight_bytes))
            ok = look_at_kind(finder, &run, (struct below *)(void *)region.data);
        at += run.count;
    }
    hf_region_deinit(&region);
    return ok;
}

/* ---- the whole ---- */

static bool look_at_garbage(struct finder *finder) {
    const struct hf_dominator_tree *tree = &finder->survey->dominators->tree;
    const uint64_t *sum = finder->survey->sum;
    uint64_t weight = sum[tree->num_nodes] - sum[tree->num_reached];
    const struct hf_point point = {.kind = HF_SUSPECT_GARBAGE, .node = HF_NO_NODE, .child = HF_NO_NODE,
                                   .weight_bytes = weight};
    return !is_heavy(finder, weight) || push_point(finder, &point);
}

static int by_weight(const void *left, const void *right) {
    const struct hf_point *a = left, *b = right;
    if (a->weight_bytes != b->weight_bytes)
        return a->weight_bytes > b->weight_bytes ? -1 : 1;
    return (a->place > b->place) - (a->place < b->place);
}

enum hf_status hf_points_find(struct hf_points *points, const struct hf_survey *survey,
                              const struct hf_expected *expected, struct hf_error *error) {
    *points = (struct hf_points){0};
    struct finder finder = {.survey = survey, .expected = expected, .points = points};
    bool ok = hf_region_reserve(&finder.links, LINK_SLOTS * sizeof(struct link)) && walk_all(&finder) &&
              look_at_the_rest(&finder) && look_at_garbage(&finder);
    hf_kids_deinit(&finder.kids);
    hf_region_deinit(&finder.stack);
    hf_region_deinit(&finder.links);
    if (!ok)
        return hf_fail_nomem(error);
    if (points->num_points > 1)
        qsort(points->region.data, points->num_points, sizeof *points->list, by_weight);
    return HF_OK;
}

void hf_points_deinit(struct hf_points *points) {
    hf_region_deinit(&points->region);
    hf_region_deinit(&points->member_region);
    *points = (struct hf_points){0};
}
