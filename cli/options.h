/*
 * options.h - command lines by tables: a table of options parses the words; the help is printed from it.
 *
 * --name VALUE, --name=VALUE, -o VALUE, -oVALUE; options may follow operands; `--` ends them.
 */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct command;

/* What a value is, and the type of the member that it is put into. */
enum option_kind {
    OPTION_FLAG,       /* bool */
    OPTION_TEXT,       /* const char * */
    OPTION_NUMBER,     /* unsigned */
    OPTION_MAYBE_NUMBER, /* unsigned: 1 where no number follows */
    OPTION_CHOICE,     /* unsigned: which word of `argument`, "a|b|c" */
    OPTION_LIST,       /* struct option_list: may be given again and again */
    OPTION_SIZE,       /* uint64_t: bytes, with K, M, G or T in powers of 1024 */
    OPTION_SECONDS,    /* double: with ms, s, m or h */
    OPTION_PERCENT,    /* double: a share of 1 */
    OPTION_SIGNAL,     /* int: USR2, SIGUSR2 or 12 */
};

struct option {
    const char *name;
    char letter;             /* 0: none */
    enum option_kind kind;
    const char *argument;    /* of the value, in the help; NULL for a flag */
    const char *help;
    size_t offset;           /* of the member in the command's settings */
};

struct option_list {
    const char **words;
    size_t count;
};

#define OPTIONS_GO_ON (-1)
#define OPTIONS_HELP (-2)      /* help is asked for */
#define OPTIONS_USAGE (-3)     /* an operand is missing or too many: how the command is called may help */
#define OPTIONS_MAX_TABLES 5

/* The tables of options that apply to a command. Gives their number. */
size_t options_list(const struct command *command, const struct option *tables[OPTIONS_MAX_TABLES]);

/*
 * Puts the values of the options in argv[0..argc) into `settings`; the operands move to the front of argv and
 * *num_operands counts them. Gives OPTIONS_GO_ON, _HELP or _USAGE, or the exit code when a word is wrong.
 */
int options_parse(const struct command *command, void *settings, int argc, char **argv, int *num_operands);

/* Frees the lists in the settings. */
void options_free(const struct command *command, void *settings);

#endif
