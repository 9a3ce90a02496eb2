/*
 * file.h - writes a file so that others see all of it or nothing: without a name at first, synced, then put in its
 * place. On failure, and when the process is killed, nothing is left behind, and a file that was at the path is as it
 * was.
 */
#ifndef HF_BASE_FILE_H
#define HF_BASE_FILE_H

#include <sys/types.h>

#include <holdfast/holdfast.h>

struct hf_file_writer {
    char *path;              /* NULL: nothing is being written */
    char *temporary;         /* its name for the time being, or NULL: it has none yet */
    int fd;
    uint64_t num_bytes;      /* appended so far */
    bool may_be_lost;        /* not synced */
};

/*
 * Starts a file that will be at `path` with `mode` (less the umask). A symbolic link is followed: the file it points to
 * is replaced. Errors: ARGUMENT (a folder, a device or a pipe is there), IO, NOMEM; the writer is then empty.
 */
HF_MUST_CHECK enum hf_status hf_file_writer_begin(struct hf_file_writer *writer, const char *path, mode_t mode,
                                                  struct hf_error *error);
/*
 * The same for a file that only its owner uses (mode 0600) and that can be made again: a link at `path` is replaced and
 * not followed, and nothing is synced, so that a crash of the machine may take the file.
 */
HF_MUST_CHECK enum hf_status hf_file_writer_begin_private(struct hf_file_writer *writer, const char *path,
                                                          struct hf_error *error);
/* Appends. Errors: IO. */
HF_MUST_CHECK enum hf_status hf_file_writer_write(struct hf_file_writer *writer, const void *bytes, size_t num_bytes,
                                                  struct hf_error *error);
/* Overwrites bytes that were appended before. Errors: IO. */
HF_MUST_CHECK enum hf_status hf_file_writer_write_at(struct hf_file_writer *writer, uint64_t offset, const void *bytes,
                                                     size_t num_bytes, struct hf_error *error);
/* Syncs the file, puts it in its place and ends the writer, on failure as abort does. Errors: IO, NOMEM. */
HF_MUST_CHECK enum hf_status hf_file_writer_commit(struct hf_file_writer *writer, struct hf_error *error);
/* Removes what was written and ends the writer. Nothing happens to an empty one. */
void hf_file_writer_abort(struct hf_file_writer *writer);

#endif
