/* own_process.h - what the in-process capture takes from the interpreter that it runs in. The GIL is held throughout. */
#ifndef HF_CAPTURE_OWN_PROCESS_H
#define HF_CAPTURE_OWN_PROCESS_H

#include "capture/walker.h"

/* own_heap.c: the collector's lists, tp_traverse and __sizeof__ in C. */
extern const struct hf_walker_host hf_own_host;

/* True while the collector runs, when its lists are not to be read. */
bool hf_own_collector_is_running(void);
/* About how many objects the collector tracks, as it knows from its last full collection; 0 if there was none. */
uint64_t hf_own_num_tracked(void);
/* Marks every object that the collector tracks, the permanent generation included. */
void hf_own_mark_tracked(struct hf_walker *walker);
/* tp_traverse of Python classes, which CPython does not export; 0 when it cannot be found. */
uint64_t hf_own_python_traverse(struct hf_walker *walker);

/* own_roots.c: sys.modules, builtins, what the interpreter and the threads hold. */
void hf_own_add_roots(struct hf_walker *walker);
/* The dict that sys.modules is. */
uint64_t hf_own_modules_dict(void);

/* own_threads.c: threads, their frames and variables. */
void hf_own_add_threads(struct hf_walker *walker);

/* The dict of a type, and of its weak references to subclasses; 3.12+ keeps those of static ones in the interpreter. */
void hf_own_find_type_parts(uint64_t type, uint64_t *dict, uint64_t *subclasses);
uint64_t hf_own_type_dict(uint64_t type);

/* own_objects.c: hides holdfast's modules and everything that only they hold. */
void hf_own_hide_tool(struct hf_walker *walker);
/* True for the name of a module of holdfast. */
bool hf_own_is_tool_module(const char *name);

#endif
