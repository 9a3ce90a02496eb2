/*
 * loaded.h - the data of a program or library as the loader left them, before its first instruction ran, for a core file
 * that was cut off before them.
 */
#ifndef HF_MEMORY_LOADED_H
#define HF_MEMORY_LOADED_H

#include "memory/target.h"

/*
 * Makes the data of a module part of the target, from the module's file, with its relocations applied. What the core has
 * of them comes from the core. They are read like other memory afterwards, until another module's take their place.
 * False: the module has no file, or no data, or they are too large, or memory ran out. Cost: O(data + relocations).
 */
HF_MUST_CHECK bool hf_loaded_data_add(struct hf_target *target, const struct hf_module *module);

/* Changes a word of them, as the program would have when it started. The core's own words, and others', stay. */
void hf_loaded_data_set(struct hf_target *target, uint64_t addr, uint64_t word);

/* For the reader of a core: copies what they have from `addr` on, up to where they end, and gives how much that was. */
size_t hf_loaded_data_read(const struct hf_target *target, uint64_t addr, void *buffer, size_t size);

#endif
