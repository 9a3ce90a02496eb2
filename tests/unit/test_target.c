/*
 * test_target.c - what targets are made of: maps, the cache of chunks, symbols of ELF files, filters of seccomp.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <dlfcn.h>
#include <errno.h>
#include <link.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "memory/process.h"
#include "memory/procfs.h"
#include "memory/seccomp.h"

/* ---- maps ---- */

static void parse(struct hf_maps *maps, const char *text) {
    assert_int_equal(hf_maps_parse(maps, text, strlen(text), NULL), HF_OK);
}

static void reads_maps_of_the_kernel(void **state) {
    (void)state;
    struct hf_maps maps = {0};
    parse(&maps, "55d0c0a00000-55d0c0a0c000 r--p 00000000 08:01 393231                     /usr/bin/python3.11\n"
                 "55d0c0a0c000-55d0c0a0f000 r-xp 0000c000 08:01 393231                     /usr/bin/python3.11\n"
                 "7f31e8000000-7f31e8021000 rw-p 00000000 00:00 0 \n"
                 "7f31e8021000-7f31ec000000 ---p 00000000 00:00 0 \n"
                 "7ffc0f1d0000-7ffc0f1f1000 rw-p 00000000 00:00 0                          [stack]\n"
                 "7fff00000000-7fff00001000 rw-s 00001000 fe:0a 12                         /a file (deleted)\n");
    assert_int_equal(maps.count, 6);
    const struct hf_map *map = hf_maps_find(&maps, 0x55d0c0a0c000);
    assert_ptr_equal(map, &maps.list[1]);
    assert_int_equal(map->permissions, HF_MAP_READ | HF_MAP_EXECUTE);
    assert_int_equal(map->offset, 0xc000);
    assert_int_equal(map->inode, 393231);
    assert_string_equal(map->path, "/usr/bin/python3.11");
    assert_string_equal(maps.list[2].path, "");
    assert_int_equal(maps.list[3].permissions, 0);
    assert_string_equal(maps.list[4].path, "[stack]");
    assert_string_equal(maps.list[5].path, "/a file (deleted)");
    assert_int_equal(maps.list[5].permissions, HF_MAP_READ | HF_MAP_WRITE | HF_MAP_SHARED);
    assert_int_equal(maps.list[5].device_major, 0xfe);
    assert_null(hf_maps_find(&maps, 0x55d0c0a0f000));
    assert_null(hf_maps_find(&maps, 0));
    assert_null(hf_maps_find(&maps, UINT64_MAX));
    assert_ptr_equal(hf_maps_find_from(&maps, 0), &maps.list[0]);
    assert_null(hf_maps_find_from(&maps, UINT64_MAX));
    hf_maps_deinit(&maps);
}

/* A range that grew while the list was read comes twice; what is no range is left out. */
static void leaves_out_what_is_no_range(void **state) {
    (void)state;
    struct hf_maps maps = {0};
    parse(&maps, "1000-3000 rw-p 00000000 00:00 0 \n"
                 "2000-4000 rw-p 00000000 00:00 0 \n"
                 "5000-5000 rw-p 00000000 00:00 0 \n"
                 "7000-6000 rw-p 00000000 00:00 0 \n"
                 "garbage\n\n"
                 "8000-9000 rw\n"
                 "ffffffffffffffffff-9000 rw-p 00000000 00:00 0 \n"
                 "a000-b000 r--p 00000000 00:00 0");
    assert_int_equal(maps.count, 2);
    assert_int_equal(maps.list[1].start, 0xa000);
    hf_maps_deinit(&maps);
}

static void maps_fail_when_memory_does(void **state) {
    (void)state;
    bool succeeded = false;
    for (unsigned long n = 1; !succeeded; n++) {
        struct hf_maps maps = {0};
        const char text[] = "1000-3000 rw-p 00000000 00:00 0 /a\n4000-5000 rw-p 00000000 00:00 0 /b\n";
        hf_memory_fail_after(n);
        succeeded = hf_maps_parse(&maps, text, sizeof text - 1, NULL) == HF_OK;
        hf_memory_fail_after(0);
        hf_maps_deinit(&maps);
        assert_true(n < 100);
    }
}

/* ---- chunks, against memory that knows what it holds ---- */

/* Pages of 4 KiB from BASE on; every seventh cannot be read. The byte at an address is a hash of it. */
#define BASE UINT64_C(0x7f0000000000)
#define NUM_PAGES 4096u

struct fake {
    uint64_t num_reads;
};

static uint8_t byte_at(uint64_t addr) {
    return (uint8_t)(addr * UINT64_C(0x9E3779B97F4A7C15) >> 56);
}

static bool is_readable(uint64_t addr) {
    return addr >= BASE && addr < BASE + NUM_PAGES * UINT64_C(4096) && (addr >> 12) % 7 != 0;
}

static size_t read_fake(void *context, uint64_t addr, void *buffer, size_t size) {
    struct fake *fake = context;
    size_t done = 0;
    fake->num_reads++;
    for (; done < size && is_readable(addr + done); done++)
        ((uint8_t *)buffer)[done] = byte_at(addr + done);
    return done;
}

static bool all_readable(uint64_t addr, size_t size) {
    for (size_t i = 0; i < size; i++)
        if (!is_readable(addr + i))
            return false;
    return true;
}

static void assert_bytes(const uint8_t *view, uint64_t addr, size_t size) {
    for (size_t i = 0; i < size; i++)
        if (view[i] != byte_at(addr + i))
            fail_msg("wrong byte at %#llx", (unsigned long long)(addr + i));
}

/* In a cache of 16 chunks. */
static void views_are_what_memory_holds(void **state) {
    (void)state;
    struct fake fake = {0};
    struct hf_chunks chunks;
    assert_int_equal(hf_chunks_init(&chunks, 1 << 20, NULL, read_fake, &fake, NULL), HF_OK);
    srand(1);
    for (unsigned i = 0; i < 30000; i++) {
        uint64_t addr = BASE - 8192 + (uint64_t)rand() % ((NUM_PAGES + 4) * UINT64_C(4096));
        size_t size = i % 10 == 0 ? (size_t)rand() % 200000 : 1 + (size_t)rand() % 300;
        const uint8_t *view = hf_chunks_view(&chunks, addr, size);
        assert_int_equal(view != NULL, all_readable(addr, size));
        if (view != NULL)
            assert_bytes(view, addr, size);
    }
    hf_chunks_deinit(&chunks);
}

struct kept {
    const uint8_t *view;
    uint64_t addr;
    size_t size;
};

static void the_last_views_stay(void **state) {
    (void)state;
    struct fake fake = {0};
    struct hf_chunks chunks;
    assert_int_equal(hf_chunks_init(&chunks, 1 << 20, NULL, read_fake, &fake, NULL), HF_OK);
    srand(2);
    struct kept kept[HF_CHUNKS_KEPT_VIEWS] = {{NULL, 0, 0}};
    for (unsigned i = 0; i < 20000; i++) {
        struct kept now = {.addr = BASE + (uint64_t)rand() % (NUM_PAGES * UINT64_C(4096)),
                           .size = 1 + (size_t)rand() % (i % 3 == 0 ? 6000 : 100)};
        now.view = hf_chunks_view(&chunks, now.addr, now.size);
        memmove(kept, kept + 1, sizeof kept - sizeof *kept);
        kept[HF_CHUNKS_KEPT_VIEWS - 1] = now;
        for (size_t k = 0; k < HF_CHUNKS_KEPT_VIEWS; k++)
            if (kept[k].view != NULL)
                assert_bytes(kept[k].view, kept[k].addr, kept[k].size);
    }
    hf_chunks_deinit(&chunks);
}

static void a_walk_in_order_reads_each_chunk_once(void **state) {
    (void)state;
    struct fake fake = {0};
    struct hf_chunks chunks;
    assert_int_equal(hf_chunks_init(&chunks, 1 << 20, NULL, read_fake, &fake, NULL), HF_OK);
    for (uint64_t addr = BASE; addr < BASE + NUM_PAGES * UINT64_C(4096); addr += 48)
        (void)hf_chunks_view(&chunks, addr, 16);
    /* Every seventh page splits the reads. */
    assert_true(fake.num_reads <= NUM_PAGES / 16 + 2 * (NUM_PAGES / 7 + 1));
    hf_chunks_deinit(&chunks);
}

static void refuses_sums_that_overflow(void **state) {
    (void)state;
    struct fake fake = {0};
    struct hf_chunks chunks;
    assert_int_equal(hf_chunks_init(&chunks, 0, NULL, read_fake, &fake, NULL), HF_OK);
    assert_null(hf_chunks_view(&chunks, UINT64_MAX, 1));
    assert_null(hf_chunks_view(&chunks, UINT64_MAX - 4, 100));
    assert_null(hf_chunks_view(&chunks, BASE + 8192, SIZE_MAX));
    assert_null(hf_chunks_view(&chunks, BASE + 8192, HF_MAX_VIEW_BYTES + 1));
    assert_non_null(hf_chunks_view(&chunks, 0, 0));
    hf_chunks_deinit(&chunks);
}

/* ---- symbols, against the loader's word ---- */

static struct hf_target *open_self(void) {
    struct hf_target *target = NULL;
    struct hf_error error = {0};
    if (hf_process_open_live(getpid(), NULL, &target, &error) != HF_OK)
        fail_msg("%s", error.message);
    return target;
}

static void finds_symbols_where_the_loader_does(void **state) {
    (void)state;
    static const char *const names[] = {"getpid", "malloc", "environ", "stdout", "fopen", "pthread_create", "qsort"};
    struct hf_target *target = open_self();
    unsigned num_compared = 0;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct hf_elf_range range;
        void *wanted = dlsym(RTLD_NEXT, names[i]);
        Dl_info info;
        assert_non_null(wanted);
        assert_int_not_equal(dladdr(wanted, &info), 0);
        const struct hf_module *module = hf_target_module_at(target, (uint64_t)(uintptr_t)wanted);
        if (module == NULL || module->start != (uint64_t)(uintptr_t)info.dli_fbase)
            continue;    /* copied into the program, or intercepted by a sanitizer */
        assert_true(hf_target_find_symbol(target, module, names[i], &range));
        assert_int_equal(range.addr, (uint64_t)(uintptr_t)wanted);
        assert_true(range.size_bytes > 0);
        assert_false(hf_target_find_symbol(target, module, "no_such_symbol_anywhere", &range));
        num_compared++;
    }
    assert_true(num_compared >= 3);
    hf_target_destroy(target);
}

/* Not exported, and therefore only in the full table. */
__attribute__((used)) static int local_symbol_of_this_test[7] = {1};

static void finds_local_symbols_and_sections(void **state) {
    (void)state;
    struct hf_target *target = open_self();
    struct hf_elf_range range;
    assert_true(target->main_module < target->num_modules);
    const struct hf_module *module = &target->modules[target->main_module];
    assert_true(hf_target_find_symbol(target, module, "local_symbol_of_this_test", &range));
    assert_int_equal(range.addr, (uint64_t)(uintptr_t)local_symbol_of_this_test);
    assert_in_range(range.size_bytes, sizeof local_symbol_of_this_test, 128);    /* clang's sanitizer pads it */
    assert_true(hf_target_find_section(target, module, ".data", &range));
    assert_in_range((uint64_t)(uintptr_t)local_symbol_of_this_test, range.addr, range.addr + range.size_bytes - 1);
    assert_false(hf_target_find_section(target, module, ".PyRuntime", &range));
    hf_target_destroy(target);
}

static void names_places_in_data(void **state) {
    (void)state;
    struct hf_target *target = open_self();
    struct hf_module_state module = hf_target_open_module(target, &target->modules[target->main_module]);
    uint64_t start = (uint64_t)(uintptr_t)local_symbol_of_this_test - module.bias;
    struct hf_elf_place places[] = {{.addr = 8}, {.addr = start}, {.addr = start + 12}, {.addr = UINT64_MAX}};
    struct hf_arena arena = {0};
    hf_elf_name_places(module.file, places, 4, &arena);
    assert_null(places[0].symbol);
    assert_string_equal(places[1].symbol, "local_symbol_of_this_test");
    assert_int_equal(places[1].offset, 0);
    assert_string_equal(places[2].symbol, "local_symbol_of_this_test");
    assert_int_equal(places[2].offset, 12);
    assert_null(places[3].symbol);
    hf_arena_deinit(&arena);
    hf_target_destroy(target);
}

/* What is mapped of a library has its dynamic symbols: for files that are gone. */
struct image {
    const struct hf_target *target;
    const struct hf_module *module;
};

static size_t read_image(void *context, uint64_t offset, void *buffer, size_t size) {
    const struct image *image = context;
    for (uint32_t i = 0; i < image->module->num_maps; i++) {
        const struct hf_map *map = &image->target->maps.list[image->module->first_map + i];
        if (map->path != image->module->path || !(map->permissions & HF_MAP_READ) || offset < map->offset ||
            offset - map->offset + size > map->end - map->start)
            continue;
        memcpy(buffer, (const char *)(uintptr_t)map->start + (offset - map->offset), size);
        return size;
    }
    return 0;
}

static void close_nothing(void *context) {
    (void)context;
}

static void finds_symbols_in_what_is_mapped(void **state) {
    (void)state;
    struct hf_target *target = open_self();
    uint64_t wanted = (uint64_t)(uintptr_t)dlsym(RTLD_DEFAULT, "cmocka_set_message_output");
    const struct hf_module *module = hf_target_module_at(target, wanted);
    assert_non_null(module);
    struct image image = {target, module};
    struct hf_elf_source source = {.read = read_image, .close = close_nothing, .context = &image};
    struct hf_elf *elf;
    struct hf_elf_range range;
    assert_int_equal(hf_elf_open_source(&source, "image", &elf, NULL), HF_OK);
    hf_elf_set_bias(elf, module->start);
    assert_int_equal(hf_elf_build_id(elf)->length, hf_target_open_module(target, module).build_id.length);
    assert_true(hf_elf_find_symbol(elf, "cmocka_set_message_output", &range));
    assert_int_equal(module->start + range.addr, wanted);
    assert_false(hf_elf_find_symbol(elf, "no_such_symbol_anywhere", &range));
    hf_elf_destroy(elf);
    hf_target_destroy(target);
}

/* ---- processes ---- */

static void knows_what_this_process_is(void **state) {
    (void)state;
    struct hf_procfs_status status;
    char name[32] = "";
    assert_int_equal(hf_procfs_read_status(getpid(), &status), 0);
    assert_true(hf_procfs_read_into(getpid(), "comm", name, sizeof name) > 0);
    name[strcspn(name, "\n")] = '\0';
    assert_string_equal(status.name, name);
    assert_int_equal(status.pid_in_namespace, getpid());
    assert_int_equal(status.parent, getppid());
    assert_int_equal(status.uid, geteuid());
    assert_true(status.resident_bytes > 1 << 16);
    assert_int_equal(hf_procfs_read_status(0x3FFFFFFF, &status), ENOENT);
}

/* ---- seccomp ---- */

static uint32_t run_filter(const struct sock_filter *program, size_t length, long number, uint64_t argument) {
    const struct hf_seccomp_call call = {number, {argument}};
    return hf_seccomp_run(program, length, AUDIT_ARCH_X86_64, 0, &call);
}

static void runs_filters_as_the_kernel_does(void **state) {
    (void)state;
    /* Kills other machines and what is no number of a call; forbids clone with CLONE_NEWUSER; allows the rest. */
    const struct sock_filter program[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_X86_64, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 0, 5),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args)),
        BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 0x10000000),
        BPF_STMT(BPF_ST, 3),
        BPF_STMT(BPF_LDX | BPF_W | BPF_MEM, 3),
        BPF_STMT(BPF_MISC | BPF_TXA, 0),
        BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 0x10000000, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    const size_t length = sizeof program / sizeof *program;
    assert_int_equal(run_filter(program, length, SYS_read, 0), SECCOMP_RET_ALLOW);
    assert_int_equal(run_filter(program, length, SYS_clone, 0), SECCOMP_RET_ALLOW);
    assert_int_equal(run_filter(program, length, SYS_clone, 0x10000000), SECCOMP_RET_ERRNO | 1);
    assert_int_equal(run_filter(program, length, 0x40000001, 0), SECCOMP_RET_KILL_PROCESS);
    const struct hf_seccomp_call call = {SYS_read, {0}};
    assert_int_equal(hf_seccomp_run(program, length, AUDIT_ARCH_AARCH64, 0, &call), SECCOMP_RET_KILL_PROCESS);
}

static void bears_programs_that_are_none(void **state) {
    (void)state;
    srand(1);
    for (int i = 0; i < 20000; i++) {
        struct sock_filter program[32];
        for (size_t k = 0; k < 32; k++)
            program[k] = (struct sock_filter){(uint16_t)rand() & 0xFF, (uint8_t)rand(), (uint8_t)rand(),
                                              rand() % 4 != 0 ? (uint32_t)rand() % 70 : (uint32_t)rand() * 2u + 1};
        (void)run_filter(program, 32, rand() % 400, (uint64_t)rand());
    }
    assert_int_equal(run_filter(NULL, 0, SYS_read, 0), SECCOMP_RET_KILL_PROCESS);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_maps_of_the_kernel),
        cmocka_unit_test(leaves_out_what_is_no_range),
        cmocka_unit_test(maps_fail_when_memory_does),
        cmocka_unit_test(views_are_what_memory_holds),
        cmocka_unit_test(the_last_views_stay),
        cmocka_unit_test(a_walk_in_order_reads_each_chunk_once),
        cmocka_unit_test(refuses_sums_that_overflow),
        cmocka_unit_test(finds_symbols_where_the_loader_does),
        cmocka_unit_test(finds_local_symbols_and_sections),
        cmocka_unit_test(names_places_in_data),
        cmocka_unit_test(finds_symbols_in_what_is_mapped),
        cmocka_unit_test(knows_what_this_process_is),
        cmocka_unit_test(runs_filters_as_the_kernel_does),
        cmocka_unit_test(bears_programs_that_are_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
