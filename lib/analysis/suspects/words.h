/* words.h - what was found, as paragraphs that can be pasted into a ticket. */
#ifndef HF_ANALYSIS_WORDS_H
#define HF_ANALYSIS_WORDS_H

#include "analysis/suspects/content.h"
#include "analysis/suspects/mentions.h"
#include "analysis/suspects/owner.h"
#include "analysis/suspects/patterns.h"
#include "analysis/suspects/verdicts.h"
#include "analysis/suspects/within.h"

/* All that is known of one suspect when its words are written. */
struct hf_finding {
    const struct hf_survey *survey;
    const struct hf_point *point;
    const struct hf_content *content;
    struct hf_crowd_verdict crowd;
    struct hf_app_owner owner;
    struct hf_mentions mentions;
    struct hf_within within;
    const char *name;                /* of the owner's reference: "_shards"; "" if it has none */
    bool is_variable;                /* ... which is a local or closure variable of a function */
    const struct hf_pattern *pattern;    /* NULL: none fits */
    bool is_pattern_certain;         /* the snapshot tells the version for which it holds */
    uint64_t old_items;              /* compared: items of the container in the old snapshot */
    bool has_old_items;
};

/* Gives the two paragraphs of struct hf_suspect, whose other fields are set. Errors: NOMEM. */
HF_MUST_CHECK enum hf_status hf_words_write(const struct hf_finding *finding, struct hf_arena *arena,
                                            struct hf_suspect *suspect, struct hf_error *error);

#endif
