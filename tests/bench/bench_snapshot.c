/*
 * bench_snapshot.c - how long a snapshot of 5 M objects and 10 M references takes to save and to open, against copying
 * its bytes in memory, and how large the file is. The aims, at 5 M objects: a plain file opens in less than 0.1 s, and a
 * compressed one takes at most 12 bytes per object without names and values.
 *
 *   bench_snapshot [million objects] [folder]
 *
 * The heap is made up: records in the order in which a program would make them (an instance, its dict, its values, two
 * strings, a tuple), with their addresses close to each other and every third reference to a random object.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <xxhash.h>

#include "snapshot/builder.h"
#include "snapshot/columns.h"
#include "snapshot/format.h"

static double cpu_seconds(void) {
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static uint32_t next_random(uint64_t *seed) {
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*seed >> 33);
}

struct shape {
    const char *type;
    uint32_t size_bytes;
};

/* One record is these objects, in this order. */
static const struct shape shapes[] = {
    {"shop.Session", 48}, {"dict", 104}, {"shop.User", 48}, {"str", 58}, {"str", 61}, {"tuple", 56}, {"int", 28},
    {"list", 88},
};
#define NUM_SHAPES ((uint32_t)(sizeof shapes / sizeof shapes[0]))

static void add_nodes(struct hf_builder *builder, uint32_t num_nodes, uint64_t *seed) {
    uint64_t addr = UINT64_C(0x7f0000000000);
    for (uint32_t i = 0; i < NUM_SHAPES; i++)
        hf_builder_add_type(builder, shapes[i].type, "shop", 0);
    for (uint32_t i = 0; i < num_nodes; i++) {
        uint32_t size = shapes[i % NUM_SHAPES].size_bytes + (i % NUM_SHAPES == 3 ? next_random(seed) % 16 : 0);
        addr += (size + 31) / 16 * 16 + (next_random(seed) % 20 == 0 ? 64 : 0);
        hf_builder_add_node(builder, addr, i % NUM_SHAPES, size, 1 + next_random(seed) % 16 / 15, HF_NODE_GC);
    }
}

static void add_edge(struct hf_builder *builder, uint32_t num_nodes, uint64_t *seed, uint32_t source, uint32_t target,
                     enum hf_name_kind kind, const char *text) {
    bool far = next_random(seed) % 3 == 0 || target >= num_nodes;
    hf_builder_add_edge(builder, source, far ? next_random(seed) % num_nodes : target, kind, text);
}

/* 16 references for each 8 objects. */
static void add_edges(struct hf_builder *builder, uint32_t num_nodes, uint64_t *seed) {
    static const char *const names[] = {"user", "token", "cart", "items", "created"};
    for (uint32_t first = 0; first + NUM_SHAPES <= num_nodes; first += NUM_SHAPES) {
        for (uint32_t i = 0; i < 5; i++)
            add_edge(builder, num_nodes, seed, first, first + 2 + i, HF_NAME_ATTRIBUTE, names[i]);
        for (uint32_t i = 0; i < 6; i++)
            add_edge(builder, num_nodes, seed, first + 1, i % 2 == 0 ? 3 + i : first + 2 + i,
                     i % 2 == 0 ? HF_NAME_KEY : HF_NAME_VALUE, "");
        for (uint32_t i = 0; i < 2; i++)
            add_edge(builder, num_nodes, seed, first + 5, first + 6 + i, HF_NAME_ITEM, "");
        for (uint32_t i = 0; i < 3; i++)
            add_edge(builder, num_nodes, seed, first + 7, first + 8 + i, HF_NAME_ITEM, "");
    }
}

static struct hf_snapshot *make(uint32_t num_nodes) {
    struct hf_snapshot *snapshot = NULL;
    struct hf_error error;
    uint64_t seed = 1;
    struct hf_builder *builder = hf_builder_create();
    add_nodes(builder, num_nodes, &seed);
    add_edges(builder, num_nodes, &seed);
    if (hf_builder_finish(builder, &snapshot, &error) != HF_OK) {
        fprintf(stderr, "bench_snapshot: %s\n", error.message);
        exit(1);
    }
    hf_builder_destroy(builder);
    return snapshot;
}

static size_t total_bytes(const struct hf_snapshot *snapshot) {
    size_t total = 0;
    for (int i = 0; i < HF_NUM_COLUMNS; i++)
        total += snapshot->columns[i].count * hf_column_element_bytes[i];
    return total;
}

/* The unit of all ratios: the columns copied once into memory that is in use already, and hashed once. */
static double measure_copy(const struct hf_snapshot *snapshot, double *hash_seconds) {
    size_t bytes = total_bytes(snapshot);
    uint8_t *copy = malloc(bytes);
    memset(copy, 1, bytes);
    double start = cpu_seconds();
    size_t at = 0;
    for (int i = 0; i < HF_NUM_COLUMNS; i++) {
        size_t part = snapshot->columns[i].count * hf_column_element_bytes[i];
        if (part > 0)
            memcpy(copy + at, snapshot->columns[i].data, part);
        at += part;
    }
    double copied = cpu_seconds();
    volatile uint64_t sum = XXH3_64bits(copy, bytes);
    (void)sum;
    *hash_seconds = cpu_seconds() - copied;
    free(copy);
    return copied - start;
}

static void fail(const struct hf_error *error) {
    fprintf(stderr, "bench_snapshot: %s\n", error->message);
    exit(1);
}

static bool is_name_or_value(uint32_t section) {
    switch (section) {
#define X(column, id, encoding)                                                                                        \
    case id:                                                                                                           \
        return HF_COLUMN_##column == HF_COLUMN_edge_name || HF_COLUMN_##column == HF_COLUMN_names ||                   \
               HF_COLUMN_##column == HF_COLUMN_preview_index || HF_COLUMN_##column == HF_COLUMN_previews;
        HF_FORMAT_COLUMNS(X)
#undef X
    default:
        return false;
    }
}

/* The bytes of a file's sections but for names and values, which are what 12 bytes per object are promised for. */
static uint64_t bytes_of_graph(FILE *file) {
    struct hf_format_header header;
    struct hf_format_section section;
    uint64_t total = 0;
    rewind(file);
    if (fread(&header, sizeof header, 1, file) != 1)
        return 0;
    for (uint32_t i = 0; i < header.num_sections && fread(&section, sizeof section, 1, file) == 1; i++)
        total += is_name_or_value(section.id) ? 0 : section.stored_bytes;
    return total;
}

static void measure(const struct hf_snapshot *snapshot, const char *path, const char *label,
                    const struct hf_save_options *options, double copy_seconds) {
    struct hf_error error;
    struct hf_snapshot *opened = NULL;
    double start = cpu_seconds();
    if (hf_snapshot_save(snapshot, path, options, &error) != HF_OK)
        fail(&error);
    double saved = cpu_seconds();
    if (hf_snapshot_open(path, NULL, &opened, &error) != HF_OK)
        fail(&error);
    double done = cpu_seconds();
    FILE *file = fopen(path, "rb");
    fseek(file, 0, SEEK_END);
    double bytes = (double)ftell(file);
    printf("%-12s  %6.2f s %6.1f x   %6.3f s %6.1f x   %7.1f MB  %5.1f B   %5.1f B\n", label, saved - start,
           (saved - start) / copy_seconds, done - saved, (done - saved) / copy_seconds, bytes / 1e6,
           bytes / snapshot->num_nodes, (double)bytes_of_graph(file) / snapshot->num_nodes);
    fclose(file);
    hf_snapshot_destroy(opened);
    unlink(path);
}

int main(int argc, char **argv) {
    double millions = argc > 1 ? atof(argv[1]) : 5;
    char path[4096];
    snprintf(path, sizeof path, "%s/bench_snapshot.%d.hf", argc > 2 ? argv[2] : "/tmp", (int)getpid());
    struct hf_snapshot *snapshot = make((uint32_t)(millions * 1e6));
    double hash_seconds, copy_seconds = measure_copy(snapshot, &hash_seconds);
    printf("snapshot of %u objects, %u references: %.0f MB, copied in %.3f s, hashed in %.3f s of CPU\n",
           snapshot->num_nodes, snapshot->num_edges, (double)total_bytes(snapshot) / 1e6, copy_seconds, hash_seconds);
    printf("                  save / copy          open / copy        file   per object   without names and values\n");
    for (int level = 0; level <= 3; level += level == 0 ? 1 : 2) {
        char label[16];
        const struct hf_save_options options = {.struct_size = sizeof options, .plain = level == 0,
                                                .compression_level = level};
        snprintf(label, sizeof label, level == 0 ? "plain" : "zstd %d", level);
        measure(snapshot, path, label, &options, copy_seconds);
    }
    hf_snapshot_destroy(snapshot);
    return 0;
}
