/* cli.h - what every command shares: exit codes, messages, and the table of commands. */
#ifndef CLI_H
#define CLI_H

#include <holdfast/holdfast.h>

#include "cli/options.h"

/* Exit codes; the man page lists them. */
enum {
    CLI_OK = 0,
    CLI_NOTHING = 1,   /* the question is fine, the answer is "nothing" */
    CLI_USAGE = 2,     /* the command line is wrong */
    CLI_TARGET = 3,    /* the Python program, or this machine, is not fit for it */
    CLI_FILE = 4,      /* a file cannot be read or written, or is no snapshot */
    CLI_INTERNAL = 5,  /* memory, Graphviz, or a defect in holdfast */
};

struct command {
    const char *name;
    const char *synopsis;             /* the words after the name */
    const char *summary;              /* half a line, for the list of commands */
    const char *description;          /* lines for the command's own help */
    const struct option *options;     /* ends with a name of NULL */
    const void *defaults;             /* of the settings that the options fill in */
    size_t settings_size;
    unsigned min_operands, max_operands;
    bool has_answer;                  /* prints one: takes answer_options; the settings start with them */
    bool has_csv;                     /* ... and as one table with --csv */
    bool may_be_long;                 /* goes through a pager when longer than the terminal */
    bool stops_at_operand;            /* what follows the first operand (or -m) belongs to someone else */
    int (*run)(const void *settings, int num_operands, char **operands);
};

/* What each command that answers a question understands. The first member of its settings. */
struct answer_settings {
    bool json;
    bool exact_bytes;
    unsigned color;                   /* enum colour_when */
    bool csv;
    bool no_pager;
};
extern const struct option answer_options[], csv_options[], pager_options[];

extern const struct command command_run, command_info, command_types, command_why, command_graph, command_help;
extern const struct command *const commands[];   /* ends with NULL */

/* The command of that name; or NULL, after a complaint with a near miss. */
const struct command *command_find(const char *name);

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

/* help.c: one command's help, or the list of commands, on stdout. */
void help_print_command(const struct command *command);
void help_print_all(void);

#endif
