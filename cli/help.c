/* help.c - the help, printed from the same tables that parse the command line. */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/colour.h"

static void print_heading(const char *text) {
    printf("%s%s%s\n", colour_on(COLOUR_HEADING), text, colour_off(COLOUR_HEADING));
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

static void print_indented(const char *lines) {
    while (*lines) {
        int length = (int)strcspn(lines, "\n");
        printf("%s%.*s\n", length ? "  " : "", length, lines);
        lines += length + (lines[length] == '\n');
    }
}

void help_print_command(const struct command *command) {
    help_print_usage(stdout, command);
    printf("\n%s\n", command->description);
    if (command->has_selector)
        printf("\n%s\n", HELP_SELECTOR);
    putchar('\n');
    print_heading("options:");
    const struct option *tables[OPTIONS_MAX_TABLES];
    size_t num_tables = options_list(command, tables);
    for (size_t i = 0; i < num_tables; i++)
        options_print_help(tables[i]);
    putchar('\n');
    print_heading("example:");
    print_indented(command->example);
}

const char *help_group_title(enum command_group group) {
    static const char *const titles[NUM_GROUPS] = {
        [GROUP_ASK] = "ask a snapshot",
        [GROUP_TAKE] = "take snapshots",
        [GROUP_OTHER] = "and",
    };
    return titles[group];
}

static void print_group(enum command_group group) {
    putchar('\n');
    print_heading(help_group_title(group));
    for (const struct command *const *at = commands; *at; at++)
        if ((*at)->group == group)
            printf("  %-11s %s\n", (*at)->name, (*at)->summary);
}

void help_print_all(void) {
    printf("holdfast %s: what holds a Python object in memory\n\n", hf_version());
    printf("usage: holdfast COMMAND ...\n");
    print_group(GROUP_TAKE);
    print_group(GROUP_ASK);
    print_group(GROUP_OTHER);
    putchar('\n');
    print_heading("exit codes");
#define X(name, number, meaning) printf("  %-11d %s\n", number, meaning);
    EXIT_CODES(X)
#undef X
    printf("\n'holdfast COMMAND --help' prints the options of a command, 'man holdfast' the manual.\n");
}
