/*
 * completions.c - completions as scripts of the shells. Each of them has, for every command, the options with what
 * their values can be (words, files, or something that only the user knows), and what the operands are.
 */
#include "cli/completions.h"

#include <stdio.h>
#include <string.h>

#include "cli/cli.h"

enum value {
    VALUE_NONE,              /* a flag */
    VALUE_WORDS,             /* one of the words of a choice */
    VALUE_FILE,
    VALUE_FREE,
};

static enum value value_of(const struct option *option) {
    if (option->kind == OPTION_FLAG || option->kind == OPTION_MAYBE_NUMBER)
        return VALUE_NONE;
    if (option->kind == OPTION_CHOICE)
        return VALUE_WORDS;
    return strcmp(option->argument, "FILE") == 0 || strcmp(option->argument, "PATH") == 0 ? VALUE_FILE : VALUE_FREE;
}

/* The words of "a|b|c", with blanks between. */
static void print_words(const char *words) {
    for (; *words; words++)
        putchar(*words == '|' ? ' ' : *words);
}

static void print_command_names(void) {
    for (const struct command *const *at = commands; *at; at++)
        printf("%s%s", at == commands ? "" : " ", (*at)->name);
}

static bool has_operand_words(const struct command *command) {
    return command->operand_words || command == &command_help;
}

static void print_operand_words(const struct command *command) {
    if (command == &command_help)
        print_command_names();
    else
        print_words(command->operand_words);
}

/* A text between single quotes, on one line; characters of `special` get a backslash. */
static void print_quoted(const char *text, const char *special) {
    for (; *text; text++) {
        if (*text == '\'') {
            fputs("'\\''", stdout);
            continue;
        }
        if (strchr(special, *text))
            putchar('\\');
        putchar(*text == '\n' ? ' ' : *text);
    }
}

/* Calls `print` for each option of a command. */
static void for_each_option(const struct command *command,
                            void (*print)(const struct command *command, const struct option *option)) {
    const struct option *tables[OPTIONS_MAX_TABLES];
    size_t num_tables = options_list(command, tables);
    for (size_t i = 0; i < num_tables; i++)
        for (const struct option *option = tables[i]; option->name; option++)
            print(command, option);
}

/* ---- bash ---- */

static void print_bash_name(const struct command *command, const struct option *option) {
    (void)command;
    printf(" --%s", option->name);
}

static void print_bash_value(const struct command *command, const struct option *option) {
    (void)command;
    enum value value = value_of(option);
    if (value == VALUE_NONE)
        return;
    printf("        --%s", option->name);
    if (option->letter)
        printf(" | -%c", option->letter);
    if (value == VALUE_WORDS) {
        fputs(") words='", stdout);
        print_words(option->argument);
        puts("' ;;");
    } else {
        puts(value == VALUE_FILE ? ") files=1 ;;" : ") ;;");
    }
}

static void print_bash_command(const struct command *command) {
    printf("    %s)\n        options='", command->name);
    for_each_option(command, print_bash_name);
    puts("'\n        case $before in");
    for_each_option(command, print_bash_value);
    fputs("        *) operand=1", stdout);
    if (has_operand_words(command)) {
        fputs(" words='", stdout);
        print_operand_words(command);
        puts("' ;;");
    } else {
        puts(" files=1 ;;");
    }
    puts("        esac ;;");
}

void completions_print_bash(void) {
    fputs("# holdfast completion bash\n"
          "_holdfast() {\n"
          "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}\n"
          "    local options='' words='' files='' operand=''\n"
          "    if [[ $word == = ]]; then\n"
          "        word=''\n"
          "    elif [[ $before == = ]]; then\n"
          "        before=${COMP_WORDS[COMP_CWORD - 2]}\n"
          "    fi\n"
          "    case ${COMP_WORDS[1]} in\n", stdout);
    for (const struct command *const *at = commands; *at; at++)
        print_bash_command(*at);
    fputs("    esac\n"
          "    if [[ $COMP_CWORD -eq 1 ]]; then\n"
          "        words='", stdout);
    print_command_names();
    fputs(" --help --version'\n"
          "        files=''\n"
          "    elif [[ $operand && $word == -* ]]; then\n"
          "        words=$options\n"
          "        files=''\n"
          "    fi\n"
          "    mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$word\")\n"
          "    if [[ $files ]]; then\n"
          "        compopt -o default\n"
          "    fi\n"
          "}\n"
          "complete -F _holdfast holdfast\n", stdout);
}

/* ---- zsh ---- */

static void print_zsh_option(const struct command *command, const struct option *option) {
    (void)command;
    enum value value = value_of(option);
    const char *repeat = option->kind == OPTION_LIST ? "*" : "";
    const char *equals = value == VALUE_NONE ? "" : "=";
    fputs("            ", stdout);
    if (option->letter && *repeat)
        printf("'*'{-%c%s,--%s%s}'[", option->letter, *equals ? "+" : "", option->name, equals);
    else if (option->letter)
        printf("'(-%c --%s)'{-%c%s,--%s%s}'[", option->letter, option->name, option->letter, *equals ? "+" : "",
               option->name, equals);
    else
        printf("'%s--%s%s[", repeat, option->name, equals);
    print_quoted(option->help, "[]\\");
    putchar(']');
    if (value == VALUE_WORDS) {
        printf(":%s:(", option->name);
        print_words(option->argument);
        putchar(')');
    } else if (value != VALUE_NONE) {
        printf(":%s:%s", option->argument, value == VALUE_FILE ? "_files" : " ");
    }
    puts("' \\");
}

static void print_zsh_command(const struct command *command) {
    printf("    %s)\n        _arguments -s \\\n", command->name);
    for_each_option(command, print_zsh_option);
    if (has_operand_words(command)) {
        fputs("            '*:word:(", stdout);
        print_operand_words(command);
        puts(")' ;;");
    } else {
        puts("            '*:file:_files' ;;");
    }
}

void completions_print_zsh(void) {
    puts("#compdef holdfast\n"
         "# holdfast completion zsh\n"
         "_holdfast() {\n"
         "    local -a commands=(");
    for (const struct command *const *at = commands; *at; at++) {
        printf("        '%s:", (*at)->name);
        print_quoted((*at)->summary, ":\\");
        puts("'");
    }
    puts("    )\n"
         "    if (( CURRENT == 2 )); then\n"
         "        _describe -t commands command commands\n"
         "        return\n"
         "    fi\n"
         "    local command=$words[2]\n"
         "    shift words\n"
         "    (( CURRENT-- ))\n"
         "    case $command in");
    for (const struct command *const *at = commands; *at; at++)
        print_zsh_command(*at);
    puts("    esac\n"
         "}\n"
         "if [[ $funcstack[1] == _holdfast ]]; then\n"
         "    _holdfast \"$@\"\n"
         "else\n"
         "    compdef _holdfast holdfast\n"
         "fi");
}

/* ---- fish ---- */

static void print_fish_start(const struct command *command) {
    printf("complete -c holdfast -n '__fish_seen_subcommand_from %s'", command->name);
}

static void print_fish_option(const struct command *command, const struct option *option) {
    print_fish_start(command);
    printf(" -l %s", option->name);
    if (option->letter)
        printf(" -s %c", option->letter);
    switch (value_of(option)) {
    case VALUE_NONE:
        break;
    case VALUE_WORDS:
        fputs(" -xa '", stdout);
        print_words(option->argument);
        putchar('\'');
        break;
    case VALUE_FILE:
        fputs(" -rF", stdout);
        break;
    case VALUE_FREE:
        fputs(" -x", stdout);
        break;
    }
    fputs(" -d '", stdout);
    print_quoted(option->help, "");
    puts("'");
}

static void print_fish_command(const struct command *command) {
    printf("complete -c holdfast -n __fish_use_subcommand -a %s -d '", command->name);
    print_quoted(command->summary, "");
    puts("'");
    print_fish_start(command);
    if (has_operand_words(command)) {
        fputs(" -a '", stdout);
        print_operand_words(command);
        puts("'");
    } else {
        puts(" -F");
    }
    for_each_option(command, print_fish_option);
}

void completions_print_fish(void) {
    puts("# holdfast completion fish\ncomplete -c holdfast -f");
    for (const struct command *const *at = commands; *at; at++)
        print_fish_command(*at);
}
