/*
 * make_core_corpus.c - the seeds of fuzz_core: make_core_corpus tests/fuzz/corpus/core
 *
 *   cc -std=gnu11 -D_GNU_SOURCE -Itests/unit tests/fuzz/make_core_corpus.c -o make_core_corpus
 */
#include <stdio.h>

#include "core_file.h"

static void save(const char *folder, const char *name, const void *bytes, size_t size) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "wb");
    if (file == NULL || fwrite(bytes, 1, size, file) != size || fclose(file) != 0)
        exit(1);
}

int main(int argc, char **argv) {
    static const char maps[] = "55d0c0a00000-55d0c0a0c000 r--p 00000000 08:01 393231   /usr/bin/python3.11\n"
                               "55d0c0a0c000-55d0c0a0f000 r-xp 0000c000 08:01 393231   /usr/bin/python3.11\n"
                               "7f31e8000000-7f31e8021000 rw-p 00000000 00:00 0 \n"
                               "7ffc0f1d0000-7ffc0f1f1000 rw-p 00000000 00:00 0        [stack]\n";
    if (argc != 2)
        return 2;
    struct core_bytes library = core_make_library(CORE_BUILD_ID);
    struct core_bytes core = core_make("/lib/libserver.so", &library);
    save(argv[1], "core", core.data, core.size);
    save(argv[1], "core-without-memory", core.data, 2 * CORE_PAGE);
    save(argv[1], "core-cut", core.data, 10 * CORE_PAGE + 100);
    save(argv[1], "library", library.data, library.size);
    save(argv[1], "maps", maps, sizeof maps - 1);
    return 0;
}
