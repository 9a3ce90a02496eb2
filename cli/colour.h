/* colour.h - what is coloured, and whether. Off unless stdout is a terminal; NO_COLOR and TERM=dumb switch it off. */
#ifndef CLI_COLOUR_H
#define CLI_COLOUR_H

enum colour_when { COLOUR_AUTO, COLOUR_ALWAYS, COLOUR_NEVER };

enum colour {
    COLOUR_PLAIN,
    COLOUR_HEADING,
    COLOUR_ROOT,
    COLOUR_REFERENCE,
    COLOUR_TYPE,
    COLOUR_VALUE,
    COLOUR_FOCUS,
};

void colour_choose(enum colour_when when);

/* The escape sequence that starts a colour, and the one that ends it; "" when colours are off. */
const char *colour_on(enum colour colour);
const char *colour_off(enum colour colour);

#endif
