/*
 * roots.c - the order of roots, by a counting sort over twelve ranks, and their texts.
 *
 *   readable
 *   tier 0   __main__ | modules of the application | variables of threads | modules of libraries | builtins |
 *            temporaries of threads
 *   tier 1   variables of whoever asks | their temporaries
 *   tier 2   interpreter | static types
 *   tier 3   immortal objects
 *   tier 4   held from outside
 *
 *   stable
 *   tier 0   __main__ | modules of the application | modules of libraries | builtins
 *   tier 1   interpreter | static types | immortal objects
 *   tier 2   variables of threads | their temporaries
 *   tier 3   variables of whoever asks | their temporaries
 *   tier 4   held from outside
 *
 * A reader looks for a name of their own program, so among paths of equal length that from the own module comes first;
 * modules.c tells which these are. Who compares two moments needs the same path in both: a variable of a function that
 * happens to run comes last.
 */
#include "analysis/roots.h"

#include <string.h>

#include "analysis/lookup.h"
#include "analysis/modules.h"
#include "base/error.h"

enum rank {
    RANK_MAIN,
    RANK_APPLICATION,
    RANK_LOCAL,
    RANK_LIBRARY,
    RANK_BUILTINS,
    RANK_TEMPORARY,
    RANK_ASKER_LOCAL,
    RANK_ASKER_TEMPORARY,
    RANK_INTERPRETER,
    RANK_STATIC_TYPE,
    RANK_IMMORTAL,
    RANK_OUTSIDE,
};

/* The groups of an order: the rank of each, and its tier. */
struct groups {
    uint8_t rank[HF_ROOT_NUM_RANKS], tier[HF_ROOT_NUM_RANKS];
};
static const struct groups groups_by[] = {
    [HF_ROOTS_READABLE] = {
        .rank = {RANK_MAIN, RANK_APPLICATION, RANK_LOCAL, RANK_LIBRARY, RANK_BUILTINS, RANK_TEMPORARY,
                 RANK_ASKER_LOCAL, RANK_ASKER_TEMPORARY, RANK_INTERPRETER, RANK_STATIC_TYPE, RANK_IMMORTAL,
                 RANK_OUTSIDE},
        .tier = {0, 0, 0, 0, 0, 0, 1, 1, 2, 2, 3, 4},
    },
    [HF_ROOTS_STABLE] = {
        .rank = {RANK_MAIN, RANK_APPLICATION, RANK_LIBRARY, RANK_BUILTINS, RANK_INTERPRETER, RANK_STATIC_TYPE,
                 RANK_IMMORTAL, RANK_LOCAL, RANK_TEMPORARY, RANK_ASKER_LOCAL, RANK_ASKER_TEMPORARY, RANK_OUTSIDE},
        .tier = {0, 0, 0, 0, 1, 1, 1, 2, 2, 3, 3, 4},
    },
};

static enum rank rank_of_module(const struct hf_snapshot *snapshot, const struct hf_modules *modules,
                                const struct hf_root_record *root) {
    const char *name = hf_snapshot_get_text(snapshot, root->name, NULL);
    if (strcmp(name, "__main__") == 0)
        return RANK_MAIN;
    enum hf_module_origin origin = hf_modules_origin(modules, name);
    return origin == HF_MODULE_PACKAGE || origin == HF_MODULE_PYTHON ? RANK_LIBRARY : RANK_APPLICATION;
}

static enum rank rank_of_frame(const struct hf_snapshot *snapshot, const struct hf_root_record *root) {
    bool is_local = root->name_kind == HF_NAME_LOCAL;
    bool is_asker = root->frame != HF_NO_FRAME &&
                    hf_col_threads(snapshot)[hf_col_frames(snapshot)[root->frame].thread].is_asker;
    if (is_asker)
        return is_local ? RANK_ASKER_LOCAL : RANK_ASKER_TEMPORARY;
    return is_local ? RANK_LOCAL : RANK_TEMPORARY;
}

static enum rank rank_of(const struct hf_snapshot *snapshot, const struct hf_modules *modules,
                         const struct hf_root_record *root) {
    switch ((enum hf_root_kind)root->kind) {
    case HF_ROOT_MODULE: return rank_of_module(snapshot, modules, root);
    case HF_ROOT_FRAME: return rank_of_frame(snapshot, root);
    case HF_ROOT_BUILTINS: return RANK_BUILTINS;
    case HF_ROOT_INTERPRETER: return RANK_INTERPRETER;
    case HF_ROOT_STATIC_TYPE: return RANK_STATIC_TYPE;
    case HF_ROOT_IMMORTAL: return RANK_IMMORTAL;
    case HF_ROOT_OUTSIDE:
    case HF_ROOT_NUM_KINDS: break;
    }
    return RANK_OUTSIDE;
}

static bool reserve(struct hf_root_order *order) {
    for (size_t i = 0; i < 2; i++)
        if (!hf_region_reserve(&order->regions[i], ((size_t)order->num_roots + 1) * sizeof(uint32_t)))
            return false;
    order->indexes = (uint32_t *)(void *)order->regions[0].data;
    order->nodes = (hf_node_id *)(void *)order->regions[1].data;
    return true;
}

/* Counting sort. `nodes` holds the ranks until their places are known. */
static void sort_roots(struct hf_root_order *order, const struct hf_snapshot *snapshot,
                       const struct hf_modules *modules, const struct groups *groups) {
    const struct hf_root_record *roots = hf_col_roots(snapshot);
    uint32_t next[HF_ROOT_NUM_RANKS] = {0}, end = 0;    /* by rank: first how many, then where the next one goes */
    for (uint32_t i = 0; i < order->num_roots; i++) {
        order->nodes[i] = (uint32_t)rank_of(snapshot, modules, &roots[i]);
        next[order->nodes[i]]++;
    }
    for (unsigned group = 0; group < HF_ROOT_NUM_RANKS; group++) {
        uint32_t count = next[groups->rank[group]];
        next[groups->rank[group]] = end;
        end += count;
        order->group_end[group] = end;
        order->group_tier[group] = groups->tier[group];
    }
    for (uint32_t i = 0; i < order->num_roots; i++)
        order->indexes[next[order->nodes[i]]++] = i;
    for (uint32_t i = 0; i < order->num_roots; i++)
        order->nodes[i] = roots[order->indexes[i]].node;
}

enum hf_status hf_root_order_init_by(struct hf_root_order *order, const struct hf_snapshot *snapshot,
                                     enum hf_root_preference preference, struct hf_error *error) {
    *order = (struct hf_root_order){.num_roots = (uint32_t)hf_num_roots(snapshot)};
    if (!reserve(order))
        return hf_fail_nomem(error);
    struct hf_modules modules;
    enum hf_status status = hf_modules_init(&modules, snapshot, error);
    if (status == HF_OK)
        sort_roots(order, snapshot, &modules, &groups_by[preference]);
    hf_modules_deinit(&modules);
    if (status != HF_OK)
        return status;
    order->roots = (struct hf_paths_roots){
        .nodes = order->nodes,
        .group_end = order->group_end,
        .group_tier = order->group_tier,
        .num_groups = HF_ROOT_NUM_RANKS,
    };
    return HF_OK;
}

enum hf_status hf_root_order_init(struct hf_root_order *order, const struct hf_snapshot *snapshot,
                                  struct hf_error *error) {
    return hf_root_order_init_by(order, snapshot, HF_ROOTS_READABLE, error);
}

void hf_root_order_deinit(struct hf_root_order *order) {
    hf_region_deinit(&order->regions[0]);
    hf_region_deinit(&order->regions[1]);
    *order = (struct hf_root_order){0};
}

void hf_root_order_remove(struct hf_root_order *order, const struct hf_bitset *roots) {
    uint32_t kept = 0, at = 0;
    for (unsigned group = 0; group < HF_ROOT_NUM_RANKS; group++) {
        for (; at < order->group_end[group]; at++) {
            if (hf_bitset_has(roots, order->indexes[at]))
                continue;
            order->indexes[kept] = order->indexes[at];
            order->nodes[kept++] = order->nodes[at];
        }
        order->group_end[group] = kept;
    }
    order->num_roots = kept;
}

uint32_t hf_root_order_find(const struct hf_root_order *order, hf_node_id node, unsigned *tier) {
    unsigned group = 0;
    for (uint32_t i = 0; i < order->num_roots; i++) {
        while (i >= order->group_end[group])
            group++;
        if (order->nodes[i] != node)
            continue;
        if (tier != NULL)
            *tier = order->group_tier[group];
        return order->indexes[i];
    }
    return UINT32_MAX;
}

static const char *last_component(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

static void print_thread(struct hf_text *text, const struct hf_thread *thread) {
    if (thread->name[0] != '\0')
        hf_text_addf(text, "thread %s", thread->name);
    else
        hf_text_addf(text, "thread %llu", (unsigned long long)thread->ident);
}

static void print_variable(struct hf_text *text, const struct hf_root *root) {
    switch (root->name_kind) {
    case HF_NAME_LOCAL: hf_text_addf(text, "local '%s'", root->name); return;
    case HF_NAME_STACK: hf_text_add(text, "temporary value"); return;
    default: hf_text_addf(text, "<%s>", root->name[0] != '\0' ? root->name : "unnamed"); return;
    }
}

void hf_root_print_frame(struct hf_text *text, const struct hf_snapshot *snapshot, uint32_t index) {
    struct hf_frame frame = hf_snapshot_get_frame(snapshot, index);
    struct hf_thread thread = hf_snapshot_get_thread(snapshot, frame.thread);
    print_thread(text, &thread);
    hf_text_addf(text, ", %s() at %s", frame.function, last_component(frame.file));
    if (frame.line != 0)
        hf_text_addf(text, ":%u", frame.line);
}

static void print_frame_root(struct hf_text *text, const struct hf_snapshot *snapshot, const struct hf_root *root) {
    if (root->frame == HF_NO_FRAME)
        hf_text_add(text, "frame");
    else
        hf_root_print_frame(text, snapshot, root->frame);
    hf_text_add(text, ", ");
    print_variable(text, root);
}

/* "held from outside by native code (3 references)", "... (_db.so: pool)". */
static void print_outside(struct hf_text *text, const struct hf_root *root) {
    hf_text_add(text, "held from outside by native code (");
    if (root->name_kind == HF_NAME_FIELD) {
        hf_text_addf(text, "%s)", root->name);
    } else if (root->name_kind == HF_NAME_ATTRIBUTE) {
        hf_text_addf(text, "an object of type %s)", root->name);
    } else if (root->name_kind == HF_NAME_STACK) {
        hf_text_add(text, "C stack)");
    } else {
        hf_text_add_count(text, root->count);
        hf_text_add(text, root->count == 1 ? " reference)" : " references)");
    }
}

void hf_root_print(struct hf_text *text, const struct hf_snapshot *snapshot, uint32_t index) {
    struct hf_root root = hf_snapshot_get_root(snapshot, index);
    switch (root.kind) {
    case HF_ROOT_MODULE: hf_text_addf(text, "module %s", root.name); return;
    case HF_ROOT_FRAME: print_frame_root(text, snapshot, &root); return;
    case HF_ROOT_BUILTINS: hf_text_add(text, "builtins"); return;
    case HF_ROOT_INTERPRETER: hf_text_addf(text, "interpreter, %s", root.name); return;
    case HF_ROOT_STATIC_TYPE: hf_text_add(text, "static type"); return;
    case HF_ROOT_IMMORTAL: hf_text_add(text, "immortal"); return;
    case HF_ROOT_OUTSIDE: print_outside(text, &root); return;
    case HF_ROOT_NUM_KINDS: return;
    }
}

void hf_root_print_masked(struct hf_text *text, const struct hf_snapshot *snapshot, uint32_t index) {
    struct hf_root root = hf_snapshot_get_root(snapshot, index);
    switch (root.kind) {
    case HF_ROOT_MODULE:
    case HF_ROOT_BUILTINS:
        hf_text_add(text, root.kind == HF_ROOT_MODULE ? root.name : "builtins");
        return;
    case HF_ROOT_FRAME:
        if (root.frame != HF_NO_FRAME)
            hf_text_addf(text, "%s() ", hf_snapshot_get_frame(snapshot, root.frame).function);
        print_variable(text, &root);
        return;
    case HF_ROOT_INTERPRETER: hf_text_addf(text, "<interpreter %s>", root.name); return;
    case HF_ROOT_STATIC_TYPE:
    case HF_ROOT_IMMORTAL:
    case HF_ROOT_OUTSIDE:
        hf_text_addf(text, "<%s %s>", root.kind == HF_ROOT_OUTSIDE ? "held from outside:" :
                     root.kind == HF_ROOT_IMMORTAL ? "immortal" : "static type",
                     hf_lookup_type_name(snapshot, root.node));
        return;
    case HF_ROOT_NUM_KINDS: return;
    }
}
