/* hops.h - paths and their hops as objects of Python. NULL with an exception. */
#ifndef HF_PYTHON_HOPS_H
#define HF_PYTHON_HOPS_H

#include <holdfast/path.h>

#include "python/module.h"

/* A tuple of holdfast.results.Hop. */
PyObject *hf_make_hops(const struct hf_path_hop *hops, size_t num_hops);

/* A holdfast.results.Path. */
PyObject *hf_make_path(const struct hf_snapshot *snapshot, const struct hf_path *path);

#endif
