/* completion.c - `holdfast completion`: what a shell needs to complete the commands and their options. */
#include "cli/cli.h"
#include "cli/completions.h"
#include "cli/values.h"

#define SHELLS "bash|zsh|fish"

static int run(const void *settings, int num_operands, char **operands) {
    static void (*const print[])(void) = {completions_print_bash, completions_print_zsh, completions_print_fish};
    (void)settings;
    (void)num_operands;
    unsigned shell;
    if (!value_read_choice(operands[0], SHELLS, &shell))
        return complain(CLI_USAGE, "'%s' is not one of " SHELLS, operands[0]);
    print[shell]();
    return CLI_OK;
}

const struct command command_completion = {
    .name = "completion",
    .group = GROUP_OTHER,
    .synopsis = "SHELL",
    .summary = "print what bash, zsh or fish needs to complete words",
    .description = "Prints what a shell needs to complete the words of a command line: SHELL is bash, zsh or fish.\n"
                   "'make install' puts it where they look for it; else load it in the shell's start file:\n"
                   "'source <(holdfast completion bash)', or 'holdfast completion fish | source'.",
    .example = "$ holdfast completion bash | tail -n 1\n"
               "complete -F _holdfast holdfast\n",
    .operand_words = SHELLS,
    .min_operands = 1,
    .max_operands = 1,
    .run = run,
};
