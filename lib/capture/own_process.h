/*
 * own_process.h - what the in-process capture takes from the interpreter that it runs in. The GIL is held throughout.
 */
#ifndef HF_CAPTURE_OWN_PROCESS_H
#define HF_CAPTURE_OWN_PROCESS_H

#include "capture/walker.h"
#include "memory/own_memory.h"

/* own_heap.c: the collector's lists, tp_traverse and __sizeof__ in C. */
extern const struct hf_walker_host hf_own_host;

/* True while the collector runs, when its lists are not to be read. */
bool hf_own_collector_is_running(void);
/* About how many objects the collector tracks, as it knows from its last full collection; 0 if there was none. */
uint64_t hf_own_num_tracked(void);
/* Marks every object that the collector tracks, the permanent generation included. */
void hf_own_mark_tracked(struct hf_walker *walker);
/* The interpreter of the calling thread. */
uint64_t hf_own_interpreter(void);

/* own_sites.c: whether tracemalloc traces, and the table of it (cpython/traces.h); 0: it was not found. */
bool hf_own_is_tracing(void);
uint64_t hf_own_find_traces(struct hf_own_memory *own);

#endif
