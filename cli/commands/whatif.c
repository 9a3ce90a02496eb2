/* whatif.c - `holdfast whatif`: what would be freed if a reference were not there. */
#include "cli/cli.h"
#include "cli/freed.h"

struct settings {
    struct freed_settings freed;
    struct option_list cut;
};

static const struct option options[] = {
    {"cut", 'c', OPTION_LIST, "REFERENCE", "what is not there any more; again for more",
     offsetof(struct settings, cut)},
    FREED_OPTIONS(settings),
    {NULL},
};

static int run(const void *settings_, int num_operands, char **operands) {
    const struct settings *settings = settings_;
    (void)num_operands;
    if (settings->cut.count == 0)
        return complain(CLI_USAGE, "without what? give --cut REFERENCE, such as --cut shop.cache.CACHE");
    return freed_answer(&settings->freed, operands[0], settings->cut.words, settings->cut.count, HF_CUT_REFERENCES);
}

const struct command command_whatif = {
    .name = "whatif",
    .synopsis = "FILE --cut REFERENCE [options]",
    .summary = "what would be freed without a reference: a fix tried before it is written",
    .description = "Prints which objects no root would reach any more if a reference were not there: exactly those\n"
                   "would be freed, those in cycles by the next collection. If the objects are held by others as\n"
                   "well, the paths by which they are held are printed.\n"
                   "\n"
                   "REFERENCE is " FREED_WORDS "; or a SELECTOR, for objects that are not there at all. An item of a\n"
                   "dict goes with its key.",
    .example = "$ holdfast whatif shop.hfs --cut 'shop.CACHE._shards[*]'\n"
               "without 2 references shop.CACHE._shards[*]\n"
               "\n"
               "  freed  23 objects  5.7 KiB  if that went away\n"
               "  kept    3 objects    235 B  reached from there, and held by others as well\n"
               "\n"
               "  objects     size  freed type\n"
               "        2  4.4 KiB  dict\n"
               "        3    456 B  shop.cache.Session\n"
               "        7    389 B  str\n"
               "        4    224 B  tuple\n"
               "        7    196 B  int\n"
               "\n"
               "what is kept at the border is held\n"
               "  1 of 1  152 B  through shop.LAST\n",
    .options = options,
    .settings_size = sizeof(struct settings),
    .min_operands = 1,
    .max_operands = 1,
    .has_selector = true,
    .has_answer = true,
    .has_csv = true,
    .may_be_long = true,
    .run = run,
};
