/*
 * options.c - parses a command line by tables.
 *
 *   table row  {"limit", 'n', OPTION_NUMBER, "N", "...", offsetof(struct types_settings, limit)}
 *   words      --limit 5   -n5   --limit=5        ->  ((struct types_settings *)settings)->limit = 5
 *
 * getopt_long would parse as well, but it prints messages of its own and knows neither kinds nor near misses.
 */
#include "cli/options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/values.h"

struct parser {
    const struct command *command;
    char *settings;
    char **argv;
    int argc;
    int at;                  /* the next word */
    int num_operands;
};

static const struct option answer_options[] = {
    {"json", 0, OPTION_FLAG, NULL, "print the answer as JSON", offsetof(struct answer_settings, json)},
    {"bytes", 0, OPTION_FLAG, NULL, "print exact sizes in bytes", offsetof(struct answer_settings, exact_bytes)},
    {"color", 0, OPTION_CHOICE, "auto|always|never", "colours; auto: on a terminal, unless NO_COLOR is set",
     offsetof(struct answer_settings, color)},
    {NULL},
};

static const struct option csv_options[] = {
    {"csv", 0, OPTION_FLAG, NULL, "print the table as CSV, with exact numbers", offsetof(struct answer_settings, csv)},
    {NULL},
};

static const struct option pager_options[] = {
    {"no-pager", 0, OPTION_FLAG, NULL, "print on the terminal even what is longer than it",
     offsetof(struct answer_settings, no_pager)},
    {NULL},
};

static const struct option help_options[] = {
    {"help", 'h', OPTION_FLAG, NULL, "print this help", 0},
    {NULL},
};

size_t options_list(const struct command *command, const struct option *tables[OPTIONS_MAX_TABLES]) {
    size_t count = 0;
    if (command->options)
        tables[count++] = command->options;
    if (command->has_answer)
        tables[count++] = answer_options;
    if (command->has_csv)
        tables[count++] = csv_options;
    if (command->may_be_long)
        tables[count++] = pager_options;
    tables[count++] = help_options;
    return count;
}

/* Finds by long name (of `length`) or, when name is NULL, by letter. */
static const struct option *find(const struct command *command, const char *name, size_t length, char letter) {
    const struct option *tables[OPTIONS_MAX_TABLES];
    size_t num_tables = options_list(command, tables);
    for (size_t i = 0; i < num_tables; i++) {
        for (const struct option *option = tables[i]; option->name; option++) {
            bool same = name ? strlen(option->name) == length && memcmp(option->name, name, length) == 0
                             : option->letter == letter;
            if (same)
                return option;
        }
    }
    return NULL;
}

#define MAX_CANDIDATES 64

static int complain_unknown_option(const struct command *command, const char *word) {
    char name[64];
    snprintf(name, sizeof name, "%.*s", (int)strcspn(word, "="), word);
    char dashed[MAX_CANDIDATES][32];
    const char *candidates[MAX_CANDIDATES];
    size_t count = 0;
    const struct option *tables[OPTIONS_MAX_TABLES];
    size_t num_tables = options_list(command, tables);
    for (size_t i = 0; i < num_tables; i++) {
        for (const struct option *option = tables[i]; option->name && count < MAX_CANDIDATES; option++) {
            snprintf(dashed[count], sizeof dashed[count], "--%s", option->name);
            candidates[count] = dashed[count];
            count++;
        }
    }
    char what[64];
    snprintf(what, sizeof what, "option of 'holdfast %s'", command->name);
    char help[64];
    snprintf(help, sizeof help, "holdfast %s --help", command->name);
    return complain_unknown(what, name, candidates, count, help);
}

static bool add_word(struct option_list *list, const char *word) {
    const char **words = realloc(list->words, (list->count + 1) * sizeof *words);
    if (!words)
        return false;
    list->words = words;
    list->words[list->count++] = word;
    return true;
}

static bool store(const struct option *option, void *member, const char *word) {
    switch (option->kind) {
    case OPTION_FLAG:
        *(bool *)member = true;
        return true;
    case OPTION_TEXT:
        *(const char **)member = word;
        return true;
    case OPTION_NUMBER:
    case OPTION_MAYBE_NUMBER:
        return value_read_number(word, member);
    case OPTION_CHOICE:
        return value_read_choice(word, option->argument, member);
    case OPTION_LIST:
        return add_word(member, word);
    case OPTION_SIZE:
        return value_read_size(word, member);
    case OPTION_SECONDS:
        return value_read_seconds(word, member);
    case OPTION_PERCENT:
        return value_read_percent(word, member);
    case OPTION_SIGNAL:
        return value_read_signal(word, member);
    }
    return false;
}

static const char *describe(const struct option *option, char choices[64]) {
    snprintf(choices, 64, "one of %s", option->argument ? option->argument : "");
    switch (option->kind) {
    case OPTION_NUMBER:
    case OPTION_MAYBE_NUMBER:
        return "a number";
    case OPTION_CHOICE:
        return choices;
    case OPTION_SIZE:
        return "a size such as 500M or 2G";
    case OPTION_SECONDS:
        return "a time such as 30s, 5m or 500ms";
    case OPTION_PERCENT:
        return "a share in percent, above 0 and below 100";
    case OPTION_SIGNAL:
        return "a signal that a program can handle, such as SIGUSR2";
    case OPTION_FLAG:
    case OPTION_TEXT:
    case OPTION_LIST:
        break;
    }
    return option->argument;
}

/* The next word, if it is a number: else it is an operand, or an option. */
static const char *take_number(struct parser *parser) {
    const char *word = parser->at < parser->argc ? parser->argv[parser->at] : "";
    if (!*word || word[strspn(word, "0123456789")])
        return "1";
    parser->at++;
    return word;
}

/* Takes one option: `attached` is its value in the same word, or NULL. */
static int take(struct parser *parser, const struct option *option, const char *attached) {
    if (option == help_options)
        return OPTIONS_HELP;
    if (option->kind == OPTION_FLAG && attached)
        return complain(CLI_USAGE, "option '--%s' takes no value", option->name);
    const char *word = attached;
    char choices[64];
    if (option->kind == OPTION_MAYBE_NUMBER && !word)
        word = take_number(parser);
    if (option->kind != OPTION_FLAG && !word) {
        if (parser->at == parser->argc)
            return complain(CLI_USAGE, "option '--%s' needs a value: %s", option->name, describe(option, choices));
        word = parser->argv[parser->at++];
    }
    if (word && !*word)
        return complain(CLI_USAGE, "option '--%s' is empty: it needs %s", option->name, describe(option, choices));
    if (!store(option, parser->settings + option->offset, word))
        return complain(CLI_USAGE, "option '--%s': '%s' is not %s", option->name, word, describe(option, choices));
    return OPTIONS_GO_ON;
}

static int take_long(struct parser *parser, const char *word) {
    size_t length = strcspn(word + 2, "=");
    const struct option *option = find(parser->command, word + 2, length, 0);
    if (!option)
        return complain_unknown_option(parser->command, word);
    return take(parser, option, word[2 + length] ? word + 2 + length + 1 : NULL);
}

/* -h, -n 5, -n5, and flags in a row: -ab. */
static int take_letters(struct parser *parser, const char *word) {
    for (const char *at = word + 1; *at; at++) {
        const struct option *option = find(parser->command, NULL, 0, *at);
        if (!option)
            return complain_unknown_option(parser->command, word);
        bool is_flag = option->kind == OPTION_FLAG;
        int result = take(parser, option, is_flag || !at[1] ? NULL : at + 1);
        if (result != OPTIONS_GO_ON || !is_flag)
            return result;
    }
    return OPTIONS_GO_ON;
}

static bool is_operand(const struct command *command, const char *word) {
    return word[0] != '-' || !word[1] || (command->stops_at_operand && strcmp(word, "-m") == 0);
}

static void keep_rest(struct parser *parser) {
    while (parser->at < parser->argc)
        parser->argv[parser->num_operands++] = parser->argv[parser->at++];
}

/* The n-th operand of a synopsis, from 0 on; what is in brackets and options with their values are none. */
static const char *find_operand(const char *at, unsigned n, int *length) {
    for (;; at += *length) {
        at += strspn(at, " ]");
        *length = (int)strcspn(at, *at == '[' ? "]" : " \n");
        if (*at == '-')
            *length += 1 + (int)strcspn(at + *length + 1, " \n");
        else if (*at != '[' && n-- == 0)
            return at;
    }
}

static int check_operands(const struct parser *parser) {
    const struct command *command = parser->command;
    unsigned count = (unsigned)parser->num_operands;
    if (count >= command->min_operands && count <= command->max_operands)
        return OPTIONS_GO_ON;
    int length = 0;
    const char *missing = find_operand(command->synopsis, count, &length);
    if (count < command->min_operands)
        complain(CLI_USAGE, "%.*s is missing", length, missing);
    else
        complain(CLI_USAGE, "'%s' is one word too many", parser->argv[command->max_operands]);
    return OPTIONS_USAGE;
}

int options_parse(const struct command *command, void *settings, int argc, char **argv, int *num_operands) {
    struct parser parser = {command, settings, argv, argc, 0, 0};
    int result = OPTIONS_GO_ON;
    while (parser.at < argc && result == OPTIONS_GO_ON) {
        if (is_operand(command, argv[parser.at])) {
            if (command->stops_at_operand)
                keep_rest(&parser);
            else
                argv[parser.num_operands++] = argv[parser.at++];
            continue;
        }
        char *word = argv[parser.at++];
        if (strcmp(word, "--") == 0)
            keep_rest(&parser);
        else
            result = word[1] == '-' ? take_long(&parser, word) : take_letters(&parser, word);
    }
    *num_operands = parser.num_operands;
    return result == OPTIONS_GO_ON ? check_operands(&parser) : result;
}

void options_free(const struct command *command, void *settings) {
    for (const struct option *option = command->options; option && option->name; option++) {
        if (option->kind == OPTION_LIST)
            free(((struct option_list *)(void *)((char *)settings + option->offset))->words);
    }
}
