/* neighbours.h - what `holdfast refs` and `holdfast referrers` share: their options, and the tree of rows. */
#ifndef CLI_NEIGHBOURS_H
#define CLI_NEIGHBOURS_H

#include <holdfast/neighbours.h>

#include "cli/cli.h"
#include "cli/tables.h"

struct neighbours_settings {
    struct answer_settings answer;
    unsigned depth;
    unsigned limit;
    unsigned branches;
    const char *value;
};

extern const struct option neighbours_options[];
extern const struct neighbours_settings neighbours_defaults;

/* Runs either command. */
int neighbours_run(enum hf_neighbours_direction direction, const struct neighbours_settings *settings,
                   int num_operands, char **operands);

/* Prints the rows; the first column is headed by `title`. With --csv all that is known of each. */
void neighbours_print_rows(const struct hf_neighbours *neighbours, const char *title);

#endif
