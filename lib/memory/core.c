/*
 * core.c - a core file as a target.
 *
 *   PT_NOTE   ranges of memory, each with the file and the offset that it is mapped from, and more (core_notes.c)
 *   PT_LOAD   a range of memory: [start ......... memsz)
 *                                [ filesz bytes ]  in the core; what is behind was not written: text, read-only data
 *
 * Both lists together are the maps. A byte comes from the core where it has it, else from the file that is mapped there
 * (modules.c), but never for memory that the process could have changed: what is missing there is missing.
 *
 * A core that is cut off, by a full disk or a limit, has all headers and the lower ranges of memory. The kernel writes
 * the notes before them, gdb behind: then the file that the user names is looked for (place.c). Data of a module may
 * have been made again (loaded.c).
 */
#include "memory/core.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "memory/core_parts.h"
#include "memory/loaded.h"
#include "memory/place.h"

#define SECOND_NS UINT64_C(1000000000)
#define PAGE_BYTES ((uint64_t)4096)

/* ---- reading ---- */

static const struct hf_core_load *find_load(const struct hf_core *core, uint64_t addr) {
    size_t low = 0, high = core->num_loads;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (core->loads[middle].end <= addr)
            low = middle + 1;
        else
            high = middle;
    }
    return low < core->num_loads && core->loads[low].start <= addr ? &core->loads[low] : NULL;
}

/*
 * From the file that is mapped at the address, up to the end of its range. Pages are mapped whole: what the last one has
 * behind the end of a segment are the file's bytes, and behind the end of the file zeros.
 */
static size_t read_mapped_file(struct hf_core *core, uint64_t addr, void *buffer, size_t size) {
    const struct hf_map *map = hf_maps_find(&core->target.maps, addr);
    if (map == NULL || map->module == HF_NO_MODULE)
        return 0;
    struct hf_module_state state = hf_target_open_module(&core->target, &core->target.modules[map->module]);
    if (state.file == NULL)
        return 0;
    size_t left = map->end - addr < size ? (size_t)(map->end - addr) : size;
    uint64_t offset = map->offset + (addr - map->start);
    size_t got = hf_elf_read_file(state.file, offset, buffer, left);
    size_t behind = (size_t)(-(offset + got) & (PAGE_BYTES - 1));
    if (behind > left - got)
        behind = left - got;
    memset((char *)buffer + got, 0, behind);
    return got + behind;
}

static size_t read_piece(struct hf_core *core, uint64_t addr, void *buffer, size_t size) {
    const struct hf_core_load *load = find_load(core, addr);
    if (load != NULL && addr - load->start < load->in_core_bytes) {
        uint64_t left = load->in_core_bytes - (addr - load->start);
        return hf_elf_read_file(core->elf, load->offset + (addr - load->start), buffer,
                                left < size ? (size_t)left : size);
    }
    size_t got = hf_loaded_data_read(&core->target, addr, buffer, size);
    if (got > 0)
        return got;
    bool may_have_changed = load != NULL && !load->is_complete && (load->permissions & HF_MAP_WRITE);
    if (may_have_changed)
        return 0;
    if (load != NULL && load->end - addr < size)
        size = (size_t)(load->end - addr);
    return read_mapped_file(core, addr, buffer, size);
}

static size_t read_memory(void *context, uint64_t addr, void *buffer, size_t size) {
    size_t done = 0;
    while (done < size && addr + done >= addr) {
        size_t got = read_piece(context, addr + done, (char *)buffer + done, size - done);
        if (got == 0)
            break;
        done += got;
    }
    return done;
}

/* A file that the user named is the one, or none is. */
static int open_file(struct hf_target *target, const struct hf_module *module, unsigned n, const char **name,
                     bool *is_last) {
    (void)n;
    const struct hf_core *core = (const struct hf_core *)target;
    bool is_main = target->main_module != HF_NO_MODULE && module == &target->modules[target->main_module];
    *is_last = true;
    *name = is_main && core->binary != NULL ? core->binary
                : hf_target_text(target, "%s%s", core->sysroot != NULL ? core->sysroot : "", module->path);
    return hf_target_open_regular(*name);
}

static void destroy(struct hf_target *target) {
    struct hf_core *core = (struct hf_core *)target;
    hf_target_deinit(target);
    hf_elf_destroy(core->elf);
    hf_free(core->loads);
    hf_free(core->files);
    hf_region_deinit(&core->notes);
    hf_free(core);
}

static const struct hf_target_class class = {read_memory, open_file, destroy};

/* ---- ranges of memory ---- */

static int compare_loads(const void *left, const void *right) {
    const struct hf_core_load *a = left, *b = right;
    return a->start < b->start ? -1 : a->start > b->start;
}

static uint32_t permissions_of(const Elf64_Phdr *segment) {
    return (segment->p_flags & PF_R ? HF_MAP_READ : 0) | (segment->p_flags & PF_W ? HF_MAP_WRITE : 0) |
           (segment->p_flags & PF_X ? HF_MAP_EXECUTE : 0);
}

/* False: it is no range of memory. */
static bool make_load(const struct hf_core *core, const Elf64_Phdr *segment, struct hf_core_load *out) {
    uint64_t claimed_bytes = segment->p_filesz < segment->p_memsz ? segment->p_filesz : segment->p_memsz;
    uint64_t left = segment->p_offset < core->file_bytes ? core->file_bytes - segment->p_offset : 0;
    *out = (struct hf_core_load){
        .start = segment->p_vaddr,
        .offset = segment->p_offset,
        .in_core_bytes = claimed_bytes < left ? claimed_bytes : left,
        .permissions = permissions_of(segment),
        .is_complete = claimed_bytes <= left,
    };
    return segment->p_type == PT_LOAD && segment->p_memsz > 0 &&
           !__builtin_add_overflow(segment->p_vaddr, segment->p_memsz, &out->end);
}

static enum hf_status read_loads(struct hf_core *core, struct hf_error *error) {
    size_t num_segments = hf_elf_num_segments(core->elf), num_kept = 0;
    core->loads = hf_alloc(num_segments, sizeof *core->loads);
    if (core->loads == NULL)
        return hf_fail_nomem(error);
    for (size_t i = 0; i < num_segments; i++)
        if (make_load(core, hf_elf_segment(core->elf, i), &core->loads[core->num_loads]))
            core->num_loads++;
    if (core->num_loads > 0)
        qsort(core->loads, core->num_loads, sizeof *core->loads, compare_loads);
    for (size_t i = 0; i < core->num_loads; i++) {
        struct hf_core_load load = core->loads[i];
        if (num_kept > 0 && load.start < core->loads[num_kept - 1].end)
            continue;
        core->loads[num_kept++] = load;
    }
    core->num_loads = num_kept;
    return HF_OK;
}

static void count_missing(struct hf_core *core) {
    for (size_t i = 0; i < hf_elf_num_segments(core->elf); i++) {
        struct hf_core_load load;
        const Elf64_Phdr *segment = hf_elf_segment(core->elf, i);
        uint64_t sum;
        if (make_load(core, segment, &load) && !load.is_complete &&
            !__builtin_add_overflow(core->target.missing_bytes, segment->p_filesz - load.in_core_bytes, &sum))
            core->target.missing_bytes = sum;
    }
}

/* The process says in its coredump_filter which memory it wants in a core. */
static void look_for_written_memory(struct hf_core *core) {
    bool has_any = false, has_some = false;
    for (size_t i = 0; i < core->num_loads; i++)
        if (core->loads[i].permissions & HF_MAP_WRITE) {
            has_any = true;
            has_some |= core->loads[i].in_core_bytes > 0 || !core->loads[i].is_complete;
        }
    core->target.lacks_written_memory = has_any && !has_some;
}

/* ---- maps: both lists as one ---- */

static enum hf_status add_map(struct hf_core *core, uint64_t start, uint64_t end, const struct hf_core_load *load,
                              const struct hf_core_file *file, struct hf_error *error) {
    struct hf_map map = {
        .start = start,
        .end = end,
        .permissions = load != NULL ? load->permissions : HF_MAP_READ,
        .module = HF_NO_MODULE,
        .path = file != NULL ? file->path : "",
        .offset = file != NULL ? file->offset + (start - file->start) : 0,
    };
    if (core->target.maps.count == HF_MAX_MAPS)
        return hf_fail(error, HF_ERR_FORMAT, "'%s' is a damaged core file: it has too many ranges of memory",
                       hf_elf_path(core->elf));
    return hf_maps_add(&core->target.maps, &map) ? HF_OK : hf_fail_nomem(error);
}

/*
 *   loads   [        ]   [   ]
 *   files      [  ]    [         ]
 *   maps    [ ][  ][ ]  [][   ][ ]        cut wherever one of them begins or ends
 */
static enum hf_status make_maps(struct hf_core *core, struct hf_error *error) {
    size_t load_index = 0, file_index = 0;
    uint64_t at = 0;
    enum hf_status status = HF_OK;
    while (status == HF_OK) {
        while (load_index < core->num_loads && core->loads[load_index].end <= at)
            load_index++;
        while (file_index < core->num_files && core->files[file_index].end <= at)
            file_index++;
        const struct hf_core_load *load = load_index < core->num_loads ? &core->loads[load_index] : NULL;
        const struct hf_core_file *file = file_index < core->num_files ? &core->files[file_index] : NULL;
        if (load == NULL && file == NULL)
            break;
        bool in_load = load != NULL && load->start <= at, in_file = file != NULL && file->start <= at;
        uint64_t load_edge = load == NULL ? UINT64_MAX : in_load ? load->end : load->start;
        uint64_t file_edge = file == NULL ? UINT64_MAX : in_file ? file->end : file->start;
        uint64_t edge = load_edge < file_edge ? load_edge : file_edge;
        if (in_load || in_file)
            status = add_map(core, at, edge, in_load ? load : NULL, in_file ? file : NULL, error);
        at = edge;
    }
    return status;
}

/*
 * A core that was cut off before its notes does not tell which files were mapped: gdb writes them last. The file that
 * the user names is looked for by the sizes of its ranges, and is all that is found.
 */
static enum hf_status place_binary(struct hf_core *core, const struct hf_elf *binary, struct hf_error *error) {
    uint64_t bias;
    if (!hf_elf_find_place(binary, &core->target.maps, &bias))
        return HF_OK;
    hf_free(core->files);
    core->files = hf_alloc(hf_elf_num_segments(binary), sizeof *core->files);
    if (core->files == NULL)
        return hf_fail_nomem(error);
    for (size_t i = 0; i < hf_elf_num_segments(binary); i++) {
        const Elf64_Phdr *segment = hf_elf_segment(binary, i);
        uint64_t in_page = segment->p_vaddr & (PAGE_BYTES - 1), start = segment->p_vaddr - in_page + bias;
        if (segment->p_type != PT_LOAD || segment->p_filesz == 0)
            continue;
        core->files[core->num_files++] = (struct hf_core_file){
            .start = start,
            .end = start + ((segment->p_filesz + in_page + PAGE_BYTES - 1) & ~(PAGE_BYTES - 1)),
            .offset = segment->p_offset - in_page,
            .path = core->binary,
        };
        if (segment->p_offset == 0)
            core->program_headers_addr = start;
    }
    hf_core_sort_files(core);
    core->target.maps.count = 0;
    return make_maps(core, error);
}

static enum hf_status find_binary(struct hf_core *core, struct hf_error *error) {
    struct hf_elf *binary;
    char *path = realpath(core->binary, NULL);
    int fd = path != NULL ? hf_target_open_regular(path) : -1;
    if (path != NULL)
        core->binary = hf_target_text(&core->target, "%s", path);
    free(path);
    if (fd < 0)
        return hf_fail_errno(error, errno, "cannot open '%s'", core->binary);
    enum hf_status status = hf_elf_open(fd, core->binary, &binary, error);
    if (status != HF_OK)
        return status;
    status = place_binary(core, binary, error);
    hf_elf_destroy(binary);
    return status;
}

static void find_main_module(struct hf_core *core) {
    const struct hf_module *module = hf_target_module_at(&core->target, core->program_headers_addr);
    if (module != NULL)
        core->target.main_module = (uint32_t)(module - core->target.modules);
}

/* ---- open ---- */

/* As systemd-coredump keeps them. */
static bool is_compressed(int fd) {
    static const uint8_t magics[][4] = {
        {0x28, 0xB5, 0x2F, 0xFD}, {0x04, 0x22, 0x4D, 0x18}, {0xFD, '7', 'z', 'X'}, {0x1F, 0x8B, 8, 0}};
    uint8_t bytes[4] = {0};
    if (pread(fd, bytes, sizeof bytes, 0) != sizeof bytes)
        return false;
    for (size_t i = 0; i < sizeof magics / sizeof *magics; i++)
        if (memcmp(bytes, magics[i], magics[i][3] != 0 ? 4 : 3) == 0)
            return true;
    return false;
}

static enum hf_status open_core(const char *path, struct hf_core *core, struct hf_error *error) {
    struct stat info;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return hf_fail_errno(error, errno, "cannot open '%s'", path);
    if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) {
        close(fd);
        return hf_fail(error, HF_ERR_FORMAT, "'%s' is not a regular file", path);
    }
    if (is_compressed(fd)) {
        close(fd);
        return hf_fail(error, HF_ERR_FORMAT, "'%s' is compressed: unpack it first, as `coredumpctl dump PID -o FILE` does, "
                       "or zstd -d", path);
    }
    core->file_bytes = (uint64_t)info.st_size;
    core->target.taken_at_ns = (uint64_t)info.st_mtim.tv_sec * SECOND_NS + (uint64_t)info.st_mtim.tv_nsec;
    enum hf_status status = hf_elf_open(fd, path, &core->elf, error);
    if (status == HF_OK && hf_elf_kind(core->elf) != ET_CORE)
        status = hf_fail(error, HF_ERR_FORMAT, "'%s' is not a core file but a program or library", path);
    return status;
}

static enum hf_status read_all(struct hf_core *core, struct hf_error *error) {
    enum hf_status status = read_loads(core, error);
    if (status == HF_OK)
        status = hf_core_read_notes(core, error);
    if (status == HF_OK)
        status = make_maps(core, error);
    count_missing(core);
    look_for_written_memory(core);
    if (status == HF_OK && core->num_files == 0 && core->target.missing_bytes > 0 && core->binary != NULL)
        status = find_binary(core, error);
    if (status == HF_OK && core->target.maps.count == 0)
        status = hf_fail(error, HF_ERR_FORMAT, "'%s' is a core file without any memory", hf_elf_path(core->elf));
    if (status == HF_OK)
        status = hf_target_find_modules(&core->target, NULL, error);
    if (status != HF_OK)
        return status;
    find_main_module(core);
    core->target.machine = hf_elf_machine(core->elf);
    return HF_OK;
}

enum hf_status hf_core_open(const char *path, const struct hf_core_open_options *options, struct hf_target **out,
                            struct hf_error *error) {
    struct hf_core *core = hf_alloc(1, sizeof *core);
    if (core == NULL)
        return hf_fail_nomem(error);
    core->target.kind = HF_TARGET_CORE;
    enum hf_status status =
        hf_target_init(&core->target, &class, options != NULL ? options->cache_bytes : 0, error);
    if (status != HF_OK) {
        hf_free(core);
        return status;
    }
    if (options != NULL) {
        core->sysroot = options->sysroot != NULL ? hf_target_text(&core->target, "%s", options->sysroot) : NULL;
        core->binary = options->binary != NULL ? hf_target_text(&core->target, "%s", options->binary) : NULL;
    }
    status = open_core(path, core, error);
    if (status == HF_OK)
        status = read_all(core, error);
    if (status == HF_OK)
        *out = &core->target;
    else
        destroy(&core->target);
    return status;
}
