/* growth.h - printing what grew: what `diff` and `watch` have in common. */
#ifndef CLI_GROWTH_H
#define CLI_GROWTH_H

#include <holdfast/growth.h>

/* Prints the answer as text, CSV or JSON, says which limits are exceeded, and gives the exit code. */
int growth_answer(const struct hf_growth *growth, bool as_json);

#endif
