/*
 * take.h - taking snapshots of processes: what `snapshot` and `watch` have in common.
 */
#ifndef CLI_TAKE_H
#define CLI_TAKE_H

#include <holdfast/process.h>

struct take_settings {
    unsigned method;         /* enum hf_process_method: the words of the option stand in its order */
    double timeout_seconds;
    bool no_previews;
    bool plain;
};

/* One process, and not another one that got its number later. */
struct take_process {
    int pid;
    int pidfd;               /* -1: an old kernel */
};

/* True if `word` is a process id. */
bool take_is_pid(const char *word, int *pid);

/* Gives CLI_OK, or an exit code after a complaint: there is none. */
int take_begin(int pid, struct take_process *out);
void take_end(struct take_process *process);
/* Waits that long. False: the process has ended. */
bool take_wait(const struct take_process *process, double seconds);

/*
 * Waits until a Python program of that name runs: that of the process, or the last part of a word of its command. Gives
 * an exit code after a complaint.
 */
int take_wait_for(const char *name, int *pid);

/* Takes a snapshot of it, and complains where that fails. */
int take_snapshot(const struct take_process *process, const struct take_settings *settings, struct hf_snapshot **out);

/* Says what the user should know: a `note` for the options of the library. */
void take_note(void *context, const char *message);

/* Writes a snapshot and says so; with `as_json` on stdout. */
int take_save(const struct hf_snapshot *snapshot, const struct take_settings *settings, const char *path,
              bool as_json);

/*
 * The path of the next file of a series in a folder, PID-00001.hfs and so on, which is not there yet; the caller frees
 * it. *number is the last one that was used.
 */
char *take_next_path(const char *folder, int pid, unsigned *number);

/*
 * Can snapshots be written to that file or into that folder? One whose name ends in a slash is made. What cannot be
 * written is found out before a program runs for days, or stands still. Gives an exit code after a complaint.
 */
int take_check_output(const char *path);
bool take_is_folder(const char *path);

#endif
