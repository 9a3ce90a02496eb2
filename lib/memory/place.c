/*
 * place.c - a file among ranges of memory without names.
 *
 *   file       [ header ][ text ][ rest ][ relro | data ]          pages, as its program headers say
 *   process    [   r    ]                [  r    |  rw  ][ rw ]    gdb leaves out what the file tells; bss follows
 *              ^ bias  ^                 ^               ^ each of these is an edge of a range
 *
 * Four edges at distances of hundreds of pages do not fit twice by chance; if they do, no place is given.
 */
#include "memory/place.h"

#define PAGE_BYTES UINT64_C(4096)

static uint64_t first_page(const Elf64_Phdr *segment) {
    return segment->p_vaddr & ~(PAGE_BYTES - 1);
}

static bool is_there(const struct hf_maps *maps, uint64_t start, uint64_t end) {
    while (start < end) {
        const struct hf_map *map = hf_maps_find(maps, start);
        if (map == NULL)
            return false;
        start = map->end;
    }
    return true;
}

static bool is_left_out(const struct hf_maps *maps, uint64_t start, uint64_t end) {
    const struct hf_map *next = hf_maps_find_from(maps, start);
    return next == maps->list + maps->count || next == NULL || next->start >= end;
}

static bool is_edge(const struct hf_maps *maps, uint64_t addr) {
    const struct hf_map *map = hf_maps_find(maps, addr), *before = hf_maps_find(maps, addr - 1);
    return map != before && (map == NULL || map->start == addr) && (before == NULL || before->end == addr);
}

/* Headers and data are there; the end of data is writable, the rest of the file is not. */
static bool segment_fits(const Elf64_Phdr *segment, const struct hf_maps *maps, uint64_t bias) {
    uint64_t start = first_page(segment) + bias;
    uint64_t end = ((segment->p_vaddr + segment->p_filesz + PAGE_BYTES - 1) & ~(PAGE_BYTES - 1)) + bias;
    bool is_data = segment->p_flags & PF_W, is_needed = is_data || segment->p_offset == 0;
    if (!is_needed && is_left_out(maps, start, end))
        return true;
    const struct hf_map *last = hf_maps_find(maps, end - 1);
    return is_there(maps, start, end) && is_edge(maps, start) && is_edge(maps, end) && last != NULL &&
           ((last->permissions & HF_MAP_WRITE) != 0) == is_data;
}

static const Elf64_Phdr *first_load(const struct hf_elf *elf) {
    for (size_t i = 0; i < hf_elf_num_segments(elf); i++)
        if (hf_elf_segment(elf, i)->p_type == PT_LOAD)
            return hf_elf_segment(elf, i);
    return NULL;
}

static bool fits(const struct hf_elf *elf, const struct hf_maps *maps, uint64_t bias) {
    bool has_data = false;
    for (size_t i = 0; i < hf_elf_num_segments(elf); i++) {
        const Elf64_Phdr *segment = hf_elf_segment(elf, i);
        if (segment->p_type != PT_LOAD || segment->p_filesz == 0)
            continue;
        if (!segment_fits(segment, maps, bias))
            return false;
        has_data |= (segment->p_flags & PF_W) != 0;
    }
    return has_data;
}

bool hf_elf_find_place(const struct hf_elf *elf, const struct hf_maps *maps, uint64_t *bias) {
    const Elf64_Phdr *first = first_load(elf);
    unsigned num_found = 0;
    for (size_t i = 0; first != NULL && i < maps->count && num_found < 2; i++) {
        uint64_t try = maps->list[i].start - first_page(first);
        if ((hf_elf_kind(elf) == ET_EXEC && try != 0) || !fits(elf, maps, try))
            continue;
        *bias = try;
        num_found++;
    }
    return num_found == 1;
}
