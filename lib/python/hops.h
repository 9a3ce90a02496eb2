/* hops.h - hops of a path as objects of Python. */
#ifndef HF_PYTHON_HOPS_H
#define HF_PYTHON_HOPS_H

#include <holdfast/path.h>

#include "python/module.h"

/* A tuple of holdfast.results.Hop; NULL with an exception. */
PyObject *hf_make_hops(const struct hf_path_hop *hops, size_t num_hops);

#endif
