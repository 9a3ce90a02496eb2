/*
 * process.c - a running process as a target: its memory and the rest from /proc.
 *
 *   read      from the process through process_vm_readv, or from its frozen copy (tracer.c) through /proc/PID/mem
 *   maps      /proc/PID/maps of the same
 *   files     /proc/PID/root/PATH       its own root and mounts, whatever container it is in
 *             /proc/PID/map_files/...   the very file that is mapped, though it was deleted or replaced (root only)
 *             /proc/PID/exe             the same for the program
 *
 * process_vm_readv pins the pages that it reads, and the kernel pins none that a process shares with its copy: it first
 * makes the reader's own of each, a page of memory and its time. /proc/PID/mem copies them as they are. Where nothing is
 * shared process_vm_readv is the faster one.
 */
#include "memory/process.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "memory/headroom.h"
#include "memory/machine.h"
#include "memory/procfs.h"
#include "memory/stillness.h"
#include "memory/target_parts.h"
#include "memory/tracer.h"

#define SECOND_NS UINT64_C(1000000000)
#define DEFAULT_STOP_NS (5 * SECOND_NS)
#define FLOOR_BYTES ((uint64_t)128 << 20)
#define MAX_PROGRAM_BYTES 4096

struct process {
    struct hf_target target;     /* the first member */
    struct hf_tracer *tracer;    /* NULL: live, or held by another one */
    struct hf_stillness stillness;   /* of one that is held by another one */
    pid_t pid;                   /* as we know it */
    pid_t readable;              /* whose memory is read */
    int memory;                  /* of a frozen copy: its /proc/PID/mem; -1: not open */
};

static size_t read_memory(void *context, uint64_t addr, void *buffer, size_t size) {
    const struct process *process = context;
    if (process->memory >= 0) {
        ssize_t got = pread(process->memory, buffer, size, (off_t)addr);
        return got > 0 ? (size_t)got : 0;
    }
    struct iovec local = {buffer, size}, remote = {(void *)(uintptr_t)addr, size};
    ssize_t got = process_vm_readv(process->readable, &local, 1, &remote, 1, 0);
    return got > 0 ? (size_t)got : 0;
}

/* ---- files ---- */

/* The kernel marks what was deleted, or replaced by another file of the name. */
static int path_length(const char *path) {
    static const char mark[] = " (deleted)";
    size_t length = strlen(path), mark_length = sizeof mark - 1;
    if (length > mark_length && strcmp(path + length - mark_length, mark) == 0)
        length -= mark_length;
    return (int)length;
}

static int open_file(struct hf_target *target, const struct hf_module *module, unsigned n, const char **name,
                     bool *is_last) {
    const struct process *process = (const struct process *)target;
    const struct hf_map *map = &target->maps.list[module->first_map];
    bool is_main = target->main_module != HF_NO_MODULE && module == &target->modules[target->main_module];
    char path[PATH_MAX + 64];
    int pid = (int)process->readable;
    if (n == 0)
        snprintf(path, sizeof path, "/proc/%d/root%.*s", pid, path_length(module->path), module->path);
    else if (n == 1)
        snprintf(path, sizeof path, "/proc/%d/map_files/%" PRIx64 "-%" PRIx64, pid, map->start, map->end);
    else
        snprintf(path, sizeof path, "/proc/%d/exe", pid);
    *is_last = n == (is_main ? 2 : 1);
    *name = n == 0 ? module->path : hf_target_text(target, "%s", path);
    return hf_target_open_regular(path);
}

/* ---- what it is ---- */

/* The words of the command are separated by NULs; one that has overwritten them may end with many. */
static void read_program(struct process *process) {
    char words[MAX_PROGRAM_BYTES];
    ssize_t length = hf_procfs_read_into(process->pid, "cmdline", words, sizeof words);
    while (length > 0 && words[length - 1] == '\0')
        length--;
    for (ssize_t i = 0; i < length; i++)
        if (words[i] == '\0')
            words[i] = ' ';
    if (length > 0)
        process->target.program = hf_target_text(&process->target, "%s", words);
}

static enum hf_status read_threads(struct process *process, struct hf_error *error) {
    struct hf_region ids = {0};
    struct hf_target *target = &process->target;
    int failure = hf_procfs_list_threads(process->pid, &ids);
    size_t count = failure == 0 ? ids.used_bytes / sizeof(pid_t) : 0;
    target->threads = hf_alloc(count, sizeof *target->threads);
    for (size_t i = 0; target->threads != NULL && i < count; i++) {
        struct hf_procfs_status status;
        if (hf_procfs_read_status(((pid_t *)(void *)ids.data)[i], &status) == 0)
            target->threads[target->num_threads++] = (uint32_t)status.thread_in_namespace;
    }
    hf_region_deinit(&ids);
    if (target->threads == NULL)
        return hf_fail_nomem(error);
    return failure == 0 ? HF_OK : hf_trace_explain(process->pid, failure, error);
}

static enum hf_status read_maps(struct process *process, struct hf_error *error) {
    struct hf_region text = {0};
    char program[PATH_MAX];
    int failure = hf_procfs_read(process->readable, "maps", &text);
    enum hf_status status =
        failure == 0 ? hf_maps_parse(&process->target.maps, (const char *)text.data, text.used_bytes, error)
                     : hf_trace_explain(process->readable, failure, error);
    hf_region_deinit(&text);
    if (status == HF_OK && process->target.maps.count == 0)
        status = hf_fail(error, HF_ERR_TARGET, "process %d has no memory of its own: it belongs to the kernel, or has "
                         "ended", (int)process->pid);
    if (status != HF_OK)
        return status;
    bool has_program = hf_procfs_read_link(process->readable, "exe", program, sizeof program);
    return hf_target_find_modules(&process->target, has_program ? program : NULL, error);
}

static enum hf_status read_status(struct process *process, struct hf_procfs_status *status, struct hf_error *error) {
    int failure = hf_procfs_read_status(process->pid, status);
    if (failure == 0 && status->state == 'Z' && status->num_threads > 1)
        return hf_fail(error, HF_ERR_TARGET, "the main thread of process %d (%s) has ended, and holdfast reads a "
                       "process through it", (int)process->pid, status->name);
    if (failure != 0 || status->state == 'Z' || status->state == 'X')
        return hf_trace_explain(process->pid, failure != 0 ? failure : ESRCH, error);
    process->target.pid = (uint32_t)status->pid_in_namespace;
    process->target.resident_bytes = status->resident_bytes;
    process->target.program = hf_target_text(&process->target, "%s", status->name);
    return HF_OK;
}

static uint64_t now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t)now.tv_sec * SECOND_NS + (uint64_t)now.tv_nsec;
}

/* ---- open and end ---- */

static void destroy(struct hf_target *target) {
    struct process *process = (struct process *)target;
    if (process->tracer != NULL)
        (void)hf_tracer_end(process->tracer);
    if (process->memory >= 0)
        close(process->memory);
    hf_target_deinit(target);
    hf_free(process);
}

static const struct hf_target_class class = {read_memory, open_file, destroy};

static enum hf_status create(pid_t pid, const struct hf_process_open_options *options, enum hf_target_kind kind,
                             struct process **out, struct hf_error *error) {
    struct process *process = hf_alloc(1, sizeof *process);
    if (process == NULL)
        return hf_fail_nomem(error);
    process->pid = process->readable = pid;
    process->memory = -1;
    process->target.kind = kind;
    process->target.machine = hf_machine_elf;
    process->target.taken_at_ns = now_ns();
    enum hf_status status =
        hf_target_init(&process->target, &class, options != NULL ? options->cache_bytes : 0, error);
    if (status != HF_OK) {
        hf_free(process);
        return status;
    }
    *out = process;
    return HF_OK;
}

static enum hf_status finish(enum hf_status status, struct process *process, struct hf_target **out) {
    if (status == HF_OK)
        *out = &process->target;
    else
        destroy(&process->target);
    return status;
}

/* Maps may be shown to those who may not read the memory. One byte tells. */
static enum hf_status check_permission(struct process *process, struct hf_error *error) {
    uint8_t unused;
    for (size_t i = 0; i < process->target.maps.count; i++) {
        const struct hf_map *map = &process->target.maps.list[i];
        if (!(map->permissions & HF_MAP_READ) || map->path[0] != '/')
            continue;
        if (read_memory(process, map->start, &unused, 1) == 1)
            return HF_OK;
        if (errno == EPERM || errno == EACCES)
            return hf_trace_explain(process->pid, errno, error);
    }
    return HF_OK;
}

enum hf_status hf_process_open_live(pid_t pid, const struct hf_process_open_options *options, struct hf_target **out,
                                    struct hf_error *error) {
    struct hf_procfs_status facts;
    struct process *process;
    enum hf_status status = create(pid, options, HF_TARGET_LIVE, &process, error);
    if (status != HF_OK)
        return status;
    status = read_status(process, &facts, error);
    if (status == HF_OK) {
        read_program(process);
        status = read_maps(process, error);
    }
    return finish(status == HF_OK ? check_permission(process, error) : status, process, out);
}

static enum hf_status hold(struct process *process, const struct hf_process_open_options *options, uint64_t floor_bytes,
                           struct hf_error *error) {
    const struct hf_tracer_options tracer_options = {
        .freeze = process->target.kind == HF_TARGET_FROZEN,
        .stop_ns = options != NULL && options->stop_ns != 0 ? options->stop_ns : DEFAULT_STOP_NS,
        .hold_ns = options != NULL ? options->hold_ns : 0,
        .floor_bytes = floor_bytes,
    };
    enum hf_status status = hf_tracer_start(process->pid, &tracer_options, &process->tracer, error);
    if (status != HF_OK)
        return status;
    process->readable = hf_tracer_get_pid(process->tracer);
    if (tracer_options.freeze) {
        char path[64];
        snprintf(path, sizeof path, "/proc/%d/mem", (int)process->readable);
        process->memory = open(path, O_RDONLY | O_CLOEXEC);
    }
    return HF_OK;
}

/*
 * Half of what the process has written may be there twice before the copy is read: so much has to be free at least. The
 * tracer ends the copy when less than the floor is left.
 */
static enum hf_status check_headroom(const struct hf_procfs_status *facts, pid_t pid, struct hf_error *error) {
    uint64_t needed_bytes = facts->anonymous_bytes / 2 + FLOOR_BYTES, available_bytes = hf_headroom_bytes(pid);
    if (available_bytes >= needed_bytes)
        return HF_OK;
    return hf_fail(error, HF_ERR_UNSUPPORTED, "memory is short: a copy of process %d, which uses %" PRIu64
                   " MiB, may take %" PRIu64 " MiB, and %" PRIu64 " MiB are available", (int)pid,
                   facts->anonymous_bytes >> 20, needed_bytes >> 20, available_bytes >> 20);
}

static enum hf_status check_shadow_stack(const struct hf_procfs_status *facts, pid_t pid, struct hf_error *error) {
    if (!facts->has_shadow_stack)
        return HF_OK;
    return hf_fail(error, HF_ERR_UNSUPPORTED, "process %d has a shadow stack, which forbids to make it fork", (int)pid);
}

static enum hf_status open_traced(pid_t pid, const struct hf_process_open_options *options, enum hf_target_kind kind,
                                  struct hf_target **out, struct hf_error *error) {
    struct hf_procfs_status facts;
    struct process *process;
    enum hf_status status = create(pid, options, kind, &process, error);
    if (status != HF_OK)
        return status;
    status = read_status(process, &facts, error);
    if (status == HF_OK && kind == HF_TARGET_FROZEN)
        status = check_shadow_stack(&facts, pid, error);
    if (status == HF_OK && kind == HF_TARGET_FROZEN)
        status = check_headroom(&facts, pid, error);
    if (status == HF_OK) {
        read_program(process);
        status = read_threads(process, error);
    }
    if (status == HF_OK)
        status = hold(process, options, FLOOR_BYTES, error);
    process->target.taken_at_ns = now_ns();
    if (status == HF_OK) {
        process->target.pause_ns = hf_tracer_pause_ns(process->tracer);
        status = read_maps(process, error);
    }
    return finish(status, process, out);
}

enum hf_status hf_process_open_stopped(pid_t pid, const struct hf_process_open_options *options, struct hf_target **out,
                                       struct hf_error *error) {
    return open_traced(pid, options, HF_TARGET_STOPPED, out, error);
}

enum hf_status hf_process_open_frozen(pid_t pid, const struct hf_process_open_options *options, struct hf_target **out,
                                      struct hf_error *error) {
    return open_traced(pid, options, HF_TARGET_FROZEN, out, error);
}

enum hf_status hf_process_open_held(pid_t pid, const struct hf_process_open_options *options, struct hf_target **out,
                                    struct hf_error *error) {
    struct hf_procfs_status facts;
    struct process *process;
    enum hf_status status = create(pid, options, HF_TARGET_HELD, &process, error);
    if (status != HF_OK)
        return status;
    status = read_status(process, &facts, error);
    if (status == HF_OK)
        status = hf_stillness_look(pid, &process->stillness, error);
    if (status == HF_OK) {
        read_program(process);
        status = read_threads(process, error);
    }
    if (status == HF_OK)
        status = read_maps(process, error);
    return finish(status == HF_OK ? check_permission(process, error) : status, process, out);
}

enum hf_status hf_process_check(struct hf_target *target, struct hf_error *error) {
    const struct process *process = (const struct process *)target;
    struct hf_procfs_status facts;
    if (process->tracer != NULL)
        return hf_tracer_check(process->tracer, error);
    if (target->kind == HF_TARGET_HELD)
        return hf_stillness_check(process->pid, &process->stillness, error);
    int failure = hf_procfs_read_status(process->pid, &facts);
    return failure == 0 && facts.state != 'Z' ? HF_OK : hf_trace_explain(process->pid, ESRCH, error);
}

uint64_t hf_process_end(struct hf_target *target) {
    struct process *process = (struct process *)target;
    uint64_t pause_ns = process->tracer != NULL ? hf_tracer_end(process->tracer) : 0;
    process->tracer = NULL;
    hf_target_destroy(target);
    return pause_ns;
}
