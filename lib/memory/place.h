/* place.h - where in a process a file is mapped, when nothing says so but the sizes of the ranges of memory. */
#ifndef HF_MEMORY_PLACE_H
#define HF_MEMORY_PLACE_H

#include "memory/elf.h"
#include "memory/maps.h"

/*
 * Address in the process = address in the file + *bias. False: no place fits, or more than one.
 * Cost: O(maps * segments * log maps).
 */
HF_MUST_CHECK bool hf_elf_find_place(const struct hf_elf *elf, const struct hf_maps *maps, uint64_t *bias);

#endif
