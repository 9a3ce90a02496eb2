/* test_snapshot.c - access to the elements of a snapshot, and that no broken invariant gets past validation. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "sample.h"
#include "snapshot/columns.h"
#include "snapshot/preview.h"

static void test_counts(void **state) {
    const struct hf_snapshot *snapshot = *state;
    assert_int_equal(hf_snapshot_num_nodes(snapshot), SAMPLE_NUM_NODES);
    assert_int_equal(hf_snapshot_num_edges(snapshot), 34);
    assert_int_equal(hf_snapshot_num_types(snapshot), 14);
    assert_int_equal(hf_snapshot_num_roots(snapshot), 3);
    assert_int_equal(hf_snapshot_num_threads(snapshot), 1);
    assert_int_equal(hf_snapshot_num_frames(snapshot), 1);
    assert_string_equal(hf_snapshot_get_origin(snapshot)->method, "builder");
    assert_string_equal(hf_snapshot_get_origin(snapshot)->python, "");
}

static void test_elements(void **state) {
    const struct hf_snapshot *snapshot = *state;
    struct hf_node list = hf_snapshot_get_node(snapshot, SAMPLE_LIST);
    assert_true(list.size_bytes == SAMPLE_HUGE);
    assert_int_equal(list.refcount, SAMPLE_LIST + 1);
    assert_int_equal(list.num_edges, 3);
    struct hf_edge edge = hf_snapshot_get_edge(snapshot, list.first_edge);
    assert_int_equal(edge.target, SAMPLE_LIST);
    assert_int_equal(edge.kind, HF_NAME_ITEM);
    struct hf_type type = hf_snapshot_get_type(snapshot, hf_snapshot_get_node(snapshot, SAMPLE_CACHE).type);
    assert_string_equal(type.name, "shop.cache.Cache");
    assert_string_equal(type.module, "shop.cache");
    assert_int_equal(type.node, SAMPLE_CLASS);
    struct hf_root root = hf_snapshot_get_root(snapshot, 1);
    assert_int_equal(root.node, SAMPLE_CACHE);
    assert_int_equal(root.name_kind, HF_NAME_LOCAL);
    assert_string_equal(root.name, "self");
    struct hf_frame frame = hf_snapshot_get_frame(snapshot, root.frame);
    assert_string_equal(frame.function, "handle");
    assert_string_equal(frame.file, "shop.py");
    struct hf_thread thread = hf_snapshot_get_thread(snapshot, frame.thread);
    assert_true(thread.ident == UINT64_C(0x7f00deadbeef) && thread.is_asker);
}

static void test_addresses(void **state) {
    const struct hf_snapshot *snapshot = *state;
    for (uint32_t i = 0; i < SAMPLE_NUM_NODES; i++) {
        uint64_t addr = SAMPLE_BASE + i * UINT64_C(0x40000) + (i == SAMPLE_STATIC ? 8 : 0);
        assert_true(hf_snapshot_get_node(snapshot, i).addr == addr);
        assert_int_equal(hf_snapshot_find_addr(snapshot, addr), i);
        assert_int_equal(hf_snapshot_find_addr(snapshot, addr + 1), HF_NO_NODE);
        assert_int_equal(hf_snapshot_find_addr(snapshot, addr ^ 8), HF_NO_NODE);
        assert_int_equal(hf_snapshot_find_addr(snapshot, addr + 16), HF_NO_NODE);
    }
    assert_int_equal(hf_snapshot_find_addr(snapshot, 0), HF_NO_NODE);
    assert_int_equal(hf_snapshot_find_addr(snapshot, UINT64_MAX & ~UINT64_C(15)), HF_NO_NODE);
}

static void test_strings(void **state) {
    const struct hf_snapshot *snapshot = *state;
    const char *utf8;
    size_t length;
    assert_true(hf_snapshot_find_str(snapshot, SAMPLE_STATIC, &utf8, &length));
    assert_int_equal(length, strlen(SAMPLE_SURROGATE));
    assert_memory_equal(utf8, SAMPLE_SURROGATE, length);
    assert_false(hf_snapshot_find_str(snapshot, SAMPLE_SEVEN, &utf8, &length));
    assert_false(hf_snapshot_find_str(snapshot, SAMPLE_CACHE, &utf8, &length));
    struct hf_preview preview;
    assert_true(hf_snapshot_read_preview(snapshot, SAMPLE_ONE, &preview));
    assert_true(preview.integer == -INT64_C(1234567890123));
}

static void test_long_texts(void **state) {
    (void)state;
    struct hf_snapshot *snapshot = hf_snapshot_create();
    char *text = hf_alloc(100001, 1);
    memset(text, 'x', 100000);
    hf_text_id first, second;
    assert_true(hf_snapshot_add_text(snapshot, text, 100000, &first));
    assert_true(hf_snapshot_add_text(snapshot, "nul\0in", 6, &second));
    hf_snapshot_seal(snapshot);
    size_t length;
    assert_memory_equal(hf_snapshot_get_text(snapshot, first, &length), text, 100001);
    assert_int_equal(length, 100000);
    assert_memory_equal(hf_snapshot_get_text(snapshot, second, &length), "nul\0in", 7);
    assert_int_equal(length, 6);
    assert_string_equal(hf_snapshot_get_text(snapshot, 0, &length), "");
    assert_int_equal(length, 0);
    hf_free(text);
    hf_snapshot_destroy(snapshot);
}

static void test_create_without_memory(void **state) {
    (void)state;
    for (unsigned long n = 1; n <= 2; n++) {
        hf_memory_fail_after(n);
        assert_null(hf_snapshot_create());
    }
    hf_memory_fail_after(0);
    hf_snapshot_destroy(NULL);
}

/* Overwrites one element of a column: what validation has to find. */
struct breakage {
    enum hf_column_id column;
    size_t offset;           /* bytes */
    uint64_t value;
    size_t num_bytes;
    const char *message;     /* a part of it */
};

#define FIELD(column, record, index, field, value, message)                                          \
    {HF_COLUMN_##column, (index) * sizeof(struct record) + offsetof(struct record, field), value,    \
     sizeof(((struct record *)0)->field), message}
#define NUMBER(column, index, value, type, message) \
    {HF_COLUMN_##column, (index) * sizeof(type), value, sizeof(type), message}

static const struct breakage breakages[] = {
    NUMBER(chunk_base, 0, SAMPLE_BASE + 16, uint64_t, "chunk 0"),
    NUMBER(chunk_base, 1, SAMPLE_BASE, uint64_t, "chunk 1"),
    NUMBER(node_key, 1, 0, uint32_t, "order of their addresses"),
    NUMBER(node_key, SAMPLE_NUM_NODES - 1, UINT32_MAX, uint32_t, "lies in no chunk"),
    NUMBER(node_type, 3, 14, uint32_t, "column node_type has the value 14"),
    NUMBER(node_size, 3, HF_SIZE_BIG, uint32_t, "large sizes"),
    NUMBER(node_size, SAMPLE_LIST, 5, uint32_t, "large sizes"),
    NUMBER(row, 0, 1, uint32_t, "rows"),
    NUMBER(row, 4, 2, uint32_t, "rows"),
    NUMBER(row, SAMPLE_NUM_NODES, 33, uint32_t, "rows"),
    NUMBER(edge_target, 33, SAMPLE_NUM_NODES, uint32_t, "column edge_target"),
    NUMBER(edge_name, 33, 1000, uint16_t, "column edge_name"),
    NUMBER(edge_name, 0, 2, uint16_t, "does not follow its key"),
    NUMBER(edge_name, 1, 2, uint16_t, "does not follow its key"),
    FIELD(big_sizes, hf_big_size, 0, node, SAMPLE_NUM_NODES, "large sizes"),
    FIELD(big_sizes, hf_big_size, 0, node, 1, "large sizes"),
    FIELD(types, hf_type_record, 2, node, SAMPLE_NUM_NODES, "type 2"),
    FIELD(types, hf_type_record, 2, name, 100000, "type 2"),
    FIELD(types, hf_type_record, 2, module, 1, "type 2"),
    FIELD(names, hf_name_record, 1, kind, HF_NAME_NUM_KINDS, "name 1"),
    FIELD(names, hf_name_record, 1, text, 100000, "name 1"),
    FIELD(roots, hf_root_record, 1, node, SAMPLE_NUM_NODES, "root 1"),
    FIELD(roots, hf_root_record, 1, kind, HF_ROOT_NUM_KINDS, "root 1"),
    FIELD(roots, hf_root_record, 1, name_kind, HF_NAME_NUM_KINDS, "root 1"),
    FIELD(roots, hf_root_record, 1, frame, 1, "root 1"),
    FIELD(roots, hf_root_record, 1, name, 100000, "root 1"),
    FIELD(threads, hf_thread_record, 0, name, 100000, "thread 0"),
    FIELD(frames, hf_frame_record, 0, thread, 1, "frame 0"),
    FIELD(frames, hf_frame_record, 0, function, 100000, "frame 0"),
    FIELD(frames, hf_frame_record, 0, file, 100000, "frame 0"),
    FIELD(preview_index, hf_preview_record, 1, node, 0, "index of values"),
    FIELD(preview_index, hf_preview_record, 7, node, SAMPLE_NUM_NODES, "index of values"),
    FIELD(preview_index, hf_preview_record, 1, at, 100000, "index of values"),
    FIELD(contents, hf_content_record, 1, node, SAMPLE_KEY_K, "equal strings"),
    FIELD(contents, hf_content_record, 1, node, SAMPLE_NUM_NODES, "equal strings"),
    FIELD(views, hf_view_record, 1, node, SAMPLE_SEVEN, "sizes of views"),
    FIELD(views, hf_view_record, 1, node, SAMPLE_NUM_NODES, "sizes of views"),
    FIELD(rooms, hf_room_record, 1, type, 3, "sizes of views"),
    FIELD(rooms, hf_room_record, 1, type, 14, "sizes of views"),
    FIELD(contents, hf_content_record, 0, content, SAMPLE_SECRET, "equal strings"),
};

static void test_validation_finds_breakage(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof breakages / sizeof breakages[0]; i++) {
        const struct breakage *b = &breakages[i];
        struct hf_snapshot *snapshot = make_sample();
        assert_int_equal(hf_snapshot_validate(snapshot, NULL), HF_OK);
        memcpy(snapshot->columns[b->column].region.data + b->offset, &b->value, b->num_bytes);
        struct hf_error error = {0};
        assert_int_equal(hf_snapshot_validate(snapshot, &error), HF_ERR_FORMAT);
        if (strstr(error.message, b->message) == NULL)
            fail_msg("breakage %zu: '%s' does not say '%s'", i, error.message, b->message);
        hf_snapshot_destroy(snapshot);
    }
}

static void test_validation_compares_lengths(void **state) {
    (void)state;
    const enum hf_column_id columns[] = {HF_COLUMN_node_key, HF_COLUMN_node_type, HF_COLUMN_node_size,
                                         HF_COLUMN_node_refcount, HF_COLUMN_node_flags, HF_COLUMN_row,
                                         HF_COLUMN_edge_target, HF_COLUMN_edge_name, HF_COLUMN_big_sizes};
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
        struct hf_snapshot *snapshot = make_sample();
        snapshot->columns[columns[i]].region.used_bytes -= hf_column_element_bytes[columns[i]];
        hf_snapshot_seal(snapshot);
        assert_int_equal(hf_snapshot_validate(snapshot, NULL), HF_ERR_FORMAT);
        hf_snapshot_destroy(snapshot);
    }
}

static void test_validation_without_memory(void **state) {
    hf_memory_fail_after(1);
    assert_int_equal(hf_snapshot_validate(*state, NULL), HF_ERR_NOMEM);
    hf_memory_fail_after(0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_counts),
        cmocka_unit_test(test_elements),
        cmocka_unit_test(test_addresses),
        cmocka_unit_test(test_strings),
        cmocka_unit_test(test_long_texts),
        cmocka_unit_test(test_create_without_memory),
        cmocka_unit_test(test_validation_finds_breakage),
        cmocka_unit_test(test_validation_compares_lengths),
        cmocka_unit_test(test_validation_without_memory),
    };
    return cmocka_run_group_tests(tests, make_sample_state, end_sample_state);
}
