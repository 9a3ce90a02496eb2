/* neighbours.h - rows of neighbours as objects of Python. */
#ifndef HF_PYTHON_NEIGHBOURS_H
#define HF_PYTHON_NEIGHBOURS_H

#include <holdfast/neighbours.h>

#include "python/module.h"

/* A holdfast.results.Neighbours; NULL with an exception. */
PyObject *hf_make_neighbours(const char *description, enum hf_neighbours_direction direction,
                             const struct hf_neighbours *neighbours);

#endif
