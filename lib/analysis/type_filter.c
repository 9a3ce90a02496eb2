/* type_filter.c - types by name and module. */
#include "analysis/type_filter.h"

#include <string.h>

#include "analysis/selector/glob.h"
#include "analysis/selector/type_marks.h"

static bool has_type(const struct hf_snapshot *snapshot, const char *name) {
    for (uint32_t i = 0; i < hf_snapshot_num_types(snapshot); i++)
        if (strcmp(hf_snapshot_get_type(snapshot, i).name, name) == 0)
            return true;
    return false;
}

struct hf_type_filter hf_type_filter_make(const struct hf_snapshot *snapshot, const char *pattern, const char *module) {
    bool is_name = pattern != NULL && !hf_glob_is_pattern(pattern);
    return (struct hf_type_filter){pattern, module, is_name && !has_type(snapshot, pattern)};
}

static bool is_in_module(const char *module, const char *wanted) {
    size_t length = strlen(wanted);
    return strncmp(module, wanted, length) == 0 && (module[length] == '\0' || module[length] == '.');
}

bool hf_type_filter_passes(const struct hf_type_filter *filter, const struct hf_type *type) {
    if (filter->module != NULL && !is_in_module(type->module, filter->module))
        return false;
    if (filter->is_last_part)
        return hf_type_name_ends_in(type->name, filter->pattern);
    return filter->pattern == NULL || hf_glob_match(filter->pattern, type->name, strlen(type->name));
}
