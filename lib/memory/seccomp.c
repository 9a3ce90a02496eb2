/*
 * seccomp.c - runs the filters of a thread on system calls that it has not made.
 *
 *   thread ── filter, newest first ──▶ a program for the classic BPF machine: accumulator A, index X, 16 words of
 *                                      memory, and the call as its packet (struct seccomp_data)
 *
 * The kernel asks all filters and takes the strictest answer: here each has to allow the call. Programs have no loops:
 * jumps go forward only, so that a run ends.
 */
#include "memory/seccomp.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <string.h>
#include <sys/ptrace.h>
#include <unistd.h>

#include "memory/procfs.h"

#define MAX_FILTERS 64
#if defined(__x86_64__)
#define OWN_ARCH AUDIT_ARCH_X86_64
#else
#define OWN_ARCH AUDIT_ARCH_AARCH64
#endif

struct machine {
    uint32_t a, x, memory[BPF_MEMWORDS];
};

/* False: the program does what no filter may. */
static bool load(struct machine *machine, const struct sock_filter *code, const struct seccomp_data *data) {
    uint32_t *target = BPF_CLASS(code->code) == BPF_LD ? &machine->a : &machine->x;
    switch (BPF_MODE(code->code)) {
    case BPF_IMM:
        *target = code->k;
        return true;
    case BPF_MEM:
        if (code->k >= BPF_MEMWORDS)
            return false;
        *target = machine->memory[code->k];
        return true;
    case BPF_LEN:
        *target = sizeof *data;
        return true;
    case BPF_ABS:
        if (code->k % 4 != 0 || code->k > sizeof *data - 4)
            return false;
        memcpy(target, (const char *)data + code->k, sizeof *target);
        return true;
    default:
        return false;
    }
}

static bool calculate(struct machine *machine, const struct sock_filter *code) {
    uint32_t operand = BPF_SRC(code->code) == BPF_X ? machine->x : code->k, *a = &machine->a;
    switch (BPF_OP(code->code)) {
    case BPF_ADD: *a += operand; return true;
    case BPF_SUB: *a -= operand; return true;
    case BPF_MUL: *a *= operand; return true;
    case BPF_OR: *a |= operand; return true;
    case BPF_AND: *a &= operand; return true;
    case BPF_XOR: *a ^= operand; return true;
    case BPF_NEG: *a = 0 - *a; return true;
    case BPF_LSH: *a = operand < 32 ? *a << operand : 0; return true;
    case BPF_RSH: *a = operand < 32 ? *a >> operand : 0; return true;
    case BPF_DIV: *a = operand != 0 ? *a / operand : 0; return operand != 0;
    default: return false;
    }
}

/* How many instructions a jump skips. */
static uint32_t jump(const struct machine *machine, const struct sock_filter *code) {
    uint32_t operand = BPF_SRC(code->code) == BPF_X ? machine->x : code->k;
    bool is_true = false;
    switch (BPF_OP(code->code)) {
    case BPF_JA: return code->k;
    case BPF_JEQ: is_true = machine->a == operand; break;
    case BPF_JGT: is_true = machine->a > operand; break;
    case BPF_JGE: is_true = machine->a >= operand; break;
    case BPF_JSET: is_true = (machine->a & operand) != 0; break;
    }
    return is_true ? code->jt : code->jf;
}

uint32_t hf_seccomp_run(const struct sock_filter *program, size_t length, uint32_t arch, uint64_t instruction_addr,
                        const struct hf_seccomp_call *call) {
    struct machine machine = {0};
    struct seccomp_data data = {.nr = (int)call->number, .arch = arch, .instruction_pointer = instruction_addr};
    memcpy(data.args, call->arguments, sizeof data.args);
    for (size_t at = 0; at < length; at++) {
        const struct sock_filter *code = &program[at];
        bool is_fine = true;
        switch (BPF_CLASS(code->code)) {
        case BPF_LD:
        case BPF_LDX:
            is_fine = load(&machine, code, &data);
            break;
        case BPF_ST:
        case BPF_STX:
            is_fine = code->k < BPF_MEMWORDS;
            if (is_fine)
                machine.memory[code->k] = BPF_CLASS(code->code) == BPF_ST ? machine.a : machine.x;
            break;
        case BPF_ALU:
            is_fine = calculate(&machine, code);
            break;
        case BPF_JMP:
            at += jump(&machine, code);
            break;
        case BPF_RET:
            return BPF_RVAL(code->code) == BPF_A ? machine.a : code->k;
        case BPF_MISC:
            if (BPF_MISCOP(code->code) == BPF_TAX)
                machine.x = machine.a;
            else
                machine.a = machine.x;
            break;
        }
        if (!is_fine)
            break;
    }
    return SECCOMP_RET_KILL_PROCESS;
}

static bool is_allowed(uint32_t answer) {
    uint32_t action = answer & SECCOMP_RET_ACTION_FULL;
    return action == SECCOMP_RET_ALLOW || action == SECCOMP_RET_LOG;
}

static bool allows_all(const struct sock_filter *program, size_t length, const struct hf_seccomp_call *calls,
                       size_t num_calls) {
    for (size_t i = 0; i < num_calls; i++)
        if (!is_allowed(hf_seccomp_run(program, length, OWN_ARCH, 0, &calls[i])))
            return false;
    return true;
}

/* All processes of a container have its filters, which let this one do what it does. */
static bool is_filtered_as_we_are(pid_t thread) {
    struct hf_procfs_status target, own;
    return hf_procfs_read_status(thread, &target) == 0 && hf_procfs_read_status(getpid(), &own) == 0 &&
           target.seccomp_mode == own.seccomp_mode && target.num_seccomp_filters == own.num_seccomp_filters &&
           target.num_seccomp_filters != UINT32_MAX;
}

bool hf_seccomp_allows(pid_t thread, const struct hf_seccomp_call *calls, size_t num_calls) {
    struct hf_procfs_status status;
    if (hf_procfs_read_status(thread, &status) != 0)
        return false;
    if (status.seccomp_mode == SECCOMP_MODE_DISABLED)
        return true;
    if (status.seccomp_mode != SECCOMP_MODE_FILTER)
        return false;
    for (unsigned i = 0; i < MAX_FILTERS; i++) {
        struct sock_filter program[BPF_MAXINSNS];
        long length = ptrace(PTRACE_SECCOMP_GET_FILTER, thread, (void *)(uintptr_t)i, NULL);
        if (length < 0 && errno == ENOENT)
            return i > 0;
        if (length < 0)
            return is_filtered_as_we_are(thread);
        if (length > BPF_MAXINSNS ||
            ptrace(PTRACE_SECCOMP_GET_FILTER, thread, (void *)(uintptr_t)i, program) != length ||
            !allows_all(program, (size_t)length, calls, num_calls))
            return false;
    }
    return false;
}
