/*
 * holders.c - who alone holds the tops of the dominator tree.
 *
 *   roots   m1 (module a)    m2 (module b)    f (a frame)         each with its holder
 *            | \             /  \
 *   tops     x  y-----------'    z                                x: a     y: several     z: b
 *
 * Something is held by one holder alone when the last root on every way to it is one of that holder's. So holders flow
 * from the roots along the edges between tops: a top that gets two different ones is held by several, and that is the
 * end of it. Each top can change twice, from nobody to one to several, and passes its holder on each time: all edges
 * are looked at twice at most.
 *
 * A module stands with its dict of variables: both are the module's whatever else refers to them, since the question is
 * what goes when the module goes.
 */
#include "analysis/dominated/holders.h"

#include <string.h>

#include "analysis/lookup.h"
#include "analysis/roots.h"
#include "base/bitset.h"
#include "base/error.h"
#include "base/text.h"

struct finder {
    const struct hf_snapshot *snapshot;
    const struct hf_dominator_tree *tree;
    enum hf_dominated_by by;
    struct hf_arena *arena;
    struct hf_holders *holders;
    struct hf_bitset fixed;      /* roots, and dicts of modules: no edge changes their holder */
    uint32_t of_kind[HF_ROOT_NUM_KINDS];   /* the holder of the kind of root, once it is known */
    struct hf_region queue;      /* tops whose holder is to be passed on */
    bool failed;
};

/* ---- holders of roots ---- */

static uint32_t intern(struct finder *finder, const char *name, size_t length) {
    struct hf_holders *holders = finder->holders;
    for (uint32_t i = 0; i < holders->num_holders; i++)
        if (strlen(holders->names[i]) == length && memcmp(holders->names[i], name, length) == 0)
            return i + 1;
    holders->names[holders->num_holders] = hf_arena_copy(finder->arena, name, length);
    return ++holders->num_holders;
}

static const char *kind_name(enum hf_root_kind kind) {
    switch (kind) {
    case HF_ROOT_MODULE: return "modules";
    case HF_ROOT_FRAME: return "variables of running functions";
    case HF_ROOT_BUILTINS: return "builtins";
    case HF_ROOT_INTERPRETER: return "the interpreter";
    case HF_ROOT_STATIC_TYPE: return "static types";
    case HF_ROOT_IMMORTAL: return "immortal objects";
    case HF_ROOT_OUTSIDE: return "native code";
    case HF_ROOT_NUM_KINDS: break;
    }
    return "unknown";
}

static uint32_t holder_of(struct finder *finder, const struct hf_root *root) {
    if (root->kind == HF_ROOT_MODULE && finder->by == HF_DOMINATED_BY_MODULE)
        return intern(finder, root->name, strlen(root->name));
    if (root->kind == HF_ROOT_MODULE && finder->by == HF_DOMINATED_BY_PACKAGE)
        return intern(finder, root->name, strcspn(root->name, "."));
    if (root->kind == HF_ROOT_FRAME && root->frame != HF_NO_FRAME && finder->by == HF_DOMINATED_BY_THREAD) {
        struct hf_frame frame = hf_snapshot_get_frame(finder->snapshot, root->frame);
        struct hf_thread thread = hf_snapshot_get_thread(finder->snapshot, frame.thread);
        struct hf_text text = HF_TEXT_INIT;
        hf_text_addf(&text, "thread %s", thread.name[0] != '\0' ? thread.name : "");
        if (thread.name[0] == '\0')
            hf_text_addf(&text, "%llu", (unsigned long long)thread.ident);
        uint32_t holder = text.failed ? 1 : intern(finder, text.data, text.length);
        finder->failed |= text.failed;
        hf_text_deinit(&text);
        return holder;
    }
    if (finder->of_kind[root->kind] == 0)
        finder->of_kind[root->kind] = intern(finder, kind_name(root->kind), strlen(kind_name(root->kind)));
    return finder->of_kind[root->kind];
}

static void push(struct finder *finder, hf_node_id node) {
    struct hf_region *queue = &finder->queue;
    if (!hf_region_push(queue, &node, sizeof node)) {
        finder->failed = true;
        return;
    }
}

static void join(struct finder *finder, hf_node_id node, uint32_t holder) {
    uint32_t *known = &finder->holders->of_node[node];
    if (*known == holder || *known == HF_HOLDER_SHARED)
        return;
    *known = *known == 0 ? holder : HF_HOLDER_SHARED;
    push(finder, node);
}

static bool is_top(const struct finder *finder, hf_node_id node) {
    uint32_t position = finder->tree->position[node];
    return finder->tree->parent[position] == HF_TREE_TOP && position < finder->tree->num_reached;
}

/* The module and its dict, by the first name under which it was imported. */
static void fix_module(struct finder *finder, const struct hf_root *root) {
    hf_node_id dict = hf_lookup_dict(finder->snapshot, root->node);
    if (hf_bitset_has(&finder->fixed, root->node))
        return;
    uint32_t holder = holder_of(finder, root);
    hf_bitset_add(&finder->fixed, root->node);
    join(finder, root->node, holder);
    if (dict == HF_NO_NODE || !is_top(finder, dict) || hf_bitset_has(&finder->fixed, dict))
        return;
    hf_bitset_add(&finder->fixed, dict);
    join(finder, dict, holder);
}

static void start(struct finder *finder) {
    uint32_t num_roots = hf_snapshot_num_roots(finder->snapshot);
    bool by_module = finder->by == HF_DOMINATED_BY_MODULE || finder->by == HF_DOMINATED_BY_PACKAGE;
    struct hf_bitset modules;
    if (!hf_bitset_init(&modules, finder->snapshot->num_nodes)) {
        finder->failed = true;
        return;
    }
    for (uint32_t i = 0; i < num_roots && by_module; i++) {
        struct hf_root root = hf_snapshot_get_root(finder->snapshot, i);
        if (root.kind == HF_ROOT_MODULE)
            fix_module(finder, &root);
    }
    for (hf_node_id node = 0; node < finder->snapshot->num_nodes && by_module; node++)
        if (hf_bitset_has(&finder->fixed, node))
            hf_bitset_add(&modules, node);
    for (uint32_t i = 0; i < num_roots && !finder->failed; i++) {
        struct hf_root root = hf_snapshot_get_root(finder->snapshot, i);
        if (hf_bitset_has(&modules, root.node))
            continue;
        hf_bitset_add(&finder->fixed, root.node);
        join(finder, root.node, holder_of(finder, &root));
    }
    hf_bitset_deinit(&modules);
}

/* ---- along the edges ---- */

static void pass_on(struct finder *finder, hf_node_id top) {
    const struct hf_dominator_tree *tree = finder->tree;
    const uint32_t *row = hf_col_row(finder->snapshot), *target = hf_col_edge_target(finder->snapshot);
    uint32_t first = tree->position[top], holder = finder->holders->of_node[top];
    for (uint32_t at = first; at < first + tree->count[first]; at++) {
        hf_node_id node = tree->order[at];
        for (uint32_t edge = row[node]; edge < row[node + 1]; edge++)
            if (!hf_bitset_has(&finder->fixed, target[edge]) && is_top(finder, target[edge]))
                join(finder, target[edge], holder);
    }
}

static void flow(struct finder *finder) {
    for (size_t at = 0; at < finder->queue.used_bytes / sizeof(hf_node_id) && !finder->failed; at++)
        pass_on(finder, ((const hf_node_id *)(const void *)finder->queue.data)[at]);
}

enum hf_status hf_holders_init(struct hf_holders *holders, const struct hf_dominators *dominators,
                               enum hf_dominated_by by, struct hf_arena *arena, struct hf_error *error) {
    const struct hf_snapshot *snapshot = dominators->snapshot;
    *holders = (struct hf_holders){0};
    struct finder finder = {.snapshot = snapshot, .tree = &dominators->tree, .by = by, .arena = arena,
                            .holders = holders};
    size_t max_holders = hf_num_roots(snapshot) + HF_ROOT_NUM_KINDS;
    holders->names = hf_arena_alloc(arena, max_holders + 1, sizeof *holders->names);
    finder.failed = holders->names == NULL || !hf_bitset_init(&finder.fixed, snapshot->num_nodes) ||
                    !hf_region_reserve(&holders->region, ((size_t)snapshot->num_nodes + 1) * sizeof(uint32_t));
    holders->of_node = (uint32_t *)(void *)holders->region.data;
    if (!finder.failed)
        start(&finder);
    if (!finder.failed)
        flow(&finder);
    hf_bitset_deinit(&finder.fixed);
    hf_region_deinit(&finder.queue);
    return finder.failed || arena->failed ? hf_fail_nomem(error) : HF_OK;
}

void hf_holders_deinit(struct hf_holders *holders) {
    hf_region_deinit(&holders->region);
}
