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
 * H is there so that nobody has to come back: it is the parent of C, and a thread that ends leaves nothing behind. C has
 * no exit signal, so that no wait() of the process sees it. When holdfast is killed, the kernel kills C (EXITKILL), and
 * H does what it does anyway. The process is stopped once only, and for nothing but its own fork.
 *
 * At each moment holdfast may be killed, which lets T, H and C go on with the registers that they have. Each is given a
 * continuation before it is given a call (machine.h):
 *
 *   T   a frame on its stack, below the red zone: the registers and blocked signals that it had
 *   H   on its page, two frames:   wait ─▶ waitid(any child of this thread)
 *                                  leave ─▶ munmap(page), exit          begins at `leave` before it has a child
 *   C   its copy of the same page: no child to wait for, munmap, exit
 *
 * All three are born and run with all signals blocked. Rejected: letting T clone C and come back later to reap it, which
 * stops the process twice, and leaves a zombie when holdfast is killed; a guard process outside, which can be killed
 * just as well.
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
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "memory/maps.h"
#include "memory/procfs.h"
#include "memory/seccomp.h"

#define PAGE_BYTES ((uint64_t)16384)     /* of the helper: a page, on any machine, of 4 or 16 KiB */
#define WAIT_AT 0                        /* frames on it */
#define LEAVE_AT 8192
#define HELPER_FLAGS (CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM)
#define COPY_FLAGS (CLONE_FS | CLONE_FILES | CLONE_SYSVSEM)
#define REAP_OPTIONS ((uint64_t)(WEXITED | WNOHANG | __WALL))
#define WAIT_OPTIONS ((uint64_t)(WEXITED | __WALL | __WNOTHREAD))
#define RED_ZONE_BYTES 128
#define ROOM_BELOW_BYTES 16384           /* that the stack of T has below its frame: it is not a small one */
#define MAX_FRAME_BYTES (HF_MAX_FPU_BYTES + 8192)
#define ALL_SIGNALS UINT64_MAX
#define MAX_ATTEMPTS 10
#define SECOND_NS UINT64_C(1000000000)
#define WAIT_FOR_END_NS (2 * SECOND_NS)

#ifndef PTRACE_EVENT_STOP
#define PTRACE_EVENT_STOP 128
#endif
#ifndef CLOSE_RANGE_UNSHARE
#define CLOSE_RANGE_UNSHARE 2
#endif
#ifndef SYS_close_range
#define SYS_close_range 436
#endif

/* ---- memory of the process ---- */

static bool read_memory(pid_t pid, uint64_t addr, void *buffer, size_t size) {
    struct iovec local = {buffer, size}, remote = {(void *)(uintptr_t)addr, size};
    return process_vm_readv(pid, &local, 1, &remote, 1, 0) == (ssize_t)size;
}

static bool write_memory(pid_t pid, uint64_t addr, const void *bytes, size_t size) {
    struct iovec local = {(void *)(uintptr_t)bytes, size}, remote = {(void *)(uintptr_t)addr, size};
    hf_trace_step();
    return process_vm_writev(pid, &local, 1, &remote, 1, 0) == (ssize_t)size;
}

/* ---- gadgets ---- */

#define MAX_TEXT_BYTES ((size_t)256 << 20)

static bool is_c_library(const struct hf_map *map) {
    const char *slash = strrchr(map->path, '/'), *name = slash != NULL ? slash + 1 : map->path;
    return strncmp(name, "libc.", 5) == 0 || strncmp(name, "libc-", 5) == 0 || strncmp(name, "libpthread", 10) == 0 ||
           strncmp(name, "ld-musl", 7) == 0 || strcmp(map->path, "[vdso]") == 0;
}

/* Pieces overlap, so that no gadget is cut. */
#define PIECE_BYTES ((size_t)1 << 20)
#define OVERLAP_BYTES ((size_t)256)

static void search_map(pid_t pid, const struct hf_map *map, struct hf_region *buffer, struct hf_gadgets *gadgets) {
    for (uint64_t at = map->start; at < map->end && !hf_machine_has_gadgets(gadgets); at += PIECE_BYTES) {
        uint64_t left = map->end - at;
        size_t wanted = left < PIECE_BYTES + OVERLAP_BYTES ? (size_t)left : PIECE_BYTES + OVERLAP_BYTES;
        if (read_memory(pid, at, buffer->data, wanted))
            hf_machine_find_gadgets(gadgets, buffer->data, wanted, at);
    }
}

/* The C library first; then whatever else is executable, such as a program that has it inside. */
static void search_maps(pid_t pid, const struct hf_maps *maps, struct hf_region *buffer, struct hf_gadgets *gadgets) {
    for (int others = 0; others < 2; others++) {
        size_t searched_bytes = 0;
        for (size_t i = 0; i < maps->count && searched_bytes < MAX_TEXT_BYTES; i++) {
            const struct hf_map *map = &maps->list[i];
            bool is_text = (map->permissions & (HF_MAP_READ | HF_MAP_EXECUTE)) == (HF_MAP_READ | HF_MAP_EXECUTE) &&
                           !(map->permissions & HF_MAP_WRITE) && map->inode != 0;
            if (!(is_text || strcmp(map->path, "[vdso]") == 0) || is_c_library(map) != (others == 0))
                continue;
            search_map(pid, map, buffer, gadgets);
            searched_bytes += map->end - map->start;
        }
    }
}

enum hf_status hf_freeze_find_gadgets(pid_t pid, struct hf_gadgets *out, struct hf_error *error) {
    struct hf_region text = {0}, buffer = {0};
    struct hf_maps maps = {0};
    *out = (struct hf_gadgets){0};
    int failure = hf_procfs_read(pid, "maps", &text);
    enum hf_status status = failure != 0 ? hf_trace_explain(pid, failure, error)
                                         : hf_maps_parse(&maps, (const char *)text.data, text.used_bytes, error);
    if (status == HF_OK && !hf_region_reserve(&buffer, PIECE_BYTES + OVERLAP_BYTES))
        status = hf_fail_nomem(error);
    if (status == HF_OK) {
        search_maps(pid, &maps, &buffer, out);
        if (!hf_machine_has_gadgets(out))
            status = hf_fail(error, HF_ERR_UNSUPPORTED, "the C library of process %d is not one that holdfast knows",
                             (int)pid);
    }
    hf_maps_deinit(&maps);
    hf_region_deinit(&text);
    hf_region_deinit(&buffer);
    return status;
}

/* ---- one call ---- */

static bool is_event(int status, int event) {
    return status >> 16 == event;
}

/* With PTRACE_O_TRACESYSGOOD. */
static bool is_call_stop(int status) {
    return WSTOPSIG(status) == (SIGTRAP | 0x80);
}

/*
 * Lets a thread go on to its next stop around a system call, or at a clone. SIGSTOP, the one signal that cannot be held
 * off but SIGKILL, is let through, and the stop of the thread's group is passed by: the thread joins the others in it
 * when it is let go.
 */
static int go_on(pid_t thread, uint64_t deadline_ns, int *status) {
    uint64_t signal = 0;
    for (;;) {
        int failure = hf_trace_request(PTRACE_SYSCALL, thread, 0, signal);
        if (failure == 0)
            failure = hf_trace_wait(thread, deadline_ns, status);
        if (failure != 0 || is_call_stop(*status) || is_event(*status, PTRACE_EVENT_CLONE))
            return failure;
        signal = is_event(*status, PTRACE_EVENT_STOP) ? 0 : SIGSTOP;
        if (signal == SIGSTOP && WSTOPSIG(*status) != SIGSTOP)
            return EINTR;
    }
}

/*
 * Executes a call whose registers are set. At a clone event *child is set, and the call is not finished yet; else the
 * thread stops behind the call. EINTR if a signal got in the way, which none should.
 */
static int execute(pid_t thread, uint64_t deadline_ns, pid_t *child) {
    int status, failure = go_on(thread, deadline_ns, &status);     /* into the call */
    if (failure == 0)
        failure = go_on(thread, deadline_ns, &status);             /* out of it, or to the event */
    if (failure != 0 || child == NULL || !is_event(status, PTRACE_EVENT_CLONE))
        return failure;
    unsigned long message = 0;
    failure = hf_trace_request(PTRACE_GETEVENTMSG, thread, 0, (uint64_t)(uintptr_t)&message);
    *child = (pid_t)message;
    return failure;
}

struct caller {
    pid_t thread;
    const struct hf_gadgets *gadgets;
    struct hf_registers registers;   /* to begin calls with */
    uint64_t deadline_ns;
};

static int begin_call(const struct caller *caller, const struct hf_call *call) {
    struct hf_registers registers = caller->registers;
    hf_machine_set_call(&registers, caller->gadgets, call);
    hf_trace_step();
    return hf_machine_set_registers(caller->thread, &registers);
}

/* The whole of a call. 0 and *result, or errno of the way there. A signal sends a clone back before it has begun. */
static int make_call(const struct caller *caller, const struct hf_call *call, pid_t *child, int64_t *result) {
    struct hf_registers registers;
    int failure = 0;
    *result = 0;
    for (int i = 0; i < MAX_ATTEMPTS && failure == 0 && (i == 0 || hf_machine_is_in_call(&registers)); i++) {
        failure = begin_call(caller, call);
        if (failure == 0)
            failure = execute(caller->thread, caller->deadline_ns, child);
        if (failure != 0 || (child != NULL && *child != 0))
            return failure;
        failure = hf_machine_get_registers(caller->thread, &registers);
        *result = hf_machine_result(&registers);
    }
    return failure;
}

static int set_blocked_signals(pid_t thread, uint64_t signals) {
    return hf_trace_request(PTRACE_SETSIGMASK, thread, sizeof signals, (uint64_t)(uintptr_t)&signals);
}

/* ---- T: a thread that makes the helper ---- */

struct lender {
    struct caller caller;            /* its registers are the old ones */
    uint64_t blocked_signals;
    uint64_t frame_addr;
};

/* A restartable sequence (rseq) must not be interrupted unnoticed: a thread in one is not borrowed. */
static bool is_in_sequence(pid_t pid, pid_t thread) {
#ifdef PTRACE_GET_RSEQ_CONFIGURATION
    struct __ptrace_rseq_configuration configuration = {0};
    uint64_t sequence = 0;
    if (ptrace(PTRACE_GET_RSEQ_CONFIGURATION, thread, (void *)sizeof configuration, &configuration) < 0 ||
        configuration.rseq_abi_pointer == 0)
        return false;
    return read_memory(pid, configuration.rseq_abi_pointer + 8, &sequence, sizeof sequence) && sequence != 0;
#else
    (void)pid, (void)thread;
    return false;
#endif
}

/* Writes the frame with which the thread goes on by itself. False: its stack is no place for it. */
static bool write_way_back(struct hf_trace *trace, struct lender *lender) {
    static const size_t max_bytes = MAX_FRAME_BYTES;
    struct hf_region buffer = {0};
    struct hf_fpu *fpu = hf_alloc(1, sizeof *fpu);
    uint64_t stack = hf_machine_stack(&lender->caller.registers);
    bool is_written = false;
    if (fpu != NULL && hf_region_reserve(&buffer, max_bytes) && stack > max_bytes + ROOM_BELOW_BYTES &&
        hf_machine_get_fpu(lender->caller.thread, fpu) == 0) {
        lender->frame_addr = (stack - RED_ZONE_BYTES - fpu->size_bytes - 8192) & ~UINT64_C(63);
        size_t bytes = hf_machine_write_frame(buffer.data, max_bytes, lender->frame_addr, lender->caller.gadgets,
                                              &lender->caller.registers, fpu, lender->blocked_signals);
        uint8_t unused;
        is_written = bytes > 0 && read_memory(trace->pid, lender->frame_addr - ROOM_BELOW_BYTES, &unused, 1) &&
                     write_memory(trace->pid, lender->frame_addr, buffer.data, bytes);
    }
    hf_region_deinit(&buffer);
    hf_free(fpu);
    return is_written;
}

static bool can_lend(struct hf_trace *trace, const struct hf_traced_thread *thread, bool in_call,
                     struct lender *lender) {
    if (!thread->is_stopped)
        return false;
    lender->caller.thread = thread->id;
    return hf_machine_get_registers(thread->id, &lender->caller.registers) == 0 &&
           hf_machine_is_in_call(&lender->caller.registers) == in_call &&
           (in_call || !is_in_sequence(trace->pid, thread->id)) &&
           hf_trace_request(PTRACE_GETSIGMASK, thread->id, sizeof lender->blocked_signals,
                            (uint64_t)(uintptr_t)&lender->blocked_signals) == 0 &&
           write_way_back(trace, lender);
}

/* One that waits in a system call if there is one: nothing of what it does depends on registers that nobody sees. */
static bool find_lender(struct hf_trace *trace, struct lender *lender) {
    for (int in_call = 1; in_call >= 0; in_call--)
        for (size_t i = 0; i < hf_trace_num_threads(trace); i++)
            if (can_lend(trace, &hf_trace_threads(trace)[i], in_call, lender))
                return true;
    return false;
}

/* From the first changed register on the frame on the thread's stack leads back; signals are blocked after that. */
static int borrow(const struct lender *lender) {
    pid_t thread = lender->caller.thread;
    const struct hf_call nothing = {.number = SYS_getpid, .then = HF_THEN_CHAIN, .stack = lender->frame_addr};
    int failure = begin_call(&lender->caller, &nothing);
    if (failure == 0)
        failure = set_blocked_signals(thread, ALL_SIGNALS);
    if (failure == 0)
        failure = hf_trace_request(PTRACE_SETOPTIONS, thread, 0, PTRACE_O_TRACECLONE | PTRACE_O_TRACESYSGOOD);
    return failure;
}

/*
 * From the end of a call back to where it was when it was stopped: to a stop on the way out of the kernel, where a call
 * that was interrupted begins again.
 */
static int give_back(struct lender *lender) {
    pid_t thread = lender->caller.thread;
    int status, failure = hf_trace_request(PTRACE_SETOPTIONS, thread, 0, 0);
    if (failure == 0)
        failure = hf_trace_request(PTRACE_INTERRUPT, thread, 0, 0);
    bool is_there = false;
    for (uint64_t signal = 0; failure == 0 && !is_there;) {
        failure = hf_trace_request(PTRACE_CONT, thread, 0, signal);
        if (failure == 0)
            failure = hf_trace_wait(thread, lender->caller.deadline_ns, &status);
        is_there = failure == 0 && is_event(status, PTRACE_EVENT_STOP);
        signal = is_there ? 0 : (uint64_t)WSTOPSIG(status);
    }
    if (failure == 0)
        failure = set_blocked_signals(thread, lender->blocked_signals);
    hf_trace_step();
    return failure == 0 ? hf_machine_set_registers(thread, &lender->caller.registers) : failure;
}

/* ---- the page, and H ---- */

/* The calls with which the helper goes on by itself, each as a frame. */
static bool write_page(struct hf_trace *trace, const struct lender *lender, uint64_t page) {
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
                                             &registers, NULL, ALL_SIGNALS) > 0;
    hf_machine_set_call(&registers, gadgets, &leave);
    is_written = is_written && hf_machine_write_frame(buffer.data + LEAVE_AT, PAGE_BYTES - LEAVE_AT, page + LEAVE_AT,
                                                      gadgets, &registers, NULL, ALL_SIGNALS) > 0;
    is_written = is_written && write_memory(trace->pid, page, buffer.data, PAGE_BYTES);
    hf_region_deinit(&buffer);
    return is_written;
}

static int64_t map_page(const struct lender *lender, int *failure) {
    const struct hf_call call = {
        .number = SYS_mmap,
        .arguments = {0, PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, UINT64_MAX, 0},
        .then = HF_THEN_CHAIN,
        .stack = lender->frame_addr,
    };
    int64_t page = 0;
    *failure = make_call(&lender->caller, &call, NULL, &page);
    return page;
}

static void unmap_page(const struct lender *lender, uint64_t page) {
    const struct hf_call call = {
        .number = SYS_munmap,
        .arguments = {page, PAGE_BYTES},
        .then = HF_THEN_CHAIN,
        .stack = lender->frame_addr,
    };
    int64_t result;
    (void)make_call(&lender->caller, &call, NULL, &result);
}

/* The helper is born with nothing to do but to leave. */
static int64_t clone_helper(const struct lender *lender, uint64_t page, pid_t *helper, int *failure) {
    const struct hf_call call = {
        .number = SYS_clone,
        .arguments = {HELPER_FLAGS, page + LEAVE_AT},
        .then = HF_THEN_CHAIN,
        .stack = lender->frame_addr,
    };
    int64_t result = 0;
    *failure = make_call(&lender->caller, &call, helper, &result);
    return result;
}

/* A thread or process that was just born under ptrace stops before it does anything. */
static int await_birth(pid_t born, uint64_t deadline_ns) {
    int status, failure = hf_trace_wait(born, deadline_ns, &status);
    return failure == 0 && !is_event(status, PTRACE_EVENT_STOP) ? EINTR : failure;
}

/* ---- C ---- */

/* The helper clones the copy, and is on its way to wait for it. */
static int64_t clone_copy(const struct lender *lender, uint64_t page, struct hf_frozen *frozen, int *failure) {
    struct caller helper = lender->caller;
    helper.thread = frozen->helper;
    const struct hf_call call = {
        .number = SYS_clone,
        .arguments = {COPY_FLAGS},
        .then = HF_THEN_CHAIN,
        .stack = page + WAIT_AT,
    };
    int64_t result = 0;
    *failure = make_call(&helper, &call, &frozen->copy, &result);
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

static enum hf_status make_copy(struct hf_trace *trace, const struct lender *lender, uint64_t page,
                                struct hf_frozen *frozen, struct hf_error *error) {
    int failure = await_birth(frozen->helper, lender->caller.deadline_ns);
    int64_t result = 0;
    if (failure == 0)
        result = clone_copy(lender, page, frozen, &failure);
    if (failure == 0 && frozen->copy != 0)
        failure = await_birth(frozen->copy, lender->caller.deadline_ns);
    if (failure == 0 && frozen->copy != 0)
        failure = hf_trace_request(PTRACE_SETOPTIONS, frozen->copy, 0, PTRACE_O_EXITKILL | PTRACE_O_TRACESYSGOOD);
    (void)hf_trace_request(PTRACE_DETACH, frozen->helper, 0, 0);
    if (failure != 0)
        return lost(trace, failure, error);
    return frozen->copy != 0 ? HF_OK : refuse((int)-result, "copied", error);
}

static enum hf_status make_helper(struct hf_trace *trace, const struct lender *lender, uint64_t *page,
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
    struct lender lender = {.caller = {.gadgets = gadgets, .deadline_ns = trace->deadline_ns}};
    uint64_t page = 0;
    *out = (struct hf_frozen){0};
    if (!find_lender(trace, &lender))
        return hf_fail(error, HF_ERR_UNSUPPORTED, "no thread of process %d is in a state in which it can be made to "
                       "fork", (int)trace->pid);
    enum hf_status status = check_filters(lender.caller.thread, out, error);
    if (status != HF_OK)
        return status;
    int failure = borrow(&lender);
    if (failure == 0)
        status = make_helper(trace, &lender, &page, out, error);
    else
        status = lost(trace, failure, error);
    failure = give_back(&lender);
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
    struct caller caller = {
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
        (void)make_call(&caller, &call, NULL, &result);
}

/*
 * The helper is gone without having reaped the copy: the process has become another program meanwhile. One of its
 * threads is made to reap it.
 */
static void reap_from_inside(pid_t pid, pid_t copy) {
    struct hf_trace trace = {.pid = pid, .deadline_ns = hf_monotonic_ns() + WAIT_FOR_END_NS};
    struct hf_gadgets gadgets;
    struct lender lender = {.caller = {.gadgets = &gadgets, .deadline_ns = trace.deadline_ns}};
    const struct hf_seccomp_call needed[] = {
        {SYS_waitid, {P_PID, (uint64_t)copy, 0, REAP_OPTIONS, 0}}, {SYS_rt_sigreturn, {0}}, {SYS_getpid, {0}}};
    if (hf_freeze_find_gadgets(pid, &gadgets, NULL) != HF_OK || hf_trace_stop(&trace, NULL) != HF_OK)
        return;
    if (find_lender(&trace, &lender) &&
        hf_seccomp_allows(lender.caller.thread, needed, sizeof needed / sizeof *needed) && borrow(&lender) == 0) {
        const struct hf_call call = {.number = SYS_waitid,
                                     .arguments = {P_PID, (uint64_t)copy, 0, REAP_OPTIONS, 0},
                                     .then = HF_THEN_CHAIN,
                                     .stack = lender.frame_addr};
        int64_t result;
        (void)make_call(&lender.caller, &call, NULL, &result);
        (void)give_back(&lender);
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
