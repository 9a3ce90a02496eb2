/* notes.h - what the user should know of a capture that succeeds. */
#ifndef HF_CAPTURE_EXTERNAL_NOTES_H
#define HF_CAPTURE_EXTERNAL_NOTES_H

#include <holdfast/snapshot.h>

/* Whom to tell; nobody if `note` is NULL. */
struct hf_notes {
    void (*note)(void *context, const char *message);
    void *context;
};

HF_PRINTF(2, 3) void hf_note(const struct hf_notes *notes, const char *format, ...);

/* Notes that fewer objects than usual have as many references as they count: a sign that something was misread. */
void hf_note_doubt(const struct hf_notes *notes, const struct hf_origin *origin);

#endif
