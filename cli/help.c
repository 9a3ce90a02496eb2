/* help.c - `holdfast help [COMMAND]`, printed from the same tables that parse the command line. */
#include <stdio.h>

#include "cli/cli.h"

void help_print_command(const struct command *command) {
    printf("usage: holdfast %s %s\n\n%s\n", command->name, command->synopsis, command->description);
    printf("\noptions:\n");
    const struct option *tables[OPTIONS_MAX_TABLES];
    size_t num_tables = options_list(command, tables);
    for (size_t i = 0; i < num_tables; i++)
        options_print_help(tables[i]);
}

void help_print_all(void) {
    printf("holdfast %s: what holds a Python object in memory\n\n", hf_version());
    printf("usage: holdfast COMMAND ...\n\ncommands:\n");
    for (const struct command *const *at = commands; *at; at++)
        printf("  %-8s %s\n", (*at)->name, (*at)->summary);
    printf("\n'holdfast COMMAND --help' prints the options of a command, 'man holdfast' the manual.\n");
}

static int run(const void *settings, int num_operands, char **operands) {
    (void)settings;
    if (num_operands == 0) {
        help_print_all();
        return CLI_OK;
    }
    const struct command *command = command_find(operands[0]);
    if (!command)
        return CLI_USAGE;
    help_print_command(command);
    return CLI_OK;
}

const struct command command_help = {
    .name = "help",
    .synopsis = "[COMMAND]",
    .summary = "print this, or the options of a command",
    .description = "Prints the list of commands, or what one command does and its options.",
    .max_operands = 1,
    .run = run,
};
