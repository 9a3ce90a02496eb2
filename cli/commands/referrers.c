/* referrers.c - `holdfast referrers`: who refers to these objects. */
#include "cli/neighbours.h"

static int run(const void *settings, int num_operands, char **operands) {
    return neighbours_run(HF_NEIGHBOURS_REFERRERS, settings, num_operands, operands);
}

const struct command command_referrers = {
    .name = "referrers",
    .synopsis = "FILE SELECTOR [options]",
    .summary = "who refers to these objects, as a tree",
    .description = "Lists who refers to the objects, and who refers to those: references that read alike and come from objects\n"
                   "of one type are one row. Roots that hold an object are rows as well. Each object is followed in one row; modules and types of\n"
                   "libraries are not followed. `further` counts references that are not followed.",
    .example = "$ holdfast referrers shop.hfs Session --depth 2\n"
               "6 objects of type shop.cache.Session are held by 7 references\n"
               "\n"
               "  held by                   type                references  objects     size  further  example\n"
               "  handle() local 'session'                               1                             thread worker-1, handle() at shop.py:31, local 'session'\n"
               "  [*]                       dict                         4        2  4.4 KiB           #10\n"
               "    [*]                     list                         2        1     72 B        1  #9 list of 2 items\n"
               "  .LAST                     module                       1        1    304 B           #3 <module 'shop'>\n"
               "  .session                  shop.tree.Node               1        1     48 B           #43\n"
               "    .node                   shop.cache.Session           1        1    152 B           #27, in another row\n",
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
