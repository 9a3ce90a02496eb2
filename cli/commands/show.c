/*
 * show.c - `holdfast show`: one object with everything that is known of it.
 *
 *   #12 at 0x7f00000020d0
 *
 *   type       shop.cache.Session, one of 6 objects with 912 B
 *   size       152 B; 3 objects with 238 B would be freed with it
 *   count      2 references, 1 of them from objects
 *   ...
 *   held by    type  references ...                the rows of `holdfast referrers`
 *   reference  type  references ...                the rows of `holdfast refs`
 */
#include <holdfast/json.h>
#include <holdfast/object.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/answer.h"
#include "cli/cli.h"
#include "cli/neighbours.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/text.h"

#define MAX_ROOTS 10
#define MAX_CALLERS 10

struct settings {
    struct answer_settings answer;
    unsigned limit;
    const char *value;
};

static const struct option options[] = {
    {"limit", 'n', OPTION_NUMBER, "N", "rows of referrers and of references at most; 0: all (default 10)",
     offsetof(struct settings, limit)},
    {"value", 'v', OPTION_TEXT, "PATTERN", "only objects whose value matches this glob",
     offsetof(struct settings, value)},
    {NULL},
};

/* One line "name  text"; the text is freed. */
static void add_fact(struct table *table, const char *name, char *text) {
    const char *cells[] = {name, text};
    table_add(table, COLOUR_PLAIN, cells);
    free(text);
}

/* "6 objects with 912 B". */
static char *format_amount(uint64_t count, uint64_t size_bytes) {
    char numbers[2][TEXT_NUMBER_SIZE];
    return text_format("%s with %s", text_things(count, "object", numbers[0]),
                       text_size(size_bytes, output_has_exact_sizes(), numbers[1]));
}

static void add_type(struct table *table, const struct hf_object *object) {
    char *all = format_amount(object->type_count, object->type_bytes);
    char *class = object->type_node != HF_NO_NODE ? text_format(" (#%" PRIu32 ")", object->type_node)
                                                  : text_format("%s", "");
    bool is_only = object->type_count == 1;
    add_fact(table, "type", text_format("%s%s, %s %s", object->type, class, is_only ? "the only" : "one of",
                                        is_only ? "object" : all));
    free(class);
    free(all);
}

static void add_size(struct table *table, const struct hf_object *object) {
    char numbers[2][TEXT_NUMBER_SIZE];
    bool is_exact = output_has_exact_sizes();
    char *dict = object->dict != HF_NO_NODE
                     ? text_format(", and %s of its attribute dict (#%" PRIu32 ")",
                                   text_size(object->dict_bytes, is_exact, numbers[1]), object->dict)
                     : text_format("%s", "");
    add_fact(table, "size", text_format("%s%s", text_size(object->size_bytes, is_exact, numbers[0]), dict));
    add_fact(table, "retains", format_amount(object->retained.count, object->retained.size_bytes));
    free(dict);
}

static void add_count(struct table *table, const struct hf_object *object) {
    char numbers[2][TEXT_NUMBER_SIZE];
    const char *more = object->refcount == UINT32_MAX ? " or more" : "";
    add_fact(table, "count",
             text_format("%s%s; %s found in objects", text_things(object->refcount, "reference", numbers[0]), more,
                         text_count(object->num_incoming, numbers[1])));
}

static void add_flags(struct table *table, const struct hf_object *object) {
    char *text = text_format("%s", object->num_flags > 0 ? object->flags[0] : "not tracked by the collector");
    for (size_t i = 1; i < object->num_flags; i++) {
        char *longer = text_format("%s, %s", text, object->flags[i]);
        free(text);
        text = longer;
    }
    add_fact(table, "flags", text);
}

static void add_roots(struct table *table, const struct hf_object *object) {
    size_t count = object->num_roots > MAX_ROOTS ? MAX_ROOTS : object->num_roots;
    for (size_t i = 0; i < count; i++)
        add_fact(table, i == 0 ? "root" : "", text_format("%s", object->roots[i]));
    if (count < object->num_roots) {
        char number[TEXT_NUMBER_SIZE];
        add_fact(table, "", text_format("and %s more", text_count(object->num_roots - count, number)));
    }
}

static void add_site(struct table *table, const struct hf_object *object) {
    size_t num_lines = object->num_allocated_at, count = num_lines > MAX_CALLERS + 1 ? MAX_CALLERS + 1 : num_lines;
    for (size_t i = 0; i < count; i++)
        add_fact(table, i == 0 ? "allocated" : "",
                 text_format("%s%s", i == 0 ? "at " : "by ", object->allocated_at[i]));
    if (count < num_lines) {
        char number[TEXT_NUMBER_SIZE];
        add_fact(table, "", text_format("and %s more", text_count(num_lines - count, number)));
    }
}

static void add_owner(struct table *table, const struct hf_object *object) {
    const struct hf_path *path = object->path;
    add_fact(table, "owner", text_format("%s", path ? object->owner : "none: no root reaches it, it is garbage"));
    if (object->dominator != HF_NO_NODE)
        add_fact(table, "only through", text_format("#%" PRIu32 " %s", object->dominator, object->dominator_type));
    if (path && *path->expression)
        add_fact(table, "path", text_format("%s", path->expression));
    else if (path)
        add_fact(table, "path", text_format("no Python expression: %s", path->expression_gap));
}

static void print_facts(const struct hf_object *object) {
    static const struct table_column columns[] = {
        {NULL, false, TABLE_WHOLE, COLOUR_VALUE},
        {NULL, false, TABLE_CUT_END, COLOUR_PLAIN},
    };
    struct table table;
    table_init(&table, columns, 2, 2);
    add_type(&table, object);
    if (*object->value)
        add_fact(&table, "value", text_format("%s", object->value));
    add_size(&table, object);
    add_count(&table, object);
    add_flags(&table, object);
    add_site(&table, object);
    add_roots(&table, object);
    add_owner(&table, object);
    table_print(&table);
    table_deinit(&table);
}

static void print_title(const struct hf_selection *selection, const struct hf_object *object) {
    if (selection->num_nodes > 1) {
        char *description = text_clean(selection->description);
        printf("%s%s%s; shown is ", colour_on(COLOUR_HEADING), description, colour_off(COLOUR_HEADING));
        free(description);
    }
    printf("%s#%" PRIu32 " at 0x%" PRIx64 "%s\n\n", colour_on(COLOUR_HEADING), object->node, object->addr,
           colour_off(COLOUR_HEADING));
}

/* The rows, or that there are none. */
static void print_around(const struct hf_neighbours *neighbours, const char *title, const char *nothing) {
    putchar('\n');
    if (neighbours->num_rows > 0)
        neighbours_print_rows(neighbours, title);
    else
        printf("  %s\n", nothing);
}

static void print_object(const struct hf_selection *selection, const struct hf_object *object) {
    print_title(selection, object);
    print_facts(object);
    print_around(object->referrers, "held by", "no object refers to it");
    print_around(object->references, "reference", "it refers to nothing");
}

static int print_json(const struct hf_object *object) {
    struct hf_error error;
    char *text = NULL;
    enum hf_status status = hf_json_object(object, &text, &error);
    return answer_print_json(status, text, &error);
}

static int answer(const struct settings *settings, const struct answer_subject *subject) {
    struct hf_object_options query = {
        .struct_size = sizeof query,
        .max_rows = settings->limit > 0 ? settings->limit : UINT32_MAX,
        .progress = progress_get(),
    };
    struct hf_error error;
    struct hf_object *object;
    if (hf_object_create(subject->snapshot, subject->selection->nodes[0], &query, &object, &error) != HF_OK)
        return complain_error(&error);
    progress_clear();
    int code = CLI_OK;
    if (settings->answer.json)
        code = print_json(object);
    else
        print_object(subject->selection, object);
    hf_object_destroy(object);
    return code;
}

static int run(const void *settings_, int num_operands, char **operands) {
    const struct settings *settings = settings_;
    struct answer_subject subject;
    int code = answer_open_subject(num_operands, operands, settings->value, &subject);
    if (code != CLI_OK)
        return code;
    code = answer(settings, &subject);
    answer_close_subject(&subject);
    return code;
}

static const struct settings defaults = {.limit = 10};

const struct command command_show = {
    .name = "show",
    .synopsis = "FILE SELECTOR [options]",
    .summary = "one object with everything that is known of it",
    .description = "Prints type, value, sizes, reference count and flags of an object, why it is a root, which\n"
                   "module or thread owns it and by which path, what would be freed with it, who refers to it and\n"
                   "what it refers to. Of several objects the first is shown. `only through` is the nearest object\n"
                   "that every path to it passes: if that went away, so would this.",
    .example = "$ holdfast show shop.hfs 12\n"
               "#12 at 0x7f00000020d0\n"
               "\n"
               "  type          shop.cache.Session (#1), one of 6 objects with 912 B\n"
               "  size          152 B\n"
               "  retains       3 objects with 235 B\n"
               "  count         2 references; 1 found in objects\n"
               "  flags         tracked by the collector\n"
               "  owner         module shop\n"
               "  only through  #10 dict\n"
               "  path          sys.modules['shop'].CACHE._shards[0][('session', 0)]\n"
               "\n"
               "  held by           type  references  objects     size  further  example\n"
               "  [('session', 0)]  dict           1        1  2.2 KiB        1  #10 dict of 2 items\n"
               "\n"
               "  reference  type  references  objects  size  further  example\n"
               "  .user      str            1        1  55 B           #13 'user-0'\n"
               "  .number    int            1        1  28 B           #14 0\n",
    .options = options,
    .defaults = &defaults,
    .settings_size = sizeof(struct settings),
    .min_operands = 1,
    .max_operands = 2,
    .has_selector = true,
    .has_answer = true,
    .may_be_long = true,
    .run = run,
};
