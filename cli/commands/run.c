/*
 * run.c - `holdfast run`: hands this process over to the user's Python, which takes the snapshots.
 *
 *   holdfast run --every 30s -o /tmp/x app.py a b     becomes, in the same process,
 *   python3 <folder>/holdfast/_run.py --output /tmp/x --every 30 -- app.py a b
 *
 * By execve, not as a child: pid, stdin, terminal, signals, limits and the exit code are the program's own.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/python.h"
#include "cli/take.h"
#include "cli/text.h"

#define MAX_FRAMES 65535     /* of tracemalloc */

struct settings {
    const char *python;
    const char *output;
    int on_signal;
    double every_seconds;
    uint64_t when_rss_bytes;
    unsigned tracemalloc_frames;
    bool at_exit;
    bool children;
    bool plain;
    bool no_previews;
};

static const struct option options[] = {
    {"output", 'o', OPTION_TEXT, "PATH",
     "a file, or a folder that gets numbered files\n(default holdfast-PID.hfs, or the folder holdfast-PID/\n"
     "when more than one snapshot may come)",
     offsetof(struct settings, output)},
    {"at-exit", 0, OPTION_FLAG, NULL, "take one when the program ends (default, if nothing else\nis asked for)",
     offsetof(struct settings, at_exit)},
    {"on", 0, OPTION_SIGNAL, "SIGNAL", "take one on each signal, such as SIGUSR2",
     offsetof(struct settings, on_signal)},
    {"every", 0, OPTION_SECONDS, "TIME", "take one every so often: 30s, 5m, 1h",
     offsetof(struct settings, every_seconds)},
    {"when-rss", 0, OPTION_SIZE, "SIZE", "take one when resident memory passes a mark: 500M, 2G",
     offsetof(struct settings, when_rss_bytes)},
    {"python", 0, OPTION_TEXT, "PATH", "the interpreter (default: python3 of PATH)", offsetof(struct settings, python)},
    {"children", 0, OPTION_FLAG, NULL, "also in the Python programs that the program starts",
     offsetof(struct settings, children)},
    {"tracemalloc", 0, OPTION_MAYBE_NUMBER, "[N]",
     "record at which line each object is made, and N - 1 callers\nof it, for 'types', 'diff', 'why' and 'show'\n"
     "(default 1)",
     offsetof(struct settings, tracemalloc_frames)},
    {"plain", 0, OPTION_FLAG, NULL, "do not compress: larger files that open at once",
     offsetof(struct settings, plain)},
    {"no-previews", 0, OPTION_FLAG, NULL, "leave out the values of strings, numbers and bytes",
     offsetof(struct settings, no_previews)},
    {NULL},
};

/* The words of the new command line, with room for all that one can ask for. */
struct words {
    const char **list;
    size_t count;
};

static void add(struct words *words, const char *word) {
    words->list[words->count++] = word;
}

static void add_pair(struct words *words, const char *name, const char *value) {
    add(words, name);
    add(words, value);
}

static bool takes_many(const struct settings *settings) {
    return settings->on_signal || settings->every_seconds > 0 || settings->when_rss_bytes;
}

static char *choose_output(const struct settings *settings) {
    if (settings->output)
        return text_format("%s", settings->output);
    return text_format(takes_many(settings) ? "holdfast-%d/" : "holdfast-%d.hfs", (int)getpid());
}

static void add_options(struct words *words, const struct settings *settings, const char *output) {
    add_pair(words, "--output", output);
    if (settings->on_signal)
        add_pair(words, "--on-signal", text_format("%d", settings->on_signal));
    if (settings->every_seconds > 0)
        add_pair(words, "--every", text_format("%.17g", settings->every_seconds));
    if (settings->when_rss_bytes)
        add_pair(words, "--when-rss", text_format("%llu", (unsigned long long)settings->when_rss_bytes));
    if (settings->tracemalloc_frames > 0)
        add_pair(words, "--tracemalloc", text_format("%u", settings->tracemalloc_frames));
    if (settings->at_exit || !takes_many(settings))
        add(words, "--at-exit");
    if (settings->children)
        add(words, "--children");
    if (settings->plain)
        add(words, "--plain");
    if (settings->no_previews)
        add(words, "--no-previews");
}

/* Does not return when it succeeds; the memory goes with the process image. */
static int become(const struct settings *settings, const char *bootstrap, const char *output, int num_operands,
                  char **operands) {
    struct words words = {text_must(calloc((size_t)num_operands + 20, sizeof *words.list)), 0};
    add(&words, settings->python);
    add(&words, bootstrap);
    add_options(&words, settings, output);
    add(&words, "--");
    for (int i = 0; i < num_operands; i++)
        add(&words, operands[i]);
    fflush(NULL);
    execvp(settings->python, (char *const *)(const void *)words.list);
    return complain(CLI_TARGET, "cannot run '%s': %s", settings->python, strerror(errno));
}

static int run(const void *settings_, int num_operands, char **operands) {
    const struct settings *settings = settings_;
    if (settings->tracemalloc_frames > MAX_FRAMES)
        return complain(CLI_USAGE, "--tracemalloc %u: Python records %d frames at most", settings->tracemalloc_frames,
                        MAX_FRAMES);
    if (strcmp(operands[0], "-m") == 0 && num_operands < 2)
        return complain(CLI_USAGE, "-m needs the name of a module");
    char *bootstrap = NULL;
    char *output = choose_output(settings);
    int code = python_find_bootstrap(settings->python, &bootstrap);
    if (code == CLI_OK)
        code = take_check_output(output);
    if (code == CLI_OK)
        code = become(settings, bootstrap, output, num_operands, operands);
    free(output);
    free(bootstrap);
    return code;
}

static const struct settings defaults = {.python = "python3"};

const struct command command_run = {
    .name = "run",
    .group = GROUP_TAKE,
    .synopsis = "[options] SCRIPT [ARGS...]\n[options] -m MODULE [ARGS...]",
    .summary = "run a Python program and take snapshots of it",
    .description = "Runs a Python program and takes snapshots: at its end, on a signal, every so often, or when its\n"
                   "memory passes a mark. The program keeps its arguments, stdin, signals, process id and exit code.",
    .example = "$ holdfast run -o shop.hfs shop.py\n"
               "holdfast: wrote shop.hfs (52.6 k objects, pause 18 ms)\n",
    .options = options,
    .defaults = &defaults,
    .settings_size = sizeof(struct settings),
    .min_operands = 1,
    .max_operands = INT_MAX,
    .stops_at_operand = true,
    .run = run,
};
