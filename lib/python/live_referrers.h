/* live_referrers.h - who refers to whom in this process: an index as a Python object; see live_referrers.c. */
#ifndef HF_PYTHON_LIVE_REFERRERS_H
#define HF_PYTHON_LIVE_REFERRERS_H

#include "python/live.h"

/*
 * The same for one object without an index, which is faster when no other one is asked for. What visit gave; -1 with an
 * exception. `visit` allocates nothing that could start the collector.
 */
int hf_scan_referrers(PyObject *target, visitproc visit, void *context);
/* `targets` are objects that will be asked for though the collector may not track them. NULL with an exception. */
PyObject *hf_referrers_create(PyObject *module, PyObject *const *targets, size_t num_targets);
/*
 * Calls visit for each object that refers to `target`, in the order of gc.get_referrers, until it gives other than 0.
 */
int hf_referrers_visit(PyObject *referrers, PyObject *target, visitproc visit, void *context);

#endif
