/*
 * trend.c - a leak or a cache, told from the changes in each step.
 *
 *   +100 +100 +100 +100       steady
 *   +800 +160  +32   +8       slowing       every time less: it fills
 *   +900  +60    0    0       filled
 *   +100    0    0 +100       uneven
 *    +14   +3   +9   +6       noisy         when 5,000 came and went in each step
 *
 * A population that only exchanges its members grows by chance in every one of n steps with a probability of 1 in 2^n,
 * and of thousands of places in a heap some do. When m things are replaced at random, the number changes with a
 * standard deviation of sqrt(2 m): growth of less than three of these is called noisy. Where things come and go in
 * crowds, as the jobs of a queue do, it changes by more; so while there are but two or three steps, growth must also be
 * more than twice what was exchanged. Of ten steps chance is no explanation any more (1 in 1024). What grows without
 * anything leaving is never noise.
 */
#include "analysis/growth/trend.h"

#include <math.h>

#define DEVIATIONS 3
#define FEW_STEPS 4
#define MANY_STEPS 10

/* Sizes come from files and may be anything: they wrap, and are never an overflow. */
static int64_t sum(const int64_t *steps, size_t count) {
    uint64_t total = 0;
    for (size_t i = 0; i < count; i++)
        total += (uint64_t)steps[i];
    return (int64_t)total;
}

static bool all_grow(const int64_t *steps, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (steps[i] <= 0)
            return false;
    return true;
}

struct hf_exchange hf_exchange_of(uint64_t num_things, uint64_t amount, uint64_t num_turned) {
    return (struct hf_exchange){num_things, (double)amount / (double)(num_turned > 0 ? num_turned : 1)};
}

static bool is_noise(double total, size_t num_steps, struct hf_exchange exchange) {
    double num_things = (double)exchange.num_things;
    if (num_steps < FEW_STEPS && total <= 2 * num_things * exchange.amount)
        return true;
    return num_steps < MANY_STEPS && total <= DEVIATIONS * sqrt(2 * num_things) * exchange.amount;
}

enum hf_trend hf_trend_of(const int64_t *steps, size_t num_steps, struct hf_exchange exchange) {
    int64_t total = sum(steps, num_steps);
    size_t half = num_steps / 2;
    if (total <= 0)
        return total < 0 ? HF_TREND_SHRANK : HF_TREND_LEVEL;
    if (num_steps == 1)
        return HF_TREND_GREW;
    int64_t first = sum(steps, half), last = sum(steps + num_steps - half, half);
    if (!all_grow(steps, num_steps))
        return last <= 0 ? HF_TREND_FILLED : HF_TREND_UNEVEN;
    if (is_noise((double)total, num_steps, exchange))
        return HF_TREND_NOISY;
    return last <= first / 4 ? HF_TREND_SLOWING : HF_TREND_STEADY;
}

const char *hf_trend_name(enum hf_trend trend) {
    switch (trend) {
    case HF_TREND_LEVEL: return "level";
    case HF_TREND_SHRANK: return "shrank";
    case HF_TREND_GREW: return "grew";
    case HF_TREND_FILLED: return "filled";
    case HF_TREND_UNEVEN: return "uneven";
    case HF_TREND_NOISY: return "noisy";
    case HF_TREND_SLOWING: return "slowing";
    case HF_TREND_STEADY: return "steady";
    }
    return "unknown";
}
