/* output.c - the files of `holdfast run`. Numbers go on where an earlier run stopped: nothing is overwritten. */
#include "python/output.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool hf_output_init(struct hf_output *output, const char *stem, const char *shown_stem, const char *suffix) {
    *output = (struct hf_output){.stem = strdup(stem), .shown_stem = strdup(shown_stem), .suffix = strdup(suffix)};
    if (output->stem && output->shown_stem && output->suffix)
        return true;
    hf_output_deinit(output);
    return false;
}

void hf_output_deinit(struct hf_output *output) {
    free(output->stem);
    free(output->shown_stem);
    free(output->suffix);
    *output = (struct hf_output){0};
}

char *hf_output_path(const struct hf_output *output, bool shown) {
    char pid[16] = "", number[16] = "";
    if (output->pid != 0)
        snprintf(pid, sizeof pid, "-%u", output->pid);
    if (output->is_numbered)
        snprintf(number, sizeof number, "-%05u", output->number);
    char *path = NULL;
    const char *stem = shown ? output->shown_stem : output->stem;
    return asprintf(&path, "%s%s%s%s", stem, pid, number, output->suffix) < 0 ? NULL : path;
}

static bool exists(const struct hf_output *output) {
    char *path = hf_output_path(output, false);
    bool found = path && access(path, F_OK) == 0;
    free(path);
    return found;
}

void hf_output_advance(struct hf_output *output) {
    if (!output->is_numbered)
        return;
    do
        output->number++;
    while (exists(output));
}
