/* lender.h - a thread of a stopped process that is borrowed for a few calls, and goes on as if it had not been. */
#ifndef HF_MEMORY_LENDER_H
#define HF_MEMORY_LENDER_H

#include "memory/remote.h"
#include "memory/trace.h"

#define HF_ALL_SIGNALS UINT64_MAX

struct hf_lender {
    struct hf_remote_caller caller;            /* its registers are the old ones */
    uint64_t blocked_signals;
    uint64_t frame_addr;
};

/*
 * Finds a thread that can be borrowed: one that waits in a system call if there is one, for nothing of what it does
 * depends on registers that nobody sees. The caller's gadgets and deadline are set. False: none is in a state for it.
 */
bool hf_lender_find(struct hf_trace *trace, struct hf_lender *lender);

/*
 * From the first changed register on the frame on the thread's stack leads back; signals are blocked after that.
 * 0 or errno.
 */
int hf_lender_borrow(const struct hf_lender *lender);

/* From the end of a call back to where it was when it was stopped. 0 or errno. */
int hf_lender_give_back(struct hf_lender *lender);

#endif
