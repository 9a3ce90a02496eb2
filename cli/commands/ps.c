/* ps.c - `holdfast ps`: which Python programs run here, and whether a snapshot of them is possible. */
#include <holdfast/json.h>
#include <holdfast/process.h>

#include <pwd.h>
#include <stdlib.h>

#include "cli/answer.h"
#include "cli/cli.h"
#include "cli/tables.h"
#include "cli/text.h"

struct settings {
    struct answer_settings answer;
};

static const struct option options[] = {{NULL}};

static const struct table_column columns[] = {
    {"pid", true, TABLE_WHOLE, COLOUR_PLAIN, "pid"},
    {"user", false, TABLE_WHOLE, COLOUR_VALUE, "user"},
    {"python", false, TABLE_WHOLE, COLOUR_TYPE, "python"},
    {"resident", true, TABLE_WHOLE, COLOUR_PLAIN, "resident_bytes"},
    {"threads", true, TABLE_WHOLE, COLOUR_VALUE, "num_threads"},
    {"snapshot", false, TABLE_CUT_FIRST, COLOUR_PLAIN, "snapshot"},
    {"program", false, TABLE_CUT_END, COLOUR_PLAIN, "program"},
};

static void put_user(struct table *table, uint32_t uid) {
    struct passwd *user = getpwuid(uid);
    char *number = text_format("%u", uid);
    table_put_text(table, user ? user->pw_name : number);
    free(number);
}

static void add_row(struct table *table, const struct hf_process *process) {
    char *pid = text_format("%d", process->pid);
    table_start(table, COLOUR_PLAIN);
    table_put_text(table, pid);
    put_user(table, process->uid);
    table_put_text(table, *process->python ? process->python : "?");
    table_put_size(table, process->resident_bytes);
    table_put_count(table, process->num_threads);
    table_put_text(table, *process->problem ? process->problem : "possible");
    table_put_text(table, *process->program ? process->program : process->name);
    free(pid);
}

static void print_processes(const struct hf_processes *processes) {
    struct table table;
    table_init(&table, columns, sizeof columns / sizeof *columns, 0);
    for (size_t i = 0; i < processes->count; i++)
        add_row(&table, &processes->list[i]);
    table_print(&table);
    table_deinit(&table);
}

static int answer(const struct settings *settings, const struct hf_processes *processes) {
    if (settings->answer.json) {
        struct hf_error error;
        char *text = NULL;
        enum hf_status status = hf_json_processes(processes, &text, &error);
        int code = answer_print_json(status, text, &error);
        return code == CLI_OK && processes->count == 0 ? CLI_NOTHING : code;
    }
    if (processes->count == 0)
        return complain(CLI_NOTHING, "no Python program is running that this user can see");
    print_processes(processes);
    return CLI_OK;
}

static int run(const void *settings, int num_operands, char **operands) {
    (void)num_operands, (void)operands;
    struct hf_processes *processes;
    struct hf_error error;
    if (hf_processes_create(&processes, &error) != HF_OK)
        return complain_error(&error);
    int code = answer(settings, processes);
    hf_processes_destroy(processes);
    return code;
}

static const struct settings defaults = {0};

const struct command command_ps = {
    .name = "ps",
    .group = GROUP_TAKE,
    .synopsis = "[options]",
    .summary = "the Python programs that run here",
    .description = "Lists the processes that run Python: release, resident memory, threads, and whether\n"
                   "'holdfast snapshot' can photograph them, or why not. None of them is stopped for this.",
    .example = "$ holdfast ps --csv | grep -o -m 1 server.py\n"
               "server.py\n",
    .options = options,
    .defaults = &defaults,
    .settings_size = sizeof(struct settings),
    .has_answer = true,
    .has_csv = true,
    .may_be_long = true,
    .run = run,
};
