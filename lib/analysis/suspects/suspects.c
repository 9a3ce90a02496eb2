/*
 * suspects.c - puts the answer together.
 *
 *   snapshot --survey.c--> weights, paths, places --expected.c--> what hangs below the expected top
 *            --points.c--> where it accumulates, heaviest first; and for each of these points suspect.c with
 *                content.c    what accumulates, and what it is made of
 *                shared.c     the place that most of it shares
 *                verdicts.c   the path to one of that, judged reference by reference
 *                owner.c      what of the application has the last of its references, mentions.c where to look
 *                masked.c     the fingerprint, patterns.c whether it is a known one
 *                words.c      two paragraphs
 *
 * Memory above the snapshot and its dominators: about 20 bytes per node, and 8 more for the objects at one point.
 */
#include <holdfast/suspects.h>

#include <string.h>

#include "analysis/lookup.h"
#include "analysis/suspects/masked.h"
#include "analysis/suspects/suspect.h"
#include "base/error.h"
#include "base/options.h"

#define DEFAULT_THRESHOLD 0.1
#define DEFAULT_NEW_THRESHOLD 0.02
#define DEFAULT_SUSPECTS 5
#define DEFAULT_PARTS 6
#define NUM_HOLDERS 5

struct answer {
    struct hf_suspects public;       /* first, so that the one is the other */
    struct hf_arena arena;
};

const char *hf_suspect_kind_name(enum hf_suspect_kind kind) {
    static const char *const names[HF_SUSPECT_NUM_KINDS] = {"crowd", "chain", "few", "single", "shared", "garbage"};
    return kind < HF_SUSPECT_NUM_KINDS ? names[kind] : "unknown";
}

/* ---- relations ---- */

/* What is left over between expected and leaking, down to the point, is the same object in both. */
static bool share_an_object(const struct hf_suspect *a, const struct hf_suspect *b) {
    size_t num_a = a->path != NULL ? a->path->num_hops : 0, num_b = b->path != NULL ? b->path->num_hops : 0;
    for (size_t i = 0; i < num_a; i++)
        for (size_t k = 0; k < num_b && a->hops[i].verdict != HF_VERDICT_EXPECTED; k++)
            if (a->path->hops[i].node == b->path->hops[k].node)
                return true;
    return false;
}

static bool are_related(const struct hf_suspect *a, const struct hf_suspect *b) {
    bool is_same_class = a->unit_type[0] != '\0' && strcmp(a->unit_type, b->unit_type) == 0 &&
                         strchr(a->unit_type, '.') != NULL;
    return is_same_class || share_an_object(a, b) || strcmp(a->fingerprint, b->fingerprint) == 0;
}

static enum hf_status relate(struct hf_inquiry *question, struct hf_suspect *list, size_t count) {
    for (size_t i = 0; i < count; i++) {
        size_t *related = hf_arena_alloc(question->arena, count, sizeof *related);
        if (related == NULL)
            return hf_fail_nomem(question->error);
        for (size_t k = 0; k < count; k++)
            if (k != i && are_related(&list[i], &list[k]))
                related[list[i].num_related++] = k;
        list[i].related = related;
    }
    return HF_OK;
}

static enum hf_status examine_all(struct hf_inquiry *question) {
    struct hf_suspects *suspects = question->suspects;
    size_t count = question->points.num_points;
    if (count > question->options.max_suspects)
        count = question->options.max_suspects;
    struct hf_suspect *list = hf_arena_alloc(question->arena, count + 1, sizeof *list);
    if (list == NULL)
        return hf_fail_nomem(question->error);
    enum hf_status status = HF_OK;
    for (size_t i = 0; i < count && status == HF_OK; i++)
        status = hf_suspect_examine(question, &question->points.list[i], &list[i]);
    suspects->list = list;
    suspects->num_suspects = count;
    suspects->num_all_suspects = question->points.num_points;
    return status == HF_OK ? relate(question, list, count) : status;
}

/* ---- the largest holders ---- */

static enum hf_status describe_holder(struct hf_inquiry *question, hf_node_id node, struct hf_holder *holder) {
    struct hf_route route;
    const char *pattern = "", *reference = "";
    enum hf_status status = hf_route_init(&route, &question->survey.tree->paths, &question->survey.tree->order, node,
                                          HF_NO_EDGE, question->error);
    if (status == HF_OK)
        status = hf_masked_path(question->snapshot, &route, 0, question->arena, &pattern, &reference,
                                question->error);
    hf_route_deinit(&route);
    *holder = (struct hf_holder){node, reference, hf_lookup_type_name(question->snapshot, node),
                                 hf_survey_weight(&question->survey, node)};
    return status;
}

/* The heaviest of what hangs below the expected top. */
static size_t find_holders(const struct hf_inquiry *question, hf_node_id holders[NUM_HOLDERS]) {
    size_t count = 0;
    for (size_t i = 0; i < question->expected.num_below; i++) {
        hf_node_id node = question->expected.below[i];
        for (size_t rank = 0; rank < NUM_HOLDERS; rank++) {
            if (rank < count && hf_survey_weight(&question->survey, holders[rank]) >=
                                    hf_survey_weight(&question->survey, node))
                continue;
            hf_node_id other = rank < count ? holders[rank] : HF_NO_NODE;
            holders[rank] = node;
            if (rank == count)
                count++;
            node = other;
            if (node == HF_NO_NODE)
                break;
        }
    }
    return count;
}

static enum hf_status list_holders(struct hf_inquiry *question) {
    hf_node_id nodes[NUM_HOLDERS];
    struct hf_holder *list = hf_arena_alloc(question->arena, NUM_HOLDERS, sizeof *list);
    if (list == NULL)
        return hf_fail_nomem(question->error);
    size_t count = find_holders(question, nodes);
    enum hf_status status = HF_OK;
    for (size_t i = 0; i < count && status == HF_OK; i++)
        status = describe_holder(question, nodes[i], &list[i]);
    question->suspects->holders = list;
    question->suspects->num_holders = count;
    return status;
}

/* ---- the whole ---- */

static void sum_up(struct hf_inquiry *question) {
    const struct hf_survey *survey = &question->survey;
    struct hf_suspects *suspects = question->suspects;
    suspects->total_count = survey->graph.num_nodes;
    suspects->total_bytes = survey->total_bytes;
    suspects->threshold_bytes = survey->threshold_bytes;
    suspects->is_comparison = survey->old != NULL;
    suspects->new_count = survey->new_count;
    suspects->new_bytes = survey->old != NULL ? survey->sum[survey->graph.num_nodes] : 0;
    suspects->note = "";
    if (survey->modules.num_files == 0 || !survey->snapshot->origin.has_previews)
        suspects->note = "the snapshot does not tell the files of modules (was it taken without previews?), so that "
                         "the application's own classes are not known from those of packages";
}

static enum hf_status answer(struct hf_inquiry *question, const struct hf_snapshot *old) {
    enum hf_status status = hf_patterns_init(&question->patterns, question->options.patterns, question->error);
    if (status == HF_OK)
        status = hf_survey_init(&question->survey, question->snapshot, old, question->options.threshold,
                                question->options.progress, question->error);
    if (status == HF_OK)
        status = hf_expected_init(&question->expected, &question->survey, question->error);
    if (status == HF_OK)
        status = hf_points_find(&question->points, &question->survey, &question->expected, question->error);
    if (status != HF_OK)
        return status;
    sum_up(question);
    status = examine_all(question);
    return status == HF_OK ? list_holders(question) : status;
}

static bool set_options(struct hf_inquiry *question, const struct hf_snapshot *old,
                        const struct hf_suspects_options *options) {
    struct hf_suspects_options *own = &question->options;
    if (!hf_options_copy(own, sizeof *own, options))
        return false;
    if (own->threshold == 0)
        own->threshold = old != NULL ? DEFAULT_NEW_THRESHOLD : DEFAULT_THRESHOLD;
    own->max_suspects = own->max_suspects == 0 ? DEFAULT_SUSPECTS : own->max_suspects;
    own->max_parts = own->max_parts == 0 ? DEFAULT_PARTS : own->max_parts;
    return true;
}

enum hf_status hf_suspects_create(const struct hf_snapshot *snapshot, const struct hf_snapshot *old,
                                  const struct hf_suspects_options *options, struct hf_suspects **out,
                                  struct hf_error *error) {
    struct hf_inquiry question = {.snapshot = snapshot, .error = error};
    if (!set_options(&question, old, options))
        return hf_fail(error, HF_ERR_ARGUMENT, "struct_size of the options of suspects is not set");
    if (!(question.options.threshold > 0 && question.options.threshold < 1))
        return hf_fail(error, HF_ERR_ARGUMENT, "the threshold is no share between 0 and 1");
    struct answer *made = hf_alloc(1, sizeof *made);
    if (made == NULL)
        return hf_fail_nomem(error);
    question.suspects = &made->public;
    question.arena = &made->arena;
    enum hf_status status = answer(&question, old);
    hf_points_deinit(&question.points);
    hf_expected_deinit(&question.expected);
    hf_survey_deinit(&question.survey);
    hf_patterns_deinit(&question.patterns);
    if (status == HF_OK)
        *out = &made->public;
    else
        hf_suspects_destroy(&made->public);
    return status;
}

void hf_suspects_destroy(struct hf_suspects *suspects) {
    struct answer *made = (struct answer *)suspects;
    if (made == NULL)
        return;
    hf_arena_deinit(&made->arena);
    hf_free(made);
}
