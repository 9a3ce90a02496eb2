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

/* Objects that were made at three places or nowhere. */
static struct hf_snapshot *make_sites(void) {
    struct hf_builder *builder = hf_builder_create();
    uint32_t type = hf_builder_add_type(builder, "list", "builtins", HF_TYPE_LIST);
    uint32_t outer = hf_builder_add_site(builder, HF_NO_SITE, "main.py", 1, "");
    hf_builder_add_site(builder, outer, "shop.py", 31, "Cache.add");
    hf_builder_add_site(builder, HF_SITE_CUT, "shop.py", 40, "Cache.drop");
    for (uint32_t i = 0; i < 20; i++) {
        hf_builder_add_node(builder, 0x1000 + i * UINT64_C(0x30), type, 64, 1, HF_NODE_GC);
        if (i % 4 != 3)
            hf_builder_set_site(builder, i, i % 4);
    }
    return finish(builder);
}

/* The same with one number that must not be: what is saved is not looked at. */
static void save_damaged_sites(const char *folder, const struct hf_save_options *options) {
    static const char *const names[] = {"sites-loop", "sites-range", "sites-text"};
    for (int i = 0; i < 3; i++) {
        struct hf_snapshot *snapshot = make_sites();
        struct hf_site_record *sites =
            (struct hf_site_record *)(void *)snapshot->columns[HF_COLUMN_sites].region.data;
        uint32_t *node_site = (uint32_t *)(void *)snapshot->columns[HF_COLUMN_node_site].region.data;
        *(i == 0 ? &sites[1].caller : i == 1 ? &node_site[7] : &sites[2].file) = i == 0 ? 1 : 4 + 1000u * (unsigned)i;
        save(snapshot, folder, names[i], options);
        hf_snapshot_destroy(snapshot);
    }
}

/* Sites whose files are what is left of one text: from each of its characters on it says how many are behind it. */
static struct hf_snapshot *make_overlapping_sites(void) {
    struct hf_builder *builder = hf_builder_create();
    char text[100];
    for (int i = 0; i < 99; i++)
        text[i] = (char)(i < 98 ? 98 - i : 'x');
    text[99] = '\0';
    for (uint32_t i = 0; i < 60; i++)
        hf_builder_add_site(builder, HF_NO_SITE, i == 0 ? text : "", i + 1, "");
    uint32_t type = hf_builder_add_type(builder, "list", "builtins", HF_TYPE_LIST);
    hf_builder_set_site(builder, hf_builder_add_node(builder, 0x1000, type, 64, 1, HF_NODE_GC), 0);
    struct hf_snapshot *snapshot = finish(builder);
    struct hf_site_record *sites = (struct hf_site_record *)(void *)snapshot->columns[HF_COLUMN_sites].region.data;
    for (uint32_t i = 1; i < 60; i++)
        sites[i].file = sites[0].file + i;
    return snapshot;
}

/* What native and waste read: references from outside, equal texts, empty containers, views and unused slots. */
static struct hf_snapshot *make_waste(void) {
    struct hf_builder *builder = hf_builder_create();
    uint32_t list = hf_builder_add_type(builder, "list", "builtins", HF_TYPE_LIST);
    uint32_t text = hf_builder_add_type(builder, "str", "builtins", HF_TYPE_STR);
    uint32_t node = hf_builder_add_type(builder, "Node", "shop", HF_TYPE_HEAP);
    uint32_t dict = hf_builder_add_type(builder, "dict", "builtins", HF_TYPE_DICT);
    hf_builder_add_room(builder, (struct hf_room_record){node, 16, 48, 1});
    const uint32_t types[] = {list, text, node, dict};
    for (uint32_t i = 0; i < 40; i++) {
        hf_node_id made = hf_builder_add_node(builder, 0x1000 + i * UINT64_C(0x40), types[i % 4], 64, 1 + i % 3, HF_NODE_GC);
        if (i % 4 == 1)
            hf_builder_add_str(builder, made, "the same again");
        if (i % 8 == 2)
            hf_builder_add_view(builder, made, i % 5);
    }
    for (uint32_t i = 1; i < 30; i++)
        hf_builder_add_edge(builder, 0, i, HF_NAME_ITEM, "");
    hf_builder_add_root(builder, 0, HF_ROOT_MODULE, "shop", HF_NO_FRAME);
    hf_builder_add_root(builder, 33, HF_ROOT_OUTSIDE, "", HF_NO_FRAME);
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
    struct hf_snapshot *sites = make_sites(), *overlapping = make_overlapping_sites(), *waste = make_waste();
    if (sample == NULL)
        return 1;
    save(sample, argv[1], "sample-plain", &plain);
    save(sample, argv[1], "sample-packed", &packed);
    save(sample, argv[1], "sample-bare", &bare);
    save(chain, argv[1], "chain-plain", &plain);
    save(chain, argv[1], "chain-packed", &packed);
    save(empty, argv[1], "empty-plain", &plain);
    save(empty, argv[1], "empty-packed", &packed);
    save(sites, argv[1], "sites-plain", &plain);
    save(sites, argv[1], "sites-packed", &packed);
    save_damaged_sites(argv[1], &plain);
    save(overlapping, argv[1], "sites-overlap", &plain);
    save(waste, argv[1], "waste-plain", &plain);
    save(waste, argv[1], "waste-packed", &packed);
    hf_snapshot_destroy(overlapping);
    hf_snapshot_destroy(waste);
    hf_snapshot_destroy(sample);
    hf_snapshot_destroy(chain);
    hf_snapshot_destroy(empty);
    hf_snapshot_destroy(sites);
    return 0;
}
