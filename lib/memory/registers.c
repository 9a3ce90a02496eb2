/* registers.c - the registers of a thread that ptrace has stopped, on any machine. */
#include "memory/machine.h"

#include <elf.h>
#include <errno.h>
#include <sys/ptrace.h>
#include <sys/uio.h>

int hf_machine_move_registers(int request, int thread, int set, void *data, size_t *size) {
    struct iovec place = {data, *size};
    if (ptrace(request, thread, (void *)(intptr_t)set, &place) != 0)
        return errno;
    *size = place.iov_len;
    return 0;
}

int hf_machine_get_registers(int thread, struct hf_registers *out) {
    size_t size = sizeof out->general;
    int failure = hf_machine_move_registers(PTRACE_GETREGSET, thread, NT_PRSTATUS, &out->general, &size);
    return failure == 0 && size != sizeof out->general ? ENOTSUP : failure;   /* a thread in 32-bit code has fewer */
}

int hf_machine_set_registers(int thread, const struct hf_registers *registers) {
    struct hf_registers copy = *registers;
    size_t size = sizeof copy.general;
    return hf_machine_move_registers(PTRACE_SETREGSET, thread, NT_PRSTATUS, &copy.general, &size);
}
