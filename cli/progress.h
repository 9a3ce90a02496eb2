/* progress.h - a line on stderr while long work goes on, when stderr is a terminal. */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include <holdfast/holdfast.h>

/* What to hand to the library. */
const struct hf_progress *progress_get(void);

/* Takes the line away again. Called before anything else is printed. */
void progress_clear(void);

#endif
