/* patience.h - a caller that does not wait: struct hf_progress with what ends the work at the first call. */
#ifndef HF_TESTS_UNIT_PATIENCE_H
#define HF_TESTS_UNIT_PATIENCE_H

#include <stdbool.h>
#include <stdint.h>

/* The context is an int that counts the calls, or NULL. */
static inline bool refuse(void *context, const char *phase, uint64_t done, uint64_t total) {
    (void)phase;
    assert_true(done <= total);
    if (context != NULL)
        ++*(int *)context;
    return false;
}

#endif
