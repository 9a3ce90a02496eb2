/*
 * gadgets.c - looks through the code of a process for the instructions that freezing needs (machine.h).
 *
 *   maps    [libc.so r-x] [vdso]      first; then     [python r-x] [others r-x] ...
 *   read    |piece.....|              pieces overlap, so that no gadget is cut
 *                    |piece.....|
 */
#include "memory/freeze.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "memory/maps.h"
#include "memory/procfs.h"
#include "memory/remote.h"

#define MAX_TEXT_BYTES ((size_t)256 << 20)
#define PIECE_BYTES ((size_t)1 << 20)
#define OVERLAP_BYTES ((size_t)256)

static bool is_c_library(const struct hf_map *map) {
    const char *slash = strrchr(map->path, '/'), *name = slash != NULL ? slash + 1 : map->path;
    return strncmp(name, "libc.", 5) == 0 || strncmp(name, "libc-", 5) == 0 || strncmp(name, "libpthread", 10) == 0 ||
           strncmp(name, "ld-musl", 7) == 0 || strcmp(map->path, "[vdso]") == 0;
}

static void search_map(pid_t pid, const struct hf_map *map, struct hf_region *buffer, struct hf_gadgets *gadgets) {
    for (uint64_t at = map->start; at < map->end && !hf_machine_has_gadgets(gadgets); at += PIECE_BYTES) {
        uint64_t left = map->end - at;
        size_t wanted = left < PIECE_BYTES + OVERLAP_BYTES ? (size_t)left : PIECE_BYTES + OVERLAP_BYTES;
        if (hf_remote_read(pid, at, buffer->data, wanted))
            hf_machine_find_gadgets(gadgets, buffer->data, wanted, at);
    }
}

/* The C library first; then whatever else is executable, such as a program that has it inside. */
static void search_maps(pid_t pid, const struct hf_maps *maps, struct hf_region *buffer, struct hf_gadgets *gadgets) {
    for (int others = 0; others < 2; others++) {
        size_t searched_bytes = 0;
        for (size_t i = 0; i < maps->count && searched_bytes < MAX_TEXT_BYTES; i++) {
            const struct hf_map *map = &maps->list[i];
            bool is_text = (map->permissions & (HF_MAP_READ | HF_MAP_EXECUTE)) == (HF_MAP_READ | HF_MAP_EXECUTE) &&
                           !(map->permissions & HF_MAP_WRITE) && map->inode != 0;
            if (!(is_text || strcmp(map->path, "[vdso]") == 0) || is_c_library(map) != (others == 0))
                continue;
            search_map(pid, map, buffer, gadgets);
            searched_bytes += map->end - map->start;
        }
    }
}

enum hf_status hf_freeze_find_gadgets(pid_t pid, struct hf_gadgets *out, struct hf_error *error) {
    struct hf_region text = {0}, buffer = {0};
    struct hf_maps maps = {0};
    *out = (struct hf_gadgets){0};
    int failure = hf_procfs_read(pid, "maps", &text);
    enum hf_status status = failure != 0 ? hf_trace_explain(pid, failure, error)
                                         : hf_maps_parse(&maps, (const char *)text.data, text.used_bytes, error);
    if (status == HF_OK && !hf_region_reserve(&buffer, PIECE_BYTES + OVERLAP_BYTES))
        status = hf_fail_nomem(error);
    if (status == HF_OK) {
        search_maps(pid, &maps, &buffer, out);
        if (!hf_machine_has_gadgets(out))
            status = hf_fail(error, HF_ERR_UNSUPPORTED, "the C library of process %d is not one that holdfast knows",
                             (int)pid);
    }
    hf_maps_deinit(&maps);
    hf_region_deinit(&text);
    hf_region_deinit(&buffer);
    return status;
}
