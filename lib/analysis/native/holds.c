/*
 * holds.c - which objects native code holds, how often, and why.
 *
 *   roots    OUTSIDE "_leak.so: cache" 1 ──▶ #7     seen at capture: a static variable
 *            OUTSIDE ""              999 ──▶ #7     nobody knows: by what #7 is, a list, it is unexplained
 *            OUTSIDE ""               55 ──▶ #9     a str: the name of an attribute, a constant of C code
 *
 * The one variable _PyRuntime has the state of the interpreter and of its threads. What was not seen is judged by the
 * object. C code keeps names, numbers and None in structures of its own, classes keep the names of their instances'
 * attributes in tables that are no objects, and the C code of a module keeps the classes that it has made. A class or
 * module that is held more often than that takes is unexplained.
 */
#include "analysis/native/holds.h"

#include <stdlib.h>
#include <string.h>

#include "analysis/lookup.h"
#include "base/error.h"
#include "base/sorted.h"

#define MAX_ASSUMED 8            /* references to one class or module */

const char *hf_native_reason_name(enum hf_native_reason reason) {
    static const char *const names[HF_NATIVE_NUM_REASONS] = {
        "unexplained", "static variable", "interpreter", "C object", "C stack", "constant", "class", "module"};
    return reason < HF_NATIVE_NUM_REASONS ? names[reason] : "unknown";
}

static bool is_constant(const struct hf_type_record *type, const char *name) {
    static const char *const singles[] = {"NoneType", "bool", "ellipsis", "NotImplementedType", "complex"};
    if ((type->flags & HF_TYPE_HEAP) != 0)
        return false;
    for (size_t i = 0; i < sizeof singles / sizeof *singles; i++)
        if (strcmp(name, singles[i]) == 0)
            return true;
    return (type->flags & (HF_TYPE_STR | HF_TYPE_BYTES | HF_TYPE_INT | HF_TYPE_FLOAT)) != 0;
}

static enum hf_native_reason assume(const struct hf_snapshot *snapshot, const struct hf_root_record *root) {
    const struct hf_type_record *type = hf_lookup_type(snapshot, root->node);
    const char *name = hf_snapshot_get_text(snapshot, type->name, NULL);
    if (is_constant(type, name))
        return HF_NATIVE_CONSTANT;
    if (root->count > MAX_ASSUMED)
        return HF_NATIVE_UNEXPLAINED;
    if ((hf_col_node_flags(snapshot)[root->node] & HF_NODE_TYPE) != 0)
        return HF_NATIVE_CLASS;
    if ((type->flags & HF_TYPE_MODULE) != 0 || strcmp(name, "moduledef") == 0)
        return HF_NATIVE_MODULE;
    return HF_NATIVE_UNEXPLAINED;
}

/* "_leak.so: cache" is the variable `cache` of _leak.so. */
static void split_name(const char *name, struct hf_arena *arena, struct hf_hold *hold) {
    const char *colon = strstr(name, ": ");
    hold->where = colon != NULL ? hf_arena_copy(arena, name, (size_t)(colon - name)) : name;
    hold->variable = colon != NULL ? colon + 2 : "";
}

static struct hf_hold make_hold(const struct hf_snapshot *snapshot, const struct hf_root_record *root,
                                struct hf_arena *arena) {
    struct hf_hold hold = {.node = root->node, .count = root->count, .where = "", .variable = ""};
    if (root->name_kind == HF_NAME_STACK) {
        hold.reason = HF_NATIVE_STACK;
    } else if (root->name_kind == HF_NAME_ATTRIBUTE) {
        hold.reason = HF_NATIVE_OBJECT;
        hold.where = hf_snapshot_get_text(snapshot, root->name, NULL);
    } else if (root->name_kind == HF_NAME_FIELD) {
        hold.reason = HF_NATIVE_VARIABLE;
        split_name(hf_snapshot_get_text(snapshot, root->name, NULL), arena, &hold);
        if (strncmp(hold.variable, "_PyRuntime", 10) == 0)
            hold.reason = HF_NATIVE_INTERPRETER;
    } else {
        hold.reason = assume(snapshot, root);
    }
    return hold;
}

/* By node, and then what was seen first. Holds of one place and one reason follow each other: they are one object. */
static int compare_holds(const void *left, const void *right) {
    const struct hf_hold *a = left, *b = right;
    if (a->node != b->node)
        return a->node < b->node ? -1 : 1;
    bool a_seen = hf_native_is_seen(a->reason), b_seen = hf_native_is_seen(b->reason);
    if (a_seen != b_seen)
        return a_seen ? -1 : 1;
    int order = strcmp(a->where, b->where);
    if (order == 0)
        order = (int)a->reason - (int)b->reason;
    return order != 0 ? order : strcmp(a->variable, b->variable);
}

enum hf_status hf_holds_init(struct hf_holds *holds, const struct hf_snapshot *snapshot, struct hf_arena *arena,
                             struct hf_error *error) {
    *holds = (struct hf_holds){0};
    const struct hf_root_record *roots = hf_col_roots(snapshot);
    size_t num_roots = hf_num_roots(snapshot);
    if (!hf_region_reserve(&holds->region, (num_roots + 1) * sizeof *holds->list))
        return hf_fail_nomem(error);
    holds->list = (struct hf_hold *)(void *)holds->region.data;
    for (size_t i = 0; i < num_roots; i++)
        if (roots[i].kind == HF_ROOT_OUTSIDE)
            holds->list[holds->num_holds++] = make_hold(snapshot, &roots[i], arena);
    if (holds->num_holds > 0)
        qsort(holds->list, holds->num_holds, sizeof *holds->list, compare_holds);
    return arena->failed ? hf_fail_nomem(error) : HF_OK;
}

void hf_holds_deinit(struct hf_holds *holds) {
    hf_region_deinit(&holds->region);
    *holds = (struct hf_holds){0};
}

size_t hf_holds_end(const struct hf_holds *holds, size_t first) {
    size_t end = first;
    while (end < holds->num_holds && holds->list[end].node == holds->list[first].node)
        end++;
    return end;
}

size_t hf_holds_find(const struct hf_holds *holds, hf_node_id node) {
    size_t at = hf_sorted_find_u32(holds->list, holds->num_holds, sizeof *holds->list, node);
    return at < holds->num_holds && holds->list[at].node == node ? at : holds->num_holds;
}
