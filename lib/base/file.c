/*
 * file.c - writes files atomically.
 *
 *   begin     a file without a name in the folder (O_TMPFILE)      or, where the file system has none of these,
 *             folder/.leak.hf.3f09a1c2.tmp   created with O_EXCL: nobody else's file, no link is followed
 *   commit    fsync(file); linkat to folder/leak.hf                where there is such a file: linkat to
 *             folder/.leak.hf.3f09a1c2.tmp, rename to folder/leak.hf; fsync(folder)
 *
 * Whoever is killed while it writes leaves nothing behind. linkat cannot replace a file, rename can: that makes the
 * temporary name, for an instant. The first fsync keeps a crash from leaving a renamed file without its bytes, the
 * second one makes the name last.
 */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/memory.h"

#define MAX_BASE_BYTES 200   /* of the name in the temporary one: names end at 255 */
#define MAX_ATTEMPTS 16
#define MAX_WRITE_BYTES ((size_t)1 << 30)

/* The path that is to be replaced: `path`, or what it points to if it is a symbolic link. */
static char *resolve(const char *path) {
    struct stat info;
    if (lstat(path, &info) == 0 && S_ISLNK(info.st_mode)) {
        char *real = realpath(path, NULL);
        char *copy = real != NULL ? hf_strdup(real) : NULL;
        free(real);
        return copy != NULL ? copy : hf_strdup(path);
    }
    return hf_strdup(path);
}

static enum hf_status check_target(const char *path, bool follow, struct hf_error *error) {
    struct stat info;
    if (*path == '\0')
        return hf_fail(error, HF_ERR_ARGUMENT, "cannot write a file with an empty name");
    if ((follow ? stat(path, &info) : lstat(path, &info)) != 0 || (!follow && S_ISLNK(info.st_mode)))
        return HF_OK; /* not there, as is usual; other reasons show when the temporary file is made */
    if (S_ISDIR(info.st_mode))
        return hf_fail(error, HF_ERR_ARGUMENT, "cannot write '%s': it is a folder", path);
    if (!S_ISREG(info.st_mode))
        return hf_fail(error, HF_ERR_ARGUMENT, "cannot write '%s': it is not a regular file", path);
    return HF_OK;
}

static size_t folder_length(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash == NULL ? 0 : (size_t)(slash - path) + 1;
}

static void name_temporary(char *out, size_t size, const char *path) {
    uint32_t number = 0;
    size_t folder = folder_length(path);
    if (getrandom(&number, sizeof number, GRND_NONBLOCK) != (ssize_t)sizeof number)
        number = (uint32_t)getpid();
    snprintf(out, size, "%.*s.%.*s.%08x.tmp", (int)folder, path, MAX_BASE_BYTES, path + folder, number);
}

/* Gives a new name in the folder to try, in memory that the writer has. False: no memory. */
static bool choose_temporary(struct hf_file_writer *writer) {
    size_t size = strlen(writer->path) + 32;
    if (writer->temporary == NULL)
        writer->temporary = hf_alloc(size, 1);
    if (writer->temporary != NULL)
        name_temporary(writer->temporary, size, writer->path);
    return writer->temporary != NULL;
}

static void forget_temporary(struct hf_file_writer *writer) {
    hf_free(writer->temporary);
    writer->temporary = NULL;
}

static enum hf_status fail_write(const struct hf_file_writer *writer, int os_errno, struct hf_error *error) {
    return hf_fail_errno(error, os_errno, "cannot write '%s'", writer->path);
}

/* The folder of `path`, "." if it names none. NULL: no memory. */
static char *copy_folder(const char *path) {
    size_t length = folder_length(path);
    char *folder = hf_alloc(length + 2, 1);
    if (folder != NULL)
        memcpy(folder, length > 0 ? path : ".", length > 0 ? length : 1);
    return folder;
}

/* A file without a name, if the file system can, and /proc is there to give it one. False: no memory. */
static bool create_nameless(struct hf_file_writer *writer, mode_t mode) {
    char *folder = copy_folder(writer->path);
    if (folder == NULL)
        return false;
    if (access("/proc/self/fd", X_OK) == 0)
        writer->fd = open(folder, O_RDWR | O_TMPFILE | O_CLOEXEC, mode);
    hf_free(folder);
    return true;
}

static enum hf_status create_temporary(struct hf_file_writer *writer, mode_t mode, struct hf_error *error) {
    for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
        if (!choose_temporary(writer))
            return hf_fail_nomem(error);
        writer->fd = open(writer->temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
        if (writer->fd >= 0)
            return HF_OK;
        if (errno != EEXIST)
            break;
    }
    int failure = errno;
    forget_temporary(writer);     /* not ours */
    return fail_write(writer, failure, error);
}

static enum hf_status create(struct hf_file_writer *writer, mode_t mode, struct hf_error *error) {
    if (writer->path == NULL || !create_nameless(writer, mode))
        return hf_fail_nomem(error);
    return writer->fd >= 0 ? HF_OK : create_temporary(writer, mode, error);
}

static enum hf_status begin(struct hf_file_writer *writer, const char *path, mode_t mode, bool follow,
                            struct hf_error *error) {
    *writer = (struct hf_file_writer){.fd = -1};
    enum hf_status status = check_target(path, follow, error);
    if (status != HF_OK)
        return status;
    writer->path = follow ? resolve(path) : hf_strdup(path);
    status = create(writer, mode, error);
    if (status != HF_OK)
        hf_file_writer_abort(writer);
    return status;
}

enum hf_status hf_file_writer_begin(struct hf_file_writer *writer, const char *path, mode_t mode,
                                    struct hf_error *error) {
    return begin(writer, path, mode, true, error);
}

enum hf_status hf_file_writer_begin_private(struct hf_file_writer *writer, const char *path, struct hf_error *error) {
    enum hf_status status = begin(writer, path, 0600, false, error);
    writer->may_be_lost = true;
    return status;
}

enum hf_status hf_file_writer_write_at(struct hf_file_writer *writer, uint64_t offset, const void *bytes,
                                       size_t num_bytes, struct hf_error *error) {
    const uint8_t *at = bytes;
    while (num_bytes > 0) {
        ssize_t written = pwrite(writer->fd, at, num_bytes < MAX_WRITE_BYTES ? num_bytes : MAX_WRITE_BYTES,
                                 (off_t)offset);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return fail_write(writer, written < 0 ? errno : ENOSPC, error);
        at += written;
        offset += (uint64_t)written;
        num_bytes -= (size_t)written;
    }
    return HF_OK;
}

enum hf_status hf_file_writer_write(struct hf_file_writer *writer, const void *bytes, size_t num_bytes,
                                    struct hf_error *error) {
    enum hf_status status = hf_file_writer_write_at(writer, writer->num_bytes, bytes, num_bytes, error);
    if (status == HF_OK)
        writer->num_bytes += num_bytes;
    return status;
}

static void forget(struct hf_file_writer *writer) {
    hf_free(writer->path);
    hf_free(writer->temporary);
    *writer = (struct hf_file_writer){.fd = -1};
}

/* Best effort: the file is complete and in its place, and some file systems cannot sync a folder. */
static void sync_folder(const char *path) {
    char *folder = copy_folder(path);
    if (folder == NULL)
        return;
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    hf_free(folder);
    if (fd < 0)
        return;
    (void)fsync(fd);
    close(fd);
}

/* Gives the file without a name its path, or where that is taken, a temporary one. Gives 0 or an errno. */
static int name_nameless(struct hf_file_writer *writer) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", writer->fd);
    if (linkat(AT_FDCWD, link, AT_FDCWD, writer->path, AT_SYMLINK_FOLLOW) == 0)
        return 0;
    for (int attempt = 0; errno == EEXIST && attempt < MAX_ATTEMPTS; attempt++) {
        if (!choose_temporary(writer))
            return ENOMEM;
        if (linkat(AT_FDCWD, link, AT_FDCWD, writer->temporary, AT_SYMLINK_FOLLOW) == 0)
            return 0;
    }
    int failure = errno;
    forget_temporary(writer);
    return failure;
}

/* Syncs, names and closes the file. Gives 0 or an errno. */
static int finish(struct hf_file_writer *writer) {
    int failure = !writer->may_be_lost && fsync(writer->fd) != 0 ? errno : 0;
    if (failure == 0 && writer->temporary == NULL)
        failure = name_nameless(writer);
    if (close(writer->fd) != 0 && failure == 0)
        failure = errno;
    writer->fd = -1;
    if (failure == 0 && writer->temporary != NULL && rename(writer->temporary, writer->path) != 0)
        failure = errno;
    return failure;
}

enum hf_status hf_file_writer_commit(struct hf_file_writer *writer, struct hf_error *error) {
    int failure = finish(writer);
    if (failure != 0) {
        enum hf_status status = failure == ENOMEM ? hf_fail_nomem(error) : fail_write(writer, failure, error);
        hf_file_writer_abort(writer);
        return status;
    }
    if (!writer->may_be_lost)
        sync_folder(writer->path);
    forget(writer);
    return HF_OK;
}

void hf_file_writer_abort(struct hf_file_writer *writer) {
    if (writer->path == NULL)
        return;
    if (writer->fd >= 0)
        close(writer->fd);
    if (writer->temporary != NULL)
        (void)unlink(writer->temporary);
    forget(writer);
}
