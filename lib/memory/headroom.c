/*
 * headroom.c - what /proc/meminfo says is available, and what the limits of the control groups above a process leave.
 *
 *   version 2   0::/system.slice/app.service         /sys/fs/cgroup/system.slice/app.service/memory.max, memory.current
 *   version 1   7:memory:/app                        /sys/fs/cgroup/memory/app/memory.limit_in_bytes, ...usage_in_bytes
 *
 * A limit of a group holds for the groups below it, so every folder up to the top counts. In a container the folder
 * that the file names may not exist under the container's own mount: then the top is what there is. Pages of files that
 * the group has read and not used again (inactive_file) are dropped before anything else under pressure and count as
 * left: without them every service that reads files would stand at its limit.
 */
#include "memory/headroom.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define MAX_PATH_BYTES 4096

struct controller {
    const char *root, *limit, *usage, *droppable;
};

static const struct controller version_1 = {"/sys/fs/cgroup/memory", "memory.limit_in_bytes", "memory.usage_in_bytes",
                                            "total_inactive_file"};
static const struct controller version_2 = {"/sys/fs/cgroup", "memory.max", "memory.current", "inactive_file"};

static bool read_number(const char *folder, const char *name, uint64_t *out) {
    char path[2 * MAX_PATH_BYTES];
    int length = snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = length > 0 && (size_t)length < sizeof path ? fopen(path, "re") : NULL;
    if (file == NULL)
        return false;
    bool found = fscanf(file, "%" SCNu64, out) == 1;
    fclose(file);
    return found;
}

/* Of memory.stat: lines "name number". */
static uint64_t read_statistic(const char *folder, const char *wanted) {
    char path[2 * MAX_PATH_BYTES], name[64];
    uint64_t number, found = 0;
    int length = snprintf(path, sizeof path, "%s/memory.stat", folder);
    FILE *file = length > 0 && (size_t)length < sizeof path ? fopen(path, "re") : NULL;
    while (file != NULL && fscanf(file, "%63s %" SCNu64, name, &number) == 2)
        if (strcmp(name, wanted) == 0)
            found = number;
    if (file != NULL)
        fclose(file);
    return found;
}

static uint64_t left_in(const struct controller *controller, const char *folder) {
    uint64_t limit, usage;
    if (!read_number(folder, controller->limit, &limit) || !read_number(folder, controller->usage, &usage))
        return UINT64_MAX;
    uint64_t droppable = read_statistic(folder, controller->droppable);
    usage -= droppable < usage ? droppable : usage;
    return limit > usage ? limit - usage : 0;
}

/* The least that is left in a group and in those above it. */
static uint64_t left_in_group(const struct controller *controller, const char *top, const char *group) {
    char folder[MAX_PATH_BYTES];
    size_t root_length = strlen(top) + strlen(controller->root);
    if (snprintf(folder, sizeof folder, "%s%s%s", top, controller->root, group) >= (int)sizeof folder)
        return UINT64_MAX;
    uint64_t least = left_in(controller, folder);
    for (char *slash; (slash = strrchr(folder, '/')) != NULL && slash >= folder + root_length;) {
        *slash = '\0';
        uint64_t left = left_in(controller, folder);
        least = left < least ? left : least;
    }
    return least;
}

/* "7:cpu,memory:/app" is the memory controller's group of version 1, "0::/app" that of version 2. */
static uint64_t left_in_groups(const char *top, pid_t pid) {
    char path[MAX_PATH_BYTES], line[MAX_PATH_BYTES];
    if (pid == 0)
        snprintf(path, sizeof path, "%s/proc/self/cgroup", top);
    else
        snprintf(path, sizeof path, "%s/proc/%d/cgroup", top, (int)pid);
    FILE *file = fopen(path, "re");
    uint64_t least = UINT64_MAX;
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        char *controllers = strchr(line, ':'), *group = controllers != NULL ? strchr(controllers + 1, ':') : NULL;
        if (group == NULL)
            continue;
        *group++ = '\0';
        group[strcspn(group, "\n")] = '\0';
        const struct controller *controller = controllers[1] == '\0'                      ? &version_2
                                              : strstr(controllers, "memory") != NULL ? &version_1
                                                                                        : NULL;
        uint64_t left = controller != NULL ? left_in_group(controller, top, group) : UINT64_MAX;
        least = left < least ? left : least;
    }
    if (file != NULL)
        fclose(file);
    return least;
}

static uint64_t available_in_system(const char *top) {
    char path[MAX_PATH_BYTES], line[256];
    uint64_t kib, bytes = UINT64_MAX;
    snprintf(path, sizeof path, "%s/proc/meminfo", top);
    FILE *file = fopen(path, "re");
    while (file != NULL && fgets(line, sizeof line, file) != NULL)
        if (sscanf(line, "MemAvailable: %" SCNu64 " kB", &kib) == 1)
            bytes = kib * 1024;
    if (file != NULL)
        fclose(file);
    return bytes;
}

uint64_t hf_headroom_bytes_under(const char *top, pid_t pid) {
    uint64_t system = available_in_system(top), groups = left_in_groups(top, pid);
    return groups < system ? groups : system;
}

uint64_t hf_headroom_bytes(pid_t pid) {
    return hf_headroom_bytes_under("", pid);
}
