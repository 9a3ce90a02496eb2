/* progress.c - one line on stderr that overwrites itself; nothing for work that takes less than half a second. */
#include "cli/progress.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define QUIET_NS UINT64_C(500000000)
#define EVERY_NS UINT64_C(100000000)

static uint64_t started_ns, printed_ns;
static bool is_shown;

static uint64_t now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

static bool report(void *context, const char *phase, uint64_t done, uint64_t total) {
    (void)context;
    uint64_t now = now_ns();
    if (!started_ns)
        started_ns = now;
    if (now - started_ns < QUIET_NS || now - printed_ns < EVERY_NS)
        return true;
    printed_ns = now;
    is_shown = true;
    if (total)
        fprintf(stderr, "\r\033[K%s %.0f %%", phase, 100.0 * (double)done / (double)total);
    else
        fprintf(stderr, "\r\033[K%s", phase);
    return true;
}

const struct hf_progress *progress_get(void) {
    static const struct hf_progress progress = {report, NULL};
    return isatty(STDERR_FILENO) ? &progress : NULL;
}

void progress_clear(void) {
    if (is_shown)
        fputs("\r\033[K", stderr);
    is_shown = false;
}
