/* known_types.h - the builtin types of a target whose layout is known. */
#ifndef HF_CAPTURE_EXTERNAL_KNOWN_TYPES_H
#define HF_CAPTURE_EXTERNAL_KNOWN_TYPES_H

#include "capture/external/python.h"

/*
 * Fills python->known_types, given its layout and interpreters. False: nothing is where the layout says it is.
 */
bool hf_python_find_types(struct hf_memory *memory, struct hf_python *python);
/* The same by the symbols of the module, for a target of which memory is missing. */
bool hf_python_find_types_by_symbols(struct hf_target *target, struct hf_python *python);

#endif
