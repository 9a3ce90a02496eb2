/*
 * modules.c - programs and libraries of a target, and the files that they were mapped from.
 *
 *   maps      [ libc r-- ][ libc r-x ][ libc r-- ][ libc rw- ][ anonymous ]
 *             └──────────── a module: ranges of one file, the first from offset 0 on
 *   image     the file as far as it is mapped: ELF header, program headers, mostly the dynamic symbols
 *   file      the file itself, which has the sections, all symbols, and the read-only data that a core lacks
 *
 * A file at the path need not be the one that was mapped: it may have been replaced since, or be that of another
 * machine. What is mapped has a build id in its first page, and a file with another one is not used.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/memory.h"
#include "memory/target_parts.h"

struct hf_module_file {
    struct hf_target *target;
    const struct hf_module *module;
    struct hf_elf *image;
    struct hf_elf *elf;
    struct hf_build_id build_id;
    const char *problem;
};

/* ---- modules out of maps ---- */

static bool is_file(const struct hf_map *map) {
    return map->path[0] == '/';
}

/*
 * Ranges of a file follow each other, perhaps with others between; a new one from offset 0 begins another module. Where
 * one segment ends and the next begins in the same page of the file, that page is mapped twice.
 */
static bool belongs_to(const struct hf_target *target, const struct hf_module *module, const struct hf_map *map) {
    const struct hf_map *first = &target->maps.list[module->first_map];
    return map->inode == first->inode && map->device_major == first->device_major &&
           map->device_minor == first->device_minor && strcmp(map->path, first->path) == 0 && map->offset > 0 &&
           map->offset >= target->maps.list[module->first_map + module->num_maps - 1].offset;
}

static void extend(struct hf_target *target, uint32_t index, uint32_t map_index) {
    struct hf_module *module = &target->modules[index];
    struct hf_map *map = &target->maps.list[map_index];
    module->end = map->end;
    module->num_maps = map_index - module->first_map + 1;
    map->module = index;
}

enum hf_status hf_target_find_modules(struct hf_target *target, const char *program, struct hf_error *error) {
    struct hf_maps *maps = &target->maps;
    target->modules = hf_alloc(maps->count, sizeof *target->modules);
    if (target->modules == NULL)
        return hf_fail_nomem(error);
    for (uint32_t i = 0; i < maps->count; i++) {
        struct hf_map *map = &maps->list[i];
        struct hf_module *last = target->num_modules > 0 ? &target->modules[target->num_modules - 1] : NULL;
        if (!is_file(map))
            continue;
        if (last != NULL && belongs_to(target, last, map)) {
            extend(target, target->num_modules - 1, i);
        } else if (map->offset == 0) {
            target->modules[target->num_modules] = (struct hf_module){
                .path = map->path, .start = map->start, .first_map = i};
            extend(target, target->num_modules++, i);
        }
    }
    for (uint32_t i = 0; program != NULL && i < target->num_modules && target->main_module == HF_NO_MODULE; i++)
        if (strcmp(target->modules[i].path, program) == 0)
            target->main_module = i;
    return HF_OK;
}

const struct hf_module *hf_target_module_at(const struct hf_target *target, uint64_t addr) {
    const struct hf_map *map = hf_maps_find(&target->maps, addr);
    return map != NULL && map->module != HF_NO_MODULE ? &target->modules[map->module] : NULL;
}

/* ---- what is mapped ---- */

static uint32_t index_of(const struct hf_module *module) {
    return (uint32_t)(module - module->file->target->modules);
}

static size_t read_image(void *context, uint64_t offset, void *buffer, size_t size) {
    const struct hf_module_file *file = context;
    const struct hf_map *maps = file->target->maps.list + file->module->first_map;
    for (uint32_t i = 0; i < file->module->num_maps; i++) {
        const struct hf_map *map = &maps[i];
        uint64_t length = map->end - map->start;
        if (map->module != index_of(file->module) || offset < map->offset || offset - map->offset >= length)
            continue;
        uint64_t left = length - (offset - map->offset);
        return file->target->class->read(file->target, map->start + (offset - map->offset), buffer,
                                         left < size ? (size_t)left : size);
    }
    return 0;
}

static void close_image(void *context) {
    (void)context;
}

/* The lowest segment lies at the start of the module, on the page that it begins in. */
static uint64_t bias_of(const struct hf_module *module, const struct hf_elf *elf) {
    for (size_t i = 0; i < hf_elf_num_segments(elf); i++) {
        const Elf64_Phdr *segment = hf_elf_segment(elf, i);
        if (segment->p_type == PT_LOAD)
            return module->start - (segment->p_vaddr - segment->p_offset);
    }
    return module->start;
}

static void open_image(struct hf_module_file *file) {
    struct hf_elf_source source = {.read = read_image, .close = close_image, .context = file};
    if (hf_elf_open_source(&source, file->module->path, &file->image, NULL) != HF_OK)
        return;
    file->build_id = *hf_elf_build_id(file->image);
    hf_elf_set_bias(file->image, bias_of(file->module, file->image));
}

/* ---- the file ---- */

static bool is_same_id(const struct hf_build_id *a, const struct hf_build_id *b) {
    return a->length == b->length && memcmp(a->bytes, b->bytes, a->length) == 0;
}

/* The first bytes of an id, which is as much as people compare. */
static const char *print_id(const struct hf_build_id *id, char buffer[20]) {
    buffer[0] = '\0';
    for (uint32_t i = 0; i < id->length && i < 8; i++)
        snprintf(buffer + i * 2, 3, "%02x", id->bytes[i]);
    return id->length > 0 ? buffer : "none";
}

/* Files without a build id are told apart by where their segments lie. */
static bool is_same_file(const struct hf_module_file *file, const struct hf_elf *elf) {
    size_t count = hf_elf_num_segments(elf);
    if (count != hf_elf_num_segments(file->image) || !is_same_id(hf_elf_build_id(elf), &file->build_id))
        return false;
    for (size_t i = 0; i < count; i++)
        if (memcmp(hf_elf_segment(elf, i), hf_elf_segment(file->image, i), sizeof(Elf64_Phdr)) != 0)
            return false;
    return true;
}

/* Takes the file if it is the one that is mapped. */
static bool try_file(struct hf_module_file *file, int fd, const char *name) {
    struct hf_error error;
    struct hf_elf *elf;
    if (hf_elf_open(fd, name, &elf, &error) != HF_OK) {
        file->problem = hf_target_text(file->target, "%s", error.message);
        return false;
    }
    if (file->image == NULL) {
        file->problem = hf_target_text(file->target, "'%s' is used for '%s', but whether it is that file cannot be "
                                       "told: the target does not hold its build id", name, file->module->path);
    } else if (!is_same_file(file, elf)) {
        char ids[2][20];
        file->problem = hf_target_text(file->target, "'%s' is not the file that was mapped as '%s': its build id is "
                                       "%s, that of the mapped one is %s", name, file->module->path,
                                       print_id(hf_elf_build_id(elf), ids[0]), print_id(&file->build_id, ids[1]));
        hf_elf_destroy(elf);
        return false;
    }
    file->elf = elf;
    return true;
}

static void open_file(struct hf_module_file *file) {
    bool is_last = false;
    const char *problem = "";
    for (unsigned n = 0; !is_last; n++) {
        const char *name = "";
        int fd = file->target->class->open_file(file->target, file->module, n, &name, &is_last);
        if (fd < 0) {
            if (*name != '\0' && *problem == '\0')
                problem = hf_target_text(file->target, "cannot open '%s': %s", name, strerror(errno));
            continue;
        }
        file->problem = "";
        if (try_file(file, fd, name))
            return;
        problem = file->problem;
    }
    file->problem = problem;
}

static struct hf_module_file *get_file(struct hf_target *target, const struct hf_module *module) {
    struct hf_module *own = &target->modules[module - target->modules];
    if (own->file == NULL) {
        own->file = hf_alloc(1, sizeof *own->file);
        if (own->file == NULL)
            return NULL;
        *own->file = (struct hf_module_file){.target = target, .module = own, .problem = ""};
        open_image(own->file);
        open_file(own->file);
    }
    return own->file;
}

void hf_module_file_destroy(struct hf_module_file *file) {
    if (file == NULL)
        return;
    hf_elf_destroy(file->image);
    hf_elf_destroy(file->elf);
    hf_free(file);
}

struct hf_module_state hf_target_open_module(struct hf_target *target, const struct hf_module *module) {
    const struct hf_module_file *file = get_file(target, module);
    if (file == NULL)
        return (struct hf_module_state){.problem = "out of memory"};
    const struct hf_elf *elf = file->elf != NULL ? file->elf : file->image;
    return (struct hf_module_state){
        .file = file->elf,
        .problem = file->problem,
        .build_id = file->build_id,
        .bias = elf != NULL ? bias_of(module, elf) : module->start,
    };
}

static bool place(const struct hf_target *target, const struct hf_module *module, const struct hf_elf *elf,
                  struct hf_elf_range *range) {
    range->addr += bias_of(module, elf);
    return hf_maps_find(&target->maps, range->addr) != NULL;
}

bool hf_target_find_symbol(struct hf_target *target, const struct hf_module *module, const char *name,
                           struct hf_elf_range *out) {
    const struct hf_module_file *file = get_file(target, module);
    struct hf_elf_range range;
    if (file == NULL)
        return false;
    const struct hf_elf *elf = file->elf != NULL ? file->elf : file->image;
    if (elf == NULL || !hf_elf_find_symbol(elf, name, &range) || !place(target, module, elf, &range))
        return false;
    *out = range;
    return true;
}

bool hf_target_find_section(struct hf_target *target, const struct hf_module *module, const char *name,
                            struct hf_elf_range *out) {
    const struct hf_module_file *file = get_file(target, module);
    struct hf_elf_range range;
    if (file == NULL || file->elf == NULL || !hf_elf_find_section(file->elf, name, &range) ||
        !place(target, module, file->elf, &range))
        return false;
    *out = range;
    return true;
}
