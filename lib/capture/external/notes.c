/* notes.c - one line each. */
#include "capture/external/notes.h"

#include <stdarg.h>
#include <stdio.h>

/* Real heaps have 98.8 % and more. A wrong offset costs up to ten percent, or nothing: the matrix compares names. */
#define EXPECTED_PERCENT 96

void hf_note(const struct hf_notes *notes, const char *format, ...) {
    char message[1024];
    va_list arguments;
    if (notes->note == NULL)
        return;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    notes->note(notes->context, message);
}

void hf_note_doubt(const struct hf_notes *notes, const struct hf_origin *origin) {
    if (origin->num_checked == 0 || origin->num_exact * 100 >= origin->num_checked * EXPECTED_PERCENT)
        return;
    hf_note(notes, "only %.1f %% of the objects have exactly the references that they count, where more than %d %% are "
            "usual: answers from this snapshot may be wrong",
             100.0 * (double)origin->num_exact / (double)origin->num_checked,
            EXPECTED_PERCENT);
}
