/* values.c - reads the values of options. A word counts only as a whole: "5x" is no number. */
#include "cli/values.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

bool value_read_number(const char *word, unsigned *out) {
    char *end;
    errno = 0;
    unsigned long value = strtoul(word, &end, 10);
    if (!isdigit((unsigned char)*word) || *end || errno || value > UINT32_MAX)
        return false;
    *out = (unsigned)value;
    return true;
}

/* A number with a unit: *out is the number, *unit what follows it. Not negative, not infinite, no hexadecimals. */
static bool read_quantity(const char *word, double *out, const char **unit) {
    size_t length = strspn(word, "0123456789.");
    char *end;
    *out = strtod(word, &end);
    *unit = word + length;
    return length > 0 && end == *unit && isfinite(*out);
}

struct unit {
    const char *name;
    double factor;
};

static bool scale(const char *name, const struct unit *units, double *value) {
    for (; units->name; units++) {
        if (strcasecmp(name, units->name) == 0) {
            *value *= units->factor;
            return true;
        }
    }
    return false;
}

#define KIB 1024.0
static const struct unit size_units[] = {
    {"", 1}, {"B", 1},
    {"K", KIB}, {"KB", KIB}, {"KiB", KIB},
    {"M", KIB * KIB}, {"MB", KIB * KIB}, {"MiB", KIB * KIB},
    {"G", KIB * KIB * KIB}, {"GB", KIB * KIB * KIB}, {"GiB", KIB * KIB * KIB},
    {"T", KIB * KIB * KIB * KIB}, {"TB", KIB * KIB * KIB * KIB}, {"TiB", KIB * KIB * KIB * KIB},
    {NULL, 0},
};

bool value_read_size(const char *word, uint64_t *out) {
    double value;
    const char *unit;
    if (!read_quantity(word, &value, &unit) || !scale(unit, size_units, &value) || value < 1 || value >= 0x1p63)
        return false;
    *out = (uint64_t)value;
    return true;
}

static const struct unit time_units[] = {
    {"", 1}, {"s", 1}, {"ms", 1e-3}, {"m", 60}, {"min", 60}, {"h", 3600}, {NULL, 0},
};

bool value_read_seconds(const char *word, double *out) {
    double value;
    const char *unit;
    if (!read_quantity(word, &value, &unit) || !scale(unit, time_units, &value) || value < 1e-3 || value > 1e9)
        return false;
    *out = value;
    return true;
}

bool value_read_percent(const char *word, double *out) {
    double value;
    const char *unit;
    if (!read_quantity(word, &value, &unit) || (*unit != '\0' && strcmp(unit, "%") != 0) || value <= 0 || value >= 100)
        return false;
    *out = value / 100;
    return true;
}

/* Those that a program can do without. */
static const struct {
    const char *name;
    int number;
} signal_names[] = {
    {"HUP", SIGHUP}, {"INT", SIGINT}, {"QUIT", SIGQUIT}, {"USR1", SIGUSR1}, {"USR2", SIGUSR2}, {"ALRM", SIGALRM},
    {"TERM", SIGTERM}, {"CONT", SIGCONT}, {"URG", SIGURG}, {"WINCH", SIGWINCH}, {"IO", SIGIO}, {"PWR", SIGPWR},
};

bool value_read_signal(const char *word, int *out) {
    unsigned number = 0;
    bool is_number = value_read_number(word, &number);
    const char *name = strncasecmp(word, "SIG", 3) == 0 ? word + 3 : word;
    for (size_t i = 0; i < sizeof signal_names / sizeof *signal_names; i++) {
        if (is_number ? (unsigned)signal_names[i].number == number : strcasecmp(name, signal_names[i].name) == 0) {
            *out = signal_names[i].number;
            return true;
        }
    }
    if (!is_number || number < (unsigned)SIGRTMIN || number > (unsigned)SIGRTMAX)
        return false;
    *out = (int)number;
    return true;
}

bool value_read_choice(const char *word, const char *choices, unsigned *out) {
    size_t length = strlen(word);
    unsigned index = 0;
    for (const char *choice = choices; choice; index++) {
        size_t choice_length = strcspn(choice, "|");
        if (choice_length == length && memcmp(choice, word, length) == 0) {
            *out = index;
            return true;
        }
        choice = choice[choice_length] ? choice + choice_length + 1 : NULL;
    }
    return false;
}
