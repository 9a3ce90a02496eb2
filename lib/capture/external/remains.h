/* remains.h - objects of a core file that was cut off, of which the collector's lists lead to few. */
#ifndef HF_CAPTURE_EXTERNAL_REMAINS_H
#define HF_CAPTURE_EXTERNAL_REMAINS_H

#include "capture/walker.h"
#include "memory/maps.h"

/*
 * tp_traverse of Python classes: what most types that were made at run time have. 0: there are none. Cost: all of the
 * writable memory is read, as by the next.
 */
uint64_t hf_remains_python_traverse(struct hf_walker *walker, const struct hf_maps *maps);

/* Marks everything that lies in a list of the collector, by what is left of its neighbours. */
void hf_remains_mark(struct hf_walker *walker, const struct hf_maps *maps);

#endif
