/*
 * test_waste.c - what is said to be wasted: equal values are those of a twin that compares each with each other one;
 * classes, views and arenas add up. (tests/python/test_waste.py compares with live objects.)
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include <holdfast/waste.h>

#include "csr.h"
#include "snapshot/builder.h"

#define BASE UINT64_C(0x7f0000000000)

/* ---- graphs of tuples ---- */

enum { T_STR, T_BYTES, T_INT, T_TUPLE, T_POINT, T_LIST, NUM_TYPES };
#define MAX_NODES 24u

struct heap {
    struct hf_builder *builder;
    struct hf_snapshot *snapshot;
    uint32_t num_nodes;
    uint32_t type[MAX_NODES], value[MAX_NODES], num_items[MAX_NODES], items[MAX_NODES][4];
};

static void start(struct heap *heap) {
    static const char *const names[] = {"str", "bytes", "int", "tuple", "app.Point", "list"};
    static const uint32_t flags[] = {HF_TYPE_STR, HF_TYPE_BYTES, HF_TYPE_INT, HF_TYPE_TUPLE,
                                     HF_TYPE_TUPLE | HF_TYPE_HEAP, HF_TYPE_LIST};
    *heap = (struct heap){.builder = hf_builder_create()};
    for (int i = 0; i < NUM_TYPES; i++)
        hf_builder_add_type(heap->builder, names[i], "builtins", flags[i]);
}

static hf_node_id add(struct heap *heap, uint32_t type, uint64_t size_bytes, uint32_t flags) {
    return hf_builder_add_node(heap->builder, BASE + (uint64_t)heap->num_nodes++ * 64, type, size_bytes, 1, flags);
}

static void finish(struct heap *heap) {
    struct hf_error error = {0};
    hf_builder_add_root(heap->builder, 0, HF_ROOT_MODULE, "app", HF_NO_FRAME);
    if (hf_builder_finish(heap->builder, &heap->snapshot, &error) != HF_OK)
        fail_msg("%s", error.message);
    hf_builder_destroy(heap->builder);
    heap->snapshot->origin.has_previews = heap->snapshot->origin.has_contents = true;
}

static struct hf_waste *ask(const struct hf_snapshot *snapshot, uint32_t kinds) {
    const struct hf_waste_options options = {.struct_size = sizeof options, .kinds = kinds, .limit = SIZE_MAX};
    struct hf_waste *waste;
    assert_int_equal(hf_waste_create(snapshot, &options, &waste, NULL), HF_OK);
    return waste;
}

static const struct hf_waste_section *section_of(const struct hf_waste *waste, enum hf_waste_kind kind) {
    for (size_t i = 0; i < waste->num_sections; i++)
        if (waste->sections[i].kind == kind)
            return &waste->sections[i];
    fail_msg("there is no section '%s'", hf_waste_kind_name(kind));
    return NULL;
}

static void check_sums(const struct hf_waste *waste) {
    for (size_t i = 0; i < waste->num_sections; i++) {
        const struct hf_waste_section *section = &waste->sections[i];
        uint64_t count = 0, saving_bytes = 0;
        for (size_t j = 0; j < section->num_rows; j++) {
            count += section->rows[j].count;
            saving_bytes += section->rows[j].saving_bytes;
            assert_true(j == 0 || section->rows[j].saving_bytes <= section->rows[j - 1].saving_bytes);
            assert_true(section->rows[j].saving_bytes <= section->rows[j].size_bytes);
        }
        assert_int_equal(section->num_rows, section->num_all_rows);
        assert_int_equal(count, section->count);
        assert_int_equal(saving_bytes, section->saving_bytes);
        assert_int_equal(saving_bytes, section->listed_bytes);
    }
}

/* Tuples refer to anything, themselves and later ones included. */
static void fill_at_random(struct heap *heap, uint64_t *random) {
    static const char *const texts[] = {"a", "b", "c"};
    start(heap);
    uint32_t count = 1 + random_below(random, MAX_NODES);
    for (uint32_t node = 0; node < count; node++) {
        heap->type[node] = random_below(random, NUM_TYPES);
        heap->value[node] = random_below(random, 3);
        add(heap, heap->type[node], 48, 0);
        if (heap->type[node] == T_STR)
            hf_builder_add_str(heap->builder, node, texts[heap->value[node]]);
        if (heap->type[node] == T_INT)
            hf_builder_add_int(heap->builder, node, heap->value[node]);
    }
    for (uint32_t node = 0; node < count; node++) {
        bool has_items = heap->type[node] == T_TUPLE || heap->type[node] == T_POINT;
        heap->num_items[node] = has_items ? random_below(random, 4) : 0;
        for (uint32_t i = 0; i < heap->num_items[node]; i++) {
            heap->items[node][i] = random_below(random, count);
            hf_builder_add_edge(heap->builder, node, heap->items[node][i], HF_NAME_ITEM, "");
        }
    }
    finish(heap);
}

/* Whether a tuple is on a cycle of tuples, or leads to one: the twin says nothing of those. */
static bool is_endless(const struct heap *heap, uint32_t node, unsigned depth) {
    bool found = depth > MAX_NODES;
    for (uint32_t i = 0; i < heap->num_items[node] && !found; i++)
        found = is_endless(heap, heap->items[node][i], depth + 1);
    return found;
}

static bool is_equal(const struct heap *heap, uint32_t a, uint32_t b) {
    if (a == b)
        return true;
    if (heap->type[a] != heap->type[b] || heap->num_items[a] != heap->num_items[b])
        return false;
    if (heap->type[a] == T_STR || heap->type[a] == T_INT)
        return heap->value[a] == heap->value[b];
    if (heap->type[a] != T_TUPLE && heap->type[a] != T_POINT)
        return false;
    for (uint32_t i = 0; i < heap->num_items[a]; i++)
        if (!is_equal(heap, heap->items[a][i], heap->items[b][i]))
            return false;
    return true;
}

/* A copy too many has an equal with a lower number. */
static uint64_t count_copies(const struct heap *heap) {
    uint64_t count = 0;
    for (uint32_t node = 0; node < heap->num_nodes; node++) {
        bool is_counted = heap->type[node] == T_STR || heap->type[node] == T_TUPLE || heap->type[node] == T_POINT;
        bool has_equal = false;
        for (uint32_t before = 0; before < node; before++)
            has_equal |= is_equal(heap, before, node);
        count += is_counted && has_equal;
    }
    return count;
}

static void test_copies_are_those_of_a_twin(void **state) {
    (void)state;
    uint64_t random = 77, num_checked = 0, num_copies = 0;
    for (int round = 0; round < 20000; round++) {
        struct heap heap;
        fill_at_random(&heap, &random);
        struct hf_waste *waste = ask(heap.snapshot, 0);
        check_sums(waste);
        bool endless = false;
        for (uint32_t node = 0; node < heap.num_nodes && !endless; node++)
            endless = is_endless(&heap, node, 0);
        if (!endless) {
            uint64_t expected = count_copies(&heap);
            assert_int_equal(section_of(waste, HF_WASTE_DUPLICATES)->count, expected);
            num_copies += expected;
            num_checked++;
        }
        hf_waste_destroy(waste);
        hf_snapshot_destroy(heap.snapshot);
    }
    assert_true(num_checked > 2000 && num_copies > 2000);
}

static void test_long_strings_are_equal_by_content(void **state) {
    (void)state;
    struct heap heap;
    start(&heap);
    hf_node_id list = add(&heap, T_LIST, 96, 0);
    for (uint32_t i = 1; i <= 5; i++)
        hf_builder_add_edge(heap.builder, list, add(&heap, i == 5 ? T_BYTES : T_STR, 1000, 0), HF_NAME_ITEM, "");
    hf_builder_add_content(heap.builder, 1, 1);
    hf_builder_add_content(heap.builder, 2, 2);
    hf_builder_add_content(heap.builder, 3, 1);
    hf_builder_add_content(heap.builder, 4, 1);
    hf_builder_add_content(heap.builder, 5, 1);
    hf_builder_add_str(heap.builder, 1, "x");
    finish(&heap);
    struct hf_waste *waste = ask(heap.snapshot, 1u << HF_WASTE_DUPLICATES);
    assert_int_equal(waste->num_sections, 1);
    assert_int_equal(waste->sections[0].count, 2);
    assert_int_equal(waste->sections[0].saving_bytes, 2000);
    assert_string_equal(waste->sections[0].rows[0].owner, "app[*]");
    hf_waste_destroy(waste);
    hf_snapshot_destroy(heap.snapshot);
}

static void test_an_immortal_copy_stays(void **state) {
    (void)state;
    struct heap heap;
    start(&heap);
    add(&heap, T_LIST, 96, 0);
    for (uint32_t i = 1; i <= 4; i++) {
        add(&heap, T_STR, 50, i >= 3 ? HF_NODE_IMMORTAL : 0);
        hf_builder_add_str(heap.builder, i, "x");
    }
    finish(&heap);
    struct hf_waste *waste = ask(heap.snapshot, 1u << HF_WASTE_DUPLICATES);
    assert_int_equal(waste->sections[0].count, 2);
    assert_string_equal(waste->sections[0].rows[0].pattern, "");
    assert_string_equal(waste->sections[0].rows[0].what, "'x'");
    hf_waste_destroy(waste);
    hf_snapshot_destroy(heap.snapshot);
}

/* Two chains of a million tuples, each in the next. */
static void test_deep_tuples(void **state) {
    (void)state;
    const uint32_t depth = 1000000;
    struct heap heap;
    start(&heap);
    for (uint32_t i = 0; i < 2 * depth; i++) {
        add(&heap, T_TUPLE, 48, 0);
        if (i % depth != depth - 1)
            hf_builder_add_edge(heap.builder, i, i + 1, HF_NAME_ITEM, "");
    }
    finish(&heap);
    struct hf_waste *waste = ask(heap.snapshot, 1u << HF_WASTE_DUPLICATES);
    assert_int_equal(waste->sections[0].count, depth);
    hf_waste_destroy(waste);
    hf_snapshot_destroy(heap.snapshot);
}

static void test_tuples_in_themselves(void **state) {
    (void)state;
    struct heap heap;
    start(&heap);
    for (uint32_t i = 0; i < 6; i++)
        add(&heap, T_TUPLE, 48, 0);
    for (uint32_t i = 0; i < 6; i++)
        hf_builder_add_edge(heap.builder, i, i / 2 * 2 + (i + 1) % 2, HF_NAME_ITEM, "");
    finish(&heap);
    struct hf_waste *waste = ask(heap.snapshot, 0);
    check_sums(waste);
    hf_waste_destroy(waste);
    hf_snapshot_destroy(heap.snapshot);
}

enum {
    N_MODULE, N_LIST, N_PLAIN, N_LOOKED, N_DICT, N_OWN, N_TABLE, N_KEY, N_VIEW, N_HELPER, N_BUFFER, N_HELD, N_SHARED
};

static void item(struct heap *heap, hf_node_id owner, hf_node_id target) {
    hf_builder_add_edge(heap->builder, owner, target, HF_NAME_ITEM, "");
}

static void attribute(struct heap *heap, hf_node_id owner, const char *name, hf_node_id target) {
    hf_builder_add_edge(heap->builder, owner, target, HF_NAME_ATTRIBUTE, name);
}

/*
 * Three instances of app.Point: with values, with a dict that has these values, with a dict that has a table.
 * Two views: of a buffer that is theirs alone, and of one that the list has as well.
 */
static void fill_classes_and_views(struct heap *heap, bool is_inside) {
    start(heap);
    uint32_t t_dict = hf_builder_add_type(heap->builder, "dict", "builtins", HF_TYPE_DICT);
    uint32_t t_view = hf_builder_add_type(heap->builder, "memoryview", "builtins", 0);
    uint32_t t_class = hf_builder_add_type(heap->builder, "app.Class", "app", HF_TYPE_HEAP);
    const uint32_t types[] = {T_LIST, T_LIST, t_class, t_class, t_dict, t_class, t_dict, T_STR, t_view, t_view,
                              T_BYTES, t_view, T_BYTES};
    const uint64_t bytes[] = {56, 100, 56, 56, 100, 56, 232, 50, 184, 128, 5033, 184, 6033};
    for (uint32_t i = 0; i <= N_SHARED; i++)
        add(heap, types[i], bytes[i], 0);
    item(heap, N_MODULE, N_LIST);
    for (uint32_t i = N_PLAIN; i <= N_OWN; i++)
        if (types[i] == t_class)
            item(heap, N_LIST, i);
    attribute(heap, N_PLAIN, "x", N_KEY);
    attribute(heap, N_PLAIN, "y", N_KEY);
    hf_builder_add_edge(heap->builder, N_LOOKED, N_DICT, HF_NAME_DICT, "__dict__");
    attribute(heap, N_DICT, "x", N_KEY);
    hf_builder_add_edge(heap->builder, N_OWN, N_TABLE, HF_NAME_DICT, "__dict__");
    hf_builder_add_edge(heap->builder, N_TABLE, N_KEY, HF_NAME_KEY, "");
    hf_builder_add_edge(heap->builder, N_TABLE, N_LIST, HF_NAME_VALUE, "");
    item(heap, N_LIST, N_VIEW);
    item(heap, N_LIST, N_HELD);
    item(heap, N_LIST, N_SHARED);
    hf_builder_add_edge(heap->builder, N_VIEW, N_HELPER, HF_NAME_FIELD, "managed buffer");
    hf_builder_add_edge(heap->builder, N_HELPER, N_BUFFER, HF_NAME_FIELD, "buffer of");
    hf_builder_add_edge(heap->builder, N_HELD, N_SHARED, HF_NAME_ATTRIBUTE, "base");
    hf_builder_add_view(heap->builder, N_VIEW, 10);
    hf_builder_add_view(heap->builder, N_HELD, 10);
    hf_builder_add_room(heap->builder, (struct hf_room_record){t_class, 24, 40, is_inside});
    hf_builder_add_str(heap->builder, N_KEY, "z");
    finish(heap);
}

static void test_classes_and_views(void **state) {
    (void)state;
    for (int is_inside = 0; is_inside < 2; is_inside++) {
        struct heap heap;
        fill_classes_and_views(&heap, is_inside);
        struct hf_waste *waste = ask(heap.snapshot, 1u << HF_WASTE_SLOTS | 1u << HF_WASTE_VIEWS);
        const struct hf_waste_section *classes = section_of(waste, HF_WASTE_SLOTS);
        uint64_t beside = 40 + (40 + 64) + (is_inside ? 40 + 232 : 232);
        check_sums(waste);
        assert_int_equal(classes->num_rows, 1);
        assert_int_equal(classes->rows[0].count, 3);
        assert_int_equal(classes->rows[0].size_bytes, 3 * 56 + beside);
        assert_int_equal(classes->rows[0].saving_bytes, 3 * 24 + beside - 3 * 3 * 8);
        assert_string_equal(classes->rows[0].what, "__slots__ = ('x', 'y', 'z')");
        assert_int_equal(classes->rows[0].num_held, 3);
        const struct hf_waste_section *views = section_of(waste, HF_WASTE_VIEWS);
        assert_int_equal(views->num_rows, 1);
        assert_int_equal(views->rows[0].example, N_VIEW);
        assert_int_equal(views->rows[0].saving_bytes, 5033 - 10);
        assert_int_equal(views->rows[0].size_bytes, 5033 + 184);
        assert_string_equal(views->rows[0].what, "10 B of 4.9 KiB shown");
        hf_waste_destroy(waste);
        hf_snapshot_destroy(heap.snapshot);
    }
}

/* Instances that share their attribute dict: slots are no place for it, and it is not taken once for each of them. */
static void test_shared_attributes(void **state) {
    (void)state;
    struct heap heap;
    start(&heap);
    uint32_t t_dict = hf_builder_add_type(heap.builder, "dict", "builtins", HF_TYPE_DICT);
    uint32_t t_shared = hf_builder_add_type(heap.builder, "app.Shared", "app", HF_TYPE_HEAP);
    uint32_t t_own = hf_builder_add_type(heap.builder, "app.Own", "app", HF_TYPE_HEAP);
    hf_node_id list = add(&heap, T_LIST, 56, 0), key = add(&heap, T_STR, 50, 0);
    hf_node_id dicts[] = {add(&heap, t_dict, 232, 0), add(&heap, t_dict, 232, 0)};
    for (int i = 0; i < 4; i++) {
        hf_node_id instance = add(&heap, i < 3 ? t_shared : t_own, 48, 0);
        item(&heap, list, instance);
        hf_builder_add_edge(heap.builder, instance, dicts[i / 3], HF_NAME_DICT, "__dict__");
    }
    for (int i = 0; i < 2; i++) {
        hf_builder_add_edge(heap.builder, dicts[i], key, HF_NAME_KEY, "");
        hf_builder_add_edge(heap.builder, dicts[i], list, HF_NAME_VALUE, "");
    }
    hf_builder_add_str(heap.builder, key, "x");
    hf_builder_add_room(heap.builder, (struct hf_room_record){t_shared, 24, 0, false});
    hf_builder_add_room(heap.builder, (struct hf_room_record){t_own, 24, 0, false});
    finish(&heap);
    struct hf_waste *waste = ask(heap.snapshot, 1u << HF_WASTE_SLOTS);
    const struct hf_waste_section *classes = section_of(waste, HF_WASTE_SLOTS);
    check_sums(waste);
    assert_int_equal(classes->num_rows, 1);
    assert_string_equal(classes->rows[0].type, "app.Own");
    assert_int_equal(classes->rows[0].size_bytes, 48 + 232);
    assert_int_equal(classes->rows[0].saving_bytes, 24 + 232 - 8);
    hf_waste_destroy(waste);
    hf_snapshot_destroy(heap.snapshot);
}

/* Views that lead to each other and to themselves: no buffer. */
static void test_views_in_a_circle(void **state) {
    (void)state;
    struct heap heap;
    start(&heap);
    uint32_t t_view = hf_builder_add_type(heap.builder, "memoryview", "builtins", 0);
    for (uint32_t i = 0; i < 40; i++)
        add(&heap, t_view, 1000 * i, 0);
    for (uint32_t i = 0; i < 40; i++) {
        hf_builder_add_edge(heap.builder, i, i < 20 ? (i + 1) % 20 : i == 39 ? 39 : i + 1, HF_NAME_ATTRIBUTE, "base");
        hf_builder_add_view(heap.builder, i, i);
    }
    finish(&heap);
    struct hf_waste *waste = ask(heap.snapshot, 0);
    check_sums(waste);
    hf_waste_destroy(waste);
    hf_snapshot_destroy(heap.snapshot);
}

/*
 * Two arenas with blocks of 64 bytes behind the head of each pool: in one 3 of them, in the other one as many as fit;
 * and a MiB in which objects lie anyhow.
 */
static struct heap fill_arenas(const char *python) {
    struct heap heap;
    start(&heap);
    for (uint64_t i = 0; i < 3; i++)
        hf_builder_add_node(heap.builder, BASE + i * 5 * 16384 + 48 + 64 * i, T_STR, 50, 1, 0);
    for (uint64_t i = 0; i < 64 * 255; i++)
        hf_builder_add_node(heap.builder, BASE + (1 << 20) + i / 255 * 16384 + 48 + i % 255 * 64, T_STR, 64, 1, 0);
    for (uint64_t i = 0; i < 8; i++)
        hf_builder_add_node(heap.builder, BASE + (2 << 20) + 80 * i, T_STR, 50, 1, 0);
    hf_builder_add_node(heap.builder, BASE + (3 << 20), T_STR, 5000, 1, 0);
    finish(&heap);
    assert_true(hf_snapshot_add_text(heap.snapshot, python, strlen(python), &heap.snapshot->origin_python));
    hf_snapshot_seal(heap.snapshot);
    return heap;
}

static void test_arenas(void **state) {
    (void)state;
    struct heap heap = fill_arenas("3.11.2");
    struct hf_waste *waste = ask(heap.snapshot, 1u << HF_WASTE_ARENAS);
    const struct hf_waste_section *arenas = &waste->sections[0];
    check_sums(waste);
    assert_int_equal(arenas->size_bytes, 1 << 20);
    assert_int_equal(arenas->saving_bytes, (1 << 20) - 150);
    assert_non_null(strstr(arenas->problem, "multiples of 1.0 MiB. Of 2 arenas, less than a quarter full: 1, less than "
                                            "half: 0, less than three quarters: 0, more: 1"));
    assert_string_equal(arenas->rows[0].what, "1 arena, <0.1 % full");
    hf_waste_destroy(waste);
    hf_snapshot_destroy(heap.snapshot);
    heap = fill_arenas("3.9.2");
    waste = ask(heap.snapshot, 1u << HF_WASTE_ARENAS);
    assert_non_null(strstr(waste->sections[0].problem, "multiples of 256.0 KiB"));
    hf_waste_destroy(waste);
    hf_snapshot_destroy(heap.snapshot);
}

static void test_unanswered(void **state) {
    (void)state;
    struct heap heap;
    start(&heap);
    add(&heap, T_LIST, 56, 0);
    finish(&heap);
    heap.snapshot->origin.has_previews = heap.snapshot->origin.has_contents = false;
    heap.snapshot->origin.has_extents = false;
    struct hf_waste *waste = ask(heap.snapshot, 0);
    const struct hf_waste_section *duplicates = section_of(waste, HF_WASTE_DUPLICATES);
    assert_false(duplicates->is_answered);
    assert_non_null(strstr(duplicates->problem, "without the values of strings"));
    assert_false(section_of(waste, HF_WASTE_SPARE)->is_answered);
    assert_false(section_of(waste, HF_WASTE_SLOTS)->is_answered || section_of(waste, HF_WASTE_VIEWS)->is_answered);
    assert_int_equal(section_of(waste, HF_WASTE_EMPTY)->count, 1);
    hf_waste_destroy(waste);
    heap.snapshot->origin.has_previews = true;
    waste = ask(heap.snapshot, 0);
    duplicates = section_of(waste, HF_WASTE_DUPLICATES);
    assert_true(duplicates->is_answered);
    assert_non_null(strstr(duplicates->problem, "only strings of up to 64 characters"));
    hf_waste_destroy(waste);
    hf_snapshot_destroy(heap.snapshot);
}

static void test_options(void **state) {
    (void)state;
    struct heap heap;
    struct hf_waste *waste;
    struct hf_error error;
    start(&heap);
    add(&heap, T_LIST, 56, 0);
    finish(&heap);
    struct hf_waste_options options = {0};
    assert_int_equal(hf_waste_create(heap.snapshot, &options, &waste, &error), HF_ERR_ARGUMENT);
    options = (struct hf_waste_options){.struct_size = sizeof options, .kinds = 1u << HF_WASTE_NUM_KINDS};
    assert_int_equal(hf_waste_create(heap.snapshot, &options, &waste, &error), HF_ERR_ARGUMENT);
    options = (struct hf_waste_options){.struct_size = sizeof options, .min_bytes = 57};
    assert_int_equal(hf_waste_create(heap.snapshot, &options, &waste, &error), HF_OK);
    const struct hf_waste_section *empty = section_of(waste, HF_WASTE_EMPTY);
    assert_true(empty->num_rows == 0 && empty->num_all_rows == 1 && empty->saving_bytes == 56);
    hf_waste_destroy(waste);
    assert_string_equal(hf_waste_kind_name(HF_WASTE_NUM_KINDS), "");
    hf_waste_destroy(NULL);
    hf_snapshot_destroy(heap.snapshot);
}

static void check_each_allocation(const struct hf_snapshot *snapshot) {
    enum hf_status status = HF_ERR_NOMEM;
    for (unsigned long n = 1; status != HF_OK; n++) {
        struct hf_waste *waste;
        hf_memory_fail_after(n);
        status = hf_waste_create(snapshot, NULL, &waste, NULL);
        hf_memory_fail_after(0);
        if (status == HF_OK)
            hf_waste_destroy(waste);
        else
            assert_int_equal(status, HF_ERR_NOMEM);
        assert_true(n > 5 || status != HF_OK);
    }
}

static void test_each_allocation_fails(void **state) {
    (void)state;
    uint64_t random = 9;
    struct heap heap;
    do {
        fill_at_random(&heap, &random);
    } while (heap.num_nodes < 20 && (hf_snapshot_destroy(heap.snapshot), true));
    check_each_allocation(heap.snapshot);
    hf_snapshot_destroy(heap.snapshot);
    fill_classes_and_views(&heap, true);
    check_each_allocation(heap.snapshot);
    hf_snapshot_destroy(heap.snapshot);
    heap = fill_arenas("3.11.2");
    check_each_allocation(heap.snapshot);
    hf_snapshot_destroy(heap.snapshot);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_copies_are_those_of_a_twin),
        cmocka_unit_test(test_long_strings_are_equal_by_content),
        cmocka_unit_test(test_an_immortal_copy_stays),
        cmocka_unit_test(test_deep_tuples),
        cmocka_unit_test(test_tuples_in_themselves),
        cmocka_unit_test(test_classes_and_views),
        cmocka_unit_test(test_shared_attributes),
        cmocka_unit_test(test_views_in_a_circle),
        cmocka_unit_test(test_arenas),
        cmocka_unit_test(test_unanswered),
        cmocka_unit_test(test_options),
        cmocka_unit_test(test_each_allocation_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
