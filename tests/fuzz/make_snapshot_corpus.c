/*
 * make_snapshot_corpus.c - the seeds of fuzz_snapshot: make_snapshot_corpus tests/fuzz/corpus/snapshot
 *
 *   cc -std=gnu11 -D_GNU_SOURCE -Iinclude -Ilib -Itests/unit tests/fuzz/make_snapshot_corpus.c build/libholdfast.a \
 *      -lzstd -lxxhash -lm
 *
 * Compressed seeds have zstd's fastest level, which leaves literals as they are: a fuzzer can then change varints one
 * by one.
 */
#include <stdio.h>
#include <stdlib.h>

#include "sample.h"

static void save(const struct hf_snapshot *snapshot, const char *folder, const char *name,
                 const struct hf_save_options *options) {
    char path[4096];
    struct hf_error error;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    if (hf_snapshot_save(snapshot, path, options, &error) == HF_OK)
        return;
    fprintf(stderr, "make_snapshot_corpus: %s\n", error.message);
    exit(1);
}

static struct hf_snapshot *finish(struct hf_builder *builder) {
    struct hf_snapshot *snapshot = NULL;
    if (hf_builder_finish(builder, &snapshot, NULL) != HF_OK)
        abort();
    hf_builder_destroy(builder);
    return snapshot;
}

/* A chain of lists with a loop at its end: rows, one type, one name. */
static struct hf_snapshot *make_chain(void) {
    struct hf_builder *builder = hf_builder_create();
    uint32_t type = hf_builder_add_type(builder, "list", "builtins", HF_TYPE_LIST);
    for (uint32_t i = 0; i < 50; i++)
        hf_builder_add_node(builder, 0x1000 + i * UINT64_C(0x30), type, 64, 1, HF_NODE_GC);
    for (uint32_t i = 0; i < 50; i++)
        hf_builder_add_edge(builder, i, i < 49 ? i + 1 : 25, HF_NAME_ITEM, "");
    hf_builder_add_root(builder, 0, HF_ROOT_MODULE, "chain", HF_NO_FRAME);
    return finish(builder);
}

int main(int argc, char **argv) {
    if (argc != 2) {
        fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
        return 2;
    }
    const struct hf_save_options plain = {.struct_size = sizeof plain, .plain = true};
    const struct hf_save_options packed = {.struct_size = sizeof packed, .compression_level = -7};
    const struct hf_save_options bare = {.struct_size = sizeof bare, .plain = true, .without_previews = true};
    struct hf_snapshot *sample = make_sample(), *chain = make_chain(), *empty = finish(hf_builder_create());
    if (sample == NULL)
        return 1;
    save(sample, argv[1], "sample-plain", &plain);
    save(sample, argv[1], "sample-packed", &packed);
    save(sample, argv[1], "sample-bare", &bare);
    save(chain, argv[1], "chain-plain", &plain);
    save(chain, argv[1], "chain-packed", &packed);
    save(empty, argv[1], "empty-plain", &plain);
    save(empty, argv[1], "empty-packed", &packed);
    hf_snapshot_destroy(sample);
    hf_snapshot_destroy(chain);
    hf_snapshot_destroy(empty);
    return 0;
}
