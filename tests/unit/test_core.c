/* test_core.c - core files as targets: what they hold, what the files of the machine add, and damaged ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <sys/mman.h>

#include "core_file.h"
#include "folder.h"
#include "memory/core.h"

#define OTHER_BUILD_ID "jihgfedcba9876543210"

static void write_bytes(const char *path, const void *bytes, size_t size) {
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

struct case_files {
    char library[128], core[128];
    struct core_bytes library_bytes, core_bytes;
};

/* Writes a library with this build id, and the core of a process that had mapped the one with CORE_BUILD_ID. */
static struct case_files make_files(void **state, const char *build_id) {
    struct case_files files;
    struct core_bytes mapped = core_make_library(CORE_BUILD_ID);
    strcpy(files.library, folder_file(*state, "libserver.so"));
    strcpy(files.core, folder_file(*state, "core"));
    files.library_bytes = core_make_library(build_id);
    files.core_bytes = core_make(files.library, &mapped);
    write_bytes(files.library, files.library_bytes.data, files.library_bytes.size);
    write_bytes(files.core, files.core_bytes.data, files.core_bytes.size);
    free(mapped.data);
    return files;
}

static void free_files(struct case_files *files) {
    free(files->library_bytes.data);
    free(files->core_bytes.data);
}

static struct hf_target *open_core(const char *path, const struct hf_core_open_options *options) {
    struct hf_error error = {0};
    struct hf_target *target = NULL;
    if (hf_core_open(path, options, &target, &error) != HF_OK)
        fail_msg("%s", error.message);
    return target;
}

static void assert_library_data(struct hf_target *target) {
    const uint8_t *data = hf_memory_view(&target->memory, CORE_LIBRARY + CORE_PAGE, CORE_PAGE);
    assert_non_null(data);
    for (size_t i = 0; i < CORE_PAGE; i++)
        assert_int_equal(data[i], i < CORE_LIBRARY_BYTES - CORE_PAGE ? (uint8_t)(i * 7) : 0);
}

static void holds_memory_threads_and_command(void **state) {
    struct case_files files = make_files(state, CORE_BUILD_ID);
    struct hf_target *target = open_core(files.core, NULL);
    assert_int_equal(target->kind, HF_TARGET_CORE);
    assert_int_equal(target->pid, CORE_PID);
    assert_string_equal(target->program, "python3 server.py");
    assert_int_equal(target->num_threads, 3);
    assert_int_equal(target->threads[2], CORE_PID + 2);
    assert_int_equal(target->machine, EM_X86_64);
    assert_int_equal(target->missing_bytes, 0);
    const uint64_t *words = hf_memory_view(&target->memory, CORE_HEAP, CORE_HEAP_BYTES);
    assert_non_null(words);
    for (uint64_t i = 0; i < CORE_HEAP_BYTES / 8; i++)
        assert_int_equal(words[i], i * 3);
    assert_null(hf_memory_view(&target->memory, CORE_HEAP + CORE_HEAP_BYTES - 8, 16));
    assert_null(hf_memory_view(&target->memory, CORE_HEAP - 8, 8));
    hf_target_destroy(target);
    free_files(&files);
}

static void takes_what_the_core_lacks_from_the_file(void **state) {
    struct case_files files = make_files(state, CORE_BUILD_ID);
    struct hf_target *target = open_core(files.core, NULL);
    assert_int_equal(target->num_modules, 1);
    assert_int_equal(target->main_module, 0);
    assert_library_data(target);
    struct hf_module_state module = hf_target_open_module(target, &target->modules[0]);
    assert_non_null(module.file);
    assert_string_equal(module.problem, "");
    assert_int_equal(module.bias, CORE_LIBRARY);
    assert_memory_equal(module.build_id.bytes, CORE_BUILD_ID, 20);
    hf_target_destroy(target);
    free_files(&files);
}

static void does_not_take_another_file(void **state) {
    struct case_files files = make_files(state, OTHER_BUILD_ID);
    struct hf_target *target = open_core(files.core, NULL);
    assert_null(hf_memory_view(&target->memory, CORE_LIBRARY + CORE_PAGE, 1));
    assert_non_null(hf_memory_view(&target->memory, CORE_LIBRARY, CORE_PAGE));
    struct hf_module_state module = hf_target_open_module(target, &target->modules[0]);
    assert_null(module.file);
    assert_non_null(strstr(module.problem, "build id"));
    assert_non_null(strstr(module.problem, files.library));
    hf_target_destroy(target);
    free_files(&files);
}

static void finds_files_elsewhere(void **state) {
    struct case_files files = make_files(state, OTHER_BUILD_ID);
    struct core_bytes right = core_make_library(CORE_BUILD_ID);
    char moved[128], root[128], path[1024];
    strcpy(moved, folder_file(*state, "moved"));
    write_bytes(moved, right.data, right.size);
    struct hf_target *target = open_core(files.core, &(struct hf_core_open_options){.binary = moved});
    assert_library_data(target);
    hf_target_destroy(target);

    strcpy(root, folder_file(*state, "root"));
    snprintf(path, sizeof path, "mkdir -p %s%s && mv %s %s%s", root, ((struct folder *)*state)->path, moved, root,
             files.library);
    assert_int_equal(system(path), 0);
    target = open_core(files.core, &(struct hf_core_open_options){.sysroot = root});
    assert_library_data(target);
    hf_target_destroy(target);
    snprintf(path, sizeof path, "rm -r %s", root);
    assert_int_equal(system(path), 0);
    free(right.data);
    free_files(&files);
}

static void says_what_a_truncated_core_lacks(void **state) {
    struct case_files files = make_files(state, CORE_BUILD_ID);
    size_t cut = files.core_bytes.size - CORE_STACK_BYTES - 3 * CORE_PAGE;
    write_bytes(files.core, files.core_bytes.data, cut);
    struct hf_target *target = open_core(files.core, NULL);
    assert_int_equal(target->missing_bytes, CORE_STACK_BYTES + 3 * CORE_PAGE);
    assert_null(hf_memory_view(&target->memory, CORE_STACK, 8));
    assert_null(hf_memory_view(&target->memory, CORE_HEAP + CORE_HEAP_BYTES - 3 * CORE_PAGE, 8));
    const uint64_t *last = hf_memory_view(&target->memory, CORE_HEAP + CORE_HEAP_BYTES - 3 * CORE_PAGE - 8, 8);
    assert_non_null(last);
    assert_int_equal(*last, ((CORE_HEAP_BYTES - 3 * CORE_PAGE) / 8 - 1) * 3);
    assert_library_data(target);
    hf_target_destroy(target);
    free_files(&files);
}

/* ---- hostile ---- */

/* Looks at everything; what opens must not contradict itself. */
static void look_around(struct hf_target *target) {
    uint64_t end = 0;
    char text[64];
    for (size_t i = 0; i < target->maps.count; i++) {
        const struct hf_map *map = &target->maps.list[i];
        assert_true(map->start >= end && map->start < map->end);
        end = map->end;
        assert_ptr_equal(hf_maps_find(&target->maps, map->start), map);
        (void)hf_memory_view(&target->memory, map->start, 64);
        (void)hf_memory_view(&target->memory, map->end - 1, 1);
        (void)hf_memory_view(&target->memory, map->start + (map->end - map->start) / 2, 100000);
        (void)hf_memory_text(&target->memory, map->start, text, sizeof text);
    }
    for (uint32_t i = 0; i < target->num_modules; i++) {
        struct hf_elf_range range;
        (void)hf_target_find_symbol(target, &target->modules[i], "_PyRuntime", &range);
        (void)hf_target_find_section(target, &target->modules[i], ".PyRuntime", &range);
    }
}

/* A file in memory: thousands of these are written. */
static void try_bytes(int fd, const uint8_t *bytes, size_t size) {
    char path[64];
    const struct hf_core_open_options options = {.cache_bytes = 1 << 20};
    struct hf_target *target = NULL;
    struct hf_error error = {0};
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    assert_int_equal(ftruncate(fd, 0), 0);
    assert_int_equal(pwrite(fd, bytes, size, 0), size);
    if (hf_core_open(path, &options, &target, &error) == HF_OK)
        look_around(target);
    else
        assert_true(error.message[0] != '\0');
    hf_target_destroy(target);
}

static void bears_any_length(void **state) {
    struct case_files files = make_files(state, CORE_BUILD_ID);
    int fd = memfd_create("core", MFD_CLOEXEC);
    for (size_t size = 0; size < files.core_bytes.size; size += size < 4096 ? 8 : 1111)
        try_bytes(fd, files.core_bytes.data, size);
    close(fd);
    free_files(&files);
}

/* Numbers in headers and notes, replaced by those that break sums. */
static void bears_wrong_numbers(void **state) {
    static const uint64_t numbers[] = {0, 1, 0x7FFFFFFFFFFFFFFF, UINT64_MAX, UINT64_MAX - 4095, 1ull << 47, 0xFFFFFFFF};
    struct case_files files = make_files(state, CORE_BUILD_ID);
    int fd = memfd_create("core", MFD_CLOEXEC);
    for (size_t at = 16; at + 8 < 3 * 1024; at += 4) {
        for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
            uint8_t saved[8];
            memcpy(saved, files.core_bytes.data + at, 8);
            memcpy(files.core_bytes.data + at, &numbers[i], 8);
            try_bytes(fd, files.core_bytes.data, 4 * CORE_PAGE);
            memcpy(files.core_bytes.data + at, saved, 8);
        }
    }
    close(fd);
    free_files(&files);
}

static void bears_a_damaged_library(void **state) {
    struct case_files files = make_files(state, CORE_BUILD_ID);
    srand(1);
    for (int i = 0; i < 500; i++) {
        size_t at = (size_t)rand() % 600;
        uint8_t saved = files.library_bytes.data[at];
        files.library_bytes.data[at] = (uint8_t)rand();
        write_bytes(files.library, files.library_bytes.data, files.library_bytes.size);
        struct hf_target *target = open_core(files.core, &(struct hf_core_open_options){.cache_bytes = 1 << 20});
        look_around(target);
        hf_target_destroy(target);
        files.library_bytes.data[at] = saved;
    }
    free_files(&files);
}

static void fails_when_memory_does(void **state) {
    struct case_files files = make_files(state, CORE_BUILD_ID);
    bool succeeded = false;
    for (unsigned long n = 1; !succeeded; n++) {
        struct hf_target *target = NULL;
        struct hf_error error = {0};
        hf_memory_fail_after(n);
        succeeded = hf_core_open(files.core, NULL, &target, &error) == HF_OK;
        hf_memory_fail_after(0);
        assert_true(succeeded || error.status == HF_ERR_NOMEM);
        hf_target_destroy(target);
        assert_true(n < 1000);
    }
    free_files(&files);
}

static void is_not_every_file(void **state) {
    struct case_files files = make_files(state, CORE_BUILD_ID);
    struct hf_target *target = NULL;
    struct hf_error error;
    assert_int_equal(hf_core_open(files.library, NULL, &target, &error), HF_ERR_FORMAT);
    assert_int_equal(hf_core_open("/dev/null", NULL, &target, &error), HF_ERR_FORMAT);
    assert_int_equal(hf_core_open("/", NULL, &target, &error), HF_ERR_FORMAT);
    assert_int_equal(hf_core_open(folder_file(*state, "none"), NULL, &target, &error), HF_ERR_IO);
    files.core_bytes.data[18] = EM_386;
    write_bytes(files.core, files.core_bytes.data, files.core_bytes.size);
    assert_int_equal(hf_core_open(files.core, NULL, &target, &error), HF_ERR_UNSUPPORTED);
    free_files(&files);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(holds_memory_threads_and_command, folder_setup, folder_teardown),
        cmocka_unit_test_setup_teardown(takes_what_the_core_lacks_from_the_file, folder_setup, folder_teardown),
        cmocka_unit_test_setup_teardown(does_not_take_another_file, folder_setup, folder_teardown),
        cmocka_unit_test_setup_teardown(finds_files_elsewhere, folder_setup, folder_teardown),
        cmocka_unit_test_setup_teardown(says_what_a_truncated_core_lacks, folder_setup, folder_teardown),
        cmocka_unit_test_setup_teardown(bears_any_length, folder_setup, folder_teardown),
        cmocka_unit_test_setup_teardown(bears_wrong_numbers, folder_setup, folder_teardown),
        cmocka_unit_test_setup_teardown(bears_a_damaged_library, folder_setup, folder_teardown),
        cmocka_unit_test_setup_teardown(fails_when_memory_does, folder_setup, folder_teardown),
        cmocka_unit_test_setup_teardown(is_not_every_file, folder_setup, folder_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
