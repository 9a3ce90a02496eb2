/* info.c - `holdfast info`: how a snapshot was taken, what it holds, and how well it adds up. */
#include <holdfast/info.h>
#include <holdfast/json.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "cli/answer.h"
#include "cli/cli.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/tables.h"
#include "cli/text.h"

#define MAX_LISTED 10

struct settings {
    struct answer_settings answer;
};

static const struct table_column fact_columns[] = {
    {NULL, false, TABLE_WHOLE, COLOUR_VALUE},
    {NULL, false, TABLE_CUT_END, COLOUR_PLAIN},
};

/* One line "name  text"; the text is freed. */
static void add_fact(struct table *table, const char *name, char *text) {
    const char *cells[] = {name, text};
    table_add(table, COLOUR_PLAIN, cells);
    free(text);
}

static char *format_time(uint64_t taken_at_ns) {
    time_t seconds = (time_t)(taken_at_ns / UINT64_C(1000000000));
    struct tm utc;
    char text[64] = "unknown";
    if (taken_at_ns && gmtime_r(&seconds, &utc))
        strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S UTC", &utc);
    return text_format("%s", text);
}

static const char *or_unknown(const char *text) {
    return *text ? text : "unknown";
}

static void print_origin(const struct hf_origin *origin) {
    char number[TEXT_NUMBER_SIZE];
    struct table table;
    table_init(&table, fact_columns, 2, 0);
    add_fact(&table, "program", text_format("%s", or_unknown(origin->program)));
    add_fact(&table, "python", text_format("%s on %s, pid %u", or_unknown(origin->python),
                                           or_unknown(origin->platform), origin->pid));
    add_fact(&table, "taken", format_time(origin->taken_at_ns));
    add_fact(&table, "method", text_format("%s%s", or_unknown(origin->method),
                                           origin->has_previews ? "" : ", without previews of values"));
    add_fact(&table, "pause", text_format("%.1f ms", (double)origin->pause_ns / 1e6));
    add_fact(&table, "cost",
             text_format("%.1f ms of CPU time, %s of memory", (double)origin->cpu_ns / 1e6,
                         text_size(origin->capture_bytes, output_has_exact_sizes(), number)));
    add_fact(&table, "resident",
             text_format("%s", text_size(origin->resident_bytes, output_has_exact_sizes(), number)));
    table_print(&table);
    table_deinit(&table);
}

static void print_counts(const struct hf_info *info) {
    char numbers[4][TEXT_NUMBER_SIZE];
    struct table table;
    table_init(&table, fact_columns, 2, 0);
    add_fact(&table, "objects",
             text_format("%s, %s, of %s types", text_count(info->num_nodes, numbers[0]),
                         text_size(info->size_bytes, output_has_exact_sizes(), numbers[1]),
                         text_count(info->num_types, numbers[2])));
    add_fact(&table, "of these",
             text_format("%s tracked by the collector, %s immortal, %s frozen",
                         text_count(info->num_tracked, numbers[0]), text_count(info->num_immortal, numbers[1]),
                         text_count(info->num_frozen, numbers[2])));
    add_fact(&table, "garbage",
             text_format("%s objects, %s, that no root reaches", text_count(info->num_unreachable, numbers[0]),
                         text_size(info->unreachable_bytes, output_has_exact_sizes(), numbers[1])));
    add_fact(&table, "references",
             text_format("%s, %s with a name", text_count(info->num_edges, numbers[0]),
                         text_share(info->num_named_edges, info->num_edges, numbers[1])));
    if (info->num_interpreters > 1)
        add_fact(&table, "interpreters",
                 text_format("%s, with the modules, threads and objects of each",
                             text_count(info->num_interpreters, numbers[0])));
    const struct hf_origin *origin = info->origin;
    add_fact(&table, "check",
             text_format("%s of %s objects have exactly the references that they count",
                         text_share(origin->num_exact, origin->num_checked, numbers[0]),
                         text_count(origin->num_checked, numbers[1])));
    table_print(&table);
    table_deinit(&table);
}

static void print_groups(const struct hf_info *info) {
    static const struct table_column columns[] = {
        {"objects", true, TABLE_WHOLE, COLOUR_PLAIN},
        {"size", true, TABLE_WHOLE, COLOUR_PLAIN},
        {"share", true, TABLE_WHOLE, COLOUR_VALUE},
        {"group", false, TABLE_CUT_END, COLOUR_TYPE},
    };
    struct table table;
    table_init(&table, columns, 4, 0);
    for (size_t i = 0; i < info->num_groups; i++) {
        const struct hf_info_group *group = &info->groups[i];
        if (group->count == 0)
            continue;
        table_start(&table, COLOUR_PLAIN);
        table_put_count(&table, group->count);
        table_put_size(&table, group->size_bytes);
        table_put_share(&table, group->size_bytes, info->size_bytes);
        table_put_text(&table, group->name);
    }
    table_print(&table);
    table_deinit(&table);
}

static const struct table_column count_columns[] = {
    {NULL, true, TABLE_WHOLE, COLOUR_PLAIN},
    {NULL, false, TABLE_CUT_END, COLOUR_TYPE},
};

static void add_count(struct table *table, uint64_t count, const char *name) {
    table_start(table, COLOUR_PLAIN);
    table_put_count(table, count);
    table_put_text(table, name);
}

static void print_roots(const struct hf_info *info) {
    struct table table;
    table_init(&table, count_columns, 2, 0);
    table_add_heading(&table, COLOUR_HEADING, "roots");
    for (int kind = 0; kind < HF_ROOT_NUM_KINDS; kind++) {
        if (info->roots[kind])
            add_count(&table, info->roots[kind], hf_root_kind_name((enum hf_root_kind)kind));
    }
    table_print(&table);
    table_deinit(&table);
}

/* Nothing when there is none; what the list leaves out is counted. */
static void print_by_type(const char *heading, const struct hf_info_unnamed *types, size_t num_types) {
    struct table table;
    table_init(&table, count_columns, 2, 0);
    table_add_heading(&table, COLOUR_HEADING, heading);
    uint64_t rest = 0;
    for (size_t i = 0; i < num_types; i++) {
        if (i < MAX_LISTED)
            add_count(&table, types[i].count, types[i].type);
        else
            rest += types[i].count;
    }
    if (num_types > MAX_LISTED) {
        char number[TEXT_NUMBER_SIZE];
        char *name = text_format("of %s", text_things(num_types - MAX_LISTED, "more type", number));
        add_count(&table, rest, name);
        free(name);
    }
    if (num_types) {
        putchar('\n');
        table_print(&table);
    }
    table_deinit(&table);
}

/* The innermost frame of a thread, or num_frames. */
static uint32_t find_innermost(const struct hf_snapshot *snapshot, uint32_t thread) {
    uint32_t num_frames = hf_snapshot_num_frames(snapshot);
    for (uint32_t i = 0; i < num_frames; i++) {
        struct hf_frame frame = hf_snapshot_get_frame(snapshot, i);
        if (frame.thread == thread && frame.depth == 0)
            return i;
    }
    return num_frames;
}

static void print_threads(const struct hf_snapshot *snapshot) {
    struct table table;
    table_init(&table, fact_columns, 2, 0);
    table_add_heading(&table, COLOUR_HEADING, "threads");
    uint32_t num_threads = hf_snapshot_num_threads(snapshot);
    for (uint32_t i = 0; i < num_threads; i++) {
        struct hf_thread thread = hf_snapshot_get_thread(snapshot, i);
        char *name = *thread.name ? text_format("%s", thread.name) : text_format("%" PRIu64, thread.ident);
        uint32_t innermost = find_innermost(snapshot, i);
        char *place = text_format("no Python frame");
        if (innermost < hf_snapshot_num_frames(snapshot)) {
            struct hf_frame frame = hf_snapshot_get_frame(snapshot, innermost);
            free(place);
            place = text_format("%s() at %s:%u", frame.function, frame.file, frame.line);
        }
        add_fact(&table, name, place);
        free(name);
    }
    if (num_threads) {
        putchar('\n');
        table_print(&table);
    }
    table_deinit(&table);
}

static void print_info(const struct hf_snapshot *snapshot, const struct hf_info *info) {
    print_origin(info->origin);
    putchar('\n');
    print_counts(info);
    putchar('\n');
    print_groups(info);
    putchar('\n');
    print_roots(info);
    print_threads(snapshot);
    print_by_type("held from outside, by type", info->outside, info->num_outside);
    print_by_type("references without a name, by type of the owner", info->unnamed, info->num_unnamed);
}

static int answer(const struct settings *settings, const struct hf_snapshot *snapshot) {
    struct hf_error error;
    struct hf_info *info;
    if (hf_info_create(snapshot, progress_get(), &info, &error) != HF_OK)
        return complain_error(&error);
    int code = CLI_OK;
    if (settings->answer.json) {
        char *text = NULL;
        enum hf_status status = hf_json_info(info, &text, &error);
        code = answer_print_json(status, text, &error);
    } else {
        print_info(snapshot, info);
    }
    hf_info_destroy(info);
    return code;
}

static int run(const void *settings, int num_operands, char **operands) {
    (void)num_operands;
    struct hf_snapshot *snapshot;
    int code = answer_open(operands[0], &snapshot);
    if (code != CLI_OK)
        return code;
    code = answer(settings, snapshot);
    hf_snapshot_destroy(snapshot);
    return code;
}

const struct command command_info = {
    .name = "info",
    .synopsis = "FILE [options]",
    .summary = "how a snapshot was taken, and what it holds",
    .description = "Prints how a snapshot was taken, its counts, bytes by group, roots by kind, threads, and its own\n"
                   "check: the share of references that have a name, and of objects whose references add up.",
    .example = "$ holdfast info shop.hfs\n"
               "program   shop.py --port 80\n"
               "python    3.11.7 on linux-x86_64, pid 4711\n"
               "taken     2026-09-21 14:13:20 UTC\n"
               "method    in-process\n"
               "pause     34.1 ms\n"
               "cost      120.5 ms of CPU time, 24.0 MiB of memory\n"
               "resident  512.0 MiB\n"
               "\n"
               "objects     44, 10.2 KiB, of 10 types\n"
               "of these    20 tracked by the collector, 0 immortal, 0 frozen\n"
               "garbage     7 objects, 3.4 KiB, that no root reaches\n"
               "references  40, 100 % with a name\n"
               "check       97.5 % of 1,000 objects have exactly the references that they count\n"
               "\n"
               "objects     size   share  group\n"
               "      8  5.0 KiB  48.8 %  containers\n"
               "      3  3.1 KiB  30.7 %  types\n"
               "      8  1,008 B   9.7 %  instances\n"
               "     14    771 B   7.4 %  strings and bytes\n"
               "     10    280 B   2.7 %  numbers\n"
               "      1     72 B   0.7 %  code\n"
               "\n"
               "roots\n"
               "1  module\n"
               "1  frame\n"
               "\n"
               "threads\n"
               "MainThread  serve() at shop.py:58\n"
               "worker-1    handle() at shop.py:31\n",
    .settings_size = sizeof(struct settings),
    .min_operands = 1,
    .max_operands = 1,
    .has_answer = true,
    .may_be_long = true,
    .run = run,
};
