/*
 * cache.c - the file of indexes beside a snapshot; cache.h has its bytes.
 *
 *   sections   [ id 1: in the mapped file | id 2: in the mapped file | id 4: in memory, computed here | ... ]
 *
 * The file is never changed in place: a new one with old and new sections is renamed over it. So whoever has the old
 * one mapped keeps it, a reader never sees half of it, and of two processes that save at once the later one wins; what
 * the other one computed is computed again some day. Appending under a lock would save the copying of some ten MB in
 * the page cache, and need a way to mend a file whose writer was killed.
 *
 * It is not synced: a crash of the machine costs an index, and the checksums show it.
 */
#include "snapshot/cache.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <xxhash.h>

#include "base/file.h"

#define MAGIC "\x89HFC\r\n\x1a\n"
#define ALIGNMENT 64
#define SUFFIX ".cache"
#define MOST_OF_FREE 10      /* a cache takes one part in so many of the free room */

struct header {
    uint8_t magic[8];
    uint32_t format;
    uint32_t num_sections;
    uint64_t file_bytes;
    uint64_t snapshot_header_checksum, snapshot_table_checksum;
    uint64_t table_checksum;
    uint64_t reserved;
    uint64_t header_checksum;
};

struct entry {
    uint32_t id;
    uint32_t reserved;
    uint64_t offset;
    uint64_t num_bytes;
    uint64_t checksum;
};

_Static_assert(sizeof(struct header) == 64 && sizeof(struct entry) == 32, "the bytes as described in cache.h");

struct section {
    const void *data;        /* NULL: there is none */
    size_t num_bytes;
    uint64_t checksum;
    bool is_checked;
};

struct hf_cache {
    pthread_mutex_t lock;
    char *path;
    struct header header;    /* of a file that belongs to the snapshot: what is always the same in it */
    struct section sections[HF_CACHE_NUM_IDS];
    void *mapping;
    size_t mapping_bytes;
};

/* ---- the file as it is ---- */

/* The user's own file, which nobody else can write. */
static bool is_ours(const struct stat *info) {
    return S_ISREG(info->st_mode) && info->st_uid == geteuid() && (info->st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

static bool map_file(struct hf_cache *cache) {
    int fd = open(cache->path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW);
    struct stat info;
    void *bytes = MAP_FAILED;
    if (fd >= 0 && fstat(fd, &info) == 0 && is_ours(&info) && info.st_size >= (off_t)sizeof(struct header))
        bytes = mmap(NULL, (size_t)info.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (fd >= 0)
        close(fd);
    if (bytes == MAP_FAILED)
        return false;
    cache->mapping = bytes;
    cache->mapping_bytes = (size_t)info.st_size;
    return true;
}

static bool header_is_right(const struct hf_cache *cache) {
    const struct header *header = cache->mapping, *expected = &cache->header;
    return memcmp(header->magic, expected->magic, sizeof header->magic) == 0 && header->format == expected->format &&
           header->snapshot_header_checksum == expected->snapshot_header_checksum &&
           header->snapshot_table_checksum == expected->snapshot_table_checksum &&
           header->file_bytes == cache->mapping_bytes && header->num_sections <= HF_CACHE_NUM_IDS &&
           header->header_checksum == XXH3_64bits(header, offsetof(struct header, header_checksum));
}

static bool take_section(struct hf_cache *cache, const struct entry *entry) {
    bool fits = entry->offset % ALIGNMENT == 0 && entry->offset <= cache->mapping_bytes &&
                entry->num_bytes <= cache->mapping_bytes - entry->offset;
    if (!fits || entry->id >= HF_CACHE_NUM_IDS || cache->sections[entry->id].data != NULL)
        return false;
    cache->sections[entry->id] = (struct section){(const uint8_t *)cache->mapping + entry->offset,
                                                  (size_t)entry->num_bytes, entry->checksum, false};
    return true;
}

static bool take_sections(struct hf_cache *cache) {
    const struct header *header = cache->mapping;
    const struct entry *table = (const void *)(header + 1);
    size_t table_bytes = header->num_sections * sizeof *table;
    if (table_bytes > cache->mapping_bytes - sizeof *header ||
        XXH3_64bits(table, table_bytes) != header->table_checksum)
        return false;
    for (uint32_t i = 0; i < header->num_sections; i++)
        if (!take_section(cache, &table[i]))
            return false;
    return true;
}

/* Nothing of a file that is not as it should be is used. */
static void read_file(struct hf_cache *cache) {
    if (map_file(cache) && (!header_is_right(cache) || !take_sections(cache)))
        memset(cache->sections, 0, sizeof cache->sections);
}

static char *name_file(const char *snapshot_path) {
    char *real = realpath(snapshot_path, NULL);   /* the working directory may change before an index is saved */
    char *path = real != NULL ? hf_alloc(strlen(real) + sizeof SUFFIX, 1) : NULL;
    if (path != NULL)
        sprintf(path, "%s" SUFFIX, real);
    free(real);
    return path;
}

struct hf_cache *hf_cache_open(const char *path, uint64_t header_checksum, uint64_t table_checksum) {
    struct hf_cache *cache = hf_alloc(1, sizeof *cache);
    if (cache == NULL)
        return NULL;
    pthread_mutex_init(&cache->lock, NULL);
    cache->path = name_file(path);
    cache->header = (struct header){
        .magic = MAGIC,
        .format = HF_CACHE_FORMAT,
        .snapshot_header_checksum = header_checksum,
        .snapshot_table_checksum = table_checksum,
    };
    if (cache->path == NULL) {
        hf_cache_destroy(cache);
        return NULL;
    }
    read_file(cache);
    return cache;
}

void hf_cache_destroy(struct hf_cache *cache) {
    if (cache == NULL)
        return;
    if (cache->mapping != NULL)
        munmap(cache->mapping, cache->mapping_bytes);
    pthread_mutex_destroy(&cache->lock);
    hf_free(cache->path);
    hf_free(cache);
}

/* ---- one section ---- */

/* The bytes, if they are those that were written; a damaged section is forgotten. */
static const void *check(struct section *section) {
    if (!section->is_checked && section->data != NULL &&
        XXH3_64bits(section->data, section->num_bytes) != section->checksum)
        *section = (struct section){0};
    section->is_checked = true;
    return section->data;
}

const void *hf_cache_find(const struct hf_snapshot *snapshot, enum hf_cache_section id, size_t num_bytes) {
    struct hf_cache *cache = snapshot->cache;
    if (cache == NULL)
        return NULL;
    pthread_mutex_lock(&cache->lock);
    struct section *section = &cache->sections[id];
    const void *data = section->num_bytes == num_bytes ? check(section) : NULL;
    pthread_mutex_unlock(&cache->lock);
    return data;
}

/* ---- a new file ---- */

static uint64_t align(uint64_t offset) {
    return (offset + ALIGNMENT - 1) & ~(uint64_t)(ALIGNMENT - 1);
}

/* Fills the table, and gives the size of the file. */
static uint64_t plan(const struct hf_cache *cache, struct entry table[HF_CACHE_NUM_IDS], uint32_t *num_sections) {
    uint32_t count = 0;
    for (uint32_t id = 0; id < HF_CACHE_NUM_IDS; id++)
        if (cache->sections[id].data != NULL)
            table[count++] = (struct entry){.id = id, .num_bytes = cache->sections[id].num_bytes,
                                            .checksum = cache->sections[id].checksum};
    uint64_t end = sizeof(struct header) + count * sizeof *table;
    for (uint32_t i = 0; i < count; i++) {
        table[i].offset = align(end);
        end = table[i].offset + table[i].num_bytes;
    }
    *num_sections = count;
    return end;
}

static bool has_room(const char *path, uint64_t num_bytes) {
    char *folder = hf_strdup(path);
    struct statvfs info;
    bool fits = false;
    if (folder != NULL) {
        *(strrchr(folder, '/') + 1) = '\0';
        fits = statvfs(folder, &info) == 0 && num_bytes / info.f_frsize < info.f_bavail / MOST_OF_FREE;
    }
    hf_free(folder);
    return fits;
}

static enum hf_status write_sections(const struct hf_cache *cache, struct hf_file_writer *writer,
                                     const struct entry *table, uint32_t count) {
    static const uint8_t zeros[ALIGNMENT];
    enum hf_status status = HF_OK;
    for (uint32_t i = 0; i < count && status == HF_OK; i++) {
        status = hf_file_writer_write(writer, zeros, (size_t)(table[i].offset - writer->num_bytes), NULL);
        if (status == HF_OK)
            status = hf_file_writer_write(writer, cache->sections[table[i].id].data, (size_t)table[i].num_bytes, NULL);
    }
    return status;
}

static enum hf_status write_file(const struct hf_cache *cache, struct hf_file_writer *writer,
                                 const struct entry *table, uint32_t count, uint64_t file_bytes) {
    struct header header = cache->header;
    size_t table_bytes = count * sizeof *table;
    header.num_sections = count;
    header.file_bytes = file_bytes;
    header.table_checksum = XXH3_64bits(table, table_bytes);
    header.header_checksum = XXH3_64bits(&header, offsetof(struct header, header_checksum));
    enum hf_status status = hf_file_writer_write(writer, &header, sizeof header, NULL);
    if (status == HF_OK)
        status = hf_file_writer_write(writer, table, table_bytes, NULL);
    if (status == HF_OK)
        status = write_sections(cache, writer, table, count);
    return status == HF_OK ? hf_file_writer_commit(writer, NULL) : status;
}

static void replace_file(const struct hf_cache *cache) {
    struct entry table[HF_CACHE_NUM_IDS];
    uint32_t count;
    uint64_t file_bytes = plan(cache, table, &count);
    struct hf_file_writer writer;
    if (!has_room(cache->path, file_bytes) || hf_file_writer_begin_private(&writer, cache->path, NULL) != HF_OK)
        return;
    if (write_file(cache, &writer, table, count, file_bytes) != HF_OK)
        hf_file_writer_abort(&writer);
}

void hf_cache_save(const struct hf_snapshot *snapshot, const struct hf_cache_part *parts, size_t num_parts) {
    struct hf_cache *cache = snapshot->cache;
    if (cache == NULL)
        return;
    pthread_mutex_lock(&cache->lock);
    for (size_t i = 0; i < num_parts; i++)
        cache->sections[parts[i].section] = (struct section){parts[i].data, parts[i].num_bytes,
                                                             XXH3_64bits(parts[i].data, parts[i].num_bytes), true};
    replace_file(cache);
    pthread_mutex_unlock(&cache->lock);
}
