/*
 * groups.c - merges paths by a hash that runs down the tree of shortest paths.
 *
 *   tree        shop --.CACHE--> cache --._shards--> list --[7]--> dict --['k']--> session
 *   path hash   h0      h1                h2           h3           h4   = mix(h3, label "[*]")
 *   step        0       label and type by which each node is reached
 *
 * Parents come before their children in the order of the tree, so one pass gives each node the hash of its masked path,
 * and a million objects at the end of long paths cost no more than a million nodes. Objects are then counted by hash.
 * Two different paths share a hash of 64 bits with a probability of 3e-8 among a million paths.
 *
 * A hop that repeats the one before it (same label, same type of object: .next.next.next) keeps the hash, so that a
 * linked list is one path and not a million: "(.next)+". Which nodes have such a path is noted in `repeats`.
 */
#include "analysis/path/groups.h"

#include <stdlib.h>
#include <string.h>

#include <xxhash.h>

#include "analysis/naming/labels.h"
#include "analysis/lookup.h"
#include "base/error.h"

#define ROW_AHEAD 24
#define TARGET_AHEAD 12
#define REPORT_EVERY (1u << 20)
#define DICT_ITSELF UINT32_MAX      /* stands for the label of an attribute dict that is the object asked for */

struct pass {
    const struct hf_snapshot *snapshot;
    const struct hf_paths *paths;
    struct hf_labels *labels;
    uint64_t *hash;
    uint32_t *step;
    struct hf_region hash_region, step_region;
    struct hf_bitset repeats;
};

struct counted {
    uint64_t hash;
    uint64_t count;          /* 0: empty */
    uint64_t size_bytes;
    hf_node_id example;
    hf_node_id longest;
};

struct counters {
    struct hf_region slots;
    size_t num_slots;
    size_t num_used;
};

static uint64_t mix(uint64_t hash, uint64_t label) {
    uint64_t x = (hash ^ (label + 1) * UINT64_C(0x9E3779B97F4A7C15)) + UINT64_C(0xD1B54A32D192ED03);
    x = (x ^ x >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    x = (x ^ x >> 27) * UINT64_C(0x94D049BB133111EB);
    x ^= x >> 31;
    return x != 0 ? x : 1;
}

/* ---- down the tree ---- */

static enum hf_status start_pass(struct pass *pass, struct hf_error *error) {
    size_t num_nodes = (size_t)pass->snapshot->num_nodes + 1;
    pass->labels = hf_alloc(1, sizeof *pass->labels);
    if (pass->labels == NULL || !hf_region_reserve(&pass->hash_region, num_nodes * sizeof(uint64_t)) ||
        !hf_region_reserve(&pass->step_region, num_nodes * sizeof(uint32_t)) ||
        !hf_bitset_init(&pass->repeats, num_nodes))
        return hf_fail_nomem(error);
    pass->hash = (uint64_t *)(void *)pass->hash_region.data;
    pass->step = (uint32_t *)(void *)pass->step_region.data;
    return hf_labels_init(pass->labels, pass->snapshot, error);
}

static void end_pass(struct pass *pass) {
    if (pass->labels != NULL)
        hf_labels_deinit(pass->labels);
    hf_free(pass->labels);
    hf_region_deinit(&pass->hash_region);
    hf_region_deinit(&pass->step_region);
    hf_bitset_deinit(&pass->repeats);
}

static enum hf_status hash_roots(struct pass *pass, const struct hf_root_order *order, struct hf_error *error) {
    struct hf_text text = HF_TEXT_INIT;
    for (uint32_t i = 0; i < order->num_roots && !text.failed; i++) {
        hf_node_id node = order->nodes[i];
        if (hf_paths_parent_edge(pass->paths, node) != HF_PATHS_ROOT || pass->hash[node] != 0)
            continue;
        hf_text_cut(&text, 0);
        hf_root_print_masked(&text, pass->snapshot, order->indexes[i]);
        pass->hash[node] = mix(XXH3_64bits(text.data != NULL ? text.data : "", text.length), 0);
    }
    bool failed = text.failed;
    hf_text_deinit(&text);
    return failed ? hf_fail_nomem(error) : HF_OK;
}

static enum hf_namespace namespace_of(const struct pass *pass, hf_node_id node) {
    uint32_t edge = hf_paths_parent_edge(pass->paths, node);
    if (edge == HF_PATHS_ROOT || (hf_lookup_type(pass->snapshot, node)->flags & HF_TYPE_DICT) == 0)
        return HF_NAMESPACE_NONE;
    return hf_namespace_of(pass->snapshot, edge);
}

/* A number for (label, type), 0 if there are too many for one. */
static uint32_t make_step(const struct pass *pass, uint32_t label, hf_node_id node) {
    uint64_t step = (uint64_t)label * hf_num_types(pass->snapshot) + hf_col_node_type(pass->snapshot)[node] + 1;
    return step <= UINT32_MAX ? (uint32_t)step : 0;
}

static void pass_on(struct pass *pass, hf_node_id node, uint32_t edge, enum hf_namespace space) {
    hf_node_id child = pass->paths->graph->target[edge];
    bool repeats = hf_bitset_has(&pass->repeats, node);
    pass->hash[child] = pass->hash[node];
    pass->step[child] = pass->step[node];
    if (hf_graph_edge_kind(pass->paths->graph, edge) != HF_NAME_DICT) {
        uint32_t label = hf_labels_get(pass->labels, node, edge, space);
        uint32_t step = make_step(pass, label, child);
        if (step != 0 && step == pass->step[node])
            repeats = true;
        else
            pass->hash[child] = mix(pass->hash[node], label);
        pass->step[child] = step;
    }
    if (repeats)
        hf_bitset_add(&pass->repeats, child);
}

static void prefetch(const struct hf_paths *paths, uint32_t at) {
    const struct hf_graph *graph = paths->graph;
    if (at + ROW_AHEAD < paths->num_ordered)
        __builtin_prefetch(&graph->row[paths->order[at + ROW_AHEAD]]);
    if (at + TARGET_AHEAD < paths->num_ordered)
        __builtin_prefetch(&graph->target[graph->row[paths->order[at + TARGET_AHEAD]]]);
}

static enum hf_status run_pass(struct pass *pass, const struct hf_progress *progress, struct hf_error *error) {
    const struct hf_paths *paths = pass->paths;
    const struct hf_graph *graph = paths->graph;
    for (uint32_t i = 0; i < paths->num_ordered; i++) {
        prefetch(paths, i);
        hf_node_id node = paths->order[i];
        enum hf_namespace space = namespace_of(pass, node);
        for (uint32_t edge = graph->row[node]; edge < graph->row[node + 1]; edge++)
            if (paths->parent[graph->target[edge]] == edge + 1)
                pass_on(pass, node, edge, space);
        if (i % REPORT_EVERY == REPORT_EVERY - 1 && progress != NULL &&
            !progress->report(progress->context, "merging paths", i, paths->num_ordered))
            return hf_fail(error, HF_ERR_CANCELLED, "cancelled while merging paths");
    }
    return pass->labels->failed ? hf_fail_nomem(error) : HF_OK;
}

/* ---- counting ---- */

static struct counted *find_counter(const struct counters *counters, uint64_t hash) {
    struct counted *slots = (struct counted *)(void *)counters->slots.data;
    size_t at = hash & (counters->num_slots - 1);
    while (slots[at].count != 0 && slots[at].hash != hash)
        at = (at + 1) & (counters->num_slots - 1);
    return &slots[at];
}

static bool grow_counters(struct counters *counters) {
    struct counters larger = {.num_slots = counters->num_slots == 0 ? 1024 : counters->num_slots * 2,
                              .num_used = counters->num_used};
    if (!hf_region_reserve(&larger.slots, larger.num_slots * sizeof(struct counted)))
        return false;
    const struct counted *old = (const struct counted *)(const void *)counters->slots.data;
    for (size_t i = 0; i < counters->num_slots; i++)
        if (old[i].count != 0)
            *find_counter(&larger, old[i].hash) = old[i];
    hf_region_deinit(&counters->slots);
    *counters = larger;
    return true;
}

static bool count_object(struct counters *counters, const struct pass *pass, hf_node_id node) {
    if (counters->num_used >= counters->num_slots / 2 && !grow_counters(counters))
        return false;
    bool is_dict = hf_paths_is_attribute_dict(pass->paths, node);
    uint64_t hash = is_dict ? mix(pass->hash[node], DICT_ITSELF) : pass->hash[node];
    struct counted *counter = find_counter(counters, hash);
    if (counter->count++ == 0) {
        counters->num_used++;
        counter->hash = hash;
        counter->example = counter->longest = node;
    }
    if (!hf_bitset_has(&pass->repeats, counter->longest) && hf_bitset_has(&pass->repeats, node))
        counter->longest = node;
    counter->size_bytes += hf_snapshot_get_node(pass->snapshot, node).size_bytes;
    return true;
}

static int compare_counted(const void *left, const void *right) {
    const struct counted *a = left, *b = right;
    if (a->count != b->count)
        return a->count > b->count ? -1 : 1;
    if (a->size_bytes != b->size_bytes)
        return a->size_bytes > b->size_bytes ? -1 : 1;
    return (a->example > b->example) - (a->example < b->example);
}

/* Moves the used counters to the front, and sorts them. */
static struct counted *sort_counters(struct counters *counters) {
    struct counted *slots = (struct counted *)(void *)counters->slots.data;
    size_t used = 0;
    for (size_t i = 0; i < counters->num_slots; i++)
        if (slots[i].count != 0)
            slots[used++] = slots[i];
    if (used > 0)
        qsort(slots, used, sizeof *slots, compare_counted);
    return slots;
}

static enum hf_status hand_out(struct counters *counters, size_t max_groups, struct hf_arena *arena,
                               struct hf_groups *out, struct hf_error *error) {
    const struct counted *sorted = sort_counters(counters);
    out->num_all = counters->num_used;
    out->num_groups = counters->num_used < max_groups ? counters->num_used : max_groups;
    out->groups = hf_arena_alloc(arena, out->num_groups + 1, sizeof *out->groups);
    out->longest = hf_arena_alloc(arena, out->num_groups + 1, sizeof *out->longest);
    if (out->groups == NULL || out->longest == NULL)
        return hf_fail_nomem(error);
    for (size_t i = 0; i < out->num_groups; i++) {
        out->groups[i] = (struct hf_path_group){.pattern = "", .owner = "", .count = sorted[i].count,
                                                .size_bytes = sorted[i].size_bytes, .example = sorted[i].example};
        out->longest[i] = sorted[i].longest;
    }
    return HF_OK;
}

static enum hf_status count_all(const struct pass *pass, const struct hf_selection *selection, size_t max_groups,
                                struct hf_arena *arena, struct hf_groups *out, struct hf_error *error) {
    struct counters counters = {0};
    enum hf_status status = HF_OK;
    for (size_t i = 0; i < selection->num_nodes && status == HF_OK; i++) {
        if (!hf_paths_is_reached(pass->paths, selection->nodes[i]))
            out->num_unreachable++;
        else if (!count_object(&counters, pass, selection->nodes[i]))
            status = hf_fail_nomem(error);
    }
    if (status == HF_OK)
        status = hand_out(&counters, max_groups, arena, out, error);
    hf_region_deinit(&counters.slots);
    return status;
}

enum hf_status hf_groups_find(const struct hf_snapshot *snapshot, const struct hf_paths *paths,
                              const struct hf_root_order *order, const struct hf_selection *selection,
                              size_t max_groups, const struct hf_progress *progress, struct hf_arena *arena,
                              struct hf_groups *out, struct hf_error *error) {
    *out = (struct hf_groups){0};
    struct pass pass = {.snapshot = snapshot, .paths = paths};
    enum hf_status status = start_pass(&pass, error);
    if (status == HF_OK)
        status = hash_roots(&pass, order, error);
    if (status == HF_OK)
        status = run_pass(&pass, progress, error);
    if (status == HF_OK)
        status = count_all(&pass, selection, max_groups, arena, out, error);
    end_pass(&pass);
    return status;
}
