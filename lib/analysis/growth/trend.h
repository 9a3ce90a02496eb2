/* trend.h - how a number went over some steps. */
#ifndef HF_ANALYSIS_TREND_H
#define HF_ANALYSIS_TREND_H

#include <holdfast/growth.h>

/* Things that others took the place of, and what one of them adds to the number. */
struct hf_exchange {
    uint64_t num_things;
    double amount;
};

/* The exchange of which it is known that `amount` came or went with `num_turned` things in all. */
struct hf_exchange hf_exchange_of(uint64_t num_things, uint64_t amount, uint64_t num_turned);

/* The word for changes steps[0 .. num_steps - 1] of a number. O(steps) */
enum hf_trend hf_trend_of(const int64_t *steps, size_t num_steps, struct hf_exchange exchange);

#endif
