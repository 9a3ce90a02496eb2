/*
 * freeze.h - makes a stopped process fork a copy of itself that never runs.
 */
#ifndef HF_MEMORY_FREEZE_H
#define HF_MEMORY_FREEZE_H

#include "memory/machine.h"
#include "memory/trace.h"

struct hf_frozen {
    pid_t helper;            /* a thread of the process that waits for the end of the copy; 0: none */
    pid_t copy;              /* a process; traced and stopped */
    bool may_close_files;    /* no filter forbids it */
};

/* Looks for the instructions that freezing needs in the process, which may run. Errors: UNSUPPORTED, IO, NOMEM. */
HF_MUST_CHECK enum hf_status hf_freeze_find_gadgets(pid_t pid, struct hf_gadgets *out, struct hf_error *error);

/*
 * Copies a process whose threads have been stopped by hf_trace_stop. Its threads stand still as before on return, with
 * the registers that they had. Errors: UNSUPPORTED (the system refuses a copy; the error says why), TARGET (it is
 * gone, or in a moment that does not allow it).
 */
HF_MUST_CHECK enum hf_status hf_freeze(struct hf_trace *trace, const struct hf_gadgets *gadgets, struct hf_frozen *out,
                                       struct hf_error *error);

/* What need not be done while the process stands still: the copy gives up its files, and is the first to be killed. */
void hf_freeze_settle(const struct hf_frozen *frozen, const struct hf_gadgets *gadgets);

/* Ends the copy, and waits a moment until the helper has reaped it and has ended. */
void hf_freeze_end(struct hf_frozen *frozen, pid_t pid);

#endif
