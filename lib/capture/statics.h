/*
 * statics.h - where native code has the references that nobody else has: static variables of the program and its
 * libraries, fields of objects that only their own C code knows, and the C stack of the thread that takes the snapshot.
 */
#ifndef HF_CAPTURE_STATICS_H
#define HF_CAPTURE_STATICS_H

#include "capture/walker.h"
#include "memory/target.h"

/*
 * rest[node] is the number of references to a node that were not found; 0 for nodes that do not matter. For each one
 * that a variable or field has, a root is added to the snapshot and rest[node] goes down. `target` is what the walker
 * walked, or the same process a moment later. stack_from is the address in a stack from which on it is looked at, 0:
 * none is.
 *
 * False (and the walker's failure NOMEM) when memory runs out. What cannot be read is passed over.
 * Cost: O(bytes of writable data), and a look through the symbols of each library that has such variables.
 */
bool hf_statics_add_roots(struct hf_walker *walker, struct hf_target *target, uint64_t stack_from, uint32_t *rest);

#endif
