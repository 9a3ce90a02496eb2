/*
 * test_loaded.c - data as the loader left them, and where a file is mapped, of this process: the loader's own work is
 * the oracle. Data that the loader has made read-only (relro) have not changed since.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "memory/loaded.h"
#include "memory/place.h"
#include "memory/process.h"

static struct hf_target *open_self(void) {
    struct hf_target *target = NULL;
    struct hf_error error = {0};
    if (hf_process_open_live(getpid(), NULL, &target, &error) != HF_OK)
        fail_msg("%s", error.message);
    return target;
}

/* Not through a pointer: sanitizers watch over what lies between variables. */
static uint64_t real_word(uint64_t addr) {
    uint64_t word = 0;
    struct iovec local = {&word, sizeof word}, remote = {(void *)(uintptr_t)addr, sizeof word};
    assert_int_equal(process_vm_readv(getpid(), &local, 1, &remote, 1, 0), sizeof word);
    return word;
}

static uint64_t made_word(const struct hf_target *target, uint64_t addr) {
    uint64_t word = 0;
    assert_int_equal(hf_loaded_data_read(target, addr, &word, sizeof word), sizeof word);
    return word;
}

static bool is_code(const struct hf_target *target, uint64_t addr) {
    const struct hf_map *map = hf_maps_find(&target->maps, addr);
    return map != NULL && (map->permissions & HF_MAP_EXECUTE);
}

/* There the loader may write for debuggers and itself. */
static bool is_dynamic(const struct hf_elf *elf, uint64_t addr) {
    for (size_t i = 0; i < hf_elf_num_segments(elf); i++) {
        const Elf64_Phdr *segment = hf_elf_segment(elf, i);
        if (segment->p_type == PT_DYNAMIC && addr >= segment->p_vaddr && addr - segment->p_vaddr < segment->p_memsz)
            return true;
    }
    return false;
}

/*
 * Words that differ are of symbols that the loader found in another module, or of functions that it chose by asking
 * the module (IRELATIVE). Gives how many are equal and not zero.
 */
static size_t compare_relro(const struct hf_target *target, const struct hf_module *module, const struct hf_elf *elf,
                            const Elf64_Phdr *relro, uint64_t bias) {
    size_t num_equal = 0;
    for (uint64_t at = 0; at + 8 <= relro->p_filesz; at += 8) {
        uint64_t addr = relro->p_vaddr + bias + at, real = real_word(addr);
        uint64_t made = made_word(target, addr);
        bool is_of_module = real >= module->start && real < module->end;
        if (real == made)
            num_equal += real != 0;
        else if (is_of_module && !is_code(target, real) && !is_dynamic(elf, addr - bias))
            fail_msg("%s: %#llx where %#llx is", module->path, (unsigned long long)made, (unsigned long long)real);
    }
    return num_equal;
}

static void makes_what_the_loader_made(void **state) {
    (void)state;
    struct hf_target *target = open_self();
    size_t num_equal = 0;
    for (uint32_t i = 0; i < target->num_modules; i++) {
        const struct hf_module *module = &target->modules[i];
        struct hf_module_state opened = hf_target_open_module(target, module);
        bool is_loader = strstr(module->path, "/ld-") != NULL;       /* which writes to its own before it protects them */
        if (is_loader || opened.file == NULL || !hf_loaded_data_add(target, module))
            continue;
        for (size_t j = 0; j < hf_elf_num_segments(opened.file); j++)
            if (hf_elf_segment(opened.file, j)->p_type == PT_GNU_RELRO)
                num_equal += compare_relro(target, module, opened.file, hf_elf_segment(opened.file, j), opened.bias);
    }
    assert_true(num_equal > 1000);
    hf_target_destroy(target);
}

static void keeps_to_what_it_has(void **state) {
    (void)state;
    struct hf_target *target = open_self();
    uint64_t word;
    assert_int_equal(hf_loaded_data_read(target, 0, &word, sizeof word), 0);
    hf_loaded_data_set(target, 0, 1);
    assert_true(hf_loaded_data_add(target, &target->modules[target->main_module]));
    uint64_t start = target->loaded_addr, end = start + target->loaded.used_bytes;
    assert_int_equal(hf_loaded_data_read(target, start - 8, &word, sizeof word), 0);
    assert_int_equal(hf_loaded_data_read(target, end, &word, sizeof word), 0);
    assert_int_equal(hf_loaded_data_read(target, end - 4, &word, sizeof word), 4);
    hf_loaded_data_set(target, end - 4, UINT64_MAX);
    hf_loaded_data_set(target, end - 8, 0x1234);
    hf_loaded_data_set(target, start - 4, UINT64_MAX);
    assert_int_equal(made_word(target, end - 8), 0x1234);
    hf_target_destroy(target);
}

/* As gdb writes cores: read-only pages of files are left out, but for the first. */
static void leave_out(struct hf_maps *out, const struct hf_maps *maps) {
    for (size_t i = 0; i < maps->count; i++) {
        const struct hf_map *map = &maps->list[i];
        bool is_needed = *map->path == '\0' || (map->permissions & HF_MAP_WRITE) || map->offset == 0;
        bool is_relro = i + 1 < maps->count && maps->list[i + 1].start == map->end &&
                        (maps->list[i + 1].permissions & HF_MAP_WRITE);
        if (is_needed || is_relro)
            assert_true(hf_maps_add(out, map));
    }
}

static void finds_the_place_of_a_file(void **state) {
    (void)state;
    struct hf_target *target = open_self();
    struct hf_maps as_of_gdb = {0};
    unsigned num_found = 0;
    leave_out(&as_of_gdb, &target->maps);
    for (uint32_t i = 0; i < target->num_modules; i++) {
        struct hf_module_state opened = hf_target_open_module(target, &target->modules[i]);
        uint64_t bias;
        if (opened.file == NULL)
            continue;
        if (hf_elf_find_place(opened.file, &target->maps, &bias))
            assert_int_equal(bias, opened.bias);
        if (hf_elf_find_place(opened.file, &as_of_gdb, &bias)) {
            assert_int_equal(bias, opened.bias);
            num_found++;
        }
    }
    assert_true(num_found >= 3);
    hf_maps_deinit(&as_of_gdb);
    hf_target_destroy(target);
}

/* Where it fits twice nothing is said, and nothing is found where a range is too short. */
static void does_not_guess_a_place(void **state) {
    (void)state;
    struct hf_target *target = open_self();
    struct hf_module_state opened = hf_target_open_module(target, &target->modules[target->main_module]);
    const struct hf_module *module = &target->modules[target->main_module];
    const uint64_t away = UINT64_C(1) << 40;
    struct hf_maps twice = {0}, shorter = {0};
    uint64_t bias;
    assert_true(hf_elf_find_place(opened.file, &target->maps, &bias));
    for (int copy = 0; copy < 2; copy++)
        for (uint32_t i = 0; i < module->num_maps; i++) {
            struct hf_map map = target->maps.list[module->first_map + i];
            map.start = map.start - module->start + (uint64_t)(copy + 1) * away;
            map.end = map.end - module->start + (uint64_t)(copy + 1) * away;
            assert_true(hf_maps_add(&twice, &map));
            if (copy == 0 && (map.permissions & HF_MAP_WRITE))
                map.end += 4096;
            if (copy == 0)
                assert_true(hf_maps_add(&shorter, &map));
        }
    if (hf_elf_kind(opened.file) == ET_DYN)
        assert_false(hf_elf_find_place(opened.file, &twice, &bias));
    assert_false(hf_elf_find_place(opened.file, &shorter, &bias));
    twice.count /= 2;
    if (hf_elf_kind(opened.file) == ET_DYN) {
        assert_true(hf_elf_find_place(opened.file, &twice, &bias));
        assert_int_equal(bias, away + opened.bias - module->start);
    }
    hf_maps_deinit(&twice);
    hf_maps_deinit(&shorter);
    hf_target_destroy(target);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(makes_what_the_loader_made),
        cmocka_unit_test(keeps_to_what_it_has),
        cmocka_unit_test(finds_the_place_of_a_file),
        cmocka_unit_test(does_not_guess_a_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
