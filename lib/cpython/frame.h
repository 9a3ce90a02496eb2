/* frame.h - variables of frames: of running ones, and of those that live in generators and frame objects. */
#ifndef HF_CPYTHON_FRAME_H
#define HF_CPYTHON_FRAME_H

#include "cpython/decoder.h"

/*
 * Adds what the interpreter frame at `frame` holds: its object, namespace, function and code, the local variables and
 * the temporaries on its evaluation stack. Of a frame whose stack depth is not stored (it runs in C right now) the
 * variables are given and the temporaries are not.
 */
void hf_decode_frame(struct hf_decoder *decoder, uint64_t frame, bool running, struct hf_references *references);

/*
 * The same of a frame object of 3.9 or 3.10, which holds variables and temporaries itself; its other references are
 * fields.
 */
void hf_decode_old_frame(struct hf_decoder *decoder, uint64_t frame, struct hf_references *references);

/*
 * Where the evaluation stack of a running frame lies, interpreter frame or frame object, whose depth is not stored;
 * some of its slots are stale. False: the depth is stored, or there is no such stack.
 */
bool hf_frame_find_stack(struct hf_decoder *decoder, uint64_t frame, uint64_t *slots, uint64_t *num_slots);

/* The code object that an interpreter frame runs. */
uint64_t hf_frame_code(struct hf_decoder *decoder, uint64_t frame);

/* The names of the variables of a code object, and how many there are. NULL: not readable, or no memory. */
const struct hf_code_names *hf_code_names_get(struct hf_decoder *decoder, uint64_t code);

#endif
