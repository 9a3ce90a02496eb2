/* replay.c - runs files, and all files of folders, through a fuzzer's entry point, without libFuzzer. */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t num_bytes);

static int complain(const char *path) {
    fprintf(stderr, "replay: cannot read '%s': %s\n", path, strerror(errno));
    return 1;
}

static int replay_file(const char *path, size_t num_bytes) {
    FILE *file = fopen(path, "rb");
    uint8_t *bytes = malloc(num_bytes > 0 ? num_bytes : 1);
    int failed = file == NULL || bytes == NULL || fread(bytes, 1, num_bytes, file) != num_bytes;
    if (failed)
        complain(path);
    else
        LLVMFuzzerTestOneInput(bytes, num_bytes);
    if (file != NULL)
        fclose(file);
    free(bytes);
    return failed;
}

static int replay(const char *path);

static int replay_folder(const char *path) {
    DIR *folder = opendir(path);
    if (folder == NULL)
        return complain(path);
    int failed = 0;
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        char file[PATH_MAX];
        if (entry->d_name[0] == '.')
            continue;
        snprintf(file, sizeof file, "%s/%s", path, entry->d_name);
        failed |= replay(file);
    }
    closedir(folder);
    return failed;
}

static int replay(const char *path) {
    struct stat info;
    if (stat(path, &info) != 0)
        return complain(path);
    return S_ISDIR(info.st_mode) ? replay_folder(path) : replay_file(path, (size_t)info.st_size);
}

int main(int argc, char **argv) {
    int failed = argc < 2;
    if (failed)
        fprintf(stderr, "usage: %s FILE|FOLDER...\n", argv[0]);
    for (int i = 1; i < argc; i++)
        failed |= replay(argv[i]);
    return failed;
}
