/* files.h - the files of a series. */
#ifndef HF_ANALYSIS_FILES_H
#define HF_ANALYSIS_FILES_H

#include <holdfast/holdfast.h>

#include "base/arena.h"

struct hf_series_files {
    const char **paths;      /* oldest first, in the arena */
    size_t count;
};

/*
 * Lists the snapshots of a folder, which must be of one series: STEM-00001.hfs, STEM-00002.hfs, ...
 * Errors: IO, ARGUMENT (several series, or none), NOMEM. Cost: O(files log files)
 */
HF_MUST_CHECK enum hf_status hf_series_files_list(const char *folder, struct hf_arena *arena,
                                                  struct hf_series_files *out, struct hf_error *error);

/* The same for a word that should be a folder of two snapshots or more. Errors: FORMAT too (fewer of them). */
HF_MUST_CHECK enum hf_status hf_series_files_open_folder(const char *folder, struct hf_arena *arena,
                                                         struct hf_series_files *out, struct hf_error *error);

#endif
