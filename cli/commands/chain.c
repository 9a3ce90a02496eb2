/*
 * chain.c - `holdfast chain`: how one object leads to another.
 *
 *   from  #7: 1 object of type shop.cache.Cache
 *   to    #12: 6 objects of type shop.cache.Session
 *
 *     reference           type                   size  value
 *     start               shop.cache.Cache       48 B
 *       ._shards          list                   72 B  list of 2 items
 *       ...
 *     = start._shards[0][('session', 0)]
 */
#include <holdfast/chain.h>
#include <holdfast/json.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/answer.h"
#include "cli/cli.h"
#include "cli/hops.h"
#include "cli/progress.h"
#include "cli/text.h"

struct settings {
    struct answer_settings answer;
    struct option_list avoid;
};

static const struct option options[] = {
    {"avoid", 'a', OPTION_LIST, "WORD",
     "leave out what passes through WORD: a type or pattern,\nmodule:NAME, 0xADDRESS or NUMBER; again for more",
     offsetof(struct settings, avoid)},
    {NULL},
};

struct ends {
    struct hf_snapshot *snapshot;
    struct hf_selection *from, *to;
};

static int open_ends(char **operands, struct ends *out) {
    int code = answer_open(operands[0], &out->snapshot);
    struct hf_error error;
    if (code == CLI_OK && (hf_selection_create(out->snapshot, operands[1], NULL, &out->from, &error) != HF_OK ||
                           hf_selection_create(out->snapshot, operands[2], NULL, &out->to, &error) != HF_OK))
        code = complain_error(&error);
    return code;
}

static void close_ends(struct ends *ends) {
    hf_selection_destroy(ends->from);
    hf_selection_destroy(ends->to);
    hf_snapshot_destroy(ends->snapshot);
}

/* "from  #7: 1 object of type shop.cache.Cache", without a number where no object was found. */
static void print_end(const char *word, const struct hf_path_hop *hop, const struct hf_selection *selection) {
    char *description = text_clean(selection->description);
    printf("%-5s ", word);
    if (hop)
        printf("#%" PRIu32 ": ", hop->node);
    printf("%s%s%s\n", colour_on(COLOUR_HEADING), description, colour_off(COLOUR_HEADING));
    free(description);
}

static void print_hops(const struct hf_chain *chain) {
    struct table table;
    hops_init(&table, chain->hops, chain->num_hops);
    hops_add(&table, &chain->hops[0], chain->hops[0].reference, COLOUR_ROOT);
    hops_add_rest(&table, chain->hops, chain->num_hops);
    table_print(&table);
    table_deinit(&table);
    hops_print_expression(chain->expression, chain->expression_gap);
}

static int print_chain(const struct ends *ends, const struct hf_chain *chain) {
    bool is_found = chain->num_hops > 0;
    print_end("from", is_found ? &chain->hops[0] : NULL, ends->from);
    print_end("to", is_found ? &chain->hops[chain->num_hops - 1] : NULL, ends->to);
    putchar('\n');
    if (is_found)
        print_hops(chain);
    else
        printf("  no chain of references leads there\n");
    return is_found ? CLI_OK : CLI_NOTHING;
}

static int print_csv(const struct hf_chain *chain) {
    static const struct table_column columns[] = {HOPS_CSV_COLUMNS};
    struct table table;
    table_init(&table, columns, sizeof columns / sizeof *columns, 0);
    for (size_t i = 0; i < chain->num_hops; i++) {
        table_start(&table, COLOUR_PLAIN);
        hops_put_csv(&table, &chain->hops[i]);
    }
    table_print(&table);
    table_deinit(&table);
    return chain->num_hops > 0 ? CLI_OK : CLI_NOTHING;
}

static int print_json(const struct hf_chain *chain) {
    struct hf_error error;
    char *text = NULL;
    enum hf_status status = hf_json_chain(chain, &text, &error);
    int code = answer_print_json(status, text, &error);
    return code == CLI_OK && chain->num_hops == 0 ? CLI_NOTHING : code;
}

static int answer(const struct settings *settings, const struct ends *ends) {
    struct hf_chain_options query = {
        .struct_size = sizeof query,
        .avoid = settings->avoid.words,
        .num_avoid = settings->avoid.count,
        .progress = progress_get(),
    };
    struct hf_error error;
    struct hf_chain *chain;
    if (hf_chain_create(ends->snapshot, ends->from, ends->to, &query, &chain, &error) != HF_OK)
        return complain_error(&error);
    int code = settings->answer.json  ? print_json(chain)
               : settings->answer.csv ? print_csv(chain)
                                      : print_chain(ends, chain);
    hf_chain_destroy(chain);
    return code;
}

static int run(const void *settings, int num_operands, char **operands) {
    (void)num_operands;
    struct ends ends = {0};
    int code = open_ends(operands, &ends);
    if (code == CLI_OK)
        code = answer(settings, &ends);
    close_ends(&ends);
    return code;
}

const struct command command_chain = {
    .name = "chain",
    .synopsis = "FILE FROM TO [options]",
    .summary = "how one object leads to another: the shortest chain between them",
    .description = "Prints the shortest chain of references from an object of FROM to one of TO, one a line, and as a\n"
                   "Python expression in which `start` is the first object. From an object to itself it is the\n"
                   "shortest cycle. FROM and TO are written as a SELECTOR is.",
    .example = "$ holdfast chain shop.hfs Cache Session\n"
               "from  #7: 1 object of type shop.cache.Cache\n"
               "to    #12: 6 objects of type shop.cache.Session\n"
               "\n"
               "  reference           type                   size  value\n"
               "  start               shop.cache.Cache       48 B\n"
               "    ._shards          list                   72 B  list of 2 items\n"
               "    [0]               dict                2.2 KiB  dict of 2 items\n"
               "    [('session', 0)]  shop.cache.Session    152 B\n"
               "  = start._shards[0][('session', 0)]\n",
    .options = options,
    .settings_size = sizeof(struct settings),
    .min_operands = 3,
    .max_operands = 3,
    .has_selector = true,
    .has_answer = true,
    .has_csv = true,
    .may_be_long = true,
    .run = run,
};
