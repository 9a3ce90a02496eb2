/*
 * reverse.c - the edges turned round, by counting sort.
 *
 *   count   how many edges lead to each node         row  [0 |2 |1 |0 ...]     (shifted by one)
 *   sum     where the group of each node starts      row  [0 |0 |2 |3 ...]
 *   place   edges in order, each to the next place of its target's group; row[v] then is where the group of v ends,
 *           which is where that of v + 1 starts: the array is right again when it is read shifted by one
 *
 * Placing in the order of edges keeps each group ascending. Counting sort makes two random accesses per edge and
 * needs no comparison; a sort of (target, edge) pairs takes eight times as long and twice the memory.
 */
#include "graph/reverse.h"

#include "base/error.h"

#define REPORT_EVERY (1u << 20)

static uint32_t *reserve(struct hf_region *region, size_t count) {
    size_t bytes;
    if (__builtin_mul_overflow(count, sizeof(uint32_t), &bytes) || !hf_region_reserve(region, bytes))
        return NULL;
    return (uint32_t *)(void *)region->data;
}

/* Leaves in starts[v] where the group of v starts. */
static void sum_counts(const struct hf_graph *graph, uint32_t *starts) {
    for (uint32_t edge = 0; edge < graph->num_edges; edge++)
        starts[graph->target[edge]]++;
    uint32_t sum = 0;
    for (uint32_t node = 0; node < graph->num_nodes; node++) {
        uint32_t count = starts[node];
        starts[node] = sum;
        sum += count;
    }
}

static void place_edges(const struct hf_graph *graph, uint32_t *next, uint32_t *source, uint32_t *edges) {
    for (uint32_t node = 0; node < graph->num_nodes; node++) {
        for (uint32_t edge = graph->row[node]; edge < graph->row[node + 1]; edge++) {
            uint32_t at = next[graph->target[edge]]++;
            source[at] = node;
            edges[at] = edge;
        }
    }
}

enum hf_status hf_reverse_init(struct hf_reverse *out, const struct hf_graph *graph, struct hf_error *error) {
    *out = (struct hf_reverse){0};
    uint32_t *row = reserve(&out->regions[0], (size_t)graph->num_nodes + 1);
    uint32_t *source = reserve(&out->regions[1], (size_t)graph->num_edges + 1);
    uint32_t *edge = reserve(&out->regions[2], (size_t)graph->num_edges + 1);
    if (row == NULL || source == NULL || edge == NULL)
        return hf_fail_nomem(error);
    row[0] = 0;
    sum_counts(graph, row + 1);
    place_edges(graph, row + 1, source, edge);
    out->row = row;
    out->source = source;
    out->edge = edge;
    return HF_OK;
}

void hf_reverse_deinit(struct hf_reverse *reverse) {
    for (size_t i = 0; i < sizeof reverse->regions / sizeof reverse->regions[0]; i++)
        hf_region_deinit(&reverse->regions[i]);
    *reverse = (struct hf_reverse){0};
}

enum hf_status hf_referrers_scan(const struct hf_graph *graph, const struct hf_bitset *targets,
                                 void (*meet)(void *context, hf_node_id source, uint32_t edge), void *context,
                                 const struct hf_progress *progress, struct hf_error *error) {
    for (hf_node_id source = 0; source < graph->num_nodes; source++) {
        for (uint32_t edge = graph->row[source]; edge < graph->row[source + 1]; edge++)
            if (hf_bitset_has(targets, graph->target[edge]))
                meet(context, source, edge);
        if (source % REPORT_EVERY == 0 && progress != NULL &&
            !progress->report(progress->context, "referrers", source, graph->num_nodes))
            return hf_fail(error, HF_ERR_CANCELLED, "cancelled while looking for referrers");
    }
    return HF_OK;
}
