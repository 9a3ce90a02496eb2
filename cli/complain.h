/* complain.h - messages on stderr. */
#ifndef CLI_COMPLAIN_H
#define CLI_COMPLAIN_H

#include <stddef.h>

#include <holdfast/holdfast.h>

/* Prints "holdfast: ..." on stderr, controls escaped, and gives `code` back. */
HF_PRINTF(2, 3) int complain(int code, const char *format, ...);

/* Says what went wrong in the library and gives the exit code for it. */
int complain_error(const struct hf_error *error);

/*
 * Says that `name` is no `what` ("command"), and which of `candidates` was perhaps meant, or else that the command
 * line `help` lists them. Gives CLI_USAGE.
 */
int complain_unknown(const char *what, const char *name, const char *const *candidates, size_t num_candidates,
                     const char *help);

#endif
