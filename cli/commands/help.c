/* help.c - `holdfast help`: the list of commands, or one of them; and the tables for the manual page. */
#include "cli/cli.h"

struct settings {
    unsigned mdoc;           /* which word of the option */
    bool no_pager;
};

static void (*const print_mdoc[])(void) = {
    NULL, manual_print_synopsis, manual_print_commands, manual_print_exit_codes,
};

static const struct option options[] = {
    {"mdoc", 0, OPTION_CHOICE, "no|synopsis|commands|exit-codes", "that part of the manual page, in its language",
     offsetof(struct settings, mdoc)},
    {"no-pager", 0, OPTION_FLAG, NULL, "print on the terminal even what is longer than it",
     offsetof(struct settings, no_pager)},
    {NULL},
};

static int run(const void *settings_, int num_operands, char **operands) {
    const struct settings *settings = settings_;
    const struct command *command = NULL;
    if (num_operands > 0 && !(command = command_find(operands[0])))
        return CLI_USAGE;
    if (settings->mdoc)
        print_mdoc[settings->mdoc]();
    else if (command)
        help_print_command(command, settings->no_pager);
    else
        help_print_all(settings->no_pager);
    return CLI_OK;
}

const struct command command_help = {
    .name = "help",
    .group = GROUP_OTHER,
    .synopsis = "[COMMAND]",
    .summary = "print this, or the options of a command",
    .description = "Prints the list of commands, or what one command does and its options.",
    .example = "$ holdfast help completion | head -n 1\n"
               "usage: holdfast completion SHELL\n",
    .options = options,
    .settings_size = sizeof(struct settings),
    .max_operands = 1,
    .run = run,
};
