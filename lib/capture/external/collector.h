/* collector.h - the lists of the garbage collector of a target. */
#ifndef HF_CAPTURE_EXTERNAL_COLLECTOR_H
#define HF_CAPTURE_EXTERNAL_COLLECTOR_H

#include "capture/walker.h"

/* True while the collector of an interpreter runs: objects are then in lists that nobody else knows. */
bool hf_collector_is_running(const struct hf_walker *walker, uint64_t interpreter);

/*
 * Marks every object that the collector of an interpreter tracks, the permanent generation included. False when a list
 * breaks off: it is being changed, or damaged; what can be reached from its two ends is marked. max_objects bounds all
 * lists together.
 */
bool hf_collector_mark_tracked(struct hf_walker *walker, uint64_t interpreter, uint64_t max_objects);

#endif
