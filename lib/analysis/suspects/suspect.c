/*
 * suspect.c - from a point where objects accumulate to what is said of it.
 *
 *   point --content.c--> units   the objects that accumulate
 *         --shared.c---> path    to one of them; what differs among them is masked
 *         --verdicts.c-> hops    each reference of the path judged
 *         --owner.c----> owner   the application's last reference, and with mentions.c where to look
 *         --words.c----> text
 */
#include "analysis/suspects/suspect.h"

#include <string.h>

#include "analysis/lookup.h"
#include "analysis/naming/expression.h"
#include "analysis/path/hops.h"
#include "analysis/path/owners.h"
#include "analysis/suspects/masked.h"
#include "analysis/suspects/shared.h"
#include "analysis/suspects/since.h"
#include "analysis/suspects/words.h"
#include "base/error.h"

#define MAX_OTHERS 4         /* other paths that are shown */
#define SHARE 0.8            /* of the objects that accumulate: what the merged path says is true for them */

/* One point on its way to become a suspect. */
struct work {
    struct hf_inquiry *question;
    struct hf_arena *arena;
    const struct hf_point *point;
    struct hf_suspect *suspect;
    struct hf_content content;
    struct hf_route route;           /* to one of the units, or to the point */
    size_t num_masked;               /* of its last references: they differ among the units */
    struct hf_suspect_hop *hops;
    const char *const *references;   /* masked */
    struct hf_finding finding;
    struct hf_error *error;
};

/* ---- what accumulates ---- */

/* How long the container was in the older snapshot. */
static void find_old_items(struct work *work) {
    const struct hf_survey *survey = &work->question->survey;
    bool is_compared = survey->old != NULL && work->point->node != HF_NO_NODE;
    hf_node_id old = is_compared ? hf_since_find(survey, work->point->node) : HF_NO_NODE;
    work->finding.has_old_items = old != HF_NO_NODE && hf_since_count_items(survey->snapshot, work->point->node) > 0;
    if (work->finding.has_old_items)
        work->finding.old_items = hf_since_count_items(survey->old, old);
}

static enum hf_status count_content(struct work *work) {
    const struct hf_inquiry *question = work->question;
    enum hf_status status = hf_content_init(&work->content, &question->survey, &question->points, work->point,
                                            question->options.max_parts, work->arena, work->error);
    if (status != HF_OK)
        return status;
    struct hf_suspect *suspect = work->suspect;
    suspect->count = work->content.count;
    suspect->size_bytes = work->content.size_bytes;
    suspect->parts = work->content.parts;
    suspect->num_parts = work->content.num_parts;
    suspect->num_all_parts = work->content.num_all_parts;
    suspect->unit_count = work->content.num_units;
    suspect->unit_bytes = work->content.unit_bytes;
    suspect->unit_type = work->content.num_units > 0
                             ? hf_lookup_type_name(question->snapshot, work->content.units[0])
                             : "";
    find_old_items(work);
    work->finding.crowd = hf_verdicts_ask(&question->survey, work->content.units, work->content.num_units);
    return HF_OK;
}

/* ---- the path ---- */

/* The object to which the path leads: the first link of a chain, one of the units, or the point itself. */
static bool has_units(const struct work *work) {
    return work->content.num_units > 0 && work->point->kind != HF_SUSPECT_CHAIN;
}

static hf_node_id choose_end(const struct work *work) {
    return has_units(work) ? work->finding.crowd.example : work->point->node;
}

/* How many references at the end of the path differ among the units: those below the place that most of them share. */
static enum hf_status count_masked(struct work *work) {
    const struct hf_survey *survey = &work->question->survey;
    hf_place_id shared;
    enum hf_status status = hf_shared_place(survey, work->content.units, work->content.num_units,
                                            survey->placing.of_node[choose_end(work)], SHARE, &shared, work->error);
    for (size_t i = work->route.num_steps; status == HF_OK && i > 0; i--, work->num_masked++)
        if (hf_survey_is_below(survey, shared, survey->placing.of_node[hf_route_node(survey, &work->route, i)]))
            break;
    return status;
}

static void mark_hops(struct work *work) {
    const struct hf_survey *survey = &work->question->survey;
    for (size_t i = 0; i <= work->route.num_steps; i++)
        work->hops[i].is_point = hf_route_node(survey, &work->route, i) == work->point->node;
}

static enum hf_status judge_path(struct work *work) {
    const struct hf_inquiry *question = work->question;
    bool is_unit = has_units(work);
    work->hops = hf_arena_alloc(work->arena, work->route.num_steps + 1, sizeof *work->hops);
    if (work->hops == NULL)
        return hf_fail_nomem(work->error);
    mark_hops(work);
    enum hf_status status = hf_verdicts_judge(&question->survey, &question->expected, &work->route,
                                              is_unit ? &work->finding.crowd : NULL, work->content.num_units,
                                              work->arena, work->hops, work->error);
    if (status == HF_OK)
        status = hf_masked_references(question->snapshot, &work->route, work->num_masked, work->arena,
                                      &work->references, work->error);
    work->suspect->hops = work->hops;
    return status;
}

static enum hf_status describe_path(struct work *work) {
    const struct hf_snapshot *snapshot = work->question->snapshot;
    struct hf_path *path = hf_arena_alloc(work->arena, 1, sizeof *path);
    if (path == NULL)
        return hf_fail_nomem(work->error);
    work->suspect->path = path;
    enum hf_status status = hf_path_build(snapshot, &work->route, work->question->survey.dominators, work->arena,
                                          path, work->error);
    if (status == HF_OK)
        status = hf_masked_path(snapshot, &work->route, work->num_masked, work->arena, &work->suspect->pattern,
                                &work->suspect->reference, work->error);
    return status;
}

/* The point's own expression: the path may go on to one of the units. */
static enum hf_status express_point(struct work *work) {
    const struct hf_inquiry *question = work->question;
    struct hf_suspect *suspect = work->suspect;
    struct hf_route route;
    if (work->point->node == HF_NO_NODE) {
        suspect->expression = suspect->path->expression;
        suspect->expression_gap = suspect->path->expression_gap;
        return HF_OK;
    }
    enum hf_status status = hf_route_init(&route, &question->survey.tree->paths, &question->survey.tree->order,
                                          work->point->node, HF_NO_EDGE, work->error);
    if (status == HF_OK)
        status = hf_expression_build(question->snapshot, &route, work->arena, &suspect->expression,
                                     &suspect->expression_gap, work->error);
    hf_route_deinit(&route);
    return status;
}

/* ---- who else holds it ---- */

static enum hf_status describe_other(struct work *work, const struct hf_paths *paths, const struct hf_owner *owner,
                                     const char **out) {
    const char *pattern;
    struct hf_route route;
    enum hf_status status = hf_route_init(&route, paths, &work->question->survey.tree->order, owner->source,
                                          owner->edge, work->error);
    if (status == HF_OK)
        status = hf_masked_path(work->question->snapshot, &route, 0, work->arena, out, &pattern, work->error);
    hf_route_deinit(&route);
    return status;
}

/* Paths that say the same are listed once, and the one that is shown is not. */
static bool is_listed(const struct hf_suspect *suspect, const char *pattern) {
    bool found = strcmp(suspect->pattern, pattern) == 0;
    for (size_t i = 0; i < suspect->num_also; i++)
        found = found || strcmp(suspect->also[i], pattern) == 0;
    return found;
}

static enum hf_status describe_others(struct work *work, const struct hf_paths *paths, const struct hf_region *owners) {
    const struct hf_owner *list = (const struct hf_owner *)(const void *)owners->data;
    size_t count = owners->used_bytes / sizeof *list;
    const char **also = hf_arena_alloc(work->arena, count + 1, sizeof *also);
    if (also == NULL)
        return hf_fail_nomem(work->error);
    work->suspect->also = also;
    enum hf_status status = HF_OK;
    for (size_t i = 0; i < count && status == HF_OK; i++) {
        const char *pattern = "";
        if (list[i].source != HF_NO_NODE)
            status = describe_other(work, paths, &list[i], &pattern);
        if (status == HF_OK && pattern[0] != '\0' && !is_listed(work->suspect, pattern))
            also[work->suspect->num_also++] = pattern;
    }
    return status;
}

/* Another tree of paths, of those that do not pass through the object itself. */
static enum hf_status find_others(struct work *work) {
    const struct hf_survey *survey = &work->question->survey;
    hf_node_id object = choose_end(work);
    struct hf_paths paths = {0};
    struct hf_bitset avoid;
    struct hf_region owners = {0};
    size_t num_all;
    if (!hf_bitset_init(&avoid, survey->graph.num_nodes))
        return hf_fail_nomem(work->error);
    hf_bitset_add(&avoid, object);
    enum hf_status status = hf_paths_init(&paths, &survey->graph, work->error);
    if (status == HF_OK)
        status = hf_paths_compute(&paths, &survey->tree->order.roots, &avoid, work->question->options.progress,
                                  work->error);
    if (status == HF_OK)
        status = hf_owners_find(&paths, &survey->tree->order, &avoid, object, MAX_OTHERS, &owners, &num_all,
                                work->error);
    if (status == HF_OK)
        status = describe_others(work, &paths, &owners);
    hf_region_deinit(&owners);
    hf_paths_deinit(&paths);
    hf_bitset_deinit(&avoid);
    return status;
}

static enum hf_status find_path(struct work *work) {
    const struct hf_inquiry *question = work->question;
    enum hf_status status = hf_route_init(&work->route, &question->survey.tree->paths, &question->survey.tree->order,
                                          choose_end(work), HF_NO_EDGE, work->error);
    if (status == HF_OK && has_units(work))
        status = count_masked(work);
    if (status == HF_OK)
        status = judge_path(work);
    if (status == HF_OK)
        status = describe_path(work);
    if (status == HF_OK)
        status = express_point(work);
    return status == HF_OK && work->point->kind == HF_SUSPECT_SHARED && work->num_masked == 0
               ? find_others(work) : status;
}

/* ---- who, and where to look ---- */

/* The variable that a closure's cell is: the last of the names in its function's code. "" where there is none. */
static const char *name_of_cell(struct work *work, size_t step) {
    const struct hf_snapshot *snapshot = work->question->snapshot;
    const uint32_t *row = hf_col_row(snapshot), *target = hf_col_edge_target(snapshot);
    hf_node_id code = hf_lookup_part(snapshot, work->route.steps[step].owner, "__code__");
    hf_node_id names = code != HF_NO_NODE ? hf_lookup_part(snapshot, code, "co_localsplusnames") : HF_NO_NODE;
    if (names == HF_NO_NODE && code != HF_NO_NODE)
        names = hf_lookup_part(snapshot, code, "co_freevars");
    if (names == HF_NO_NODE || step + 1 >= work->route.num_steps)
        return "";
    const struct hf_step *cell = &work->route.steps[step + 1];
    uint32_t from_end = row[cell->owner + 1] - cell->edge;
    const char *name;
    size_t length;
    if (row[names + 1] - row[names] < from_end ||
        !hf_snapshot_find_str(snapshot, target[row[names + 1] - from_end], &name, &length))
        return "";
    return hf_arena_copy(work->arena, name, length);
}

/* The name that the owner has given to its reference. */
static const char *name_reference(struct work *work) {
    const struct hf_app_owner *owner = &work->finding.owner;
    const struct hf_snapshot *snapshot = work->question->snapshot;
    if (owner->kind == HF_OWNER_NONE)
        return "";
    work->finding.is_variable = owner->step == HF_OWNER_ROOT;
    if (owner->step == HF_OWNER_ROOT)
        return hf_snapshot_get_root(snapshot, work->route.root).name;
    if (owner->step + work->num_masked >= work->route.num_steps)
        return "";
    uint32_t edge = work->route.steps[owner->step].edge;
    struct hf_edge found = hf_snapshot_get_edge(snapshot, edge);
    const char *name = found.text;
    size_t length = found.text_length;
    if (found.kind != HF_NAME_LOCAL && !hf_lookup_attribute_name(snapshot, edge, &name, &length))
        return "";
    bool is_cell = owner->kind == HF_OWNER_FUNCTION && strcmp(name, "__closure__") == 0;
    work->finding.is_variable = is_cell || found.kind == HF_NAME_LOCAL;
    if (is_cell)
        return name_of_cell(work, owner->step);
    return hf_arena_copy(work->arena, name, length);
}

static enum hf_status find_owner(struct work *work) {
    struct hf_finding *finding = &work->finding;
    const struct hf_survey *survey = &work->question->survey;
    enum hf_status status = hf_app_owner_find(survey, &work->route, work->arena, &finding->owner, work->error);
    if (status != HF_OK)
        return status;
    work->suspect->owner_kind = hf_owner_kind_name(finding->owner.kind);
    work->suspect->owner = finding->owner.name;
    work->suspect->owner_file = finding->owner.file;
    finding->name = name_reference(work);
    status = hf_within_find(survey, work->content.units, work->content.num_units, work->arena, &finding->within,
                            work->error);
    if (status != HF_OK)
        return status;
    if (finding->name[0] == '\0' || finding->owner.step == HF_OWNER_ROOT)
        return HF_OK;
    const char *scope = finding->owner.scope != NULL ? finding->owner.scope : "";
    return hf_mentions_find(survey, finding->name, finding->is_variable ? scope : NULL, &finding->owner, work->arena,
                            &finding->mentions, work->error);
}

/* Whether an underlined reference fits a pattern which holds here. It is the reason where there is no other. */
static bool fits_pattern(struct work *work, size_t hop) {
    const struct hf_pattern *pattern = work->hops[hop].is_underlined
                                           ? hf_patterns_find(&work->question->patterns, work->references[hop])
                                           : NULL;
    if (pattern == NULL || !hf_pattern_holds(pattern, &work->question->survey, &work->finding.is_pattern_certain))
        return false;
    work->finding.pattern = pattern;
    work->suspect->known = hf_arena_copy(work->arena, pattern->name, strlen(pattern->name));
    if (work->hops[hop].reason[0] == '\0') {
        struct hf_text text = HF_TEXT_INIT;
        hf_text_addf(&text, "known pattern %s", pattern->name);
        work->hops[hop].reason = hf_arena_copy(work->arena, text.data != NULL ? text.data : "", text.length);
        hf_text_deinit(&text);
    }
    return true;
}

/* The one nearest to where it accumulates says most: from there up to the root, then down. */
static void find_pattern(struct work *work) {
    size_t num_hops = work->route.num_steps + 1, point = num_hops - 1;
    for (size_t i = 0; i < num_hops; i++)
        if (work->hops[i].is_point)
            point = i;
    for (size_t i = point + 1; i-- > 0;)
        if (fits_pattern(work, i))
            return;
    for (size_t i = point + 1; i < num_hops; i++)
        if (fits_pattern(work, i))
            return;
}

static void set_fingerprint(struct work *work) {
    char digits[HF_FINGERPRINT_SIZE];
    hf_masked_fingerprint(work->references, work->hops, work->route.num_steps + 1, digits);
    work->suspect->fingerprint = hf_arena_copy(work->arena, digits, sizeof digits - 1);
}

/* ---- one suspect ---- */

static enum hf_status examine_held(struct work *work) {
    enum hf_status status = find_path(work);
    if (status == HF_OK)
        status = find_owner(work);
    if (status != HF_OK)
        return status;
    find_pattern(work);
    set_fingerprint(work);
    return work->arena->failed ? hf_fail_nomem(work->error) : HF_OK;
}

/* Garbage has no path: what it is made of tells it from other garbage. */
static void examine_garbage(struct work *work) {
    const char *reference = work->suspect->unit_type;
    char digits[HF_FINGERPRINT_SIZE];
    work->suspect->reference = "garbage";
    hf_masked_fingerprint(&reference, &(struct hf_suspect_hop){.is_underlined = true}, 1, digits);
    work->suspect->fingerprint = hf_arena_copy(work->arena, digits, sizeof digits - 1);
}

enum hf_status hf_suspect_examine(struct hf_inquiry *question, const struct hf_point *point,
                                  struct hf_suspect *suspect) {
    struct work work = {
        .question = question,
        .arena = question->arena,
        .point = point,
        .suspect = suspect,
        .finding = {.survey = &question->survey, .point = point, .content = &work.content, .name = ""},
        .error = question->error,
    };
    *suspect = (struct hf_suspect){
        .kind = point->kind, .reference = "", .pattern = "", .node = point->node,
        .expression = "", .expression_gap = "", .unit_type = "", .owner_kind = "", .owner = "", .owner_file = "",
        .known = "", .fingerprint = "", .text = "", .advice = "",
    };
    enum hf_status status = count_content(&work);
    if (status == HF_OK && point->kind == HF_SUSPECT_GARBAGE)
        examine_garbage(&work);
    else if (status == HF_OK)
        status = examine_held(&work);
    if (status == HF_OK)
        status = hf_words_write(&work.finding, work.arena, suspect, work.error);
    hf_route_deinit(&work.route);
    hf_content_deinit(&work.content);
    return status;
}
