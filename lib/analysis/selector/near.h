/* near.h - "did you mean": the names that are nearest to one that does not exist. */
#ifndef HF_ANALYSIS_NEAR_H
#define HF_ANALYSIS_NEAR_H

#include "base/text.h"

#define HF_NEAR_MAX 3

/* All zero but `wanted` is a fresh one. Names are borrowed. */
struct hf_near {
    const char *wanted;
    const char *names[HF_NEAR_MAX];      /* nearest first */
    size_t distances[HF_NEAR_MAX];
    size_t num_names;
};

/* Offers a name; the distance is that of the whole name or of its part behind the last dot, whichever is smaller. */
void hf_near_offer(struct hf_near *near, const char *name);

/* Appends "; did you mean 'a', 'b' or 'c'?" or nothing. */
void hf_near_print(const struct hf_near *near, struct hf_text *text);

#endif
