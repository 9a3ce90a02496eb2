/* answer.h - the steps that all commands which ask a snapshot have in common. Each gives CLI_OK or an exit code. */
#ifndef CLI_ANSWER_H
#define CLI_ANSWER_H

#include <holdfast/selector.h>
#include <holdfast/snapshot.h>

/* What a SELECTOR and --value stand for. */
struct answer_subject {
    struct hf_snapshot *snapshot;
    struct hf_selection *selection;
};

int answer_open(const char *path, struct hf_snapshot **out);

/* Opens operands[0] and selects operands[1], or everything when there is only a value pattern. */
int answer_open_subject(int num_operands, char **operands, const char *value_pattern, struct answer_subject *out);
void answer_close_subject(struct answer_subject *subject);

/* Prints what a function of json.h gave, and frees it. */
int answer_print_json(enum hf_status status, char *text, const struct hf_error *error);

#endif
