/*
 * freeze.c - a copy of a process, made by the process itself.
 *
 *      thread T of the process        helper H, a thread more          copy C, a process
 *      (stopped in a call of its own)
 *   1  mmap a page
 *   2  clone(CLONE_THREAD) ─────────▶ stopped at its birth
 *   3  old registers again            clone() ───────────────────────▶ stopped at its birth, for ever
 *      ── all threads go on ──        waitid(C) ...                     │ read at leisure
 *   4                                 C is reaped  ◀──────────────────── killed
 *                                     munmap the page, exit
 *
 * H is there so that nobody has to come back: it is the parent of C, and a thread that ends leaves nothing behind. C
 * has no exit signal, so that no wait() of the process sees it. When holdfast is killed, the kernel kills C (EXITKILL),
 * and H does what it does anyway. The process is stopped once only, and for nothing but its own fork.
 *
 * At each moment holdfast may be killed, which lets T, H and C go on with the registers that they have. Each is given a
 * continuation before it is given a call (machine.h):
 *
 *   T   a frame on its stack, below the red zone: the registers and blocked signals that it had
 *   H   on its page, two frames:   wait ─▶ waitid(any child of this thread)
 *                                  leave ─▶ munmap(page), exit          begins at `leave` before it has a child
 *   C   its copy of the same page: no child to wait for, munmap, exit
 *
 * All three are born and run with all signals blocked. Rejected: letting T clone C and come back later to reap it,
 * which stops the process twice, and leaves a zombie when holdfast is killed; a guard process outside, which can be
 * killed just as well.
 */
#include "memory/freeze.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "memory/lender.h"
#include "memory/procfs.h"
#include "memory/seccomp.h"

#define PAGE_BYTES ((uint64_t)16384)     /* of the helper: a page, on any machine, of 4 or 16 KiB */
#define WAIT_AT 0                        /* frames on it */
#define LEAVE_AT 8192
#define HELPER_FLAGS (CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM)
#define COPY_FLAGS (CLONE_FS | CLONE_FILES | CLONE_SYSVSEM)
#define REAP_OPTIONS ((uint64_t)(WEXITED | WNOHANG | __WALL))
#define WAIT_OPTIONS ((uint64_t)(WEXITED | __WALL | __WNOTHREAD))
#define SECOND_NS UINT64_C(1000000000)
#define WAIT_FOR_END_NS (2 * SECOND_NS)

#ifndef CLOSE_RANGE_UNSHARE
#define CLOSE_RANGE_UNSHARE 2
#endif
#ifndef SYS_close_range
#define SYS_close_range 436
#endif

/* ---- the page, and H (T: lender.c) ---- */

/* The calls with which the helper goes on by itself, each as a frame. */
static bool write_page(struct hf_trace *trace, const struct hf_lender *lender, uint64_t page) {
    const struct hf_gadgets *gadgets = lender->caller.gadgets;
    const struct hf_call wait = {
        .number = SYS_waitid,
        .arguments = {P_ALL, 0, 0, WAIT_OPTIONS, 0},
        .then = HF_THEN_CHAIN,
        .stack = page + LEAVE_AT,
    }, leave = {
        .number = SYS_munmap,
        .arguments = {page, PAGE_BYTES},
        .then = HF_THEN_EXIT,
        .stack = page + LEAVE_AT,
    };
    struct hf_registers registers = lender->caller.registers;
    struct hf_region buffer = {0};
    if (!hf_region_reserve(&buffer, PAGE_BYTES))
        return false;
    hf_machine_set_call(&registers, gadgets, &wait);
    bool is_written = hf_machine_write_frame(buffer.data + WAIT_AT, LEAVE_AT - WAIT_AT, page + WAIT_AT, gadgets,
                                             &registers, NULL, HF_ALL_SIGNALS) > 0;
    hf_machine_set_call(&registers, gadgets, &leave);
    is_written = is_written && hf_machine_write_frame(buffer.data + LEAVE_AT, PAGE_BYTES - LEAVE_AT, page + LEAVE_AT,
                                                      gadgets, &registers, NULL, HF_ALL_SIGNALS) > 0;
    is_written = is_written && hf_remote_write(trace->pid, page, buffer.data, PAGE_BYTES);
    hf_region_deinit(&buffer);
    return is_written;
}

static int64_t map_page(const struct hf_lender *lender, int *failure) {
    const struct hf_call call = {
        .number = SYS_mmap,
        .arguments = {0, PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, UINT64_MAX, 0},
        .then = HF_THEN_CHAIN,
        .stack = lender->frame_addr,
    };
    int64_t page = 0;
    *failure = hf_remote_call(&lender->caller, &call, NULL, &page);
    return page;
}

static void unmap_page(const struct hf_lender *lender, uint64_t page) {
    const struct hf_call call = {
        .number = SYS_munmap,
        .arguments = {page, PAGE_BYTES},
        .then = HF_THEN_CHAIN,
        .stack = lender->frame_addr,
    };
    int64_t result;
    (void)hf_remote_call(&lender->caller, &call, NULL, &result);
}

/* The helper is born with nothing to do but to leave. */
static int64_t clone_helper(const struct hf_lender *lender, uint64_t page, pid_t *helper, int *failure) {
    const struct hf_call call = {
        .number = SYS_clone,
        .arguments = {HELPER_FLAGS, page + LEAVE_AT},
        .then = HF_THEN_CHAIN,
        .stack = lender->frame_addr,
    };
    int64_t result = 0;
    *failure = hf_remote_call(&lender->caller, &call, helper, &result);
    return result;
}

/* ---- C ---- */

/* The helper clones the copy, and is on its way to wait for it. */
static int64_t clone_copy(const struct hf_lender *lender, uint64_t page, struct hf_frozen *frozen, int *failure) {
    struct hf_remote_caller helper = lender->caller;
    helper.thread = frozen->helper;
    const struct hf_call call = {
        .number = SYS_clone,
        .arguments = {COPY_FLAGS},
        .then = HF_THEN_CHAIN,
        .stack = page + WAIT_AT,
    };
    int64_t result = 0;
    *failure = hf_remote_call(&helper, &call, &frozen->copy, &result);
    return result;
}

static enum hf_status refuse(int os_errno, const char *what, struct hf_error *error) {
    const char *why = os_errno == EAGAIN   ? "the limit of processes or threads is reached (ulimit -u, or pids.max)"
                      : os_errno == ENOMEM ? "the system does not promise memory for it (ulimit -v, or "
                                             "vm.overcommit_memory)"
                      : os_errno == EPERM  ? "a security module or a seccomp filter forbids it"
                                           : strerror(os_errno);
    return hf_fail(error, HF_ERR_UNSUPPORTED, "the process cannot be %s: %s", what, why);
}

static enum hf_status lost(const struct hf_trace *trace, int failure, struct hf_error *error) {
    if (failure == ETIMEDOUT)
        return hf_fail(error, HF_ERR_UNSUPPORTED, "the process cannot be copied: its fork did not end in time");
    return hf_trace_explain(trace->pid, ESRCH, error);
}

static enum hf_status make_copy(struct hf_trace *trace, const struct hf_lender *lender, uint64_t page,
                                struct hf_frozen *frozen, struct hf_error *error) {
    int failure = hf_remote_await_birth(frozen->helper, lender->caller.deadline_ns);
    int64_t result = 0;
    if (failure == 0)
        result = clone_copy(lender, page, frozen, &failure);
    if (failure == 0 && frozen->copy != 0)
        failure = hf_remote_await_birth(frozen->copy, lender->caller.deadline_ns);
    if (failure == 0 && frozen->copy != 0)
        failure = hf_trace_request(PTRACE_SETOPTIONS, frozen->copy, 0, PTRACE_O_EXITKILL | PTRACE_O_TRACESYSGOOD);
    (void)hf_trace_request(PTRACE_DETACH, frozen->helper, 0, 0);
    if (failure != 0)
        return lost(trace, failure, error);
    return frozen->copy != 0 ? HF_OK : refuse((int)-result, "copied", error);
}

static enum hf_status make_helper(struct hf_trace *trace, const struct hf_lender *lender, uint64_t *page,
                                  struct hf_frozen *frozen, struct hf_error *error) {
    int failure = 0;
    int64_t result = map_page(lender, &failure);
    if (failure != 0)
        return lost(trace, failure, error);
    if (result < 0)
        return refuse((int)-result, "given a page of memory", error);
    *page = (uint64_t)result;
    if (!write_page(trace, lender, *page)) {
        unmap_page(lender, *page);
        return hf_fail(error, HF_ERR_UNSUPPORTED, "the process cannot be copied: its memory cannot be written");
    }
    result = clone_helper(lender, *page, &frozen->helper, &failure);
    if (failure != 0)
        return lost(trace, failure, error);
    if (frozen->helper != 0)
        return HF_OK;
    unmap_page(lender, *page);
    return refuse((int)-result, "given a thread", error);
}

/* Filters of seccomp may kill a process for a call: none is made that they do not allow. */
static enum hf_status check_filters(pid_t thread, struct hf_frozen *out, struct hf_error *error) {
    static const struct hf_seccomp_call needed[] = {
        {SYS_mmap, {0, PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, UINT64_MAX, 0}},
        {SYS_munmap, {0, PAGE_BYTES}},
        {SYS_clone, {HELPER_FLAGS}},
        {SYS_clone, {COPY_FLAGS}},
        {SYS_waitid, {P_ALL, 0, SYS_exit, WAIT_OPTIONS, 0}},
        {SYS_exit, {0}},
        {SYS_rt_sigreturn, {0}},
        {SYS_getpid, {0}},
    }, close_files = {SYS_close_range, {0, UINT32_MAX, CLOSE_RANGE_UNSHARE}};
    if (!hf_seccomp_allows(thread, needed, sizeof needed / sizeof *needed))
        return hf_fail(error, HF_ERR_UNSUPPORTED, "a seccomp filter of the process forbids a copy, or cannot be read");
    out->may_close_files = hf_seccomp_allows(thread, &close_files, 1);
    return HF_OK;
}

enum hf_status hf_freeze(struct hf_trace *trace, const struct hf_gadgets *gadgets, struct hf_frozen *out,
                         struct hf_error *error) {
    struct hf_lender lender = {.caller = {.gadgets = gadgets, .deadline_ns = trace->deadline_ns}};
    uint64_t page = 0;
    *out = (struct hf_frozen){0};
    if (!hf_lender_find(trace, &lender))
        return hf_fail(error, HF_ERR_UNSUPPORTED, "no thread of process %d is in a state in which it can be made to "
                       "fork", (int)trace->pid);
    enum hf_status status = check_filters(lender.caller.thread, out, error);
    if (status != HF_OK)
        return status;
    int failure = hf_lender_borrow(&lender);
    if (failure == 0)
        status = make_helper(trace, &lender, &page, out, error);
    else
        status = lost(trace, failure, error);
    failure = hf_lender_give_back(&lender);
    if (failure != 0 && status == HF_OK)
        status = lost(trace, failure, error);
    if (status == HF_OK)
        return make_copy(trace, &lender, page, out, error);
    if (out->helper != 0)
        (void)hf_trace_request(PTRACE_DETACH, out->helper, 0, 0);
    return status;
}

/* ---- afterwards ---- */

/*
 * The copy shares the table of open files, which costs nothing and closes nothing. Were it to keep them, connections
 * and locks of the process would outlive it: it gets an empty table of its own. Old kernels (before 5.9) cannot.
 */
void hf_freeze_settle(const struct hf_frozen *frozen, const struct hf_gadgets *gadgets) {
    struct hf_remote_caller caller = {
        .thread = frozen->copy, .gadgets = gadgets, .deadline_ns = hf_monotonic_ns() + SECOND_NS};
    const struct hf_call call = {
        .number = SYS_close_range, .arguments = {0, UINT32_MAX, CLOSE_RANGE_UNSHARE}, .then = HF_THEN_EXIT};
    int64_t result;
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/oom_score_adj", (int)frozen->copy);
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd >= 0) {
        ssize_t written = write(fd, "1000", 4);
        (void)written;
        close(fd);
    }
    if (frozen->may_close_files && hf_machine_get_registers(caller.thread, &caller.registers) == 0)
        (void)hf_remote_call(&caller, &call, NULL, &result);
}

/*
 * The helper is gone without having reaped the copy: the process has become another program meanwhile. One of its
 * threads is made to reap it.
 */
static void reap_from_inside(pid_t pid, pid_t copy) {
    struct hf_trace trace = {.pid = pid, .deadline_ns = hf_monotonic_ns() + WAIT_FOR_END_NS};
    struct hf_gadgets gadgets;
    struct hf_lender lender = {.caller = {.gadgets = &gadgets, .deadline_ns = trace.deadline_ns}};
    const struct hf_seccomp_call needed[] = {
        {SYS_waitid, {P_PID, (uint64_t)copy, 0, REAP_OPTIONS, 0}}, {SYS_rt_sigreturn, {0}}, {SYS_getpid, {0}}};
    if (hf_freeze_find_gadgets(pid, &gadgets, NULL) != HF_OK || hf_trace_stop(&trace, NULL) != HF_OK)
        return;
    if (hf_lender_find(&trace, &lender) &&
        hf_seccomp_allows(lender.caller.thread, needed, sizeof needed / sizeof *needed) &&
        hf_lender_borrow(&lender) == 0) {
        const struct hf_call call = {.number = SYS_waitid,
                                     .arguments = {P_PID, (uint64_t)copy, 0, REAP_OPTIONS, 0},
                                     .then = HF_THEN_CHAIN,
                                     .stack = lender.frame_addr};
        int64_t result;
        (void)hf_remote_call(&lender.caller, &call, NULL, &result);
        (void)hf_lender_give_back(&lender);
    }
    hf_trace_let_go(&trace);
    hf_trace_deinit(&trace);
}

static bool is_zombie_of(pid_t copy, pid_t pid) {
    struct hf_procfs_status status;
    return hf_procfs_read_status(copy, &status) == 0 && status.state == 'Z' && status.parent == pid;
}

void hf_freeze_end(struct hf_frozen *frozen, pid_t pid) {
    uint64_t deadline_ns = hf_monotonic_ns() + WAIT_FOR_END_NS;
    int status;
    if (frozen->copy != 0) {
        hf_trace_step();
        kill(frozen->copy, SIGKILL);
        while (hf_trace_wait(frozen->copy, deadline_ns, &status) == 0)
            ;
    }
    while (frozen->helper != 0 && syscall(SYS_tgkill, pid, frozen->helper, 0) == 0 && hf_monotonic_ns() < deadline_ns)
        nanosleep(&(struct timespec){.tv_nsec = 50000}, NULL);
    if (frozen->copy != 0 && is_zombie_of(frozen->copy, pid))
        reap_from_inside(pid, frozen->copy);
    *frozen = (struct hf_frozen){0};
}
