/*
 * help.c - the help, printed from the same tables that parse the command line.
 *
 * Texts are filled into lines again, to the width of the terminal and to no more than people like to read; examples
 * stay as they are. What is longer than the terminal goes through the pager, as answers do.
 */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/colour.h"
#include "cli/output.h"

#define WIDTH 100
#define LEAST_WIDTH 40
#define OPTION_COLUMN 34     /* where what an option does begins */
#define SUMMARY_COLUMN 14

static size_t line_width(void) {
    size_t width = output_width();
    return width == 0 || width > WIDTH ? WIDTH : width < LEAST_WIDTH ? LEAST_WIDTH : width;
}

/* Prints a text from `column` on, where the cursor is; further lines begin at `indent`. An empty line stays. */
static void fill(const char *text, size_t column, size_t indent) {
    const char *blank = "";
    while (*text) {
        if (text[0] == '\n' && text[1] == '\n') {
            printf("\n\n%*s", (int)indent, "");
            blank = "";
            column = indent;
        }
        text += strspn(text, " \n");
        size_t length = strcspn(text, " \n");
        if (*blank && column + 1 + length > line_width()) {
            printf("\n%*s", (int)indent, "");
            blank = "";
            column = indent;
        }
        printf("%s%.*s", blank, (int)length, text);
        column += length + (*blank != '\0');
        blank = " ";
        text += length;
    }
    putchar('\n');
}

static void print_heading(const char *text) {
    printf("\n%s%s%s\n", colour_on(COLOUR_HEADING), text, colour_off(COLOUR_HEADING));
}

/* "usage: holdfast run ...", further ways to call it below. */
void help_print_usage(FILE *stream, const struct command *command) {
    const char *label = "usage:";
    for (const char *line = command->synopsis; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        fprintf(stream, "%-6s holdfast %s %.*s\n", label, command->name, (int)strcspn(line, "\n"), line);
        label = "";
    }
}

/* "  -n, --limit N       ", then what it does. */
static void print_option(const struct option *option) {
    char left[128], letter[8] = "    ";
    if (option->letter)
        snprintf(letter, sizeof letter, "-%c, ", option->letter);
    snprintf(left, sizeof left, "  %s--%s%s%s", letter, option->name, option->argument ? " " : "",
             option->argument ? option->argument : "");
    size_t indent = line_width() > 2 * OPTION_COLUMN ? OPTION_COLUMN : OPTION_COLUMN / 4;
    bool fits = strlen(left) + 2 <= indent;
    printf("%s%*s", left, fits ? (int)(indent - strlen(left)) : 0, "");
    if (!fits)
        printf("\n%*s", (int)indent, "");
    fill(option->help, indent, indent);
}

static void print_options(const struct command *command) {
    const struct option *tables[OPTIONS_MAX_TABLES];
    size_t num_tables = options_list(command, tables);
    for (size_t i = 0; i < num_tables; i++)
        for (const struct option *option = tables[i]; option->name; option++)
            print_option(option);
}

static void print_indented(const char *lines) {
    while (*lines) {
        int length = (int)strcspn(lines, "\n");
        printf("%s%.*s\n", length ? "  " : "", length, lines);
        lines += length + (lines[length] == '\n');
    }
}

static void begin(bool no_pager) {
    const struct answer_settings settings = {.no_pager = no_pager};
    output_begin(&settings, true);
}

void help_print_command(const struct command *command, bool no_pager) {
    begin(no_pager);
    help_print_usage(stdout, command);
    putchar('\n');
    fill(command->description, 0, 0);
    if (command->has_selector) {
        putchar('\n');
        fill(HELP_SELECTOR, 0, 0);
    }
    print_heading("options:");
    print_options(command);
    print_heading("example:");
    print_indented(command->example);
    output_end();
}

static void print_group(enum command_group group) {
    static const char *const titles[NUM_GROUPS] = {
        [GROUP_ASK] = "ask a snapshot",
        [GROUP_TAKE] = "take snapshots",
        [GROUP_OTHER] = "and",
    };
    print_heading(titles[group]);
    for (const struct command *const *at = commands; *at; at++) {
        if ((*at)->group != group)
            continue;
        printf("  %-*s", SUMMARY_COLUMN - 2, (*at)->name);
        fill((*at)->summary, SUMMARY_COLUMN, SUMMARY_COLUMN);
    }
}

static void print_exit_code(int number, const char *meaning) {
    printf("  %-*d", SUMMARY_COLUMN - 2, number);
    fill(meaning, SUMMARY_COLUMN, SUMMARY_COLUMN);
}

void help_print_all(bool no_pager) {
    begin(no_pager);
    printf("holdfast %s: what holds a Python object in memory\n\n", hf_version());
    printf("usage: holdfast COMMAND ...\n");
    print_group(GROUP_TAKE);
    print_group(GROUP_ASK);
    print_group(GROUP_OTHER);
    print_heading("exit codes");
#define X(name, number, meaning) print_exit_code(number, meaning);
    EXIT_CODES(X)
#undef X
    putchar('\n');
    fill("'holdfast COMMAND --help' prints the options of a command, 'man holdfast' the manual.", 0, 0);
    output_end();
}
