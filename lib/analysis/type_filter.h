/* type_filter.h - which types a question is about. */
#ifndef HF_ANALYSIS_TYPE_FILTER_H
#define HF_ANALYSIS_TYPE_FILTER_H

#include "snapshot/snapshot.h"

struct hf_type_filter {
    const char *pattern;     /* NULL: any name */
    const char *module;      /* NULL: any; "shop" has "shop" and "shop.cache" */
    bool is_last_part;       /* the pattern is the last part of a name: no type has it as a whole */
};

/* The pattern is a glob on full names, a full name, or the last part of some. The texts are borrowed. O(types) */
struct hf_type_filter hf_type_filter_make(const struct hf_snapshot *snapshot, const char *pattern, const char *module);
bool hf_type_filter_passes(const struct hf_type_filter *filter, const struct hf_type *type);

#endif
