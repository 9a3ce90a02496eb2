/* procfs.c - reads /proc/PID. Files there are made while they are read: they have no size, and may end early. */
#include "memory/procfs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FIRST_READ_BYTES ((size_t)65536)
#define MAX_FILE_BYTES ((size_t)1 << 30)
#define MAX_STATUS_BYTES 16384

static int open_file(pid_t pid, const char *name) {
    char path[128];
    snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, name);
    return open(path, O_RDONLY | O_CLOEXEC);
}

static ssize_t read_some(int fd, void *buffer, size_t size) {
    ssize_t got;
    do
        got = read(fd, buffer, size);
    while (got < 0 && errno == EINTR);
    return got;
}

int hf_procfs_read(pid_t pid, const char *name, struct hf_region *out) {
    int fd = open_file(pid, name), failure = 0;
    if (fd < 0)
        return errno;
    for (;;) {
        if (out->used_bytes > MAX_FILE_BYTES || !hf_region_reserve(out, out->used_bytes + FIRST_READ_BYTES)) {
            failure = ENOMEM;
            break;
        }
        ssize_t got = read_some(fd, out->data + out->used_bytes, out->capacity_bytes - out->used_bytes - 1);
        if (got <= 0) {
            failure = got < 0 ? errno : 0;
            break;
        }
        out->used_bytes += (size_t)got;
    }
    close(fd);
    if (failure == 0)
        out->data[out->used_bytes] = '\0';
    return failure;
}

ssize_t hf_procfs_read_into(pid_t pid, const char *name, char *buffer, size_t size) {
    int fd = open_file(pid, name);
    if (fd < 0)
        return -1;
    size_t done = 0;
    ssize_t got = 0;
    while (done < size - 1 && (got = read_some(fd, buffer + done, size - 1 - done)) > 0)
        done += (size_t)got;
    int failure = errno;
    close(fd);
    buffer[done] = '\0';
    errno = failure;
    return got < 0 ? -1 : (ssize_t)done;
}

bool hf_procfs_read_link(pid_t pid, const char *name, char *buffer, size_t size) {
    char path[128];
    snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, name);
    ssize_t length = readlink(path, buffer, size - 1);
    buffer[length > 0 ? length : 0] = '\0';
    return length > 0;
}

/* ---- /proc/PID/status: lines of "Name:\tvalue" ---- */

static const char *find_value(const char *status, const char *name) {
    size_t length = strlen(name);
    for (const char *line = status; line != NULL; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (strncmp(line, name, length) == 0 && line[length] == ':')
            return line + length + 1 + strspn(line + length + 1, " \t");
        if (*line == '\0')
            break;
    }
    return NULL;
}

static uint64_t read_number(const char *status, const char *name, int base, uint64_t fallback) {
    const char *value = find_value(status, name);
    return value != NULL ? strtoull(value, NULL, base) : fallback;
}

static uint64_t read_kilobytes(const char *status, const char *name) {
    return read_number(status, name, 10, 0) * 1024;
}

/* The last of several numbers on a line, the second of them if `second`. */
static uint64_t read_listed(const char *status, const char *name, bool second) {
    const char *value = find_value(status, name);
    uint64_t last = 0;
    for (unsigned n = 0; value != NULL; n++) {
        char *end;
        uint64_t number = strtoull(value, &end, 10);
        if (end == value || (second && n == 2))
            break;
        last = number;
        value = end + strspn(end, " \t");
    }
    return last;
}

static void read_name(const char *status, char *out, size_t size) {
    const char *value = find_value(status, "Name");
    size_t length = value != NULL ? strcspn(value, "\n") : 0;
    length = length < size ? length : size - 1;
    memcpy(out, value != NULL ? value : "", length);
    out[length] = '\0';
}

int hf_procfs_read_status(pid_t pid, struct hf_procfs_status *out) {
    char text[MAX_STATUS_BYTES];
    ssize_t length = hf_procfs_read_into(pid, "status", text, sizeof text);
    if (length <= 0)
        return length < 0 ? errno : ESRCH;
    *out = (struct hf_procfs_status){0};
    const char *state = find_value(text, "State"), *features = find_value(text, "x86_Thread_features");
    read_name(text, out->name, sizeof out->name);
    out->state = state != NULL ? *state : 'X';
    out->pid_in_namespace = (pid_t)read_listed(text, "NStgid", false);
    out->thread_in_namespace = (pid_t)read_listed(text, "NSpid", false);
    out->parent = (pid_t)read_number(text, "PPid", 10, 0);
    out->tracer = (pid_t)read_number(text, "TracerPid", 10, 0);
    out->uid = (uid_t)read_listed(text, "Uid", true);
    out->num_threads = (uint32_t)read_number(text, "Threads", 10, 0);
    out->resident_bytes = read_kilobytes(text, "VmRSS");
    out->anonymous_bytes = read_kilobytes(text, "RssAnon");
    out->swapped_bytes = read_kilobytes(text, "VmSwap");
    out->blocked_signals = read_number(text, "SigBlk", 16, 0);
    out->seccomp_mode = (uint32_t)read_number(text, "Seccomp", 10, 0);
    out->num_seccomp_filters = (uint32_t)read_number(text, "Seccomp_filters", 10, UINT32_MAX);
    out->num_switches = read_number(text, "voluntary_ctxt_switches", 10, 0) +
                        read_number(text, "nonvoluntary_ctxt_switches", 10, 0);
    out->capabilities = read_number(text, "CapEff", 16, 0);
    out->has_shadow_stack = features != NULL && memmem(features, strcspn(features, "\n"), "shstk", 5) != NULL;
    return 0;
}

int hf_procfs_list_threads(pid_t pid, struct hf_region *out) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
    DIR *folder = opendir(path);
    if (folder == NULL)
        return errno == ENOENT ? ESRCH : errno;
    int failure = 0;
    struct dirent *entry;
    while (failure == 0 && (entry = readdir(folder)) != NULL) {
        pid_t id = (pid_t)strtol(entry->d_name, NULL, 10);
        if (id <= 0)
            continue;
        if (!hf_region_push(out, &id, sizeof id)) {
            failure = ENOMEM;
            break;
        }
    }
    closedir(folder);
    return failure;
}
