/* avoid.h - the nodes that no path may pass. */
#ifndef HF_ANALYSIS_AVOID_H
#define HF_ANALYSIS_AVOID_H

#include "base/bitset.h"
#include "snapshot/snapshot.h"

/*
 * Adds to *avoid the objects that each word names: a type name or pattern, "module:NAME" (the module and its variables'
 * dict), "0xADDR" or "#ID". Errors: ARGUMENT (what no word names, with near misses), NOMEM. O(nodes) per word
 */
HF_MUST_CHECK enum hf_status hf_avoid_words(const struct hf_snapshot *snapshot, const char *const *words,
                                            size_t num_words, struct hf_bitset *avoid, struct hf_error *error);

#endif
