/*
 * snapshot.c - `holdfast snapshot`: photographs a process that runs, once or in a series, or one that left a core file.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/progress.h"
#include "cli/take.h"
#include "cli/text.h"

struct settings {
    struct answer_settings answer;
    struct take_settings take;
    const char *output;
    double every_seconds;
    unsigned count;
    const char *wait;
    const char *sysroot;
    const char *binary;
};

static const struct option options[] = {
    {"output", 'o', OPTION_TEXT, "PATH",
     "a file, or a folder that gets numbered files\n(default holdfast-PID.hfs, NAME.hfs of a core file, or the\n"
     "folder holdfast-PID/ for a series)",
     offsetof(struct settings, output)},
    {"every", 0, OPTION_SECONDS, "TIME", "take a series, one every so often: 30s, 5m, 1h",
     offsetof(struct settings, every_seconds)},
    {"count", 0, OPTION_NUMBER, "N", "end the series after N (default: when the process ends)",
     offsetof(struct settings, count)},
    {"wait", 0, OPTION_TEXT, "NAME",
     "no process id: wait for a Python program of that name,\nsuch as app.py or gunicorn",
     offsetof(struct settings, wait)},
    {"method", 0, OPTION_CHOICE, "auto|fork|stop",
     "fork: read a copy, and the process stands still only\nwhile it is made; stop: read the process itself, which\n"
     "stands still until all is read; auto: fork, and stop\nwhere that is not possible",
     offsetof(struct settings, take.method)},
    {"timeout", 0, OPTION_SECONDS, "TIME", "let go when it takes longer (default 1m stopped, 1h copied)",
     offsetof(struct settings, take.timeout_seconds)},
    {"binary", 0, OPTION_TEXT, "PATH", "the program that left the core file, if it is elsewhere now",
     offsetof(struct settings, binary)},
    {"sysroot", 0, OPTION_TEXT, "DIR", "the folder with the files of the machine that it is from",
     offsetof(struct settings, sysroot)},
    {"plain", 0, OPTION_FLAG, NULL, "do not compress: larger files that open at once",
     offsetof(struct settings, take.plain)},
    {"no-previews", 0, OPTION_FLAG, NULL, "leave out the values of strings, numbers and bytes",
     offsetof(struct settings, take.no_previews)},
    {NULL},
};

/* ---- a core file ---- */

static char *name_after(const char *path) {
    const char *slash = strrchr(path, '/');
    return text_format("%s.hfs", slash ? slash + 1 : path);
}

static int complain_core(const char *path, const struct hf_error *error) {
    struct hf_snapshot *snapshot;
    if (error->status != HF_ERR_FORMAT || hf_snapshot_open(path, NULL, &snapshot, NULL) != HF_OK)
        return complain_error(error);
    hf_snapshot_destroy(snapshot);
    return complain(CLI_FILE, "'%s' is a snapshot already: questions open it, such as 'holdfast types %s'", path, path);
}

static int snapshot_core(const struct settings *settings, const char *path) {
    struct hf_core_options core_options = {
        .struct_size = sizeof core_options,
        .sysroot = settings->sysroot,
        .binary = settings->binary,
        .without_previews = settings->take.no_previews,
        .note = take_note,
        .progress = progress_get(),
    };
    struct hf_error error;
    struct hf_snapshot *snapshot;
    char *output = settings->output ? text_format("%s", settings->output) : name_after(path);
    int code = take_check_output(output);
    if (code == CLI_OK && hf_capture_core(path, &core_options, &snapshot, &error) != HF_OK)
        code = complain_core(path, &error);
    else if (code == CLI_OK) {
        code = take_save(snapshot, &settings->take, output, settings->answer.json);
        hf_snapshot_destroy(snapshot);
    }
    free(output);
    return code;
}

/* ---- a process ---- */

static int take_into(const struct take_process *process, const struct settings *settings, const char *path) {
    struct hf_snapshot *snapshot;
    int code = take_snapshot(process, &settings->take, &snapshot);
    if (code != CLI_OK)
        return code;
    code = take_save(snapshot, &settings->take, path, settings->answer.json);
    hf_snapshot_destroy(snapshot);
    return code;
}

/* A failure ends the series only if its cause stays: the process is gone, or files cannot be written. */
static int take_series(const struct take_process *process, const struct settings *settings, const char *folder) {
    unsigned number = 0, num_taken = 0;
    int code = CLI_OK;
    for (unsigned i = 0; code == CLI_OK && (settings->count == 0 || i < settings->count); i++) {
        if (i > 0 && !take_wait(process, settings->every_seconds))
            break;
        char *path = take_next_path(folder, process->pid, &number);
        code = take_into(process, settings, path);
        free(path);
        num_taken += code == CLI_OK;
        if (code == CLI_TARGET && num_taken > 0 && take_wait(process, 0))
            code = CLI_OK;
    }
    if (num_taken > 0 && !take_wait(process, 0))
        return complain(CLI_OK, "process %d has ended", process->pid);
    return code;
}

static int take_one(const struct take_process *process, const struct settings *settings, const char *output) {
    unsigned number = 0;
    char *path = take_is_folder(output) ? take_next_path(output, process->pid, &number) : text_format("%s", output);
    int code = take_into(process, settings, path);
    free(path);
    return code;
}

/* A series needs a folder: a name without a slash at its end means one, too. */
static char *choose_output(const struct settings *settings, int pid, bool is_series) {
    if (!settings->output)
        return text_format(is_series ? "holdfast-%d/" : "holdfast-%d.hfs", pid);
    bool has_slash = settings->output[strlen(settings->output) - 1] == '/';
    return text_format("%s%s", settings->output, is_series && !has_slash ? "/" : "");
}

static int snapshot_process(const struct settings *settings, int pid) {
    struct take_process process;
    bool is_series = settings->every_seconds > 0;
    int code = take_begin(pid, &process);
    char *output = choose_output(settings, pid, is_series);
    if (code == CLI_OK)
        code = take_check_output(output);
    if (code == CLI_OK)
        code = is_series ? take_series(&process, settings, output) : take_one(&process, settings, output);
    free(output);
    take_end(&process);
    return code;
}

/* Words that contradict each other. */
static int check(const struct settings *settings, int num_operands, bool is_core) {
    if (settings->wait && num_operands > 0)
        return complain(CLI_USAGE, "give a process id or --wait NAME, not both");
    if (!settings->wait && num_operands == 0)
        return complain(CLI_USAGE, "of what? give a process id, a core file, or --wait NAME");
    if (settings->count && !(settings->every_seconds > 0))
        return complain(CLI_USAGE, "--count is the length of a series: say with --every TIME how often");
    if (is_core && settings->every_seconds > 0)
        return complain(CLI_USAGE, "a core file does not change: no series of it");
    if (!is_core && (settings->binary || settings->sysroot))
        return complain(CLI_USAGE, "--binary and --sysroot are for core files");
    return CLI_OK;
}

static int run(const void *settings_, int num_operands, char **operands) {
    const struct settings *settings = settings_;
    int pid = 0;
    bool is_core = num_operands > 0 && !take_is_pid(operands[0], &pid);
    int code = check(settings, num_operands, is_core);
    if (code == CLI_OK && settings->wait)
        code = take_wait_for(settings->wait, &pid);
    if (code != CLI_OK)
        return code;
    return is_core ? snapshot_core(settings, operands[0]) : snapshot_process(settings, pid);
}

static const struct settings defaults = {0};

const struct command command_snapshot = {
    .name = "snapshot",
    .group = GROUP_TAKE,
    .synopsis = "[options] PID\n[options] --wait NAME\n[options] CORE",
    .summary = "photograph a running process, or one that left a core file",
    .description = "Takes a snapshot of a process by its number: no code in it, no restart, no change to it. It stands\n"
                   "still while it forks a copy, 10 to 35 ms per GiB of resident memory, and goes on whatever happens\n"
                   "to holdfast. 'holdfast ps' lists the processes that run Python. One that a debugger has stopped\n"
                   "is read as it stands there.\n"
                   "\n"
                   "Of a core file (a name that is no number) the program and its libraries are needed as well; a\n"
                   "file with another build id than what was mapped is not used.\n"
                   "\n"
                   "With --json what was written is printed on stdout, a document for each file.",
    .example = "$ holdfast snapshot --wait server.py -o shop.hfs\n"
               "holdfast: wrote shop.hfs (52.6 k objects, pause 3 ms)\n",
    .options = options,
    .defaults = &defaults,
    .settings_size = sizeof(struct settings),
    .min_operands = 0,
    .max_operands = 1,
    .has_answer = true,
    .run = run,
};
