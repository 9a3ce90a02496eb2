/* folder.h - a temporary folder for a test, and what is in it. */
#ifndef HF_TESTS_UNIT_FOLDER_H
#define HF_TESTS_UNIT_FOLDER_H

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"

struct folder {
    char path[64];
    char file[128];          /* of the last folder_file */
};

static inline int folder_setup(void **state) {
    static struct folder folder;
    strcpy(folder.path, "/tmp/hf-test-XXXXXX");
    *state = &folder;
    return mkdtemp(folder.path) == NULL;
}

/* The path of `name` in the folder, until the next call. */
static inline const char *folder_file(struct folder *folder, const char *name) {
    snprintf(folder->file, sizeof folder->file, "%s/%s", folder->path, name);
    return folder->file;
}

/* How many files are in it; `remove_all` removes them. */
static inline int folder_count(struct folder *folder, bool remove_all) {
    int count = 0;
    DIR *entries = opendir(folder->path);
    for (struct dirent *entry; entries != NULL && (entry = readdir(entries)) != NULL;) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        count++;
        char path[PATH_MAX];
        snprintf(path, sizeof path, "%s/%s", folder->path, entry->d_name);
        if (remove_all)
            (void)remove(path);
    }
    if (entries != NULL)
        closedir(entries);
    return count;
}

static inline int folder_teardown(void **state) {
    struct folder *folder = *state;
    folder_count(folder, true);
    return rmdir(folder->path);
}

/* The bytes of a file; ends the test's program where there is none. */
static inline uint8_t *read_file(const char *path, size_t *num_bytes) {
    FILE *file = fopen(path, "rb");
    struct stat info;
    if (file == NULL || fstat(fileno(file), &info) != 0)
        abort();
    uint8_t *bytes = hf_alloc((size_t)info.st_size, 1);
    *num_bytes = fread(bytes, 1, (size_t)info.st_size, file);
    fclose(file);
    return bytes;
}

#endif
