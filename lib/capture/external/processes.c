/*
 * processes.c - the Python programs that run here, found by looking at every process while it runs.
 *
 * Reading a few words of a process takes the same permission as stopping it: where one is possible, so is the other. A
 * process that may not be looked at is listed if it is called python, with the reason.
 */
#include <holdfast/process.h>

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/error.h"
#include "capture/external/external.h"
#include "memory/process.h"
#include "memory/procfs.h"
#include "memory/stillness.h"
#include "memory/trace.h"

#define CACHE_BYTES ((size_t)4 << 20)
#define MAX_PROGRAM_BYTES 4096

struct list {
    struct hf_processes public;      /* first, so that the one is the other */
    struct hf_arena arena;
    struct hf_region rows;           /* struct hf_process */
};

static const char *keep(struct list *list, const char *text) {
    return *text == '\0' ? "" : hf_arena_copy(&list->arena, text, strlen(text));
}

static bool is_called_python(const struct hf_procfs_status *facts, const char *program) {
    size_t length = strcspn(program, " ");
    const char *word = program;
    for (size_t i = 0; i < length; i++)
        if (program[i] == '/')
            word = program + i + 1;
    return strncmp(facts->name, "python", 6) == 0 || strncmp(word, "python", 6) == 0;
}

static void read_program(pid_t pid, char *out, size_t size) {
    ssize_t length = hf_procfs_read_into(pid, "cmdline", out, size);
    while (length > 0 && out[length - 1] == '\0')
        length--;
    for (ssize_t i = 0; i < length; i++)
        if (out[i] == '\0')
            out[i] = ' ';
    out[length > 0 ? length : 0] = '\0';
}

/* What a look at the process says. False: it is no Python program, as far as one can tell, or it has ended. */
static bool look(struct list *list, pid_t pid, const struct hf_procfs_status *facts, struct hf_process *out) {
    const struct hf_process_open_options options = {.cache_bytes = CACHE_BYTES};
    struct hf_target *target = NULL;
    struct hf_external_python python = {0};
    struct hf_error error = {0};
    enum hf_status status = hf_process_open_live(pid, &options, &target, &error);
    bool is_open = status == HF_OK;
    if (is_open)
        status = hf_external_identify(target, &python, &error);
    hf_target_destroy(target);
    if (status == HF_NOT_FOUND || status == HF_ERR_NOMEM)
        return false;
    bool is_gone = kill(pid, 0) != 0 && errno == ESRCH;
    if (!is_open && (!is_called_python(facts, out->program) || is_gone))
        return false;
    if (status == HF_OK && facts->tracer != 0 && !hf_stillness_is_held(pid))
        (void)hf_trace_explain(pid, EPERM, &error);
    out->python = keep(list, python.release);
    out->problem = keep(list, error.message);
    return true;
}

static bool add(struct list *list, pid_t pid) {
    struct hf_procfs_status facts;
    char program[MAX_PROGRAM_BYTES];
    if (pid == getpid() || hf_procfs_read_status(pid, &facts) != 0 || facts.resident_bytes == 0)
        return true;
    read_program(pid, program, sizeof program);
    struct hf_process process = {
        .pid = (int)pid,
        .uid = facts.uid,
        .program = program,
        .resident_bytes = facts.resident_bytes,
        .num_threads = facts.num_threads,
    };
    if (!look(list, pid, &facts, &process))
        return true;
    process.program = keep(list, program);
    process.name = keep(list, facts.name);
    return hf_region_push(&list->rows, &process, sizeof process);
}

static int compare(const void *left, const void *right) {
    int a = ((const struct hf_process *)left)->pid, b = ((const struct hf_process *)right)->pid;
    return a < b ? -1 : a > b;
}

static enum hf_status look_at_all(struct list *list, struct hf_error *error) {
    DIR *folder = opendir("/proc");
    if (folder == NULL)
        return hf_fail_errno(error, errno, "cannot read '/proc'");
    bool has_room = true;
    for (struct dirent *entry; has_room && (entry = readdir(folder)) != NULL;) {
        long pid = strtol(entry->d_name, NULL, 10);
        has_room = pid <= 0 || add(list, (pid_t)pid);
    }
    closedir(folder);
    return has_room && !list->arena.failed ? HF_OK : hf_fail_nomem(error);
}

enum hf_status hf_processes_create(struct hf_processes **out, struct hf_error *error) {
    struct list *list = hf_alloc(1, sizeof *list);
    if (list == NULL)
        return hf_fail_nomem(error);
    enum hf_status status = look_at_all(list, error);
    list->public.list = (const struct hf_process *)(const void *)list->rows.data;
    list->public.count = list->rows.used_bytes / sizeof(struct hf_process);
    if (status != HF_OK) {
        hf_processes_destroy(&list->public);
        return status;
    }
    if (list->public.count > 0)
        qsort(list->rows.data, list->public.count, sizeof(struct hf_process), compare);
    *out = &list->public;
    return HF_OK;
}

void hf_processes_destroy(struct hf_processes *processes) {
    struct list *list = (struct list *)processes;
    if (list == NULL)
        return;
    hf_arena_deinit(&list->arena);
    hf_region_deinit(&list->rows);
    hf_free(list);
}
