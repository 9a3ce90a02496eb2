/*
 * busy.h - a process with many threads that notices if anybody touches it.
 *
 *   spin      loads all registers, general and vector, spins, and compares them
 *   waits     sit in system calls that wait without limit: none may end, not with EINTR either, unless is_disturbed:
 *             when a tracer dies before it has looked at a thread that it stopped, some end as they do after SIGCONT
 *   sleeps    short sleeps and timed waits, which may end early with EINTR, nothing else
 *   writes    changes memory as fast as it can: pairs of words that must always add up, in a copy too
 *   births    makes threads and lets them end
 *
 * What it finds is written into memory that it shares with the test.
 */
#ifndef BUSY_H
#define BUSY_H

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define BUSY_PAIRS 4096
#define BUSY_MAGIC UINT64_C(0x5EED5EED12345678)

struct busy {
    atomic_ulong num_rounds[8];      /* of each kind of thread */
    atomic_bool is_ready;
    atomic_bool has_failed;
    bool is_disturbed;
    char failure[256];
    uint64_t pairs_addr;             /* of BUSY_PAIRS pairs of words, whose sums are BUSY_MAGIC but for one under way */
    pid_t pid;
};

static inline void busy_fail(struct busy *busy, const char *what, long detail) {
    if (atomic_exchange(&busy->has_failed, true))
        return;
    snprintf(busy->failure, sizeof busy->failure, "%s (%ld, errno %d)", what, detail, errno);
}

/* A call that waits for ever has ended; it is made again if it may have. */
static inline void busy_end_of_wait(struct busy *busy, const char *what, long result) {
    if (!busy->is_disturbed || result != -1 || errno != EINTR)
        busy_fail(busy, what, result);
}

/* ---- threads ---- */

#if defined(__x86_64__)
/* Gives which register was changed, 0: none. */
static inline uint64_t busy_check_registers(uint64_t seed) {
    uint64_t wrong;
    __asm__ volatile(
        "push %%rbp\n\t"
        "mov %[seed], %%rax\n\t"
        "mov %%rax, %%rbx\n\t lea 1(%%rax), %%rcx\n\t lea 2(%%rax), %%rdx\n\t lea 3(%%rax), %%rsi\n\t"
        "lea 4(%%rax), %%rdi\n\t lea 5(%%rax), %%rbp\n\t lea 6(%%rax), %%r8\n\t lea 7(%%rax), %%r9\n\t"
        "lea 8(%%rax), %%r10\n\t lea 9(%%rax), %%r11\n\t lea 10(%%rax), %%r12\n\t lea 11(%%rax), %%r13\n\t"
        "lea 12(%%rax), %%r14\n\t"
        "movq %%rcx, %%xmm0\n\t movq %%rdx, %%xmm7\n\t movq %%r14, %%xmm15\n\t"
        "punpcklqdq %%xmm7, %%xmm15\n\t"
        "mov $20000, %%r15\n\t"
        "1: sub $1, %%r15\n\t jnz 1b\n\t"
        "mov $1, %%r15\n\t cmp %%rbx, %%rax\n\t jne 2f\n\t"
        "add $1, %%r15\n\t lea 1(%%rbx), %%rax\n\t cmp %%rax, %%rcx\n\t jne 2f\n\t"
        "add $1, %%r15\n\t lea 2(%%rbx), %%rax\n\t cmp %%rax, %%rdx\n\t jne 2f\n\t"
        "add $1, %%r15\n\t lea 3(%%rbx), %%rax\n\t cmp %%rax, %%rsi\n\t jne 2f\n\t"
        "add $1, %%r15\n\t lea 4(%%rbx), %%rax\n\t cmp %%rax, %%rdi\n\t jne 2f\n\t"
        "add $1, %%r15\n\t lea 5(%%rbx), %%rax\n\t cmp %%rax, %%rbp\n\t jne 2f\n\t"
        "add $1, %%r15\n\t lea 6(%%rbx), %%rax\n\t cmp %%rax, %%r8\n\t jne 2f\n\t"
        "add $1, %%r15\n\t lea 7(%%rbx), %%rax\n\t cmp %%rax, %%r9\n\t jne 2f\n\t"
        "add $1, %%r15\n\t lea 8(%%rbx), %%rax\n\t cmp %%rax, %%r10\n\t jne 2f\n\t"
        "add $1, %%r15\n\t lea 9(%%rbx), %%rax\n\t cmp %%rax, %%r11\n\t jne 2f\n\t"
        "add $1, %%r15\n\t lea 10(%%rbx), %%rax\n\t cmp %%rax, %%r12\n\t jne 2f\n\t"
        "add $1, %%r15\n\t lea 11(%%rbx), %%rax\n\t cmp %%rax, %%r13\n\t jne 2f\n\t"
        "add $1, %%r15\n\t lea 12(%%rbx), %%rax\n\t cmp %%rax, %%r14\n\t jne 2f\n\t"
        "add $1, %%r15\n\t movq %%xmm0, %%rax\n\t cmp %%rax, %%rcx\n\t jne 2f\n\t"
        "add $1, %%r15\n\t movq %%xmm15, %%rax\n\t cmp %%rax, %%r14\n\t jne 2f\n\t"
        "add $1, %%r15\n\t movhlps %%xmm15, %%xmm15\n\t movq %%xmm15, %%rax\n\t cmp %%rax, %%rdx\n\t jne 2f\n\t"
        "xor %%r15, %%r15\n\t"
        "2: pop %%rbp\n\t"
        "mov %%r15, %%rax\n\t"
        : "=a"(wrong)
        : [seed] "r"(seed)
        : "rbx", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15", "xmm0", "xmm7",
          "xmm15", "memory", "cc");
    return wrong;
}
#else
static inline uint64_t busy_check_registers(uint64_t seed) {
    volatile uint64_t copy = seed;
    for (volatile int i = 0; i < 20000; i++)
        ;
    return copy != seed;
}
#endif

static inline void *busy_spin(void *context) {
    struct busy *busy = context;
    for (uint64_t seed = 1;; seed += 0x9E3779B97F4A7C15) {
        uint64_t wrong = busy_check_registers(seed);
        if (wrong != 0)
            busy_fail(busy, "a register was changed", (long)wrong);
        atomic_fetch_add(&busy->num_rounds[0], 1);
    }
    return NULL;
}

static inline void *busy_wait_epoll(void *context) {
    struct busy *busy = context;
    struct epoll_event event;
    int epoll = epoll_create1(0), pipes[2];
    if (pipe(pipes) != 0)
        busy_fail(busy, "pipe", 0);
    epoll_ctl(epoll, EPOLL_CTL_ADD, pipes[0], &(struct epoll_event){.events = EPOLLIN});
    for (;;)
        busy_end_of_wait(busy, "epoll_wait ended", epoll_wait(epoll, &event, 1, -1));
    return NULL;
}

static inline void *busy_wait_signal(void *context) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    for (;;)
        busy_end_of_wait(context, "sigtimedwait ended", syscall(SYS_rt_sigtimedwait, &set, NULL, NULL, 8));
    return NULL;
}

static inline void *busy_wait_inotify(void *context) {
    char buffer[4096];
    int queue = inotify_init1(0);
    for (;;)
        busy_end_of_wait(context, "read of inotify ended", read(queue, buffer, sizeof buffer));
    return NULL;
}

static inline void *busy_wait_poll(void *context) {
    int pipes[2];
    sigset_t none;
    sigemptyset(&none);
    if (pipe(pipes) != 0)
        busy_fail(context, "pipe", 0);
    struct pollfd pollfd = {.fd = pipes[0], .events = POLLIN};
    for (;;)
        busy_end_of_wait(context, "ppoll ended", ppoll(&pollfd, 1, NULL, &none));
    return NULL;
}

static inline void *busy_sleep(void *context) {
    struct busy *busy = context;
    sigset_t before, now;
    stack_t stack_before, stack_now;
    char *stack = malloc(65536);
    sigaltstack(&(stack_t){.ss_sp = stack, .ss_size = 65536}, NULL);
    sigaltstack(NULL, &stack_before);
    pthread_sigmask(SIG_SETMASK, NULL, &before);
    for (;;) {
        struct timespec left, nap = {.tv_nsec = 200000};
        if (nanosleep(&nap, &left) != 0 && errno != EINTR)
            busy_fail(busy, "nanosleep", 0);
        pthread_sigmask(SIG_SETMASK, NULL, &now);
        sigaltstack(NULL, &stack_now);
        if (memcmp(&before, &now, 8) != 0)
            busy_fail(busy, "the blocked signals were changed", 0);
        if (stack_now.ss_sp != stack_before.ss_sp || stack_now.ss_size != stack_before.ss_size ||
            stack_now.ss_flags != stack_before.ss_flags)
            busy_fail(busy, "the alternative stack was changed", 0);
        atomic_fetch_add(&busy->num_rounds[1], 1);
    }
    return NULL;
}

static inline void *busy_write(void *context) {
    struct busy *busy = context;
    volatile uint64_t *pairs = (volatile uint64_t *)(uintptr_t)busy->pairs_addr;
    for (uint64_t round = 1;; round++) {
        for (size_t i = 0; i < BUSY_PAIRS; i++) {
            pairs[2 * i] = round * i;
            pairs[2 * i + 1] = BUSY_MAGIC - round * i;
        }
        atomic_fetch_add(&busy->num_rounds[2], 1);
    }
    return NULL;
}

static inline void *busy_nothing(void *context) {
    return context;
}

static inline void *busy_births(void *context) {
    struct busy *busy = context;
    for (;;) {
        pthread_t thread;
        if (pthread_create(&thread, NULL, busy_nothing, NULL) != 0)
            busy_fail(busy, "pthread_create", 0);
        else
            pthread_join(thread, NULL);
        atomic_fetch_add(&busy->num_rounds[3], 1);
        nanosleep(&(struct timespec){.tv_nsec = 50000}, NULL);
    }
    return NULL;
}

static inline void busy_main(struct busy *busy, unsigned num_spinning) {
    static void *(*const threads[])(void *) = {busy_wait_epoll, busy_wait_signal, busy_wait_inotify, busy_wait_poll,
                                               busy_sleep,      busy_sleep,       busy_write,        busy_births};
    pthread_t thread;
    busy->pairs_addr = (uint64_t)(uintptr_t)aligned_alloc(4096, BUSY_PAIRS * 16);
    for (size_t i = 0; i < BUSY_PAIRS; i++) {
        ((uint64_t *)(uintptr_t)busy->pairs_addr)[2 * i] = 0;
        ((uint64_t *)(uintptr_t)busy->pairs_addr)[2 * i + 1] = BUSY_MAGIC;
    }
    for (size_t i = 0; i < sizeof threads / sizeof *threads; i++)
        pthread_create(&thread, NULL, threads[i], busy);
    for (unsigned i = 0; i < num_spinning; i++)
        pthread_create(&thread, NULL, busy_spin, busy);
    atomic_store(&busy->is_ready, true);
    for (;;) {
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
        atomic_fetch_add(&busy->num_rounds[4], 1);
    }
}

/* ---- for the test ---- */

/* Starts the process; NULL on failure. It dies with the test. */
static inline struct busy *busy_start(unsigned num_spinning) {
    struct busy *busy = mmap(NULL, sizeof *busy, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (busy == MAP_FAILED)
        return NULL;
    pid_t pid = fork();
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        busy_main(busy, num_spinning);
    }
    busy->pid = pid;
    while (!atomic_load(&busy->is_ready))
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    return busy;
}

/* Do all its threads still make progress? Waits for it as long as it takes; the test's own limit ends what does not. */
static inline void busy_await_progress(struct busy *busy) {
    unsigned long before[5];
    for (int i = 0; i < 5; i++)
        before[i] = atomic_load(&busy->num_rounds[i]);
    for (int i = 0; i < 5; i++)
        while (atomic_load(&busy->num_rounds[i]) == before[i] && !atomic_load(&busy->has_failed) &&
               kill(busy->pid, 0) == 0)
            nanosleep(&(struct timespec){.tv_nsec = 200000}, NULL);
}

static inline void busy_end(struct busy *busy) {
    kill(busy->pid, SIGKILL);
    waitpid(busy->pid, NULL, 0);
    munmap(busy, sizeof *busy);
}

#endif
