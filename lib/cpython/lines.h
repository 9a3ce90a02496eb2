/* lines.h - line numbers of instructions, and the lines that a code object has. */
#ifndef HF_CPYTHON_LINES_H
#define HF_CPYTHON_LINES_H

#include "cpython/decoder.h"

/*
 * The line of the instruction at `instruction` in a code object: an address from 3.11 on, before that a byte offset.
 * 0: it has none, or it cannot be read. O(bytes of the table).
 */
uint32_t hf_code_line(struct hf_decoder *decoder, uint64_t code, uint64_t instruction);

/*
 * Calls `visit` with the lines that the instructions of a code object have, in the order of the instructions, one that
 * follows itself once. False: the table cannot be read. O(bytes of the table).
 */
bool hf_code_each_line(struct hf_decoder *decoder, uint64_t code, void (*visit)(void *context, uint32_t line),
                       void *context);

#endif
