/* target.h - which objects a question is about: a live object, or what a selector names. */
#ifndef HF_PYTHON_TARGET_H
#define HF_PYTHON_TARGET_H

#include <holdfast/selector.h>

#include "python/module.h"

/* As the caller of a method gave it. All NULL: nothing was given. Borrowed. */
struct hf_target {
    PyObject *object;
    const char *selector;
    const char *value;
    const char *keyword;      /* of the selector, for messages; NULL stands for "selector", with "value" beside it */
};

/* The format and the addresses of these arguments, for PyArg_ParseTupleAndKeywords; the names are "", "selector", .. */
#define HF_TARGET_FORMAT "|O$zz"
#define HF_TARGET_NAMES "", "selector", "value"
#define HF_TARGET_ARGS(target) &(target).object, &(target).selector, &(target).value

/*
 * The objects in question, or NULL with an exception: TypeError if nothing or both was given, LookupError if the
 * snapshot has no such object. The caller ends it with hf_selection_destroy. Takes the GIL back while it works.
 */
struct hf_selection *hf_target_select(PyObject *self, const struct hf_target *target);

#endif
