/* test_own_copy.c - work in a copy of this process: its result, its end, and that the process does not notice. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/memory.h"
#include "memory/headroom.h"
#include "memory/own_copy.h"

#define LIMIT_SECONDS 60

static volatile sig_atomic_t num_child_signals;

static void count_child_signal(int number) {
    (void)number;
    num_child_signals++;
}

/* A shared region, an arena in it, and memory of the process alone. */
struct work {
    struct hf_region *shared;
    int alone;
};

static void write_squares(void *context) {
    struct work *work = context;
    uint32_t *squares = (uint32_t *)(void *)work->shared->data;
    for (uint32_t i = 0; i < 100000; i++)
        squares[i] = i * i;
    work->alone = 2;
}

static void crash(void *context) {
    (void)context;
    __builtin_trap();
}

static void read_nothing(void *context) {
    *(volatile int *)context;
}

static void sleep_for_ever(void *context) {
    (void)context;
    for (;;)
        pause();
}

static bool run(void (*work)(void *context), void *context, unsigned limit_seconds) {
    uint64_t cpu_ns;
    pid_t copy = hf_own_copy_start(work, context, limit_seconds);
    assert_true(copy > 0);
    bool is_done = hf_own_copy_wait(copy, &cpu_ns);
    /* Reaped: it is nobody's child any more. */
    assert_int_equal(waitpid(copy, NULL, __WALL), -1);
    return is_done;
}

static void test_result_in_shared_memory(void **state) {
    (void)state;
    struct hf_region shared = {0};
    assert_true(hf_region_init_shared(&shared, 1 << 20));
    struct work work = {&shared, 1};
    assert_true(run(write_squares, &work, LIMIT_SECONDS));
    for (uint32_t i = 0; i < 100000; i++)
        assert_int_equal(((uint32_t *)(void *)shared.data)[i], i * i);
    assert_int_equal(work.alone, 1);
    hf_region_deinit(&shared);
}

static void test_shared_region_never_grows(void **state) {
    (void)state;
    struct hf_region shared = {0};
    assert_true(hf_region_init_shared(&shared, 10000));
    uint8_t *data = shared.data;
    assert_true(hf_region_reserve(&shared, 10000));
    assert_false(hf_region_reserve(&shared, 100000));
    assert_ptr_equal(shared.data, data);
    struct hf_arena arena = {.room = &shared};
    uint8_t *first = hf_arena_alloc(&arena, 1, 1000);
    assert_null(first);      /* a block is larger than this room */
    assert_true(arena.failed);
    hf_arena_deinit(&arena);
    shared.used_bytes = 5000;
    hf_region_trim(&shared);
    assert_int_equal(shared.capacity_bytes, 8192);
    hf_region_deinit(&shared);
}

static void test_arena_in_a_region(void **state) {
    (void)state;
    struct hf_region shared = {0};
    assert_true(hf_region_init_shared(&shared, 1 << 20));
    struct hf_arena arena = {.room = &shared};
    for (size_t i = 1; i < 100; i++) {
        uint8_t *memory = hf_arena_alloc(&arena, i, 7);
        assert_in_range((uintptr_t)memory, (uintptr_t)shared.data, (uintptr_t)shared.data + (1 << 20) - 7 * i);
        assert_int_equal((uintptr_t)memory % 16, 0);
        for (size_t j = 0; j < 7 * i; j++)
            assert_int_equal(memory[j]++, 0);
    }
    assert_false(arena.failed);
    hf_arena_deinit(&arena);
    hf_region_deinit(&shared);
}

static void test_crash_is_told(void **state) {
    (void)state;
    assert_false(run(crash, NULL, LIMIT_SECONDS));
    assert_false(run(read_nothing, NULL, LIMIT_SECONDS));
}

static void test_time_is_limited(void **state) {
    (void)state;
    assert_false(run(sleep_for_ever, NULL, 1));
}

static void test_the_process_does_not_notice(void **state) {
    (void)state;
    struct sigaction count = {.sa_handler = count_child_signal}, old_child, old_alarm, alarm_after;
    sigset_t before, after;
    struct hf_region shared = {0};
    assert_true(hf_region_init_shared(&shared, 1 << 20));
    struct work work = {&shared, 1};
    sigemptyset(&before);
    sigaddset(&before, SIGUSR1);
    sigprocmask(SIG_SETMASK, &before, NULL);
    sigaction(SIGCHLD, &count, &old_child);
    sigaction(SIGALRM, NULL, &old_alarm);
    uint64_t cpu_ns;
    pid_t copy = hf_own_copy_start(write_squares, &work, LIMIT_SECONDS);
    /* A program that waits for its own children does not find the copy. */
    assert_int_equal(waitpid(-1, NULL, 0), -1);
    assert_true(hf_own_copy_wait(copy, &cpu_ns));
    sigprocmask(SIG_SETMASK, NULL, &after);
    sigaction(SIGALRM, NULL, &alarm_after);
    assert_int_equal(num_child_signals, 0);
    assert_true(sigismember(&after, SIGUSR1));
    assert_false(sigismember(&after, SIGTERM));
    assert_ptr_equal(old_alarm.sa_handler, alarm_after.sa_handler);
    sigaction(SIGCHLD, &old_child, NULL);
    hf_region_deinit(&shared);
}

static void test_headroom(void **state) {
    (void)state;
    uint64_t own = hf_headroom_bytes(0);
    assert_true(own > 1 << 20);
    assert_true(own < UINT64_MAX);
    /* The same group and system, a moment later. */
    uint64_t named = hf_headroom_bytes(getpid());
    assert_true(named > own / 2 && named / 2 < own);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_result_in_shared_memory), cmocka_unit_test(test_shared_region_never_grows),
        cmocka_unit_test(test_arena_in_a_region),       cmocka_unit_test(test_crash_is_told),
        cmocka_unit_test(test_time_is_limited),         cmocka_unit_test(test_the_process_does_not_notice),
        cmocka_unit_test(test_headroom),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
