/* output.h - the files of `holdfast run`: which name the next snapshot gets. */
#ifndef HF_PYTHON_OUTPUT_H
#define HF_PYTHON_OUTPUT_H

#include <stdbool.h>

/*
 * numbered        STEM-00001SUFFIX, STEM-00002SUFFIX, ...: the first number that is free
 * not numbered    STEM SUFFIX, replaced each time
 * In a child process, with pid != 0, the stem is STEM-PID. The texts belong to the struct.
 */
struct hf_output {
    char *stem;           /* absolute: the program may change its folder */
    char *shown_stem;     /* as the user wrote it, for messages */
    char *suffix;
    bool is_numbered;
    unsigned pid;
    unsigned number;      /* of the newest file */
};

/* Copies the texts. False: no memory. */
bool hf_output_init(struct hf_output *output, const char *stem, const char *shown_stem, const char *suffix);
void hf_output_deinit(struct hf_output *output);

/* Chooses the next file. */
void hf_output_advance(struct hf_output *output);

/* The path of the file chosen last, absolute or as shown; NULL: no memory. The caller frees it. */
char *hf_output_path(const struct hf_output *output, bool shown);

#endif
