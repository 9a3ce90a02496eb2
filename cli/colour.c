/* colour.c - colours of the terminal's own palette, so that they fit dark and light themes alike. */
#include "cli/colour.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool enabled;

static const char *const sequences[] = {
    [COLOUR_PLAIN] = "",
    [COLOUR_HEADING] = "\033[1m",
    [COLOUR_ROOT] = "\033[32m",
    [COLOUR_REFERENCE] = "\033[1m",
    [COLOUR_TYPE] = "\033[36m",
    [COLOUR_VALUE] = "\033[2m",
    [COLOUR_FOCUS] = "\033[1;31m",
};

static bool terminal_has_colours(void) {
    const char *no_color = getenv("NO_COLOR");
    const char *term = getenv("TERM");
    return isatty(STDOUT_FILENO) && !(no_color && *no_color) && term && strcmp(term, "dumb") != 0;
}

void colour_choose(enum colour_when when) {
    enabled = when == COLOUR_ALWAYS || (when == COLOUR_AUTO && terminal_has_colours());
}

const char *colour_on(enum colour colour) {
    return enabled ? sequences[colour] : "";
}

const char *colour_off(enum colour colour) {
    return enabled && *sequences[colour] ? "\033[0m" : "";
}
