/* complain.c - messages on stderr, and the exit codes that go with them. */
#include "cli/complain.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/progress.h"
#include "cli/suggest.h"
#include "cli/text.h"

/* Lines of a message are ours; whatever else is a control comes from a file name or a snapshot. */
static void print_clean_lines(const char *message) {
    while (*message) {
        char *line = text_format("%.*s", (int)strcspn(message, "\n"), message);
        char *clean = text_clean(line);
        fprintf(stderr, "%s\n", clean);
        message += strlen(line);
        message += *message == '\n';
        free(clean);
        free(line);
    }
}

int complain(int code, const char *format, ...) {
    char *message = NULL;
    va_list arguments;
    va_start(arguments, format);
    int length = vasprintf(&message, format, arguments);
    va_end(arguments);
    progress_clear();
    fflush(stdout);
    fputs("holdfast: ", stderr);
    if (length < 0)
        fputs("out of memory\n", stderr);
    else
        print_clean_lines(message);
    free(message);
    return code;
}

int complain_error(const struct hf_error *error) {
    static const int codes[] = {
        [HF_NOT_FOUND] = CLI_NOTHING,       [HF_ERR_NOMEM] = CLI_INTERNAL,  [HF_ERR_ARGUMENT] = CLI_USAGE,
        [HF_ERR_IO] = CLI_FILE,             [HF_ERR_FORMAT] = CLI_FILE,     [HF_ERR_VERSION] = CLI_FILE,
        [HF_ERR_TARGET] = CLI_TARGET,       [HF_ERR_LIMIT] = CLI_FILE,      [HF_ERR_UNSUPPORTED] = CLI_TARGET,
        [HF_ERR_CANCELLED] = CLI_INTERNAL,  [HF_ERR_RENDER] = CLI_INTERNAL, [HF_ERR_INTERNAL] = CLI_INTERNAL,
    };
    return complain(codes[error->status], "%s", error->message);
}

int complain_unknown(const char *what, const char *name, const char *const *candidates, size_t num_candidates,
                     const char *help) {
    const char *nearest = suggest_nearest(name, candidates, num_candidates);
    if (nearest)
        return complain(CLI_USAGE, "'%s' is no %s: did you mean '%s'?", name, what, nearest);
    return complain(CLI_USAGE, "'%s' is no %s: '%s' lists them", name, what, help);
}
