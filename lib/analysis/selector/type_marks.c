/*
 * type_marks.c - which types a word names.
 *
 *   types    [dict] [shop.cache.Session] [shop.web.Session] [shop.web.Request]
 *   counts     12            1,210                 0                 3          objects of each type
 *   marks       0              1                   0                 0          for "Session"
 *
 * Types without objects do not count: their classes may be long gone. A name is tried as a whole first, then as the
 * last part of a name. If several types end in it, nothing is chosen: a guess would answer the wrong question.
 */
#include "analysis/selector/type_marks.h"

#include <string.h>

#include "analysis/selector/glob.h"
#include "analysis/selector/near.h"
#include "base/error.h"

static const char *type_name(const struct hf_snapshot *snapshot, size_t type) {
    return hf_snapshot_get_text(snapshot, hf_col_types(snapshot)[type].name, NULL);
}

static uint64_t count_of(const struct hf_type_marks *marks, size_t type) {
    return ((const uint64_t *)(const void *)marks->counts.data)[type];
}

static bool count_types(struct hf_type_marks *marks) {
    size_t num_types = hf_num_types(marks->snapshot);
    if (!hf_region_reserve(&marks->marks, num_types + 1) ||
        !hf_region_reserve(&marks->counts, (num_types + 1) * sizeof(uint64_t)))
        return false;
    uint64_t *counts = (uint64_t *)(void *)marks->counts.data;
    for (uint32_t node = 0; node < marks->snapshot->num_nodes; node++)
        counts[hf_col_node_type(marks->snapshot)[node]]++;
    return true;
}

static void mark(struct hf_type_marks *marks, size_t type) {
    marks->marks.data[type] = 1;
    marks->name = type_name(marks->snapshot, type);
    marks->num_types++;
}

static void mark_pattern(struct hf_type_marks *marks) {
    for (size_t type = 0; type < hf_num_types(marks->snapshot); type++) {
        const char *name = type_name(marks->snapshot, type);
        if (count_of(marks, type) > 0 &&
            (marks->word == NULL || hf_glob_match(marks->word, name, strlen(name))))
            mark(marks, type);
    }
}

static void mark_name(struct hf_type_marks *marks) {
    for (size_t type = 0; type < hf_num_types(marks->snapshot); type++)
        if (count_of(marks, type) > 0 && strcmp(type_name(marks->snapshot, type), marks->word) == 0)
            mark(marks, type);
}

bool hf_type_name_ends_in(const char *name, const char *part) {
    size_t length = strlen(name), part_length = strlen(part);
    return length > part_length && name[length - part_length - 1] == '.' &&
           memcmp(name + length - part_length, part, part_length) == 0;
}

static enum hf_status fail_ambiguous(const struct hf_type_marks *marks, const char *other, struct hf_error *error) {
    return hf_fail(error, HF_ERR_ARGUMENT,
                   "more than one type is called '%s': %s, %s; write the whole name, or '*.%s' for all of them",
                   marks->word, marks->name, other, marks->word);
}

static enum hf_status mark_last_part(struct hf_type_marks *marks, struct hf_error *error) {
    for (size_t type = 0; type < hf_num_types(marks->snapshot); type++) {
        const char *name = type_name(marks->snapshot, type);
        if (count_of(marks, type) == 0 || !hf_type_name_ends_in(name, marks->word))
            continue;
        if (marks->num_types > 0 && strcmp(name, marks->name) != 0)
            return fail_ambiguous(marks, name, error);
        mark(marks, type);
    }
    return HF_OK;
}

static enum hf_status fail_not_found(const struct hf_type_marks *marks, struct hf_error *error) {
    struct hf_near near = {.wanted = marks->word};
    struct hf_text text = HF_TEXT_INIT;
    for (size_t type = 0; type < hf_num_types(marks->snapshot); type++)
        if (count_of(marks, type) > 0)
            hf_near_offer(&near, type_name(marks->snapshot, type));
    hf_text_addf(&text, "no object has a type %s '%s'",
                 hf_glob_is_pattern(marks->word) ? "that matches" : "called", marks->word);
    hf_near_print(&near, &text);
    enum hf_status status = text.failed ? hf_fail_nomem(error) : hf_fail(error, HF_NOT_FOUND, "%s", text.data);
    hf_text_deinit(&text);
    return status;
}

static enum hf_status mark_types(struct hf_type_marks *marks, struct hf_error *error) {
    enum hf_status status = HF_OK;
    if (marks->word == NULL || hf_glob_is_pattern(marks->word)) {
        mark_pattern(marks);
    } else {
        mark_name(marks);
        if (marks->num_types == 0)
            status = mark_last_part(marks, error);
    }
    if (status == HF_OK && marks->num_types == 0 && marks->word != NULL)
        return fail_not_found(marks, error);
    return status;
}

enum hf_status hf_type_marks_init(struct hf_type_marks *marks, const struct hf_snapshot *snapshot, const char *word,
                                  struct hf_error *error) {
    *marks = (struct hf_type_marks){.snapshot = snapshot, .word = word};
    return count_types(marks) ? mark_types(marks, error) : hf_fail_nomem(error);
}

void hf_type_marks_deinit(struct hf_type_marks *marks) {
    hf_region_deinit(&marks->marks);
    hf_region_deinit(&marks->counts);
}

void hf_type_marks_describe(const struct hf_type_marks *marks, struct hf_text *text) {
    if (marks->word == NULL)
        return;
    if (hf_glob_is_pattern(marks->word))
        hf_text_addf(text, " of %zu type%s that match%s '%s'", marks->num_types, marks->num_types == 1 ? "" : "s",
                     marks->num_types == 1 ? "es" : "", marks->word);
    else
        hf_text_addf(text, " of type %s", marks->name);
}
