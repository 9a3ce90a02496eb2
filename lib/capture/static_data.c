/*
 * static_data.c - the segments for data of the program and its libraries, as far as they are still theirs.
 *
 *   file    PT_LOAD, PF_W     [ .data.rel.ro | .data |  .bss          )
 *   maps    [ _db.so r-x ]    [ _db.so r--   | rw-   ][ anonymous rw-      ]
 *   found                     [ constant     |       |                )
 *
 * Behind .bss may lie anonymous memory that is none of the module; the file tells where it ends. Without the file .bss
 * is left out, and what is constant cannot be told from code.
 */
#include "capture/static_data.h"

#include "memory/maps.h"

static bool add_part(struct hf_region *ranges, const struct hf_map *map, uint64_t start, uint64_t end,
                     uint32_t module) {
    const struct hf_data_range range = {
        .start = map->start > start ? map->start : start,
        .end = map->end < end ? map->end : end,
        .module = module,
        .is_constant = (map->permissions & HF_MAP_WRITE) == 0,
    };
    return hf_region_push(ranges, &range, sizeof range);
}

static bool add_segment(const struct hf_target *target, struct hf_region *ranges, uint32_t module, uint64_t start,
                        uint64_t end, uint32_t permissions) {
    const struct hf_maps *maps = &target->maps;
    const struct hf_map *map = hf_maps_find_from(maps, start);
    bool ok = true;
    for (; ok && map != NULL && map < maps->list + maps->count && map->start < end; map++) {
        bool is_its_own = map->module == module || map->path[0] == '\0';
        if (is_its_own && (map->permissions & permissions) == permissions)
            ok = add_part(ranges, map, start, end, module);
    }
    return ok;
}

static bool add_module(struct hf_target *target, struct hf_region *ranges, uint32_t index) {
    const struct hf_module *module = &target->modules[index];
    struct hf_module_state state = hf_target_open_module(target, module);
    bool ok = true;
    if (state.file == NULL)
        return add_segment(target, ranges, index, module->start, module->end, HF_MAP_READ | HF_MAP_WRITE);
    for (size_t i = 0; ok && i < hf_elf_num_segments(state.file); i++) {
        const Elf64_Phdr *segment = hf_elf_segment(state.file, i);
        uint64_t start = segment->p_vaddr + state.bias, end;
        if (segment->p_type == PT_LOAD && (segment->p_flags & PF_W) != 0 &&
            !__builtin_add_overflow(start, segment->p_memsz, &end))
            ok = add_segment(target, ranges, index, start, end, HF_MAP_READ);
    }
    return ok;
}

/*
 * Files that nothing is executed from are data and not programs. Some cores do not tell what is executed: there it is
 * what was looked into before.
 */
static bool is_program(const struct hf_target *target, uint32_t index) {
    const struct hf_module *module = &target->modules[index];
    const struct hf_map *maps = target->maps.list;
    uint32_t permissions = 0;
    for (uint32_t i = module->first_map; i < module->first_map + module->num_maps; i++)
        permissions |= maps[i].module == index ? maps[i].permissions : 0;
    return (permissions & HF_MAP_EXECUTE) != 0 || module->file != NULL;
}

bool hf_static_data_find(struct hf_target *target, struct hf_region *ranges) {
    bool ok = true;
    for (uint32_t i = 0; ok && i < target->num_modules; i++)
        if (is_program(target, i))
            ok = add_module(target, ranges, i);
    return ok;
}
