/*
 * main.c - holdfast COMMAND ...: finds the command, parses its options by its table, runs it.
 *
 * Answers go to stdout, everything else to stderr. A closed pipe ends the program quietly; any other failure to
 * write the answer is an error.
 */
#include "cli/cli.h"

#include <errno.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/output.h"
#include "cli/progress.h"
#include "cli/text.h"

const struct command *const commands[] = {
#define X(name) &command_##name,
    COMMANDS(X)
#undef X
    NULL,
};
#define NUM_COMMANDS (sizeof commands / sizeof *commands - 1)

const struct command *command_find(const char *name) {
    const char *names[NUM_COMMANDS];
    for (size_t i = 0; i < NUM_COMMANDS; i++) {
        if (strcmp(commands[i]->name, name) == 0)
            return commands[i];
        names[i] = commands[i]->name;
    }
    complain_unknown("command", name, names, NUM_COMMANDS, "holdfast help");
    return NULL;
}

/* Runs a command that prints an answer. */
static int run_answer(const struct command *command, const void *settings, int num_operands, char **operands) {
    const struct answer_settings *answer = settings;
    if (answer->json && answer->csv)
        return complain(CLI_USAGE, "--json and --csv exclude each other");
    output_begin(answer, command->may_be_long);
    int code = command->run(settings, num_operands, operands);
    output_end();
    return code;
}

/* Help is printed at the word that asks for it, and yet a --no-pager behind that counts. */
static bool says_no_pager(int argc, char **argv) {
    for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (strcmp(argv[i], "--no-pager") == 0)
            return true;
    return false;
}

static int run_command(const struct command *command, int argc, char **argv) {
    void *settings = text_must(calloc(1, command->settings_size + 1));
    if (command->defaults)
        memcpy(settings, command->defaults, command->settings_size);
    bool no_pager = says_no_pager(argc, argv);
    int num_operands;
    int code = options_parse(command, settings, argc, argv, &num_operands);
    if (code == OPTIONS_GO_ON) {
        code = command->has_answer ? run_answer(command, settings, num_operands, argv)
                                   : command->run(settings, num_operands, argv);
    } else if (code == OPTIONS_HELP) {
        help_print_command(command, no_pager);
        code = CLI_OK;
    } else if (code == OPTIONS_USAGE) {
        help_print_usage(stderr, command);
        code = CLI_USAGE;
    }
    options_free(command, settings);
    free(settings);
    return code;
}

static int dispatch(int argc, char **argv) {
    if (argc < 2) {
        help_print_all(false);
        return CLI_USAGE;
    }
    const char *word = argv[1];
    if (strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0) {
        printf("holdfast %s\n", hf_version());
        return CLI_OK;
    }
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)
        word = "help";
    const struct command *command = command_find(word);
    return command ? run_command(command, argc - 2, argv + 2) : CLI_USAGE;
}

/* Python writes UTF-8 whatever the locale says, and so do the snapshots. */
static void choose_locale(void) {
    setlocale(LC_CTYPE, "");
    if (MB_CUR_MAX == 1)
        setlocale(LC_CTYPE, "C.UTF-8");
}

int main(int argc, char **argv) {
    choose_locale();
    signal(SIGXFSZ, SIG_IGN);    /* a file that may not grow is an error like a full disk */
    int code = dispatch(argc, argv);
    progress_clear();
    if ((fflush(stdout) != 0 || ferror(stdout)) && errno != EPIPE)
        return complain(CLI_FILE, "cannot write the answer: %s", strerror(errno));
    return code;
}
