/* mentions.h - which functions of the application name a reference: where to look first. */
#ifndef HF_ANALYSIS_MENTIONS_H
#define HF_ANALYSIS_MENTIONS_H

#include "analysis/suspects/owner.h"

struct hf_mention {
    const char *function;        /* "Cache.put" */
    const char *file;
    bool is_class;               /* no function, but what stands in a class statement */
};

struct hf_mentions {
    const struct hf_mention *list;   /* nearest to the owner first; in the arena */
    size_t num_mentions, num_all;
};

#define HF_MAX_MENTIONS 4

/*
 * Looks through the code objects of the application's files for attributes and global variables called `name`: methods
 * of the owner first, then other functions of its file, then all others. With a scope, the __qualname__ in the code of
 * the function that has it (NULL: none, "": unknown, which it is before 3.11), for a local or closure variable, and
 * only where it can be the same one: in that function and in those around it. Errors: NOMEM. O(nodes + names in the application's code)
 */
HF_MUST_CHECK enum hf_status hf_mentions_find(const struct hf_survey *survey, const char *name, const char *scope,
                                              const struct hf_app_owner *owner, struct hf_arena *arena,
                                              struct hf_mentions *out, struct hf_error *error);

#endif
