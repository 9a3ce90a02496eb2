/*
 * own_copy.c - a bare clone of this process.
 *
 *   parent   block signals | clone | as before .......................... wait |
 *   copy                      \- guard itself | work(context) | _exit ---------/
 *
 * Rejected: fork() and os.fork(), which run handlers of Python, of the C library and of the program (and in Python take
 * the import lock), and vfork, which stops the parent. The copy has no exit signal: the program is not told of a child
 * that it has not made, and its own wait() does not find it.
 */
#include "memory/own_copy.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

/* When memory runs short it is the copy that has to go, not the service. */
static void volunteer_for_oom(void) {
    int file = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (file < 0)
        return;
    ssize_t written = write(file, "1000", 4);
    (void)written;
    close(file);
}

/*
 * All signals are blocked, so a fault kills the copy at once, without handlers of the program. Only the alarm gets
 * through. The copy ends with its parent and leaves no core file.
 */
static void guard(pid_t parent, unsigned limit_seconds) {
    const struct rlimit no_core = {0, 0};
    const struct itimerval limit = {.it_value.tv_sec = limit_seconds};
    struct sigaction by_default = {.sa_handler = SIG_DFL};
    sigset_t alarm;
    sigemptyset(&alarm);
    sigaddset(&alarm, SIGALRM);
    setrlimit(RLIMIT_CORE, &no_core);
    sigaction(SIGALRM, &by_default, NULL);
    setitimer(ITIMER_REAL, &limit, NULL);
    sigprocmask(SIG_UNBLOCK, &alarm, NULL);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(1);
    prctl(PR_SET_NAME, "holdfast");
    volunteer_for_oom();
}

pid_t hf_own_copy_start(void (*work)(void *context), void *context, unsigned limit_seconds) {
    sigset_t all, before;
    pid_t parent = getpid();
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pid_t copy = (pid_t)syscall(SYS_clone, 0, NULL, NULL, NULL, NULL);
    if (copy == 0) {
        guard(parent, limit_seconds);
        work(context);
        _exit(0);
    }
    int error = errno;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    errno = error;
    return copy;
}

static uint64_t nanoseconds(struct timeval time) {
    return (uint64_t)time.tv_sec * UINT64_C(1000000000) + (uint64_t)time.tv_usec * 1000;
}

bool hf_own_copy_wait(pid_t copy, uint64_t *cpu_ns) {
    struct rusage usage = {0};
    int status;
    pid_t ended;
    do
        ended = wait4(copy, &status, __WALL, &usage);
    while (ended < 0 && errno == EINTR);
    *cpu_ns = nanoseconds(usage.ru_utime) + nanoseconds(usage.ru_stime);
    return ended == copy && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}
