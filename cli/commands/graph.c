/* graph.c - `holdfast graph`: draws what holds objects, what they hold, or the chain from a root. */
#include <holdfast/json.h>
#include <holdfast/picture.h>

#include <stdlib.h>

#include "cli/answer.h"
#include "cli/cli.h"
#include "cli/progress.h"
#include "cli/text.h"

struct settings {
    struct answer_settings answer;
    const char *output;
    const char *value;
    bool references;
    bool chain;
    bool refcounts;
    bool sizes;
    bool retained;
    unsigned depth;
    unsigned limit;
    unsigned neighbours;
};

static const struct option options[] = {
    {"output", 'o', OPTION_TEXT, "FILE", "the picture: .svg, .png, .pdf or .dot", offsetof(struct settings, output)},
    {"refs", 0, OPTION_FLAG, NULL, "draw what the objects refer to, not who refers to them",
     offsetof(struct settings, references)},
    {"chain", 0, OPTION_FLAG, NULL, "draw the retaining path from a root", offsetof(struct settings, chain)},
    {"depth", 'd', OPTION_NUMBER, "N", "references from the objects outwards (default 4)",
     offsetof(struct settings, depth)},
    {"limit", 'n', OPTION_NUMBER, "N", "objects in the picture at most (default 60; 1,000 at most)",
     offsetof(struct settings, limit)},
    {"neighbours", 0, OPTION_NUMBER, "N", "references drawn for one object at most (default 10)",
     offsetof(struct settings, neighbours)},
    {"refcounts", 0, OPTION_FLAG, NULL, "show reference counts", offsetof(struct settings, refcounts)},
    {"sizes", 0, OPTION_FLAG, NULL, "show sizes", offsetof(struct settings, sizes)},
    {"retained", 0, OPTION_FLAG, NULL, "show what objects retain: the more, the darker and larger",
     offsetof(struct settings, retained)},
    {"value", 'v', OPTION_TEXT, "PATTERN", "only objects whose value matches this glob",
     offsetof(struct settings, value)},
    {NULL},
};

static int check(const struct settings *settings) {
    if (settings->references && settings->chain)
        return complain(CLI_USAGE, "--refs and --chain exclude each other");
    if (!settings->output && !settings->answer.json)
        return complain(CLI_USAGE, "where to? give -o FILE with the ending .svg, .png, .pdf or .dot");
    enum hf_picture_format format;
    struct hf_error error;
    if (settings->output && hf_picture_format_of(settings->output, &format, &error) != HF_OK)
        return complain_error(&error);
    char number[TEXT_NUMBER_SIZE];
    if (settings->limit > HF_PICTURE_MAX_NODES)
        complain(CLI_OK, "--limit %u: a picture has %s at most", settings->limit,
                 text_things(HF_PICTURE_MAX_NODES, "object", number));
    return CLI_OK;
}

static void report(const struct settings *settings, const struct hf_picture *picture) {
    char numbers[3][TEXT_NUMBER_SIZE];
    char *omitted = text_format("; not drawn: %s", text_things(picture->num_omitted, "reference", numbers[2]));
    complain(CLI_OK, "wrote '%s': %s, %s%s", settings->output, text_things(picture->num_nodes, "object", numbers[0]),
             text_things(picture->num_edges, "reference", numbers[1]), picture->num_omitted ? omitted : "");
    free(omitted);
}

static int answer(const struct settings *settings, const struct hf_picture *picture) {
    struct hf_error error;
    if (settings->output) {
        if (hf_picture_save(picture, settings->output, NULL, &error) != HF_OK)
            return complain_error(&error);
        report(settings, picture);
    }
    if (!settings->answer.json)
        return CLI_OK;
    char *text = NULL;
    enum hf_status status = hf_json_picture(picture, &text, &error);
    return answer_print_json(status, text, &error);
}

static int draw(const struct settings *settings, const struct answer_subject *subject) {
    struct hf_picture_options query = {
        .struct_size = sizeof query,
        .direction = settings->chain        ? HF_PICTURE_CHAIN
                     : settings->references ? HF_PICTURE_REFERENCES
                                            : HF_PICTURE_REFERRERS,
        .depth = settings->depth,
        .max_neighbours = settings->neighbours,
        .max_nodes = settings->limit,
        .refcounts = settings->refcounts,
        .sizes = settings->sizes,
        .retained = settings->retained,
        .exact_sizes = settings->answer.exact_bytes,
        .progress = progress_get(),
    };
    struct hf_error error;
    struct hf_picture *picture;
    if (hf_picture_create(subject->snapshot, subject->selection, &query, &picture, &error) != HF_OK)
        return complain_error(&error);
    int code = answer(settings, picture);
    hf_picture_destroy(picture);
    return code;
}

static int run(const void *settings_, int num_operands, char **operands) {
    const struct settings *settings = settings_;
    int code = check(settings);
    if (code != CLI_OK)
        return code;
    struct answer_subject subject;
    code = answer_open_subject(num_operands, operands, settings->value, &subject);
    if (code != CLI_OK)
        return code;
    code = draw(settings, &subject);
    answer_close_subject(&subject);
    return code;
}

const struct command command_graph = {
    .name = "graph",
    .synopsis = "FILE SELECTOR -o PICTURE [options]",
    .summary = "draw who refers to these objects",
    .description = "Draws who refers to the selected objects, or what they refer to, or the path from a root.\n"
                   "With --json the picture is printed as DOT text, with -o as well or without.",
    .example = "$ holdfast graph shop.hfs Session -o leak.svg\n"
               "holdfast: wrote 'leak.svg': 12 objects, 12 references\n",
    .options = options,
    .settings_size = sizeof(struct settings),
    .min_operands = 1,
    .max_operands = 2,
    .has_selector = true,
    .has_answer = true,
    .may_be_long = true,
    .run = run,
};
