/* print.h - what printing a value and printing the name of a reference have in common. */
#ifndef HF_SNAPSHOT_PRINT_H
#define HF_SNAPSHOT_PRINT_H

#include "base/text.h"
#include "snapshot/snapshot.h"

/* Whether a text is UTF-8 without line breaks and other characters that Python's repr escapes. */
bool hf_print_is_line(const char *bytes, size_t length);

/* Names are texts of the program, and may be anything: one that is not a line of text is quoted. */
void hf_print_add_name(struct hf_text *text, const char *bytes, size_t length);

/* Appends what hf_snapshot_print_value prints. */
void hf_print_add_value(struct hf_text *text, const struct hf_snapshot *snapshot, hf_node_id node, size_t max_chars);

/* Copies a text out like snprintf and ends it; one that could not be made for want of memory is empty. */
size_t hf_print_hand_out(struct hf_text *text, char *buffer, size_t size);

#endif
