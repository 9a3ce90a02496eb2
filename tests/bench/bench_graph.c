/*
 * bench_graph.c - the graph algorithms and the questions on a synthetic heap of 5 M nodes and 10 M edges.
 *
 *   bench_graph [MILLIONS_OF_NODES]
 *
 * Every node but the first is held by a random earlier one, and refers to one more anywhere: a graph without any
 * locality, the worst case for the caches. Addresses are shuffled against the order in which nodes are reached. Times
 * are CPU seconds, also as multiples of a plain pass that sums up all targets in the order of a random permutation's
 * nodes; memory is the rise of the peak resident set above the snapshot.
 */
#include <holdfast/chain.h>
#include <holdfast/cycles.h>
#include <holdfast/dominators.h>
#include <holdfast/growth.h>
#include <holdfast/info.h>
#include <holdfast/neighbours.h>
#include <holdfast/object.h>
#include <holdfast/path.h>
#include <holdfast/types.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "graph/components.h"
#include "graph/dominators/tree.h"
#include "graph/paths.h"
#include "snapshot/snapshot.h"

#define NUM_TYPES 64
#define NUM_CONTAINERS 56      /* the types whose references are items, not attributes */
#define NUM_NAMES 20

struct bench {
    struct hf_snapshot *snapshot, *other;      /* the other has 2 % more nodes, shuffled otherwise */
    uint32_t num_nodes;
    double baseline_s;
    uint64_t sum;          /* keeps the compiler from leaving the passes out */
};

_Noreturn static void stop(const char *message) {
    fprintf(stderr, "bench_graph: %s\n", message);
    exit(1);
}

static uint32_t random_below(uint64_t *state, uint32_t bound) {
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return (uint32_t)((*state * UINT64_C(0x2545F4914F6CDD1D) >> 32) * bound >> 32);
}

static double cpu_seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/* ---- memory ---- */

static long status_kib(const char *field) {
    char line[256];
    long kib = 0;
    FILE *file = fopen("/proc/self/status", "r");
    while (file != NULL && fgets(line, sizeof line, file) != NULL)
        if (strncmp(line, field, strlen(field)) == 0)
            kib = strtol(line + strlen(field), NULL, 10);
    if (file != NULL)
        fclose(file);
    return kib;
}

/* Lets the peak start again from what is resident now. */
static void reset_peak(void) {
    FILE *file = fopen("/proc/self/clear_refs", "w");
    if (file != NULL) {
        fputs("5", file);
        fclose(file);
    }
}

/* ---- the heap ---- */

static void *fill(struct hf_snapshot *snapshot, enum hf_column_id id, size_t bytes) {
    struct hf_region *region = &snapshot->columns[id].region;
    if (!hf_region_reserve(region, bytes))
        stop("out of memory");
    region->used_bytes = bytes;
    return region->data;
}

static hf_text_id add_text(struct hf_snapshot *snapshot, const char *format, unsigned number) {
    char text[64];
    hf_text_id id;
    int length = snprintf(text, sizeof text, format, number);
    if (!hf_snapshot_add_text(snapshot, text, (size_t)length, &id))
        stop("out of memory");
    return id;
}

static void make_types_and_names(struct hf_snapshot *snapshot) {
    struct hf_type_record *types = fill(snapshot, HF_COLUMN_types, NUM_TYPES * sizeof *types);
    for (unsigned i = 0; i < NUM_TYPES; i++)
        types[i] = (struct hf_type_record){HF_NO_NODE, HF_TYPE_HEAP, add_text(snapshot, "app.Type%u", i),
                                           add_text(snapshot, "app", 0)};
    struct hf_name_record *names = fill(snapshot, HF_COLUMN_names, NUM_NAMES * sizeof *names);
    for (unsigned i = 0; i < NUM_NAMES; i++)
        names[i] = i == 0 ? (struct hf_name_record){.kind = HF_NAME_ITEM}
                          : (struct hf_name_record){add_text(snapshot, "name%u", i), HF_NAME_ATTRIBUTE, 0, 0};
    struct hf_root_record *root = fill(snapshot, HF_COLUMN_roots, sizeof *root);
    *root = (struct hf_root_record){.node = 0, .count = 1, .frame = HF_NO_FRAME, .kind = HF_ROOT_MODULE,
                                    .name = add_text(snapshot, "app", 0)};
}

static void make_nodes(struct hf_snapshot *snapshot, uint32_t num_nodes, uint64_t *random) {
    uint32_t num_chunks = num_nodes / 10000 + 1;
    uint64_t *base = fill(snapshot, HF_COLUMN_chunk_base, num_chunks * sizeof *base);
    uint32_t *key = fill(snapshot, HF_COLUMN_node_key, num_nodes * sizeof *key);
    uint32_t *type = fill(snapshot, HF_COLUMN_node_type, num_nodes * sizeof *type);
    uint32_t *size = fill(snapshot, HF_COLUMN_node_size, num_nodes * sizeof *size);
    uint32_t *count = fill(snapshot, HF_COLUMN_node_refcount, num_nodes * sizeof *count);
    (void)fill(snapshot, HF_COLUMN_node_flags, num_nodes * sizeof(uint16_t));
    for (uint32_t i = 0; i < num_chunks; i++)
        base[i] = UINT64_C(0x7f0000000000) + i * HF_CHUNK_BYTES;
    for (uint32_t i = 0; i < num_nodes; i++) {
        key[i] = i / 10000 << HF_KEY_GRANULE_BITS | i % 10000 * 6;
        type[i] = random_below(random, 5) == 0 ? 0 : random_below(random, NUM_TYPES);
        size[i] = 96;
        count[i] = 1;
    }
}

/* place[i]: the address order of the i-th node that is reached. The first one stays first. */
static uint32_t *shuffle(uint32_t num_nodes, uint64_t *random) {
    uint32_t *place = malloc(num_nodes * sizeof *place);
    if (place == NULL)
        stop("out of memory");
    for (uint32_t i = 0; i < num_nodes; i++)
        place[i] = i;
    for (uint32_t i = num_nodes - 1; i > 1; i--) {
        uint32_t other = 1 + random_below(random, i), kept = place[i];
        place[i] = place[other];
        place[other] = kept;
    }
    return place;
}

static void make_edges(struct hf_snapshot *snapshot, uint32_t num_nodes, uint64_t *random) {
    uint32_t num_edges = 2 * (num_nodes - 1), *place = shuffle(num_nodes, random);
    uint32_t *source = malloc(num_edges * sizeof *source), *wanted = malloc(num_edges * sizeof *wanted);
    uint32_t *next = calloc((size_t)num_nodes + 1, sizeof *next);
    uint32_t *row = fill(snapshot, HF_COLUMN_row, ((size_t)num_nodes + 1) * sizeof *row);
    uint32_t *target = fill(snapshot, HF_COLUMN_edge_target, num_edges * sizeof *target);
    uint16_t *name = fill(snapshot, HF_COLUMN_edge_name, num_edges * sizeof *name);
    const uint32_t *type_of = (const uint32_t *)(const void *)snapshot->columns[HF_COLUMN_node_type].region.data;
    if (source == NULL || wanted == NULL || next == NULL)
        stop("out of memory");
    for (uint32_t i = 1; i < num_nodes; i++) {
        source[2 * i - 2] = place[random_below(random, i)];
        wanted[2 * i - 2] = place[i];
        source[2 * i - 1] = place[i];
        wanted[2 * i - 1] = place[random_below(random, num_nodes)];
    }
    for (uint32_t i = 0; i < num_edges; i++)
        row[source[i] + 1]++;
    for (uint32_t i = 0; i < num_nodes; i++)
        row[i + 1] += row[i];
    memcpy(next, row, (size_t)num_nodes * sizeof *next);
    for (uint32_t i = 0; i < num_edges; i++) {
        uint32_t at = next[source[i]]++, type = type_of[source[i]];
        target[at] = wanted[i];
        name[at] = (uint16_t)(type < NUM_CONTAINERS ? 0 : 1 + random_below(random, NUM_NAMES - 1));
    }
    free(place);
    free(source);
    free(wanted);
    free(next);
}

static struct hf_snapshot *make_heap(uint32_t num_nodes) {
    struct hf_snapshot *snapshot = hf_snapshot_create();
    uint64_t random = 20261124;
    struct hf_error error;
    if (snapshot == NULL)
        stop("out of memory");
    make_types_and_names(snapshot);
    make_nodes(snapshot, num_nodes, &random);
    make_edges(snapshot, num_nodes, &random);
    hf_snapshot_seal(snapshot);
    if (hf_snapshot_validate(snapshot, &error) != HF_OK)
        stop(error.message);
    return snapshot;
}

/* ---- what is measured ---- */

static void sum_targets(struct bench *bench) {
    struct hf_graph graph = hf_graph_of(bench->snapshot);
    for (uint32_t edge = 0; edge < graph.num_edges; edge++)
        bench->sum += graph.target[edge];
}

static void touch_targets(struct bench *bench) {
    struct hf_graph graph = hf_graph_of(bench->snapshot);
    for (uint32_t edge = 0; edge < graph.num_edges; edge++)
        bench->sum += graph.row[graph.target[edge]];
}

static void run_paths(struct bench *bench) {
    static const hf_node_id nodes[] = {0};
    static const uint32_t ends[] = {1};
    static const uint8_t tiers[] = {0};
    const struct hf_paths_roots roots = {nodes, ends, tiers, 1};
    struct hf_graph graph = hf_graph_of(bench->snapshot);
    struct hf_paths paths;
    if (hf_paths_init(&paths, &graph, NULL) != HF_OK || hf_paths_compute(&paths, &roots, NULL, NULL, NULL) != HF_OK)
        stop("paths failed");
    if (paths.num_reached != bench->num_nodes)
        stop("paths did not reach every node");
    hf_paths_deinit(&paths);
}

static void run_dominators(struct bench *bench) {
    static const hf_node_id root[] = {0};
    struct hf_graph graph = hf_graph_of(bench->snapshot);
    struct hf_dominator_tree tree;
    if (hf_dominator_tree_init(&tree, &graph, root, 1, NULL, NULL) != HF_OK || tree.count[0] != bench->num_nodes)
        stop("dominators failed");
    hf_dominator_tree_deinit(&tree);
}

static void run_components(struct bench *bench) {
    struct hf_graph graph = hf_graph_of(bench->snapshot);
    struct hf_components components;
    if (hf_components_init(&components, &graph, NULL, NULL) != HF_OK || components.num_parts == 0)
        stop("components failed");
    bench->sum += components.start[components.num_parts];
    hf_components_deinit(&components);
}

static void run_types(struct bench *bench) {
    struct hf_types *types;
    if (hf_types_create(bench->snapshot, NULL, &types, NULL) != HF_OK)
        stop("types failed");
    bench->sum += types->num_rows;
    hf_types_destroy(types);
}

static void run_info(struct bench *bench) {
    struct hf_info *info;
    if (hf_info_create(bench->snapshot, NULL, &info, NULL) != HF_OK)
        stop("info failed");
    bench->sum += info->num_named_edges;
    hf_info_destroy(info);
}

static void run_why(struct bench *bench, const char *selector, size_t max_paths) {
    const struct hf_why_options options = {.struct_size = sizeof options, .max_paths = max_paths};
    struct hf_selection *selection;
    struct hf_why *why;
    if (hf_selection_create(bench->snapshot, selector, NULL, &selection, NULL) != HF_OK ||
        hf_why_create(bench->snapshot, selection, &options, &why, NULL) != HF_OK || why->num_paths == 0)
        stop("why failed");
    bench->sum += why->num_all_groups;
    hf_why_destroy(why);
    hf_selection_destroy(selection);
}

static void run_why_one(struct bench *bench) {
    run_why(bench, "#1234567", 1);
}

static void run_why_type(struct bench *bench) {
    run_why(bench, "app.Type0", 3);
}

static void run_chain(struct bench *bench) {
    struct hf_selection *from, *to;
    struct hf_chain *chain;
    if (hf_selection_create(bench->snapshot, "#1", NULL, &from, NULL) != HF_OK ||
        hf_selection_create(bench->snapshot, "#1234567", NULL, &to, NULL) != HF_OK ||
        hf_chain_create(bench->snapshot, from, to, NULL, &chain, NULL) != HF_OK)
        stop("chain failed");
    bench->sum += chain->num_hops;
    hf_chain_destroy(chain);
    hf_selection_destroy(from);
    hf_selection_destroy(to);
}

static void run_cycles(struct bench *bench) {
    struct hf_cycles *cycles;
    if (hf_cycles_create(bench->snapshot, NULL, &cycles, NULL) != HF_OK)
        stop("cycles failed");
    bench->sum += cycles->num_objects;
    hf_cycles_destroy(cycles);
}

static void run_neighbours(struct bench *bench, enum hf_neighbours_direction direction) {
    const struct hf_neighbours_options options = {.struct_size = sizeof options, .direction = direction};
    struct hf_selection *selection;
    struct hf_neighbours *neighbours;
    if (hf_selection_create(bench->snapshot, "app.Type1", NULL, &selection, NULL) != HF_OK ||
        hf_neighbours_create(bench->snapshot, selection, &options, &neighbours, NULL) != HF_OK)
        stop("neighbours failed");
    bench->sum += neighbours->num_references;
    hf_neighbours_destroy(neighbours);
    hf_selection_destroy(selection);
}

static void run_refs(struct bench *bench) {
    run_neighbours(bench, HF_NEIGHBOURS_REFERENCES);
}

static void run_referrers(struct bench *bench) {
    run_neighbours(bench, HF_NEIGHBOURS_REFERRERS);
}

static void run_show(struct bench *bench) {
    struct hf_object *object;
    if (hf_object_create(bench->snapshot, 1234567, NULL, &object, NULL) != HF_OK)
        stop("show failed");
    bench->sum += object->retained.count;
    hf_object_destroy(object);
}

static void run_retained(struct bench *bench) {
    const struct hf_dominators *dominators;
    if (hf_dominators_get(bench->snapshot, NULL, &dominators, NULL) != HF_OK)
        stop("retained failed");
    bench->sum += hf_dominators_get_retained(dominators, 1234567).count;
}

/* ---- questions to a file, by one process each ---- */

static char file_path[64] = "/tmp/bench_graph.XXXXXX";

static void save_file(const struct bench *bench) {
    int fd = mkstemp(file_path);
    if (fd < 0 || hf_snapshot_save(bench->snapshot, file_path, NULL, NULL) != HF_OK)
        stop("saving failed");
    close(fd);
}

static void remove_file(void) {
    char cache[sizeof file_path + 8];
    snprintf(cache, sizeof cache, "%s.cache", file_path);
    unlink(file_path);
    unlink(cache);
}

/* Opens the file, asks, closes it: what is kept is what its cache has. */
static void ask_file(struct bench *bench, void (*run)(struct bench *)) {
    const struct hf_open_options options = {.struct_size = sizeof options, .cache = true};
    struct bench of_file = *bench;
    if (hf_snapshot_open(file_path, &options, &of_file.snapshot, NULL) != HF_OK)
        stop("opening failed");
    run(&of_file);
    hf_snapshot_destroy(of_file.snapshot);
    bench->sum += of_file.sum;
}

static void ask_nothing(struct bench *bench) {
    (void)bench;
}

static void open_file(struct bench *bench) {
    ask_file(bench, ask_nothing);
}

static void ask_info(struct bench *bench) {
    ask_file(bench, run_info);
}

static void ask_why_one(struct bench *bench) {
    ask_file(bench, run_why_one);
}

static void ask_why_type(struct bench *bench) {
    ask_file(bench, run_why_type);
}

static void ask_retained(struct bench *bench) {
    ask_file(bench, run_retained);
}

static void run_growth(struct bench *bench, const struct hf_snapshot *now) {
    const struct hf_growth_options options = {.struct_size = sizeof options, .limit = 10};
    const struct hf_snapshot *pair[] = {bench->snapshot, now};
    struct hf_growth *growth;
    if (hf_growth_create(pair, 2, &options, &growth, NULL) != HF_OK)
        stop("growth failed");
    bench->sum += growth->moments[1].count;
    hf_growth_destroy(growth);
}

static void run_growth_none(struct bench *bench) {
    run_growth(bench, bench->snapshot);
}

static void run_growth_all(struct bench *bench) {
    run_growth(bench, bench->other);
}

/* The best of three runs: the machine is shared. What a question keeps with the snapshot is not there for the next. */
static void measure(struct bench *bench, const char *what, void (*run)(struct bench *), bool is_baseline) {
    double best = 1e9;
    long extra_kib = 0;
    for (int i = 0; i < 3; i++) {
        hf_derived_deinit(bench->snapshot);
        reset_peak();
        long before_kib = status_kib("VmRSS:");
        double start = cpu_seconds();
        run(bench);
        double took = cpu_seconds() - start;
        best = took < best ? took : best;
        extra_kib = status_kib("VmHWM:") - before_kib;
    }
    if (is_baseline)
        bench->baseline_s = best;
    printf("%-44s %9.3f s %8.1f x %8.0f MB\n", what, best, best / bench->baseline_s, (double)extra_kib / 1024);
}

int main(int argc, char **argv) {
    long millions = argc > 1 ? strtol(argv[1], NULL, 10) : 5;
    if (millions < 2 || millions > 500) {
        fprintf(stderr, "usage: bench_graph [MILLIONS_OF_NODES], from 2 to 500\n");
        return 2;
    }
    struct bench bench = {.num_nodes = (uint32_t)millions * 1000000};
    bench.snapshot = make_heap(bench.num_nodes);
    printf("%ld M nodes, %u M edges\n", millions, bench.snapshot->num_edges / 1000000);
    printf("%-44s %11s %10s %11s\n", "", "CPU", "ratio", "extra");
    measure(&bench, "sum of all targets", sum_targets, true);
    measure(&bench, "row of each target (random reads)", touch_targets, false);
    measure(&bench, "shortest paths to every node", run_paths, false);
    measure(&bench, "dominator tree", run_dominators, false);
    measure(&bench, "components with a cycle", run_components, false);
    measure(&bench, "types", run_types, false);
    measure(&bench, "info", run_info, false);
    measure(&bench, "why, one object", run_why_one, false);
    measure(&bench, "why, 1.1 M of 5 M objects, merged", run_why_type, false);
    measure(&bench, "retained size of one object", run_retained, false);
    measure(&bench, "chain between two objects", run_chain, false);
    measure(&bench, "cycles", run_cycles, false);
    measure(&bench, "refs, 60 k objects, three levels", run_refs, false);
    measure(&bench, "referrers, 60 k objects, three levels", run_referrers, false);
    measure(&bench, "show, one object", run_show, false);
    save_file(&bench);
    printf("from a file, asked before (the best of three: the first one made its cache)\n");
    measure(&bench, "open", open_file, false);
    measure(&bench, "info", ask_info, false);
    measure(&bench, "why, one object", ask_why_one, false);
    measure(&bench, "why, 1.1 M of 5 M objects, merged", ask_why_type, false);
    measure(&bench, "retained size of one object", ask_retained, false);
    remove_file();
    bench.other = make_heap(bench.num_nodes + bench.num_nodes / 50);
    measure(&bench, "growth, between two equal heaps", run_growth_none, false);
    measure(&bench, "growth, where every object is another", run_growth_all, false);
    hf_snapshot_destroy(bench.other);
    hf_snapshot_destroy(bench.snapshot);
    return bench.sum == 0;
}
