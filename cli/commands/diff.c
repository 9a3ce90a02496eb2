/* diff.c - `holdfast diff`: what grew between snapshots, by type and by place. */
#include <holdfast/growth.h>

#include <limits.h>

#include "cli/cli.h"
#include "cli/growth.h"
#include "cli/progress.h"
#include "cli/sites.h"

struct settings {
    struct answer_settings answer;
    unsigned limit;
    struct option_list fail_if;
    unsigned by;             /* enum by */
};

enum by { BY_TYPE, BY_SITE };

static const struct option options[] = {
    {"limit", 'n', OPTION_NUMBER, "N", "show the first N rows of each table; 0: all (default 10)",
     offsetof(struct settings, limit)},
    {"fail-if", 'f', OPTION_LIST, "LIMIT",
     "exit with 1 if it grew by more: TYPE:count>N or TYPE:bytes>N,\n"
     "where TYPE is a type or pattern, total or steady; again for more",
     offsetof(struct settings, fail_if)},
    {"by", 'b', OPTION_CHOICE, "type|site", "types and places, or the lines of the program that made objects",
     offsetof(struct settings, by)},
    {NULL},
};

static int run(const void *settings_, int num_operands, char **operands) {
    const struct settings *settings = settings_;
    struct hf_growth_options query = {
        .struct_size = sizeof query,
        .limit = settings->limit,
        .fail_if = settings->fail_if.words,
        .num_fail_if = settings->fail_if.count,
        .progress = progress_get(),
    };
    if (settings->by == BY_SITE && settings->fail_if.count > 0)
        return complain(CLI_USAGE, "--fail-if is about types: it does not go with --by site");
    if (settings->by == BY_SITE)
        return site_growth_answer((const char *const *)operands, (size_t)num_operands, &query, &settings->answer);
    struct hf_error error;
    struct hf_growth *growth;
    if (hf_growth_open((const char *const *)operands, (size_t)num_operands, &query, &growth, &error) != HF_OK)
        return complain_error(&error);
    progress_clear();
    int code = growth_answer(growth, settings->answer.json);
    hf_growth_destroy(growth);
    return code;
}

static const struct settings defaults = {.limit = 10};

const struct command command_diff = {
    .name = "diff",
    .synopsis = "OLD NEW [NEWER...] [options]\n"
                "FOLDER [options]",
    .summary = "what grew between snapshots, and where it hangs",
    .description =
        "Compares snapshots of one program, oldest first, or those that 'holdfast run --every' has put into a\n"
        "FOLDER: types that grew and shrank, and the paths at which new objects hang, with indexes and keys\n"
        "masked. What came below a new object is counted with it.\n"
        "\n"
        "With three snapshots or more there is a trend: 'steady' grew in every step by more than what came and\n"
        "went; 'slowing' grew less each time, and 'filled' not any more, as caches do; 'uneven' did not grow in\n"
        "every step; 'noisy' did, but by no more than what comes and goes at random.\n"
        "\n"
        "--by site says at which lines of the program the objects were made that are more now. Python's tracemalloc\n"
        "has to be on for that: see 'holdfast run --tracemalloc'.",
    .example = "$ holdfast diff series --limit 2 --fail-if 'shop.*:count>5'\n"
               "4 snapshots in 30.0 s: 63 → 101 objects, 8.4 KiB → 22.6 KiB\n"
               "left out is garbage that waits for the collector: 2 → 2 objects\n"
               "\n"
               "growth  per step  now       size  per step  trend   type\n"
               "types that grew in every step\n"
               "     0         0    1  +12.0 KiB  +4.0 KiB  steady  bytearray\n"
               "    +6        +2   10     +336 B    +112 B  steady  tuple\n"
               "  and 3 more types that grew\n"
               "\n"
               "growth  per step       size  per step  trend   where\n"
               "where it grew in every step\n"
               "     0         0  +12.0 KiB  +4.0 KiB  steady  bytearray in shop.LOG\n"
               "    +6        +2   +2.2 KiB    +750 B  steady  shop.cache.Session in shop.cache.Cache._shards[*][*]\n"
               "                                                 shop.CACHE._shards[*][*]\n"
               "                                                 2 dicts shop.cache.Cache._shards[*]: 4 → 10 items\n"
               "  and 2 more places\n"
               "\n"
               "75 objects new and 37 gone, told by address, type and content\n"
               "holdfast: limit 'shop.*:count>5' is exceeded: it grew by 6 objects\n",
    .options = options,
    .defaults = &defaults,
    .settings_size = sizeof(struct settings),
    .min_operands = 1,
    .max_operands = INT_MAX,
    .has_answer = true,
    .has_csv = true,
    .may_be_long = true,
    .run = run,
};
