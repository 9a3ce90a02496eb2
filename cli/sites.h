/* sites.h - answers by allocation site, for `types --by site` and `diff --by site`. */
#ifndef CLI_SITES_H
#define CLI_SITES_H

#include <holdfast/sites.h>

#include "cli/cli.h"

/* Asks and prints; gives the exit code. */
int sites_answer(const struct hf_snapshot *snapshot, const struct hf_types_options *query,
                 const struct answer_settings *settings);
int site_growth_answer(const char *const *paths, size_t num_paths, const struct hf_growth_options *query,
                       const struct answer_settings *settings);

#endif
