/*
 * progress.c - one line on stderr that overwrites itself; nothing for work that takes less than half a second.
 *
 *   merging paths  43 %, 12.3 M objects/s
 *
 * A program that is ended takes its line with it: the handler is there as long as the line is, and does no more than
 * that. Nothing else needs to be cleaned up: what is being written has no name yet, and children end with their parent.
 */
#include "cli/progress.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "cli/text.h"

#define QUIET_NS UINT64_C(500000000)
#define EVERY_NS UINT64_C(100000000)
#define LEAST_FOR_RATE_NS UINT64_C(50000000)

#define CLEAR_LINE "\r\033[K"

static uint64_t started_ns, printed_ns;
static volatile sig_atomic_t is_shown;

/* What is being done, and since when. */
static struct {
    char name[40];
    uint64_t started_ns;
} phase;

static uint64_t now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

/* The handler has been taken out by the time it runs, so that the signal ends the program. */
static void clear_and_end(int number) {
    if (is_shown && write(STDERR_FILENO, CLEAR_LINE, sizeof CLEAR_LINE - 1) < 0)
        is_shown = false;
    raise(number);
}

static void watch_signals(void) {
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
    struct sigaction action = {.sa_handler = clear_and_end, .sa_flags = (int)(SA_RESETHAND | SA_NODEFER)}, before;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (sigaction(numbers[i], NULL, &before) == 0 && before.sa_handler == SIG_DFL)
            sigaction(numbers[i], &action, NULL);
}

static void note_phase(const char *name, uint64_t now) {
    if (strncmp(phase.name, name, sizeof phase.name - 1) == 0)
        return;
    snprintf(phase.name, sizeof phase.name, "%s", name);
    phase.started_ns = now;
}

static char *format_line(uint64_t done, uint64_t total, uint64_t now) {
    char number[TEXT_NUMBER_SIZE];
    if (total == 0)
        return text_format("%s", phase.name);
    double share = 100.0 * (double)done / (double)total;
    uint64_t elapsed = now - phase.started_ns;
    if (elapsed < LEAST_FOR_RATE_NS || done == 0)
        return text_format("%s %3.0f %%", phase.name, share);
    double rate = (double)done / ((double)elapsed / 1e9);
    return text_format("%s %3.0f %%, %s objects/s", phase.name, share, text_about((uint64_t)rate, number));
}

/* In a line that is broken, only the last part could be overwritten. */
static void print(char *line) {
    struct winsize terminal;
    bool is_known = ioctl(STDERR_FILENO, TIOCGWINSZ, &terminal) == 0 && terminal.ws_col > 1;
    char *cut = text_cut(line, is_known ? terminal.ws_col - 1 : 79, false);
    fprintf(stderr, CLEAR_LINE "%s", cut);
    free(cut);
    free(line);
}

static bool report(void *context, const char *name, uint64_t done, uint64_t total) {
    (void)context;
    uint64_t now = now_ns();
    started_ns = started_ns ? started_ns : now;
    note_phase(name, now);
    if (now - started_ns < QUIET_NS || now - printed_ns < EVERY_NS)
        return true;
    if (!printed_ns)
        watch_signals();
    printed_ns = now;
    is_shown = true;
    print(format_line(done, total, now));
    return true;
}

const struct hf_progress *progress_get(void) {
    static const struct hf_progress progress = {report, NULL};
    return isatty(STDERR_FILENO) ? &progress : NULL;
}

void progress_clear(void) {
    if (is_shown)
        fputs(CLEAR_LINE, stderr);
    is_shown = false;
}
