/* retained.c - `holdfast retained`: what would be freed if these objects went away. */
#include "cli/cli.h"
#include "cli/freed.h"

struct settings {
    struct freed_settings freed;
};

static const struct option options[] = {
    FREED_OPTIONS(settings),
    {NULL},
};

static int run(const void *settings_, int num_operands, char **operands) {
    const struct settings *settings = settings_;
    return freed_answer(&settings->freed, operands[0], (const char *const *)operands + 1, (size_t)num_operands - 1,
                        HF_CUT_OBJECTS);
}

const struct command command_retained = {
    .name = "retained",
    .synopsis = "FILE SELECTOR... [options]",
    .summary = "what would be freed if these objects went away",
    .description = "Prints the exact size of what one object, or a set of objects together, keeps alive: all that no\n"
                   "root would reach without them. What they reach and others hold as well is counted apart, with\n"
                   "the paths by which it is held.\n"
                   "\n"
                   "Besides a selector a word may be " FREED_WORDS ".",
    .example = "$ holdfast retained shop.hfs Cache\n"
               "1 object of type shop.cache.Cache\n"
               "\n"
               "  selected    1 object     48 B\n"
               "  freed     25 objects  5.8 KiB  if that went away\n"
               "  kept       3 objects    235 B  reached from there, and held by others as well\n"
               "\n"
               "  objects     size  freed type\n"
               "        2  4.4 KiB  dict\n"
               "        3    456 B  shop.cache.Session\n"
               "        7    389 B  str\n"
               "        4    224 B  tuple\n"
               "        7    196 B  int\n"
               "        1     72 B  list\n"
               "        1     48 B  shop.cache.Cache\n"
               "\n"
               "what is kept at the border is held\n"
               "  1 of 1  152 B  through shop.LAST\n",
    .options = options,
    .settings_size = sizeof(struct settings),
    .min_operands = 2,
    .max_operands = 1000,
    .has_selector = true,
    .has_answer = true,
    .has_csv = true,
    .may_be_long = true,
    .run = run,
};
