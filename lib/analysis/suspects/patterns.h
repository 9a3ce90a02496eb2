/* patterns.h - the text file of known patterns (patterns.txt says how it is written). */
#ifndef HF_ANALYSIS_PATTERNS_H
#define HF_ANALYSIS_PATTERNS_H

#include "analysis/suspects/survey.h"

struct hf_pattern {
    const char *name, *holds, *note;
    const char *const *references;   /* globs */
    size_t num_references;
};

/* Texts are in the arena. */
struct hf_patterns {
    const struct hf_pattern *list;
    size_t num_patterns;
    struct hf_arena arena;
    struct hf_region region, reference_region;
};

/* What comes with holdfast. */
extern const char hf_known_patterns[];

/*
 * Reads `own` (NULL: none), then what comes with holdfast. Ends with hf_patterns_deinit, also after a failure.
 * Errors: ARGUMENT (a line of `own`: its number, and what is wrong), NOMEM.
 */
HF_MUST_CHECK enum hf_status hf_patterns_init(struct hf_patterns *patterns, const char *own, struct hf_error *error);
void hf_patterns_deinit(struct hf_patterns *patterns);

/* The first pattern that fits a masked reference, or NULL. */
const struct hf_pattern *hf_patterns_find(const struct hf_patterns *patterns, const char *reference);

/*
 * Whether a pattern holds for the Python or the package in a snapshot: true, false, or not to be told (*is_known).
 * O(modules + variables of one of them)
 */
bool hf_pattern_holds(const struct hf_pattern *pattern, const struct hf_survey *survey, bool *is_known);

#endif
