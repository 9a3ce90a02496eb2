/*
 * watch.c - `holdfast watch`: takes a series of snapshots of a running process and says what grew in every step.
 *
 * Two snapshots are in memory at a time, and none is written unless a folder is named.
 */
#include <holdfast/growth.h>

#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/growth.h"
#include "cli/progress.h"
#include "cli/take.h"
#include "cli/text.h"

struct settings {
    struct answer_settings answer;
    struct take_settings take;
    double every_seconds;
    unsigned count;
    unsigned limit;
    struct option_list fail_if;
    const char *wait;
    const char *output;
};

static const struct option options[] = {
    {"every", 0, OPTION_SECONDS, "TIME", "one snapshot every so often: 30s, 5m, 1h (default 10s)",
     offsetof(struct settings, every_seconds)},
    {"count", 0, OPTION_NUMBER, "N", "how many, 2 or more (default 5); fewer if the process ends",
     offsetof(struct settings, count)},
    {"limit", 'n', OPTION_NUMBER, "N", "show the first N rows of each table; 0: all (default 10)",
     offsetof(struct settings, limit)},
    {"fail-if", 'f', OPTION_LIST, "LIMIT",
     "exit with 1 if it grew by more: TYPE:count>N or TYPE:bytes>N,\n"
     "where TYPE is a type or pattern, total or steady; again for more",
     offsetof(struct settings, fail_if)},
    {"wait", 0, OPTION_TEXT, "NAME", "no process id: wait for a Python program of that name",
     offsetof(struct settings, wait)},
    {"output", 'o', OPTION_TEXT, "DIR", "keep the snapshots, as numbered files in a folder",
     offsetof(struct settings, output)},
    {"method", 0, OPTION_CHOICE, "auto|fork|stop", "how the process is read: see 'snapshot --help'",
     offsetof(struct settings, take.method)},
    {"timeout", 0, OPTION_SECONDS, "TIME", "let go when it takes longer (default 1m stopped, 1h copied)",
     offsetof(struct settings, take.timeout_seconds)},
    {"no-previews", 0, OPTION_FLAG, NULL, "leave out the values of strings, numbers and bytes",
     offsetof(struct settings, take.no_previews)},
    {NULL},
};

/* One more of the series: *last, which it is compared with, is replaced by it. */
static int add_one(const struct take_process *process, const struct settings *settings, const char *folder,
                   unsigned *number, struct hf_growth_series *series, struct hf_snapshot **last) {
    struct hf_snapshot *snapshot;
    struct hf_error error;
    int code = take_snapshot(process, &settings->take, &snapshot);
    if (code != CLI_OK)
        return code;
    if (folder) {
        char *path = take_next_path(folder, process->pid, number);
        code = take_save(snapshot, &settings->take, path, false);
        free(path);
    }
    if (code == CLI_OK && hf_growth_series_add(series, snapshot, &error) != HF_OK)
        code = complain_error(&error);
    if (code != CLI_OK) {
        hf_snapshot_destroy(snapshot);
        return code;
    }
    hf_snapshot_destroy(*last);
    *last = snapshot;
    return CLI_OK;
}

/* A snapshot that fails is left out, unless the process is gone or it is the first. */
static int take_series(const struct take_process *process, const struct settings *settings, const char *folder,
                       struct hf_growth_series *series, struct hf_snapshot **last, unsigned *num_taken) {
    unsigned number = 0;
    for (unsigned i = 0; i < settings->count; i++) {
        if (i > 0 && !take_wait(process, settings->every_seconds)) {
            complain(CLI_OK, "process %d has ended", process->pid);
            return CLI_OK;
        }
        int code = add_one(process, settings, folder, &number, series, last);
        *num_taken += code == CLI_OK;
        if (code != CLI_OK && (code != CLI_TARGET || *num_taken == 0))
            return code;
    }
    return CLI_OK;
}

static int finish(const struct settings *settings, struct hf_growth_series *series, unsigned num_taken) {
    struct hf_growth *growth;
    struct hf_error error;
    if (num_taken < 2)
        return complain(CLI_TARGET, "one snapshot does not tell what grows: two are needed, and three for a trend");
    if (hf_growth_series_finish(series, &growth, &error) != HF_OK)
        return complain_error(&error);
    progress_clear();
    int code = growth_answer(growth, settings->answer.json);
    hf_growth_destroy(growth);
    return code;
}

static int watch(const struct settings *settings, const struct take_process *process, const char *folder) {
    struct hf_growth_options query = {
        .struct_size = sizeof query,
        .limit = settings->limit,
        .fail_if = settings->fail_if.words,
        .num_fail_if = settings->fail_if.count,
        .progress = progress_get(),
    };
    struct hf_growth_series *series;
    struct hf_snapshot *last = NULL;
    struct hf_error error;
    unsigned num_taken = 0;
    if (hf_growth_series_create(&query, &series, &error) != HF_OK)
        return complain_error(&error);
    int code = take_series(process, settings, folder, series, &last, &num_taken);
    if (code == CLI_OK)
        code = finish(settings, series, num_taken);
    hf_growth_series_destroy(series);
    hf_snapshot_destroy(last);
    return code;
}

static int find_process(const struct settings *settings, int num_operands, char **operands, int *pid) {
    if (settings->wait && num_operands > 0)
        return complain(CLI_USAGE, "give a process id or --wait NAME, not both");
    if (settings->wait)
        return take_wait_for(settings->wait, pid);
    if (num_operands == 0)
        return complain(CLI_USAGE, "which process? give its id, or --wait NAME");
    if (!take_is_pid(operands[0], pid))
        return complain(CLI_USAGE, "'%s' is no process id: 'holdfast ps' lists those that run Python", operands[0]);
    return CLI_OK;
}

/* With a slash at its end, which says that it is one. */
static char *name_folder(const char *path) {
    return text_format("%s%s", path, path[strlen(path) - 1] == '/' ? "" : "/");
}

static int run(const void *settings_, int num_operands, char **operands) {
    const struct settings *settings = settings_;
    struct take_process process = {.pidfd = -1};
    int pid = 0;
    if (settings->count < 2)
        return complain(CLI_USAGE, "--count is 2 or more: one snapshot does not tell what grows");
    int code = find_process(settings, num_operands, operands, &pid);
    if (code == CLI_OK)
        code = take_begin(pid, &process);
    char *folder = settings->output ? name_folder(settings->output) : NULL;
    if (code == CLI_OK && folder)
        code = take_check_output(folder);
    if (code == CLI_OK)
        code = watch(settings, &process, folder);
    free(folder);
    take_end(&process);
    return code;
}

static const struct settings defaults = {.every_seconds = 10, .count = 5, .limit = 10};

const struct command command_watch = {
    .name = "watch",
    .group = GROUP_TAKE,
    .synopsis = "PID [options]\n--wait NAME [options]",
    .summary = "what grows in a running process, and where it hangs",
    .description = "Takes a series of snapshots of a running process, and says what grew in every step, by type and\n"
                   "by the path at which it hangs, as 'diff' does for files. Nothing is written unless a folder is\n"
                   "named; the process stands still for a moment at each snapshot, as for 'snapshot'.",
    .example = "$ holdfast watch --wait server.py --every 50ms --count 3 | head -n 1\n"
               "3 snapshots in 0.1 s: 14,000 → 14,000 objects, 1.8 MiB → 1.8 MiB\n",
    .options = options,
    .defaults = &defaults,
    .settings_size = sizeof(struct settings),
    .max_operands = 1,
    .has_answer = true,
    .has_csv = true,
    .may_be_long = true,
    .run = run,
};
