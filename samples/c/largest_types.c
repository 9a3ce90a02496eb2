/*
 * largest_types.c - prints the ten largest types of a snapshot: the C API in its smallest form.
 *
 *   cc largest_types.c $(pkg-config --cflags --libs holdfast) -o largest_types
 *   ./largest_types heap.hfs
 */
#include <holdfast/types.h>

#include <inttypes.h>
#include <stdio.h>

static int fail(const struct hf_error *error) {
    fprintf(stderr, "largest_types: %s\n", error->message);
    return 1;
}

static void print_types(const struct hf_types *types) {
    printf("   objects        bytes  type\n");
    for (size_t i = 0; i < types->num_rows; i++) {
        const struct hf_types_row *row = &types->rows[i];
        printf("%10" PRIu64 " %12" PRIu64 "  %s\n", row->count, row->size_bytes, row->name);
    }
    printf("%10" PRIu64 " %12" PRIu64 "  in all\n", types->total_count, types->total_bytes);
}

int main(int argc, char **argv) {
    struct hf_error error;
    struct hf_snapshot *snapshot;
    struct hf_types *types;
    if (argc != 2) {
        fprintf(stderr, "usage: largest_types FILE\n");
        return 2;
    }
    if (hf_snapshot_open(argv[1], NULL, &snapshot, &error) != HF_OK)
        return fail(&error);
    const struct hf_types_options options = {.struct_size = sizeof options, .limit = 10};
    enum hf_status status = hf_types_create(snapshot, &options, &types, &error);
    if (status == HF_OK) {
        print_types(types);
        hf_types_destroy(types);
    }
    hf_snapshot_destroy(snapshot);
    return status == HF_OK ? 0 : fail(&error);
}
