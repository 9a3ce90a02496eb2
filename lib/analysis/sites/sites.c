/*
 * sites.c - counts objects by the line that made them.
 *
 *   per line   [count, bytes, types]   one pass over the nodes of the types that pass the filters
 *              [retained]              on demand, one pass over the dominator tree
 */
#include <holdfast/sites.h>

#include <stdlib.h>
#include <string.h>

#include "analysis/retained/dominators.h"
#include "analysis/sites/lines.h"
#include "analysis/type_filter.h"
#include "base/error.h"
#include "base/options.h"

struct answer {
    struct hf_sites public;          /* first, so that the one is the other */
    struct hf_sites_row *rows;       /* by line, then those with objects, in order */
    struct hf_lines lines;
};

struct question {
    const struct hf_snapshot *snapshot;
    struct hf_types_options options;
    struct answer *answer;
    uint32_t *line_of_site;
    bool *is_wanted;                 /* per type */
    struct hf_line_types types;
    struct hf_error *error;
};

static enum hf_status prepare(struct question *question) {
    const struct hf_snapshot *snapshot = question->snapshot;
    struct answer *answer = question->answer;
    enum hf_status status = hf_lines_of(&answer->lines, snapshot, &question->line_of_site, question->error);
    if (status != HF_OK)
        return status;
    uint32_t num_types = hf_snapshot_num_types(snapshot);
    answer->rows = hf_alloc((size_t)answer->lines.numbers.count + 1, sizeof *answer->rows);
    question->is_wanted = hf_alloc((size_t)num_types + 1, sizeof *question->is_wanted);
    if (answer->rows == NULL || question->is_wanted == NULL)
        return hf_fail_nomem(question->error);
    struct hf_type_filter filter =
        hf_type_filter_make(snapshot, question->options.pattern, question->options.module);
    for (uint32_t i = 0; i < num_types; i++) {
        struct hf_type type = hf_snapshot_get_type(snapshot, i);
        question->is_wanted[i] = hf_type_filter_passes(&filter, &type);
    }
    return HF_OK;
}

static uint32_t line_of(const struct question *question, hf_node_id node) {
    return hf_line_of_node(question->snapshot, question->line_of_site, node);
}

static bool is_wanted(const struct question *question, hf_node_id node) {
    return question->is_wanted[hf_col_node_type(question->snapshot)[node]];
}

static enum hf_status count_nodes(struct question *question) {
    const struct hf_snapshot *snapshot = question->snapshot;
    struct hf_sites *sites = &question->answer->public;
    for (hf_node_id node = 0; node < snapshot->num_nodes; node++) {
        uint64_t size_bytes = hf_snapshot_get_size(snapshot, node);
        uint32_t line = line_of(question, node);
        sites->total_count++;
        sites->total_bytes += size_bytes;
        if (!is_wanted(question, node))
            continue;
        sites->matching_count++;
        sites->matching_bytes += size_bytes;
        sites->unknown_count += line == 0;
        sites->unknown_bytes += line == 0 ? size_bytes : 0;
        question->answer->rows[line].count++;
        question->answer->rows[line].size_bytes += size_bytes;
        if (line != 0 && !hf_line_types_add(&question->types, line, hf_col_node_type(snapshot)[node]))
            return hf_fail_nomem(question->error);
    }
    hf_line_types_sort(&question->types);
    return HF_OK;
}

static enum hf_status sum_retained(struct question *question) {
    const struct hf_dominators *dominators;
    enum hf_status status = hf_dominators_get(question->snapshot, question->options.progress, &dominators,
                                              question->error);
    if (status != HF_OK)
        return status;
    uint32_t num_nodes = question->snapshot->num_nodes, num_lines = question->answer->lines.numbers.count;
    uint32_t *group_of = hf_alloc((size_t)num_nodes + 1, sizeof *group_of);
    struct hf_retained *retained = hf_alloc((size_t)num_lines + 1, sizeof *retained);
    if (group_of == NULL || retained == NULL)
        status = hf_fail_nomem(question->error);
    for (hf_node_id node = 0; status == HF_OK && node < num_nodes; node++)
        group_of[node] = is_wanted(question, node) ? line_of(question, node) : 0;
    if (status == HF_OK)
        status = hf_dominators_sum_groups(dominators, group_of, num_lines + 1, retained, question->error);
    for (uint32_t line = 0; status == HF_OK && line <= num_lines; line++)
        question->answer->rows[line].retained = retained[line];
    question->answer->public.has_retained = status == HF_OK;
    hf_free(retained);
    hf_free(group_of);
    return status;
}

/* Moves the lines that have objects to the front, and says what they are. */
static void describe_rows(struct question *question) {
    struct answer *answer = question->answer;
    for (uint32_t i = 1; i <= answer->lines.numbers.count; i++) {
        struct hf_sites_row row = answer->rows[i];
        const struct hf_line *line = hf_lines_get(&answer->lines, i);
        if (row.count == 0)
            continue;
        row.site = line->site;
        row.line = line->number;
        row.file = line->file;
        row.function = line->function;
        row.num_types = hf_line_types_get(&question->types, question->snapshot, i, row.types);
        answer->rows[answer->public.num_matching++] = row;
    }
}

static int descending(uint64_t a, uint64_t b) {
    return a > b ? -1 : a < b;
}

static int by_place(const void *left, const void *right) {
    const struct hf_sites_row *a = left, *b = right;
    int order = a->file == b->file ? 0 : strcmp(a->file, b->file);
    if (order == 0)
        order = (a->line > b->line) - (a->line < b->line);
    return order != 0 ? order : strcmp(a->function, b->function);
}

static int by_bytes(const void *left, const void *right) {
    const struct hf_sites_row *a = left, *b = right;
    int order = descending(a->size_bytes, b->size_bytes);
    return order != 0 ? order : by_place(left, right);
}

static int by_count(const void *left, const void *right) {
    const struct hf_sites_row *a = left, *b = right;
    int order = descending(a->count, b->count);
    return order != 0 ? order : by_bytes(left, right);
}

static int by_retained(const void *left, const void *right) {
    const struct hf_sites_row *a = left, *b = right;
    int order = descending(a->retained.size_bytes, b->retained.size_bytes);
    return order != 0 ? order : by_bytes(left, right);
}

static void sort_rows(struct question *question) {
    static int (*const orders[])(const void *, const void *) = {
        [HF_TYPES_BY_BYTES] = by_bytes, [HF_TYPES_BY_COUNT] = by_count,
        [HF_TYPES_BY_NAME] = by_place, [HF_TYPES_BY_RETAINED] = by_retained};
    struct answer *answer = question->answer;
    size_t count = answer->public.num_matching, limit = question->options.limit;
    enum hf_types_sort sort = question->options.sort;
    if (count > 0)
        qsort(answer->rows, count, sizeof *answer->rows, sort <= HF_TYPES_BY_RETAINED ? orders[sort] : by_bytes);
    answer->public.rows = answer->rows;
    answer->public.num_rows = limit > 0 && limit < count ? limit : count;
}

static enum hf_status fill(struct question *question) {
    bool wants_retained = question->options.retained || question->options.sort == HF_TYPES_BY_RETAINED;
    enum hf_status status = hf_snapshot_check_sites(question->snapshot, question->error);
    if (status == HF_OK)
        status = prepare(question);
    if (status == HF_OK)
        status = count_nodes(question);
    if (status == HF_OK && wants_retained)
        status = sum_retained(question);
    if (status != HF_OK)
        return status;
    describe_rows(question);
    sort_rows(question);
    return HF_OK;
}

enum hf_status hf_sites_create(const struct hf_snapshot *snapshot, const struct hf_types_options *options,
                               struct hf_sites **out, struct hf_error *error) {
    struct question question = {.snapshot = snapshot, .error = error};
    if (!hf_options_copy(&question.options, sizeof question.options, options))
        return hf_fail(error, HF_ERR_ARGUMENT, "struct_size of the options is not set");
    question.answer = hf_alloc(1, sizeof *question.answer);
    if (question.answer == NULL)
        return hf_fail_nomem(error);
    enum hf_status status = fill(&question);
    hf_free(question.line_of_site);
    hf_free(question.is_wanted);
    hf_line_types_deinit(&question.types);
    if (status == HF_OK)
        *out = &question.answer->public;
    else
        hf_sites_destroy(&question.answer->public);
    return status;
}

void hf_sites_destroy(struct hf_sites *sites) {
    struct answer *answer = (struct answer *)sites;
    if (answer == NULL)
        return;
    hf_lines_deinit(&answer->lines);
    hf_free(answer->rows);
    hf_free(answer);
}
