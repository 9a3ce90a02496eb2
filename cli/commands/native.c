/*
 * native.c - `holdfast native`: what code in C holds, and what it holds or gives back too often.
 *
 *   5 objects are held from outside, by 1,003 references; unexplained are 2 objects, 1,000 references
 *
 *     references  objects  type  why                        example
 *          1,000        2  list  unexplained                #8 list of 0 items, 999 references
 *              2        2  str   constant                   #4 'rows'
 *              1        1  dict  static variable in _db.so  #7 dict of 2 items, in pool
 */
#include <holdfast/json.h>
#include <holdfast/native.h>

#include <stdio.h>
#include <stdlib.h>

#include "cli/answer.h"
#include "cli/cli.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/tables.h"
#include "cli/text.h"

#define TEXT_WIDTH 100           /* of sentences, where the terminal is not narrower */

struct settings {
    struct answer_settings answer;
    unsigned limit;
    unsigned num_calls;
};

static const struct option options[] = {
    {"limit", 'n', OPTION_NUMBER, "N", "show the first N rows of each table; 0: all (default 10)",
     offsetof(struct settings, limit)},
    {"calls", 'c', OPTION_NUMBER, "N", "N calls of what is suspected lie between OLD and NEW: say what each one keeps",
     offsetof(struct settings, num_calls)},
    {NULL},
};

static void print_heading(const char *text) {
    printf("%s%s%s\n", colour_on(COLOUR_HEADING), text, colour_off(COLOUR_HEADING));
}

/* What the limit leaves out. CSV has no place for it. */
static void print_rest(size_t num_all, size_t num_shown, const char *what) {
    char number[TEXT_NUMBER_SIZE];
    if (num_all == num_shown)
        return;
    const char *amount = text_things(num_all - num_shown, what, number);
    if (output_is_csv())
        complain(CLI_OK, "%s: --limit 0 prints all", amount);
    else
        printf("  and %s\n", amount);
}

static void print_sentence(const char *text) {
    size_t width = output_width();
    text_print_wrapped(text, 2, width > 0 && width < TEXT_WIDTH ? width : TEXT_WIDTH);
}

static const char *value_or(const char *value, const char *type) {
    return value[0] != '\0' ? value : type;
}

static char *format_why(enum hf_native_reason reason, const char *where) {
    return where[0] != '\0' ? text_format("%s in %s", hf_native_reason_name(reason), where)
                            : text_format("%s", hf_native_reason_name(reason));
}

/* ---- what is held ---- */

static char *format_example(const struct hf_native_row *row) {
    char number[TEXT_NUMBER_SIZE];
    const char *blank = row->example_value[0] != '\0' ? " " : "";
    if (row->example_variable[0] != '\0')
        return text_format("#%u%s%s, in %s", row->example, blank, row->example_value, row->example_variable);
    if (row->example_references == 1)
        return text_format("#%u%s%s", row->example, blank, row->example_value);
    return text_format("#%u%s%s, %s", row->example, blank, row->example_value,
                       text_things(row->example_references, "reference", number));
}

static void add_row(struct table *table, const struct hf_native_row *row) {
    char *why = format_why(row->reason, row->where), *example = format_example(row);
    table_start(table, row->reason == HF_NATIVE_UNEXPLAINED ? COLOUR_FOCUS : COLOUR_PLAIN);
    table_put_count(table, row->num_references);
    table_put_count(table, row->num_objects);
    table_put_text(table, row->type);
    table_put_text(table, why);
    table_put_text(table, hf_native_reason_name(row->reason));
    table_put_text(table, row->where);
    table_put_text(table, example);
    table_put_count(table, row->example);
    table_put_count(table, row->example_references);
    free(example);
    free(why);
}

static void print_rows(const struct hf_native *native) {
    static const struct table_column columns[] = {
        {"references", true, TABLE_WHOLE, COLOUR_PLAIN, "num_references"},
        {"objects", true, TABLE_WHOLE, COLOUR_PLAIN, "num_objects"},
        {"type", false, TABLE_CUT_START, COLOUR_TYPE, "type"},
        {"why", false, TABLE_CUT_END, COLOUR_PLAIN},
        {"reason", false, TABLE_HIDDEN, COLOUR_PLAIN, "reason"},
        {"where", false, TABLE_HIDDEN, COLOUR_PLAIN, "where"},
        {"example", false, TABLE_CUT_FIRST, COLOUR_VALUE},
        {"node", false, TABLE_HIDDEN, COLOUR_PLAIN, "example"},
        {"references", false, TABLE_HIDDEN, COLOUR_PLAIN, "example_references"},
    };
    struct table table;
    table_init(&table, columns, sizeof columns / sizeof *columns, 2);
    for (size_t i = 0; i < native->num_rows; i++)
        add_row(&table, &native->rows[i]);
    table_print(&table);
    table_deinit(&table);
    print_rest(native->num_all_rows, native->num_rows, "more row");
}

static void print_held(const struct hf_native *native) {
    char numbers[4][TEXT_NUMBER_SIZE];
    printf("%s%s held from outside, by %s%s; ", colour_on(COLOUR_HEADING),
           text_things(native->num_objects, "object", numbers[0]),
           text_things(native->num_references, "reference", numbers[1]), colour_off(COLOUR_HEADING));
    if (native->num_unexplained_objects == 0)
        printf("none is unexplained\n");
    else
        printf("unexplained: %s, %s\n", text_things(native->num_unexplained_objects, "object", numbers[2]),
               text_things(native->num_unexplained_references, "reference", numbers[3]));
    if (native->num_immortal > 0)
        printf("left out: %s, which count%s nothing\n",
               text_things(native->num_immortal, "immortal object", numbers[0]),
               native->num_immortal == 1 ? "s" : "");
    putchar('\n');
    print_rows(native);
}

/* ---- what grew ---- */

static void add_growth(struct table *table, const struct hf_native_growth *growth) {
    char *why = format_why(growth->reason, growth->where);
    table_start(table, growth->reason == HF_NATIVE_UNEXPLAINED ? COLOUR_FOCUS : COLOUR_PLAIN);
    table_put_change(table, growth->references_growth);
    table_put_change(table, growth->objects_growth);
    table_put_text(table, growth->type);
    table_put_text(table, why);
    table_put_text(table, hf_native_reason_name(growth->reason));
    table_put_text(table, growth->where);
    table_put_count(table, growth->num_new);
    table_put_count(table, growth->num_gone);
    table_put_count(table, growth->num_raised);
    free(why);
}

static void print_growth(const struct hf_native *native) {
    static const struct table_column columns[] = {
        {"references", true, TABLE_WHOLE, COLOUR_PLAIN, "references_growth"},
        {"objects", true, TABLE_WHOLE, COLOUR_PLAIN, "objects_growth"},
        {"type", false, TABLE_CUT_START, COLOUR_TYPE, "type"},
        {"why", false, TABLE_CUT_END, COLOUR_PLAIN},
        {"reason", false, TABLE_HIDDEN, COLOUR_PLAIN, "reason"},
        {"where", false, TABLE_HIDDEN, COLOUR_PLAIN, "where"},
        {"new", true, TABLE_HIDDEN, COLOUR_PLAIN, "num_new"},
        {"gone", true, TABLE_HIDDEN, COLOUR_PLAIN, "num_gone"},
        {"raised", true, TABLE_HIDDEN, COLOUR_PLAIN, "num_raised"},
    };
    struct table table;
    table_init(&table, columns, sizeof columns / sizeof *columns, 2);
    for (size_t i = 0; i < native->num_grown; i++)
        add_growth(&table, &native->grown[i]);
    table_print(&table);
    table_deinit(&table);
    print_rest(native->num_all_grown, native->num_grown, "more row");
}

static void print_example(const struct hf_native_growth *growth) {
    char numbers[2][TEXT_NUMBER_SIZE];
    if (growth->example == HF_NO_NODE)
        return;
    char *line = growth->example_then > 0
                     ? text_format("#%u %s: %s before, %s now", growth->example,
                                   value_or(growth->example_value, growth->type),
                                   text_count(growth->example_then, numbers[0]),
                                   text_count(growth->example_now, numbers[1]))
                     : text_format("for example #%u %s", growth->example,
                                   value_or(growth->example_value, growth->type));
    print_sentence(line);
    free(line);
}

static void print_unexplained(const struct hf_native *native) {
    for (size_t i = 0; i < native->num_grown && native->grown[i].reason == HF_NATIVE_UNEXPLAINED; i++) {
        putchar('\n');
        print_sentence(native->grown[i].text);
        print_example(&native->grown[i]);
    }
}

static void print_grown(const struct hf_native *native) {
    char number[TEXT_NUMBER_SIZE];
    if (native->num_all_grown == 0) {
        printf("native code holds no more than it did before\n");
        return;
    }
    if (native->num_unexplained_grown == 0) {
        print_heading("all that native code holds more than before is explained");
    } else {
        char *title = text_format("native code holds more than before: %s unexplained",
                                  text_things(native->num_unexplained_grown, "row", number));
        print_heading(title);
        free(title);
    }
    if (!native->by_address)
        printf("the snapshots are of two processes: objects cannot be told, the sums of each type are compared\n");
    putchar('\n');
    print_growth(native);
    print_unexplained(native);
}

/* ---- danger ---- */

static void print_dangers(const struct hf_native *native) {
    char number[TEXT_NUMBER_SIZE];
    if (native->num_all_dangers == 0)
        return;
    char *title = text_format("danger: %s count%s fewer references than were found",
                              text_things(native->num_all_dangers, "object", number),
                              native->num_all_dangers == 1 ? "s" : "");
    putchar('\n');
    print_heading(title);
    free(title);
    for (size_t i = 0; i < native->num_dangers; i++) {
        const struct hf_native_danger *danger = &native->dangers[i];
        char *line = text_format("#%u %s: %s", danger->node, value_or(danger->value, danger->type), danger->text);
        print_sentence(line);
        free(line);
    }
    print_rest(native->num_all_dangers, native->num_dangers, "more object");
}

/* ---- the command ---- */

static int print_json(const struct hf_native *native) {
    struct hf_error error;
    char *text = NULL;
    enum hf_status status = hf_json_native(native, &text, &error);
    return answer_print_json(status, text, &error);
}

static int print_native(const struct settings *settings, const struct hf_native *native) {
    if (settings->answer.json)
        return print_json(native);
    if (settings->answer.csv && native->is_comparison) {
        print_growth(native);
    } else if (settings->answer.csv) {
        print_rows(native);
    } else {
        if (native->is_comparison)
            print_grown(native);
        else
            print_held(native);
        print_dangers(native);
    }
    return CLI_OK;
}

static int answer(const struct settings *settings, const struct hf_snapshot *snapshot, const struct hf_snapshot *old) {
    struct hf_native_options query = {
        .struct_size = sizeof query,
        .limit = settings->limit,
        .num_calls = settings->num_calls,
        .progress = progress_get(),
    };
    struct hf_error error;
    struct hf_native *native;
    if (hf_native_create(snapshot, old, &query, &native, &error) != HF_OK)
        return complain_error(&error);
    progress_clear();
    int code = print_native(settings, native);
    hf_native_destroy(native);
    return code;
}

static int run(const void *settings_, int num_operands, char **operands) {
    const struct settings *settings = settings_;
    struct hf_snapshot *snapshot = NULL, *old = NULL;
    if (settings->num_calls > 0 && num_operands < 2)
        return complain(CLI_USAGE, "--calls needs two snapshots: one from before the calls and one from after them");
    int code = num_operands > 1 ? answer_open(operands[0], &old) : CLI_OK;
    if (code == CLI_OK)
        code = answer_open(operands[num_operands - 1], &snapshot);
    if (code == CLI_OK)
        code = answer(settings, snapshot, old);
    hf_snapshot_destroy(snapshot);
    hf_snapshot_destroy(old);
    return code;
}

static const struct settings defaults = {.limit = 10};

const struct command command_native = {
    .name = "native",
    .synopsis = "FILE [options]\n"
                "OLD NEW [options]",
    .summary = "what code in C holds, and what it keeps or gives back too often",
    .description =
        "Lists the objects whose reference count is above the references that were found: code in C, C++, Cython\n"
        "or Rust holds them. Most of it has a reason: a static variable of a library, the C stack, a constant, a\n"
        "class or module. What has none is unexplained, which a single snapshot cannot call a leak.\n"
        "\n"
        "Two snapshots of one process can: what is unexplained and grew is a Py_DECREF that is missing. With\n"
        "--calls, how many references each call keeps.\n"
        "\n"
        "An object that counts fewer references than were found was given back too often. This is a danger: it\n"
        "will be freed while it is still in use.",
    .example = "$ holdfast native old.hfs new.hfs --calls 200\n"
               "native code holds more than before: 2 rows unexplained\n"
               "\n"
               "  references  objects  type        why\n"
               "      +1,000        0  list        unexplained\n"
               "        +200     +200  _db.Cursor  unexplained\n"
               "\n"
               "  native code holds 1,000 more references to one object of type list, 5 per call; nothing that is\n"
               "  known explains them. A Py_DECREF is missing where it is used\n"
               "  #4 list of 2 items: 1 before, 1,001 now\n"
               "\n"
               "  native code holds 200 more objects of type _db.Cursor, 1 per call; nothing that is known explains\n"
               "  them. A Py_DECREF is missing where such objects are made\n"
               "  for example #14 _db.Cursor\n"
               "\n"
               "danger: 1 object counts fewer references than were found\n"
               "  #5 dict of 0 items: 2 references were found and 1 is counted: 1 Py_DECREF too many. It will be\n"
               "  freed while it is still in use\n",
    .options = options,
    .defaults = &defaults,
    .settings_size = sizeof(struct settings),
    .min_operands = 1,
    .max_operands = 2,
    .has_answer = true,
    .has_csv = true,
    .may_be_long = true,
    .run = run,
};
