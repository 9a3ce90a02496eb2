/*
 * machine_x86_64.c - system calls in another process on x86_64.
 *
 *   call         0f 05 c3                         syscall; ret
 *   restore      48 c7 c0 0f 00 00 00 0f 05       mov $15, %rax; syscall
 *   call_exit    0f 05 eb f8                      syscall; jmp to the next line
 *                31 ff 89 d0 0f 05                xor %edi, %edi; mov %edx, %eax; syscall     edx: the number of exit
 *
 * All C libraries have the first in functions such as getpid, and the second behind signal handlers. The third is the
 * end of a thread in glibc, where it stands in a loop, or comes behind munmap in musl. Compilers choose its registers
 * and its order: instructions behind each syscall are followed as far as they only move constants and registers.
 *
 * A frame, which rt_sigreturn finds right below the stack pointer:
 *
 *   stack ─▶ [ restore ][ ucontext: registers, blocked signals ][ xsave image, a multiple of 64 bytes from here ]
 */
#ifdef __x86_64__

#include "memory/machine.h"

#include <asm/sigcontext.h>
#include <cpuid.h>
#include <elf.h>
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>

const uint16_t hf_machine_elf = EM_X86_64;

/* ---- gadgets ---- */

enum { RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI, R8, R9, R10, R11, R12, R13, R14, R15, NUM_REGISTERS };

#define MAX_INSTRUCTIONS 16
#define MAX_INSTRUCTION_BYTES 16

/* What a register holds: a constant, or what the register `source` held at the start. */
struct tracked {
    bool is_constant, is_known;
    uint32_t constant;
    unsigned source;
};

static void track_start(struct tracked registers[NUM_REGISTERS]) {
    for (unsigned i = 0; i < NUM_REGISTERS; i++)
        registers[i] = (struct tracked){.is_known = i != RAX && i != RCX && i != R11, .source = i};
}

static uint32_t read_u32(const uint8_t *bytes) {
    uint32_t value;
    memcpy(&value, bytes, sizeof value);
    return value;
}

static struct tracked constant(uint32_t value) {
    return (struct tracked){.is_constant = true, .is_known = true, .constant = value};
}

/*
 * Follows one instruction at text[*at] if it only moves registers and constants, or jumps. Gives false at any other,
 * a system call included.
 */
static bool follow(struct tracked registers[NUM_REGISTERS], const uint8_t *text, size_t size, size_t *at) {
    const uint8_t *code = text + *at;
    if (*at > size || size - *at < MAX_INSTRUCTION_BYTES)
        return false;
    unsigned prefix = 0;
    if ((code[0] & 0xF0) == 0x40)
        prefix = *code++;
    unsigned reg = (code[1] >> 3 & 7) | (prefix & 4) << 1, rm = (code[1] & 7) | (prefix & 1) << 3;
    unsigned low = (code[0] & 7) | (prefix & 1) << 3;
    bool is_direct = code[1] >> 6 == 3;
    if ((code[0] == 0x31 || code[0] == 0x33) && is_direct && reg == rm) {            /* xor a, a */
        registers[rm] = constant(0);
        code += 2;
    } else if (code[0] == 0x89 && is_direct) {                                       /* mov a, b */
        registers[rm] = registers[reg];
        code += 2;
    } else if (code[0] == 0x8B && is_direct) {
        registers[reg] = registers[rm];
        code += 2;
    } else if ((code[0] & 0xF8) == 0xB8 && !(prefix & 8)) {                          /* mov $n, a */
        registers[low] = constant(read_u32(code + 1));
        code += 5;
    } else if (code[0] == 0xC7 && is_direct && reg % 8 == 0) {
        registers[rm] = constant(read_u32(code + 2));
        code += 6;
    } else if (code[0] == 0xB0 && prefix == 0 && registers[RAX].is_constant) {       /* mov $n, %al */
        registers[RAX].constant = (registers[RAX].constant & ~0xFFu) | code[1];
        code += 2;
    } else if (code[0] == 0xEB) {                                                    /* jmp */
        code += 2 + (int8_t)code[1];
    } else if (code[0] == 0xE9) {
        code += 5 + (int32_t)read_u32(code + 1);
    } else if (code[0] == 0x90) {                                                    /* nop */
        code += 1;
    } else {
        return false;
    }
    if (code < text)
        return false;
    *at = (size_t)(code - text);
    return true;
}

/*
 * Registers that no argument of the calls before an exit needs, or that can hold the number of exit at the same time.
 */
static bool can_hold_number(unsigned reg) {
    return reg == RDX || reg == RBX || reg == RBP || reg == R9 || reg >= R12;
}

/* What follows a system call at text[at]: does it end the thread? */
static bool ends_thread(const uint8_t *text, size_t size, size_t at, unsigned *number_register) {
    struct tracked registers[NUM_REGISTERS];
    track_start(registers);
    for (int i = 0; i < MAX_INSTRUCTIONS && follow(registers, text, size, &at); i++)
        ;
    if (at >= size || size - at < 2 || text[at] != 0x0F || text[at + 1] != 0x05 || !registers[RAX].is_known)
        return false;
    if (registers[RAX].is_constant) {
        *number_register = RAX;
        return registers[RAX].constant == SYS_exit;
    }
    *number_register = registers[RAX].source;
    return can_hold_number(*number_register);
}

void hf_machine_find_gadgets(struct hf_gadgets *gadgets, const uint8_t *text, size_t size, uint64_t addr) {
    static const uint8_t long_move[] = {0x48, 0xC7, 0xC0, SYS_rt_sigreturn, 0, 0, 0};
    static const uint8_t short_move[] = {0xB8, SYS_rt_sigreturn, 0, 0, 0};
    for (size_t at = 0; at + 2 < size && !hf_machine_has_gadgets(gadgets); at++) {
        const uint8_t *found = memchr(text + at, 0x0F, size - 2 - at);
        if (found == NULL)
            return;
        at = (size_t)(found - text);
        if (found[1] != 0x05)
            continue;
        if (gadgets->call == 0 && found[2] == 0xC3)
            gadgets->call = addr + at;
        if (gadgets->restore == 0 && at >= sizeof long_move &&
            memcmp(found - sizeof long_move, long_move, sizeof long_move) == 0)
            gadgets->restore = addr + at - sizeof long_move;
        if (gadgets->restore == 0 && at >= sizeof short_move &&
            memcmp(found - sizeof short_move, short_move, sizeof short_move) == 0)
            gadgets->restore = addr + at - sizeof short_move;
        if (gadgets->call_exit == 0 && ends_thread(text, size, at + 2, &gadgets->exit_register))
            gadgets->call_exit = addr + at;
    }
}

bool hf_machine_has_gadgets(const struct hf_gadgets *gadgets) {
    return gadgets->call != 0 && gadgets->restore != 0 && gadgets->call_exit != 0;
}

/* ---- registers ---- */

static void set_number_of_exit(struct user_regs_struct *general, unsigned reg) {
    unsigned long long *members[NUM_REGISTERS] = {
        [RDX] = &general->rdx, [RBX] = &general->rbx, [RBP] = &general->rbp, [R9] = &general->r9,
        [R12] = &general->r12, [R13] = &general->r13, [R14] = &general->r14, [R15] = &general->r15,
    };
    if (members[reg] != NULL)
        *members[reg] = SYS_exit;
}

void hf_machine_set_call(struct hf_registers *registers, const struct hf_gadgets *gadgets, const struct hf_call *call) {
    struct user_regs_struct *general = &registers->general;
    general->rip = call->then == HF_THEN_CHAIN ? gadgets->call : gadgets->call_exit;
    general->rax = (unsigned long long)call->number;
    general->orig_rax = (unsigned long long)-1;     /* the call that was interrupted does not begin again now */
    general->rdi = call->arguments[0];
    general->rsi = call->arguments[1];
    general->rdx = call->arguments[2];
    general->r10 = call->arguments[3];
    general->r8 = call->arguments[4];
    general->r9 = call->arguments[5];
    general->rsp = call->stack;
    general->eflags &= ~(1ull << 10);               /* direction: as functions expect it */
    if (call->then == HF_THEN_EXIT)
        set_number_of_exit(general, gadgets->exit_register);
}

int64_t hf_machine_result(const struct hf_registers *registers) {
    return (int64_t)registers->general.rax;
}

uint64_t hf_machine_stack(const struct hf_registers *registers) {
    return registers->general.rsp;
}

/* The kernel's own numbers for calls that begin again. */
#define ERESTARTSYS 512
#define ERESTARTNOINTR 513
#define ERESTARTNOHAND 514
#define ERESTART_RESTARTBLOCK 516

static bool is_restart(int64_t result) {
    return result == -ERESTARTSYS || result == -ERESTARTNOINTR || result == -ERESTARTNOHAND ||
           result == -ERESTART_RESTARTBLOCK;
}

bool hf_machine_is_in_call(const struct hf_registers *registers) {
    int64_t result = (int64_t)registers->general.rax;
    return (int64_t)registers->general.orig_rax >= 0 && (is_restart(result) || result == -EINTR);
}

static bool waits_without_limit(const struct user_regs_struct *general) {
    switch (general->orig_rax) {
    case SYS_epoll_wait:
    case SYS_epoll_pwait:
        return (int32_t)general->r10 < 0;
#ifdef SYS_epoll_pwait2
    case SYS_epoll_pwait2:
#endif
    case SYS_semtimedop:
        return general->r10 == 0;
    case SYS_rt_sigtimedwait:
        return general->rdx == 0;
    case SYS_io_getevents:
        return general->r8 == 0;
    case SYS_semop:
    case SYS_read:                                  /* of inotify */
    case SYS_io_uring_enter:
        return true;
    default:
        return false;
    }
}

bool hf_machine_repeat_call(struct hf_registers *registers) {
    struct user_regs_struct *general = &registers->general;
    if ((int64_t)general->orig_rax < 0 || (int64_t)general->rax != -EINTR || !waits_without_limit(general))
        return false;
    general->rax = (unsigned long long)-ERESTARTNOHAND;
    return true;
}

int hf_machine_get_fpu(int thread, struct hf_fpu *out) {
    out->size_bytes = sizeof out->bytes;
    int failure = hf_machine_move_registers(PTRACE_GETREGSET, thread, NT_X86_XSTATE, out->bytes, &out->size_bytes);
    return failure == 0 && out->size_bytes >= sizeof out->bytes ? E2BIG : failure;
}

/* ---- frames ---- */

struct frame {
    uint64_t restore;
    uint64_t flags, link;
    uint64_t alternate_stack;
    int32_t alternate_flags, padding;
    uint64_t alternate_size;
    struct sigcontext context;
    uint64_t blocked_signals;
};

#define UC_FP_XSTATE 1
#define UC_SIGCONTEXT_SS 2
#define UC_STRICT_RESTORE_SS 4
#define INVALID_FLAGS 0x1234     /* of an alternative stack: the kernel leaves the present one as it is */
#define HEADER_AT 512            /* of the xsave image */
#define LEGACY_BYTES 576         /* with the header */
#define USER_CODE_SEGMENT 0x33
#define USER_DATA_SEGMENT 0x2B

/* How much of an xsave image the features in it take, by what the processor says. */
static size_t used_bytes(const struct hf_fpu *fpu, uint64_t features) {
    size_t used = LEGACY_BYTES;
    for (unsigned i = 2; i < 63; i++) {
        unsigned size, offset, c, d;
        if (!(features >> i & 1))
            continue;
        __cpuid_count(0xD, i, size, offset, c, d);
        if ((size_t)offset + size > used)
            used = (size_t)offset + size;
    }
    return used <= fpu->size_bytes ? used : fpu->size_bytes;
}

/* The image as a signal handler's frame has it: with a mark at its end, and words about its size in it. */
static size_t write_fpu(uint8_t *out, const struct hf_fpu *fpu) {
    uint64_t features;
    memcpy(&features, fpu->bytes + HEADER_AT, sizeof features);
    size_t size = used_bytes(fpu, features);
    uint32_t mark = FP_XSTATE_MAGIC2;
    struct _fpx_sw_bytes words = {
        .magic1 = FP_XSTATE_MAGIC1,
        .extended_size = (uint32_t)(size + sizeof mark),
        .xfeatures = features | 3,
        .xstate_size = (uint32_t)size,
    };
    memcpy(out, fpu->bytes, size);
    memcpy(out + HEADER_AT - sizeof words, &words, sizeof words);
    memcpy(out + size, &mark, sizeof mark);
    return size + sizeof mark;
}

static void write_context(struct sigcontext *out, const struct user_regs_struct *general) {
    *out = (struct sigcontext){
        .r8 = general->r8, .r9 = general->r9, .r10 = general->r10, .r11 = general->r11, .r12 = general->r12,
        .r13 = general->r13, .r14 = general->r14, .r15 = general->r15, .rdi = general->rdi, .rsi = general->rsi,
        .rbp = general->rbp, .rbx = general->rbx, .rdx = general->rdx, .rax = general->rax, .rcx = general->rcx,
        .rsp = general->rsp, .rip = general->rip, .eflags = general->eflags,
        .cs = USER_CODE_SEGMENT, .ss = USER_DATA_SEGMENT,
    };
}

/* An interrupted call begins again as it does after a signal handler, or ends with EINTR if it counted time. */
static void resume_call(struct sigcontext *context, const struct user_regs_struct *general) {
    int64_t result = (int64_t)general->rax;
    if ((int64_t)general->orig_rax < 0 || !is_restart(result))
        return;
    if (result == -ERESTART_RESTARTBLOCK) {
        context->rax = (uint64_t)-EINTR;
        return;
    }
    context->rax = general->orig_rax;
    context->rip -= 2;
}

size_t hf_machine_write_frame(uint8_t *buffer, size_t size, uint64_t addr, const struct hf_gadgets *gadgets,
                              const struct hf_registers *registers, const struct hf_fpu *fpu,
                              uint64_t blocked_signals) {
    size_t fpu_at = (sizeof(struct frame) + 63) & ~(size_t)63;
    size_t fpu_bytes = fpu != NULL ? fpu->size_bytes + 4 : 0;
    if (size < fpu_at + fpu_bytes)
        return 0;
    struct frame frame = {
        .restore = gadgets->restore,
        .flags = UC_FP_XSTATE | UC_SIGCONTEXT_SS | UC_STRICT_RESTORE_SS,
        .alternate_flags = INVALID_FLAGS,
        .blocked_signals = blocked_signals,
    };
    write_context(&frame.context, &registers->general);
    resume_call(&frame.context, &registers->general);
    memset(buffer, 0, fpu_at);
    if (fpu != NULL && fpu->size_bytes > 0) {
        frame.context.fpstate = (void *)(uintptr_t)(addr + fpu_at);
        fpu_bytes = write_fpu(buffer + fpu_at, fpu);
    }
    memcpy(buffer, &frame, sizeof frame);
    return fpu_at + fpu_bytes;
}

#endif
