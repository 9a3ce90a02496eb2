/*
 * components.c - strongly connected components in one depth-first pass.
 *
 *   rank    per node   [0: not seen | index: on the way or waiting | DONE - k: component k | DONE: on no cycle]
 *   way     [node, edge, index] [node, edge, index] ...      the path that is being followed, last one at the end
 *   waiting [node] [node] ...       finished nodes whose component is not known yet
 *
 * Each node gets the lowest index that can be reached from it among the nodes on the way. One that keeps its own is the
 * head of a component: it and the waiting nodes of a higher index are that component. Numbers of components go down from
 * DONE, above all indexes, so that an edge into a finished component never lowers an index.
 *
 * Most objects are strings, numbers and containers of these: they refer to nothing that could lead back. They are taken
 * out first by passes over all nodes, as long as a pass takes out much: a bit set of what is left stays in the cache
 * where the depth-first pass misses it at every edge. Nodes that nothing refers to could be taken out likewise, but
 * there are too few of them to pay for it. (tests/bench/bench_graph.c)
 *
 * Found this way, components come sinks first. They are numbered anew by their first node, so that the result does not
 * depend on how it was found.
 */
#include "graph/components.h"

#include <string.h>

#include "base/error.h"

#define DONE UINT32_MAX
#define REPORT_EVERY (1u << 20)
#define PREFETCH_EDGES 8
#define WORTH_A_PASS 32            /* a pass over all nodes has to take out one of so many */

struct place {
    hf_node_id node;
    uint32_t edge, end;            /* the next edge to follow */
    uint32_t index;
};

struct pass {
    const struct hf_graph *graph;
    const struct hf_progress *progress;
    struct hf_error *error;
    uint32_t *rank;
    struct hf_region way, waiting;
    uint32_t next_index;
    uint32_t num_parts, num_members;
    uint64_t num_steps;
};

/* ---- what cannot be on a cycle ---- */

static bool leads_on(const struct pass *pass, const struct hf_bitset *left, hf_node_id node) {
    const struct hf_graph *graph = pass->graph;
    for (uint32_t edge = graph->row[node]; edge < graph->row[node + 1]; edge++)
        if (hf_bitset_has(left, graph->target[edge]))
            return true;
    return false;
}

/* Takes out the nodes whose edges all lead to what is out already; gives their number. */
static uint32_t take_out(const struct pass *pass, struct hf_bitset *left, bool downwards) {
    uint32_t num_nodes = pass->graph->num_nodes, num_out = 0;
    for (uint32_t i = 0; i < num_nodes; i++) {
        hf_node_id node = downwards ? num_nodes - 1 - i : i;
        if (!hf_bitset_has(left, node) || leads_on(pass, left, node))
            continue;
        hf_bitset_remove(left, node);
        num_out++;
    }
    return num_out;
}

static enum hf_status rule_out(struct pass *pass) {
    struct hf_bitset left;
    uint32_t num_nodes = pass->graph->num_nodes;
    if (!hf_bitset_init(&left, num_nodes))
        return hf_fail_nomem(pass->error);
    for (hf_node_id node = 0; node < num_nodes; node++)
        if (pass->graph->row[node] < pass->graph->row[node + 1])
            hf_bitset_add(&left, node);
    bool downwards = false;
    while (take_out(pass, &left, downwards) > num_nodes / WORTH_A_PASS)
        downwards = !downwards;
    for (hf_node_id node = 0; node < num_nodes; node++)
        if (!hf_bitset_has(&left, node))
            pass->rank[node] = DONE;
    hf_bitset_deinit(&left);
    return HF_OK;
}

/* ---- depth first ---- */

static inline bool push(struct hf_region *stack, const void *item, size_t size) {
    size_t needed_bytes = stack->used_bytes + size;
    if (needed_bytes > stack->capacity_bytes && !hf_region_reserve(stack, needed_bytes))
        return false;
    memcpy(stack->data + stack->used_bytes, item, size);
    stack->used_bytes += size;
    return true;
}

static struct place *last_place(const struct pass *pass) {
    return (struct place *)(void *)(pass->way.data + pass->way.used_bytes) - 1;
}

static hf_node_id last_waiting(const struct pass *pass) {
    return *((const hf_node_id *)(const void *)(pass->waiting.data + pass->waiting.used_bytes) - 1);
}

static bool enter(struct pass *pass, hf_node_id node) {
    const struct hf_graph *graph = pass->graph;
    struct place place = {node, graph->row[node], graph->row[node + 1], pass->next_index++};
    for (uint32_t edge = place.edge; edge < place.end && edge < place.edge + PREFETCH_EDGES; edge++) {
        __builtin_prefetch(&pass->rank[graph->target[edge]]);
        __builtin_prefetch(&graph->row[graph->target[edge]]);
    }
    pass->rank[node] = place.index;
    return push(&pass->way, &place, sizeof place);
}

static inline void lower(struct pass *pass, hf_node_id node, uint32_t rank) {
    if (rank < pass->rank[node])
        pass->rank[node] = rank;
}

static bool refers_to_itself(const struct hf_graph *graph, hf_node_id node) {
    for (uint32_t edge = graph->row[node]; edge < graph->row[node + 1]; edge++)
        if (graph->target[edge] == node)
            return true;
    return false;
}

/* `head` and the nodes that wait above it are a component. */
static void close_component(struct pass *pass, hf_node_id head, uint32_t index) {
    uint32_t number = DONE - 1 - pass->num_parts, count = 1;
    while (pass->waiting.used_bytes > 0 && pass->rank[last_waiting(pass)] >= index) {
        pass->rank[last_waiting(pass)] = number;
        pass->waiting.used_bytes -= sizeof(hf_node_id);
        count++;
    }
    pass->next_index -= count;
    bool is_cycle = count > 1 || refers_to_itself(pass->graph, head);
    pass->rank[head] = is_cycle ? number : DONE;
    pass->num_parts += is_cycle;
    pass->num_members += is_cycle ? count : 0;
}

static bool leave(struct pass *pass) {
    struct place place = *last_place(pass);
    pass->way.used_bytes -= sizeof place;
    if (pass->rank[place.node] == place.index)
        close_component(pass, place.node, place.index);
    else if (!push(&pass->waiting, &place.node, sizeof place.node))
        return false;
    if (pass->way.used_bytes > 0)
        lower(pass, last_place(pass)->node, pass->rank[place.node]);
    return true;
}

static bool go_on(struct pass *pass) {
    struct place *place = last_place(pass);
    while (place->edge < place->end) {
        hf_node_id target = pass->graph->target[place->edge++];
        if (pass->rank[target] == 0)
            return enter(pass, target);
        lower(pass, place->node, pass->rank[target]);
    }
    return leave(pass);
}

/* A step enters a node or leaves it. */
static bool is_cancelled(struct pass *pass) {
    return ++pass->num_steps % REPORT_EVERY == 0 && pass->progress != NULL &&
           !pass->progress->report(pass->progress->context, "cycles", pass->num_steps / 2, pass->graph->num_nodes);
}

static enum hf_status search(struct pass *pass) {
    for (hf_node_id node = 0; node < pass->graph->num_nodes; node++) {
        if (pass->rank[node] != 0)
            continue;
        if (!enter(pass, node))
            return hf_fail_nomem(pass->error);
        while (pass->way.used_bytes > 0) {
            if (is_cancelled(pass))
                return hf_fail(pass->error, HF_ERR_CANCELLED, "cancelled while looking for cycles");
            if (!go_on(pass))
                return hf_fail_nomem(pass->error);
        }
    }
    return HF_OK;
}

/* ---- the result ---- */

static uint32_t *reserve(struct hf_region *region, size_t count) {
    if (!hf_region_reserve(region, count * sizeof(uint32_t)))
        return NULL;
    return (uint32_t *)(void *)region->data;
}

/* Turns ranks into numbers by the first node, and counts the members of component p in starts[p]. */
static void renumber(const struct pass *pass, uint32_t *number_of, uint32_t *starts) {
    uint32_t num_named = 0;
    for (hf_node_id node = 0; node < pass->graph->num_nodes; node++) {
        uint32_t found = DONE - pass->rank[node];   /* 0, or found component + 1 */
        if (found > 0 && number_of[found] == 0)
            number_of[found] = ++num_named;
        pass->rank[node] = number_of[found];
        starts[number_of[found]]++;
    }
}

/* starts[p + 1] counts component p: sums up, so that starts[p] is where it starts, and places the members. */
static void place_members(const struct pass *pass, uint32_t *starts, hf_node_id *members) {
    uint32_t sum = 0;
    for (uint32_t part = 0; part <= pass->num_parts; part++) {
        uint32_t count = part == 0 ? 0 : starts[part];
        starts[part] = sum;
        sum += count;
    }
    for (hf_node_id node = 0; node < pass->graph->num_nodes; node++)
        if (pass->rank[node] != 0)
            members[starts[pass->rank[node]]++] = node;
    /* starts[p + 1] is now where component p ends, which is where the next one starts. */
    starts[0] = 0;
}

static enum hf_status hand_out(const struct pass *pass, struct hf_components *out) {
    struct hf_region numbers = {0};
    uint32_t *number_of = reserve(&numbers, (size_t)pass->num_parts + 1);
    uint32_t *starts = reserve(&out->regions[1], (size_t)pass->num_parts + 2);
    hf_node_id *members = reserve(&out->regions[2], (size_t)pass->num_members + 1);
    if (number_of == NULL || starts == NULL || members == NULL) {
        hf_region_deinit(&numbers);
        return hf_fail_nomem(pass->error);
    }
    renumber(pass, number_of, starts);
    place_members(pass, starts, members);
    hf_region_deinit(&numbers);
    out->num_parts = pass->num_parts;
    out->part = pass->rank;
    out->start = starts;
    out->members = members;
    return HF_OK;
}

enum hf_status hf_components_init(struct hf_components *out, const struct hf_graph *graph,
                                  const struct hf_progress *progress, struct hf_error *error) {
    *out = (struct hf_components){0};
    struct pass pass = {.graph = graph, .progress = progress, .error = error, .next_index = 1};
    pass.rank = reserve(&out->regions[0], (size_t)graph->num_nodes + 1);
    if (pass.rank == NULL)
        return hf_fail_nomem(error);
    enum hf_status status = rule_out(&pass);
    if (status == HF_OK)
        status = search(&pass);
    if (status == HF_OK)
        status = hand_out(&pass, out);
    hf_region_deinit(&pass.way);
    hf_region_deinit(&pass.waiting);
    return status;
}

void hf_components_deinit(struct hf_components *components) {
    for (size_t i = 0; i < sizeof components->regions / sizeof components->regions[0]; i++)
        hf_region_deinit(&components->regions[i]);
    *components = (struct hf_components){0};
}
