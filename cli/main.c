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
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/output.h"
#include "cli/progress.h"
#include "cli/suggest.h"
#include "cli/text.h"

const struct command *const commands[] = {
#define X(name) &command_##name,
    COMMANDS(X)
#undef X
    NULL,
};
#define NUM_COMMANDS (sizeof commands / sizeof *commands - 1)

const struct option answer_options[] = {
    {"json", 0, OPTION_FLAG, NULL, "print the answer as JSON", offsetof(struct answer_settings, json)},
    {"bytes", 0, OPTION_FLAG, NULL, "print exact sizes in bytes", offsetof(struct answer_settings, exact_bytes)},
    {"color", 0, OPTION_CHOICE, "auto|always|never", "colours; auto: on a terminal, unless NO_COLOR is set",
     offsetof(struct answer_settings, color)},
    {NULL},
};

const struct option csv_options[] = {
    {"csv", 0, OPTION_FLAG, NULL, "print the table as CSV, with exact numbers", offsetof(struct answer_settings, csv)},
    {NULL},
};

const struct option pager_options[] = {
    {"no-pager", 0, OPTION_FLAG, NULL, "print on the terminal even what is longer than it",
     offsetof(struct answer_settings, no_pager)},
    {NULL},
};

/* Lines of a message are ours; whatever else is a control comes from a file name or a snapshot. */
static void print_clean_lines(const char *message) {
    while (*message) {
        char *line = text_format("%.*s", (int)strcspn(message, "\n"), message);
        char *clean = text_clean(line);
        fprintf(stderr, "%s\n", clean);
        message += strlen(line);
        message += *message == '\n';
        free(clean);
        free(line);
    }
}

int complain(int code, const char *format, ...) {
    char *message = NULL;
    va_list arguments;
    va_start(arguments, format);
    int length = vasprintf(&message, format, arguments);
    va_end(arguments);
    progress_clear();
    fflush(stdout);
    fputs("holdfast: ", stderr);
    if (length < 0)
        fputs("out of memory\n", stderr);
    else
        print_clean_lines(message);
    free(message);
    return code;
}

int complain_error(const struct hf_error *error) {
    static const int codes[] = {
        [HF_NOT_FOUND] = CLI_NOTHING,       [HF_ERR_NOMEM] = CLI_INTERNAL,  [HF_ERR_ARGUMENT] = CLI_USAGE,
        [HF_ERR_IO] = CLI_FILE,             [HF_ERR_FORMAT] = CLI_FILE,     [HF_ERR_VERSION] = CLI_FILE,
        [HF_ERR_TARGET] = CLI_TARGET,       [HF_ERR_LIMIT] = CLI_FILE,      [HF_ERR_UNSUPPORTED] = CLI_TARGET,
        [HF_ERR_CANCELLED] = CLI_INTERNAL,  [HF_ERR_RENDER] = CLI_INTERNAL, [HF_ERR_INTERNAL] = CLI_INTERNAL,
    };
    return complain(codes[error->status], "%s", error->message);
}

int complain_unknown(const char *what, const char *name, const char *const *candidates, size_t num_candidates,
                     const char *help) {
    const char *nearest = suggest_nearest(name, candidates, num_candidates);
    if (nearest)
        return complain(CLI_USAGE, "'%s' is no %s: did you mean '%s'?", name, what, nearest);
    return complain(CLI_USAGE, "'%s' is no %s: '%s' lists them", name, what, help);
}

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

static int run_command(const struct command *command, int argc, char **argv) {
    void *settings = text_must(calloc(1, command->settings_size + 1));
    if (command->defaults)
        memcpy(settings, command->defaults, command->settings_size);
    int num_operands;
    int code = options_parse(command, settings, argc, argv, &num_operands);
    if (code == OPTIONS_GO_ON)
        code = command->has_answer ? run_answer(command, settings, num_operands, argv)
                                   : command->run(settings, num_operands, argv);
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
