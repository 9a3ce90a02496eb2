/*
 * referrers.c - the edges that lead to some nodes, by one look at each edge. Turning all edges round would answer it
 * for every node, at a price (two accesses anywhere for each edge, and 8 bytes) that no question has been worth.
 */
#include "graph/referrers.h"

#include "base/error.h"

#define REPORT_EVERY (1u << 20)

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
