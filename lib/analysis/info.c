/*
 * info.c - counts over the whole snapshot: one pass over the nodes, one over the edges, one search for what no root
 * reaches. Groups and tables are small: they have a row per type at most.
 */
#include <holdfast/info.h>

#include <stdlib.h>
#include <string.h>

#include "analysis/lookup.h"
#include "analysis/path/tree.h"
#include "base/arena.h"
#include "base/error.h"

enum group { GROUP_STRINGS, GROUP_CONTAINERS, GROUP_NUMBERS, GROUP_CODE, GROUP_TYPES, GROUP_INSTANCES, GROUP_OTHER,
             NUM_GROUPS };
static const char *const group_names[NUM_GROUPS] = {"strings and bytes", "containers", "numbers", "code", "types",
                                                    "instances", "other"};

struct answer {
    struct hf_info public;           /* first, so that the one is the other */
    struct hf_arena arena;
    struct hf_info_group groups[NUM_GROUPS];
};

const char *hf_root_kind_name(enum hf_root_kind kind) {
    switch (kind) {
    case HF_ROOT_MODULE: return "module";
    case HF_ROOT_FRAME: return "frame";
    case HF_ROOT_BUILTINS: return "builtins";
    case HF_ROOT_INTERPRETER: return "interpreter";
    case HF_ROOT_STATIC_TYPE: return "static type";
    case HF_ROOT_IMMORTAL: return "immortal";
    case HF_ROOT_OUTSIDE: return "outside";
    case HF_ROOT_NUM_KINDS: break;
    }
    return "unknown";
}

static bool is_one_of(const char *name, const char *const *names) {
    for (; *names != NULL; names++)
        if (strcmp(*names, name) == 0)
            return true;
    return false;
}

static enum group group_of(const struct hf_type *type) {
    static const char *const strings[] = {"bytearray", "memoryview", NULL};
    static const char *const numbers[] = {"complex", "bool", NULL};
    static const char *const containers[] = {"collections.deque", "mappingproxy", NULL};
    static const char *const code[] = {"builtin_function_or_method", "method_descriptor", "wrapper_descriptor",
                                       "getset_descriptor", "member_descriptor", "classmethod_descriptor",
                                       "staticmethod", "classmethod", "property", "method-wrapper", NULL};
    const uint32_t code_flags = HF_TYPE_FUNCTION | HF_TYPE_CODE | HF_TYPE_FRAME | HF_TYPE_GENERATOR |
                                HF_TYPE_COROUTINE | HF_TYPE_ASYNC_GENERATOR | HF_TYPE_CELL | HF_TYPE_METHOD |
                                HF_TYPE_MODULE;
    uint32_t flags = type->flags;
    if ((flags & (HF_TYPE_STR | HF_TYPE_BYTES)) != 0 || is_one_of(type->name, strings))
        return GROUP_STRINGS;
    if ((flags & (HF_TYPE_DICT | HF_TYPE_LIST | HF_TYPE_TUPLE | HF_TYPE_SET)) != 0 ||
        is_one_of(type->name, containers))
        return GROUP_CONTAINERS;
    if ((flags & (HF_TYPE_INT | HF_TYPE_FLOAT)) != 0 || is_one_of(type->name, numbers))
        return GROUP_NUMBERS;
    if ((flags & HF_TYPE_TYPE) != 0)
        return GROUP_TYPES;
    if ((flags & code_flags) != 0 || is_one_of(type->name, code))
        return GROUP_CODE;
    return (flags & HF_TYPE_HEAP) != 0 ? GROUP_INSTANCES : GROUP_OTHER;
}

static int compare_groups(const void *left, const void *right) {
    const struct hf_info_group *a = left, *b = right;
    if (a->size_bytes != b->size_bytes)
        return a->size_bytes > b->size_bytes ? -1 : 1;
    return strcmp(a->name, b->name);
}

/* ---- nodes ---- */

static enum hf_status count_nodes(const struct hf_snapshot *snapshot, struct answer *answer, struct hf_error *error) {
    struct hf_info *info = &answer->public;
    uint32_t num_types = hf_snapshot_num_types(snapshot);
    uint8_t *group = hf_alloc((size_t)num_types + 1, 1);
    if (group == NULL)
        return hf_fail_nomem(error);
    for (uint32_t i = 0; i < num_types; i++) {
        struct hf_type type = hf_snapshot_get_type(snapshot, i);
        group[i] = (uint8_t)group_of(&type);
    }
    for (unsigned i = 0; i < NUM_GROUPS; i++)
        answer->groups[i].name = group_names[i];
    for (hf_node_id id = 0; id < info->num_nodes; id++) {
        struct hf_node node = hf_snapshot_get_node(snapshot, id);
        info->size_bytes += node.size_bytes;
        info->num_tracked += (node.flags & HF_NODE_TRACKED) != 0;
        info->num_immortal += (node.flags & HF_NODE_IMMORTAL) != 0;
        info->num_frozen += (node.flags & HF_NODE_FROZEN) != 0;
        answer->groups[group[node.type]].count++;
        answer->groups[group[node.type]].size_bytes += node.size_bytes;
    }
    hf_free(group);
    qsort(answer->groups, NUM_GROUPS, sizeof answer->groups[0], compare_groups);
    info->groups = answer->groups;
    info->num_groups = NUM_GROUPS;
    return HF_OK;
}

/* ---- tables of types ---- */

static int compare_unnamed(const void *left, const void *right) {
    const struct hf_info_unnamed *a = left, *b = right;
    if (a->count != b->count)
        return a->count > b->count ? -1 : 1;
    return strcmp(a->type, b->type);
}

/* counts[type] -> rows of the types that have any, most first. */
static enum hf_status make_table(const struct hf_snapshot *snapshot, const uint64_t *counts, struct hf_arena *arena,
                                 const struct hf_info_unnamed **out, size_t *num_out, struct hf_error *error) {
    size_t num_rows = 0;
    for (uint32_t i = 0; i < hf_snapshot_num_types(snapshot); i++)
        num_rows += counts[i] > 0;
    struct hf_info_unnamed *rows = hf_arena_alloc(arena, num_rows + 1, sizeof *rows);
    if (rows == NULL)
        return hf_fail_nomem(error);
    num_rows = 0;
    for (uint32_t i = 0; i < hf_snapshot_num_types(snapshot); i++)
        if (counts[i] > 0)
            rows[num_rows++] = (struct hf_info_unnamed){hf_snapshot_get_type(snapshot, i).name, counts[i]};
    if (num_rows > 0)
        qsort(rows, num_rows, sizeof *rows, compare_unnamed);
    *out = rows;
    *num_out = num_rows;
    return HF_OK;
}

static enum hf_status count_edges(const struct hf_snapshot *snapshot, struct answer *answer, struct hf_error *error) {
    struct hf_graph graph = hf_graph_of(snapshot);
    uint64_t *unnamed = hf_alloc((size_t)hf_snapshot_num_types(snapshot) + 1, sizeof *unnamed);
    if (unnamed == NULL)
        return hf_fail_nomem(error);
    uint64_t num_unnamed = 0;
    for (hf_node_id node = 0; node < graph.num_nodes; node++) {
        for (uint32_t edge = graph.row[node]; edge < graph.row[node + 1]; edge++) {
            bool has_none = hf_graph_edge_kind(&graph, edge) == HF_NAME_NONE;
            unnamed[hf_col_node_type(snapshot)[node]] += has_none;
            num_unnamed += has_none;
        }
    }
    answer->public.num_named_edges = graph.num_edges - num_unnamed;
    enum hf_status status = make_table(snapshot, unnamed, &answer->arena, &answer->public.unnamed,
                                       &answer->public.num_unnamed, error);
    hf_free(unnamed);
    return status;
}

/* Each interpreter beside the main one has one of these. */
static bool is_of_another_interpreter(const struct hf_snapshot *snapshot, uint32_t index) {
    static const char start[] = "sys.modules of interpreter ";
    struct hf_root root = hf_snapshot_get_root(snapshot, index);
    return root.kind == HF_ROOT_INTERPRETER && strncmp(root.name, start, sizeof start - 1) == 0;
}

static enum hf_status count_roots(const struct hf_snapshot *snapshot, struct answer *answer, struct hf_error *error) {
    uint64_t *outside = hf_alloc((size_t)hf_snapshot_num_types(snapshot) + 1, sizeof *outside);
    if (outside == NULL)
        return hf_fail_nomem(error);
    for (uint32_t i = 0; i < hf_num_roots(snapshot); i++) {
        const struct hf_root_record *root = &hf_col_roots(snapshot)[i];
        answer->public.roots[root->kind]++;
        answer->public.num_interpreters += is_of_another_interpreter(snapshot, i);
        if (root->kind != HF_ROOT_OUTSIDE)
            continue;
        outside[hf_col_node_type(snapshot)[root->node]] += root->count;
        answer->public.outside_references += root->count;
    }
    enum hf_status status = make_table(snapshot, outside, &answer->arena, &answer->public.outside,
                                       &answer->public.num_outside, error);
    hf_free(outside);
    return status;
}

/* ---- what no root reaches ---- */

static void count_unreached(const struct hf_snapshot *snapshot, const struct hf_paths *paths, struct hf_info *info) {
    for (hf_node_id node = 0; node < snapshot->num_nodes; node++) {
        if (hf_paths_is_reached(paths, node))
            continue;
        info->num_unreachable++;
        info->unreachable_bytes += hf_snapshot_get_size(snapshot, node);
    }
}

static enum hf_status search(const struct hf_snapshot *snapshot, const struct hf_progress *progress,
                             struct hf_info *info, struct hf_error *error) {
    const struct hf_tree *tree;
    enum hf_status status = hf_tree_get(snapshot, progress, &tree, error);
    if (status == HF_OK)
        count_unreached(snapshot, &tree->paths, info);
    return status;
}

static enum hf_status fill(const struct hf_snapshot *snapshot, const struct hf_progress *progress,
                           struct answer *answer, struct hf_error *error) {
    answer->public.origin = hf_snapshot_get_origin(snapshot);
    answer->public.num_nodes = hf_snapshot_num_nodes(snapshot);
    answer->public.num_edges = hf_snapshot_num_edges(snapshot);
    answer->public.num_types = hf_snapshot_num_types(snapshot);
    answer->public.num_threads = hf_snapshot_num_threads(snapshot);
    answer->public.num_frames = hf_snapshot_num_frames(snapshot);
    answer->public.num_interpreters = 1;
    enum hf_status status = count_nodes(snapshot, answer, error);
    if (status == HF_OK)
        status = count_edges(snapshot, answer, error);
    if (status == HF_OK)
        status = count_roots(snapshot, answer, error);
    return status == HF_OK ? search(snapshot, progress, &answer->public, error) : status;
}

enum hf_status hf_info_create(const struct hf_snapshot *snapshot, const struct hf_progress *progress,
                              struct hf_info **out, struct hf_error *error) {
    struct answer *answer = hf_alloc(1, sizeof *answer);
    if (answer == NULL)
        return hf_fail_nomem(error);
    enum hf_status status = fill(snapshot, progress, answer, error);
    if (status == HF_OK)
        *out = &answer->public;
    else
        hf_info_destroy(&answer->public);
    return status;
}

void hf_info_destroy(struct hf_info *info) {
    struct answer *answer = (struct answer *)info;
    if (answer == NULL)
        return;
    hf_arena_deinit(&answer->arena);
    hf_free(answer);
}
