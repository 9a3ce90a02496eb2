/*
 * manual.c - the tables of commands as mdoc, the language of manual pages (mdoc(7)).
 *
 *   FILE [-m MODULE] [options]      .Ar FILE
 *                                   .Op Fl m Ar MODULE
 *                                   .Op Ar options
 *
 * holdfast.1.in is the page; the Makefile puts what is printed here in the place of its lines "@synopsis@",
 * "@commands@" and "@exit-codes@".
 */
#include <stdio.h>
#include <string.h>
#include <wchar.h>

#include "cli/cli.h"

/* One character as roff has it, whatever encoding it is told; its length in bytes. */
static size_t print_character(const char *text, size_t length) {
    wchar_t c;
    mbstate_t state = {0};
    size_t size = mbrtowc(&c, text, length, &state);
    if (size > 1 && size <= length) {
        printf("\\[u%04lX]", (unsigned long)c);
        return size;
    }
    fputs(*text == '\\' ? "\\e" : (char[]){*text, '\0'}, stdout);
    return 1;
}

/* A line of text; a dot or an apostrophe at its start would be a macro. */
static void print_line(const char *text, size_t length) {
    if (length > 0 && (*text == '.' || *text == '\''))
        fputs("\\&", stdout);
    for (size_t i = 0; i < length;)
        i += print_character(text + i, length - i);
    putchar('\n');
}

/* A line of prose; each sentence begins a line, as mdoc wants it. */
static void print_prose(const char *text, size_t length) {
    const char *end = text + length, *stop;
    while ((stop = memmem(text, (size_t)(end - text), ". ", 2)) != NULL) {
        print_line(text, (size_t)(stop + 1 - text));
        text = stop + 2;
    }
    print_line(text, (size_t)(end - text));
}

/* Lines as they are; an empty one starts a paragraph, but where all is literal. */
static void print_lines(const char *text, bool literal) {
    while (*text) {
        size_t length = strcspn(text, "\n");
        if (literal)
            print_line(text, length);
        else if (length > 0)
            print_prose(text, length);
        else
            puts(".Pp");
        text += length + (text[length] == '\n');
    }
}

/* "Fl m Ar MODULE": options, and words that the user puts in. */
static void print_words(const char *at, const char *end) {
    const char *blank = "";
    while (at < end) {
        const char *stop = memchr(at, ' ', (size_t)(end - at));
        bool is_option = *at == '-';
        stop = stop ? stop : end;
        printf("%s%s %.*s", blank, is_option ? "Fl" : "Ar", (int)(stop - at) - is_option, at + is_option);
        blank = " ";
        at = stop < end ? stop + 1 : end;
    }
}

/* One way to call a command. */
static void print_call(const char *name, const char *line, size_t length) {
    printf(".Nm\n.Cm %s\n", name);
    const char *end = line + length;
    for (const char *at = line; at < end; at += *at == ' ') {
        bool is_optional = *at == '[';
        const char *stop = at + strcspn(at, is_optional ? "]\n" : " \n");
        fputs(is_optional ? ".Op " : ".", stdout);
        print_words(at + is_optional, stop);
        putchar('\n');
        at = stop + (*stop == ']');
    }
}

static void print_calls(const struct command *command) {
    for (const char *line = command->synopsis; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        print_call(command->name, line, strcspn(line, "\n"));
    }
}

void manual_print_synopsis(void) {
    for (const struct command *const *at = commands; *at; at++)
        print_calls(*at);
}

static void print_option(const struct option *option) {
    fputs(".It ", stdout);
    if (option->letter)
        printf("Fl %c , ", option->letter);
    printf("Fl -%s", option->name);
    if (option->argument)
        printf(" Ar %s", option->argument);
    putchar('\n');
    print_lines(option->help, false);
}

static void print_options(const struct option *options) {
    if (!options->name)
        return;
    puts(".Bl -tag -width Ds");
    for (; options->name; options++)
        print_option(options);
    puts(".El");
}

/* "--json, --csv, ...", which stand in one place for all commands. */
static void print_common(const struct command *command) {
    const struct option *tables[OPTIONS_MAX_TABLES];
    size_t num_tables = options_list(command, tables);
    puts(".Pp\nCommon options:");
    for (size_t i = command->options != NULL; i < num_tables; i++) {
        for (const struct option *option = tables[i]; option->name; option++) {
            bool is_last = i + 1 == num_tables && !option[1].name;
            printf(".Fl -%s%s\n", option->name, is_last ? " ." : " ,");
        }
    }
}

static void print_command(const struct command *command) {
    printf(".Ss %s\n", command->name);
    print_lines(command->description, false);
    if (command->options)
        print_options(command->options);
    print_common(command);
    puts(".Bd -literal -offset indent");
    print_lines(command->example, true);
    puts(".Ed");
}

void manual_print_commands(void) {
    static const struct command with_all = {.has_answer = true, .has_csv = true, .may_be_long = true};
    for (const struct command *const *at = commands; *at; at++)
        print_command(*at);
    puts(".Ss Common options");
    const struct option *tables[OPTIONS_MAX_TABLES];
    size_t num_tables = options_list(&with_all, tables);
    for (size_t i = 0; i < num_tables; i++)
        print_options(tables[i]);
}

void manual_print_exit_codes(void) {
#define X(name, number, meaning)          \
    printf(".It %d\n", number);           \
    print_lines(meaning, false);
    EXIT_CODES(X)
#undef X
}
