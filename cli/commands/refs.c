/* refs.c - `holdfast refs`: what these objects refer to. */
#include "cli/neighbours.h"

static int run(const void *settings, int num_operands, char **operands) {
    return neighbours_run(HF_NEIGHBOURS_REFERENCES, settings, num_operands, operands);
}

const struct command command_refs = {
    .name = "refs",
    .synopsis = "FILE SELECTOR [options]",
    .summary = "what these objects refer to, as a tree",
    .description = "Lists what the objects refer to, and what that refers to: references that read alike and lead to objects of\n"
                   "one type are one row. Each object is followed in one row; modules and types of\n"
                   "libraries are not followed. `further` counts references that are not followed.",
    .example = "$ holdfast refs shop.hfs Cache\n"
               "1 object of type shop.cache.Cache has 1 reference\n"
               "\n"
               "  reference    type                references  objects     size  further  example\n"
               "  ._shards     list                         1        1     72 B           #9 list of 2 items\n"
               "    [*]        dict                         2        2  4.4 KiB           #10\n"
               "      [*]      shop.cache.Session           4        4    608 B        8  #12\n"
               "      key [*]  tuple                        4        4    224 B        8  #30\n",
    .options = neighbours_options,
    .defaults = &neighbours_defaults,
    .settings_size = sizeof(struct neighbours_settings),
    .min_operands = 1,
    .max_operands = 2,
    .has_selector = true,
    .has_answer = true,
    .has_csv = true,
    .may_be_long = true,
    .run = run,
};
