/*
 * machine.h - what depends on the machine when another process is made to execute system calls.
 *
 * A thread that stands still is given other registers: its program counter at a system call instruction that its own C
 * library has, its arguments, and a stack. Then it is given its old registers back. If holdfast is killed in between,
 * the kernel lets the thread go with the new registers: it finishes the call, and what comes next must be right
 * without anybody's help. Therefore each call is told how the thread goes on by itself:
 *
 *   chain   the instruction after the call returns to rt_sigreturn, the system call that ends signal handlers, which
 *           loads all registers from a frame in memory: the old ones of the thread, or those of one more call
 *   exit    behind the call come instructions that end the thread and touch no memory
 *
 * The instructions ("gadgets") are looked for in the C library of the process, once for each process.
 */
#ifndef HF_MEMORY_MACHINE_H
#define HF_MEMORY_MACHINE_H

#include <sys/user.h>

#include <holdfast/holdfast.h>

#define HF_MAX_FPU_BYTES 16384

/* Addresses in the target; 0: not found. */
struct hf_gadgets {
    uint64_t call;           /* a system call, and return */
    uint64_t restore;        /* the system call rt_sigreturn */
    uint64_t call_exit;      /* x86_64: a system call, and instructions that end the thread */
    uint64_t exit;           /* aarch64: instructions that end the thread */
    unsigned exit_register;  /* x86_64: which register must hold the number of exit */
};

/* Registers of a thread, as ptrace gives them. */
struct hf_registers {
    struct user_regs_struct general;
};
struct hf_fpu {
    size_t size_bytes;       /* 0: not known, or the machine needs none */
    _Alignas(64) uint8_t bytes[HF_MAX_FPU_BYTES];
};

enum hf_then {
    HF_THEN_CHAIN,           /* go on with the frame at `stack` */
    HF_THEN_EXIT,            /* end the thread */
};

struct hf_call {
    long number;
    uint64_t arguments[6];
    enum hf_then then;
    uint64_t stack;          /* of the thread during the call; HF_THEN_CHAIN: where hf_machine_write_frame wrote */
};

extern const uint16_t hf_machine_elf;          /* EM_X86_64, EM_AARCH64 */

/* Looks for gadgets that are still missing in `size` bytes of executable memory at `addr`. */
void hf_machine_find_gadgets(struct hf_gadgets *gadgets, const uint8_t *text, size_t size, uint64_t addr);
bool hf_machine_has_gadgets(const struct hf_gadgets *gadgets);

/* Sets the registers so that a thread executes the call when it goes on. Others keep their values. */
void hf_machine_set_call(struct hf_registers *registers, const struct hf_gadgets *gadgets, const struct hf_call *call);
/* The result of a system call: negative errno on failure. */
int64_t hf_machine_result(const struct hf_registers *registers);
uint64_t hf_machine_stack(const struct hf_registers *registers);

/* True if the thread waits in a system call that will begin again, or end with EINTR, when the thread goes on. */
bool hf_machine_is_in_call(const struct hf_registers *registers);
/*
 * A few system calls end with EINTR when a thread is stopped, even if no signal came. Those that wait without limit
 * begin again instead if the registers are changed so: true if they were changed.
 */
bool hf_machine_repeat_call(struct hf_registers *registers);

/*
 * Writes a frame for rt_sigreturn into buffer[size], to be copied to the target at `addr`, which is a multiple of 64.
 * After it the thread has these registers and these signals blocked; `fpu` NULL: whatever is in the unit.
 * Gives the size of the frame, 0 if the buffer is too small.
 */
size_t hf_machine_write_frame(uint8_t *buffer, size_t size, uint64_t addr, const struct hf_gadgets *gadgets,
                              const struct hf_registers *registers, const struct hf_fpu *fpu, uint64_t blocked_signals);

/*
 * registers.c: reads and writes registers of a thread that ptrace has stopped. 0 or errno. A set is an NT_* of elf.h;
 * *size becomes what it has.
 */
int hf_machine_move_registers(int request, int thread, int set, void *data, size_t *size);
int hf_machine_get_registers(int thread, struct hf_registers *out);
int hf_machine_set_registers(int thread, const struct hf_registers *registers);
/* The same of the unit for floating point, in the machine's own form. */
int hf_machine_get_fpu(int thread, struct hf_fpu *out);

#endif
