/* take.c - a snapshot of a process, and a series of them. */
#include "cli/take.h"

#include <holdfast/json.h>

#include <errno.h>
#include <libgen.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "cli/answer.h"
#include "cli/cli.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/text.h"

#define LOOK_EVERY_SECONDS 0.1

#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif

/* ---- processes ---- */

bool take_is_pid(const char *word, int *pid) {
    char *end;
    errno = 0;
    long number = strtol(word, &end, 10);
    if (*word < '0' || *word > '9' || *end || errno || number < 1 || number > INT32_MAX)
        return false;
    *pid = (int)number;
    return true;
}

int take_begin(int pid, struct take_process *out) {
    *out = (struct take_process){.pid = pid, .pidfd = (int)syscall(SYS_pidfd_open, pid, 0)};
    if (kill(pid, 0) != 0 && errno == ESRCH)
        return complain(CLI_TARGET, "there is no process %d: 'holdfast ps' lists those that run Python", pid);
    return CLI_OK;
}

void take_end(struct take_process *process) {
    if (process->pidfd >= 0)
        close(process->pidfd);
}

static void nap(double seconds) {
    struct timespec time = {.tv_sec = (time_t)seconds};
    time.tv_nsec = (long)((seconds - (double)time.tv_sec) * 1e9);
    nanosleep(&time, NULL);
}

bool take_wait(const struct take_process *process, double seconds) {
    if (process->pidfd < 0) {
        nap(seconds);
        return kill(process->pid, 0) == 0 || errno != ESRCH;
    }
    struct pollfd ended = {.fd = process->pidfd, .events = POLLIN};
    struct timespec time = {.tv_sec = (time_t)seconds};
    time.tv_nsec = (long)((seconds - (double)time.tv_sec) * 1e9);
    return ppoll(&ended, 1, &time, NULL) <= 0;
}

static bool is_word(const char *word, size_t length, const char *name) {
    for (size_t i = 0; i < length; i++)
        if (word[i] == '/') {
            word += i + 1;
            length -= i + 1;
            i = (size_t)-1;
        }
    return strlen(name) == length && strncmp(word, name, length) == 0;
}

static bool is_named(const struct hf_process *process, const char *name) {
    if (strcmp(process->name, name) == 0)
        return true;
    for (const char *word = process->program; *word;) {
        size_t length = strcspn(word, " ");
        if (is_word(word, length, name))
            return true;
        word += length + strspn(word + length, " ");
    }
    return false;
}

/* The first that can be looked at; *out stays 0 when there is none. */
static int find_named(const char *name, int *out) {
    struct hf_processes *processes;
    struct hf_error error;
    if (hf_processes_create(&processes, &error) != HF_OK)
        return complain_error(&error);
    for (size_t i = 0; i < processes->count && *out == 0; i++)
        if (processes->list[i].python[0] && is_named(&processes->list[i], name) && processes->list[i].pid != getppid())
            *out = processes->list[i].pid;
    hf_processes_destroy(processes);
    return CLI_OK;
}

int take_wait_for(const char *name, int *pid) {
    *pid = 0;
    for (;;) {
        int code = find_named(name, pid);
        if (code != CLI_OK || *pid != 0)
            return code;
        nap(LOOK_EVERY_SECONDS);
    }
}

/* ---- snapshots ---- */

void take_note(void *context, const char *message) {
    (void)context;
    complain(CLI_OK, "%s", message);
}

int take_snapshot(const struct take_process *process, const struct take_settings *settings, struct hf_snapshot **out) {
    struct hf_process_options options = {
        .struct_size = sizeof options,
        .method = (enum hf_process_method)settings->method,
        .without_previews = settings->no_previews,
        .timeout_ns = (uint64_t)(settings->timeout_seconds * 1e9),
        .note = take_note,
        .progress = progress_get(),
    };
    struct hf_error error;
    return hf_capture_process(process->pid, &options, out, &error) == HF_OK ? CLI_OK : complain_error(&error);
}

static int report_json(const struct hf_snapshot *snapshot, const char *path) {
    struct hf_error error;
    struct stat file;
    char *text = NULL;
    uint64_t file_bytes = stat(path, &file) == 0 ? (uint64_t)file.st_size : 0;
    enum hf_status status = hf_json_written(snapshot, path, file_bytes, &text, &error);
    int code = answer_print_json(status, text, &error);
    fflush(stdout);              /* who reads a series waits for each */
    return code;
}

/* "950", "12.3 k", "1.2 M", or the exact number. */
static const char *print_count(char *buffer, size_t size, uint32_t count) {
    if (output_has_exact_sizes())
        return text_count(count, buffer);
    if (count < 10000)
        snprintf(buffer, size, "%u", count);
    else if (count < 1000000)
        snprintf(buffer, size, "%.1f k", count / 1e3);
    else
        snprintf(buffer, size, "%.1f M", count / 1e6);
    return buffer;
}

int take_save(const struct hf_snapshot *snapshot, const struct take_settings *settings, const char *path,
              bool as_json) {
    struct hf_save_options options = {
        .struct_size = sizeof options,
        .plain = settings->plain,
        .without_previews = settings->no_previews,
        .progress = progress_get(),
    };
    struct hf_error error;
    char count[TEXT_NUMBER_SIZE], pause[32] = "";
    if (hf_snapshot_save(snapshot, path, &options, &error) != HF_OK) {
        int code = complain_error(&error);
        return code == CLI_USAGE ? CLI_FILE : code;
    }
    if (as_json)
        return report_json(snapshot, path);
    double pause_ms = (double)hf_snapshot_get_origin(snapshot)->pause_ns / 1e6;
    if (pause_ms > 0)
        snprintf(pause, sizeof pause, ", pause %.*f ms", pause_ms < 10, pause_ms);
    return complain(CLI_OK, "wrote %s (%s objects%s)", path,
                    print_count(count, sizeof count, hf_snapshot_num_nodes(snapshot)), pause);
}

/* ---- files ---- */

bool take_is_folder(const char *path) {
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

int take_check_output(const char *path) {
    if (strcmp(path, "-") == 0)
        return complain(CLI_USAGE, "snapshots go into files, not to stdout: give -o FILE ('./-' for a file named -)");
    bool wants_folder = path[strlen(path) - 1] == '/';
    if (wants_folder && mkdir(path, 0777) != 0 && errno != EEXIST)
        return complain(CLI_FILE, "cannot create folder '%s': %s", path, strerror(errno));
    if (wants_folder && !take_is_folder(path))
        return complain(CLI_FILE, "cannot use '%s' as a folder: %s", path, strerror(ENOTDIR));
    char *copy = text_format("%s", path);
    const char *folder = take_is_folder(path) ? path : dirname(copy);
    int code = CLI_OK;
    if (access(folder, W_OK | X_OK) != 0)
        code = complain(CLI_FILE, "cannot write snapshots into '%s': %s", folder, strerror(errno));
    free(copy);
    return code;
}

char *take_next_path(const char *folder, int pid, unsigned *number) {
    const char *slash = folder[0] && folder[strlen(folder) - 1] == '/' ? "" : "/";
    for (;;) {
        char *path = text_format("%s%s%d-%05u.hfs", folder, slash, pid, ++*number);
        if (access(path, F_OK) != 0)
            return path;
        free(path);
    }
}
