/* interest.c - ranks of objects by their type and by how they are referred to. */
#include "analysis/interest.h"

#include "analysis/lookup.h"

enum hf_interest hf_interest_of_node(const struct hf_snapshot *snapshot, hf_node_id node) {
    const uint32_t frames = HF_TYPE_FRAME | HF_TYPE_GENERATOR | HF_TYPE_COROUTINE | HF_TYPE_ASYNC_GENERATOR;
    const uint32_t functions = HF_TYPE_FUNCTION | HF_TYPE_METHOD | HF_TYPE_CELL | HF_TYPE_TYPE;
    const uint32_t values = HF_TYPE_STR | HF_TYPE_BYTES | HF_TYPE_INT | HF_TYPE_FLOAT | HF_TYPE_CODE;
    uint32_t flags = hf_lookup_type(snapshot, node)->flags;
    if ((flags & HF_TYPE_MODULE) != 0)
        return HF_INTEREST_MODULE;
    if ((flags & frames) != 0)
        return HF_INTEREST_FRAME;
    if ((flags & functions) != 0)
        return HF_INTEREST_FUNCTION;
    if ((flags & HF_TYPE_HEAP) != 0)
        return HF_INTEREST_INSTANCE;
    return (flags & values) != 0 ? HF_INTEREST_VALUE : HF_INTEREST_OTHER;
}

enum hf_interest hf_interest_of(const struct hf_snapshot *snapshot, hf_node_id node, const struct hf_step *step) {
    const struct hf_name_record *name = &hf_col_names(snapshot)[hf_col_edge_name(snapshot)[step->edge]];
    bool is_common = name->kind == HF_NAME_TYPE || (name->kind == HF_NAME_KEY && step->dict != HF_NO_NODE);
    return is_common ? HF_INTEREST_COMMON : hf_interest_of_node(snapshot, node);
}

bool hf_interest_in_root(enum hf_root_kind kind, bool is_module) {
    switch (kind) {
    case HF_ROOT_FRAME:
    case HF_ROOT_INTERPRETER:
    case HF_ROOT_OUTSIDE: return true;
    case HF_ROOT_MODULE:
    case HF_ROOT_BUILTINS: return !is_module;
    default: return false;
    }
}

bool hf_interest_find_ends(struct hf_bitset *ends, const struct hf_snapshot *snapshot) {
    if (!hf_bitset_init(ends, snapshot->num_nodes))
        return false;
    const struct hf_root_record *roots = hf_col_roots(snapshot);
    for (size_t i = 0; i < hf_num_roots(snapshot); i++)
        if (roots[i].kind == HF_ROOT_MODULE || roots[i].kind == HF_ROOT_STATIC_TYPE)
            hf_bitset_add(ends, roots[i].node);
    return true;
}
