/*
 * suspects.c - `holdfast suspects`: where the memory went, in words.
 *
 *   suspect 1, 14.3 % of the heap: shop.Registry.sessions[*]
 *
 *     4,000 objects of type shop.Session accumulate in a dict of 4,000 items. ...
 *
 *     reference       type           retains  verdict
 *     module shop     module         6.3 MiB  expected: module of the application
 *       .REGISTRY     shop.Registry  6.1 MiB
 *       ~~~~~~~~~
 *       .sessions     dict           6.1 MiB  accumulates here
 *       ~~~~~~~~~
 *
 * It is meant to be pasted into a ticket: paragraphs are wrapped, and what is underlined is so without colours.
 */
#include <holdfast/json.h>
#include <holdfast/suspects.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/answer.h"
#include "cli/cli.h"
#include "cli/hops.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/tables.h"
#include "cli/text.h"

#define WRAP_WIDTH 80
#define MAX_PATTERNS_BYTES ((size_t)1 << 20)

struct settings {
    struct answer_settings answer;
    double threshold;
    unsigned limit;
    const char *patterns;
};

static const struct option options[] = {
    {"threshold", 't', OPTION_PERCENT, "PERCENT",
     "what retains less of the heap is no suspect (default 10,\nwith two snapshots 2)",
     offsetof(struct settings, threshold)},
    {"limit", 'n', OPTION_NUMBER, "N", "show N suspects (default 5)", offsetof(struct settings, limit)},
    {"patterns", 'p', OPTION_TEXT, "FILE",
     "known patterns of your own, tried before those of holdfast:\nblocks of lines 'name:', 'reference:' (a glob on a "
     "masked\nreference, such as shop.Cache._entries), 'holds:' (python >=3.9,\nor a package and its version) and "
     "'note:'",
     offsetof(struct settings, patterns)},
    {NULL},
};

/* ---- a suspect ---- */

/* "leaking: all 4,000: the task is finished": on a narrow terminal the types go before a verdict has less. */
#define VERDICT_ROOM 42

static void put_verdict(struct table *table, const struct hf_suspect_hop *hop) {
    const char *verdict = hop->verdict == HF_VERDICT_UNKNOWN ? "" : hf_verdict_name(hop->verdict);
    const char *here = hop->is_point ? "accumulates here" : "";
    char *text = text_format("%s%s%s%s%s", verdict, *verdict && *hop->reason ? ": " : "", hop->reason,
                             (*verdict || *hop->reason) && *here ? "; " : "", here);
    table_put_text(table, text);
    free(text);
}

/* As many tildes as the reference has columns, below it. */
static void add_underline(struct table *table, const char *reference) {
    size_t blanks = strspn(reference, " "), width = text_width(reference) - blanks;
    char *line = text_must(calloc(blanks + width + 1, 1));
    memset(line, ' ', blanks);
    memset(line + blanks, '~', width);
    table_start(table, COLOUR_FOCUS);
    table_put_text(table, line);
    for (int i = 0; i < 3; i++)
        table_put_text(table, "");
    free(line);
}

static void add_hop(struct table *table, const struct hf_path_hop *hop, const struct hf_suspect_hop *judged,
                    const char *reference, enum colour colour) {
    char *clean = text_clean(reference);
    table_start(table, colour);
    table_put_text(table, clean);
    table_put_text(table, hop->type);
    if (judged->verdict == HF_VERDICT_EXPECTED)
        table_put_text(table, "");
    else
        table_put_size(table, hop->retained.size_bytes);
    put_verdict(table, judged);
    if (judged->is_underlined)
        add_underline(table, clean);
    free(clean);
}

static void add_path(struct table *table, const struct hf_snapshot *snapshot, const struct hf_suspect *suspect) {
    const struct hf_path *path = suspect->path;
    bool is_frame = hops_add_frame(table, snapshot, &path->root);
    char *root = hops_format_root(path);
    add_hop(table, &path->hops[0], &suspect->hops[0], root, is_frame ? COLOUR_PLAIN : COLOUR_ROOT);
    free(root);
    for (size_t i = 1; i < path->num_hops; i++) {
        char *reference = text_format("  %s", path->hops[i].reference + strspn(path->hops[i].reference, " "));
        add_hop(table, &path->hops[i], &suspect->hops[i], reference,
                suspect->hops[i].is_point ? COLOUR_FOCUS : COLOUR_PLAIN);
        free(reference);
    }
}

static void print_path(const struct hf_snapshot *snapshot, const struct hf_suspect *suspect) {
    static const struct table_column columns[] = {
        {"reference", false, TABLE_CUT_END, COLOUR_REFERENCE},
        {"type", false, TABLE_IF_FITS, COLOUR_TYPE},
        {"retains", true, TABLE_WHOLE, COLOUR_PLAIN},
        {"verdict", false, TABLE_CUT_END, COLOUR_VALUE, .room = VERDICT_ROOM},
    };
    struct table table;
    if (!suspect->path)
        return;
    table_init(&table, columns, 4, 2);
    add_path(&table, snapshot, suspect);
    putchar('\n');
    table_print(&table);
    table_deinit(&table);
    hops_print_expression(suspect->expression, suspect->expression_gap);
}

static void print_parts(const struct hf_suspect *suspect) {
    static const struct table_column columns[] = {
        {"objects", true, TABLE_WHOLE, COLOUR_PLAIN},
        {"size", true, TABLE_WHOLE, COLOUR_PLAIN},
        {"made of", false, TABLE_CUT_START, COLOUR_TYPE},
    };
    uint64_t count = suspect->count, size_bytes = suspect->size_bytes;
    struct table table;
    table_init(&table, columns, 3, 2);
    for (size_t i = 0; i < suspect->num_parts; i++) {
        const struct hf_suspect_part *part = &suspect->parts[i];
        table_start(&table, COLOUR_PLAIN);
        table_put_count(&table, part->count);
        table_put_size(&table, part->size_bytes);
        table_put_text(&table, part->type);
        count -= part->count;
        size_bytes -= part->size_bytes;
    }
    if (suspect->num_all_parts > suspect->num_parts) {
        size_t others = suspect->num_all_parts - suspect->num_parts;
        char *rest = text_format("%zu more type%s", others, others == 1 ? "" : "s");
        table_start_sum(&table, COLOUR_VALUE);
        table_put_count(&table, count);
        table_put_size(&table, size_bytes);
        table_put_text(&table, rest);
        free(rest);
    }
    putchar('\n');
    table_print(&table);
    table_deinit(&table);
}

static void print_related(const struct hf_suspect *suspect) {
    if (suspect->num_related == 0)
        return;
    printf("\n  related: suspect");
    for (size_t i = 0; i < suspect->num_related; i++)
        printf("%s %zu", i == 0 ? (suspect->num_related > 1 ? "s" : "") : ",", suspect->related[i] + 1);
    printf(" (the same kind of objects, or the same object holds both)\n");
}

static void print_suspect(const struct hf_snapshot *snapshot, const struct hf_suspects *suspects, size_t index) {
    const struct hf_suspect *suspect = &suspects->list[index];
    char numbers[2][TEXT_NUMBER_SIZE];
    char *reference = text_clean(suspect->reference);
    printf("\n%ssuspect %zu: %s, %s, %s%s\n\n", colour_on(COLOUR_HEADING), index + 1, reference,
           text_size(suspect->size_bytes, output_has_exact_sizes(), numbers[0]),
           text_share(suspect->size_bytes, suspects->total_bytes, numbers[1]), colour_off(COLOUR_HEADING));
    free(reference);
    text_print_wrapped(suspect->text, 2, WRAP_WIDTH);
    putchar('\n');
    text_print_wrapped(suspect->advice, 2, WRAP_WIDTH);
    print_path(snapshot, suspect);
    print_parts(suspect);
    print_related(suspect);
    printf("\n  fingerprint %s\n", suspect->fingerprint);
}

/* ---- the whole ---- */

static void print_title(const struct hf_suspects *suspects) {
    char numbers[3][TEXT_NUMBER_SIZE];
    bool is_exact = output_has_exact_sizes();
    printf("%s%s, %s", colour_on(COLOUR_HEADING), text_things(suspects->total_count, "object", numbers[0]),
           text_size(suspects->total_bytes, is_exact, numbers[1]));
    if (suspects->is_comparison)
        printf(", of these %s new, %s", text_count(suspects->new_count, numbers[0]),
               text_size(suspects->new_bytes, is_exact, numbers[1]));
    printf(": ");
    if (suspects->num_suspects == 0)
        printf("nothing stands out");
    else
        printf("%s", text_things(suspects->num_all_suspects, "suspect", numbers[2]));
    if (suspects->num_suspects < suspects->num_all_suspects)
        printf(", %s shown", text_count(suspects->num_suspects, numbers[2]));
    printf("%s\n", colour_off(COLOUR_HEADING));
}

static void print_holders(const struct hf_suspects *suspects) {
    static const struct table_column columns[] = {
        {"retains", true, TABLE_WHOLE, COLOUR_PLAIN},
        {"share", true, TABLE_WHOLE, COLOUR_PLAIN},
        {"the largest holders", false, TABLE_CUT_END, COLOUR_REFERENCE},
        {"type", false, TABLE_CUT_START, COLOUR_TYPE},
    };
    struct table table;
    table_init(&table, columns, 4, 2);
    for (size_t i = 0; i < suspects->num_holders; i++) {
        table_start(&table, COLOUR_PLAIN);
        table_put_size(&table, suspects->holders[i].size_bytes);
        table_put_share(&table, suspects->holders[i].size_bytes, suspects->total_bytes);
        table_put_text(&table, suspects->holders[i].reference);
        table_put_text(&table, suspects->holders[i].type);
    }
    putchar('\n');
    table_print(&table);
    table_deinit(&table);
}

static void print_suspects(const struct hf_snapshot *snapshot, const struct hf_suspects *suspects) {
    print_title(suspects);
    if (*suspects->note)
        text_print_wrapped(suspects->note, 0, WRAP_WIDTH);
    for (size_t i = 0; i < suspects->num_suspects; i++)
        print_suspect(snapshot, suspects, i);
    if (suspects->num_suspects == 0)
        print_holders(suspects);
}

/* ---- the question ---- */

/* The text of a file, which the caller frees; or NULL after a complaint. */
static char *read_patterns(const char *path) {
    char *text = text_must(calloc(MAX_PATTERNS_BYTES + 1, 1));
    FILE *file = fopen(path, "r");
    size_t length = file ? fread(text, 1, MAX_PATTERNS_BYTES + 1, file) : 0;
    const char *problem = !file || ferror(file) ? strerror(errno) : length > MAX_PATTERNS_BYTES ? "it is too large"
                                                                                                : NULL;
    if (file)
        fclose(file);
    if (!problem)
        return text;
    complain(CLI_FILE, "cannot read the patterns in '%s': %s", path, problem);
    free(text);
    return NULL;
}

static int ask(const struct settings *settings, const struct hf_snapshot *snapshot, const struct hf_snapshot *old,
               const char *patterns) {
    const struct hf_suspects_options options_of_library = {
        .struct_size = sizeof options_of_library,
        .threshold = settings->threshold,
        .max_suspects = settings->limit,
        .patterns = patterns,
        .progress = progress_get(),
    };
    struct hf_suspects *suspects = NULL;
    struct hf_error error = {0};
    if (hf_suspects_create(snapshot, old, &options_of_library, &suspects, &error) != HF_OK)
        return complain_error(&error);
    int code = suspects->num_suspects > 0 ? CLI_OK : CLI_NOTHING;
    if (settings->answer.json) {
        char *json = NULL;
        enum hf_status status = hf_json_suspects(suspects, &json, &error);
        int printed = answer_print_json(status, json, &error);
        code = printed != CLI_OK ? printed : code;
    } else {
        progress_clear();
        print_suspects(snapshot, suspects);
    }
    hf_suspects_destroy(suspects);
    return code;
}

static int run(const void *data, int num_operands, char **operands) {
    const struct settings *settings = data;
    struct hf_snapshot *snapshots[2] = {NULL, NULL};
    char *patterns = NULL;
    int code = CLI_OK;
    if (settings->patterns && !(patterns = read_patterns(settings->patterns)))
        return CLI_FILE;
    for (int i = 0; i < num_operands && code == CLI_OK; i++)
        code = answer_open(operands[i], &snapshots[i]);
    if (code == CLI_OK)
        code = ask(settings, snapshots[num_operands - 1], num_operands == 2 ? snapshots[0] : NULL, patterns);
    hf_snapshot_destroy(snapshots[0]);
    hf_snapshot_destroy(snapshots[1]);
    free(patterns);
    return code;
}

const struct command command_suspects = {
    .name = "suspects",
    .group = GROUP_ASK,
    .synopsis = "FILE [options]\nOLD NEW [options]",
    .summary = "where the memory went, in words for a ticket",
    .description = "Looks for what holds too much of the heap, and writes it down: what accumulates, how much, in\n"
                   "which object, who holds that, and what to look at first. Each reference on the path to it is\n"
                   "judged: expected, leaking (it leads to what has ended), or unknown. Those in between are\n"
                   "underlined: one of them should have been let go. The fingerprint is the same for the same leak\n"
                   "in another process.\n"
                   "\n"
                   "A suspect retains at least 10 % of the heap. With two snapshots of one process only what NEW has\n"
                   "and OLD has not counts, from 2 % on.",
    .example = "$ holdfast suspects leak.hfs --limit 1\n"
               "641 objects, 260.5 KiB: 2 suspects, 1 shown\n"
               "\n"
               "suspect 1: shop.registry.Registry.sessions[*], 213.7 KiB, 82.0 %\n"
               "\n"
               "  100 objects of type shop.registry.Session accumulate in a dict of 100 items.\n"
               "  They, with what only they keep alive, take 213.7 KiB, 82.0 % of the heap; most\n"
               "  of that is bytearray (200.9 KiB). The application holds it by\n"
               "  shop.registry.Registry.sessions (registry.py), its last reference on the way.\n"
               "\n"
               "  Look first at shop.registry.Registry.sessions: the name is used in\n"
               "  Registry.login() and Registry.logout() (registry.py).\n"
               "\n"
               "  reference             type                      retains  verdict\n"
               "  module shop.registry  module                             expected: module of the application\n"
               "    .REGISTRY           shop.registry.Registry  213.7 KiB\n"
               "    ~~~~~~~~~\n"
               "    .sessions           dict                    213.7 KiB  accumulates here\n"
               "    ~~~~~~~~~\n"
               "    [70000]             shop.registry.Session     2.1 KiB\n"
               "    ~~~~~~~\n"
               "  = sys.modules['shop.registry'].REGISTRY.sessions\n"
               "\n"
               "  objects       size  made of\n"
               "      100  200.9 KiB  bytearray\n"
               "      100    5.5 KiB  shop.registry.Session\n"
               "        1    4.6 KiB  dict\n"
               "      100    2.7 KiB  int\n"
               "\n"
               "  fingerprint e0fa020e4ef25501\n",
    .options = options,
    .settings_size = sizeof(struct settings),
    .min_operands = 1,
    .max_operands = 2,
    .has_answer = true,
    .may_be_long = true,
    .run = run,
};
