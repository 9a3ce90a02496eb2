/* target.c - begin and end of a target, and what of it needs no other file. */
#include "memory/target.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "memory/target_parts.h"

#define MAX_TEXT_BYTES 8192

static const void *view(struct hf_memory *memory, uint64_t addr, size_t size) {
    return hf_chunks_view(&((struct hf_target *)memory)->chunks, addr, size);
}

enum hf_status hf_target_init(struct hf_target *target, const struct hf_target_class *class, size_t cache_bytes,
                              struct hf_error *error) {
    target->memory.view = view;
    target->class = class;
    target->main_module = HF_NO_MODULE;
    target->program = "";
    return hf_chunks_init(&target->chunks, cache_bytes, &target->maps, class->read, target, error);
}

void hf_target_deinit(struct hf_target *target) {
    for (uint32_t i = 0; i < target->num_modules; i++)
        hf_module_file_destroy(target->modules[i].file);
    hf_free(target->modules);
    hf_free(target->threads);
    hf_maps_deinit(&target->maps);
    hf_arena_deinit(&target->texts);
    hf_chunks_deinit(&target->chunks);
    hf_region_deinit(&target->loaded);
}

void hf_target_destroy(struct hf_target *target) {
    if (target != NULL)
        target->class->destroy(target);
}

int hf_target_open_regular(const char *path) {
    struct stat info;
    char link[64];
    int place = open(path, O_PATH | O_CLOEXEC), fd = -1;
    if (place < 0)
        return -1;
    if (fstat(place, &info) == 0 && S_ISREG(info.st_mode)) {
        snprintf(link, sizeof link, "/proc/self/fd/%d", place);
        fd = open(link, O_RDONLY | O_CLOEXEC);
    } else {
        errno = EINVAL;
    }
    int failure = errno;
    close(place);
    errno = failure;
    return fd;
}

const char *hf_target_text(struct hf_target *target, const char *format, ...) {
    char text[MAX_TEXT_BYTES];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (length < 0)
        return "";
    return hf_arena_copy(&target->texts, text, (size_t)length < sizeof text ? (size_t)length : sizeof text - 1);
}
