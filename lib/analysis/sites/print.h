/* print.h - a site as text: "shop/cache.py:31 in Cache.add". */
#ifndef HF_ANALYSIS_SITES_PRINT_H
#define HF_ANALYSIS_SITES_PRINT_H

#include <holdfast/sites.h>

#include "base/text.h"

/* Appends a line of a program; without its function where that is not known. */
static inline void hf_site_print(struct hf_text *text, const struct hf_site *site) {
    hf_text_addf(text, "%s:%u", site->file, site->line);
    if (site->function[0] != '\0')
        hf_text_addf(text, " in %s", site->function);
}

#endif
