/* answer.c - opening a snapshot, selecting objects, printing JSON. */
#include "cli/answer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/progress.h"

static bool may_use_cache(void) {
    const char *no_cache = getenv("HOLDFAST_NO_CACHE");
    return !no_cache || !*no_cache;
}

int answer_open(const char *path, struct hf_snapshot **out) {
    struct hf_open_options options = {.struct_size = sizeof options,
                                      .progress = progress_get(),
                                      .cache = may_use_cache()};
    struct hf_error error;
    if (hf_snapshot_open(path, &options, out, &error) == HF_OK)
        return CLI_OK;
    int code = complain_error(&error);
    return code == CLI_USAGE ? CLI_FILE : code;
}

/* The mistake of a first try: the words are there, in the wrong order. */
static bool are_swapped(char *const *operands) {
    return access(operands[0], F_OK) != 0 && access(operands[1], R_OK) == 0;
}

int answer_open_subject(int num_operands, char **operands, const char *value_pattern, struct answer_subject *out) {
    const char *selector = num_operands > 1 ? operands[1] : NULL;
    if (!selector && !value_pattern)
        return complain(CLI_USAGE, "which objects? name a type, an address or a number, or give --value PATTERN");
    if (selector && are_swapped(operands))
        return complain(CLI_USAGE, "'%s' is no file, and '%s' is one: the snapshot comes first", operands[0], selector);
    int code = answer_open(operands[0], &out->snapshot);
    if (code != CLI_OK)
        return code;
    struct hf_selector_options options = {.struct_size = sizeof options, .value_pattern = value_pattern,
                                          .progress = progress_get()};
    struct hf_error error;
    if (hf_selection_create(out->snapshot, selector, &options, &out->selection, &error) != HF_OK) {
        hf_snapshot_destroy(out->snapshot);
        return complain_error(&error);
    }
    return CLI_OK;
}

void answer_close_subject(struct answer_subject *subject) {
    hf_selection_destroy(subject->selection);
    hf_snapshot_destroy(subject->snapshot);
}

int answer_print_json(enum hf_status status, char *text, const struct hf_error *error) {
    if (status != HF_OK)
        return complain_error(error);
    size_t length = strlen(text);
    progress_clear();
    fputs(text, stdout);
    if (length == 0 || text[length - 1] != '\n')
        putchar('\n');
    hf_free(text);
    return CLI_OK;
}
