/* sites.h - allocation sites as objects of Python. */
#ifndef HF_PYTHON_SITES_H
#define HF_PYTHON_SITES_H

#include <holdfast/sites.h>

#include "python/module.h"

/* A SiteFrame, and a Site with all its callers, or None for HF_NO_SITE. */
PyObject *hf_make_site_frame(const struct hf_site *site);
PyObject *hf_make_site(const struct hf_snapshot *snapshot, uint32_t site);

#endif
