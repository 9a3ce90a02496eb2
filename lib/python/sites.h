/* sites.h - allocation sites as objects of Python. */
#ifndef HF_PYTHON_SITES_H
#define HF_PYTHON_SITES_H

#include <holdfast/sites.h>

#include "python/module.h"

/* A SiteFrame, and a Site with all its callers, or None for HF_NO_SITE. */
PyObject *hf_make_site_frame(const struct hf_site *site);
PyObject *hf_make_site(const struct hf_snapshot *snapshot, uint32_t site);

/* The word of `by=`: "type" or "site". False with a ValueError. */
bool hf_read_by(const char *word, bool *by_site);
/* The answer of types(by="site"). */
PyObject *hf_ask_sites(PyObject *self, struct hf_types_options *options);
/* The answer of diff(by="site"), which is ended, or the exception of the error. */
PyObject *hf_make_site_growth(enum hf_status status, struct hf_site_growth *growth, const struct hf_error *error);

#endif
