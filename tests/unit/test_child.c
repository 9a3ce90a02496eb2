/* test_child.c - work in a child: its result, every limit, and that nothing of it stays behind. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/memory.h"
#include "render/child.h"

#define MANY_BYTES ((size_t)3 << 20)

static const struct hf_child_limits usual_limits = {20000, 10, (uint64_t)1 << 30};

static unsigned count_descriptors(void) {
    DIR *folder = opendir("/proc/self/fd");
    assert_non_null(folder);
    unsigned count = 0;
    while (readdir(folder) != NULL)
        count++;
    closedir(folder);
    return count;
}

static void check_no_zombie(void) {
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
}

static struct hf_child_result run(hf_child_body body, const struct hf_child_limits *limits) {
    unsigned before = count_descriptors();
    struct hf_child_result result;
    struct hf_error error;
    assert_int_equal(hf_child_run(body, NULL, "a graph", 7, limits, &result, &error), HF_OK);
    check_no_zombie();
    assert_int_equal(count_descriptors(), before);
    return result;
}

static int echo_input(void *context, int result_fd) {
    (void)context;
    char buffer[64];
    ssize_t length = read(0, buffer, sizeof buffer);
    fprintf(stderr, "a warning");
    return length > 0 && write(result_fd, buffer, (size_t)length) == length ? 7 : 1;
}

static void test_result_messages_and_code(void **state) {
    (void)state;
    struct hf_child_result result = run(echo_input, &usual_limits);
    assert_int_equal(result.end, HF_CHILD_END_EXIT);
    assert_int_equal(result.code, 7);
    assert_string_equal(result.bytes.data, "a graph");
    assert_string_equal(result.messages.data, "a warning");
    hf_child_result_deinit(&result);
}

static int write_much(void *context, int result_fd) {
    (void)context;
    char block[4096];
    memset(block, 'x', sizeof block);
    for (size_t i = 0; i < MANY_BYTES / sizeof block; i++)
        if (write(result_fd, block, sizeof block) != sizeof block || write(2, block, sizeof block) != sizeof block)
            return 1;
    return 0;
}

static void test_more_than_a_pipe_holds(void **state) {
    (void)state;
    struct hf_child_result result = run(write_much, &usual_limits);
    assert_int_equal(result.code, 0);
    assert_int_equal(result.bytes.length, MANY_BYTES);
    assert_int_equal(result.messages.length, HF_CHILD_MAX_MESSAGES);
    hf_child_result_deinit(&result);
}

static int wait_forever(void *context, int result_fd) {
    (void)context;
    (void)result_fd;
    while (pause() != 0)
        ;
    return 0;
}

static void test_wall_clock_limit(void **state) {
    (void)state;
    const struct hf_child_limits limits = {150, 10, (uint64_t)1 << 30};
    struct hf_child_result result = run(wait_forever, &limits);
    assert_int_equal(result.end, HF_CHILD_END_WALL);
    hf_child_result_deinit(&result);
}

static int close_and_wait(void *context, int result_fd) {
    close(1);
    close(2);
    close(result_fd);
    return wait_forever(context, result_fd);
}

static void test_child_that_closes_its_ends_and_hangs(void **state) {
    (void)state;
    const struct hf_child_limits limits = {100, 10, (uint64_t)1 << 30};
    struct hf_child_result result = run(close_and_wait, &limits);
    assert_int_equal(result.end, HF_CHILD_END_WALL);
    hf_child_result_deinit(&result);
}

static int spin(void *context, int result_fd) {
    (void)context;
    (void)result_fd;
    volatile unsigned i = 1;
    while (i != 0)
        i |= 1;
    return 0;
}

static void test_cpu_limit(void **state) {
    (void)state;
    const struct hf_child_limits limits = {60000, 1, (uint64_t)1 << 30};
    struct hf_child_result result = run(spin, &limits);
    assert_int_equal(result.end, HF_CHILD_END_CPU);
    hf_child_result_deinit(&result);
}

static int eat_memory(void *context, int result_fd) {
    (void)context;
    (void)result_fd;
    while (mmap(NULL, (size_t)8 << 20, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED)
        ;
    abort();
}

static void test_memory_limit(void **state) {
    (void)state;
    const struct hf_child_limits limits = {20000, 10, (uint64_t)256 << 20};
    struct hf_child_result result = run(eat_memory, &limits);
    assert_int_equal(result.end, HF_CHILD_END_EXIT);
    assert_int_equal(result.code, HF_CHILD_NOMEM);
    hf_child_result_deinit(&result);
}

static int crash(void *context, int result_fd) {
    (void)context;
    (void)result_fd;
    raise(SIGSEGV);
    raise(SIGSEGV);
    return 0;
}

static void test_crash(void **state) {
    (void)state;
    struct hf_child_result result = run(crash, &usual_limits);
    assert_int_equal(result.end, HF_CHILD_END_SIGNAL);
    assert_int_equal(result.code, SIGSEGV);
    hf_child_result_deinit(&result);
}

static int witness[2];

static void tell_witness(void) {
    if (write(witness[1], "!", 1) != 1)
        abort();
}

static int call_exit(void *context, int result_fd) {
    (void)context;
    (void)result_fd;
    exit(0);
}

/* The handler of the caller would write into a pipe that the child has closed, and then abort. */
static void test_exit_runs_no_handlers_of_the_caller(void **state) {
    (void)state;
    assert_int_equal(pipe(witness), 0);
    assert_int_equal(atexit(tell_witness), 0);
    struct hf_child_result result = run(call_exit, &usual_limits);
    assert_int_equal(result.end, HF_CHILD_END_EXIT);
    assert_int_equal(result.code, HF_CHILD_EXITED);
    hf_child_result_deinit(&result);
}

static int count_open_descriptors(void *context, int result_fd) {
    (void)context;
    int count = 0;
    for (int fd = 0; fd < 200; fd++)
        count += fcntl(fd, F_GETFD) >= 0;
    struct rlimit core;
    struct sigaction action;
    if (getrlimit(RLIMIT_CORE, &core) != 0 || core.rlim_cur != 0 || sigaction(SIGINT, NULL, &action) != 0 ||
        action.sa_handler != SIG_DFL)
        return 100;
    return count == 4 && result_fd == 3 ? 0 : count;
}

static void ignore_signal(int number) {
    (void)number;
}

static void test_child_has_nothing_of_the_caller(void **state) {
    (void)state;
    int fd = open("/dev/null", O_RDONLY);
    assert_true(fd >= 0);
    signal(SIGINT, ignore_signal);
    struct hf_child_result result = run(count_open_descriptors, &usual_limits);
    assert_int_equal(result.code, 0);
    hf_child_result_deinit(&result);
    signal(SIGINT, SIG_DFL);
    close(fd);
}

static void test_result_with_ignored_children(void **state) {
    (void)state;
    signal(SIGCHLD, SIG_IGN);
    struct hf_child_result result = run(echo_input, &usual_limits);
    signal(SIGCHLD, SIG_DFL);
    assert_int_equal(result.end, HF_CHILD_END_EXIT);
    assert_int_equal(result.code, 0);
    assert_string_equal(result.bytes.data, "a graph");
    hf_child_result_deinit(&result);
}

static void test_no_descriptors_left(void **state) {
    (void)state;
    struct rlimit before, none;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    none = before;
    for (rlim_t limit = 3; limit < 8; limit++) {
        struct hf_child_result result;
        struct hf_error error = {0};
        none.rlim_cur = limit;
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
        enum hf_status status = hf_child_run(echo_input, NULL, "a graph", 7, &usual_limits, &result, &error);
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
        assert_int_equal(status, HF_ERR_IO);
        assert_int_equal(error.os_errno, EMFILE);
        check_no_zombie();
    }
}

static void test_failing_allocations(void **state) {
    (void)state;
    unsigned before = count_descriptors();
    for (unsigned long n = 1; n <= 2; n++) { /* the result, the messages */
        struct hf_child_result result;
        hf_memory_fail_after(n);
        enum hf_status status = hf_child_run(echo_input, NULL, "a graph", 7, &usual_limits, &result, NULL);
        hf_memory_fail_after(0);
        assert_int_equal(status, HF_ERR_NOMEM);
        check_no_zombie();
    }
    assert_int_equal(count_descriptors(), before);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_result_messages_and_code),
        cmocka_unit_test(test_more_than_a_pipe_holds),
        cmocka_unit_test(test_wall_clock_limit),
        cmocka_unit_test(test_child_that_closes_its_ends_and_hangs),
        cmocka_unit_test(test_cpu_limit),
        cmocka_unit_test(test_memory_limit),
        cmocka_unit_test(test_crash),
        cmocka_unit_test(test_child_has_nothing_of_the_caller),
        cmocka_unit_test(test_result_with_ignored_children),
        cmocka_unit_test(test_no_descriptors_left),
        cmocka_unit_test(test_failing_allocations),
        cmocka_unit_test(test_exit_runs_no_handlers_of_the_caller),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
