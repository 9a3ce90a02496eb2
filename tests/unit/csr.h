/*
 * csr.h - graphs for the tests of lib/graph: random small ones, and large ones of a given shape, as plain arrays.
 * Edges with name 1 are of kind HF_NAME_DICT, those with name 0 of kind HF_NAME_ATTRIBUTE.
 */
#ifndef HF_TESTS_UNIT_CSR_H
#define HF_TESTS_UNIT_CSR_H

#include <stdlib.h>
#include <string.h>

#include "graph/graph.h"

enum { NAME_ATTRIBUTE = 0, NAME_DICT = 1 };

static const struct hf_name_record csr_names[] = {
    {.kind = HF_NAME_ATTRIBUTE},
    {.kind = HF_NAME_DICT},
};

struct csr {
    struct hf_graph graph;
    uint32_t *row, *target;
    uint16_t *name;
};

/* xorshift64*, Vigna 2016: the same numbers on every machine. */
static inline uint32_t next_random(uint64_t *state) {
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return (uint32_t)(*state * UINT64_C(0x2545F4914F6CDD1D) >> 32);
}

static inline uint32_t random_below(uint64_t *state, uint32_t bound) {
    return (uint32_t)((uint64_t)next_random(state) * bound >> 32);
}

static inline struct csr make_csr(uint32_t num_nodes, uint32_t num_edges) {
    struct csr csr = {
        .row = calloc((size_t)num_nodes + 1, sizeof(uint32_t)),
        .target = calloc((size_t)num_edges + 1, sizeof(uint32_t)),
        .name = calloc((size_t)num_edges + 1, sizeof(uint16_t)),
    };
    if (csr.row == NULL || csr.target == NULL || csr.name == NULL)
        abort();
    csr.graph = (struct hf_graph){num_nodes, num_edges, csr.row, csr.target, csr.name, csr_names};
    return csr;
}

static inline void free_csr(struct csr *csr) {
    free(csr->row);
    free(csr->target);
    free(csr->name);
}

/* Up to max_nodes nodes with about `degree` edges each; self loops and parallel edges happen. */
static inline struct csr make_random_csr(uint64_t *state, uint32_t max_nodes, uint32_t degree) {
    uint32_t num_nodes = 1 + random_below(state, max_nodes);
    uint32_t num_edges = random_below(state, num_nodes * degree + 1);
    struct csr csr = make_csr(num_nodes, num_edges);
    for (uint32_t i = 0; i < num_edges; i++)
        csr.row[random_below(state, num_nodes) + 1]++;
    for (uint32_t i = 0; i < num_nodes; i++)
        csr.row[i + 1] += csr.row[i];
    for (uint32_t i = 0; i < num_edges; i++) {
        csr.target[i] = random_below(state, num_nodes);
        csr.name[i] = random_below(state, 4) == 0 ? NAME_DICT : NAME_ATTRIBUTE;
    }
    return csr;
}

/* 0 -> 1 -> 2 -> ... */
static inline struct csr make_list_csr(uint32_t num_nodes, uint16_t name) {
    struct csr csr = make_csr(num_nodes, num_nodes - 1);
    for (uint32_t i = 0; i < num_nodes; i++) {
        csr.row[i + 1] = i + 1 < num_nodes ? i + 1 : num_nodes - 1;
        if (i + 1 < num_nodes) {
            csr.target[i] = i + 1;
            csr.name[i] = name;
        }
    }
    return csr;
}

/* 0 -> 1, 0 -> 2, 0 -> 3, ... and each of them back to 0. */
static inline struct csr make_star_csr(uint32_t num_leaves) {
    struct csr csr = make_csr(num_leaves + 1, 2 * num_leaves);
    csr.row[1] = num_leaves;
    for (uint32_t i = 0; i < num_leaves; i++) {
        csr.target[i] = i + 1;
        csr.row[i + 2] = num_leaves + i + 1;
    }
    return csr;
}

/* Every node to every node, itself included. */
static inline struct csr make_complete_csr(uint32_t num_nodes) {
    struct csr csr = make_csr(num_nodes, num_nodes * num_nodes);
    for (uint32_t i = 0; i < num_nodes * num_nodes; i++)
        csr.target[i] = i % num_nodes;
    for (uint32_t i = 0; i <= num_nodes; i++)
        csr.row[i] = i * num_nodes;
    return csr;
}

#endif
