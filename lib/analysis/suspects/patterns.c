/*
 * patterns.c - reads patterns.txt, and looks whether one fits.
 *
 *   name: lru_cache                                  starts a pattern
 *   reference: functools._lru_cache_wrapper<cache>   globs
 *   holds: python >=3.9 <3.14                        a subject, and conditions on its version
 *   note: ...
 *                                                    a blank line ends it
 */
#include "analysis/suspects/patterns.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/lookup.h"
#include "analysis/selector/glob.h"
#include "base/error.h"
#include "snapshot/preview.h"

#define MAX_WORD 100

struct parser {
    struct hf_patterns *patterns;
    struct hf_pattern open;          /* the one that is being read; without a name: none */
    size_t line;
    struct hf_error *error;
};

static enum hf_status fail_line(const struct parser *parser, const char *what) {
    return hf_fail(parser->error, HF_ERR_ARGUMENT, "line %zu of the known patterns %s", parser->line, what);
}

/* ---- a block ---- */

/* References of all patterns lie in one region, which may move: until the end they are counted from its start. */
static enum hf_status close_block(struct parser *parser) {
    struct hf_pattern *open = &parser->open;
    if (open->name == NULL && open->num_references == 0 && open->holds == NULL && open->note == NULL)
        return HF_OK;
    if (open->name == NULL || open->num_references == 0 || open->holds == NULL || open->note == NULL)
        return fail_line(parser, "ends a pattern that lacks one of 'name:', 'reference:', 'holds:' and 'note:'");
    if (!hf_region_push(&parser->patterns->region, open, sizeof *open))
        return hf_fail_nomem(parser->error);
    parser->patterns->num_patterns++;
    *open = (struct hf_pattern){0};
    return HF_OK;
}

static enum hf_status set_once(struct parser *parser, const char **field, const char *value) {
    if (*field != NULL)
        return fail_line(parser, "says a second time what was said before");
    *field = value;
    return HF_OK;
}

static enum hf_status add_reference(struct parser *parser, const char *glob) {
    if (!hf_region_push(&parser->patterns->reference_region, &glob, sizeof glob))
        return hf_fail_nomem(parser->error);
    parser->open.num_references++;
    return HF_OK;
}

/* Conditions are read when they are asked for; here only whether they can be. */
static bool is_condition(const char *word, size_t length) {
    size_t at = strspn(word, "<>=");
    return at > 0 && at <= 2 && at < length && isdigit((unsigned char)word[at]);
}

static enum hf_status set_holds(struct parser *parser, const char *value) {
    size_t length = strcspn(value, " ");
    for (const char *word = value + length + strspn(value + length, " "); *word != '\0';) {
        length = strcspn(word, " ");
        if (!is_condition(word, length))
            return fail_line(parser, "has a condition that is not like '>=3.9'");
        word += length + strspn(word + length, " ");
    }
    return set_once(parser, &parser->open.holds, value);
}

static enum hf_status read_line(struct parser *parser, char *line) {
    if (line[0] == '#')
        return HF_OK;
    if (line[strspn(line, " \t\r")] == '\0')
        return close_block(parser);
    char *value = strchr(line, ':');
    if (value == NULL)
        return fail_line(parser, "is not of the form 'name: value'");
    *value++ = '\0';
    value += strspn(value, " \t");
    value[strcspn(value, "\r")] = '\0';
    if (strcmp(line, "name") == 0)
        return set_once(parser, &parser->open.name, value);
    if (strcmp(line, "note") == 0)
        return set_once(parser, &parser->open.note, value);
    if (strcmp(line, "holds") == 0)
        return set_holds(parser, value);
    if (strcmp(line, "reference") == 0)
        return add_reference(parser, value);
    return fail_line(parser, "begins with none of 'name:', 'reference:', 'holds:' and 'note:'");
}

static enum hf_status read_all(struct hf_patterns *patterns, const char *text, struct hf_error *error) {
    struct parser parser = {.patterns = patterns, .error = error};
    char *copy = hf_arena_alloc(&patterns->arena, strlen(text) + 1, 1);
    if (copy == NULL)
        return hf_fail_nomem(error);
    strcpy(copy, text);
    enum hf_status status = HF_OK;
    for (char *line = copy, *next = copy; next != NULL && status == HF_OK; line = next) {
        next = strchr(line, '\n');
        if (next != NULL)
            *next++ = '\0';
        parser.line++;
        status = read_line(&parser, line);
    }
    return status == HF_OK ? close_block(&parser) : status;
}

enum hf_status hf_patterns_init(struct hf_patterns *patterns, const char *own, struct hf_error *error) {
    *patterns = (struct hf_patterns){0};
    enum hf_status status = own != NULL ? read_all(patterns, own, error) : HF_OK;
    if (status == HF_OK)
        status = read_all(patterns, hf_known_patterns, error);
    struct hf_pattern *list = (struct hf_pattern *)(void *)patterns->region.data;
    const char *const *references = (const char *const *)(void *)patterns->reference_region.data;
    for (size_t i = 0; i < patterns->num_patterns; i++) {
        list[i].references = references;
        references += list[i].num_references;
    }
    patterns->list = list;
    return status;
}

void hf_patterns_deinit(struct hf_patterns *patterns) {
    hf_arena_deinit(&patterns->arena);
    hf_region_deinit(&patterns->region);
    hf_region_deinit(&patterns->reference_region);
    *patterns = (struct hf_patterns){0};
}

const struct hf_pattern *hf_patterns_find(const struct hf_patterns *patterns, const char *reference) {
    for (size_t i = 0; i < patterns->num_patterns; i++)
        for (size_t k = 0; k < patterns->list[i].num_references; k++)
            if (hf_glob_match(patterns->list[i].references[k], reference, strlen(reference)))
                return &patterns->list[i];
    return NULL;
}

/* ---- versions ---- */

/* Compares the numbers of two versions: 3.9 is before 3.13, 3.13 before 3.13.1. */
static int compare_versions(const char *left, const char *right) {
    while (isdigit((unsigned char)*left) || isdigit((unsigned char)*right)) {
        char *left_end, *right_end;
        unsigned long a = strtoul(left, &left_end, 10), b = strtoul(right, &right_end, 10);
        if (a != b)
            return a < b ? -1 : 1;
        left = left_end + (*left_end == '.');
        right = right_end + (*right_end == '.');
    }
    return 0;
}

static bool meets(const char *version, const char *condition) {
    size_t at = strspn(condition, "<>=");
    int order = compare_versions(version, condition + at);
    if (strncmp(condition, ">=", 2) == 0)
        return order >= 0;
    if (strncmp(condition, "<=", 2) == 0)
        return order <= 0;
    return condition[0] == '<' ? order < 0 : condition[0] == '>' ? order > 0 : order == 0;
}

/* The version of a package as its __version__ has it. */
static bool read_version(const struct hf_survey *survey, const char *package, char version[MAX_WORD]) {
    const struct hf_snapshot *snapshot = survey->snapshot;
    struct hf_preview preview;
    for (size_t i = 0; i < hf_num_roots(snapshot); i++) {
        const struct hf_root_record *root = &hf_col_roots(snapshot)[i];
        if (root->kind != HF_ROOT_MODULE || strcmp(hf_snapshot_get_text(snapshot, root->name, NULL), package) != 0)
            continue;
        hf_node_id value = hf_lookup_attribute(snapshot, root->node, "__version__");
        if (value == HF_NO_NODE || !hf_snapshot_read_preview(snapshot, value, &preview) ||
            preview.tag != HF_PREVIEW_STR || preview.num_bytes >= MAX_WORD)
            return false;
        memcpy(version, preview.bytes, preview.num_bytes);
        version[preview.num_bytes] = '\0';
        return true;
    }
    return false;
}

bool hf_pattern_holds(const struct hf_pattern *pattern, const struct hf_survey *survey, bool *is_known) {
    char subject[MAX_WORD], version[MAX_WORD];
    size_t length = strcspn(pattern->holds, " ");
    snprintf(subject, sizeof subject, "%.*s", (int)length, pattern->holds);
    if (strcmp(subject, "python") == 0) {
        snprintf(version, sizeof version, "%s", survey->snapshot->origin.python);
        *is_known = version[0] != '\0';
    } else {
        *is_known = read_version(survey, subject, version);
    }
    for (const char *word = pattern->holds + length; *is_known && *word != '\0'; word += strcspn(word, " ")) {
        word += strspn(word, " ");
        if (*word != '\0' && !meets(version, word))
            return false;
    }
    return true;
}
