/* steps.h - a written reference, cut into its start and its steps. */
#ifndef HF_ANALYSIS_REFERENCE_STEPS_H
#define HF_ANALYSIS_REFERENCE_STEPS_H

#include <holdfast/holdfast.h>

/* Where the text starts: an object, or names with dots of which the first ones are a module. */
enum hf_start_kind { HF_START_NAMES, HF_START_MODULE, HF_START_NODE, HF_START_ADDR };

struct hf_start {
    enum hf_start_kind kind;
    const char *name;          /* NAMES and MODULE */
    size_t length;
    uint64_t number;           /* NODE and ADDR */
    const char *rest;          /* what stands behind it: steps. NAMES: all names are in it as well */
};

/* One step: ".x", "[3]", "['k']", "[*]", "<field>", " local x". */
struct hf_written_step {
    const char *text;
    size_t length;
};

/* Reads the start of a text. False: it is none. */
bool hf_start_read(const char *text, struct hf_start *out);

/* Reads the step at **text and moves behind it. False at the end, and where there is no step. */
bool hf_written_step_read(const char **text, struct hf_written_step *out);

#endif
