/*
 * maps.c - ranges of memory, from the text of /proc/PID/maps or one by one from a core file.
 *
 *   7f31e8000000-7f31e8021000 rw-p 0000a000 08:01 393231   /usr/lib/libc.so.6
 *   start        end          perm offset   device inode   path, to the end of the line
 *
 * The kernel writes the list in order of addresses, but page by page while the process may run: a range that grows
 * between two reads can come twice. What does not follow the range before it is left out.
 */
#include "memory/maps.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"

#define FIRST_CAPACITY 64

static bool make_room(struct hf_maps *maps) {
    if (maps->count < maps->capacity)
        return true;
    size_t capacity = maps->capacity == 0 ? FIRST_CAPACITY : maps->capacity * 2;
    struct hf_map *list = hf_realloc(maps->list, capacity, sizeof *list);
    if (list == NULL)
        return false;
    maps->list = list;
    maps->capacity = capacity;
    return true;
}

static bool follows(const struct hf_maps *maps, const struct hf_map *map) {
    return map->start < map->end && (maps->count == 0 || map->start >= maps->list[maps->count - 1].end);
}

/* Ranges of one file stand side by side: most paths are that of the range before. */
static const char *keep_path(struct hf_maps *maps, const char *path) {
    const char *previous = maps->count > 0 ? maps->list[maps->count - 1].path : "";
    if (*path == '\0')
        return "";
    return strcmp(path, previous) == 0 ? previous : hf_arena_copy(&maps->paths, path, strlen(path));
}

bool hf_maps_add(struct hf_maps *maps, const struct hf_map *map) {
    if (!follows(maps, map) || maps->count >= HF_MAX_MAPS || !make_room(maps))
        return false;
    struct hf_map copy = *map;
    copy.path = keep_path(maps, map->path);
    maps->list[maps->count++] = copy;
    return !maps->paths.failed;
}

/* ---- the text of /proc/PID/maps ---- */

struct cursor {
    const char *at, *end;
};

static bool take(struct cursor *cursor, char wanted) {
    if (cursor->at == cursor->end || *cursor->at != wanted)
        return false;
    cursor->at++;
    return true;
}

static int digit_value(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 16;
}

static bool take_number(struct cursor *cursor, int base, uint64_t *out) {
    const char *start = cursor->at;
    uint64_t value = 0;
    while (cursor->at < cursor->end && digit_value(*cursor->at) < base) {
        if (__builtin_mul_overflow(value, (uint64_t)base, &value) ||
            __builtin_add_overflow(value, (uint64_t)digit_value(*cursor->at), &value))
            return false;
        cursor->at++;
    }
    *out = value;
    return cursor->at > start;
}

static bool take_device_number(struct cursor *cursor, uint32_t *out) {
    uint64_t value;
    if (!take_number(cursor, 16, &value) || value > UINT32_MAX)
        return false;
    *out = (uint32_t)value;
    return true;
}

static bool take_permissions(struct cursor *cursor, uint32_t *out) {
    static const char letters[] = "rwxs";
    if (cursor->end - cursor->at < 4)
        return false;
    *out = 0;
    for (int i = 0; i < 4; i++)
        if (*cursor->at++ == letters[i])
            *out |= 1u << i;
    return true;
}

static bool parse_line(struct cursor cursor, struct hf_map *map) {
    *map = (struct hf_map){.module = HF_NO_MODULE};
    if (!take_number(&cursor, 16, &map->start) || !take(&cursor, '-') || !take_number(&cursor, 16, &map->end) ||
        !take(&cursor, ' ') || !take_permissions(&cursor, &map->permissions) || !take(&cursor, ' ') ||
        !take_number(&cursor, 16, &map->offset) || !take(&cursor, ' ') ||
        !take_device_number(&cursor, &map->device_major) || !take(&cursor, ':') ||
        !take_device_number(&cursor, &map->device_minor) || !take(&cursor, ' ') ||
        !take_number(&cursor, 10, &map->inode))
        return false;
    while (take(&cursor, ' '))
        ;
    map->path = cursor.at;
    return true;
}

/* Longer ones are no ranges: a path has at most 4,096 bytes. */
#define MAX_LINE_BYTES 8192

enum hf_status hf_maps_parse(struct hf_maps *maps, const char *text, size_t length, struct hf_error *error) {
    const char *end = text + length;
    while (text < end) {
        const char *newline = memchr(text, '\n', (size_t)(end - text));
        const char *line_end = newline != NULL ? newline : end;
        size_t line_length = (size_t)(line_end - text);
        char line[MAX_LINE_BYTES];
        struct hf_map map;
        if (line_length < sizeof line) {
            memcpy(line, text, line_length);
            line[line_length] = '\0';
            if (parse_line((struct cursor){line, line + line_length}, &map) && follows(maps, &map) &&
                maps->count < HF_MAX_MAPS && !hf_maps_add(maps, &map))
                return hf_fail_nomem(error);
        }
        text = line_end + 1;
    }
    return HF_OK;
}

const struct hf_map *hf_maps_find_from(const struct hf_maps *maps, uint64_t addr) {
    size_t low = 0, high = maps->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (maps->list[middle].end <= addr)
            low = middle + 1;
        else
            high = middle;
    }
    return low < maps->count ? &maps->list[low] : NULL;
}

const struct hf_map *hf_maps_find(const struct hf_maps *maps, uint64_t addr) {
    const struct hf_map *map = hf_maps_find_from(maps, addr);
    return map != NULL && map->start <= addr ? map : NULL;
}

void hf_maps_deinit(struct hf_maps *maps) {
    hf_free(maps->list);
    hf_arena_deinit(&maps->paths);
    *maps = (struct hf_maps){0};
}
