/*
 * child.c - runs a function in a forked child, within limits.
 *
 *   caller                          child
 *   ------                          -----
 *   input, in a memory file  ---->  0
 *                            <----  1, 2   messages: libraries print warnings there
 *                            <----  3      result
 *   poll until both ends close      4 ..   closed: the caller's sockets and files do not live longer because of it
 *   or time is over, then kill
 *
 * fork and not posix_spawn, because the limits must hold before the work begins and because the body is a function;
 * fork and not clone, because glibc makes malloc usable in a forked child of a process with threads. Signals are
 * blocked around fork until the child has dropped the caller's handlers: one of Python's would write to the caller's
 * wake-up descriptor. exit() called by a library would run the caller's atexit handlers and flush its stdio a second
 * time; a handler registered last runs first and ends the child at once.
 *
 * The time is kept three times: by poll here, by alarm in the child in case it closes its ends and hangs, and as CPU
 * time by the system.
 */
#include "render/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"

#define RESULT_FD 3
#define HIGH_FD 10                      /* above those that the child assigns */
#define LITTLE_MEMORY ((size_t)32 << 20)
#define ALARM_GRACE_SECONDS 2
#define SIGNAL_STACK_BYTES ((size_t)64 << 10)

struct channels {
    int input;
    int message[2];                      /* read end, write end */
    int result[2];
};

static void close_fd(int *fd) {
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

static void close_channels(struct channels *channels) {
    close_fd(&channels->input);
    for (int i = 0; i < 2; i++) {
        close_fd(&channels->message[i]);
        close_fd(&channels->result[i]);
    }
}

static bool write_all(int fd, const char *bytes, size_t length) {
    while (length > 0) {
        ssize_t written = write(fd, bytes, length);
        if (written < 0 && errno != EINTR)
            return false;
        if (written > 0) {
            bytes += written;
            length -= (size_t)written;
        }
    }
    return true;
}

static enum hf_status open_channels(struct channels *channels, const char *input, size_t length,
                                    struct hf_error *error) {
    channels->input = memfd_create("holdfast-input", MFD_CLOEXEC);
    if (channels->input < 0 || !write_all(channels->input, input, length) ||
        lseek(channels->input, 0, SEEK_SET) != 0)
        return hf_fail_errno(error, errno, "cannot hand the graph to a child process");
    if (pipe2(channels->message, O_CLOEXEC) != 0 || pipe2(channels->result, O_CLOEXEC) != 0)
        return hf_fail_errno(error, errno, "cannot make a pipe to a child process");
    return HF_OK;
}

/* The child's side. */

bool hf_child_lacks_memory(void) {
    void *probe = mmap(NULL, LITTLE_MEMORY, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (probe == MAP_FAILED)
        return true;
    munmap(probe, LITTLE_MEMORY);
    return false;
}

static void leave_at_exit(void) {
    _exit(HF_CHILD_EXITED);
}

/* A failed allocation most often ends in abort() or a fault. When it was none, returning lets the signal kill. */
static void tell_lack_of_memory(int signal_number) {
    (void)signal_number;
    if (hf_child_lacks_memory())
        _exit(HF_CHILD_NOMEM);
}

static void reset_signals(void) {
    struct sigaction action = {.sa_handler = SIG_DFL};
    for (int number = 1; number < NSIG; number++)
        sigaction(number, &action, NULL);
    sigset_t none;
    sigemptyset(&none);
    pthread_sigmask(SIG_SETMASK, &none, NULL);
}

static void watch_faults(void) {
    static const int faults[] = {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL};
    void *room = mmap(NULL, SIGNAL_STACK_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (room == MAP_FAILED)
        return;
    stack_t stack = {.ss_sp = room, .ss_size = SIGNAL_STACK_BYTES};
    sigaltstack(&stack, NULL);
    struct sigaction action = {.sa_handler = tell_lack_of_memory, .sa_flags = SA_ONSTACK | (int)SA_RESETHAND};
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++)
        sigaction(faults[i], &action, NULL);
}

static bool set_limit(int resource, uint64_t wanted) {
    struct rlimit limit;
    if (getrlimit((__rlimit_resource_t)resource, &limit) != 0)
        return false;
    if (wanted < limit.rlim_cur)
        limit.rlim_cur = wanted;
    if (resource == RLIMIT_CORE)
        limit.rlim_max = limit.rlim_cur;
    return setrlimit((__rlimit_resource_t)resource, &limit) == 0;
}

static bool set_limits(const struct hf_child_limits *limits, uint64_t address_space) {
    uint64_t memory;
    if (__builtin_add_overflow(address_space, limits->memory_bytes, &memory))
        memory = UINT64_MAX;
    alarm(limits->wall_ms / 1000 + ALARM_GRACE_SECONDS);
    return set_limit(RLIMIT_CORE, 0) && set_limit(RLIMIT_CPU, limits->cpu_seconds) && set_limit(RLIMIT_AS, memory);
}

static void close_from(int first) {
#ifdef SYS_close_range
    if (syscall(SYS_close_range, (unsigned)first, ~0u, 0u) == 0)
        return;
#endif
    struct rlimit limit;
    int end = 65536;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < (rlim_t)end)
        end = (int)limit.rlim_cur;
    for (int fd = first; fd < end; fd++)
        close(fd);
}

static bool place_descriptors(const struct channels *channels) {
    int input = fcntl(channels->input, F_DUPFD, HIGH_FD);
    int message = fcntl(channels->message[1], F_DUPFD, HIGH_FD);
    int result = fcntl(channels->result[1], F_DUPFD, HIGH_FD);
    if (input < 0 || message < 0 || result < 0)
        return false;
    bool placed = dup2(input, 0) == 0 && dup2(message, 1) == 1 && dup2(message, 2) == 2 &&
                  dup2(result, RESULT_FD) == RESULT_FD;
    close_from(RESULT_FD + 1);
    return placed;
}

__attribute__((noreturn))
static void be_child(hf_child_body body, void *context, const struct channels *channels,
                     const struct hf_child_limits *limits, uint64_t address_space, pid_t parent) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(HF_CHILD_BROKEN);
    reset_signals();
    __fpurge(stdout);
    if (!place_descriptors(channels) || atexit(leave_at_exit) != 0 || !set_limits(limits, address_space))
        _exit(HF_CHILD_BROKEN);
    watch_faults();
    _exit(body(context, RESULT_FD));
}

/* The caller's side. */

static uint64_t read_address_space(void) {
    unsigned long long pages = 0;
    FILE *file = fopen("/proc/self/statm", "re");
    if (file == NULL || fscanf(file, "%llu", &pages) != 1)
        pages = 0;
    if (file != NULL)
        fclose(file);
    return (uint64_t)pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

static pid_t start_child(hf_child_body body, void *context, const struct channels *channels,
                         const struct hf_child_limits *limits) {
    uint64_t address_space = read_address_space();
    pid_t parent = getpid();
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    pid_t child = fork();
    if (child == 0)
        be_child(body, context, channels, limits, address_space, parent);
    int fork_errno = errno;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    errno = fork_errno;
    return child;
}

static int64_t now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Reads what is there into `text`; past `max_bytes` it is dropped. False at the end of the stream. */
static bool drain(int fd, struct hf_text *text, size_t max_bytes) {
    char buffer[65536];
    ssize_t length = read(fd, buffer, sizeof buffer);
    if (length < 0)
        return errno == EINTR || errno == EAGAIN;
    size_t room = text->length < max_bytes ? max_bytes - text->length : 0;
    if (length > 0)
        hf_text_add_bytes(text, buffer, (size_t)length < room ? (size_t)length : room);
    return length > 0;
}

static bool is_ready(const struct pollfd *poll_fd) {
    return poll_fd->fd >= 0 && poll_fd->revents != 0;
}

/* Collects both streams until they end (HF_CHILD_END_EXIT) or the child must be killed (why). */
static enum hf_child_end collect(const struct channels *channels, struct hf_child_result *result, int64_t deadline_ms) {
    struct pollfd fds[2] = {{.fd = channels->result[0], .events = POLLIN},
                            {.fd = channels->message[0], .events = POLLIN}};
    while (fds[0].fd >= 0 || fds[1].fd >= 0) {
        int64_t left = deadline_ms - now_ms();
        if (left <= 0)
            return HF_CHILD_END_WALL;
        if (poll(fds, 2, (int)left) <= 0)
            continue;
        if (is_ready(&fds[0]) && !drain(fds[0].fd, &result->bytes, HF_CHILD_MAX_RESULT))
            fds[0].fd = -1;
        if (is_ready(&fds[1]) && !drain(fds[1].fd, &result->messages, HF_CHILD_MAX_MESSAGES))
            fds[1].fd = -1;
        if (result->bytes.length >= HF_CHILD_MAX_RESULT || result->bytes.failed)
            return HF_CHILD_END_SIZE;
    }
    return HF_CHILD_END_EXIT;
}

static void reap(pid_t child, struct hf_child_result *result) {
    int status = 0;
    pid_t reaped;
    do
        reaped = waitpid(child, &status, 0);
    while (reaped < 0 && errno == EINTR);
    if (result->end != HF_CHILD_END_EXIT)
        return;
    if (reaped < 0) { /* another thread reaped it, or SIGCHLD is ignored: a result is written whole or not at all */
        result->code = result->bytes.length > 0 ? 0 : HF_CHILD_BROKEN;
    } else if (WIFSIGNALED(status)) {
        result->code = WTERMSIG(status);
        result->end = result->code == SIGXCPU   ? HF_CHILD_END_CPU
                      : result->code == SIGALRM ? HF_CHILD_END_WALL
                                                : HF_CHILD_END_SIGNAL;
    } else {
        result->code = WEXITSTATUS(status);
    }
}

static enum hf_status run(hf_child_body body, void *context, struct channels *channels,
                          const struct hf_child_limits *limits, struct hf_child_result *result,
                          struct hf_error *error) {
    int64_t deadline_ms = now_ms() + limits->wall_ms;
    pid_t child = start_child(body, context, channels, limits);
    if (child < 0)
        return hf_fail_errno(error, errno, "cannot start a child process for Graphviz");
    close_fd(&channels->result[1]);
    close_fd(&channels->message[1]);
    result->end = collect(channels, result, deadline_ms);
    if (result->end != HF_CHILD_END_EXIT)
        kill(child, SIGKILL);
    reap(child, result);
    return result->bytes.failed || result->messages.failed ? hf_fail_nomem(error) : HF_OK;
}

enum hf_status hf_child_run(hf_child_body body, void *context, const char *input, size_t input_length,
                            const struct hf_child_limits *limits, struct hf_child_result *result,
                            struct hf_error *error) {
    struct channels channels = {-1, {-1, -1}, {-1, -1}};
    struct hf_child_result made = {.bytes = HF_TEXT_INIT, .messages = HF_TEXT_INIT};
    enum hf_status status = open_channels(&channels, input, input_length, error);
    if (status == HF_OK)
        status = run(body, context, &channels, limits, &made, error);
    close_channels(&channels);
    if (status == HF_OK)
        *result = made;
    else
        hf_child_result_deinit(&made);
    return status;
}

void hf_child_result_deinit(struct hf_child_result *result) {
    hf_text_deinit(&result->bytes);
    hf_text_deinit(&result->messages);
}
