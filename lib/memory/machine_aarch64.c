/*
 * machine_aarch64.c - system calls in another process on 64-bit ARM. Written after the kernel's headers and compiled,
 * and not yet tried on a machine.
 *
 *   call      d4000001 d65f03c0     svc #0; ret                 ret goes to where x30 points: restore, or exit
 *   restore   d2801168 d4000001     mov x8, #139; svc #0        in the kernel's vDSO
 *   exit      d2800ba8 d4000001     mov x8, #93; svc #0         the end of a thread, behind clone in C libraries
 *
 * A frame, to which the stack pointer points:
 *
 *   stack ─▶ [ siginfo, empty ][ ucontext: blocked signals, registers, records: floating point, end ]
 */
#ifdef __aarch64__

#include "memory/machine.h"

#include <asm/ptrace.h>
#include <asm/sigcontext.h>
#include <elf.h>
#include <stddef.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>

const uint16_t hf_machine_elf = EM_AARCH64;

/* ---- gadgets ---- */

#define SVC UINT32_C(0xD4000001)
#define RET UINT32_C(0xD65F03C0)
#define MOVE_TO_X8(number) (UINT32_C(0xD2800008) | (uint32_t)(number) << 5)
#define MOVE_TO_W8(number) (UINT32_C(0x52800008) | (uint32_t)(number) << 5)

static bool is_move_to_8(uint32_t word, unsigned number) {
    return word == MOVE_TO_X8(number) || word == MOVE_TO_W8(number);
}

void hf_machine_find_gadgets(struct hf_gadgets *gadgets, const uint8_t *text, size_t size, uint64_t addr) {
    uint32_t words[2];
    for (size_t at = 0; at + sizeof words <= size && !hf_machine_has_gadgets(gadgets); at += 4) {
        memcpy(words, text + at, sizeof words);
        if (gadgets->call == 0 && words[0] == SVC && words[1] == RET)
            gadgets->call = addr + at;
        if (gadgets->restore == 0 && is_move_to_8(words[0], SYS_rt_sigreturn) && words[1] == SVC)
            gadgets->restore = addr + at;
        if (gadgets->exit == 0 && is_move_to_8(words[0], SYS_exit) && words[1] == SVC)
            gadgets->exit = addr + at;
    }
}

bool hf_machine_has_gadgets(const struct hf_gadgets *gadgets) {
    return gadgets->call != 0 && gadgets->restore != 0 && gadgets->exit != 0;
}

/* ---- registers ---- */

void hf_machine_set_call(struct hf_registers *registers, const struct hf_gadgets *gadgets, const struct hf_call *call) {
    struct user_regs_struct *general = &registers->general;
    for (int i = 0; i < 6; i++)
        general->regs[i] = call->arguments[i];
    general->regs[8] = (unsigned long long)call->number;
    general->regs[30] = call->then == HF_THEN_CHAIN ? gadgets->restore : gadgets->exit;
    general->sp = call->stack;
    general->pc = gadgets->call;
}

int64_t hf_machine_result(const struct hf_registers *registers) {
    return (int64_t)registers->general.regs[0];
}

uint64_t hf_machine_stack(const struct hf_registers *registers) {
    return registers->general.sp;
}

/*
 * Before it lets a tracer look, the kernel sets a call that will begin again back to its svc instruction, with x0 as it
 * was: whether a thread is in a call cannot be told from its registers.
 */
bool hf_machine_is_in_call(const struct hf_registers *registers) {
    (void)registers;
    return false;
}

bool hf_machine_repeat_call(struct hf_registers *registers) {
    (void)registers;
    return false;
}

int hf_machine_get_fpu(int thread, struct hf_fpu *out) {
    out->size_bytes = sizeof out->bytes;
    return hf_machine_move_registers(PTRACE_GETREGSET, thread, NT_FPREGSET, out->bytes, &out->size_bytes);
}

/* ---- frames ---- */

#define SIGINFO_BYTES 128

struct frame {
    uint8_t siginfo[SIGINFO_BYTES];
    uint64_t flags, link;
    uint64_t alternate_stack;
    int32_t alternate_flags, padding;
    uint64_t alternate_size;
    uint64_t blocked_signals;
    uint8_t more_signals[120];
    struct sigcontext context;   /* aligned to 16 bytes */
};

#define INVALID_FLAGS 0x1234     /* of an alternative stack: the kernel leaves the present one as it is */

static void write_fpu(struct sigcontext *context, const struct hf_fpu *fpu) {
    struct fpsimd_context record = {.head = {.magic = FPSIMD_MAGIC, .size = sizeof record}};
    struct user_fpsimd_state state = {0};
    if (fpu != NULL && fpu->size_bytes >= sizeof state)
        memcpy(&state, fpu->bytes, sizeof state);
    record.fpsr = state.fpsr;
    record.fpcr = state.fpcr;
    memcpy(record.vregs, state.vregs, sizeof record.vregs);
    memcpy(context->__reserved, &record, sizeof record);   /* a record of zeros ends the list */
}

size_t hf_machine_write_frame(uint8_t *buffer, size_t size, uint64_t addr, const struct hf_gadgets *gadgets,
                              const struct hf_registers *registers, const struct hf_fpu *fpu,
                              uint64_t blocked_signals) {
    (void)addr, (void)gadgets;
    if (size < sizeof(struct frame))
        return 0;
    memset(buffer, 0, sizeof(struct frame));
    struct frame *frame = (struct frame *)(void *)buffer;
    frame->alternate_flags = INVALID_FLAGS;
    frame->blocked_signals = blocked_signals;
    memcpy(frame->context.regs, registers->general.regs, sizeof frame->context.regs);
    frame->context.sp = registers->general.sp;
    frame->context.pc = registers->general.pc;
    frame->context.pstate = registers->general.pstate;
    write_fpu(&frame->context, fpu);
    return sizeof(struct frame);
}

#endif
