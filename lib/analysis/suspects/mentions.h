/* mentions.h - which functions of the application name a reference: where to look first. */
#ifndef HF_ANALYSIS_MENTIONS_H
#define HF_ANALYSIS_MENTIONS_H

#include "analysis/suspects/owner.h"

struct hf_mention {
    const char *function;        /* "Cache.put" */
    const char *file;
};

struct hf_mentions {
    const struct hf_mention *list;   /* nearest to the owner first; in the arena */
    size_t num_mentions, num_all;
};

#define HF_MAX_MENTIONS 4

/*
 * Looks through the code objects of the application's files for attributes and global variables called `name`, or
 * (is_variable) for local and closure variables: methods of the owner first, then other functions of its file, then all
 * others. Errors: NOMEM. O(nodes + names in the application's code)
 */
HF_MUST_CHECK enum hf_status hf_mentions_find(const struct hf_survey *survey, const char *name, bool is_variable,
                                              const struct hf_app_owner *owner, struct hf_arena *arena,
                                              struct hf_mentions *out, struct hf_error *error);

#endif
