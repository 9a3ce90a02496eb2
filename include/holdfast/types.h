/* types.h - what is in the heap: objects per type with count and bytes, and what they retain. */
#ifndef HOLDFAST_TYPES_H
#define HOLDFAST_TYPES_H

#include <holdfast/dominators.h>

HF_BEGIN_API

enum hf_types_sort { HF_TYPES_BY_BYTES = 0, HF_TYPES_BY_COUNT, HF_TYPES_BY_NAME, HF_TYPES_BY_RETAINED };

struct hf_types_options {
    uint32_t struct_size;      /* sizeof(struct hf_types_options) */
    enum hf_types_sort sort;
    const char *pattern;       /* a name or its last part, as in selector.h, or a glob ("shop.*"); NULL: all */
    const char *module;        /* module or package ("shop" has "shop" and "shop.cache"); NULL: all */
    size_t limit;              /* rows at most; 0: all. What is cut is counted in the totals */
    bool retained;             /* fill in what the types retain; HF_TYPES_BY_RETAINED does as well */
    const struct hf_progress *progress;
};

struct hf_types_row {
    uint32_t type;             /* index for hf_snapshot_get_type */
    const char *name;
    uint64_t count;
    uint64_t size_bytes;       /* sum of shallow sizes */
    struct hf_retained retained; /* by its objects: see hf_dominators_sum_types */
};

struct hf_types {
    const struct hf_types_row *rows;
    size_t num_rows;
    size_t num_matching;       /* types that pass the filters, before `limit` */
    uint64_t total_count, total_bytes;        /* of the whole heap */
    uint64_t matching_count, matching_bytes;  /* of the types that pass the filters */
    bool has_retained;                        /* it was asked for; else it is 0 here and in the rows */
    struct hf_retained matching_retained;     /* by the objects of the types that pass the filters, counted once */
};

/*
 * Types with at least one object. options may be NULL. Errors: ARGUMENT (struct_size is not set), NOMEM, CANCELLED.
 * Cost: O(nodes), and that of hf_dominators_get where what they retain was asked for.
 */
HF_MUST_CHECK enum hf_status hf_types_create(const struct hf_snapshot *snapshot,
                                             const struct hf_types_options *options, struct hf_types **out,
                                             struct hf_error *error);
void hf_types_destroy(struct hf_types *types);

HF_END_API
#endif
