/* cli.h - what every command shares: exit codes, messages, and the table of commands. */
#ifndef CLI_H
#define CLI_H

#include <stdio.h>

#include <holdfast/holdfast.h>

#include "cli/complain.h"
#include "cli/options.h"

/* Exit codes: X(name, number, what it means in the help and in the manual). */
#define EXIT_CODES(X)                                                                                           \
    X(CLI_OK, 0, "there is an answer")                                                                          \
    X(CLI_NOTHING, 1, "nothing was found, nothing holds the object, or a threshold was passed")                 \
    X(CLI_USAGE, 2, "the command line is wrong")                                                                \
    X(CLI_TARGET, 3, "the Python program or this machine is not fit: no such interpreter, no module for it, no " \
                     "Graphviz")                                                                                \
    X(CLI_FILE, 4, "a file cannot be read or written, or is no snapshot")                                       \
    X(CLI_INTERNAL, 5, "memory, Graphviz, or a defect in holdfast")

enum {
#define X(name, number, meaning) name = number,
    EXIT_CODES(X)
#undef X
};

/* The commands in the order of the help. A new one is a line here, and a file in commands/ with its struct. */
#define COMMANDS(X) \
    X(run)          \
    X(snapshot)     \
    X(ps)           \
    X(watch)        \
    X(info)         \
    X(types)        \
    X(suspects)     \
    X(why)          \
    X(graph)        \
    X(show)         \
    X(refs)         \
    X(referrers)    \
    X(chain)        \
    X(cycles)       \
    X(dominators)   \
    X(retained)     \
    X(whatif)       \
    X(native)       \
    X(waste)        \
    X(diff)         \
    X(completion)   \
    X(help)

/* Where a command stands in the list of commands. */
enum command_group {
    GROUP_ASK,               /* questions to a snapshot */
    GROUP_TAKE,              /* what takes snapshots */
    GROUP_OTHER,
    NUM_GROUPS
};

/*
 * All that is known of a command: its help, its part of the manual and the completions of the shells are made from it.
 * The words in capitals of `synopsis` are what the user puts in; several lines are several ways to call it.
 */
struct command {
    const char *name;
    enum command_group group;
    const char *synopsis;             /* the words after the name */
    const char *summary;              /* half a line, for the list of commands */
    const char *description;          /* lines for the command's own help; an empty one starts a paragraph */
    const char *example;              /* lines "$ holdfast ..." and what they print; tests/cli/examples.sh runs them */
    const char *operand_words;        /* "a|b|c": what the operand is, where it is not a file */
    const struct option *options;     /* ends with a name of NULL */
    const void *defaults;             /* of the settings that the options fill in */
    size_t settings_size;
    unsigned min_operands, max_operands;
    bool has_selector;                /* one operand is a SELECTOR, which the help explains */
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

#define X(name) extern const struct command command_##name;
COMMANDS(X)
#undef X
extern const struct command *const commands[];   /* ends with NULL */

/* The command of that name; or NULL, after a complaint with a near miss. */
const struct command *command_find(const char *name);

/* help.c: one command's help, or the list of commands, on stdout; and how a command is called. */
void help_print_command(const struct command *command, bool no_pager);
void help_print_all(bool no_pager);
void help_print_usage(FILE *stream, const struct command *command);

#define HELP_SELECTOR                                                                                \
    "SELECTOR is the name of a type or a glob on it (shop.cache.Session, Session, 'shop.*'),\n" \
    "an address (0x7f3a5c0de010) or the number of an object (1234 or '#1234')."

/* manual.c: the commands and their options in mdoc, for the manual page. */
void manual_print_synopsis(void);
void manual_print_commands(void);
void manual_print_exit_codes(void);

#endif
