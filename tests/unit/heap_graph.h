/*
 * heap_graph.h - random small snapshots with types, sizes and roots, and a twin of every question about what is
 * reached: sets of nodes are bits of a word, and a search goes on until nothing changes.
 */
#ifndef HF_TESTS_UNIT_HEAP_GRAPH_H
#define HF_TESTS_UNIT_HEAP_GRAPH_H

#include "csr.h"
#include "snapshot/builder.h"

#define HEAP_GRAPH_NODES 16
#define HEAP_GRAPH_TYPES 4

struct heap_graph {
    struct hf_snapshot *snapshot;
    uint32_t num_nodes, num_edges;
    uint32_t row[HEAP_GRAPH_NODES + 1], target[HEAP_GRAPH_NODES * 4];
    uint32_t type[HEAP_GRAPH_NODES];
    uint64_t size_bytes[HEAP_GRAPH_NODES];
    uint32_t roots;          /* bits of nodes, as all others */
    uint32_t live;
};

/* What is reached from `from` without entering `without`. */
static inline uint32_t reach_without(const struct heap_graph *heap, uint32_t from, uint32_t without) {
    uint32_t reached = from & ~without, before;
    do {
        before = reached;
        for (uint32_t node = 0; node < heap->num_nodes; node++)
            for (uint32_t edge = heap->row[node]; edge < heap->row[node + 1]; edge++)
                if (reached >> node & 1)
                    reached |= 1u << heap->target[edge] & ~without;
    } while (reached != before);
    return reached;
}

/* What the roots would no longer reach if `nodes` were gone, and these. */
static inline uint32_t lost_without(const struct heap_graph *heap, uint32_t nodes) {
    return heap->live & ~reach_without(heap, heap->roots, nodes);
}

static inline uint64_t bytes_of(const struct heap_graph *heap, uint32_t nodes) {
    uint64_t bytes = 0;
    for (uint32_t node = 0; node < heap->num_nodes; node++)
        bytes += nodes >> node & 1 ? heap->size_bytes[node] : 0;
    return bytes;
}

static inline void add_heap_graph_nodes(struct heap_graph *heap, struct hf_builder *builder, uint64_t *random) {
    for (uint32_t node = 0; node < heap->num_nodes; node++) {
        bool is_huge = random_below(random, 40) == 0;
        heap->type[node] = random_below(random, HEAP_GRAPH_TYPES);
        heap->size_bytes[node] = is_huge ? UINT64_C(5) << 32 : 16 + 8 * random_below(random, 100);
        hf_builder_add_node(builder, 0x7f0000000000 + node * UINT64_C(0x100), heap->type[node],
                            heap->size_bytes[node], 1, 0);
    }
}

static inline void add_heap_graph_roots(struct heap_graph *heap, struct hf_builder *builder, uint64_t *random,
                                        bool with_modules) {
    for (uint32_t i = random_below(random, 5); i > 0; i--) {
        uint32_t node = random_below(random, heap->num_nodes);
        heap->roots |= 1u << node;
        bool is_module = with_modules && random_below(random, 4) > 0;
        const char *name = (const char *[]){"m0", "m1", "m2", "m3"}[node % 4];
        hf_builder_add_root(builder, node, is_module ? HF_ROOT_MODULE : HF_ROOT_OUTSIDE, is_module ? name : "",
                            HF_NO_FRAME);
    }
}

/* With modules, most roots are modules m0 to m3, each of which may be several nodes. */
static inline struct heap_graph make_heap_graph_of(uint64_t *random, bool with_modules) {
    struct csr csr = make_random_csr(random, HEAP_GRAPH_NODES, 1 + random_below(random, 4));
    struct heap_graph heap = {.num_nodes = csr.graph.num_nodes, .num_edges = csr.graph.num_edges};
    struct hf_builder *builder = hf_builder_create();
    memcpy(heap.row, csr.row, (heap.num_nodes + 1) * sizeof *csr.row);
    memcpy(heap.target, csr.target, heap.num_edges * sizeof *csr.target);
    for (uint32_t type = 0; type < HEAP_GRAPH_TYPES; type++)
        hf_builder_add_type(builder, (const char *[]){"a.A", "a.B", "b.C", "b.D"}[type], "a", HF_TYPE_HEAP);
    add_heap_graph_nodes(&heap, builder, random);
    for (uint32_t node = 0; node < heap.num_nodes; node++)
        for (uint32_t edge = heap.row[node]; edge < heap.row[node + 1]; edge++)
            hf_builder_add_edge(builder, node, heap.target[edge], HF_NAME_ITEM, "");
    add_heap_graph_roots(&heap, builder, random, with_modules);
    if (hf_builder_finish(builder, &heap.snapshot, NULL) != HF_OK)
        abort();
    hf_builder_destroy(builder);
    free_csr(&csr);
    heap.live = reach_without(&heap, heap.roots, 0);
    return heap;
}

static inline struct heap_graph make_heap_graph(uint64_t *random) {
    return make_heap_graph_of(random, false);
}

#endif
