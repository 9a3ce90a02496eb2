/* restored.h - the builtin types of an interpreter whose data a core file was cut off before. */
#ifndef HF_CAPTURE_EXTERNAL_RESTORED_H
#define HF_CAPTURE_EXTERNAL_RESTORED_H

#include "capture/external/python.h"

/*
 * Makes the data of the interpreter's module part of the target (loaded.h), and its static types in them ready. The
 * layout of *python is set, its known types are not. False: its file is not there, or has no symbol of `type`.
 * Cost: O(data).
 */
HF_MUST_CHECK bool hf_python_restore_types(struct hf_target *target, const struct hf_python *python);

#endif
