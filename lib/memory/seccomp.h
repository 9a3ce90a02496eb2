/*
 * seccomp.h - would a process be punished for a system call? Filters of seccomp can kill a process that makes a call
 * which its program never makes: that has to be known before it is made to.
 */
#ifndef HF_MEMORY_SECCOMP_H
#define HF_MEMORY_SECCOMP_H

#include <linux/filter.h>
#include <sys/types.h>

#include <holdfast/holdfast.h>

struct hf_seccomp_call {
    long number;
    uint64_t arguments[6];
};

/*
 * True if every one of the calls is allowed to a thread that ptrace has stopped. When its filters cannot be read, which
 * takes root, true only if this process runs with as many filters as the thread, that is, in the same container.
 */
bool hf_seccomp_allows(pid_t thread, const struct hf_seccomp_call *calls, size_t num_calls);

/*
 * What a filter says about a call: a value SECCOMP_RET_*. SECCOMP_RET_KILL_PROCESS for a program that is none.
 */
uint32_t hf_seccomp_run(const struct sock_filter *program, size_t length, uint32_t arch, uint64_t instruction_addr,
                        const struct hf_seccomp_call *call);

#endif
