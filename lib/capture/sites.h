/* sites.h - where the objects of a walk were made, as far as tracemalloc knows. */
#ifndef HF_CAPTURE_SITES_H
#define HF_CAPTURE_SITES_H

#include "capture/walker.h"

/* A traceback of more frames, or more different ones, are left out. */
#define HF_MAX_SITES (1u << 26)

/*
 * Fills the sites of all visited nodes from walker->site_table (traces.h), read through walker->site_memory: a memory
 * of the same process that is as careful as it has to be. After hf_walker_run, while the process stands still;
 * allocates but by mmap. A failure is the walker's. Cost: O(nodes + frames of different tracebacks + lines of all code
 * objects).
 */
void hf_walker_add_sites(struct hf_walker *walker);

#endif
