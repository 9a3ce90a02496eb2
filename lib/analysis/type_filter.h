/* type_filter.h - which types a question is about. */
#ifndef HF_ANALYSIS_TYPE_FILTER_H
#define HF_ANALYSIS_TYPE_FILTER_H

#include <string.h>

#include <holdfast/snapshot.h>

#include "analysis/selector/glob.h"

/* "shop" has "shop" and "shop.cache". */
static inline bool hf_is_in_module(const char *module, const char *wanted) {
    size_t length = strlen(wanted);
    return strncmp(module, wanted, length) == 0 && (module[length] == '\0' || module[length] == '.');
}

/* By a glob on its full name, and by its module; NULL: any. */
static inline bool hf_type_passes(const struct hf_type *type, const char *pattern, const char *module) {
    if (module != NULL && !hf_is_in_module(type->module, module))
        return false;
    return pattern == NULL || hf_glob_match(pattern, type->name, strlen(type->name));
}

#endif
