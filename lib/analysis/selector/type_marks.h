/* type_marks.h - which types a word names: a full name, the last part of one, or a pattern. */
#ifndef HF_ANALYSIS_TYPE_MARKS_H
#define HF_ANALYSIS_TYPE_MARKS_H

#include "base/text.h"
#include "snapshot/snapshot.h"

struct hf_type_marks {
    const struct hf_snapshot *snapshot;
    const char *word;                /* NULL: all types */
    struct hf_region marks;          /* uint8_t per type: is it named? */
    struct hf_region counts;         /* uint64_t per type: its objects */
    size_t num_types;                /* named ones that have objects */
    const char *name;                /* of the last of them */
};

/*
 * Marks the types that `word` names. Ends with hf_type_marks_deinit, also after a failure.
 * Errors: NOT_FOUND (with near misses), ARGUMENT (several types end in the word), NOMEM. O(nodes + types)
 */
HF_MUST_CHECK enum hf_status hf_type_marks_init(struct hf_type_marks *marks, const struct hf_snapshot *snapshot,
                                                const char *word, struct hf_error *error);
void hf_type_marks_deinit(struct hf_type_marks *marks);

static inline bool hf_type_marks_has(const struct hf_type_marks *marks, uint32_t type) {
    return marks->marks.data[type] != 0;
}

/* ".Session" at the end of "shop.cache.Session". */
bool hf_type_name_ends_in(const char *name, const char *part);

/* Appends " of type shop.cache.Session" or the like; nothing when all types are meant. */
void hf_type_marks_describe(const struct hf_type_marks *marks, struct hf_text *text);

#endif
