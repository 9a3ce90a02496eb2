/*
 * fuzz_core.c - bytes as a core file, and as the text of /proc/PID/maps.
 *
 * Property: whatever the bytes are, opening them ends with a target or with an error that has a message, in bounded
 * memory. The ranges of a target are in order, each is found at its ends, and every view, symbol and section of it is
 * read or refused.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "capture/external/external.h"
#include "memory/core.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t num_bytes);

#define MAX_LOOKED_AT 200u

static void require(bool condition) {
    if (!condition)
        abort();
}

static void check_maps(const struct hf_maps *maps) {
    uint64_t end = 0;
    for (size_t i = 0; i < maps->count; i++) {
        const struct hf_map *map = &maps->list[i];
        require(map->start >= end && map->start < map->end);
        end = map->end;
        require(hf_maps_find(maps, map->start) == map && hf_maps_find(maps, map->end - 1) == map);
        require(strlen(map->path) <= 8192);
    }
}

static void look_around(struct hf_target *target) {
    char text[64];
    struct hf_elf_range range;
    struct hf_external_python python;
    for (size_t i = 0; i < target->maps.count && i < MAX_LOOKED_AT; i++) {
        const struct hf_map *map = &target->maps.list[i];
        (void)hf_memory_view(&target->memory, map->start, 64);
        (void)hf_memory_view(&target->memory, map->end - 1, 1);
        (void)hf_memory_view(&target->memory, map->start + (map->end - map->start) / 2, 100000);
        (void)hf_memory_text(&target->memory, map->start, text, sizeof text);
    }
    for (uint32_t i = 0; i < target->num_modules && i < MAX_LOOKED_AT; i++) {
        (void)hf_target_find_symbol(target, &target->modules[i], "_PyRuntime", &range);
        (void)hf_target_find_section(target, &target->modules[i], ".PyRuntime", &range);
    }
    if (target->num_modules < MAX_LOOKED_AT)
        (void)!hf_external_identify(target, &python, NULL);
}

static void try_core(const uint8_t *bytes, size_t num_bytes) {
    const struct hf_core_open_options options = {.cache_bytes = 1 << 20, .sysroot = "/proc/self/no-files"};
    struct hf_target *target = NULL;
    struct hf_error error = {0};
    char path[64];
    int fd = memfd_create("core", MFD_CLOEXEC);
    require(fd >= 0 && write(fd, bytes, num_bytes) == (ssize_t)num_bytes);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    if (hf_core_open(path, &options, &target, &error) == HF_OK) {
        check_maps(&target->maps);
        look_around(target);
    } else {
        require(error.message[0] != '\0');
    }
    hf_target_destroy(target);
    close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t num_bytes) {
    struct hf_maps maps = {0};
    require(hf_maps_parse(&maps, (const char *)bytes, num_bytes, NULL) == HF_OK);
    check_maps(&maps);
    hf_maps_deinit(&maps);
    try_core(bytes, num_bytes);
    return 0;
}
