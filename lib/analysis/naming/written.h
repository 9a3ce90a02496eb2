/* written.h - the ends of an expression: the root that it starts with, and the keys that it has in brackets. */
#ifndef HF_ANALYSIS_WRITTEN_H
#define HF_ANALYSIS_WRITTEN_H

#include "base/text.h"
#include "snapshot/snapshot.h"

/* True for values whose literal is equal to them: of builtin types themselves, not of subclasses. O(log previews) */
bool hf_key_is_literal(const struct hf_snapshot *snapshot, hf_node_id key);

/* Appends the literal of a key. False, and the text as it was, where it has none or not all of it is known. */
bool hf_key_write(struct hf_text *text, const struct hf_snapshot *snapshot, hf_node_id key);

/* Appends a root as an expression. NULL, or why Python has none (then the text is as it was). O(frames) */
const char *hf_root_write(struct hf_text *text, const struct hf_snapshot *snapshot, const struct hf_root *root);

#endif
