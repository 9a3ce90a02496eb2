/*
 * files.c - finds the series in a folder, and opens it file by file.
 *
 *   shop-00009.hfs   shop-00010.hfs      one stem "shop", in the order of their numbers
 *   shop-4711-00001.hfs                  another one, of a child process: which of the two is meant?
 */
#include "analysis/growth/files.h"

#include <holdfast/growth.h>

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/options.h"
#include "base/text.h"

static const char suffix[] = ".hfs";

struct entry {
    const char *name;
    size_t stem_length;
    unsigned long long number;     /* 0: none */
};

struct listing {
    struct hf_region region;       /* struct entry */
    size_t count;
};

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/* "shop-00012.hfs": stem "shop", number 12. False for other files. */
static bool read_name(const char *name, struct entry *out) {
    size_t length = strlen(name);
    if (length < sizeof suffix || strcmp(name + length - (sizeof suffix - 1), suffix) != 0)
        return false;
    length -= sizeof suffix - 1;
    size_t digits = 0;
    while (digits < length && is_digit(name[length - 1 - digits]))
        digits++;
    bool is_numbered = digits > 0 && digits + 1 < length && name[length - 1 - digits] == '-';
    *out = (struct entry){.name = name, .stem_length = is_numbered ? length - digits - 1 : length};
    if (is_numbered)
        out->number = strtoull(name + length - digits, NULL, 10);
    return true;
}

static bool add(struct listing *listing, const char *name, struct hf_arena *arena) {
    struct entry entry;
    if (!read_name(name, &entry))
        return true;
    entry.name = hf_arena_copy(arena, name, strlen(name));
    if (!hf_region_reserve(&listing->region, (listing->count + 1) * sizeof entry))
        return false;
    ((struct entry *)(void *)listing->region.data)[listing->count++] = entry;
    return !arena->failed;
}

static int compare_stems(const struct entry *a, const struct entry *b) {
    size_t shorter = a->stem_length < b->stem_length ? a->stem_length : b->stem_length;
    int order = memcmp(a->name, b->name, shorter);
    return order != 0 ? order : (a->stem_length > b->stem_length) - (a->stem_length < b->stem_length);
}

static int compare_entries(const void *left, const void *right) {
    const struct entry *a = left, *b = right;
    int order = compare_stems(a, b);
    return order != 0 ? order : (a->number > b->number) - (a->number < b->number);
}

static enum hf_status read_folder(const char *folder, struct listing *listing, struct hf_arena *arena,
                                  struct hf_error *error) {
    DIR *entries = opendir(folder);
    if (entries == NULL)
        return hf_fail_errno(error, errno, "cannot read folder '%s'", folder);
    bool ok = true;
    for (struct dirent *entry; ok && (entry = readdir(entries)) != NULL;)
        ok = add(listing, entry->d_name, arena);
    closedir(entries);
    if (ok && listing->count > 0)
        qsort(listing->region.data, listing->count, sizeof(struct entry), compare_entries);
    return ok ? HF_OK : hf_fail_nomem(error);
}

/* "'snapshots' has snapshots of several series: shop-*.hfs, shop-4711-*.hfs; ..." */
static enum hf_status fail_many(const char *folder, const struct listing *listing, struct hf_error *error) {
    const struct entry *list = (const struct entry *)(const void *)listing->region.data;
    struct hf_text text = HF_TEXT_INIT;
    size_t num_stems = 0;
    for (size_t i = 0; i < listing->count; i++) {
        if (i > 0 && compare_stems(&list[i], &list[i - 1]) == 0)
            continue;
        if (++num_stems <= 3)
            hf_text_addf(&text, "%s%.*s%s%s", num_stems > 1 ? ", " : "", (int)list[i].stem_length, list[i].name,
                         list[i].number != 0 ? "-*" : "", suffix);
    }
    enum hf_status status =
        text.failed ? hf_fail_nomem(error)
                    : hf_fail(error, HF_ERR_ARGUMENT,
                              "folder '%s' has more than one series of snapshots (%s%s): name the files of one, "
                              "oldest first", folder, text.data, num_stems > 3 ? ", ..." : "");
    hf_text_deinit(&text);
    return status;
}

static enum hf_status check_listing(const char *folder, const struct listing *listing, struct hf_error *error) {
    const struct entry *list = (const struct entry *)(const void *)listing->region.data;
    if (listing->count == 0)
        return hf_fail(error, HF_ERR_FORMAT, "folder '%s' has no snapshots: no file in it ends in %s", folder, suffix);
    if (compare_stems(&list[0], &list[listing->count - 1]) != 0)
        return fail_many(folder, listing, error);
    return HF_OK;
}

static enum hf_status hand_out(const char *folder, const struct listing *listing, struct hf_arena *arena,
                               struct hf_series_files *out, struct hf_error *error) {
    const struct entry *list = (const struct entry *)(const void *)listing->region.data;
    out->paths = hf_arena_alloc(arena, listing->count, sizeof *out->paths);
    out->count = listing->count;
    for (size_t i = 0; out->paths != NULL && i < listing->count; i++) {
        size_t length = strlen(folder) + 1 + strlen(list[i].name);
        char *path = hf_arena_alloc(arena, length + 1, 1);
        if (path == NULL)
            break;
        strcpy(path, folder);
        if (path[0] != '\0' && path[strlen(path) - 1] != '/')
            strcat(path, "/");
        strcat(path, list[i].name);
        out->paths[i] = path;
    }
    return arena->failed ? hf_fail_nomem(error) : HF_OK;
}

enum hf_status hf_series_files_list(const char *folder, struct hf_arena *arena, struct hf_series_files *out,
                                    struct hf_error *error) {
    struct listing listing = {0};
    enum hf_status status = read_folder(folder, &listing, arena, error);
    if (status == HF_OK)
        status = check_listing(folder, &listing, error);
    if (status == HF_OK)
        status = hand_out(folder, &listing, arena, out, error);
    hf_region_deinit(&listing.region);
    return status;
}

/* Two snapshots are open at a time: the series needs the one before until the next is added. */
static enum hf_status add_files(struct hf_growth_series *series, const char *const *paths, size_t num_paths,
                                const struct hf_progress *progress, struct hf_growth **out, struct hf_error *error) {
    const struct hf_open_options options = {.struct_size = sizeof options, .progress = progress};
    struct hf_snapshot *before = NULL;
    enum hf_status status = HF_OK;
    for (size_t i = 0; i < num_paths && status == HF_OK; i++) {
        struct hf_snapshot *snapshot = NULL;
        status = hf_snapshot_open(paths[i], &options, &snapshot, error);
        if (status == HF_OK)
            status = hf_growth_series_add(series, snapshot, error);
        hf_snapshot_destroy(before);
        before = snapshot;
    }
    if (status == HF_OK)
        status = hf_growth_series_finish(series, out, error);
    hf_snapshot_destroy(before);
    return status;
}

static enum hf_status open_files(const char *const *paths, size_t num_paths, const struct hf_growth_options *options,
                                 struct hf_growth **out, struct hf_error *error) {
    struct hf_growth_options known = {0};
    struct hf_growth_series *series = NULL;
    enum hf_status status = hf_growth_series_create(options, &series, error);
    if (status == HF_OK && hf_options_copy(&known, sizeof known, options))
        status = add_files(series, paths, num_paths, known.progress, out, error);
    hf_growth_series_destroy(series);
    return status;
}

static enum hf_status check_folder(const char *path, struct hf_error *error) {
    struct stat info;
    if (stat(path, &info) != 0)
        return hf_fail_errno(error, errno, "cannot open '%s'", path);
    if (!S_ISDIR(info.st_mode))
        return hf_fail(error, HF_ERR_ARGUMENT,
                       "'%s' is one snapshot: name an older and a newer one, or a folder of them",
                       path);
    return HF_OK;
}

enum hf_status hf_series_files_open_folder(const char *folder, struct hf_arena *arena, struct hf_series_files *out,
                                           struct hf_error *error) {
    enum hf_status status = check_folder(folder, error);
    if (status == HF_OK)
        status = hf_series_files_list(folder, arena, out, error);
    if (status == HF_OK && out->count < 2)
        status = hf_fail(error, HF_ERR_FORMAT, "folder '%s' has only one snapshot: growth needs two", folder);
    return status;
}

static enum hf_status open_folder(const char *folder, const struct hf_growth_options *options, struct hf_growth **out,
                                  struct hf_error *error) {
    struct hf_arena arena = {0};
    struct hf_series_files files = {0};
    enum hf_status status = hf_series_files_open_folder(folder, &arena, &files, error);
    if (status == HF_OK)
        status = open_files(files.paths, files.count, options, out, error);
    hf_arena_deinit(&arena);
    return status;
}

enum hf_status hf_growth_open(const char *const *paths, size_t num_paths, const struct hf_growth_options *options,
                              struct hf_growth **out, struct hf_error *error) {
    return num_paths == 1 ? open_folder(paths[0], options, out, error)
                          : open_files(paths, num_paths, options, out, error);
}
