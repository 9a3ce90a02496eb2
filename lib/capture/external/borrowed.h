/*
 * borrowed.h - what is known of types in C by their names: how the references are found that hf_decode does not give,
 * and which of their words and members point to objects that they do not own.
 */
#ifndef HF_CAPTURE_EXTERNAL_BORROWED_H
#define HF_CAPTURE_EXTERNAL_BORROWED_H

#include "capture/external/reader.h"

/* `version` is that of the layout. Lowers *max_words when only the first words of an object are references. */
enum hf_rest hf_rest_of(const char *type_name, uint32_t version, uint32_t *max_words);

/* True when instances of the type do not own what a member of it points to. */
bool hf_is_borrowed_member(const char *type_name, const char *member);

/* True for a type of which looking through the words is known to give its references and nothing else. */
bool hf_is_compared(const char *type_name);

#endif
