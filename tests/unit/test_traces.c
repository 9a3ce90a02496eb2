/*
 * test_traces.c - tracemalloc's table in a memory made of bytes, whole and damaged in every way.
 *
 *   0x100000   variables of a module: words, one of which leads to the table
 *   0x200000   malloc'ed: table, buckets, entries, traces, tracebacks
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "cpython/traces.h"

#define VARIABLES UINT64_C(0x100000)
#define HEAP UINT64_C(0x200000)
#define MEMORY_BYTES 0x8000
#define CODE UINT64_C(0x80000)
#define HASH (CODE + 0x10)
#define COMPARE (CODE + 0x20)
#define NUM_BUCKETS 16
#define NUM_BLOCKS 40
#define TABLE HEAP
#define BUCKETS (HEAP + 0x100)
#define ENTRIES (HEAP + 0x400)
#define TRACES (HEAP + 0x1000)
#define TRACEBACKS (HEAP + 0x2000)

struct target {
    struct hf_memory memory;     /* the first member */
    struct hf_maps maps;
    uint8_t variables[MEMORY_BYTES], heap[MEMORY_BYTES];
};

static const void *view(struct hf_memory *memory, uint64_t addr, size_t size) {
    struct target *target = (struct target *)memory;
    if (addr >= VARIABLES && size <= MEMORY_BYTES && addr - VARIABLES <= MEMORY_BYTES - size)
        return target->variables + (addr - VARIABLES);
    if (addr >= HEAP && size <= MEMORY_BYTES && addr - HEAP <= MEMORY_BYTES - size)
        return target->heap + (addr - HEAP);
    return NULL;
}

static void put(struct target *target, uint64_t addr, uint64_t word) {
    uint8_t *at = addr >= HEAP ? target->heap + (addr - HEAP) : target->variables + (addr - VARIABLES);
    memcpy(at, &word, sizeof word);
}

static uint64_t block_of(unsigned i) {
    return 0x7F0000000000 + i * 0x30;
}

static uint64_t bucket_of(uint64_t block) {
    return BUCKETS + (block >> 4 & (NUM_BUCKETS - 1)) * 8;
}

/* Block i has a traceback of i % 3 + 1 frames; one of two frames had an older one. */
static void add_block(struct target *target, unsigned i) {
    uint64_t entry = ENTRIES + i * 32, trace = TRACES + i * 16, traceback = TRACEBACKS + i * 64;
    uint64_t first = hf_memory_word(&target->memory, bucket_of(block_of(i))), num_frames = i % 3 + 1;
    put(target, bucket_of(block_of(i)), entry);
    put(target, entry, first);
    put(target, entry + 16, block_of(i));
    put(target, entry + 24, trace);
    put(target, trace + 8, traceback);
    put(target, traceback + 8, num_frames | (num_frames + (num_frames == 2)) << 16);
    for (uint64_t frame = 0; frame < num_frames; frame++) {
        put(target, traceback + 12 + frame * 12, 0x5000 + i);
        uint32_t line = (uint32_t)(i * 10 + frame);
        memcpy(target->heap + (traceback - HEAP) + 12 + frame * 12 + 8, &line, sizeof line);
    }
}

static void add_map(struct target *target, uint64_t start, uint64_t end, uint32_t permissions, const char *path,
                    uint64_t inode) {
    const struct hf_map map = {.start = start, .end = end, .permissions = permissions, .path = path, .inode = inode};
    assert_true(hf_maps_add(&target->maps, &map));
}

static struct target *make_target(void) {
    struct target *target = calloc(1, sizeof *target);
    target->memory.view = view;
    add_map(target, CODE, CODE + 0x1000, HF_MAP_READ | HF_MAP_EXECUTE, "/python", 7);
    add_map(target, VARIABLES - 0x1000, VARIABLES, HF_MAP_READ | HF_MAP_WRITE, "/python", 7);
    add_map(target, VARIABLES, VARIABLES + MEMORY_BYTES, HF_MAP_READ | HF_MAP_WRITE, "", 0);
    add_map(target, HEAP, HEAP + MEMORY_BYTES, HF_MAP_READ | HF_MAP_WRITE, "[heap]", 0);
    put(target, TABLE, NUM_BLOCKS);
    put(target, TABLE + 8, NUM_BUCKETS);
    put(target, TABLE + 16, BUCKETS);
    put(target, TABLE + 32, HASH);
    put(target, TABLE + 40, COMPARE);
    put(target, TABLE + 56, CODE + 0x30);
    for (unsigned i = 0; i < NUM_BLOCKS; i++)
        add_block(target, i);
    put(target, VARIABLES + 0x18, HEAP + 0x300);
    put(target, VARIABLES + 0x88, TABLE);
    return target;
}

static void end_target(struct target *target) {
    hf_maps_deinit(&target->maps);
    free(target);
}

static uint64_t search(struct target *target) {
    return hf_traces_search(&target->memory, &target->maps, HASH, COMPARE);
}

static void test_blocks(void **state) {
    (void)state;
    struct target *target = make_target();
    struct hf_traces traces;
    struct hf_traceback traceback;
    assert_true(hf_traces_open(&traces, &target->memory, TABLE));
    for (unsigned i = 0; i < NUM_BLOCKS; i++) {
        assert_true(hf_traces_find(&traces, block_of(i), &traceback));
        assert_int_equal(traceback.num_frames, i % 3 + 1);
        assert_int_equal(traceback.is_cut, i % 3 == 1);
        for (uint32_t frame = 0; frame < traceback.num_frames; frame++) {
            struct hf_trace_frame found;
            assert_true(hf_traceback_frame(&traces, &traceback, frame, &found));
            assert_int_equal(found.filename, 0x5000 + i);
            assert_int_equal(found.line, i * 10 + frame);
        }
        assert_false(hf_traces_find(&traces, block_of(i) + 16, &traceback));
    }
    end_target(target);
}

static void test_search(void **state) {
    (void)state;
    struct target *target = make_target();
    assert_int_equal(search(target), TABLE);
    assert_int_equal(hf_traces_search(&target->memory, &target->maps, HASH, COMPARE + 8), 0);
    assert_int_equal(hf_traces_search(&target->memory, &target->maps, 0, COMPARE), 0);
    put(target, TABLE + 48, 1);     /* a table that owns its keys is another one */
    assert_int_equal(search(target), 0);
    put(target, TABLE + 48, 0);
    put(target, TABLE + 56, 0);     /* or one whose values are nobody's */
    assert_int_equal(search(target), 0);
    put(target, TABLE + 56, CODE);
    uint64_t entry = hf_memory_word(&target->memory, bucket_of(block_of(0)));
    put(target, entry + 24, 3);     /* or one whose values are no traces */
    assert_int_equal(search(target), 0);
    end_target(target);
}

/* Variables of a module that do not end, as a core file may have it: a search that does. */
static void test_search_without_end(void **state) {
    (void)state;
    const uint64_t middle = UINT64_C(1) << 55;
    struct target *target = make_target();
    add_map(target, HEAP + UINT64_C(0x100000), middle, HF_MAP_READ | HF_MAP_WRITE, "/python", 7);
    add_map(target, middle, UINT64_MAX - 16, HF_MAP_READ | HF_MAP_WRITE, "/python", 7);
    add_map(target, UINT64_MAX - 16, UINT64_MAX, HF_MAP_READ | HF_MAP_WRITE, "/python", 7);
    assert_int_equal(search(target), TABLE);
    put(target, VARIABLES + 0x88, 0);
    assert_int_equal(search(target), 0);
    end_target(target);
}

static void test_tables_that_are_none(void **state) {
    (void)state;
    static const struct { uint64_t at, word; } damages[] = {
        {8, 0}, {8, 3}, {8, UINT64_C(1) << 40}, {16, 0}, {16, BUCKETS + 4}, {16, 0x900000}};
    struct hf_traces traces;
    for (size_t i = 0; i < sizeof damages / sizeof *damages; i++) {
        struct target *target = make_target();
        put(target, TABLE + damages[i].at, damages[i].word);
        assert_false(hf_traces_open(&traces, &target->memory, TABLE));
        assert_int_equal(search(target), 0);
        end_target(target);
    }
    struct target *target = make_target();
    assert_false(hf_traces_open(&traces, &target->memory, 0));
    assert_false(hf_traces_open(&traces, &target->memory, HEAP + MEMORY_BYTES - 8));
    end_target(target);
}

/* A chain that leads back to itself ends; so does one that leads out of the memory. */
static void test_chains_that_do_not_end(void **state) {
    (void)state;
    struct target *target = make_target();
    struct hf_traces traces;
    struct hf_traceback traceback;
    assert_true(hf_traces_open(&traces, &target->memory, TABLE));
    uint64_t absent = block_of(0) + ((uint64_t)NUM_BUCKETS << 20);
    uint64_t entry = hf_memory_word(&target->memory, bucket_of(absent));
    assert_int_not_equal(entry, 0);
    put(target, entry, entry);
    assert_false(hf_traces_find(&traces, absent, &traceback));
    put(target, entry, 0x123456789000);
    assert_false(hf_traces_find(&traces, absent, &traceback));
    end_target(target);
}

static void test_tracebacks_that_are_none(void **state) {
    (void)state;
    struct target *target = make_target();
    struct hf_traces traces;
    struct hf_traceback traceback;
    struct hf_trace_frame frame;
    assert_true(hf_traces_open(&traces, &target->memory, TABLE));
    put(target, TRACES + 8, 0x900000);
    assert_false(hf_traces_find(&traces, block_of(0), &traceback));
    put(target, TRACES + 8, 0);
    assert_false(hf_traces_find(&traces, block_of(0), &traceback));
    put(target, TRACES + 16 + 8, TRACEBACKS);
    put(target, TRACEBACKS + 8, 0);             /* no frames */
    assert_false(hf_traces_find(&traces, block_of(1), &traceback));
    put(target, TRACEBACKS + 8, 5 | 3 << 16);   /* more frames than there were */
    assert_false(hf_traces_find(&traces, block_of(1), &traceback));
    put(target, TRACEBACKS + 8, 0xFFFF | UINT64_C(0xFFFF) << 16);
    assert_true(hf_traces_find(&traces, block_of(1), &traceback));
    assert_false(hf_traceback_frame(&traces, &traceback, 0xFFFE, &frame));
    end_target(target);
}

/* Bytes at random in the table and all that it leads to: an answer or none, and an end. */
static void test_random_damage(void **state) {
    (void)state;
    srand(1);
    for (int round = 0; round < 2000; round++) {
        struct target *target = make_target();
        struct hf_traces traces;
        for (int i = 0; i < 20; i++)
            put(target, HEAP + (uint64_t)rand() % (0x2C00 / 8) * 8,
                rand() % 2 ? HEAP + (uint64_t)rand() % MEMORY_BYTES : (uint64_t)rand() << (rand() % 40));
        (void)search(target);
        for (unsigned i = 0; hf_traces_open(&traces, &target->memory, TABLE) && i < NUM_BLOCKS; i++) {
            struct hf_traceback traceback;
            struct hf_trace_frame frame;
            if (hf_traces_find(&traces, block_of(i), &traceback))
                for (uint32_t at = 0; at < traceback.num_frames; at++)
                    if (!hf_traceback_frame(&traces, &traceback, at, &frame))
                        break;
        }
        end_target(target);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_blocks),
        cmocka_unit_test(test_search),
        cmocka_unit_test(test_search_without_end),
        cmocka_unit_test(test_tables_that_are_none),
        cmocka_unit_test(test_chains_that_do_not_end),
        cmocka_unit_test(test_tracebacks_that_are_none),
        cmocka_unit_test(test_random_damage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
