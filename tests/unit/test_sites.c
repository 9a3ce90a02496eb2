/* test_sites.c - where objects were made: in files, and in what is asked about them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>

#include "folder.h"
#include "snapshot/builder.h"
#include "snapshot/format.h"

static void add_sites(struct hf_builder *builder, uint32_t num_nodes) {
    uint32_t outer = hf_builder_add_site(builder, HF_NO_SITE, "main.py", 1, "");
    uint32_t inner = hf_builder_add_site(builder, outer, "shop.py", 31, "Cache.add");
    uint32_t cut = hf_builder_add_site(builder, HF_SITE_CUT, "shop.py", 40, "Cache.drop");
    const uint32_t places[] = {outer, inner, cut};
    for (uint32_t i = 0; i < num_nodes; i++)
        if (i % 4 != 3)
            hf_builder_set_site(builder, i, places[i % 4]);
}

/* A heap of one list and so many others, which were made at three places or at none: nobody knows. */
static struct hf_snapshot *make_heap(uint32_t num_others, bool has_sites) {
    struct hf_builder *builder = hf_builder_create();
    struct hf_snapshot *made = NULL;
    uint32_t type = hf_builder_add_type(builder, "list", "builtins", HF_TYPE_LIST);
    for (uint32_t i = 0; i <= num_others; i++)
        hf_builder_add_node(builder, 0x7F0000000000 + i * 64, type, 56, 1, HF_NODE_GC);
    if (has_sites)
        add_sites(builder, num_others);
    assert_int_equal(hf_builder_finish(builder, &made, NULL), HF_OK);
    hf_builder_destroy(builder);
    return made;
}

static struct hf_snapshot *save_and_open(struct folder *folder, const struct hf_snapshot *snapshot, bool plain) {
    const struct hf_save_options options = {.struct_size = sizeof options, .plain = plain};
    struct hf_snapshot *opened = NULL;
    assert_int_equal(hf_snapshot_save(snapshot, folder_file(folder, "saved"), &options, NULL), HF_OK);
    assert_int_equal(hf_snapshot_open(folder_file(folder, "saved"), NULL, &opened, NULL), HF_OK);
    return opened;
}

static void check_round_trip(struct folder *folder, const struct hf_snapshot *snapshot, bool plain) {
    struct hf_snapshot *opened = save_and_open(folder, snapshot, plain);
    assert_int_equal(hf_snapshot_num_sites(opened), hf_snapshot_num_sites(snapshot));
    for (uint32_t i = 0; i < snapshot->num_nodes; i++)
        assert_int_equal(hf_snapshot_site_of(opened, i), hf_snapshot_site_of(snapshot, i));
    for (uint32_t i = 0; i < hf_snapshot_num_sites(snapshot); i++)
        assert_memory_equal(&hf_col_sites(opened)[i], &hf_col_sites(snapshot)[i], sizeof(struct hf_site_record));
    hf_snapshot_destroy(opened);
}

static void test_round_trip(void **state) {
    struct hf_snapshot *made = make_heap(1000, true);
    check_round_trip(*state, made, true);
    check_round_trip(*state, made, false);
    assert_int_equal(hf_snapshot_num_sites(made), 3);
    assert_int_equal(hf_snapshot_site_of(made, 1), 1);
    assert_int_equal(hf_snapshot_site_of(made, 3), HF_NO_SITE);
    assert_int_equal(hf_snapshot_site_of(made, 1000), HF_NO_SITE);
    struct hf_site site = hf_snapshot_get_site(made, 1);
    assert_string_equal(site.file, "shop.py");
    assert_string_equal(site.function, "Cache.add");
    assert_true(site.line == 31 && site.caller == 0 && !site.is_cut);
    assert_true(hf_snapshot_get_site(made, 2).is_cut && hf_snapshot_get_site(made, 2).caller == HF_NO_SITE);
    assert_int_equal(hf_snapshot_check_sites(made, NULL), HF_OK);
    hf_snapshot_destroy(made);
}

/* Files without sites are as they were before there were any. */
static void test_sites_are_optional(void **state) {
    size_t with_bytes, without_bytes;
    struct hf_snapshot *made = make_heap(10, true), *sample = make_heap(10, false);
    const char *path = folder_file(*state, "bytes");
    assert_int_equal(hf_snapshot_save(made, path, NULL, NULL), HF_OK);
    uint8_t *with = read_file(path, &with_bytes);
    assert_int_equal(hf_snapshot_save(sample, path, NULL, NULL), HF_OK);
    uint8_t *without = read_file(path, &without_bytes);
    assert_int_equal(((struct hf_format_header *)(void *)with)->minor, HF_FORMAT_MINOR_SITES);
    assert_int_equal(((struct hf_format_header *)(void *)without)->minor, HF_FORMAT_MINOR);
    assert_int_equal(((struct hf_format_header *)(void *)with)->num_sections,
                     ((struct hf_format_header *)(void *)without)->num_sections + 2);
    assert_int_equal(hf_snapshot_check_sites(sample, NULL), HF_NOT_FOUND);
    assert_int_equal(hf_snapshot_site_of(sample, 0), HF_NO_SITE);
    free(with);
    free(without);
    hf_snapshot_destroy(made);
    hf_snapshot_destroy(sample);
}

static void check_damaged_sites(void (*damage)(struct hf_site_record *sites, uint32_t *node_site)) {
    struct hf_snapshot *made = make_heap(10, true);
    damage((struct hf_site_record *)(void *)made->columns[HF_COLUMN_sites].region.data,
           (uint32_t *)(void *)made->columns[HF_COLUMN_node_site].region.data);
    assert_int_equal(hf_snapshot_validate(made, NULL), HF_ERR_FORMAT);
    hf_snapshot_destroy(made);
}

static void call_itself(struct hf_site_record *sites, uint32_t *node_site) {
    (void)node_site;
    sites[1].caller = 1;
}

static void call_later(struct hf_site_record *sites, uint32_t *node_site) {
    (void)node_site;
    sites[0].caller = 2;
}

static void name_no_file(struct hf_site_record *sites, uint32_t *node_site) {
    (void)node_site;
    sites[2].file = 1u << 30;
}

static void name_no_function(struct hf_site_record *sites, uint32_t *node_site) {
    (void)node_site;
    sites[2].function = 1u << 30;
}

static void be_made_nowhere(struct hf_site_record *sites, uint32_t *node_site) {
    (void)sites;
    node_site[4] = 4;
}

static void test_damaged_sites(void **state) {
    (void)state;
    check_damaged_sites(call_itself);
    check_damaged_sites(call_later);
    check_damaged_sites(name_no_file);
    check_damaged_sites(name_no_function);
    check_damaged_sites(be_made_nowhere);
    struct hf_snapshot *made = make_heap(10, true);
    made->columns[HF_COLUMN_node_site].count--;
    assert_int_equal(hf_snapshot_validate(made, NULL), HF_ERR_FORMAT);
    made->columns[HF_COLUMN_node_site].count = 0;
    assert_int_equal(hf_snapshot_validate(made, NULL), HF_ERR_FORMAT);
    hf_snapshot_destroy(made);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_sites_are_optional),
        cmocka_unit_test(test_damaged_sites),
    };
    return cmocka_run_group_tests(tests, folder_setup, folder_teardown);
}
