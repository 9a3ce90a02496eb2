/*
 * test_native.c - references from native code: a small world in words; and random ones against a twin that keeps its own
 * books while it makes them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <holdfast/native.h>

#include "csr.h"
#include "world.h"

static struct hf_native *ask(const struct hf_snapshot *snapshot, const struct hf_snapshot *old) {
    const struct hf_native_options options = {.struct_size = sizeof options, .num_calls = 10};
    struct hf_native *native;
    struct hf_error error;
    if (hf_native_create(snapshot, old, &options, &native, &error) != HF_OK)
        fail_msg("%s", error.message);
    return native;
}

static hf_node_id add_counted(struct world *world, enum world_type type, uint32_t refcount, uint32_t flags) {
    world->next_addr += 64;
    return hf_builder_add_node(world->builder, world->next_addr, type, 64, refcount, flags);
}

static void hold(struct world *world, hf_node_id node, uint32_t count, const char *variable) {
    hf_builder_add_outside(world->builder, node, count, variable[0] != '\0' ? HF_NAME_FIELD : HF_NAME_NONE, variable);
}

/* ---- reasons ---- */

static void check_row(const struct hf_native_row *row, const char *type, enum hf_native_reason reason,
                      uint64_t num_objects, uint64_t num_references) {
    assert_string_equal(row->type, type);
    assert_string_equal(hf_native_reason_name(row->reason), hf_native_reason_name(reason));
    assert_int_equal(row->num_objects, num_objects);
    assert_int_equal(row->num_references, num_references);
}

static void test_reasons(void **state) {
    (void)state;
    struct world world = begin_world();
    hf_node_id list = add_node(&world, T_LIST), word = add_node(&world, T_WORD);
    hold(&world, list, 1, "_db.so: pool");
    hold(&world, list, 2, "_db.so: last");
    hold(&world, list, 7, "");
    hf_builder_add_outside(world.builder, list, 4, HF_NAME_STACK, "");
    hold(&world, add_str(&world, "x"), 90, "");
    hold(&world, word, 6, "");
    hold(&world, add_counted(&world, T_TYPE, 1, HF_NODE_TYPE), 8, "");
    hold(&world, add_counted(&world, T_TYPE, 1, HF_NODE_TYPE), 9, "");
    hold(&world, world.module, 1, "");
    hold(&world, add_node(&world, T_DICT), 5, "odd");
    hf_builder_add_outside(world.builder, add_node(&world, T_DICT), 2, HF_NAME_ATTRIBUTE, "numpy.dtype");
    finish_world(&world);
    struct hf_native *native = ask(world.snapshot, NULL);
    assert_int_equal(native->num_rows, 10);
    assert_int_equal(native->num_objects, 8);
    assert_int_equal(native->num_references, 135);
    assert_int_equal(native->num_unexplained_objects, 3);
    assert_int_equal(native->num_unexplained_references, 9 + 7 + 6);
    check_row(&native->rows[0], "type", HF_NATIVE_UNEXPLAINED, 1, 9);
    check_row(&native->rows[1], "list", HF_NATIVE_UNEXPLAINED, 1, 7);
    check_row(&native->rows[2], "shop.Word", HF_NATIVE_UNEXPLAINED, 1, 6);
    check_row(&native->rows[3], "str", HF_NATIVE_CONSTANT, 1, 90);
    check_row(&native->rows[4], "type", HF_NATIVE_CLASS, 1, 8);
    check_row(&native->rows[5], "dict", HF_NATIVE_VARIABLE, 1, 5);
    assert_string_equal(native->rows[5].where, "odd");
    check_row(&native->rows[6], "list", HF_NATIVE_STACK, 1, 4);
    check_row(&native->rows[7], "list", HF_NATIVE_VARIABLE, 1, 3);
    assert_string_equal(native->rows[7].where, "_db.so");
    assert_string_equal(native->rows[7].example_variable, "last");
    assert_int_equal(native->rows[7].example_references, 2);
    check_row(&native->rows[8], "dict", HF_NATIVE_OBJECT, 1, 2);
    assert_string_equal(native->rows[8].where, "numpy.dtype");
    check_row(&native->rows[9], "module", HF_NATIVE_MODULE, 1, 1);
    assert_false(native->is_comparison);
    hf_native_destroy(native);
    end_world(&world);
}

/* Of the variables of one library, that in the middle has a reason of its own: the object is still one. */
static void test_reasons_between(void **state) {
    (void)state;
    struct world world = begin_world();
    hf_node_id list = add_node(&world, T_LIST);
    hold(&world, list, 1, "python: Aa");
    hold(&world, list, 1, "python: _PyRuntime");
    hold(&world, list, 1, "python: zz");
    finish_world(&world);
    struct hf_native *native = ask(world.snapshot, NULL);
    assert_int_equal(native->num_rows, 2);
    check_row(&native->rows[0], "list", HF_NATIVE_VARIABLE, 1, 2);
    check_row(&native->rows[1], "list", HF_NATIVE_INTERPRETER, 1, 1);
    hf_native_destroy(native);
    end_world(&world);
}

/* ---- danger ---- */

static void test_danger(void **state) {
    (void)state;
    struct world world = begin_world();
    hf_node_id tuple = add_counted(&world, T_TUPLE, 1, HF_NODE_IMMORTAL), list = add_node(&world, T_LIST);
    hf_node_id scanned = add_counted(&world, T_DEQUE, 1, HF_NODE_SCANNED);
    hf_node_id victim = add_counted(&world, T_DICT, 1, 0), doubtful = add_counted(&world, T_DICT, 1, 0);
    hf_node_id frozen = add_counted(&world, T_DICT, 1, 0), immortal = add_counted(&world, T_NONE, 1, HF_NODE_IMMORTAL);
    for (unsigned i = 0; i < 3; i++) {
        link_nodes(&world, list, victim, HF_NAME_ITEM, "");
        link_nodes(&world, list, immortal, HF_NAME_ITEM, "");
        link_nodes(&world, tuple, frozen, HF_NAME_ITEM, "");
    }
    link_nodes(&world, list, frozen, HF_NAME_ITEM, "");
    link_nodes(&world, list, doubtful, HF_NAME_ITEM, "");
    link_nodes(&world, scanned, doubtful, HF_NAME_NONE, "");
    hf_builder_add_root(world.builder, victim, HF_ROOT_INTERPRETER, "a field", HF_NO_FRAME);
    hf_builder_add_root(world.builder, victim, HF_ROOT_MODULE, "no reference", HF_NO_FRAME);
    finish_world(&world);
    struct hf_native *native = ask(world.snapshot, NULL);
    assert_int_equal(native->num_immortal, 2);
    assert_int_equal(native->num_all_dangers, 2);
    assert_int_equal(native->dangers[0].node, victim);
    assert_false(native->dangers[0].is_doubtful);
    assert_int_equal(native->dangers[0].num_found, 4);
    assert_int_equal(native->dangers[0].refcount, 1);
    assert_string_equal(native->dangers[0].text, "4 references were found and 1 is counted: 3 Py_DECREFs too many. It "
                                                 "will be freed while it is still in use");
    assert_int_equal(native->dangers[1].node, doubtful);
    assert_true(native->dangers[1].is_doubtful);
    hf_native_destroy(native);
    end_world(&world);
}

/* ---- random worlds and their twin ---- */

#define NUM_OBJECTS 40
#define NUM_SIDES 2          /* before, now */

static const enum world_type random_types[] = {T_LIST, T_DICT, T_STR, T_INT, T_SET};
static const char *const random_names[] = {"list", "dict", "str", "int", "set"};

/* What the twin knows: objects by address, of which each moment has some. */
struct books {
    unsigned type[NUM_OBJECTS];
    bool exists[NUM_SIDES][NUM_OBJECTS];
    uint32_t seen[NUM_SIDES][NUM_OBJECTS], others[NUM_SIDES][NUM_OBJECTS];
    uint32_t refcount[NUM_OBJECTS], found[NUM_OBJECTS];
};

static struct books make_books(uint64_t *random) {
    struct books books = {0};
    for (unsigned i = 0; i < NUM_OBJECTS; i++) {
        unsigned fate = random_below(random, 6);
        books.type[i] = random_below(random, 5);
        books.refcount[i] = 1 + random_below(random, 4);
        books.exists[0][i] = fate != 0;
        books.exists[1][i] = fate != 1;
        for (unsigned side = 0; side < NUM_SIDES; side++) {
            books.seen[side][i] = random_below(random, 3) == 0 ? 1 + random_below(random, 3) : 0;
            books.others[side][i] = random_below(random, 2) == 0 ? 1 + random_below(random, 30) : 0;
        }
    }
    return books;
}

/* Each object is an item of the module's list; some have further references to it. */
static struct world make_side(struct books *books, unsigned side, uint64_t random) {
    struct world world = begin_world();
    hf_node_id list = add_global(&world, "ALL", T_LIST);
    uint64_t first_addr = 0x7f0000100000;
    for (unsigned i = 0; i < NUM_OBJECTS; i++) {
        unsigned num_items = 1 + random_below(&random, 3);
        if (!books->exists[side][i])
            continue;
        hf_node_id node = hf_builder_add_node(world.builder, first_addr + 64 * i, random_types[books->type[i]], 64,
                                              books->refcount[i], 0);
        for (unsigned item = 0; item < num_items; item++)
            link_nodes(&world, list, node, HF_NAME_ITEM, "");
        books->found[i] = num_items;
        if (books->seen[side][i] > 0)
            hold(&world, node, books->seen[side][i], "_db.so: pool");
        if (books->others[side][i] > 0)
            hold(&world, node, books->others[side][i], "");
    }
    finish_world(&world);
    return world;
}

/* Sums by type and reason: VARIABLE, CONSTANT, UNEXPLAINED. */
struct sums {
    int64_t references[5][HF_NATIVE_NUM_REASONS], objects[5][HF_NATIVE_NUM_REASONS];
};

static enum hf_native_reason reason_of(const struct books *books, unsigned i) {
    return books->type[i] == 2 || books->type[i] == 3 ? HF_NATIVE_CONSTANT : HF_NATIVE_UNEXPLAINED;
}

static void add_held(struct sums *sums, const struct books *books, unsigned side, unsigned i, int sign) {
    unsigned type = books->type[i];
    if (!books->exists[side][i])
        return;
    sums->references[type][HF_NATIVE_VARIABLE] += sign * (int64_t)books->seen[side][i];
    sums->objects[type][HF_NATIVE_VARIABLE] += sign * (books->seen[side][i] > 0);
    sums->references[type][reason_of(books, i)] += sign * (int64_t)books->others[side][i];
    sums->objects[type][reason_of(books, i)] += sign * (books->others[side][i] > 0);
}

/* An object that is in both: what was seen explains as much; an int need not be explained until it has doubled. */
static void add_change(struct sums *sums, const struct books *books, unsigned i) {
    int64_t seen = (int64_t)books->seen[1][i] - books->seen[0][i];
    int64_t then = (int64_t)books->seen[0][i] + books->others[0][i];
    int64_t now = (int64_t)books->seen[1][i] + books->others[1][i];
    int64_t change = now - then, rest = change;
    bool last_is_seen = now > 0 ? books->others[1][i] == 0 : books->others[0][i] == 0;
    enum hf_native_reason reason = HF_NATIVE_VARIABLE;
    if (change == 0)
        return;
    if (!last_is_seen && (change > 0 ? change > seen : change < seen)) {
        if ((change > 0) == (seen > 0))
            rest -= seen;
        bool is_usual = books->type[i] == 3 && (rest > 0 ? rest : -rest) < then;
        reason = is_usual ? HF_NATIVE_CONSTANT : HF_NATIVE_UNEXPLAINED;
    } else if (!last_is_seen) {
        reason = reason_of(books, i);
    }
    sums->references[books->type[i]][reason] += rest;
    sums->objects[books->type[i]][reason] += (then == 0) - (now == 0);
}

static unsigned find_type(const char *name) {
    for (unsigned type = 0; type < 5; type++)
        if (strcmp(random_names[type], name) == 0)
            return type;
    fail_msg("no such type: %s", name);
    return 0;
}

static void check_held(const struct hf_native *native, const struct books *books) {
    struct sums sums = {0};
    unsigned num_rows = 0;
    for (unsigned i = 0; i < NUM_OBJECTS; i++)
        add_held(&sums, books, 1, i, 1);
    for (unsigned type = 0; type < 5; type++)
        for (unsigned reason = 0; reason < HF_NATIVE_NUM_REASONS; reason++)
            num_rows += sums.objects[type][reason] > 0;
    assert_int_equal(native->num_rows, num_rows);
    for (size_t i = 0; i < native->num_rows; i++) {
        unsigned type = find_type(native->rows[i].type);
        assert_int_equal(native->rows[i].num_references, sums.references[type][native->rows[i].reason]);
        assert_int_equal(native->rows[i].num_objects, sums.objects[type][native->rows[i].reason]);
    }
}

static void check_dangers(const struct hf_native *native, const struct books *books) {
    unsigned num_dangers = 0, num_found = 0;
    for (unsigned i = 0; i < NUM_OBJECTS; i++) {
        bool is_danger = books->exists[1][i] && books->found[i] > books->refcount[i];
        num_dangers += is_danger;
        num_found += is_danger ? books->found[i] : 0;
    }
    assert_int_equal(native->num_all_dangers, num_dangers);
    for (size_t i = 0; i < native->num_dangers; i++)
        num_found -= (unsigned)native->dangers[i].num_found;
    assert_int_equal(num_found, 0);
}

static void check_grown(const struct hf_native *native, const struct books *books) {
    struct sums sums = {0};
    unsigned num_rows = 0;
    for (unsigned i = 0; i < NUM_OBJECTS; i++) {
        if (books->exists[0][i] && books->exists[1][i]) {
            add_change(&sums, books, i);
        } else {
            add_held(&sums, books, 1, i, 1);
            add_held(&sums, books, 0, i, -1);
        }
    }
    for (unsigned type = 0; type < 5; type++)
        for (unsigned reason = 0; reason < HF_NATIVE_NUM_REASONS; reason++)
            num_rows += sums.references[type][reason] > 0;
    assert_int_equal(native->num_grown, num_rows);
    for (size_t i = 0; i < native->num_grown; i++) {
        const struct hf_native_growth *growth = &native->grown[i];
        unsigned type = find_type(growth->type);
        assert_int_equal(growth->references_growth, sums.references[type][growth->reason]);
        assert_int_equal(growth->objects_growth, sums.objects[type][growth->reason]);
        assert_true(growth->per_call * 10 == (double)growth->references_growth);
        assert_true(growth->text[0] != '\0');
    }
}

static void test_random(void **state) {
    (void)state;
    uint64_t random = 88172645463325252;
    for (unsigned round = 0; round < 2000; round++) {
        struct books books = make_books(&random);
        uint64_t edges = random;
        struct world before = make_side(&books, 0, edges), now = make_side(&books, 1, edges);
        struct hf_native *native = ask(now.snapshot, before.snapshot);
        assert_true(native->by_address);
        check_held(native, &books);
        check_dangers(native, &books);
        check_grown(native, &books);
        hf_native_destroy(native);
        end_world(&now);
        end_world(&before);
    }
}

/* ---- limits and failures ---- */

static void test_limit(void **state) {
    (void)state;
    uint64_t random = 4;
    struct books books = make_books(&random);
    struct world before = make_side(&books, 0, random), now = make_side(&books, 1, random);
    const struct hf_native_options options = {.struct_size = sizeof options, .limit = 1};
    struct hf_native *native;
    assert_int_equal(hf_native_create(now.snapshot, before.snapshot, &options, &native, NULL), HF_OK);
    assert_int_equal(native->num_rows, 1);
    assert_int_equal(native->num_grown, 1);
    assert_int_equal(native->num_dangers, 1);
    assert_true(native->num_all_rows > 1 && native->num_all_grown > 1 && native->num_all_dangers > 1);
    hf_native_destroy(native);
    const struct hf_native_options unset = {.limit = 1};
    assert_int_equal(hf_native_create(now.snapshot, NULL, &unset, &native, NULL), HF_ERR_ARGUMENT);
    end_world(&now);
    end_world(&before);
}

static void test_no_memory(void **state) {
    (void)state;
    uint64_t random = 4;
    struct books books = make_books(&random);
    struct world before = make_side(&books, 0, random), now = make_side(&books, 1, random);
    struct hf_native *native = NULL;
    enum hf_status status = HF_ERR_NOMEM;
    unsigned long n = 0;
    while (status != HF_OK) {
        hf_memory_fail_after(++n);
        status = hf_native_create(now.snapshot, before.snapshot, NULL, &native, NULL);
        hf_memory_fail_after(0);
        assert_true(status == HF_OK || (status == HF_ERR_NOMEM && native == NULL));
    }
    assert_true(n > 20);
    hf_native_destroy(native);
    end_world(&now);
    end_world(&before);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reasons), cmocka_unit_test(test_reasons_between), cmocka_unit_test(test_danger),
        cmocka_unit_test(test_random),  cmocka_unit_test(test_limit),           cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
