/* freed.h - what a cut frees, as both `retained` and `whatif` print it. */
#ifndef CLI_FREED_H
#define CLI_FREED_H

#include <holdfast/retained.h>

#include "cli/cli.h"

struct freed_settings {
    struct answer_settings answer;
    unsigned limit;
};

#define FREED_OPTIONS(type)                                                                              \
    {"limit", 'n', OPTION_NUMBER, "N", "show the first N types and the first N ways (default 10)",       \
     offsetof(struct type, freed.limit)}

#define FREED_WORDS                                                                                     \
    "a reference as answers write them (shop.cache.CACHE._shards[7], [*] for every item; also from\n"    \
    "an object: '#12.x'), module:NAME, package:NAME, frame:FUNCTION, frame:FUNCTION:VARIABLE and\n"      \
    "thread:NAME"

/* Opens the file, makes a cut of the words, and prints what it frees. Gives the exit code. */
int freed_answer(const struct freed_settings *settings, const char *path, const char *const *words, size_t num_words,
                 enum hf_cut_way way);

#endif
