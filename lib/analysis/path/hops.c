/*
 * hops.c - writes each step of a route down as a hop.
 *
 *   steps   (module, dict, VALUE 'CACHE')      (cache, _, ATTRIBUTE '_shards')     (list, _, ITEM)
 *   hops    module shop + its dict    .CACHE: cache    ._shards: list    [7]: session
 *
 * A hop is a node and how it is reached; so there is one more than there are steps. Texts that are equal to those of
 * the hop before are shared: on a linked list of millions of nodes all hops then cost their struct only.
 */
#include "analysis/path/hops.h"

#include <string.h>

#include "analysis/naming/expression.h"
#include "analysis/retained/dominators.h"
#include "analysis/sites/print.h"
#include "base/error.h"

#define MAX_VALUE_CHARS 80

static const char *copy_or_share(struct hf_arena *arena, const char *bytes, size_t length, const char *before) {
    if (before != NULL && strlen(before) == length && memcmp(before, bytes, length) == 0)
        return before;
    return hf_arena_copy(arena, bytes, length);
}

/* "shop.py:31 in Cache.add", or "". */
static const char *describe_site(const struct hf_snapshot *snapshot, hf_node_id node, struct hf_arena *arena,
                                 const char *before) {
    uint32_t index = hf_snapshot_site_of(snapshot, node);
    if (index == HF_NO_SITE)
        return "";
    struct hf_site site = hf_snapshot_get_site(snapshot, index);
    struct hf_text text = HF_TEXT_INIT;
    hf_site_print(&text, &site);
    const char *copy = text.data != NULL ? copy_or_share(arena, text.data, text.length, before) : "";
    arena->failed = arena->failed || text.failed;
    hf_text_deinit(&text);
    return copy;
}

/* Everything of a hop but how it is reached. `before` is the hop before, NULL for the first. */
static void describe_node(const struct hf_snapshot *snapshot, hf_node_id node, struct hf_arena *arena,
                          struct hf_path_hop *hop, const struct hf_path_hop *before) {
    char value[MAX_VALUE_CHARS * 4 + 1];
    struct hf_node info = hf_snapshot_get_node(snapshot, node);
    size_t length = hf_snapshot_print_value(snapshot, node, MAX_VALUE_CHARS, value, sizeof value);
    hop->node = node;
    hop->type = hf_snapshot_get_type(snapshot, info.type).name;
    hop->value = copy_or_share(arena, value, length < sizeof value ? length : sizeof value - 1,
                               before != NULL ? before->value : NULL);
    hop->allocated_at = describe_site(snapshot, node, arena, before != NULL ? before->allocated_at : NULL);
    hop->size_bytes = info.size_bytes;
    hop->addr = info.addr;
}

static void add_step_hops(const struct hf_snapshot *snapshot, const struct hf_route *route, struct hf_arena *arena,
                          struct hf_path_hop *hops) {
    struct hf_text reference = HF_TEXT_INIT;
    for (size_t i = 0; i < route->num_steps && !arena->failed; i++) {
        const struct hf_step *step = &route->steps[i];
        hf_text_cut(&reference, 0);
        hf_step_print(&reference, snapshot, step);
        const char *bytes = reference.data != NULL ? reference.data : "";
        hops[i + 1].reference = copy_or_share(arena, bytes, reference.length, hops[i].reference);
        hops[i + 1].edge = step->edge;
        describe_node(snapshot, hf_col_edge_target(snapshot)[step->edge], arena, &hops[i + 1], &hops[i]);
        if (step->dict != HF_NO_NODE)
            hops[i].size_bytes += hf_snapshot_get_size(snapshot, step->dict);
        arena->failed = arena->failed || reference.failed;
    }
    hf_text_deinit(&reference);
}

static void add_retained(const struct hf_route *route, const struct hf_dominators *dominators,
                         struct hf_path_hop *hops) {
    for (size_t i = 0; i <= route->num_steps; i++) {
        hf_node_id dict = i < route->num_steps ? route->steps[i].dict : HF_NO_NODE;
        hops[i].retained = hf_dominators_get_with_dict(dominators, hops[i].node, dict);
    }
}

enum hf_status hf_hops_build(const struct hf_snapshot *snapshot, const struct hf_route *route, const char *first,
                             const struct hf_dominators *dominators, struct hf_arena *arena,
                             const struct hf_path_hop **out, struct hf_error *error) {
    struct hf_path_hop *hops = hf_arena_alloc(arena, route->num_steps + 1, sizeof *hops);
    if (hops == NULL)
        return hf_fail_nomem(error);
    hops[0].edge = HF_NO_EDGE;
    hops[0].reference = first;
    describe_node(snapshot, route->start, arena, &hops[0], NULL);
    add_step_hops(snapshot, route, arena, hops);
    if (dominators != NULL)
        add_retained(route, dominators, hops);
    *out = hops;
    return arena->failed ? hf_fail_nomem(error) : HF_OK;
}

enum hf_status hf_path_build(const struct hf_snapshot *snapshot, const struct hf_route *route,
                             const struct hf_dominators *dominators, struct hf_arena *arena, struct hf_path *out,
                             struct hf_error *error) {
    struct hf_text root = HF_TEXT_INIT;
    hf_root_print(&root, snapshot, route->root);
    *out = (struct hf_path){
        .root = hf_snapshot_get_root(snapshot, route->root),
        .root_text = hf_arena_copy(arena, root.data != NULL ? root.data : "", root.length),
        .num_hops = route->num_steps + 1,
    };
    bool failed = root.failed || arena->failed;
    hf_text_deinit(&root);
    if (failed)
        return hf_fail_nomem(error);
    enum hf_status status = hf_hops_build(snapshot, route, out->root_text, dominators, arena, &out->hops, error);
    if (status == HF_OK)
        status = hf_expression_build(snapshot, route, arena, &out->expression, &out->expression_gap, error);
    return status;
}
