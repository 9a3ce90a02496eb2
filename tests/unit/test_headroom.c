/* test_headroom.c - how much memory is left, by files that the test writes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "folder.h"
#include "memory/headroom.h"

#define MIB UINT64_C(1048576)

/* Writes a file below the folder, with the folders that lead to it. */
static void put(void **state, const char *path, const char *text) {
    char command[1024];
    struct folder *folder = *state;
    snprintf(command, sizeof command, "mkdir -p \"$(dirname '%s/tree/%s')\"", folder->path, path);
    assert_int_equal(system(command), 0);
    snprintf(command, sizeof command, "%s/tree/%s", folder->path, path);
    FILE *file = fopen(command, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static uint64_t headroom(void **state) {
    return hf_headroom_bytes_under(folder_file(*state, "tree"), 7);
}

static int teardown(void **state) {
    char command[256];
    snprintf(command, sizeof command, "rm -r '%s/tree'", ((struct folder *)*state)->path);
    return system(command) != 0 || folder_teardown(state);
}

static void is_what_the_system_has(void **state) {
    put(state, "proc/meminfo", "MemTotal: 1000 kB\nMemAvailable:    2048 kB\n");
    assert_int_equal(headroom(state), 2 * MIB);
    put(state, "proc/7/cgroup", "0::/\n");
    assert_int_equal(headroom(state), 2 * MIB);
}

static void is_what_a_group_leaves(void **state) {
    put(state, "proc/meminfo", "MemAvailable: 102400000 kB\n");
    put(state, "proc/7/cgroup", "3:cpu,cpuacct:/x\n0::/a/b\n");
    put(state, "sys/fs/cgroup/a/b/memory.max", "max\n");
    put(state, "sys/fs/cgroup/a/b/memory.current", "52428800\n");
    put(state, "sys/fs/cgroup/a/memory.max", "104857600\n");
    put(state, "sys/fs/cgroup/a/memory.current", "62914560\n");
    assert_int_equal(headroom(state), 40 * MIB);
    put(state, "sys/fs/cgroup/a/b/memory.max", "57671680\n");
    assert_int_equal(headroom(state), 5 * MIB);
    put(state, "sys/fs/cgroup/a/b/memory.max", "100\n");
    assert_int_equal(headroom(state), 0);
}

static void counts_pages_of_files_that_can_be_dropped(void **state) {
    put(state, "proc/meminfo", "MemAvailable: 102400000 kB\n");
    put(state, "proc/7/cgroup", "0::/a\n");
    put(state, "sys/fs/cgroup/a/memory.max", "104857600\n");
    put(state, "sys/fs/cgroup/a/memory.current", "104857600\n");
    put(state, "sys/fs/cgroup/a/memory.stat", "anon 1\nfile 2\ninactive_file 10485760\nactive_file 3\n");
    assert_int_equal(headroom(state), 10 * MIB);
    put(state, "sys/fs/cgroup/a/memory.stat", "inactive_file 999999999999\n");
    assert_int_equal(headroom(state), 100 * MIB);
}

static void knows_version_1(void **state) {
    put(state, "proc/meminfo", "MemAvailable: 102400000 kB\n");
    put(state, "proc/7/cgroup", "9:memory:/app\n0::/app\n");
    put(state, "sys/fs/cgroup/memory/app/memory.limit_in_bytes", "104857600\n");
    put(state, "sys/fs/cgroup/memory/app/memory.usage_in_bytes", "94371840\n");
    put(state, "sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
    put(state, "sys/fs/cgroup/memory/memory.usage_in_bytes", "94371840\n");
    assert_int_equal(headroom(state), 10 * MIB);
    put(state, "sys/fs/cgroup/memory/app/memory.stat", "inactive_file 1\ntotal_inactive_file 1048576\n");
    assert_int_equal(headroom(state), 11 * MIB);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(is_what_the_system_has, folder_setup, teardown),
        cmocka_unit_test_setup_teardown(is_what_a_group_leaves, folder_setup, teardown),
        cmocka_unit_test_setup_teardown(counts_pages_of_files_that_can_be_dropped, folder_setup, teardown),
        cmocka_unit_test_setup_teardown(knows_version_1, folder_setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
