/* record.h - takes one snapshot into a file, and says so on stderr. It never fails the program that it photographs. */
#ifndef HF_PYTHON_RECORD_H
#define HF_PYTHON_RECORD_H

#include "python/module.h"
#include "python/output.h"

struct hf_record_options {
    bool plain;
    bool previews;
};

/*
 * The caller has an attached thread state. detach(context) is called after the capture and gives it up, so that the
 * file is written while the program runs.
 */
void hf_record(struct hf_output *output, const struct hf_record_options *options, void (*detach)(void *context),
               void *context);

/* Tells the user of a program that has ended that there was no reason to take one. */
void hf_record_say_none_due(void);

#endif
