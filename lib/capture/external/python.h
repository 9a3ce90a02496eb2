/*
 * python.h - the interpreter of a target: which release it is, where its structures lie, and its builtin types.
 *
 * A layout is right when everything fits: _Py_DebugOffsets says the same (3.13+), the dict of builtins has a type
 * called dict whose type is `type` and whose base is `object`, the other builtin types are among the subclasses of
 * `object`, and sys.hexversion, read through all of that, is that of the layout.
 */
#ifndef HF_CAPTURE_EXTERNAL_PYTHON_H
#define HF_CAPTURE_EXTERNAL_PYTHON_H

#include "capture/external/external.h"
#include "cpython/decoder.h"
#include "cpython/layout.h"

#define HF_MAX_KNOWN_TYPES 40

struct hf_python {
    struct hf_external_python found;
    uint32_t version_hex;        /* PY_VERSION_HEX of the target */
    struct hf_layout layout;     /* of its release, with its known types */
    struct hf_known_type known_types[HF_MAX_KNOWN_TYPES];
    uint64_t interpreters[HF_MAX_INTERPRETERS];   /* the main one first */
    uint32_t num_interpreters;
    uint64_t ids[HF_MAX_INTERPRETERS];
};

/* *python points into itself and must not be moved. Errors: those of hf_external_identify. */
HF_MUST_CHECK enum hf_status hf_python_find(struct hf_target *target, struct hf_python *python,
                                            struct hf_error *error);

#endif
