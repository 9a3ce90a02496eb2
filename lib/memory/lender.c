/*
 * lender.c - a way back for a thread that is borrowed, before it is borrowed.
 *
 *   stack of the thread   [ ...  used ][ red zone ][ frame: registers, blocked signals, FPU ]
 *                                                    ▲ where each call goes on to (HF_THEN_CHAIN)
 *
 * Should holdfast be killed in between, the thread goes on from the frame, with what it had.
 */
#include "memory/lender.h"

#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "base/memory.h"

#define RED_ZONE_BYTES 128
#define ROOM_BELOW_BYTES 16384           /* that the stack has below its frame: it is not a small one */
#define MAX_FRAME_BYTES (HF_MAX_FPU_BYTES + 8192)

static int set_blocked_signals(pid_t thread, uint64_t signals) {
    return hf_trace_request(PTRACE_SETSIGMASK, thread, sizeof signals, (uint64_t)(uintptr_t)&signals);
}

/* A restartable sequence (rseq) must not be interrupted unnoticed: a thread in one is not borrowed. */
static bool is_in_sequence(pid_t pid, pid_t thread) {
#ifdef PTRACE_GET_RSEQ_CONFIGURATION
    struct __ptrace_rseq_configuration configuration = {0};
    uint64_t sequence = 0;
    if (ptrace(PTRACE_GET_RSEQ_CONFIGURATION, thread, (void *)sizeof configuration, &configuration) < 0 ||
        configuration.rseq_abi_pointer == 0)
        return false;
    return hf_remote_read(pid, configuration.rseq_abi_pointer + 8, &sequence, sizeof sequence) && sequence != 0;
#else
    (void)pid, (void)thread;
    return false;
#endif
}

/* Writes the frame with which the thread goes on by itself. False: its stack is no place for it. */
static bool write_way_back(struct hf_trace *trace, struct hf_lender *lender) {
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
        is_written = bytes > 0 && hf_remote_read(trace->pid, lender->frame_addr - ROOM_BELOW_BYTES, &unused, 1) &&
                     hf_remote_write(trace->pid, lender->frame_addr, buffer.data, bytes);
    }
    hf_region_deinit(&buffer);
    hf_free(fpu);
    return is_written;
}

static bool can_lend(struct hf_trace *trace, const struct hf_traced_thread *thread, bool in_call,
                     struct hf_lender *lender) {
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

bool hf_lender_find(struct hf_trace *trace, struct hf_lender *lender) {
    for (int in_call = 1; in_call >= 0; in_call--)
        for (size_t i = 0; i < hf_trace_num_threads(trace); i++)
            if (can_lend(trace, &hf_trace_threads(trace)[i], in_call, lender))
                return true;
    return false;
}

int hf_lender_borrow(const struct hf_lender *lender) {
    pid_t thread = lender->caller.thread;
    const struct hf_call nothing = {.number = SYS_getpid, .then = HF_THEN_CHAIN, .stack = lender->frame_addr};
    int failure = hf_remote_begin_call(&lender->caller, &nothing);
    if (failure == 0)
        failure = set_blocked_signals(thread, HF_ALL_SIGNALS);
    if (failure == 0)
        failure = hf_trace_request(PTRACE_SETOPTIONS, thread, 0, PTRACE_O_TRACECLONE | PTRACE_O_TRACESYSGOOD);
    return failure;
}

/*
 * From the end of a call back to where it was when it was stopped: to a stop on the way out of the kernel, where a call
 * that was interrupted begins again.
 */
int hf_lender_give_back(struct hf_lender *lender) {
    pid_t thread = lender->caller.thread;
    int status, failure = hf_trace_request(PTRACE_SETOPTIONS, thread, 0, 0);
    if (failure == 0)
        failure = hf_trace_request(PTRACE_INTERRUPT, thread, 0, 0);
    bool is_there = false;
    for (uint64_t signal = 0; failure == 0 && !is_there;) {
        failure = hf_trace_request(PTRACE_CONT, thread, 0, signal);
        if (failure == 0)
            failure = hf_trace_wait(thread, lender->caller.deadline_ns, &status);
        is_there = failure == 0 && hf_remote_is_event(status, PTRACE_EVENT_STOP);
        signal = is_there ? 0 : (uint64_t)WSTOPSIG(status);
    }
    if (failure == 0)
        failure = set_blocked_signals(thread, lender->blocked_signals);
    hf_trace_step();
    return failure == 0 ? hf_machine_set_registers(thread, &lender->caller.registers) : failure;
}
