/* kids.c - collects and sorts children. */
#include "analysis/suspects/kids.h"

#include <stdlib.h>

static hf_place_id place_of(const struct hf_survey *survey, hf_node_id node) {
    return survey->placing.of_node[node];
}

bool hf_kids_add_node(struct hf_kids *kids, const struct hf_survey *survey, hf_node_id node) {
    if (!hf_region_reserve(&kids->region, (kids->num_kids + 1) * sizeof *kids->list))
        return false;
    kids->list = (struct hf_kid *)(void *)kids->region.data;
    kids->list[kids->num_kids++] = (struct hf_kid){node, place_of(survey, node), hf_expected_kind_of(survey, node),
                                                   hf_survey_weight(survey, node)};
    return true;
}

/* Adds the children of a node, but for its attribute dict, which it gives in *dict. */
static bool add_children(struct hf_kids *kids, const struct hf_survey *survey, hf_node_id node, hf_node_id *dict) {
    *dict = HF_NO_NODE;
    for (hf_node_id child = hf_dominators_first_child(survey->dominators, node); child != HF_NO_NODE;
         child = hf_dominators_next_child(survey->dominators, child)) {
        if (child != node && hf_dicts_owner(&survey->dicts, child) == node)
            *dict = child;
        else if (hf_survey_weight(survey, child) > 0 && !hf_kids_add_node(kids, survey, child))
            return false;
    }
    return true;
}

bool hf_kids_add(struct hf_kids *kids, const struct hf_survey *survey, hf_node_id node) {
    hf_node_id dict, none;
    return add_children(kids, survey, node, &dict) &&
           (dict == HF_NO_NODE || add_children(kids, survey, dict, &none));
}

void hf_kids_clear(struct hf_kids *kids) {
    kids->num_kids = 0;
}

void hf_kids_deinit(struct hf_kids *kids) {
    hf_region_deinit(&kids->region);
    *kids = (struct hf_kids){0};
}

/* ---- sorting ---- */

static int descending(uint64_t a, uint64_t b) {
    return a > b ? -1 : a < b;
}

static int by_kind(const void *left, const void *right) {
    const struct hf_kid *a = left, *b = right;
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    int order = descending(a->weight_bytes, b->weight_bytes);
    return order != 0 ? order : (a->node > b->node) - (a->node < b->node);
}

static int by_place(const void *left, const void *right) {
    const struct hf_kid *a = left, *b = right;
    if (a->place != b->place)
        return a->place < b->place ? -1 : 1;
    return by_kind(left, right);
}

void hf_kids_sort_by_place(struct hf_kid *list, size_t count) {
    if (count > 1)
        qsort(list, count, sizeof *list, by_place);
}

void hf_kids_sort_by_kind(struct hf_kid *list, size_t count) {
    if (count > 1)
        qsort(list, count, sizeof *list, by_kind);
}
