/*
 * print_dominators.c - dominators for a test that compares them with those of another library.
 *
 *   print_dominators             reads graphs from stdin: "nodes roots edges", the roots, then pairs; until the end
 *   print_dominators FILE        takes the graph of a snapshot, and prints it first in that form
 *
 * Prints a line for each graph: the immediate dominator of each node, "top" for one that has none, "-" where no root
 * reaches the node.
 */
#include <stdio.h>
#include <stdlib.h>

#include "graph/dominators/tree.h"

_Noreturn static void stop(const char *message) {
    fprintf(stderr, "print_dominators: %s\n", message);
    exit(1);
}

static void print_tree(const struct hf_graph *graph, const hf_node_id *roots, uint32_t num_roots) {
    struct hf_dominator_tree tree;
    if (hf_dominator_tree_init(&tree, graph, roots, num_roots, NULL, NULL) != HF_OK)
        stop("no tree");
    for (hf_node_id node = 0; node < graph->num_nodes; node++) {
        hf_node_id parent = hf_dominator_tree_parent(&tree, node);
        if (tree.position[node] >= tree.num_reached)
            printf("- ");
        else if (parent == HF_NO_NODE)
            printf("top ");
        else
            printf("%u ", parent);
    }
    putchar('\n');
    hf_dominator_tree_deinit(&tree);
}

static uint32_t read_number(void) {
    uint32_t number;
    if (scanf("%u", &number) != 1)
        stop("a number is missing");
    return number;
}

static void *room(size_t count) {
    void *memory = calloc(count + 1, sizeof(uint32_t));
    return memory != NULL ? memory : (stop("out of memory"), NULL);
}

static void read_graph(uint32_t num_nodes) {
    uint32_t num_roots = read_number(), num_edges = read_number();
    uint32_t *roots = room(num_roots), *pairs = room(2 * (size_t)num_edges), *row = room(num_nodes);
    uint32_t *target = room(num_edges), *next = room(num_nodes);
    for (uint32_t i = 0; i < num_roots; i++)
        roots[i] = read_number();
    for (uint32_t i = 0; i < 2 * num_edges; i++)
        pairs[i] = read_number();
    for (uint32_t i = 0; i < num_edges; i++)
        row[pairs[2 * i] + 1]++;
    for (uint32_t node = 0; node < num_nodes; node++) {
        row[node + 1] += row[node];
        next[node] = row[node];
    }
    for (uint32_t i = 0; i < num_edges; i++)
        target[next[pairs[2 * i]]++] = pairs[2 * i + 1];
    const struct hf_graph graph = {.num_nodes = num_nodes, .num_edges = num_edges, .row = row, .target = target};
    print_tree(&graph, roots, num_roots);
    free(roots);
    free(pairs);
    free(row);
    free(target);
    free(next);
}

static void take_snapshot(const char *path) {
    struct hf_snapshot *snapshot;
    struct hf_error error;
    if (hf_snapshot_open(path, NULL, &snapshot, &error) != HF_OK)
        stop(error.message);
    struct hf_graph graph = hf_graph_of(snapshot);
    uint32_t num_roots = hf_snapshot_num_roots(snapshot), *roots = room(num_roots);
    printf("%u %u %u\n", graph.num_nodes, num_roots, graph.num_edges);
    for (uint32_t i = 0; i < num_roots; i++)
        printf("%u ", roots[i] = hf_snapshot_get_root(snapshot, i).node);
    putchar('\n');
    for (hf_node_id node = 0; node < graph.num_nodes; node++)
        for (uint32_t edge = graph.row[node]; edge < graph.row[node + 1]; edge++)
            printf("%u %u ", node, graph.target[edge]);
    putchar('\n');
    print_tree(&graph, roots, num_roots);
    free(roots);
    hf_snapshot_destroy(snapshot);
}

int main(int argc, char **argv) {
    uint32_t num_nodes;
    if (argc == 2) {
        take_snapshot(argv[1]);
        return 0;
    }
    while (scanf("%u", &num_nodes) == 1)
        read_graph(num_nodes);
    return 0;
}
