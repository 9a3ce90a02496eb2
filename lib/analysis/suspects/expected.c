/*
 * expected.c - walks the top of the dominator tree.
 *
 *   (roots) -- module -- dict -- function -- code            expected, and not looked at further
 *                   |       \--- CACHE                       below
 *                   \-- class -- dict -- instances: list     below
 *
 * The walk goes through the tree's order, and jumps over all that is below something which is not expected itself. So a
 * function in a list of callbacks, which is reached through the list, is an object like any other; and so are functions
 * and classes that a program makes again and again: many functions with one code, many classes with one name.
 */
#include "analysis/suspects/expected.h"

#include <string.h>

#include "analysis/lookup.h"
#include "base/error.h"

#define MAX_TWINS 16

static uint32_t *twins(const struct hf_expected *expected) {
    return (uint32_t *)(void *)expected->twin_region.data;
}

static bool is_class(const struct hf_survey *survey, hf_node_id node) {
    return (hf_col_node_flags(survey->snapshot)[node] & HF_NODE_TYPE) != 0;
}

/* What functions and classes have in common with others that were made at the same place. */
static hf_node_id find_mould(const struct hf_survey *survey, hf_node_id node) {
    if (is_class(survey, node))
        return hf_lookup_part(survey->snapshot, node, "__qualname__");
    if ((hf_lookup_type(survey->snapshot, node)->flags & HF_TYPE_FUNCTION) != 0)
        return hf_lookup_part(survey->snapshot, node, "__code__");
    return HF_NO_NODE;
}

uint64_t hf_expected_kind_of(const struct hf_survey *survey, hf_node_id node) {
    hf_node_id mould = find_mould(survey, node);
    return mould != HF_NO_NODE ? UINT64_C(1) << 32 | mould : hf_col_node_type(survey->snapshot)[node];
}

static void count_twins(struct hf_expected *expected, const struct hf_survey *survey) {
    for (hf_node_id node = 0; node < survey->graph.num_nodes; node++) {
        hf_node_id mould = find_mould(survey, node);
        if (mould != HF_NO_NODE)
            twins(expected)[mould]++;
    }
}

/* ---- kinds ---- */

/* Other parts of classes and modules, all of them made once. */
static bool is_expected_type(const char *name) {
    static const char *const names[] = {
        "builtin_function_or_method", "method_descriptor", "wrapper_descriptor", "getset_descriptor",
        "member_descriptor", "classmethod_descriptor", "classmethod", "staticmethod", "property", "mappingproxy",
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

/* An attribute dict is what its owner is. */
static bool is_expected_kind(const struct hf_expected *expected, const struct hf_survey *survey, hf_node_id object) {
    hf_node_id node = hf_dicts_owner(&survey->dicts, object);
    const struct hf_type_record *type = hf_lookup_type(survey->snapshot, node);
    hf_node_id mould = find_mould(survey, node);
    if (mould != HF_NO_NODE)
        return twins(expected)[mould] < MAX_TWINS;
    return (type->flags & (HF_TYPE_MODULE | HF_TYPE_CODE | HF_TYPE_TYPE)) != 0 ||
           ((type->flags & HF_TYPE_HEAP) == 0 &&
            is_expected_type(hf_snapshot_get_text(survey->snapshot, type->name, NULL)));
}

/* ---- the walk ---- */

static bool push_below(struct hf_expected *expected, hf_node_id node) {
    struct hf_region *region = &expected->below_region;
    if (!hf_region_push(region, &node, sizeof node))
        return false;
    expected->below = (const hf_node_id *)(const void *)region->data;
    expected->num_below++;
    return true;
}

static bool walk(struct hf_expected *expected, const struct hf_survey *survey) {
    const struct hf_dominator_tree *tree = &survey->dominators->tree;
    for (uint32_t at = 0; at < tree->num_reached;) {
        hf_node_id node = tree->order[at];
        bool is_expected = is_expected_kind(expected, survey, node);
        bool is_code = (hf_lookup_type(survey->snapshot, node)->flags & HF_TYPE_CODE) != 0;
        if (is_expected)
            hf_bitset_add(&expected->nodes, node);
        else if (!push_below(expected, node))
            return false;
        at += is_expected && !is_code ? 1 : tree->count[at];
    }
    return true;
}

enum hf_status hf_expected_init(struct hf_expected *expected, const struct hf_survey *survey,
                                struct hf_error *error) {
    *expected = (struct hf_expected){0};
    size_t num_nodes = (size_t)survey->graph.num_nodes + 1;
    if (!hf_bitset_init(&expected->nodes, num_nodes) ||
        !hf_region_reserve(&expected->twin_region, num_nodes * sizeof(uint32_t)))
        return hf_fail_nomem(error);
    count_twins(expected, survey);
    return walk(expected, survey) ? HF_OK : hf_fail_nomem(error);
}

void hf_expected_deinit(struct hf_expected *expected) {
    hf_bitset_deinit(&expected->nodes);
    hf_region_deinit(&expected->below_region);
    hf_region_deinit(&expected->twin_region);
    *expected = (struct hf_expected){0};
}
