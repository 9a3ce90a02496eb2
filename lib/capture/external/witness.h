/* witness.h - which objects are held by native code, as far as its own memory tells. */
#ifndef HF_CAPTURE_EXTERNAL_WITNESS_H
#define HF_CAPTURE_EXTERNAL_WITNESS_H

#include "capture/external/python.h"
#include "capture/walker.h"
#include "memory/target.h"

/*
 * Gives how many of the objects of the snapshot that count more references than were found count exactly those that are
 * missing in the memory of native code. Cost: the writable data of all modules and 64 KiB of each thread's stack are
 * read. False: no memory.
 */
HF_MUST_CHECK bool hf_witness_count(struct hf_walker *walker, const struct hf_python *python,
                                    struct hf_target *target, const struct hf_snapshot *snapshot,
                                    uint64_t *num_explained);

#endif
