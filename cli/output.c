/*
 * output.c - where an answer goes.
 *
 *   stdout --> [ memory file ] --+--> terminal          what fits on it
 *                                +--> stdin of less     what is longer
 *
 * An answer is held back as a whole, because only then is it known whether it needs a pager. So a short one never
 * passes through one, and neither less nor the answer ever shares the terminal with the line of progress. In a pipe or
 * a file nothing is held back.
 */
#include "cli/output.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/colour.h"
#include "cli/progress.h"

#define SHELL_FOUND_NOTHING 127

extern char **environ;

static struct {
    bool csv, exact_sizes, may_page;
    struct winsize terminal;     /* zero: there is none */
    int terminal_fd;             /* stdout as it was, while the answer is held back; else -1 */
} output = {.terminal_fd = -1};

bool output_is_csv(void) {
    return output.csv;
}

bool output_has_exact_sizes(void) {
    return output.exact_sizes;
}

size_t output_width(void) {
    return output.terminal.ws_col;
}

static bool terminal_is_dumb(void) {
    const char *term = getenv("TERM");
    return !term || strcmp(term, "dumb") == 0;
}

/* From here on stdout is a file in memory. */
static void hold_back(void) {
    int file = memfd_create("holdfast-answer", MFD_CLOEXEC);
    fflush(stdout);
    output.terminal_fd = dup(STDOUT_FILENO);
    if (file < 0 || output.terminal_fd < 0 || dup2(file, STDOUT_FILENO) < 0) {
        close(output.terminal_fd);
        output.terminal_fd = -1;
    }
    close(file);
}

void output_begin(const struct answer_settings *settings, bool may_be_long) {
    output.csv = settings->csv;
    output.exact_sizes = settings->exact_bytes;
    colour_choose(settings->color);
    if (!isatty(STDOUT_FILENO))
        return;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &output.terminal) != 0)
        output.terminal = (struct winsize){0};
    output.may_page = !settings->no_pager && output.terminal.ws_row > 0 && !terminal_is_dumb();
    if (may_be_long)
        hold_back();
}

/* The pager's command line; NULL where none is wanted. */
static const char *choose_pager(void) {
    const char *own = getenv("HOLDFAST_PAGER"), *common = getenv("PAGER");
    const char *pager = own ? own : common ? common : "less";
    return *pager && strcmp(pager, "cat") != 0 ? pager : NULL;
}

/* By lines, or by characters where lines are wider than the terminal; what less finds short, it prints and ends. */
static bool is_long(const char *text, size_t length) {
    size_t lines = 0;
    for (const char *at = text; (at = memchr(at, '\n', length - (size_t)(at - text))) != NULL; at++)
        lines++;
    return lines >= output.terminal.ws_row || length / output.terminal.ws_col >= output.terminal.ws_row;
}

/* False: there is no such pager, and nothing was printed. */
static bool run_pager(const char *pager, int terminal) {
    setenv("LESS", "FRX", 0);
    setenv("LV", "-c", 0);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, terminal, STDOUT_FILENO);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigset_t keyboard;
    sigemptyset(&keyboard);
    sigaddset(&keyboard, SIGINT);
    sigaddset(&keyboard, SIGQUIT);
    posix_spawnattr_setsigdefault(&attributes, &keyboard);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
    signal(SIGINT, SIG_IGN);     /* the pager's affair: it is still on the screen */
    signal(SIGQUIT, SIG_IGN);
    const char *const argv[] = {"sh", "-c", pager, NULL};
    pid_t pid;
    int failure = posix_spawn(&pid, "/bin/sh", &actions, &attributes, (char *const *)(const void *)argv, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    int status = 0;
    while (!failure && waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    return !failure && !(WIFEXITED(status) && WEXITSTATUS(status) == SHELL_FOUND_NOTHING);
}

static void write_all(int fd, const char *text, size_t length) {
    while (length > 0) {
        ssize_t written = write(fd, text, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return;              /* the terminal is gone, and so is who would read of it */
        text += written;
        length -= (size_t)written;
    }
}

void output_end(void) {
    progress_clear();
    fflush(stdout);
    if (output.terminal_fd < 0)
        return;
    off_t length = lseek(STDOUT_FILENO, 0, SEEK_END);
    char *text = length > 0 ? mmap(NULL, (size_t)length, PROT_READ, MAP_PRIVATE, STDOUT_FILENO, 0) : MAP_FAILED;
    if (text != MAP_FAILED) {
        const char *pager = output.may_page && is_long(text, (size_t)length) ? choose_pager() : NULL;
        lseek(STDOUT_FILENO, 0, SEEK_SET);
        if (!pager || !run_pager(pager, output.terminal_fd))
            write_all(output.terminal_fd, text, (size_t)length);
        munmap(text, (size_t)length);
    }
    dup2(output.terminal_fd, STDOUT_FILENO);
    close(output.terminal_fd);
    output.terminal_fd = -1;
}
